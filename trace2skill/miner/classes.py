"""The sorts of error, by what an error message says; each asks for another kind of remedy."""

from __future__ import annotations

import re

_CLASSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE | re.VERBOSE))
    for name, pattern in (
        (
            "missing-command",
            r"""command\ not\ found | ^\S{0,40}:\ (?:(?:line\ )?\d+:\ )?\S{1,60}:\ not\ found
            | not\ recognized\ as\ an\ internal""",
        ),
        ("missing-module", r"No\ module\ named | Cannot\ find\ module | cannot\ find\ package"),
        (
            "network",
            r"""temporary\ failure | failed\ to\ fetch | could\ not\ resolve
            | connection\ (?:refused|reset|closed) | network\ is\ unreachable
            | service\ unavailable | bad\ gateway | \b50[234]\b""",
        ),
        ("undefined", r"(?:name|variable)\ .{1,80}\ is\ not\ defined | unbound\ variable"),
        ("test", r"\b\d+\ failed\b | ^FAILED\b | ^FAIL\b | ^E\s{2,} | ^AssertionError"),
        (
            "prerequisite",
            r"""has\ not\ been\ read | must\ (?:first|be\ \w+\ first) | \bfirst\b.{0,40}$
            | please\ tell\ me\ who | before\ (?:you|writing|calling|using) | not\ initialized
            | run\ .{1,40}\ first
            | no\ changes\ added | nothing\ added""",
        ),
        (
            "shortage",
            r"""not\ enough | insufficient | exceed | too\ (?:large|long|many|big)
            | out\ of\ (?:range|memory|space) | maximum | \blimit\b | no\ (?:space|seats) | quota""",
        ),
        (
            "mismatch",
            r"""does\ not\ (?:add\ up|match|equal) | do(?:es)?\ ?n[o']t\ match | mismatch
            | expected\ .{1,80}\ (?:but|got) | rejected | conflict | diverge | non-fast-forward | should\ be
            | failed\ to\ push""",
        ),
        (
            "forbidden",
            r"""cannot\ be\ used | not\ allowed | not\ permitted | permission\ denied | forbidden | denied
            | unauthori | read-only | operation\ not | cannot\ (?:be\ )?(?:modif|cancel|chang|delet|updat)""",
        ),
        ("exists", r"already\ (?:exists|in\ use|been|taken) | duplicate | unique\ constraint | file\ exists"),
        (
            "usage",
            r"""usage: | unrecognized\ (?:argument|option) | unknown\ option
            | invalid\ option | illegal\ option | missing\ required | required\ argument
            | unexpected\ keyword | takes\ \d+\ positional
            | missing\ \d+\ required""",
        ),
        (
            "syntax",
            r"""syntax\ error | syntaxerror | parse\ error | unexpected\ (?:token|end|eof|character)
            | invalid\ syntax | unterminated""",
        ),
        (
            "missing",
            r"""not\ found | no\ such | does\ not\ exist | doesn't\ exist | unknown | undefined
            | not\ available | no\ \w+\ named | not\ defined | keyerror
            | cannot\ find | can't\ find | could\ not\ find
            | has\ no\ attribute | isn't\ running | not\ running | cannot\ stat""",
        ),
        ("timeout", r"timed?\ ?out | deadline"),
    )
)


def classify(message: str) -> str:
    """Name the sort of error: what kind of remedy it asks for."""
    for name, pattern in _CLASSES:
        if pattern.search(message):
            return name
    return "failed"
