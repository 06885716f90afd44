"""Sentences with what follows them in the same section: advice is rarely one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from trace2skill.lint.document import Context, Document, Span
from trace2skill.lint.polarity import negated_at
from trace2skill.lint.reputation import Address, addresses_in
from trace2skill.lint.view import View

_KINDS = ("prose", "item", "cell")
_LINES = 4
"""Further below is another matter."""
_SAID = ("active", "negated")
"""What the skill itself says, for or against something."""


class Passage(msgspec.Struct, frozen=True):
    """A sentence and the two after it."""

    document: Document
    span: Span
    text: str
    """All of it."""

    def context_at(self, place: int) -> Context:
        """Return the context of what stands at *place*: told not to do only if a negator governs it."""
        if self.span.context == "negated" and not negated_at(self.text, place):
            return "active"
        return self.span.context

    def addresses(self) -> list[Address]:
        """Return the web addresses in it."""
        return list(addresses_in(self.text))


@lru_cache(maxsize=1)
def passages(view: View) -> tuple[Passage, ...]:
    """Return the passage that begins with each sentence of a skill; it ends with its section."""
    return tuple(_passages(view))


def _passages(view: View) -> Iterator[Passage]:
    for document in view.documents():
        spans = [span for span in document.spans if span.kind in _KINDS]
        for at, span in enumerate(spans):
            following = tuple(
                other
                for other in spans[at + 1 : at + 3]
                if other.headings == span.headings
                and other.line - span.end_line <= _LINES
                and (other.context in _SAID) == (span.context in _SAID)
            )
            text = " ".join((span.text, *(other.text for other in following)))
            yield Passage(document, span, text)
