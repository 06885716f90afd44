"""What a skill says to the agent that loads it, sentence by sentence, and who says it.

All active prose of a skill speaks to an agent; so what counts is what it asks for, who says it, and
what stands around it. All words are folded to what they look like.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from itertools import accumulate
from operator import or_
from typing import Any, NamedTuple

from trace2skill.lint.document import MAX_CHARS, Context, Document, Span
from trace2skill.lint.folder import File
from trace2skill.lint.phrases import Match, Phrase
from trace2skill.lint.pieces import bounded
from trace2skill.lint.places import line_at
from trace2skill.lint.polarity import governed_at, negated_at, quoted_at
from trace2skill.lint.skeleton import skeleton
from trace2skill.lint.unshown import docstrings, unshown
from trace2skill.lint.view import MAIN, View

COMMENT = re.compile(r"^\s{0,80}(?:#|//|--|/?\*|\"\"\"|''')", re.ASCII)
"""A line of code that is one."""
MAX_ROWS = 50_000
"""So many lines of a text file are read as sentences; a file with more of them is data."""
_CLOSE = 2
"""So many lines apart two sentences may be and speak of one thing."""
_SHOWN = ("heading", "prose", "item", "cell", "html")
_DATA = ("json", "yaml", "toml", "notebook")
Told = tuple[Match, Context]
"""Where words are said, and who says them."""
_PROSE = frozenset(("txt", "rst", "adoc", "text", "prompt", "tmpl", "j2", "org"))
_DEEP = 6


class Saying(NamedTuple):
    """One sentence that a skill says."""

    path: str
    line: int
    text: str
    context: Context
    around: str
    """It and its neighbours, with the code that they announce."""
    paragraph: str
    """All that is said in one breath with it; quotations may begin and end there."""
    at: int = 0
    """Where in the paragraph it begins."""

    def line_at(self, place: int) -> int:
        """Return the line of the file for a *place* in the sentence."""
        return self.line + self.text.count("\n", 0, place)


class Speech:
    """Sayings, with an index of the words that phrases need: most phrases are then looked for nowhere."""

    def __init__(self, found: Iterable[Saying]) -> None:
        self.sayings = tuple(found)
        self.text = "\n".join(saying.text for saying in self.sayings)
        """All of them, one after another."""
        self._starts = [0, *accumulate(len(saying.text) + 1 for saying in self.sayings)]
        self._masks: dict[str, int] = {}

    def __iter__(self) -> Iterator[Saying]:
        return iter(self.sayings)

    def at(self, place: int) -> tuple[Saying, int]:
        """Return the saying at *place* of the whole text, and the place in it."""
        number = bisect_right(self._starts, place) - 1
        return self.sayings[number], place - self._starts[number]

    def holding(self, *phrases: Phrase) -> Iterator[Saying]:
        """Yield the sayings with the words that one of *phrases* needs."""
        left = 0
        for phrase in phrases:
            mask = (1 << len(self.sayings)) - 1
            for row in phrase.needs:
                mask &= reduce(or_, map(self._mask, row))
            left |= mask
        while left:
            lowest = left & -left
            yield self.sayings[lowest.bit_length() - 1]
            left ^= lowest

    def _mask(self, word: str) -> int:
        """Return the numbers of the sayings that hold *word*, as bits."""
        known = self._masks.get(word)
        if known is None:
            known, place = 0, self.text.find(word)
            while place >= 0:
                number = bisect_right(self._starts, place) - 1
                known |= 1 << number
                place = self.text.find(word, self._starts[number + 1])
            self._masks[word] = known
        return known


@lru_cache(maxsize=2)
def sayings(view: View) -> Speech:
    """Return what the frontmatter says, and all shown sentences of all documents and text files."""
    found = list(_front(view))
    for document in view.documents():
        found.extend(_of_document(document))
    for file in view.files:
        if is_prose(file):
            rows = list(_rows(file.text))
            for place, (number, row) in enumerate(rows):
                near = "\n".join(text for _, text in rows[max(0, place - 2) : place + 3])
                found.append(Saying(file.path, number, row, "active", near, row))
    return Speech(found)


@lru_cache(maxsize=2)
def data(view: View) -> Speech:
    """Return the lines of data files, and the printed answers that notebooks keep."""
    found = []
    for file in view.files:
        if file.text and (file.kind in _DATA or (file.kind == "text" and not is_prose(file))):
            for number, row in _rows(file.text):
                found.append(Saying(file.path, number, row, "active", row, row))
    return Speech(found)


@lru_cache(maxsize=2)
def comments(view: View) -> Speech:
    """Return what markup does not show, and the comments and docstrings of code, line by line."""
    found: list[Saying] = []
    for path, line, text in unshown(view):
        found.extend(_unseen(path, line, text))
    for script in view.scripts():
        if script.source == "fence":
            continue
        for line, text in docstrings(script):
            found.extend(_unseen(script.path, line, text))
        rows = [
            (number, piece)
            for number, row in script.lines()
            if COMMENT.match(row)
            for piece, _ in bounded(row[:MAX_CHARS], 0)
        ]
        plains = [skeleton(row.strip(" \t#/*-")) for _, row in rows]
        for place, (number, _) in enumerate(rows):
            near = " ".join(plains[max(0, place - 2) : place + 3])
            found.append(Saying(script.path, number, plains[place], "comment", near, plains[place]))
    return Speech(found)


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of *text* that say something, folded and in pieces, as far as it is read."""
    for number, row in enumerate(text[:MAX_CHARS].split("\n")[:MAX_ROWS], start=1):
        for piece, _ in bounded(row, 0) if row.strip() else ():
            yield number, skeleton(piece)


