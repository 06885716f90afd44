"""Sentences with what follows them in the same section: advice is rarely one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from trace2skill.lint.document import Context, Span, parse_document
from trace2skill.lint.pieces import sentences
from trace2skill.lint.polarity import negated_at
from trace2skill.lint.reputation import Address, addresses_in
from trace2skill.lint.view import MAIN, View

_KINDS = ("prose", "item", "cell")
_BARE = ("", "text", "txt", "plaintext", "url")
"""What a fence is called that holds no code."""
_LINES = 4
"""Further below is another matter."""
_LONGEST = 1_200
_MOST_TEXT = 200_000
_TOLD = (".txt", ".rst", ".adoc", ".text")
_SAID = ("active", "negated")
"""What the skill itself says, for or against something."""
_CLAUSE = re.compile(
    r"[;:.!?。！？](?=\s|$)|,?\s(?:but|then|and then|and|or|before|after|once|when|if|while)\s|,\s|\n"
)
_REACH = 600
_CALLOUT = re.compile(
    r"[\s>]{0,9}(?:\[!\w{3,12}\]|[⚠❗❕🚨📌ℹ💡🔴🛑✅📢🔧]|[*_]{0,3}(?:note|important|warning|caution|tip|attention"
    r"|notice"
    r"|prerequisites?|required?|requirements?|heads[ -]up|setup)\b[*_: !]{1,6})",
    re.IGNORECASE,
)
"""How a block quote begins that quotes nobody."""
_USED = re.compile(r"\[([^\[\]\n]{1,200})\](?:\[([^\[\]\n]{0,200})\])?(?![\[(:])")


def clause_at(text: str, place: int) -> str:
    """Return the clause of *text* that *place* is in."""
    start = max(0, place - _REACH)
    for cut in _CLAUSE.finditer(text, start, place):
        start = cut.end()
    end = _CLAUSE.search(text, place, min(len(text), place + _REACH))
    return text[start : end.start() if end else place + _REACH]


class Passage(msgspec.Struct, frozen=True):
    """A sentence and the two after it."""

    path: str
    span: Span
    following: tuple[Span, ...] = ()
    linked: str = ""
    """The addresses that its references stand for."""

    @property
    def text(self) -> str:
        """Return all of it."""
        return " ".join((self.span.text, *(span.text for span in self.following)))

    def context_at(self, place: int) -> Context:
        """Return the context of what stands at *place*: told not to do only if a negator governs it."""
        if self.span.context == "negated" and not negated_at(self.text, place):
            return "active"
        return self.span.context

    def addresses(self) -> list[Address]:
        """Return the web addresses in the sentence; those of what follows if it has none."""
        return list(addresses_in(self.span.text)) or list(addresses_in(f"{self.text} {self.linked}"))


@lru_cache(maxsize=2)
def passages(view: View) -> tuple[Passage, ...]:
    """Return the passages that begin with each sentence of a skill; each ends with its section."""
    return tuple(_passages(view))


def _passages(view: View) -> Iterator[Passage]:
    documents = list(view.documents())
    for file in view.files:
        told = file.path.lower().endswith(_TOLD) or "." not in file.path.rsplit("/", 1)[-1]
        if file.kind == "text" and told and len(file.text) < _MOST_TEXT:
            documents.append(parse_document(file.path, file.text))
    if view.main is not None:
        yield from _front(view)
    for document in documents:
        links = {span.info.lower(): span.target for span in document.spans if span.kind == "reference"}
        said = (span for span in document.spans if span.kind in _KINDS or _is_bare(span))
        spans = [piece for span in _called_out(said) for piece in _pieces(span)]
        for at, span in enumerate(spans):
            if span.kind == "fence":
                continue
            following = tuple(
                other
                for other in spans[at + 1 : at + 3]
                if other.headings == span.headings
                and other.line - span.end_line <= _LINES
                and (other.context in _SAID) == (span.context in _SAID)
            )
            yield Passage(document.path, span, following, _linked((span, *following), links))


def _called_out(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield spans, those of a block quote that is a callout as what the skill itself says."""
    last = -1
    for span in spans:
        if span.context == "quoted" and (_CALLOUT.match(span.text) or span.line <= last + 1):
            last = span.end_line
            yield msgspec.structs.replace(span, context="active")
        else:
            yield span


def _pieces(span: Span) -> Iterator[Span]:
    """Yield a span in pieces that patterns can go through."""
    if len(span.text) <= _LONGEST:
        yield span
        return
    for start in range(0, len(span.text), _LONGEST):
        line = span.line + span.text.count("\n", 0, start)
        yield msgspec.structs.replace(span, text=span.text[start : start + _LONGEST], line=line)


def _is_bare(span: Span) -> bool:
    return span.kind == "fence" and span.info.lower() in _BARE and len(span.text) < 600


def _linked(spans: tuple[Span, ...], links: dict[str, str]) -> str:
    """Return the addresses of the references in *spans*, as ``[words][name]``."""
    if not links:
        return ""
    used = (found for span in spans for found in _USED.finditer(span.text))
    return " ".join(filter(None, (links.get((found[2] or found[1]).lower(), "") for found in used)))


def _front(view: View) -> Iterator[Passage]:
    """Yield the passages of the values in the frontmatter."""
    raw = view.main.front_raw if view.main is not None else ""
    for key, value in view.front.items():
        if not isinstance(value, str):
            continue
        line = raw.partition(f"{key}:")[0].count("\n") + 1
        said = [Span("prose", text, line, line) for text, _ in sentences(value)]
        for at, span in enumerate(said):
            yield Passage(MAIN, span, tuple(said[at + 1 : at + 3]))
