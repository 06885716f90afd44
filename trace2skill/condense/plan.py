"""What is to become of a page's items, and the page that comes of it: a model proposes, code assembles."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from trace2skill.compress.anatomy import Section
from trace2skill.compress.atoms import atoms, binding_lines
from trace2skill.compress.pointers import file_for, pointer
from trace2skill.compress.relocate import Moved
from trace2skill.compress.terms import terms_of
from trace2skill.condense.items import Item, Outline
from trace2skill.errors import CompressionFault
from trace2skill.markdown import blocks, lines_of, newline_of
from trace2skill.records import Record

Kind = Literal["core", "background", "example", "template", "redundant"]
LEAVES: tuple[Kind, ...] = ("background", "example", "template")
"""The kinds that are read now and then."""
LEAST_COVERED = 0.6
"""Of the words of a redundant item, what must stand in the one that says it, too."""
_BLANK = re.compile(r"(?:[ \t]*(?:\r\n?|\n))+")
_NEAR = 1_000
"""Characters around a place in which the lines before and after it are looked for."""
LEAST_PART = 70
"""Tokens of a section below which a pointer would cost too much of what is saved."""


class Wording(Record, frozen=True):
    """A shorter text for some neighbouring items."""

    ids: tuple[str, ...]
    text: str


class Plan(NamedTuple):
    """What each item is, how some are worded anew, and what stays as it was whatever else says so."""

    kinds: Mapping[str, Kind]
    """By id; what is not named is core."""
    repeats: Mapping[str, str] = {}
    """For what is redundant, the item that says it, too."""
    wordings: tuple[Wording, ...] = ()
    pinned: frozenset[str] = frozenset()

    def pin(self, ids: Collection[str]) -> Plan:
        """Return the plan with the items *ids* as they were: where they stood, and word for word."""
        return self._replace(
            pinned=self.pinned | set(ids),
            wordings=tuple(one for one in self.wordings if not set(one.ids) & set(ids)),
        )


class Edit(NamedTuple):
    """A piece of the page and what stands there instead."""

    start: int
    end: int
    text: str


class Built(NamedTuple):
    """The shorter page, the files beside it, and where each item is that is no longer word for word on it."""

    text: str
    files: dict[str, str]
    moved: tuple[Moved, ...]
    off: dict[str, str]
    """By id, the file that holds it; nothing for what was worded anew or left out."""


def goes(item: Item, plan: Plan) -> bool:
    """Say whether *item* is of a kind that may leave the page, and nothing keeps it."""
    return plan.kinds.get(item.id, "core") in LEAVES and not item.stays and item.id not in plan.pinned


def leaving(outline: Outline, plan: Plan) -> frozenset[str]:
    """Return the items that move: a unit goes as a whole or not."""
    found: set[str] = set()
    for _, unit in groupby(outline.items, key=lambda item: item.unit):
        items = list(unit)
        if all(goes(item, plan) for item in items):
            found.update(item.id for item in items)
    return frozenset(found)


def left_out(outline: Outline, plan: Plan, moves: Collection[str]) -> frozenset[str]:
    """Return the redundant items that go: what says the same stays on the page, and so does a neighbour."""
    known = {item.id: item for item in outline.items}
    out: set[str] = set()
    for item in outline.items:
        other = known.get(plan.repeats.get(item.id, ""))
        if plan.kinds.get(item.id) != "redundant" or other is None or other.id == item.id:
            continue
        if item.stays or not item.alone or item.id in plan.pinned or other.id in {*out, *moves}:
            continue
        list_left = [one for one in outline.items if one.unit == item.unit and one.id not in {*out, item.id}]
        if item.block.kind == "item" and not any(one.block.kind == "item" for one in list_left):
            continue
        if _says(other, item):
            out.add(item.id)
    # Whoever another one relies on stays.
    return frozenset(out - {plan.repeats[name] for name in out})


def build(outline: Outline, plan: Plan, taken: Collection[str] = ()) -> Built:
    """Return the page that *plan* makes; files are named apart from the paths *taken*.

    Raises ``CompressionFault`` if an atom, a line that binds or an item that should stay were lost.
    """
    return _Builder(outline, plan, taken).build()


def buildable(outline: Outline, plan: Plan) -> Plan:
    """Return *plan* without the changes that would break the page: sections in which one does stay whole."""
    if _builds(outline, plan):
        return plan
    ids: dict[int, set[str]] = {}
    for item in outline.items:
        ids.setdefault(item.section, set()).add(item.id)
    for place, own in ids.items():
        others = {name for other, names in ids.items() if other != place for name in names}
        if not _builds(outline, plan.pin(others)):
            plan = plan.pin(own)
    return plan if _builds(outline, plan) else plan.pin({item.id for item in outline.items})


def _builds(outline: Outline, plan: Plan) -> bool:
    try:
        build(outline, plan)
    except CompressionFault:
        return False
    return True


class _Builder:
    def __init__(self, outline: Outline, plan: Plan, taken: Collection[str]) -> None:
        self._outline, self._plan = outline, plan
        self._text = outline.page.text
        self._names = {path.lower() for path in taken}
        self._files: dict[str, str] = {}
        self._moved: list[Moved] = []
        self._off: dict[str, str] = {}

    def build(self) -> Built:
        moves = leaving(self._outline, self._plan)
        edits = [*self._whole_sections(moves)]
        edits += [*self._parts(moves - self._off.keys())]
        out = left_out(self._outline, self._plan, self._off)
        known = {item.id: item for item in self._outline.items}
        edits += [self._removed((known[name],)) for name in out]
        self._off.update(dict.fromkeys(out, ""))
        edits += [*self._worded(known)]
        built = Built(self._applied(edits), self._files, tuple(self._moved), self._off)
        _require_whole(self._outline, built)
        return built

    def _whole_sections(self, moves: frozenset[str]) -> Iterator[Edit]:
        """Yield the sections that go with all below them, outermost first."""
        done = 0
        for section in self._outline.page.sections:
            items = list(self._outline.within(section.place))
            if section.start < done or section.level == 1 or section.place in self._outline.guarded:
                continue
            size = sum(item.size for item in items)
            if not items or size < LEAST_PART or not all(item.id in moves for item in items):
                continue
            done = section.end
            path = self._file(section, self._text[section.start : section.end], section.size, items)
            yield Edit(section.start, section.end, self._stub(section, path))

    def _parts(self, moves: Collection[str]) -> Iterator[Edit]:
        """Yield what goes of sections that stay."""
        for place, group in groupby(self._outline.items, key=lambda item: item.section):
            items = list(group)
            going = [item for item in items if item.id in moves]
            size = sum(item.size for item in going)
            if place < 0 or size < LEAST_PART:
                continue
            section = self._outline.page.sections[place]
            runs = [list(run) for goes, run in groupby(items, key=lambda item: item.id in moves) if goes]
            line = newline_of(self._text)
            spans = [self._text[run[0].block.start : run[-1].block.end] for run in runs]
            text = (line * 2).join((self._text[section.start : section.body].rstrip("\r\n"), *spans)) + line
            path = self._file(section, text, size, going)
            first, *others = runs
            yield self._put(first, pointer(self._outline.page, section, path))
            yield from map(self._removed, others)

    def _file(self, section: Section, text: str, size: int, items: Sequence[Item]) -> str:
        path = file_for(section, self._names)
        self._names.add(path.lower())
        self._files[path] = text
        self._moved.append(Moved(section.title, path, size))
        self._off.update((item.id, path) for item in items)
        return path

    def _stub(self, section: Section, path: str) -> str:
        line = newline_of(self._text)
        source = self._text[section.start : section.end]
        end = line * 2 if section.end < len(self._text) else source[len(source.rstrip("\r\n")) :]
        heading = self._text[section.start : section.body].rstrip("\r\n")
        return f"{heading}{line * 2}{pointer(self._outline.page, section, path)}{end}"

    def _put(self, run: Sequence[Item], text: str) -> Edit:
        """Return *text* in place of *run*, with a blank line on either side."""
        line = newline_of(self._text)
        start, end = run[0].block.start, run[-1].block.end
        before = "" if _ends_blank(self._text, start) else line
        after = "" if _begins_blank(self._text, end) else line
        return Edit(start, end, f"{before}{text}{after}")

    def _removed(self, run: Sequence[Item]) -> Edit:
        """Return *run* gone, with the blank lines that follow it."""
        start, last = run[0].block.start, run[-1].block.end
        blank = _BLANK.match(self._text, last)
        end = blank.end() if blank else last
        # What stood before it and what follows must not become one paragraph.
        apart = _ends_blank(self._text, start) or not blank or not _begins_blank(self._text, last)
        return Edit(start, end, "" if apart else newline_of(self._text))

    def _worded(self, known: Mapping[str, Item]) -> Iterator[Edit]:
        for wording in self._plan.wordings:
            first, *others = (known[name] for name in wording.ids)
            if any(name in self._off for name in wording.ids):
                continue
            yield Edit(first.block.start, first.block.end, first.mark + wording.text)
            yield from (self._removed((item,)) for item in others)
            self._off.update(dict.fromkeys(wording.ids, ""))

    def _applied(self, edits: Sequence[Edit]) -> str:
        parts, done = [], 0
        for edit in sorted(edits):
            if edit.start < done:
                raise CompressionFault("two changes of one place")
            parts += [self._text[done : edit.start], edit.text]
            done = edit.end
        return "".join([*parts, self._text[done:]])


def _ends_blank(text: str, at: int) -> bool:
    """Say whether nothing stands on the line before *at*, where a line begins, or there is none."""
    before = lines_of(text[max(0, at - _NEAR) : at])
    return not before or (before[-1].endswith(("\n", "\r")) and not before[-1].strip())


def _begins_blank(text: str, at: int) -> bool:
    """Say whether the line after *at*, where a block ends, is blank, or there is none."""
    rows = lines_of(text[at : at + _NEAR])
    return len(rows) < 2 or not rows[1].strip()


def _says(other: Item, item: Item) -> bool:
    """Say whether *other* may well say all that *item* says: its atoms, and most of its words."""
    terms, there = set(terms_of(item.text)), set(terms_of(other.text))
    if len(terms & there) < LEAST_COVERED * len(terms):
        return False
    return set(_atoms_of(item.words)) <= set(_atoms_of(other.words))


def _atoms_of(text: str) -> Collection[tuple[str, str]]:
    return atoms(text, blocks(text))


def _require_whole(outline: Outline, built: Built) -> None:
    """Raise ``CompressionFault`` unless all is there that should be."""
    page = outline.page
    lines = {line.rstrip("\r\n") for line in lines_of(built.text)}
    for line in binding_lines(page.text, page.blocks):
        if line not in lines:
            raise CompressionFault(f"a line that binds would leave the page: {line[:80]!r}")
    now = blocks(built.text)
    there = {(block.kind, built.text[block.start : block.end]) for block in now}
    for item in outline.items:
        if item.id not in built.off and (item.block.kind, item.text) not in there:
            raise CompressionFault(f"an item would not stand as it did: {item.text[:80]!r}")
    held = set(atoms(built.text, now))
    for text in built.files.values():
        held |= set(_atoms_of(text))
    missing = set(atoms(page.text, page.blocks)) - held
    if missing:
        kind, text = min(missing)
        raise CompressionFault(f"the {kind} {text[:80]!r} would be lost")