def cut_at(file: File) -> int:
    """Return the line from which on a text or data file is not read as sentences; 0 if all of it is."""
    fits = len(file.text) <= MAX_CHARS and file.text.count("\n") <= MAX_ROWS
    if fits or file.kind not in ("text", *_DATA):
        return 0
    return min(MAX_ROWS, file.text.count("\n", 0, MAX_CHARS) + 1)


def _unseen(path: str, line: int, text: str) -> Iterator[Saying]:
    for piece, place in bounded(text[:MAX_CHARS], 0):
        plain = skeleton(piece)
        yield Saying(path, line + line_at(text, place), plain, "comment", plain, plain)


def is_prose(file: File) -> bool:
    """Say whether a text file speaks in sentences; tables and logs are data."""
    name = file.path.rsplit("/", 1)[-1].lower()
    return bool(file.text) and file.kind == "text" and ("." not in name or name.rsplit(".", 1)[-1] in _PROSE)


def _front(view: View) -> Iterator[Saying]:
    if view.main is None:
        return
    raw = view.main.front_raw
    for key, text in _strings(view.front, "", _DEEP):
        place = raw.find(f"{key}:") if key else -1
        plain = skeleton(text)
        yield Saying(MAIN, raw.count("\n", 0, max(0, place)) + 1, plain, "active", plain, plain)
    for number, row in enumerate(raw.split("\n"), start=1):
        if row.lstrip().startswith("#"):
            plain = skeleton(row.strip(" #"))
            yield Saying(MAIN, number, plain, "active", plain, plain)


def _strings(value: Any, key: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the key and the words of each text in the frontmatter."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict) and depth:
        for name, inner in value.items():
            yield from _strings(inner, str(name), depth - 1)
    elif isinstance(value, list) and depth:
        for inner in value:
            yield from _strings(inner, key, depth - 1)


def _of_document(document: Document) -> Iterator[Saying]:
    spans = [span for span in document.spans if span.kind in (*_SHOWN, "fence")]
    plains = [skeleton(span.text) for span in spans]
    for place, span in enumerate(spans):
        if span.kind == "fence":
            continue
        near = range(max(0, place - 2), min(len(spans), place + 3))
        around = "\n".join(plains[at] for at in near if _is_near(spans[at], span))
        paragraph, begins = _paragraph(spans, plains, place)
        yield Saying(document.path, span.line, plains[place], span.context, around, paragraph, begins)


def _is_near(other: Span, span: Span) -> bool:
    apart = max(other.line - span.end_line, span.line - other.end_line)
    return other.headings == span.headings and apart <= _CLOSE


def _paragraph(spans: Sequence[Span], plains: Sequence[str], place: int) -> tuple[str, int]:
    """Return the sentences that stand in one paragraph with that at *place*, and where it begins there."""
    first, last = place, place
    apart = 1 if spans[place].kind == "prose" else 0  # each item of a list speaks for itself
    while first > max(0, place - 4) and _joins(spans[first - 1], spans[first], apart):
        first -= 1
    while last < min(len(spans), place + 5) - 1 and _joins(spans[last], spans[last + 1], apart):
        last += 1
    before = " ".join(plains[first:place])
    whole = " ".join(plains[first : last + 1])
    return whole, len(before) + 1 if before else 0


def _joins(one: Span, next_one: Span, apart: int) -> bool:
    return one.kind == next_one.kind != "fence" and next_one.line - one.end_line <= apart


def context_at(saying: Saying, start: int, end: int) -> Context | None:
    """Return who says the words from *start* to *end*; ``None`` for what is told not to be done."""
    if governed_at(saying.text, start):
        return None
    if negated_at(saying.text, start):
        return "negated"
    # A sentence that begins with "do not" is negated as a whole; what is asked for here may be just that.
    context: Context = "active" if saying.context == "negated" else saying.context
    within = quoted_at(saying.paragraph, saying.at + start, saying.at + end)
    return "quoted" if within and context == "active" else context


def met(saying: Saying, *phrases: Phrase) -> Iterator[Told]:
    """Yield where one of *phrases* is said and who says it, without what is forbidden."""
    for phrase in phrases:
        for found in phrase.finditer(saying.text):
            end = found.start("rest") if found.groupdict().get("rest") else found.end()
            context = context_at(saying, found.start(), end)
            if context is not None:
                yield found, context


def context_on(document: Document, line: int) -> Context:
    """Return who says what stands on *line*; a message in code is an example of one."""
    context: Context = "active"
    for span in document.spans:
        if span.line <= line <= span.end_line and span.context != "negated":
            context = "example" if span.kind == "fence" else span.context
            if context != "active":
                break
    return context


def most_active(saying: Saying, *phrases: Phrase) -> list[Told]:
    """Return the one place where *phrases* are said that counts most, or nothing; decoys may go before it."""
    found = list(met(saying, *phrases))
    active = [told for told in found if told[1] in ("active", "comment")]
    return (active or found)[:1]
