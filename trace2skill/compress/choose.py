"""Which sections leave the page: those that an agent needs now and then, until the page is short enough."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from trace2skill.compress.anatomy import Page, Section
from trace2skill.compress.atoms import binds, is_loud
from trace2skill.compress.guards import guards_of
from trace2skill.compress.words import is_core, orders_in, topic_of
from trace2skill.markdown import Block

LEAST_SECTION = 120
"""Tokens below which a section stays: a pointer to it would cost about a fifth of them."""
LEAST_SMALL, LEAST_SMALL_ONES = 60, 3
"""Sections of so many tokens go, too, where there are so many of them: into one file."""
LEAST_SMALL_SCORE = 0.0
LEAST_SCORE = -0.3
"""Below it stand the steps that an agent takes each time; above, what it looks up now and then."""
LEAST_SAVING = 80
"""Tokens below which nothing moves."""
STUB, SMALL_STUB = 30, 18
"""Tokens that a pointer takes, about; one that names no topics is shorter."""


class Choice(NamedTuple):
    """What leaves the page, and what could not."""

    sections: tuple[Section, ...]
    """In the order of the page; each goes into a file of its own."""
    small: tuple[Section, ...]
    """In the order of the page; these go into one file."""
    stays: dict[int, str]
    """The places of sections that are large enough to move and may not, each with the reason."""


class Scored(NamedTuple):
    """A section that may move, and how little a page loses by it."""

    score: float
    saving: int
    section: Section


def choose(page: Page, share: float, least: float = LEAST_SCORE) -> Choice:
    """Return the sections that go, best first, until *share* of the page's tokens has gone.

    A section goes with all below it, or not; its score must reach *least*. What SkillReducer
    (arXiv 2603.29919) has a model label, the words of the headings tell here.
    """
    guards = guards_of(page)
    free = [
        section
        for section in page.sections
        if section.level > 1
        and section.place not in guards
        and not any(below.place in guards for below in page.below(section))
    ]
    goal = share * page.size
    kept = _Kept(page)
    taken, saved = _taken(_scored(page, free, kept, least), goal, ())
    small, more = _taken(_small(page, free, kept), goal - saved, taken)
    if len(small) < LEAST_SMALL_ONES or more < LEAST_SECTION:
        small, more = (), 0
    if saved + more < max(LEAST_SAVING, page.size // 50):
        taken, small = (), ()
    stays = {place: why for place, why in guards.items() if _is_leaf(page.sections[place])}
    return Choice(taken, small, stays)


def _taken(
    scored: Iterable[Scored], goal: float, before: Sequence[Section]
) -> tuple[tuple[Section, ...], int]:
    """Return the best of *scored* that lie apart from each other and from those *before*, up to *goal*."""
    taken: list[Section] = []
    saved = 0
    for one in sorted(scored, key=lambda one: (-one.score, -one.saving, one.section.place)):
        if saved >= goal:
            break
        if not any(_overlap(one.section, other) for other in (*before, *taken)):
            taken.append(one.section)
            saved += one.saving
    return tuple(sorted(taken, key=lambda section: section.start)), saved


def _scored(page: Page, free: Sequence[Section], kept: _Kept, least: float) -> Iterator[Scored]:
    """Yield the sections that are worth a file, of those that are *free* to go."""
    for section in free:
        if section.size < LEAST_SECTION:
            continue
        bound = kept.size(section)
        saving = section.size - STUB - bound * section.size // max(1, section.end - section.start)
        if saving < LEAST_SECTION // 2:
            continue
        score = score_of(page, section) - 0.5 * bound / (section.end - section.start)
        if score >= least:
            yield Scored(round(score, 6), saving, section)


def _small(page: Page, free: Sequence[Section], kept: _Kept) -> Iterator[Scored]:
    """Yield the sections that are worth a part of a file, of those that are *free*; nothing in them stays.

    So little is won by each that only what is clearly looked up may go: no step of what is done each time.
    """
    for section in free:
        fits = LEAST_SMALL <= section.size < LEAST_SECTION and not is_core(section.title)
        if fits and not kept.size(section):
            score = score_of(page, section)
            if score >= LEAST_SMALL_SCORE:
                yield Scored(round(score, 6), section.size - SMALL_STUB, section)


class _Kept:
    """How many characters of each part of a page stay on it, added up once for all sections."""

    def __init__(self, page: Page) -> None:
        kept = list(_kept(page, page.blocks))
        self._starts = [block.start for block in kept]
        self._sums = [0, *accumulate(block.end - block.start for block in kept)]

    def size(self, section: Section) -> int:
        """Return how many characters of *section* stay, its heading apart."""
        first, last = (bisect_left(self._starts, at) for at in (section.body, section.end))
        return self._sums[last] - self._sums[first]


def kept_blocks(page: Page, section: Section) -> Iterator[Block]:
    """Yield the blocks of *section* that stay on the page, too: those that bind, and the page's first code.

    What a sentence that binds leads up to with a colon stays with it.
    """
    return _kept(page, section.blocks[1:])


def _kept(page: Page, blocks: Iterable[Block]) -> Iterator[Block]:
    leads = False
    for block in blocks:
        text = page.text[block.start : block.end]
        code = block.kind in ("fence", "code")
        if is_loud(text) if code else binds(text):
            leads = block.kind == "paragraph" and text.endswith((":", ":**", "："))
            yield block
        elif leads and block.kind in ("item", "fence", "code", "table", "quote"):
            leads = block.kind == "item"
            yield block
        elif code and block.start == page.first_code:
            yield block
        else:
            leads = False


def score_of(page: Page, section: Section) -> float:
    """Return how well *section* can be read apart from the page: the higher, the better."""
    length = section.end - section.start
    shares = dict.fromkeys(("fence", "code", "table", "item", "paragraph"), 0)
    for block in section.blocks:
        if block.kind in shares:
            shares[block.kind] += block.end - block.start
    text = "\n".join(
        page.text[block.start : block.end] for block in section.blocks if block.kind in ("paragraph", "item")
    )
    lines = max(1, text.count("\n") + 1)
    return (
        1.0 * bool(topic_of(section.title))
        - 0.6 * any(map(is_core, (section.title, *section.path[1:])))
        + 0.8 * (shares["fence"] + shares["code"]) / length
        + 0.4 * shares["table"] / length
        - 0.8 * min(1.0, orders_in(text) / lines)
        + 0.2 * section.start / max(1, len(page.text))
    )


def _is_leaf(section: Section) -> bool:
    return section.size >= LEAST_SECTION and not section.children


def _overlap(one: Section, other: Section) -> bool:
    return one.start < other.end and other.start < one.end
