"""Whether a shorter wording still says what the items said: what code can tell without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trace2skill import tokens
from trace2skill.compress.atoms import atoms_of, binds
from trace2skill.compress.terms import terms_of
from trace2skill.condense.items import Item
from trace2skill.markdown import blocks

_NEW_TERMS = 5
"""Of so many terms, one may be new: a synonym, a word that joins."""
_FAMILIES = {
    "a negation": re.compile(
        r"\b(?:not|no|none|nor|neither|nothing|nobody|nowhere|without|cannot|\w{1,8}n['’]t"
        r"|nicht|kein\w{0,3}|ohne|nie|ne|pas|sans|sin|não|sem)\b"
    ),
    "an exception": re.compile(
        r"\b(?:unless|except|excluding|only|instead|rather|but|however|otherwise|until)\b"
    ),
    "an order in time": re.compile(r"\b(?:before|after|first|then|last|finally|prior|once|while|during)\b"),
    "a condition": re.compile(r"\b(?:if|when|whenever|where|once|in case|for each|each time)\b"),
    "a degree": re.compile(
        r"\b(?:may|might|can|could|should|optional\w{0,2}|all|any|every|each|both|most|some)\b"
    ),
}
_UNSAFE = re.compile(r"[<>|]|^[#>]|```|~~~|!\[|!`")


def plain(text: str) -> str:
    """Return *text*, as a model wrote it, in one line and without the mark of a list."""
    return re.sub(r"^(?:[-*+]|\d{1,9}[.)])[ \t]+", "", " ".join(text.split()))


def fault_of(items: Sequence[Item], text: str) -> str:
    """Return why *text* may not stand for *items*; nothing if code finds no reason.

    It must be shorter, hold every atom of theirs and none of its own, bind nobody whom they did not bind,
    and negate, restrict, order and condition something only where they do.
    """
    old = "\n\n".join(item.words for item in items)
    if not text or [block.kind for block in blocks(text)] != ["paragraph"]:
        return "it is no plain sentence"
    if _UNSAFE.search(text) and any(char in text and char not in old for char in "<>|`!#"):
        return "it has markup of its own"
    if tokens.count(text) >= sum(tokens.count(item.words) for item in items):
        return "it is no shorter"
    had, has = (set(atoms_of(one)) for one in (old, text))
    if had - has:
        return f"it loses {_shown(had - has)}"
    if has - had:
        return f"it adds {_shown(has - had)}"
    if binds(text):
        return "it binds where they do not"
    return _words_fault(old, text)


def _words_fault(old: str, text: str) -> str:
    for name, pattern in _FAMILIES.items():
        if bool(pattern.search(old.casefold())) != bool(pattern.search(text.casefold())):
            return f"it adds or loses {name}"
    said, now = set(terms_of(old)), terms_of(text)
    new = [term for term in dict.fromkeys(now) if term not in said]
    if len(new) > max(1, len(set(now)) // _NEW_TERMS):
        return f"it has words of its own: {', '.join(new[:3])}"
    return ""


def _shown(found: set[tuple[str, str]]) -> str:
    kind, text = min(found)
    return f"the {kind} {text[:60]}"
