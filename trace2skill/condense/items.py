"""The items of a page: the pieces that a model labels, and what code does not let it do to each.

An item is a block under a heading. Items that make sense only together (a list, a sentence that ends in a
colon and what it leads up to) are one unit, which moves as a whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.compress.anatomy import Page, Section, page_of
from trace2skill.compress.atoms import binds, is_loud
from trace2skill.compress.guards import FIRST, POINTED_AT, guards_of
from trace2skill.markdown import Block, BlockKind, lines_of

LEAST_WORDS = 12
"""Tokens below which an item is not worded anew: little can be won."""
MOST_FOREIGN = 0.1
"""Share of characters beyond ASCII; in a text of more, nobody but a model could tell what a wording loses."""
_MOVES: frozenset[BlockKind] = frozenset(("paragraph", "item", "fence", "code", "table", "quote"))
_MARK = re.compile(r"[ \t]{0,12}(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}(?:\[[ xX]\] )?")
_ORDERED = re.compile(r"[ \t]{0,12}\d{1,9}[.)]")
_INNER = re.compile(r"[ \t]{0,40}(?:[-*+][ \t]|\d{1,9}[.)][ \t]|[>|#=]|```|~~~|$)")
_HARD_BREAK = re.compile(r"(?: {2}|\\)\r?\n")
_MARKUP = re.compile(r"<[A-Za-z/!]|!\[")
_LEADS = re.compile(r"[:：](?:\*\*|__)?$|^\*\*[^*\n]{1,60}\*\*$")
_LOADS = re.compile(r"!`|\$(?:ARGUMENTS\b|\{CLAUDE_|\d\b)|(?:^|[\s(])@[\w~./-]{1,120}\.\w")


class Item(NamedTuple):
    """A piece of a page that can be labelled."""

    id: str
    section: int
    """The place of the section that it stands in; -1 before the first heading."""
    block: Block
    text: str
    size: int
    """Tokens."""
    unit: int
    """Items of one unit move together."""
    stays: str
    """Why it may neither move nor go; nothing if it may."""
    fixed: str
    """Why its words may not change; nothing if they may."""
    alone: bool
    """It may go without its neighbours."""

    @property
    def mark(self) -> str:
        """Return what makes it an item of a list."""
        found = _MARK.match(self.text) if self.block.kind == "item" else None
        return found[0] if found else ""

    @property
    def words(self) -> str:
        """Return its text without the mark of a list."""
        return self.text[len(self.mark) :]

    @property
    def numbered(self) -> bool:
        """Say whether its number tells its place in a list."""
        return self.block.kind == "item" and _ORDERED.match(self.text) is not None


class Outline(NamedTuple):
    """A page, its items in order, and what may not move as a whole."""

    page: Page
    items: tuple[Item, ...]
    guarded: dict[int, str]
    """Sections that may not move with all below them, each with the reason."""

    def within(self, section: int) -> tuple[Item, ...]:
        """Return the items of *section* and of all below it."""
        edges = (section, section + self.page.sections[section].span)
        first, last = (bisect_left(self.items, edge, key=lambda item: item.section) for edge in edges)
        return self.items[first:last]

    def title(self, section: int) -> str:
        """Return the headings above and of *section*, outermost first."""
        if section < 0:
            return "(before the first heading)"
        found = self.page.sections[section]
        return " > ".join((*found.path, found.title))


def outline_of(text: str, traced: Collection[str] = ()) -> Outline:
    """Return the outline of the page *text*; the words of items that hold a *traced* sentence stay."""
    page = page_of(text)
    # What is below a section is for that to answer: here, each ends where the next heading begins.
    apart = page._replace(sections=tuple(_apart(page)))
    reasons = guards_of(apart)
    items: list[Item] = []
    for place in range(-1, len(page.sections)):
        items += _items(page, place, reasons.get(place, ""), traced)
    return Outline(page, _whole_units(items), guards_of(page))


def _apart(page: Page) -> Iterator[Section]:
    for section in page.sections:
        after = section.place + 1
        end = page.sections[after].start if after < len(page.sections) else len(page.text)
        inside = tuple(block for block in section.blocks if block.start < end)
        yield section._replace(end=end, blocks=inside, children=(), span=1)


def _items(page: Page, place: int, reason: str, traced: Collection[str]) -> Iterator[Item]:
    blocks = _blocks(page, place)
    units = _units(page.text, blocks)
    sizes = Counter(units)
    for number, (block, unit) in enumerate(zip(blocks, units, strict=True), 1):
        text = page.text[block.start : block.end]
        stays = "it stands before the first heading" if place < 0 else reason or _stays(page, block, text)
        held = any(sentence in text for sentence in traced)
        fixed = "its sentences are traced" if held else _fixed(block, text, reason)
        list_item = block.kind == "item" and not _ORDERED.match(text)
        alone = not held and sizes[unit] == 1 if block.kind == "paragraph" else not held and list_item
        yield Item(
            f"s{place + 1}.{number}",
            place,
            block,
            text,
            tokens.count(text),
            # Sections are told apart by a distance that no section has in units.
            place * 100_000 + unit,
            stays,
            fixed,
            alone,
        )


def _blocks(page: Page, place: int) -> Sequence[Block]:
    if place < 0:
        first = page.sections[0].start if page.sections else len(page.text)
        return [one for one in page.blocks if page.front <= one.start < first and one.kind != "frontmatter"]
    section = page.sections[place]
    after = page.sections[place + 1].start if place + 1 < len(page.sections) else len(page.text)
    return [block for block in section.blocks[1:] if block.start < after]


def _units(text: str, blocks: Sequence[Block]) -> list[int]:
    """Return for each of *blocks* the number of its unit."""
    found: list[int] = []
    before: Block | None = None
    for block in blocks:
        joined = before is not None and (
            (before.kind == block.kind == "item")
            or (before.kind == "paragraph" and _leads(text[before.start : before.end]))
        )
        found.append(found[-1] if joined else (found[-1] + 1 if found else 0))
        before = block
    return found


def _leads(text: str) -> bool:
    return _LEADS.search(text.rstrip()) is not None


def _stays(page: Page, block: Block, text: str) -> str:
    code = block.kind in ("fence", "code")
    if block.kind not in _MOVES:
        return "it is no text"
    if is_loud(text) if code else binds(text):
        return "it binds"
    return "it is the first code" if block.start == page.first_code else ""


def _fixed(block: Block, text: str, reason: str) -> str:
    if block.kind not in ("paragraph", "item"):
        return "it is no sentence"
    if binds(text):
        return "it binds"
    if reason and reason not in (FIRST, POINTED_AT):
        return reason
    later = lines_of(text)[1:]
    if any(_INNER.match(line) for line in later) or _HARD_BREAK.search(text):
        return "it has parts of its own"
    if _leads(text) or _MARKUP.search(text) or _LOADS.search(text):
        return "its form matters"
    if sum(not char.isascii() for char in text) > MOST_FOREIGN * len(text):
        return "code cannot read its language"
    return "it is short" if tokens.count(text) < LEAST_WORDS else ""


def _whole_units(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return *items*, each staying where one of its unit does, unless it may go alone."""
    reasons: dict[int, str] = {}
    for item in items:
        if item.stays:
            reasons.setdefault(item.unit, item.stays)
    return tuple(
        item._replace(stays=item.stays or f"with what belongs to it: {reasons[item.unit]}")
        if item.unit in reasons and not item.alone
        else item
        for item in items
    )
