"""EX: text that becomes code or a command."""

from __future__ import annotations

import pytest

from tests.lint.tables import Case, found, js, py
from trace2skill.lint.rules import Example

CASES = [
    Case(
        "EX105",
        bad=[
            py("import os\nexec(os.environ['STEP'])\n"),
            py("import sys\ncode = sys.argv[1]\nprint(eval(code))\n"),
            py("text = input('? ')\nexec(compile(text, 'x', 'exec'))\n"),
        ],
        good=[
            py("import os\nprint(os.environ['STEP'])\nexec('x = 1')\n"),
            py("import re\nmodel.eval()\nre.compile(input())\n"),
            py("import ast\nprint(ast.literal_eval(input()))\n"),
            py("import sys\ncursor.exec(sys.argv[1])\n"),
        ],
    ),
    Case(
        "EX106",
        bad=[
            py("def step(text):\n    exec(text)\n"),
            py("def step(text):\n    return eval(text, {})\n"),
            py("import os\n\ndef step(name):\n    return getattr(os, name)()\n"),
            py("import importlib\n\ndef load(name):\n    return importlib.import_module(name)\n"),
            js("function step(text) { return eval(text); }\n"),
            js("const run = (text) => new Function(text)();\n"),
        ],
        good=[
            py("import ast\n\ndef step(text):\n    return ast.literal_eval(text)\n"),
            py("exec('x = 1')\nmodel.eval()\n"),
            py("import os\n\ndef step(thing, name):\n    return getattr(thing, name), getattr(os, 'name')\n"),
            py("import importlib\nimportlib.import_module('json')\n"),
            js("// eval(text) is bad\nconst found = /a/.exec(text);\nmodel.eval(text);\n"),
            js("console.log('never call eval(text)');\n"),
        ],
    ),
    Case(
        "EX107",
        bad=[
            py("import os\n\ndef show(name):\n    os.system(f'ls {name}')\n"),
            py("import subprocess\n\ndef show(name):\n    subprocess.run('ls ' + name, shell=True)\n"),
            py("import subprocess as s\n\ndef show(n):\n    s.check_output('ls {}'.format(n), shell=True)\n"),
            js("const { execSync } = require('child_process');\nconst show = (n) => execSync(`ls ${n}`);\n"),
            js("const { exec } = require('child_process');\nconst show = (n) => exec('ls ' + n);\n"),
        ],
        good=[
            py("import subprocess\n\ndef show(name):\n    subprocess.run(['ls', name])\n"),
            py("import os, shlex\n\ndef show(name):\n    os.system(f'ls {shlex.quote(name)}')\n"),
            py("import os\nWHERE = 'docs'\nos.system(f'ls {WHERE}')\nos.system('ls')\n"),
            js("const { execFileSync } = require('child_process');\nexecFileSync('ls', [name]);\n"),
            js("const { execSync } = require('child_process');\nexecSync('ls -l');\n"),
        ],
    ),
    Case(
        "EX108",
        bad=[
            py("import subprocess\nsubprocess.run(['git', 'status'])\n"),
            py("import os\nos.system('make')\n"),
            js("const { spawn } = require('child_process');\nspawn('git', ['status']);\n"),
        ],
        good=[py("print('git status')\n"), js("console.log('git status');\n"), "Run `git status`.\n"],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_rule_finds_the_bad_and_leaves_the_near_misses(case: Case) -> None:
    for example in case.bad:
        assert found(case.rule, example), example
    for example in case.good:
        assert found(case.rule, example) == (), example


@pytest.mark.parametrize(
    ("rule", "example", "level"),
    [
        ("EX105", py("import os\nexec(os.environ['STEP'])\n"), "error"),
        ("EX105", py("import sys\nprint(eval(sys.argv[1]))\n"), "warning"),
        ("EX105", py("import sys\nwith open(sys.argv[1]) as f:\n    exec(f.read())\n"), "warning"),
        ("EX106", py("def step(text):\n    return eval(text, {'__builtins__': {}})\n"), "note"),
        ("EX106", py("import importlib\n\ndef load(n):\n    return importlib.import_module(n)\n"), "note"),
    ],
)
def test_what_a_user_gives_is_no_error(rule: str, example: Example, level: str) -> None:
    assert {one.severity for one in found(rule, example)} == {level}


def test_one_note_tells_all_programs_of_a_script() -> None:
    code = "import subprocess\nsubprocess.run(['git', 'log'])\nsubprocess.run(['/usr/bin/make'])\n"
    (one,) = found("EX108", py(code))
    assert one.message == "starts other programs: git, make"
