"""Whether a text tells to do something, or not to do it, or shows what is wrong."""

from __future__ import annotations

import re

from trace2skill.injection.context import commanded

_NEGATOR = re.compile(
    r"\b(?:never|not|don'?t|don’t|avoid|without|must ?n[o'’]t|cannot|can'?t|refuse|reject|forbid|forbidden|"
    r"no(?! (?:matter|problem|worries|doubt|longer|later|sooner|exceptions?)\b)|"
    r"nie|nicht|kein|keine|ne pas|jamais|nunca|никогда|não)\b|不要|请勿|禁止|切勿|しないで|❌|🚫",
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
    return _NEGATOR.search(text, 0, cut.start() if cut else min(len(text), _LONGEST)) is not None


def negated_at(text: str, place: int) -> bool:
    """Say whether what stands at *place* is told not to do: a negator goes before it in its clause."""
    start = max(0, place - _LONGEST)
    for cut in _CLAUSE.finditer(text, start, place):
        start = cut.end()
    negators = list(_NEGATOR.finditer(text, start, place))
    return bool(negators) and not _KEPT_UP.search(text, negators[-1].end(), place)


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


def is_about_wrong(text: str) -> bool:
    """Say whether a heading, or the sentence before a fence, announces what is wrong."""
    return _WRONG.search(text[:_LONGEST]) is not None


def is_pattern_table(text: str) -> bool:
    """Say whether the head of a table announces patterns to look for."""
    return len(text) < 80 and _PATTERN_HEAD.search(text) is not None
