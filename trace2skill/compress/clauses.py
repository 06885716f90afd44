"""The clauses of a description: sentences, and within enumerations their items, so that one can go alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from trace2skill.compress.atoms import binds

_SENTENCE_END = re.compile(
    r"(?<=[.!?])[\"”')\]*]{0,3}[ \t]{1,40}|[。！？]|\n[ \t]{0,40}(?:\n[ \t]{0,40}){0,20}"
)
_SHORT = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|vs|etc|cf|approx|incl|no|v|fig|al|dr|mr|ms|inc)\.$", re.IGNORECASE
)
_PIECE = re.compile(r"(?:,[ \t]{1,9}|[，、])")
_NESTED = re.compile(
    r"`[^`\n]{0,400}`|\"[^\"\n]{0,400}\"|“[^”\n]{0,400}”|「[^」\n]{0,400}」|\([^()\n]{0,600}\)|\[[^\[\]\n]{0,600}\]"
    r"|(?<!\w)'[^'\n]{1,200}'(?!\w)"
)
_LAST = re.compile(r"^(?:(and|or|and/or|nor|plus|as well as)\s{1,4})", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:when(?:ever)?|if|trigger\w{0,4}|activat\w{1,4}|invoked?"
    r"|use (?:this|it|for|to|after|before|in|on)|used? (?:by|for)|for (?:tasks|requests|questions)|keywords?"
    r"|mentions?)\b"
    r"|使用|时|當|当|触发|時に|場合|사용|때",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"\b(?:not|no|never|without|avoid|skip|except|unless|instead|rather than|only|prefer|other than"
    r"|exclud\w{1,4}|deprecated|cannot)\b|n['’]t\b|不|勿|非|无|無|ない|ません|しない|않|아닌|말",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"^[\s\-*•]{0,6}(?:this|it|its|they|these|those|such|that|also|however|otherwise|then|instead|but|and|or|both"
    r"|for example|e\.g|in addition|additionally|each|all of|the (?:latter|former|same))\b",
    re.IGNORECASE,
)
MOST_CHARS = 8_000
"""Characters of a description that is looked into; hosts read 1,536 at most."""
MOST_CLAUSES = 200
"""Clauses of it: each is weighed against all others."""
_MOST_ITEM_WORDS = 8
_LEAST_ITEMS = 3


class Clause(NamedTuple):
    """A part of a description that can be left out: a sentence, or an item that one enumerates."""

    id: tuple[int, int]
    """The number of its sentence, and its number within; 0 is what the sentence begins with."""
    text: str
    protected: bool
    """It names what the skill is, or what it is not for."""
    when: bool
    """It is a sentence that says when to use the skill, or stands in one."""


class Sentence(NamedTuple):
    """A sentence with its items; what holds it apart from the next one is its *gap*."""

    parts: tuple[str, ...]
    marks: tuple[str, ...]
    """What stands between two parts each; before the last it may hold an "and"."""
    end: str
    gap: str

    @property
    def text(self) -> str:
        """Return the sentence as it was."""
        return _joined(self.parts, self.marks) + self.end


class Description(NamedTuple):
    """A description in sentences: joined again, they are the text."""

    lead: str
    sentences: tuple[Sentence, ...]
    tail: str

    @property
    def text(self) -> str:
        """Return the text as it was."""
        return self.lead + "".join(one.text + one.gap for one in self.sentences) + self.tail

    def render(self, kept: Collection[tuple[int, int]]) -> str:
        """Return the text with only the clauses whose ids are *kept*; a sentence goes with its beginning."""
        rows = []
        for number, sentence in enumerate(self.sentences):
            if (number, 0) in kept:
                places = [at for at in range(len(sentence.parts)) if (number, at) in kept]
                rows.append((_shown(sentence, places), sentence.gap))
        return self.lead + "".join(text + gap for text, gap in rows[:-1]) + "".join(
            text for text, _ in rows[-1:]
        ) + self.tail  # fmt: skip


def is_usual(text: str) -> bool:
    """Say whether people write the like of *text*: in what is far longer, no clause is worth judging."""
    return (
        len(text) <= MOST_CHARS
        and len(_SENTENCE_END.findall(text)) + len(_PIECE.findall(text)) <= MOST_CLAUSES
    )


def parse(text: str) -> Description:
    """Return the sentences of *text*."""
    stripped = text.strip()
    start = text.find(stripped) if stripped else len(text)
    sentences = tuple(_sentences(stripped))
    return Description(text[:start], sentences, text[start + len(stripped) :])


def clauses_of(description: Description) -> tuple[Clause, ...]:
    """Return the clauses, in order."""
    return tuple(_clauses(description))


def _clauses(description: Description) -> Iterator[Clause]:
    sentences = description.sentences
    for number, sentence in enumerate(sentences):
        whole = sentence.text
        after = sentences[number + 1].text if number + 1 < len(sentences) else ""
        # Without it, what follows would speak of something else, or of nothing.
        leads = bool(_POINTS_BACK.search(after)) or whole.rstrip().endswith(":")
        negative = bool(_NEGATIVE.search(whole)) or binds(whole)
        when = bool(_WHEN.search(whole))
        yield Clause((number, 0), sentence.parts[0], not number or negative or leads, when)
        for at in range(1, len(sentence.parts)):
            yield Clause((number, at), sentence.parts[at], negative and bool(number), when)


def _sentences(text: str) -> Iterator[Sentence]:
    done = 0
    hidden = [found.span() for found in _NESTED.finditer(text)]
    for found in _SENTENCE_END.finditer(text):
        inside = any(start < found.start() and found.end() <= end for start, end in hidden)
        body = text[done : found.start()]
        if inside or _SHORT.search(body) or not body.strip():
            continue
        ended = found[0].rstrip(" \t\n")
        yield _sentence(body + ended, found[0][len(ended) :])
        done = found.end()
    if done < len(text):
        yield _sentence(text[done:], "")


def _sentence(text: str, gap: str) -> Sentence:
    """Return *text* cut at its commas if it enumerates short items, else in one part."""
    found = re.search(r"[.!?;。！？:]{1,3}[\"”')\]*]{0,3}$", text)
    end = found[0] if found else ""
    body = text[: len(text) - len(end)]
    hidden = [found.span() for found in _NESTED.finditer(body)]
    cuts = [
        found.span()
        for found in _PIECE.finditer(body)
        if not any(start < found.start() < stop for start, stop in hidden)
    ]
    edges = [(0, 0), *cuts, (len(body), len(body))]
    parts = [body[edges[at][1] : edges[at + 1][0]] for at in range(len(edges) - 1)]
    marks = [body[start:stop] for start, stop in cuts]
    last = _LAST.match(parts[-1])
    if not _enumerates(parts, last is not None):
        return Sentence((body,), (), end, gap)
    if last is not None:
        marks[-1] += last[0]
        parts[-1] = parts[-1][last.end() :]
    return Sentence(tuple(parts), tuple(marks), end, gap)


def _enumerates(parts: Sequence[str], closed: bool) -> bool:
    """Say whether *parts* are the items of one list; *closed* if an "and" or "or" stands before the last."""
    if len(parts) < _LEAST_ITEMS or not all(part.strip() for part in parts):
        return False
    if any(_LAST.match(part) for part in parts[1:-1]):
        return False  # two lists, or a list and a clause
    listed = closed or ":" in parts[0]
    return listed and all(len(part.split()) <= _MOST_ITEM_WORDS for part in parts[1:])


def _shown(sentence: Sentence, places: Sequence[int]) -> str:
    if len(places) == len(sentence.parts):
        return sentence.text
    parts = [sentence.parts[at] for at in places]
    if len(parts) == 1:
        return parts[0] + sentence.end
    final = sentence.marks[-1]
    joint = _LAST.match(final.lstrip(", \t"))
    if joint is not None and len(parts) == 2:
        final = f" {joint[0]}"
    return _joined(parts, [*sentence.marks[: len(parts) - 2], final]) + sentence.end


def _joined(parts: Sequence[str], marks: Sequence[str]) -> str:
    return "".join(part + mark for part, mark in zip(parts, [*marks, ""], strict=True))
