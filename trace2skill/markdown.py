"""Look into Markdown without touching it: frontmatter, headings, fences and blocks, byte for byte.

What is a heading and what a fence is markdown-it-py's to say, so a ``# comment`` in a code block is
never taken for one. Line numbers start at 1; text is only cut at line ends, so joining the pieces
gives the same bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Any, Literal, NamedTuple

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from trace2skill.errors import InputError
from trace2skill.records import content_hash

BlockKind = Literal[
    "frontmatter", "heading", "paragraph", "item", "fence", "code", "table", "quote", "html", "rule", "other"
]
_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "fence": "fence",
    "code_block": "code",
    "table_open": "table",
    "blockquote_open": "quote",
    "html_block": "html",
    "hr": "rule",
}
_KEEP = re.compile(r"(?<!`)<!--[ \t]{0,9}(/?)trace2skill:keep[ \t]{0,9}-->(?!`)")
_RULES = {
    "table": re.compile(r"\|[ \t]{0,99}:?-|-:?[ \t]{0,99}\|"),
    "blockquote": re.compile(">"),
    "html_block": re.compile("<"),
    "reference": re.compile(r"\]:"),
}
"""Rules of blocks, each with what is in all that it finds: to try them on every line is slow."""

_PLAIN = re.compile(r"(?:[\w-]{1,64}:(?: [\w(][\w .,;()/+-]*)?\n|  [\w(][\w .,;()/+-]*\n)*")
_MOST_PLAIN = 20_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_FRONTMATTER = re.compile(r"\ufeff?---[ \t]*(?:\r\n?|\n)(.*?)(?<=[\r\n])---[ \t]*(?:\r\n?|\n|$)", re.DOTALL)


class Heading(NamedTuple):
    """A heading outside of fences: its level, its text and its line."""

    level: int
    title: str
    line: int


class Block(NamedTuple):
    """A piece of Markdown that edits can name: a paragraph, one item of a list, a fence, ...

    ``text[start:end]`` is its source without the last line end.
    """

    kind: BlockKind
    path: tuple[str, ...]
    """The headings that it stands under, outermost first."""
    start: int
    end: int
    line: int
    level: int = 0
    """Of a heading."""
    title: str = ""


def lines_of(text: str) -> list[str]:
    """Return the lines of *text* with their ends; only CR, LF and CRLF end one, as in CommonMark.

    ``str.splitlines`` also cuts at form feeds and Unicode separators, and so counts other lines.
    """
    if "\r" in text:
        return _LINE.findall(text)
    *whole, last = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]


def split_frontmatter(text: str) -> tuple[str, str]:
    """Return the frontmatter with its marker lines, and the rest; the first is empty without one."""
    found = _FRONTMATTER.match(text)
    return (found[0], text[found.end() :]) if found else ("", text)


def parse_frontmatter(text: str) -> dict[str, Any]:
    """Return the frontmatter of a document as data.

    Raises ``InputError`` when there is none or when it is not a YAML mapping.
    """
    found = _FRONTMATTER.match(text)
    if not found:
        raise InputError("no frontmatter", hint="a skill begins with --- and name: and description:")
    try:
        value = yaml.load(found[1], Loader=yaml_loader(found[1]))
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a date such as 2024-99-99
        raise InputError(
            f"frontmatter is not valid YAML: {(str(error) or type(error).__name__).splitlines()[0]}",
            hint="put values with colons or brackets into quotes",
        ) from error
    if not isinstance(value, dict):
        raise InputError("frontmatter is not a mapping", hint="write it as key: value lines")
    return value


def yaml_loader(text: str) -> type[yaml.SafeLoader | yaml.CSafeLoader]:
    """Return libyaml's loader for *text* that is so plain that both read it alike, else PyYAML's own.

    The first is ten times as fast. The second knows how to end on text that nests without end.
    """
    plain = yaml.__with_libyaml__ and len(text) <= _MOST_PLAIN and _PLAIN.fullmatch(text)
    return yaml.CSafeLoader if plain else yaml.SafeLoader


def headings(text: str) -> list[Heading]:
    """Return the headings of *text*, frontmatter left out."""
    front, body = split_frontmatter(text)
    offset = len(lines_of(front))
    tokens = _parse(body)
    found = []
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.map is not None and token.level == 0:
            found.append(Heading(int(token.tag[1]), tokens[at + 1].content, token.map[0] + offset + 1))
    return found


def open_fence(text: str) -> int | None:
    """Return the line of a code fence that is never closed, if there is one."""
    front, body = split_frontmatter(text)
    lines = lines_of(body)
    for token in _parse(body):
        if token.type == "fence" and token.map is not None:
            first, after = token.map
            if after - 1 == first or not _closes(lines[after - 1], token.markup, nested=token.level > 0):
                return first + len(lines_of(front)) + 1
    return None


def _closes(line: str, mark: str, *, nested: bool) -> bool:
    """Say whether *line* ends the fence that *mark* opened; within lists and quotes it is indented."""
    line = line.rstrip("\r\n")
    lead = r"[ \t>]*" if nested else " {0,3}"
    return re.fullmatch(rf"{lead}{re.escape(mark)}{re.escape(mark[0])}*[ \t]*", line) is not None


def begins_block(text: str, line: int) -> bool:
    """Say whether a block of Markdown begins at *line*, and not the inside of a fence or comment."""
    front, body = split_frontmatter(text)
    at = line - 1 - len(lines_of(front))
    return any(token.map is not None and token.map[0] == at for token in _parse(body))


def newline_of(text: str) -> str:
    """Return the line end that *text* uses."""
    return next((mark for mark in ("\r\n", "\n", "\r") if mark in text), "\n")


@lru_cache(maxsize=16)
def _parse(body: str) -> tuple[Token, ...]:
    return tuple(_parser(tuple(rule for rule, sign in _RULES.items() if sign.search(body))).parse(body))


@lru_cache(maxsize=16)
def _parser(rules: tuple[str, ...]) -> MarkdownIt:
    """Return a parser that knows blocks and, of those in ``_RULES``, these *rules*."""
    # Inline markup is nobody's question here, and a hostile text can make it slow.
    unused = [rule for rule in _RULES if rule not in rules]
    return MarkdownIt().enable("table").disable(["inline", *unused])


@lru_cache(maxsize=64)
def blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of *text* in order: every line that is not blank stands in exactly one."""
    lines = lines_of(text)
    starts = [0, *accumulate(map(len, lines))]
    above: list[_Piece] = []
    path: tuple[str, ...] = ()
    found = []
    for piece in _pieces(text, lines):
        if piece.level:
            above = [heading for heading in above if heading.level < piece.level]
            path = tuple(heading.title for heading in above)
        start = starts[piece.first]
        end = start + len(text[start : starts[piece.after]].rstrip("\r\n"))
        found.append(Block(piece.kind, path, start, end, piece.first + 1, piece.level, piece.title))
        if piece.level:
            above.append(piece)
            path = (*path, piece.title)
    return tuple(found)


