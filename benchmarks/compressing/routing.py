"""Whether questions that a skill's body answers still lead to it, among the skills that are most like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from trace2skill.compress.route import Router
from trace2skill.compress.similar import Neighbour, Pool
from trace2skill.compress.sizes import description_of
from trace2skill.compress.terms import terms_of
from trace2skill.markdown import blocks

DISTRACTORS = 9
_WORDS = 12


class Routing:
    """The descriptions of all skills of a collection."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        self._said = {name: description_of(page) for name, page in pages.items()}
        self.pool = Pool([Neighbour(name, said) for name, said in self._said.items()])

    def led(self, name: str, before: str, after: str) -> tuple[int, int]:
        """Return how many of the questions that led to *name* still do, and how many did.

        The questions come from the body *before*; no compressor sees them.
        """
        own = Neighbour(name, self._said[name])
        near = [one.skill for one in islice(self.pool.nearest(own, 0.0), DISTRACTORS + 1)]
        others = [Neighbour(other, self._said[other]) for other in near if other != name]
        asked = questions(before)
        router = Router(own, Pool(others[:DISTRACTORS]), asked)
        had = router.led(asked, own.description)
        return len(had & router.led(asked, description_of(after))), len(had)


def questions(page: str) -> Sequence[str]:
    """Return what somebody may ask: headings with the first words below them, and the items of lists."""
    found, title = [], ""
    for block in blocks(page):
        if block.kind == "heading":
            title = block.title
        elif block.kind in ("paragraph", "item"):
            words = list(terms_of(page[block.start : block.end]))[:_WORDS]
            found.append(" ".join([title, *words]) if block.kind == "paragraph" else " ".join(words))
    return tuple(dict.fromkeys(found))
