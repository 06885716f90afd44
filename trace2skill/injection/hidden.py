"""Text that a person does not see and a model reads: invisible characters, comments, hidden elements."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from trace2skill.injection.judge import steers

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"
"""Characters without a shape, which may break up a word."""
_UNSEEN = re.compile(f"[{INVISIBLE}]")
_REMOVED = dict.fromkeys(map(ord, INVISIBLE))
# Letters of other scripts that look like Latin ones, in small letters.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһոցɡαοеνκ", "aeopcyxijsdhnggaoevk")
_MIXED = re.compile(r"(?=[^\W\d_]{0,40}[a-z])(?=[^\W\d_]{0,40}[\u0370-\u0581])[^\W\d_]{2,40}")
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans("’‘“”", "''\"\"")
_TAGS = re.compile(r"[\U000e0020-\U000e007e]{4,}+\U000e007f?")
# England, Scotland and Wales: the only flags that are made of tags.
_FLAG = re.compile(r"\U0001f3f4[\U000e0020-\U000e007e]{5}\U000e007f")
_OVERRIDES = re.compile(r"[\u202d\u202e][^\n\u202c]{1,200}")
_SELECTORS = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}+")
_STYLED = re.compile(
    r"(?:display\s?:\s?none|visibility\s?:\s?hidden|font-size\s?:\s?0(?:px|pt|em)?\s?[;\"']|opacity\s?:\s?0\s?[;\"'])"
    r"[^<>]{0,100}>(?P<body>[^<]{1,1000})"
)
_COMMENTS = (("<!--", "-->"), ("[//]: # (", ")"), ("[comment]: <> (", ")"))
MARKUP = (
    "<!--",
    "[//]: #",
    "[comment]: <",
    "display:",
    "display :",
    "visibility:",
    "visibility :",
    "font-size:",
    "font-size :",
    "opacity:",
    "opacity :",
)
"""Signs of markup in which something may be hidden."""
_COMMENT_CHARS = 2000
_MOST_COMMENTS = 500


def fold(text: str) -> str:
    """Return *text* in small letters, quotes and letters of full width plain; no place changes."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return small if small.isascii() else small.translate(_PLAIN)


def unmask(folded: str) -> str:
    """Return *folded* without shapeless characters, and look-alikes in words of Latin letters as these."""
    return _MIXED.sub(lambda word: word[0].translate(_LOOKALIKES), folded.translate(_REMOVED))


def places_of(text: str, numbers: Sequence[int]) -> list[int]:
    """Return where in *text* the characters stand that have these *numbers* without the invisible ones."""
    # Of each invisible character, how many visible ones go before it.
    before = [found.start() - count for count, found in enumerate(_UNSEEN.finditer(text))]
    return [number + bisect_right(before, number) for number in numbers]


def invisible_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of characters that can only be there to be read by no person."""
    flags = {found.start() + 1 for found in _FLAG.finditer(text)}
    for found in _TAGS.finditer(text):
        if found.start() not in flags:
            yield found.span()
    for found in _SELECTORS.finditer(text):
        yield found.span()


def reversed_runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the places of text that is shown from right to left against its script, and how it reads then."""
    for found in _OVERRIDES.finditer(text):
        yield (*found.span(), found[0][:0:-1])


def hidden_orders(folded: str) -> Iterator[tuple[int, int]]:
    """Yield the comments and unseen elements of markup that tell an agent what to do."""
    for opening, closing in _COMMENTS:
        at = folded.find(opening)
        for _ in range(_MOST_COMMENTS):
            if at < 0:
                break
            inner = at + len(opening)
            end = folded.find(closing, inner, inner + _COMMENT_CHARS)
            end = end if end >= 0 else min(len(folded), inner + _COMMENT_CHARS)
            if steers(folded[inner:end]):
                yield inner, end
            at = folded.find(opening, end)
    for found in _STYLED.finditer(folded):
        if steers(found["body"]):
            yield found.span("body")
