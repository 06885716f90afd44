"""Which lessons cannot both be followed: opposites, other numbers, other orders, other tools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from trace2skill.consolidate.similar import ALIKE, SAME, denies, likeness, words
from trace2skill.consolidate.terms import FILLERS, KNOWN_TOOLS, NEGATORS, claims, spelled_out, stem
from trace2skill.records import Lesson

Contrast = Literal["opposite", "numeric", "ordering", "tool", "flagged"]
OPPOSED = 2
"""How many words two preferences share at least to be about one thing."""
Order = tuple[frozenset[str], frozenset[str]]
"""The words of what comes first, and of what comes second."""

_AMOUNT = re.compile(
    r"""(?P<lead>(?:\b(?:(?:up|at|no|not|more|less|fewer)\s){0,2}
          (?:to|than|most|least|exactly|every|after|within|timeout|limit|port|about|size|depth|level|version)|[=:])\s{0,2}[`'"]?)?
        (?<![\w.])(?P<number>\d[\d.,]{0,30})\s{0,2}
        (?P<unit>%|(?:ms|milliseconds?|s|secs?|seconds?|min|mins|minutes?|h|hours?|days?|times|retries
          |attempts|lines|rows|columns|characters|bytes|[kmg]i?b|tokens|workers|threads|jobs|pages)\b)?""",
    re.IGNORECASE | re.VERBOSE,
)
_SECONDS = {"ms": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60}
_SECONDS |= {"h": 3600, "hour": 3600, "day": 86400}
_CHOICE = re.compile(
    r"\b(?:use|prefer|choose|pick|rely on|switch to)\s(?:the\s)?(?:`([^`\n]{1,80})`|([\w.-]{2,40}))", re.I
)
_TURN = re.compile(r"\b(before|after)\b", re.IGNORECASE)


class Traits(NamedTuple):
    """What of a lesson another one may contradict."""

    denies: bool
    when: frozenset[str]
    do: frozenset[str]
    stated: frozenset[str]
    amounts: frozenset[str]
    bare: frozenset[str]
    """The words of ``do`` without its amounts."""
    order: Order | None
    tool: str
    rest: frozenset[str]
    """The words of ``do`` without the tool."""
    deed: str = ""
    """What to do or to leave, in a word: the first that is more than a particle."""


def traits(lesson: Lesson) -> Traits:
    """Return what of *lesson* another one may contradict."""
    amounts, bare = _amounts(lesson.do)
    tool, rest = _choice(lesson.do)
    return Traits(
        denies=denies(lesson.do),
        when=words(lesson.when),
        do=words(lesson.do),
        stated=claims(lesson.do).stated,
        amounts=amounts,
        bare=words(bare),
        order=_order(lesson),
        tool=tool,
        rest=words(rest),
        deed=_deed(lesson.do),
    )


def _deed(text: str) -> str:
    told = (word.strip("`'\"“”.,;:!?") for word in text.lower().replace("’", "'").split())
    return next((stem(word) for word in told if word not in FILLERS | NEGATORS | {"always", "please"}), "")


def contrast(one: Traits, other: Traits) -> Contrast | None:
    """Return in which way two lessons of the same situation contradict each other, if they do."""
    if not _comparable(one, other):
        return None
    if likeness(one.when, other.when) < ALIKE:
        return "ordering" if _reversed(one.order, other.order) and _tied(one, other) else None
    if one.denies != other.denies:
        return "opposite" if likeness(one.do, other.do) >= ALIKE else None
    if _reversed(one.order, other.order):
        return "ordering"
    if _differ(one.amounts, other.amounts) and likeness(one.bare, other.bare) >= SAME:
        return "numeric"
    return "tool" if not one.denies and _other_tool(one, other) else None


def find_conflicts(
    lessons: Sequence[Lesson], lineage: Mapping[str, str]
) -> Iterator[tuple[int, int, Contrast]]:
    """Yield the pairs that contradict each other, by their places in *lessons*, and how they do.

    *lineage* says into which lesson the ids that a model flagged have been merged since. What users
    prefer is theirs to choose, so only its opposite contradicts it: that another wants it otherwise.
    """
    found = [traits(lesson) for lesson in lessons]
    for at, one in enumerate(lessons):
        for place in range(at + 1, len(lessons)):
            if "preference" in (one.kind, lessons[place].kind):
                both = one.kind == lessons[place].kind
                how: Contrast | None = "opposite" if both and _opposed(found[at], found[place]) else None
            else:
                how = contrast(found[at], found[place])
            if how is None and _flagged(one, lessons[place], lineage):
                how = "flagged"
            if how is not None:
                yield at, place, how


def _opposed(one: Traits, other: Traits) -> bool:
    """Say whether one user forbids what another asks for, each in words of his own."""
    if one.denies == other.denies:
        return False
    shared = len(one.do & other.do)
    if one.deed and one.deed == other.deed:
        return shared >= OPPOSED
    return shared >= OPPOSED and shared >= SAME * min(len(one.do), len(other.do))


def _comparable(one: Traits, other: Traits) -> bool:
    """Say whether the two have anything in which they could differ: most pairs of all have not."""
    return (
        one.denies != other.denies
        or bool(one.amounts and other.amounts)
        or bool(one.tool and other.tool)
        or (one.order is not None and other.order is not None)
    )


def _flagged(one: Lesson, other: Lesson, lineage: Mapping[str, str]) -> bool:
    """Say whether a model noted on either of the two that it contradicts the other."""
    return any(
        lineage.get(name, name) == foe.id
        for lesson, foe in ((one, other), (other, one))
        for name in lesson.contradicts
    )


def _amounts(text: str) -> tuple[frozenset[str], str]:
    """Return the amounts in *text*, and the text without them; a number that counts nothing is a name."""
    found: set[str] = set()
    text = spelled_out(text)
    for amount in _AMOUNT.finditer(text):
        if amount["lead"] or amount["unit"]:
            found.add(_measured(amount["number"], (amount["unit"] or "").lower()))
    left = _AMOUNT.sub(lambda one: " " if one["lead"] or one["unit"] else one[0], text)
    return frozenset(found), left


def _measured(number: str, unit: str) -> str:
    plain = number.rstrip(".,").replace(",", "")
    seconds = _SECONDS.get(unit, _SECONDS.get(unit.rstrip("s")))
    if seconds is None or plain.count(".") > 1:
        return plain
    return f"{float(plain) * seconds:g}s"


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether each has an amount that the other lacks: one may just say more."""
    return bool(one - other and other - one)


def _order(lesson: Lesson) -> Order | None:
    """Return what comes first and what second: "before A, do B", "do A after B", "do A, then B"."""
    opening = lesson.when.lower().split(None, 1)
    if len(opening) == 2 and opening[0] in ("before", "after"):
        sides = words(lesson.do), words(opening[1])
        return _sides(*(sides if opening[0] == "before" else sides[::-1]))
    clause = re.split(r"[.;](?:\s|$)", lesson.do, maxsplit=1)[0]
    turn = _TURN.search(clause)
    if turn is not None:
        sides = words(clause[: turn.start()]), words(clause[turn.end() :])
        return _sides(*(sides if turn[1].lower() == "before" else sides[::-1]))
    first, then, second = clause.partition(" then ")
    return _sides(words(first), words(second)) if then else None


def _sides(first: frozenset[str], second: frozenset[str]) -> Order | None:
    first, second = (frozenset(stem(word) for word in side) - {"first", "and"} for side in (first, second))
    return (first, second) if first and second else None


def _reversed(one: Order | None, other: Order | None) -> bool:
    """Say whether what comes first for the one comes second for the other, and more so than not."""
    if one is None or other is None:
        return False
    straight = likeness(one[0], other[0]) + likeness(one[1], other[1])
    crossed = likeness(one[0], other[1]), likeness(one[1], other[0])
    return min(crossed) >= ALIKE and sum(crossed) > straight


def _tied(one: Traits, other: Traits) -> bool:
    """Say whether the situation of both is part of their order, as in "before A, do B"."""
    return all(
        side.order is not None and {stem(word) for word in side.when} <= side.order[0] | side.order[1]
        for side in (one, other)
    )


def _choice(text: str) -> tuple[str, str]:
    """Return the tool that *text* says to use, and the text without it."""
    for found in _CHOICE.finditer(text):
        tool = (found[1] or found[2]).strip().split(" ")[0].lower()
        if found[1] is None and tool not in KNOWN_TOOLS:
            continue
        if tool and not tool.startswith("-") and not set(tool) & set("\"'$="):
            return tool, text[: found.start()] + text[found.end() :]
    return "", text


def _other_tool(one: Traits, other: Traits) -> bool:
    if not one.tool or not other.tool or one.tool == other.tool:
        return False
    if stem(one.tool) in other.stated or stem(other.tool) in one.stated:
        return False  # it takes both
    tools = {one.tool, other.tool}
    rests = one.rest - tools, other.rest - tools
    common_ground = bool(one.when and other.when) or all(rests)
    return common_ground and likeness(one.when, other.when) >= SAME and likeness(*rests) >= ALIKE
