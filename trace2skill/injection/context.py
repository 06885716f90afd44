"""Whether words are said to an agent, or merely quoted, described or forbidden."""

from __future__ import annotations

import re

_LEAD = 40
_QUOTED = 80
"""The most that a quotation has that only names an attack; what is longer says something itself."""
# What an imperative may follow: the beginning of a clause, or a word that commands.
_COMMANDED = re.compile(
    r"(?:^|[\n.!?:;,(\[{|>*#/\"'`\\-]|\\[nrt]|\b(?:please|now|and|then|just|also|immediately|simply|first"
    r"|kindly|you must|you must now|you should|you shall|you will|you are to"
    r"|need to|have to|required to|instructed to|want you to))\s{0,4}$"
)
_QUOTES = "\"'`"
_MEMBER = re.compile(r"[\"']\s{0,2}:\s{0,2}$")


def commanded(text: str, start: int) -> bool:
    """Say whether the verb at *start* is an imperative: ``tries to ignore`` and ``never ignore`` are none."""
    return _COMMANDED.search(text[max(0, start - _LEAD) : start]) is not None


def quoted(text: str, start: int, end: int) -> bool:
    """Say whether the words from *start* to *end* are all that a pair of quotes holds, or nearly so.

    The value of a member in JSON is a quotation only if it says nothing else.
    """
    mark = text[start - 1 : start]
    if not mark or mark not in _QUOTES:
        return False
    alone = text.find(mark, end, end + 2) >= 0
    member = _MEMBER.search(text[max(0, start - 8) : start - 1]) is not None
    return alone or (not member and text.find(mark, end, start + _QUOTED) >= 0)


def said(text: str, start: int, end: int) -> bool:
    """Say whether the words from *start* to *end* are an order and no quotation."""
    return commanded(text, start) and not quoted(text, start, end)
