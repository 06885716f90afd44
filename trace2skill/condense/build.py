"""The page that comes of a plan, and the files beside it: assembled by code, and verified."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from trace2skill.compress.anatomy import Section
from trace2skill.compress.atoms import atoms, atoms_of
from trace2skill.compress.pointers import file_for, free_path, pointer, short_pointer
from trace2skill.compress.relocate import SHARED, Moved, end_of_stub, require_binding_lines
from trace2skill.condense.items import Item, Outline
from trace2skill.condense.plan import Plan, leaving, left_out
from trace2skill.errors import CompressionFault
from trace2skill.markdown import blocks, lines_of, newline_of

_BLANK = re.compile(r"(?:[ \t]*(?:\r\n?|\n))+")
_NEAR = 1_000
"""Characters around a place in which the lines before and after it are looked for."""
LEAST_OWN, LEAST_PART, LEAST_SMALL = 120, 70, 40
"""Tokens of what goes of a section. From the first on it gets a file of its own; less shares one with others,
or has its own from the second on where there are no others; below the last, a pointer costs too much."""


class Edit(NamedTuple):
    """A piece of the page and what stands there instead."""

    start: int
    end: int
    text: str


class _Part(NamedTuple):
    """A section of which some items go, and how many tokens they have."""

    section: Section
    items: Sequence[Item]
    size: int


class Built(NamedTuple):
    """The shorter page, the files beside it, and where each item is that is no longer word for word on it."""

    text: str
    files: dict[str, str]
    moved: tuple[Moved, ...]
    off: dict[str, str]
    """By id, the file that holds it; nothing for what was worded anew or left out."""


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
        self._line = newline_of(self._text)
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
            items = self._outline.within(section.place)
            if section.start < done or section.level == 1 or section.place in self._outline.guarded:
                continue
            size = sum(item.size for item in items)
            least = LEAST_PART if section.children else LEAST_OWN
            if not items or size < least or not all(item.id in moves for item in items):
                continue
            done = section.end
            path = self._file(section, self._text[section.start : section.end], section.size, items)
            yield Edit(section.start, section.end, self._stub(section, path))

    def _parts(self, moves: Collection[str]) -> Iterator[Edit]:
        """Yield what goes of sections that stay; small parts go into one file, if there are several."""
        found = []
        for place, group in groupby(self._outline.items, key=lambda item: item.section):
            items = list(group)
            size = sum(item.size for item in items if item.id in moves)
            if place >= 0 and size >= LEAST_SMALL:
                found.append(_Part(self._outline.page.sections[place], items, size))
        small = [part for part in found if part.size < LEAST_OWN]
        shared = free_path(SHARED, self._names) if len(small) > 1 else ""
        if shared:
            self._names.add(shared)
        for part in found:
            if part.size >= LEAST_OWN or (not shared and part.size >= LEAST_PART):
                yield from self._part(part, moves, "")
            elif shared:
                yield from self._part(part, moves, shared)

    def _part(self, part: _Part, moves: Collection[str], shared: str) -> Iterator[Edit]:
        """Yield what becomes of a section of which a part goes, into the file *shared* or one of its own."""
        section = part.section
        runs = [list(run) for goes, run in groupby(part.items, key=lambda item: item.id in moves) if goes]
        line = self._line
        spans = [self._text[run[0].block.start : run[-1].block.end] for run in runs]
        text = (line * 2).join((self._text[section.start : section.body].rstrip("\r\n"), *spans)) + line
        going = [item for run in runs for item in run]
        path = self._file(section, text, part.size, going, shared)
        first, *others = runs
        page = self._outline.page
        yield self._put(first, short_pointer(section, path) if shared else pointer(page, section, path))
        yield from map(self._removed, others)

    def _file(self, section: Section, text: str, size: int, items: Sequence[Item], shared: str = "") -> str:
        path = shared or file_for(section, self._names)
        self._names.add(path.lower())
        before = self._files.get(path)
        self._files[path] = text if before is None else f"{before}{self._line}{text}"
        self._moved.append(Moved(section.title, path, size))
        self._off.update((item.id, path) for item in items)
        return path

    def _stub(self, section: Section, path: str) -> str:
        page = self._outline.page
        heading = self._text[section.start : section.body].rstrip("\r\n")
        return f"{heading}{self._line * 2}{pointer(page, section, path)}{end_of_stub(page, section)}"

    def _put(self, run: Sequence[Item], text: str) -> Edit:
        """Return *text* in place of *run*, with a blank line on either side."""
        line = self._line
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
        return Edit(start, end, "" if apart else self._line)

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


def _require_whole(outline: Outline, built: Built) -> None:
    """Raise ``CompressionFault`` unless all is there that should be."""
    page = outline.page
    require_binding_lines(page, built.text)
    now = blocks(built.text)
    there = {(block.kind, built.text[block.start : block.end]) for block in now}
    for item in outline.items:
        if item.id not in built.off and (item.block.kind, item.text) not in there:
            raise CompressionFault(f"an item would not stand as it did: {item.text[:80]!r}")
    held = set(atoms(built.text, now))
    for text in built.files.values():
        held |= set(atoms_of(text))
    missing = set(atoms(page.text, page.blocks)) - held
    if missing:
        kind, text = min(missing)
        raise CompressionFault(f"the {kind} {text[:80]!r} would be lost")
