"""The first look at a text: which rules may find something in it. Nearly always none does.

Hyperscan takes the patterns of the rules themselves, with their bounds on repeats dropped: so it can
only say too much. Without it, each rule's literals are looked for one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from threading import local
from types import ModuleType
from typing import Any

from trace2skill.injection.encoded import NEEDLES
from trace2skill.injection.hidden import INVISIBLE, MARKUP, fold
from trace2skill.injection.rules import RULES

hyperscan: ModuleType | None
try:
    import hyperscan
except ImportError:  # it has no wheel for this platform
    hyperscan = None

UNSEEN, BROKEN, MARKED, CODED = "unseen", "broken", "marked", "coded"
"""Beside the names of rules: what may be invisible, break up words, be hidden in markup, be in base64."""
PATIENCE = 1_000_000
"""Characters that are looked through for literals while Hyperscan would compile the patterns."""
_BOUND = re.compile(r"\{0,\d{1,4}\}\??")
_BOUND_ONE = re.compile(r"\{1,\d{1,4}\}\??")
_UNSEEN = r"[\x{e0020}-\x{e007e}]{4}|[\x{fe00}-\x{fe0f}\x{e0100}-\x{e01ef}]{4}|[\x{202d}\x{202e}]"
_MIXED = (
    r"[a-z][\x{370}-\x{4ff}\x{501}\x{570}\x{578}\x{581}\x{584}]|[\x{370}-\x{4ff}\x{501}\x{570}\x{578}\x{581}\x{584}][a-z]"
    r"|[\x{ff21}-\x{ff5a}]{2}"
)
_WIDE = ("override-abroad", UNSEEN, BROKEN)
"""What has classes of characters beyond ASCII: the rest is faster to compile as bytes."""
_known = local()  # Hyperscan needs a scratch space of its own for each thread


def suspects(text: str) -> set[str]:
    """Return the names of what *text* may hold; never too few.

    The first texts of a thread are looked through for literals: a command that reads little ends before
    Hyperscan would be ready.
    """
    _known.patience = getattr(_known, "patience", PATIENCE) - len(text)
    return suspects_by_literals(text) if _known.patience > 0 else suspects_by_patterns(text)


def suspects_by_patterns(text: str) -> set[str]:
    """Return what ``suspects`` does, by the patterns themselves where Hyperscan is there."""
    database = _database()
    if database is None:
        return suspects_by_literals(text)
    if not hasattr(_known, "scratch"):
        _known.scratch, _known.hits = _scratch(database), []
    hits: list[int] = _known.hits
    database.scan(text.encode("utf-8", "replace"), _note, scratch=_known.scratch)
    found = {_expressions()[hit][0] for hit in hits}
    hits.clear()
    return found


def suspects_by_literals(text: str) -> set[str]:
    """Return what ``suspects_by_patterns`` does, and more, without Hyperscan."""
    folded = fold(text)
    known: dict[str, bool] = {}
    found = {rule.id for rule in RULES if all(_has(row, folded, known) for row in rule.needs)}
    found |= {MARKED} if any(sign in folded for sign in MARKUP) else set()
    found |= {CODED} if any(needle in text for needle in NEEDLES) else set()
    return found if text.isascii() else found | {UNSEEN, BROKEN}


def _has(row: Iterable[str], folded: str, known: dict[str, bool]) -> bool:
    """Say whether one of the words of *row* is in *folded*; rules share words, which are looked for once."""
    for word in row:
        there = known.get(word)
        if there is None:
            there = known[word] = word in folded
        if there:
            return True
    return False


def _note(place: int, *_: Any) -> None:
    _known.hits.append(place)


def _scratch(database: Any) -> Any:
    assert hyperscan is not None
    return hyperscan.Scratch(database)


@cache
def _expressions() -> list[tuple[str, str, bool]]:
    """Return name, pattern and whether case counts, of all that is looked for."""
    worded = [(rule.id, loose(pattern.pattern), False) for rule in RULES for pattern in rule.patterns]
    return [
        *worded,
        (UNSEEN, _UNSEEN, True),
        (BROKEN, f"[{INVISIBLE}]", True),
        (BROKEN, _MIXED, False),
        (MARKED, "|".join(map(re.escape, MARKUP)), False),
        (CODED, "|".join(map(re.escape, NEEDLES)), True),
    ]


def loose(pattern: str) -> str:
    """Return *pattern* without bounds on its repeats, which take Hyperscan long to compile."""
    return _BOUND_ONE.sub("+", _BOUND.sub("*", pattern))


@cache
def _database() -> Any:
    """Compile all expressions, once per process; ``None`` where Hyperscan cannot."""
    if hyperscan is None:
        return None
    once, utf8, caseless = hyperscan.HS_FLAG_SINGLEMATCH, hyperscan.HS_FLAG_UTF8, hyperscan.HS_FLAG_CASELESS
    rows = _expressions()
    try:
        database = hyperscan.Database()
        database.compile(
            expressions=[pattern.encode() for _, pattern, _ in rows],
            ids=list(range(len(rows))),
            flags=[
                once | (utf8 if name in _WIDE else 0) | (0 if strict else caseless)
                for name, _, strict in rows
            ],
        )
    except hyperscan.HyperscanError:  # an old processor, or too little memory: literals serve as well
        return None
    return database
