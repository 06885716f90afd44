"""The anatomy of a skill's page: its sections as a tree, each with its source, its blocks and its size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.markdown import Block, blocks


class Section(NamedTuple):
    """A heading with all below it, up to the next heading of its level or above.

    ``text[start:end]`` is its source; it ends where the next heading begins.
    """

    place: int
    """Its number among all sections of the page."""
    level: int
    title: str
    path: tuple[str, ...]
    """The headings above it."""
    start: int
    end: int
    blocks: tuple[Block, ...]
    """All of it, the headings included."""
    children: tuple[int, ...]
    """The places of the sections right below it."""
    size: int
    """Tokens, the heading included."""
    body: int = 0
    """Where its text begins, after the heading."""
    span: int = 1
    """How many sections it is, with all below it; these follow it on the page."""


class Page(NamedTuple):
    """A page and its sections."""

    text: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    size: int
    """Tokens after the frontmatter, as the sum of its parts."""
    front: int
    """Where the frontmatter ends."""
    first_code: int
    """Where the first code begins; -1 if there is none."""

    def below(self, section: Section) -> Iterator[Section]:
        """Yield the sections below *section*, at any depth."""
        for place in section.children:
            yield self.sections[place]
            yield from self.below(self.sections[place])


def page_of(text: str) -> Page:
    """Return the anatomy of a page; each part between two headings is counted once."""
    every = blocks(text)
    marks = [at for at, block in enumerate(every) if block.kind == "heading"]
    front = every[0].end if every and every[0].kind == "frontmatter" else 0
    edges = [every[at].start for at in marks]
    sizes = [tokens.count(text[a:b]) for a, b in zip([front, *edges], [*edges, len(text)], strict=True)]
    sections = tuple(_sections(text, every, marks, sizes[1:]))
    first_code = next((block.start for block in every if block.kind in ("fence", "code")), -1)
    return Page(text, every, sections, sum(sizes), front, first_code)


def _sections(
    text: str, every: Sequence[Block], marks: Sequence[int], sizes: Sequence[int]
) -> Iterator[Section]:
    for number, at in enumerate(marks):
        heading = every[at]
        after = number + 1
        children = []
        while after < len(marks) and every[marks[after]].level > heading.level:
            if _is_child(every, marks, number, after):
                children.append(after)
            after += 1
        end = every[marks[after]].start if after < len(marks) else len(text)
        last = marks[after] if after < len(marks) else len(every)
        yield Section(
            place=number,
            level=heading.level,
            title=heading.title,
            path=heading.path,
            start=heading.start,
            end=end,
            blocks=tuple(every[at:last]),
            children=tuple(children),
            size=sum(sizes[number:after]),
            body=heading.end,
            span=after - number,
        )


def _is_child(every: Sequence[Block], marks: Sequence[int], parent: int, place: int) -> bool:
    """Say whether no heading between the two stands above the section at *place*."""
    level = every[marks[place]].level
    return all(every[marks[between]].level >= level for between in range(parent + 1, place))
