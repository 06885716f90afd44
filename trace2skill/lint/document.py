"""One Markdown file, parsed once into spans: what each piece is, where it stands, and who says it.

Blocks are markdown-it-py's to find; what stands inside of a line is looked for by patterns that take
linear time. What is too large or too deep for that becomes plain lines, and nothing is left out.
"""

from __future__ import annotations

import re
from bisect import bisect, bisect_left
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

from trace2skill.lint.front import Front, Trouble, parse_front
from trace2skill.lint.polarity import is_about_wrong, is_negated, is_pattern_table
from trace2skill.markdown import lines_of, split_frontmatter

Context = Literal["active", "quoted", "negated", "example", "comment"]
SpanKind = Literal[
    "heading", "prose", "item", "cell", "fence", "inline", "comment", "reference", "html", "link", "image"
]
MAX_CHARS = 1_000_000
MAX_LINES = 30_000
CHUNK = 4_000
"""So long is a line of text that is not parsed."""
_DEEP = re.compile(r"^[ \t>*+-]{200}", re.MULTILINE)
_PARSER = MarkdownIt().enable("table").disable("inline")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+|\n(?=[ \t]*(?:[-*+]|\d{1,3}[.)]) )")
_BREAK = re.compile(r"\n")
_CODE = re.compile(r"(?<!`)`{1,2}([^`]{1,2000})`{1,2}(?!`)")
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


def parse_document(path: str, text: str) -> Document:
    """Parse a Markdown file, whatever is in it; never raises, and takes linear time."""
    raw, body = split_frontmatter(text)
    front = parse_front(raw) if raw else Front({})
    first = len(lines_of(raw))
    whole = len(body) <= MAX_CHARS and body.count("\n") <= MAX_LINES and not _DEEP.search(body)
    spans = tuple(_Walker(first).walk(body)) if whole else tuple(_plain(body, first))
    spans = tuple(sorted(spans, key=lambda span: (span.line, span.end_line)))
    return Document(path, text, front.data, raw, front.troubles, spans, whole)


def _plain(body: str, first: int) -> Iterator[Span]:
    for number, line in enumerate(lines_of(body), start=first + 1):
        for start in range(0, len(line), CHUNK):
            piece = line[start : start + CHUNK].rstrip("\r\n")
            if piece:
                yield Span("prose", piece, number, number)


class _Lines:
    """Tells lines from places in a text, however many are asked for."""

    def __init__(self, text: str, first: int) -> None:
        self.first = first
        self.breaks = [found.start() for found in _BREAK.finditer(text)]

    def at(self, place: int) -> int:
        """Return the line of *place*."""
        return self.first + bisect_left(self.breaks, place)


