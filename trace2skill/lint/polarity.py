"""Whether a text tells to do something, or not to do it, or shows what is wrong or what others do.

A clause is negated by a negator before it. What follows "until", "unless" or "without" in a negated
clause is asked for after all, and so is what one is told not to forget.
"""

from __future__ import annotations

import re

from trace2skill.injection.context import commanded

_NEGATOR = re.compile(
    r"(?<![\w/.-])(?:never|not|don'?t|don’t|avoid|must ?n[o'’]t|cannot|can'?t|won'?t|shouldn'?t|refuse"
    r"|reject|forbid|forbidden|prohibited|nie|niemals|nicht|kein|keine|ne pas|jamais|nunca|jamás"
    r"|никогда|не|não|mai)(?![\w-])"
    r"|(?<![\w/.-])no(?= (?!matter|problem|worries|doubt|longer|later|sooner|exceptions?\b))"
    r"|\b(?:without|rather than|instead of)(?=\s)"
    r"|不要|请勿|禁止|切勿|不得|しないで|❌|🚫|✗",
    re.IGNORECASE,
)
_NEAR = re.compile(r"(?:no|without|rather than|instead of)$", re.IGNORECASE)
_NEAR_CHARS = 60
_TURN = re.compile(
    r"\b(?:until|unless|without|before|except|bis|sonst|jusqu'à|hasta|antes de|avant de|пока)\b"
    r"|\b(?:forget|hesitate|fail|skip|miss|neglect|omit|worry)\b"
    r"|\b(?:vergessen|oublie\w{0,2}|olvid\w{1,3}|забуд\w{1,4})\b"
    r"|忘记|忘れ",
    re.IGNORECASE,
)
"""What turns a negation into an order."""
_CLAUSE = re.compile(
    r"[;:!?。！？]|\.(?=\s|$)|\s—\s?|——?| – "
    r"|,?\s(?:but|instead(?! of)|then|and then|however|sondern|mais|pero|sino|но)\s"
)
_COMMA = re.compile(r",\s|，")
_LISTED = re.compile(
    r"\s{0,3}(?:(?:\S{1,40}\s)?(?:or|nor|oder|ou|или)\s|(?:and|o)\s|\S{1,40}(?:\s\S{1,40}){0,2}\s{0,3},)"
)
"""A member of a list of verbs or things: to that a negation before the list applies."""
_ASIDE = re.compile(r"\b(?:never|not|niemals|jamais|nunca), $", re.IGNORECASE)
"""What a remark between commas may follow."""
_GOVERNED = re.compile(
    r"(?:\b(?:never|not|don'?t|don’t|avoid|cannot|can'?t|won'?t|refuses? to|declines? to|instead of"
    r"|rather than|"
    r"nunca|jamais|nie(?:mals)?|никогда не|не)\s(?:\w{1,12}\s){0,2}|(?:不要|请勿|切勿|禁止|不得))$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:always|also|automatically|quietly|silently|additionally|afterwards|sure to|remember to|should"
    r"|must|will|you may|you can)\s$",
    re.IGNORECASE,
)
_KEPT_UP = re.compile(r"\b(?:forget|fail|hesitate|neglect|omit|only|just|worry|wait|stop)\b", re.IGNORECASE)
"""What turns a negator around: do not forget to, not only."""
_QUOTED = re.compile(
    r"(?<![\w\"])\"(?=\S)[^\"]{1,400}(?<=\S)\"(?!\w)|“[^“”]{1,400}”|„[^„“”]{1,400}[“”]|«[^«»]{1,400}»"
    r"|「[^「」]{1,400}」|『[^『』]{1,400}』|(?<![\w'])'(?=\S)[^'\n]{1,200}(?<=\S)'(?!\w)"
    r"|(?<!`)`[^`\n]{1,400}`(?!`)"
)
_LONGEST = 600


def is_negated(text: str) -> bool:
    """Say whether the first clause of *text* tells not to do something."""
    cut = _CLAUSE.search(text, 1)
    return _negates(text, 0, cut.start() if cut else min(len(text), _LONGEST))


def negated_at(text: str, place: int) -> bool:
    """Say whether what stands at *place* is told not to do: a negator goes before it in its clause."""
    start = max(0, place - _LONGEST)
    for cut in _CLAUSE.finditer(text, start, place):
        start = cut.end()
    parts = [start, *(comma.end() for comma in _COMMA.finditer(text, start, place))]
    aside = len(parts) > 1 and _ASIDE.search(text, max(start, parts[1] - 12), parts[1])
    listed = all(_LISTED.match(text, part) for part in parts[1:])
    return _negates(text, start if aside or listed else parts[-1], place)


def _negates(text: str, start: int, end: int) -> bool:
    """Say whether the words from *start* to *end* hold a negator that nothing turns into an order."""
    found = list(_NEGATOR.finditer(text, start, end))
    if not found:
        return False
    last = found[-1]
    if len(found) > 1 and _TURN.match(text, last.start()):
        return False
    if _NEAR.match(last[0]) and end - last.end() > _NEAR_CHARS:
        return False
    return _TURN.search(text, last.end(), end) is None


def has_negator(text: str) -> bool:
    """Say whether a word or sign of negation is in *text*."""
    return _NEGATOR.search(text) is not None


def governed_at(text: str, place: int) -> bool:
    """Say whether a negator stands right before *place*, so that nothing else can be what it forbids."""
    found = _GOVERNED.search(text[max(0, place - 40) : place])
    return found is not None and not _KEPT_UP.search(found[0])


def quoted_at(text: str, start: int, end: int) -> bool:
    """Say whether all from *start* to *end* lies in one quotation, closed in the same paragraph."""
    return any(
        found.start() < start and end < found.end()
        for found in _QUOTED.finditer(text, max(0, start - _LONGEST), min(len(text), end + _LONGEST))
    )


def ordered_at(text: str, place: int) -> bool:
    """Say whether the verb at *place* is an imperative: at the beginning of a clause, or told to be done."""
    return commanded(text, place) or _TOLD.search(text[max(0, place - 24) : place]) is not None
