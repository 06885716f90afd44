"""Makes a skill cheaper to load and proves that nothing that matters went missing.

Without a model, whole sections move byte for byte into ``references/`` and leave a pointer that says when
to read them. Each pointer put back gives the page as it was, and every line that binds stays on it. A
description loses what it says twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
    "Compression",
    "Described",
    "History",
    "Moved",
    "Relocation",
    "Sizes",
    "Stayed",
    "Wishes",
    "compress",
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

    @property
    def changed(self) -> bool:
        """Say whether there is anything to write."""
        return self.before != self.after

    def history(self) -> History:
        """Return what makes it possible to go back."""
        return history.make_history(self.before, self.after)


def compress(
    files: Mapping[str, str],
    taken: Iterable[str] = (),
    past: History | None = None,
    share: float = TARGET,
    wishes: Wishes = NO_WISHES,
) -> Compression:
    """Return the skill with the text *files* made shorter by about *share* of its page.

    *taken* are the paths of all other files of the skill. With the *past* of an earlier compression that
    nobody touched since, it begins from what was there before, so that doing it again changes nothing.
    The description is made cheaper by *wishes*. Rows of provenance follow the sentences they belong to.
    """
    before = original(files, past)
    text, described = describe(before["SKILL.md"], wishes)
    try:
        done = relocate_within(text, {*taken, *before} - _made(files, past), share, wishes.profile)
    except CompressionFault as fault:
        return Compression(before, before, fault=str(fault))
    after = {**before, **done.files, "SKILL.md": done.text}
    if provenance.FILE in before and after != before:
        rows = provenance.parse(before[provenance.FILE].encode("utf-8"), provenance.FILE)
        pages = {path: text for path, text in after.items() if path.endswith(".md")}
        after[provenance.FILE] = provenance.dump(provenance.follow(rows, pages))
    return Compression(before, after, done.moved, done.stayed, described)


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
