"""Whether a text tells to do something, or not to do it, or shows what is wrong."""

from __future__ import annotations

import re

_NEGATOR = re.compile(
    r"\b(?:never|not|don'?t|don’t|avoid|without|must ?n[o'’]t|cannot|can'?t|refuse|reject|forbid|forbidden|"
    r"no|nie|nicht|kein|keine|ne pas|jamais|nunca|никогда|não)\b|不要|请勿|禁止|切勿|しないで|❌|🚫",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[;:.!?。！？]|,?\s(?:but|instead|then|and then|however|sondern|mais|pero|sino)\s|,\s|——?| – "
)
_WRONG = re.compile(
    r"\b(?:anti-?patterns?|bad|wrong|avoid|don'?ts?|never|red flags?|detect(?:ion|ing|s)?|attacks?|"
    r"malicious|suspicious|vulnerab\w{1,8}|threats?|exploits?|indicators?|insecure|unsafe|flag(?:ged)?|"
    r"injection examples?|what to look for)\b|❌|🚫",
    re.IGNORECASE,
)
_PATTERN_HEAD = re.compile(
    r"\b(?:patterns?|indicators?|signatures?|attacks?|threats?|bad|avoid|don'?t|red flags?|detect\w{0,5}|"
    r"example of abuse|vulnerab\w{1,8})\b",
    re.IGNORECASE,
)
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」"}
_LONGEST = 600


def is_negated(text: str) -> bool:
    """Say whether the first clause of *text* tells not to do something."""
    cut = _CLAUSE.search(text, 1)
    return _NEGATOR.search(text, 0, cut.start() if cut else min(len(text), _LONGEST)) is not None


def negated_at(text: str, place: int) -> bool:
    """Say whether what stands at *place* is told not to do: a negator goes before it in its clause."""
    start = max(0, place - _LONGEST)
    for cut in _CLAUSE.finditer(text, start, place):
        start = cut.end()
    return _NEGATOR.search(text, start, place) is not None


def quoted_at(text: str, place: int) -> bool:
    """Say whether *place* lies between quotation marks that are closed."""
    for opened, closed in _QUOTES.items():
        before = text.count(opened, max(0, place - _LONGEST), place)
        if opened == closed:
            inside = before % 2 == 1
        else:
            inside = before > text.count(closed, max(0, place - _LONGEST), place)
        if inside and text.find(closed, place, place + _LONGEST) >= 0:
            return True
    return False


def is_about_wrong(text: str) -> bool:
    """Say whether a heading, or the sentence before a fence, announces what is wrong."""
    return _WRONG.search(text[:_LONGEST]) is not None


def is_pattern_table(text: str) -> bool:
    """Say whether the head of a table announces patterns to look for."""
    return len(text) < 80 and _PATTERN_HEAD.search(text) is not None
