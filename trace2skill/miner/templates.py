"""Turn many wordings of one message into one pattern: what varies becomes an ellipsis.

The key of a message masks everything that may vary. The pattern of a group of messages with one key
then restores what turns out to be the same in all of them (anti-unification of equally long token
lists; the idea of log template miners such as Drain, He et al. 2017).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

GAP = "…"

_TOKEN = re.compile(
    r"""<[a-z-]{2,20}-\d{1,6}>                 # a redaction placeholder
      | '[^'\n]{0,200}' | "[^"\n]{0,200}" | `[^`\n]{0,200}`
      | (?:\.{0,2}/|[A-Za-z]:\\|~/)[^\s'"`,;:)]{1,300}   # a path
      | \d{4}-\d{2}-\d{2}(?:[T ][\d:.]{4,20})?            # a date
      | [A-Za-z_][\w.-]*[A-Za-z0-9_]|[A-Za-z_] | -?\d[\d.,]*\d|\d | \s+ | .""",
    re.VERBOSE,
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z_.-]*$")
_RAISED = re.compile(r"[a-z_]\w*\.[\w.]{1,80}$|[A-Z]\w{0,40}[a-z][A-Z]\w{0,40}$")
"""The name of an exception: dotted, or with a hump."""
BRIEF = 6
MAX_TOKENS = 80


def tokens(message: str) -> list[str]:
    """Cut a message into words, quotes, paths, numbers and marks."""
    return [found[0] for found in _TOKEN.finditer(message)][:MAX_TOKENS]


def key(message: str) -> str:
    """Return the message with everything masked that may vary from run to run."""
    return "".join(_mask(token) for token in tokens(message))


def alike(one: str, other: str) -> bool:
    """Say whether two messages are most likely made from one template: few words differ."""
    first, second = tokens(one), tokens(other)
    if len(first) != len(second):
        return False
    if first[0] == second[0] and _RAISED.match(first[0]) and len(first) <= BRIEF:
        return True  # an exception with nothing but a value
    words = [(a, b) for a, b in zip(first, second, strict=True) if not a.isspace()]
    same = sum(_mask(a) == _mask(b) for a, b in words)
    return same >= 0.75 * len(words)


def pattern(messages: Sequence[str]) -> str:
    """Return what *messages*, which share a key, have in common; their differences become ``…``."""
    lists = [tokens(message) for message in dict.fromkeys(messages)]
    width = min(len(row) for row in lists)
    out = []
    for column in range(width):
        values = {row[column] for row in lists}
        out.append(values.pop() if len(values) == 1 else _gap(values))
    return _squeeze("".join(out))


def common(values: Sequence[str]) -> str:
    """Return what short values have in common at their start, as in ``gift_card_…``; else nothing."""
    distinct = list(dict.fromkeys(values))
    if len(distinct) == 1:
        return distinct[0]
    low, high = min(distinct), max(distinct)
    size = next(
        (i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high))
    )
    prefix = low[:size]
    stem = re.match(r".*[_\-/.:]|[A-Za-z]{3,}", prefix)
    return f"{stem[0]}{GAP}" if stem else ""


def shapes(values: Sequence[str]) -> tuple[str, ...]:
    """Return the few shapes that values such as ``gift_card_81`` come in; nothing if they have none."""
    found = {re.sub(r"\d[\d.,-]*", GAP, value) for value in values}
    telling = [shape for shape in sorted(found) if shape.strip(GAP + " .-_") and len(shape) <= 40]
    return tuple(telling) if len(telling) == len(found) <= 3 else ()


def _mask(token: str) -> str:
    if len(token) > 2 and token[0] in "'\"`" and " " in token:
        return token[0] + key(token[1:-1]) + token[0]
    return token if _stays(token) else GAP


def _stays(token: str) -> bool:
    return (
        bool(_WORD.match(token))
        or not (token[0].isalnum() or token[0] in "'\"`/~.<-_")
        or token in (".", "-")
    )


def _gap(values: set[str]) -> str:
    """Return the gap for a column, with the quotes that all its values stand in."""
    firsts = {value[0] for value in values}
    if len(firsts) != 1 or (mark := firsts.pop()) not in "'\"`" or min(map(len, values)) < 2:
        return GAP
    inner = [value[1:-1] for value in sorted(values)]
    related = all(" " in text and alike(inner[0], text) for text in inner)
    return f"{mark}{pattern(inner) if related else GAP}{mark}"


def _squeeze(text: str) -> str:
    return re.sub(rf"{GAP}(?:[ \t.,:/_-]{{0,3}}{GAP})+", GAP, text).strip()