class _Walker:
    """Goes through the tokens of a document once, and knows where it is."""

    def __init__(self, first: int) -> None:
        self.first = first
        """The line before the body."""
        self.above: list[tuple[int, str]] = []
        self.level = 0
        """Of the heading at hand."""
        self.quotes = 0
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
            self.kind = "cell"
        elif kind in ("heading_close", "th_close", "td_close"):
            self.kind = "prose"
        if token.map is None and kind != "inline":
            return
        if kind in ("fence", "code_block"):
            yield self._fence(token)
        elif kind == "html_block":
            yield from self._html(token)
        elif kind == "inline":
            yield from self._inline(token)

    def _enter(self, kind: str) -> None:
        step = 1 if kind.endswith("_open") else -1 if kind.endswith("_close") else 0
        if kind.startswith("blockquote"):
            self.quotes += step
        elif kind.startswith("list_item"):
            self.items += step
        elif kind == "table_open":
            self.patterns = False

    @property
    def headings(self) -> tuple[str, ...]:
        """Return the headings above, outermost first."""
        return tuple(title for _, title in self.above)

    def _context(self, text: str) -> Context:
        if self.quotes:
            return "quoted"
        if any(map(is_about_wrong, self.headings)) or (self.kind == "cell" and self.patterns):
            return "example"
        return "negated" if is_negated(text) else "active"

    def _fence(self, token: Token) -> Span:
        assert token.map is not None
        context: Context = "quoted" if self.quotes else "active"
        if any(map(is_about_wrong, self.headings)) or is_about_wrong(self.lead) or is_negated(self.lead):
            context = "example"
        opened = token.type == "fence"
        first = self.first + token.map[0] + 1 + opened
        last = max(first, first + token.content.count("\n") - 1)
        return Span(
            "fence", token.content, first, last, context, self.headings, token.info.strip(), lead=self.lead
        )

    def _html(self, token: Token) -> Iterator[Span]:
        assert token.map is not None
        rest, comments = cut_comments(token.content)
        line = self.first + token.map[0] + 1
        lines = _Lines(token.content, line)
        for at, text in comments:
            first = lines.at(at)
            yield Span("comment", text, first, first + text.count("\n"), "comment", self.headings)
        if rest.strip():
            last = line + rest.rstrip().count("\n")
            yield Span("html", rest, line, last, self._context(rest), self.headings)

    def _inline(self, token: Token) -> Iterator[Span]:
        line = self.first + (token.map[0] if token.map else 0) + 1
        text, comments = cut_comments(token.content)
        lines = _Lines(token.content, line)
        for at, said in comments:
            first = lines.at(at)
            yield Span("comment", said, first, first + said.count("\n"), "comment", self.headings)
        if self.kind == "heading":
            self.above.append((self.level, text.strip()))
            yield Span("heading", text, line, line, "active", self.headings[:-1])
            return
        if self.kind == "cell":
            self.patterns = self.patterns or is_pattern_table(text)
        kind: SpanKind = "item" if self.items and self.kind == "prose" else self.kind
        lines = _Lines(text, line)
        for sentence, at in sentences(text):
            first = lines.at(at)
            last = first + sentence.count("\n")
            context = self._context(sentence)
            yield Span(kind, sentence, first, last, context, self.headings)
            yield from self._inside(sentence, first, context)
            self.lead = sentence

    def _inside(self, text: str, line: int, context: Context) -> Iterator[Span]:
        """Yield the code, links and images of one sentence."""
        lines = _Lines(text, line)
        ends: list[int] = []  # of code: where it begins and where it ends, in turn
        for found in _CODE.finditer(text):
            ends += found.span()
            place = lines.at(found.start())
            yield Span("inline", found[1], place, place, context, self.headings)
        linked = set()
        for found in _LINK.finditer(text):
            place = lines.at(found.start())
            linked.add(found.start(3))
            kind: SpanKind = "image" if found[1] else "link"
            info = "code" if bisect(ends, found.start()) % 2 else ""
            yield Span(kind, found[2], place, place, context, self.headings, info, target=found[3])
        for found in _AUTO.finditer(text):
            if found.start() not in linked:
                place = lines.at(found.start())
                yield Span("link", found[0], place, place, context, self.headings, target=found[0])


def sentences(text: str) -> Iterator[tuple[str, int]]:
    """Yield the sentences of *text* with the place where each begins."""
    start = 0
    for found in _SENTENCE_END.finditer(text):
        if text[start : found.start()].strip():
            yield text[start : found.start()], start
        start = found.end()
    if text[start:].strip():
        yield text[start:], start


def cut_comments(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return *text* with its HTML comments blanked, and each comment with its place.

    One that is never closed goes to the end.
    """
    kept: list[str] = []
    comments: list[tuple[int, str]] = []
    at = 0
    while True:
        start = text.find("<!--", at)
        if start < 0:
            return "".join((*kept, text[at:])), comments
        end = text.find("-->", start + 4)
        after = len(text) if end < 0 else end + 3
        comments.append((start, text[start + 4 : len(text) if end < 0 else end]))
        kept.append(text[at:start] + "\n" * text.count("\n", start, after))
        at = after
