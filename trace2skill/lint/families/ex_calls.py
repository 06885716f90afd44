"""EX: text that becomes code or a command, and what a skill runs at all."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from trace2skill.lint.bounds import bounded
from trace2skill.lint.families.ex import flow_hit
from trace2skill.lint.pynames import Names
from trace2skill.lint.pytables import EVAL, PROCESS, SHELL
from trace2skill.lint.ran import Python, all_of
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.scripts import Script
from trace2skill.lint.view import View
from trace2skill.records import Severity

_IMPORTS = frozenset(("__import__", "importlib.import_module"))
_REFLECTED = frozenset(("os", "subprocess", "builtins", "__builtins__", "sys", "shutil", "socket"))
_QUOTED = frozenset("shlex.quote shlex.join pipes.quote int float len str".split())
_NUMBERS = frozenset(("int", "float", "len"))
_JS_EVAL = re.compile(r"(?<![.\w$])(?:eval|new Function|Function)\(\s{0,9}([^\s\"'`)][^\n]{0,200})")
_JS_SHELL = re.compile(
    r"(?<![\w$])(?:exec|execSync)\(\s{0,9}(?:`([^`\n]{0,1000}\$\{[^`\n]{1,1000})`|([\"'])[^\"'\n]{1,400}\2\s{0,4}\+)"
)
_JS_CALL = re.compile(r"(?<![.\w$])(?:cp\.|child_process\.)?(?:exec|spawn|execFile|fork)(?:Sync)?\(")
_MINIFIED = 2_000
"""Of characters in a line: no person wrote it."""
_LITERAL = (ast.Constant, ast.Lambda)


@bounded
def dynamic_data(view: View) -> Iterator[Hit]:
    """Find outside data that is run as code."""
    for one in all_of(view).ran:
        if one.kind == "data":
            yield flow_hit(one, "runs text from outside as code", "read here")
        elif one.kind == "given":
            hit = flow_hit(one, "runs as code what it is given", "read here")
            yield msgspec.structs.replace(hit, level="warning")


def _seen(view: View) -> set[tuple[str, int]]:
    """Return the places that a rule about the flow of data speaks of already."""
    return {(one.path, one.line) for one in all_of(view).ran}


@bounded
def dynamic_code(view: View) -> Iterator[Hit]:
    """Find code that is made while it runs, of whatever."""
    seen = _seen(view)
    for one in all_of(view).python:
        for node in one.flow.calls:
            place = one.script.path, one.script.at(node.lineno)
            found = _dynamic(one.flow.names, node) if place not in seen else None
            if found is not None:
                message, level = found
                level = _shown_only(one.script) or level
                text = ast.unparse(node)[:200]
                yield Hit(*place, message, evidence=text, context=one.script.context, level=level)
    for script in view.scripts("javascript"):
        for number, line in script.lines():
            match = _JS_EVAL.search(line[:_MINIFIED]) if "eval" in line or "Function" in line else None
            if match is not None and (script.path, number) not in seen and not _is_shown(line, match.start()):
                level = "note" if len(line) > _MINIFIED else _shown_only(script)
                yield _line_hit(script, number, line, "makes code of a text while it runs", level)


def _dynamic(names: Names, node: ast.Call) -> tuple[str, Severity | None] | None:
    """Return what a call makes code of, and how much that says."""
    name = names.of(node.func)
    first = node.args[0] if node.args else None
    if first is None or isinstance(first, _LITERAL):
        return None
    if name in EVAL:
        alone = len(node.args) > 1 and "__builtins__" in ast.unparse(node.args[1])
        known = names.text(first) is not None
        return "makes code of a text while it runs", "note" if alone or known else None
    if name in _IMPORTS and names.text(first) is None:
        return "loads a module that it names while it runs", "note"
    reflects = name == "getattr" and len(node.args) > 1 and names.of(first) in _REFLECTED
    if reflects and names.text(node.args[1]) is None:
        return f"calls what it names while it runs of {names.of(first)}", None
    return None


def _is_shown(line: str, place: int) -> bool:
    """Say whether what stands at *place* is only a comment or inside a string."""
    before = line[:place]
    return (
        "//" in before
        or before.lstrip().startswith("*")
        or before.count('"') % 2 == 1
        or before.count("'") % 2 == 1
    )


def _line_hit(script: Script, number: int, line: str, message: str, level: Severity | None) -> Hit:
    return Hit(script.path, number, message, evidence=line.strip()[:400], context=script.context, level=level)


@bounded
def interpolated(view: View) -> Iterator[Hit]:
    """Find commands of the shell that are put together from values."""
    seen = _seen(view)
    message = "puts values into a command of the shell without quoting them"
    fix = "hand the words over as a list, without a shell"
    for one in all_of(view).python:
        for node in one.flow.calls:
            if _uses_shell(one.flow.names, node) and _is_open(one.flow.names, node.args[0]):
                place = one.script.path, one.script.at(node.lineno)
                if place not in seen:
                    hit = Hit(*place, message, fix=fix, evidence=ast.unparse(node)[:200])
                    yield msgspec.structs.replace(
                        hit, context=one.script.context, level=_shown_only(one.script)
                    )
    for script in view.scripts("javascript"):
        if "child_process" not in script.text:
            continue
        for number, line in script.lines():
            if "exec" in line and _JS_SHELL.search(line[:_MINIFIED]) and (script.path, number) not in seen:
                yield _line_hit(script, number, line, message, _shown_only(script))


def _shown_only(script: Script) -> Severity | None:
    """Return the level of what a document shows; what is risky there is for its reader to copy, or not."""
    return "note" if script.source == "fence" else None


def _uses_shell(names: Names, node: ast.Call) -> bool:
    if not node.args:
        return False
    name = names.of(node.func)
    shell = any(
        one.arg == "shell" and isinstance(one.value, ast.Constant) and one.value.value is True
        for one in node.keywords
    )
    return name in SHELL or (name in PROCESS and shell)


def _is_open(names: Names, node: ast.expr) -> bool:
    """Say whether a command has a hole that nothing quotes."""
    if names.text(node) is not None:
        return False
    if isinstance(node, ast.JoinedStr):
        holes = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    elif isinstance(node, ast.BinOp):
        holes = [part for part in (node.left, node.right) if not isinstance(part, ast.BinOp)]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        holes = list(node.args)
    else:
        return False
    return any(
        names.text(hole) is None and not (isinstance(hole, ast.Call) and names.of(hole.func) in _QUOTED)
        for hole in holes
    )


def processes(view: View) -> Iterator[Hit]:
    """Find which programs the scripts of a skill start: one note for each script."""
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for one in all_of(view).python:
        for node in one.flow.calls if one.script.source == "file" else ():
            name = one.flow.names.of(node.func)
            if node.args and (name in PROCESS or name in SHELL):
                told[one.script.path].setdefault(_program(one, node.args[0]), one.script.at(node.lineno))
    for script in view.scripts("javascript"):
        if script.source == "file" and "child_process" in script.text:
            for number, line in script.lines():
                if _JS_CALL.search(line[:_MINIFIED]):
                    told[script.path].setdefault("a program", number)
    for path, programs in told.items():
        listed = ", ".join(sorted(programs)[:8])
        yield Hit(path, min(programs.values()), f"starts other programs: {listed}", evidence=listed)


def _program(one: Python, node: ast.expr) -> str:
    """Return the name of the program that a call starts, as far as it can be told."""
    first = node.elts[0] if isinstance(node, (ast.List, ast.Tuple)) and node.elts else node
    if isinstance(first, ast.JoinedStr) and first.values:
        first = first.values[0]
    text = (one.flow.names.text(first) or "").split()
    return text[0].rsplit("/", 1)[-1][:40] if text else "one that it is told"


RULES = (
    Rule(
        id="EX105", name="dynamic-exec-of-data", class_="malicious", level="error", check=dynamic_data,
        why="Whoever writes the data decides what runs.",
        bad={"scripts/a.py": "import os\nexec(os.environ['STEP'])\n"},
        good={"scripts/a.py": "import re\nmodel.eval()\nre.compile(input())\n"},
        hazards=("CWE-95",),
    ),
    Rule(
        id="EX106", name="dynamic-exec", class_="risky", level="warning", check=dynamic_code,
        why="Code that is put together while it runs cannot be read beforehand.",
        bad={"scripts/a.py": "def step(text):\n    exec(text)\n"},
        good={"scripts/a.py": "import ast\n\ndef step(text):\n    return ast.literal_eval(text)\n"},
        hazards=("CWE-95",),
    ),
    Rule(
        id="EX107", name="shell-with-interpolation", class_="risky", level="warning", check=interpolated,
        why="A value with a semicolon or a backtick in it becomes a command of its own.",
        bad={"scripts/a.py": "import os\n\ndef show(name):\n    os.system(f'ls {name}')\n"},
        good={"scripts/a.py": "import subprocess\n\ndef show(name):\n    subprocess.run(['ls', name])\n"},
        hazards=("CWE-78",),
    ),
    Rule(
        id="EX108", name="process-exec", class_="capability", level="note", check=processes,
        why="A reader should know which programs a skill starts.",
        bad={"scripts/a.py": "import subprocess\nsubprocess.run(['git', 'status'])\n"},
        good={"scripts/a.py": "print('git status')\n"},
    ),
)  # fmt: skip
