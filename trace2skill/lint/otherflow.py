"""What scripts of other languages run, by their lines: commands in quotes, and eval of what is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.pysinks import Use

_RUNS = re.compile(
    r"\b(?:system|exec\w{0,4}|popen\w{0,2}|shell_exec|passthru|execute|do shell script|Command|spawn|shell"
    r"|run)\b|%x|`",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"((?:[^\"\\\n]|\\.){3,2000})\"|'((?:[^'\\\n]|\\.){3,2000})'|`([^`\n]{3,2000})`")
_DECODED = re.compile(
    r"\b(?:eval|assert|instance_eval|loadstring|load)\b[\s(@]{0,4}(?:\w{1,20}\(){0,3}\s{0,2}(?:base64_decode|gzinflate"
    r"|gzuncompress|str_rot13|hex2bin|decode_base64|Base64\.(?:strict_|urlsafe_)?decode64|pack\s?\(|unpack)\b",
    re.IGNORECASE,
)
_FETCHED = re.compile(
    r"\b(?:eval|assert|instance_eval|loadstring|include|require)\b[\s(@]{0,4}(?:\w{1,20}\(){0,3}\s{0,2}"
    r"(?:get\s?\(?[\"']https?:|URI\.(?:open|parse)\(|open\([\"']https?:|Net::HTTP\.get|HTTP::Tiny"
    r"|file_get_contents\([\"']https?:|LWP::Simple)",
    re.IGNORECASE,
)
LONGEST = 4_000


def commands_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the texts in quotes on lines that start programs, each with its line from 1."""
    for number, line in enumerate(text.split("\n"), start=1):
        row = line[:LONGEST]
        if _RUNS.search(row):
            for found in _QUOTED.finditer(row):
                yield number, (found[1] or found[2] or found[3]).replace('\\"', '"')


def uses_of_lines(text: str) -> Iterator[Use]:
    """Yield the lines that make code of what they decode or fetch."""
    for number, line in enumerate(text.split("\n"), start=1):
        row = line[:LONGEST]
        if _DECODED.search(row):
            yield Use("decoded", number, number, row.strip()[:400])
        elif _FETCHED.search(row):
            yield Use("fetched", number, number, row.strip()[:400], row)
