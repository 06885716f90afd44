"""Move whole sections of a page, byte for byte, into files that an agent reads when it needs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.compress.anatomy import Page, Section, page_of
from trace2skill.compress.atoms import binding_lines
from trace2skill.compress.choose import Choice, choose, kept_blocks
from trace2skill.compress.pointers import file_for, free_path, pointer, short_pointer
from trace2skill.errors import CompressionFault
from trace2skill.markdown import lines_of, newline_of, open_fence, split_frontmatter
from trace2skill.records import Record

LEAST_PAGE = 500
"""Tokens below which a page stays as it is."""
LONG = 10 * LEAST_PAGE
"""Characters from which on a page is long enough."""
SHARED = "details"
"""The name of the file of small sections."""
TARGET = 0.39
"""The share of a page that goes, as in SkillReducer (arXiv 2603.29919), section V."""


class Moved(Record, frozen=True, omit_defaults=False):
    """A section that left the page."""

    title: str
    path: str
    """The file that it is in now."""
    tokens: int
    """Of the section."""


class Stayed(Record, frozen=True, omit_defaults=False):
    """A section that would be worth moving and may not be."""

    title: str
    tokens: int
    reason: str


class Cut(NamedTuple):
    """Where on the shorter page the pointer stands that a section left: ``text[start:end]``."""

    start: int
    end: int
    path: str
    first: int
    last: int
    """Where in the file the section is: ``file[first:last]``."""


class Relocation(NamedTuple):
    """A page without some of its sections, and the files that hold these."""

    text: str
    files: dict[str, str]
    cuts: tuple[Cut, ...] = ()
    moved: tuple[Moved, ...] = ()
    stayed: tuple[Stayed, ...] = ()


def relocate(text: str, taken: Iterable[str] = (), share: float = TARGET) -> Relocation:
    """Return *text* with about *share* of its tokens moved to files whose paths are not in *taken*.

    The text comes back as it is where a code fence in it is never closed, since nobody knows then what
    is text, and where too little can be moved to be worth it.
    """
    if _is_short(text) or open_fence(text) is not None:
        return Relocation(text, {})
    page = page_of(text)
    choice = choose(page, share)
    names = {path.lower() for path in taken}
    shared = free_path(SHARED, names)
    if choice.small:
        names.add(shared)
    parts: list[str] = []
    files: dict[str, str] = {}
    cuts, moved, done, length = [], [], 0, 0
    for section in sorted((*choice.sections, *choice.small)):
        small = section in choice.small
        path = shared if small else file_for(section, names)
        names.add(path.lower())
        first = len(files.get(path, ""))
        files[path] = files.get(path, "") + text[section.start : section.end]
        stub = _stub(page, section, short_pointer(section, path) if small else pointer(page, section, path))
        length += section.start - done
        cuts.append(Cut(length, length + len(stub), path, first, len(files[path])))
        length += len(stub)
        parts += [text[done : section.start], stub]
        moved.append(Moved(section.title, path, section.size))
        done = section.end
    after = Relocation(
        "".join([*parts, text[done:]]), files, tuple(cuts), tuple(moved), tuple(_stayed(page, choice))
    )
    _require_whole(page, after)
    return after


def _is_short(text: str) -> bool:
    """Say whether *text* is too short to be taken apart; a long one is not even counted."""
    return len(text) < LONG and tokens.count(split_frontmatter(text)[1]) < LEAST_PAGE


def restore(after: Relocation) -> str:
    """Return the page as it was: each pointer gives way to what it stands for."""
    parts, done = [], 0
    for cut in after.cuts:
        parts += [after.text[done : cut.start], after.files[cut.path][cut.first : cut.last]]
        done = cut.end
    return "".join([*parts, after.text[done:]])


def _require_whole(page: Page, after: Relocation) -> None:
    """Raise ``CompressionFault`` unless every byte is there, and on the page every line that binds."""
    if restore(after) != page.text:
        raise CompressionFault("the parts do not give the page again")
    require_binding_lines(page, after.text)


def require_binding_lines(page: Page, text: str) -> None:
    """Raise ``CompressionFault`` unless *text*, a shorter *page*, holds all lines of it that bind."""
    lines = {line.rstrip("\r\n") for line in lines_of(text)}
    for line in binding_lines(page.text, page.blocks):
        if line not in lines:
            raise CompressionFault(f"a line that binds would leave the page: {line[:80]!r}")


def end_of_stub(page: Page, section: Section) -> str:
    """Return the line ends that follow what stays of *section*: a blank line, or those that end the page."""
    if section.end < len(page.text):
        return newline_of(page.text) * 2
    source = page.text[section.start : section.end]
    return source[len(source.rstrip("\r\n")) :]


def _stayed(page: Page, choice: Choice) -> Iterator[Stayed]:
    for place, why in sorted(choice.stays.items()):
        section = page.sections[place]
        if not any(one.start <= section.start < one.end for one in (*choice.sections, *choice.small)):
            yield Stayed(section.title, section.size, why)


def _stub(page: Page, section: Section, line_to: str) -> str:
    """Return what stays of *section*: heading, pointer, and word for word each block that must not go."""
    line = newline_of(page.text)
    rows = [page.text[section.start : section.body], "", line_to]
    before = ""
    for block in kept_blocks(page, section):
        if not before == block.kind == "item":
            rows.append("")
        rows.append(page.text[block.start : block.end])
        before = block.kind
    return line.join(rows) + end_of_stub(page, section)