def block_ids(text: str) -> tuple[str, ...]:
    """Return the ids of the blocks of *text*, in their order.

    Each is made of a block's content and the headings above it, so it stays the same whatever happens
    elsewhere. Equal blocks under equal headings are told apart by their number.
    """
    seen: Counter[str] = Counter()
    found = []
    for block in blocks(text):
        source = text[block.start : block.end]
        name = content_hash(block.kind, *block.path, *(line.rstrip("\r\n") for line in lines_of(source)))
        seen[name] += 1
        found.append(content_hash(name, str(seen[name])) if seen[name] > 1 else name)
    return tuple(found)


def kept(text: str) -> list[tuple[int, int]]:
    """Return where the regions lie that ``<!-- trace2skill:keep -->`` guards, marks included.

    One that is never closed goes to the end. Marks in code are only shown, and guard nothing.
    """
    code = [(block.start, block.end) for block in blocks(text) if block.kind in ("fence", "code")]
    found, begun = [], None
    for mark in _KEEP.finditer(text):
        if any(start <= mark.start() < end for start, end in code):
            continue
        if not mark[1] and begun is None:
            begun = mark.start()
        elif mark[1] and begun is not None:
            found.append((begun, mark.end()))
            begun = None
    return found if begun is None else [*found, (begun, len(text))]


class _Piece(NamedTuple):
    """The lines of a block, counted from 0."""

    kind: BlockKind
    first: int
    after: int
    level: int = 0
    title: str = ""


def _pieces(text: str, lines: list[str]) -> Iterator[_Piece]:
    """Yield the blocks of *text* without blank lines at their ends; what markdown-it hides is "other".

    It hides link definitions, which leave no token.
    """
    front, body = split_frontmatter(text)
    offset = len(lines_of(front))
    if front:
        yield _Piece("frontmatter", 0, offset)
    done = offset
    for piece in _top(body):
        first, after = piece.first + offset, piece.after + offset
        yield from _hidden(lines, done, first)
        while after > first and _is_blank(lines[after - 1]):
            after -= 1
        yield piece._replace(first=first, after=after)
        done = after
    yield from _hidden(lines, done, len(lines))


def _hidden(lines: list[str], first: int, after: int) -> Iterator[_Piece]:
    begun = None
    for at in range(first, after + 1):
        blank = at == after or _is_blank(lines[at])
        if not blank and begun is None:
            begun = at
        elif blank and begun is not None:
            yield _Piece("other", begun, at)
            begun = None


def _is_blank(line: str) -> bool:
    return not line.strip(" \t\r\n")


def _top(body: str) -> Iterator[_Piece]:
    """Yield the blocks that are not inside of others; a list gives one for each item."""
    tokens = _parse(body)
    for at, token in enumerate(tokens):
        kind = _KINDS.get(token.type) if token.level == 0 else None
        if token.type == "list_item_open" and token.level == 1:
            kind = "item"
        if kind is None or token.map is None:
            continue
        heading = kind == "heading"
        level, title = (int(token.tag[1]), tokens[at + 1].content) if heading else (0, "")
        first, after = token.map
        yield _Piece(kind, first, after, level, title)
