"""One Markdown file, parsed once into spans: what each piece is, where it stands, and who says it.

Blocks are markdown-it-py's to find; what stands inside of a line is looked for by patterns that take
linear time. What is too large or too deep for that becomes plain lines, and nothing is left out.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

from trace2skill.lint.announced import (
    is_about_wrong,
    is_callout,
    is_only_shown,
    is_pattern_table,
    is_setup,
    shows_wrong,
)
from trace2skill.lint.front import Front, Trouble, parse_front
from trace2skill.lint.pieces import CODE, bounded, cut_comments, cut_comments_outside_code, sentences
from trace2skill.lint.places import line_at
from trace2skill.lint.polarity import is_negated
from trace2skill.markdown import lines_of, split_frontmatter

Context = Literal["active", "quoted", "negated", "example", "comment"]
SpanKind = Literal[
    "heading", "prose", "item", "cell", "fence", "inline", "comment", "reference", "html", "link", "image"
]
MAX_CHARS = 400_000
MAX_LINES = 30_000
MAX_PLAIN = 60_000
"""So many lines are read of a document that is too large to be parsed, and ``MAX_CHARS``."""
_DEEP = re.compile(r"^[ \t>*+-]{200}", re.MULTILINE)
_PARSER = MarkdownIt().enable("table").disable("inline")
_LINK = re.compile(r"(!?)\[([^\[\]]{0,500})\]\([ \t]{0,3}<?([^()\s<>]{1,2000})")
_AUTO = re.compile(r"\bhttps?://[^\s<>\"'`)\]]{1,2000}", re.IGNORECASE)
_REFERENCE = re.compile(r"^[ \t]{0,3}\[([^\]\n]{1,200})\]:[ \t]{0,9}([^\n]{0,4000})$", re.MULTILINE)


class Span(msgspec.Struct, frozen=True):
    """A piece of a document."""

    kind: SpanKind
    text: str
    """Its source; of a fence the code, of a comment what it holds, of a link its words."""
    line: int
    end_line: int
    context: Context = "active"
    headings: tuple[str, ...] = ()
    """That it stands under, outermost first."""
    info: str = ""
    """Of a fence: what follows the marks, as ``bash title=x``; of a link ``code`` if it stands in code."""
    target: str = ""
    """Of a link, image or reference."""
    lead: str = ""
    """Of a fence: the sentence before it."""


class Document(msgspec.Struct, frozen=True):
    """A Markdown file in spans, by place."""

    path: str
    text: str
    front: dict[str, Any]
    """The frontmatter as data; of a broken one what lenient programs would take."""
    front_raw: str
    """With its marks; its first line is line 1."""
    front_troubles: tuple[Trouble, ...]
    """What is wrong with it."""
    spans: tuple[Span, ...]
    whole: bool = True
    """Whether it was parsed; else its spans are plain lines."""
    read_to: int = 0
    """The last line that has spans, if it is too long for all of it."""


def parse_document(path: str, text: str) -> Document:
    """Parse a Markdown file, whatever is in it; never raises, and takes linear time."""
    raw, body = split_frontmatter(text)
    front = parse_front(raw) if raw else Front({})
    first = len(lines_of(raw))
    whole = len(body) <= MAX_CHARS and body.count("\n") <= MAX_LINES and not _DEEP.search(body)
    spans = tuple(_Walker(first).walk(body)) if whole else tuple(_plain(body, first))
    spans = tuple(sorted(spans, key=lambda span: (span.line, span.end_line)))
    fits = len(body) <= MAX_CHARS and body.count("\n") <= MAX_PLAIN
    read_to = 0 if fits else first + min(MAX_PLAIN, body.count("\n", 0, MAX_CHARS) + 1)
    return Document(path, text, front.data, raw, front.troubles, spans, whole, read_to)


def _plain(body: str, first: int) -> Iterator[Span]:
    for number, line in enumerate(lines_of(body[:MAX_CHARS])[:MAX_PLAIN], start=first + 1):
        for piece, _ in bounded(line.rstrip("\r\n"), 0):
            if piece:
                yield Span("prose", piece, number, number)


class _Walker:
    """Goes through the tokens of a document once, and knows where it is."""

    def __init__(self, first: int) -> None:
        self.first = first
        """The line before the body."""
        self.above: list[tuple[int, str]] = []
        self.level = 0
        """Of the heading at hand."""
        self.quotes: list[bool] = []
        """Block quotes at hand: whether each holds the words of others."""
        self.opened = False
        """Whether a block quote has just begun."""
        self.wrong = False
        """Whether the headings above announce what is wrong."""
        self.head = False
        self.items = 0
        self.kind: SpanKind = "prose"
        self.lead = ""
        self.patterns = False
        """Whether the table at hand lists patterns to look for."""

    def walk(self, body: str) -> Iterator[Span]:
        """Yield the spans of *body*."""
        taken: set[int] = set()
        for token in _PARSER.parse(body):
            if token.map is not None and token.type in ("fence", "code_block"):
                taken.update(range(*token.map))
            yield from self._token(token)
        number, at = 0, 0
        for found in _REFERENCE.finditer(body):
            number += body.count("\n", at, found.start())
            at = found.start()
            if number not in taken:
                place = self.first + number + 1
                yield Span("reference", found[2], place, place, "comment", target=found[2], info=found[1])

    def _token(self, token: Token) -> Iterator[Span]:
        kind = token.type
        self._enter(kind)
        if kind == "heading_open":
            self.level = int(token.tag[1])
            self.above = [row for row in self.above if row[0] < self.level]
            self.kind = "heading"
        elif kind in ("th_open", "td_open"):
            self.kind, self.head = "cell", kind == "th_open"
        elif kind in ("heading_close", "th_close", "td_close"):
            self.kind = "prose"
        if token.map is None and kind != "inline":
            return
        if kind in ("fence", "code_block"):
            yield self._fence(token)
            self.lead = ""
        elif kind == "html_block":
            yield from self._html(token)
        elif kind == "inline":
            yield from self._inline(token)

    def _enter(self, kind: str) -> None:
        step = 1 if kind.endswith("_open") else -1 if kind.endswith("_close") else 0
        if kind == "blockquote_open":
            self.quotes.append(True)
            self.opened = True
        elif kind == "blockquote_close":
            self.quotes.pop()
        elif kind.startswith("list_item"):
            self.items += step
        elif kind == "table_open":
            self.patterns = False

    @property
    def headings(self) -> tuple[str, ...]:
        """Return the headings above, outermost first."""
        return tuple(title for _, title in self.above)

    def _context(self, text: str) -> Context:
        if any(self.quotes):
            return "quoted"
        if self.wrong or (self.kind == "cell" and self.patterns):
            return "example"
        return "negated" if is_negated(text) else "active"

    def _fence(self, token: Token) -> Span:
        assert token.map is not None
        context: Context = "quoted" if any(self.quotes) else "active"
        title = self.above[-1][1] if self.above else ""
        if self.wrong or shows_wrong(self.lead, token.content) or is_only_shown(self.lead, title):
            context = "example"
        opened = token.type == "fence"
        first = self.first + token.map[0] + 1 + opened
        last = max(first, first + token.content.count("\n") - 1)
        return Span(
            "fence", token.content, first, last, context, self.headings, token.info.strip(), lead=self.lead
        )

    def _under(self, title: str) -> None:
        """Take note of a heading; the title of the document says nothing about what is under it."""
        self.above.append((self.level, title))
        self.lead = ""
        below = [text for place, (level, text) in enumerate(self.above) if place or level > 1]
        deciding = (text for text in reversed(below) if is_setup(text) or is_about_wrong(text))
        self.wrong = is_about_wrong(next(deciding, ""))

    def _html(self, token: Token) -> Iterator[Span]:
        assert token.map is not None
        rest, comments = cut_comments(token.content)
        line = self.first + token.map[0] + 1
        for at, text in comments:
            first = line + line_at(token.content, at)
            yield Span("comment", text, first, first + text.count("\n"), "comment", self.headings)
        if rest.strip():
            last = line + rest.rstrip().count("\n")
            yield Span("html", rest, line, last, self._context(rest), self.headings)

    def _inline(self, token: Token) -> Iterator[Span]:
        line = self.first + (token.map[0] if token.map else 0) + 1
        text, comments = cut_comments_outside_code(token.content)
        for at, said in comments:
            first = line + line_at(token.content, at)
            yield Span("comment", said, first, first + said.count("\n"), "comment", self.headings)
        if self.quotes and self.opened and is_callout(text):
            self.quotes[-1] = False
        self.opened = False
        if self.kind == "heading":
            self._under(text.strip())
            yield Span("heading", text, line, line, "active", self.headings[:-1])
            return
        if self.kind == "cell":
            self.patterns = self.patterns or (self.head and is_pattern_table(text))
        kind: SpanKind = "item" if self.items and self.kind == "prose" else self.kind
        for sentence, at in sentences(text):
            first = line + line_at(text, at)
            last = first + sentence.count("\n")
            context = self._context(sentence)
            yield Span(kind, sentence, first, last, context, self.headings)
            yield from self._inside(sentence, first, context)
            self.lead = sentence

    def _inside(self, text: str, line: int, context: Context) -> Iterator[Span]:
        """Yield the code, links and images of one sentence."""
        ends: list[int] = []  # of code: where it begins and where it ends, in turn
        for found in CODE.finditer(text):
            ends += found.span()
            place = line + line_at(text, found.start())
            yield Span("inline", found[1], place, place, context, self.headings)
        linked = set()
        for found in _LINK.finditer(text):
            place = line + line_at(text, found.start())
            linked.add(found.start(3))
            kind: SpanKind = "image" if found[1] else "link"
            info = "code" if bisect(ends, found.start()) % 2 else ""
            yield Span(kind, found[2], place, place, context, self.headings, info, target=found[3])
        for found in _AUTO.finditer(text):
            if found.start() not in linked:
                place = line + line_at(text, found.start())
                yield Span("link", found[0], place, place, context, self.headings, target=found[0])
