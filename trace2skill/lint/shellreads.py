"""Shell that reads files of credentials, or writes the whole environment down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.pipes import DUMP, IDENTITY, LONGEST, statements
from trace2skill.lint.troves import PATHS

_KEEPS = re.compile(
    r">{1,2}[ \t]{0,4}(?!/dev/null|&)[\w./~$\"'{-]|\btee\b|\bOut-File\b|\bSet-Content\b", re.IGNORECASE
)
_SHOWS = re.compile(
    r"(?:^|[|;&(`])[ \t]{0,8}(?:sudo )?(?:cat|head|tail|less|base64|xxd|cp|tar|zip|grep|strings|jq)[ \t]"
)


def dumped_by(script: str) -> Iterator[tuple[int, str]]:
    """Yield the command lines that write the whole environment to a file."""
    for line, text in statements(script):
        dump = DUMP.search(text[:LONGEST])
        if dump is not None and _KEEPS.search(text[:LONGEST], dump.start()) and "grep" not in text:
            yield line, text


def read_by(script: str) -> Iterator[int]:
    """Yield the lines where a file of credentials is read or copied."""
    for line, text in statements(script):
        plain = IDENTITY.sub(" ", text[:LONGEST])
        if PATHS.search(plain) and _SHOWS.search(plain):
            yield line
