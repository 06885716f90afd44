"""Makes a skill cheaper to load and proves that nothing that matters went missing.

Without a model, whole sections move byte for byte into ``references/`` and leave a pointer that says when
to read them. Each pointer put back gives the page as it was, and every line that binds stays on it. A
description loses what it says twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from trace2skill import provenance
from trace2skill.compress import history
from trace2skill.compress.describe import Described, describe
from trace2skill.compress.fit import relocate_within
from trace2skill.compress.history import History
from trace2skill.compress.relocate import TARGET, Moved, Relocation, Stayed, relocate
from trace2skill.compress.sizes import Sizes, sizes_of
from trace2skill.compress.trial import Wishes
from trace2skill.errors import CompressionFault
from trace2skill.records import Record

__all__ = [
    "NO_WISHES",
    "TARGET",
    "Begun",
    "Compression",
    "Described",
    "History",
    "Moved",
    "Relocation",
    "Sizes",
    "Stayed",
    "Wishes",
    "begin",
    "compress",
    "end",
    "relocate",
    "revert",
    "sizes_of",
]

NO_WISHES = Wishes()


class Compression(Record, frozen=True, omit_defaults=False):
    """A skill made shorter: its text files as they were and as they are to be, and what was done."""

    before: dict[str, str]
    after: dict[str, str]
    moved: tuple[Moved, ...] = ()
    stayed: tuple[Stayed, ...] = ()
    described: Described = Described()
    """What became of the description."""
    fault: str = ""
    """Why nothing was done, where a step would have lost something."""
    note: str = ""
    """Why there was nothing to do."""
    model: str = ""
    """Which model had a hand in it."""

    @property
    def changed(self) -> bool:
        """Say whether there is anything to write."""
        return self.before != self.after

    def history(self) -> History:
        """Return what makes it possible to go back."""
        return history.make_history(self.before, self.after, self.model)


class Begun(NamedTuple):
    """A skill whose description is done and whose page is to be made shorter."""

    before: dict[str, str]
    page: str
    """``SKILL.md`` with its new description."""
    described: Described
    taken: frozenset[str]
    """Paths that no new file may have."""


def compress(
    files: Mapping[str, str],
    taken: Iterable[str] = (),
    past: History | None = None,
    share: float = TARGET,
    wishes: Wishes = NO_WISHES,
) -> Compression:
    """Return the skill with the text *files* made shorter by about *share* of its page.

    *taken* are the paths of all other files of the skill. With the *past* of an earlier compression that
    nobody touched since, it begins from what was there before, so that doing it again changes nothing;
    what a model did stays.
    The description is made cheaper by *wishes*. Rows of provenance follow the sentences they belong to.
    """
    if past is not None and past.model and past.describes(files):
        return Compression(dict(files), dict(files), note=f"as {past.model} left it; --revert comes first")
    begun = begin(files, taken, past, wishes)
    try:
        done = relocate_within(begun.page, begun.taken, share, wishes.profile)
    except CompressionFault as fault:
        return Compression(begun.before, begun.before, fault=str(fault))
    return msgspec.structs.replace(end(begun, done.text, done.files, done.moved), stayed=done.stayed)


def begin(files: Mapping[str, str], taken: Iterable[str], past: History | None, wishes: Wishes) -> Begun:
    """Return the skill as it was before *past*, with a cheaper description."""
    before = original(files, past)
    page, described = describe(before["SKILL.md"], wishes)
    return Begun(before, page, described, frozenset({*taken, *before} - _made(files, past)))


def end(begun: Begun, page: str, files: Mapping[str, str], moved: tuple[Moved, ...]) -> Compression:
    """Return the compression that makes *page* and *files* of a skill; its provenance follows."""
    after = {**begun.before, **files, "SKILL.md": page}
    if provenance.FILE in begun.before and after != begun.before:
        rows = provenance.parse(begun.before[provenance.FILE].encode("utf-8"), provenance.FILE)
        pages = {path: text for path, text in after.items() if path.endswith(".md")}
        after[provenance.FILE] = provenance.dump(provenance.follow(rows, pages))
    return Compression(begun.before, after, moved, described=begun.described)


def original(files: Mapping[str, str], past: History | None) -> dict[str, str]:
    """Return *files* as they were before *past*, if they are as it left them."""
    if past is None or not past.describes(files):
        return dict(files)
    return revert(files, past)


def revert(files: Mapping[str, str], past: History) -> dict[str, str]:
    """Return *files* as they were before the compression that *past* tells of."""
    back = {path: text for path, text in files.items() if path not in past.before}
    return {**back, **{path: text for path, text in past.before.items() if text is not None}}


def _made(files: Mapping[str, str], past: History | None) -> set[str]:
    if past is None or not past.describes(files):
        return set()
    return {path for path, text in past.before.items() if text is None}
