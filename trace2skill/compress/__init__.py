"""Makes a skill cheaper to load and proves that nothing that matters went missing.

Without a model, whole sections move byte for byte into ``references/`` and leave a pointer that says when
to read them. Each pointer put back gives the page as it was, and every line that binds stays on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from trace2skill import provenance
from trace2skill.compress import history
from trace2skill.compress.history import History
from trace2skill.compress.relocate import TARGET, Moved, Relocation, Stayed, relocate
from trace2skill.compress.sizes import Sizes, sizes_of
from trace2skill.errors import CompressionFault
from trace2skill.records import Record

__all__ = [
    "TARGET",
    "Compression",
    "History",
    "Moved",
    "Relocation",
    "Sizes",
    "Stayed",
    "compress",
    "relocate",
    "revert",
    "sizes_of",
]


class Compression(Record, frozen=True, omit_defaults=False):
    """A skill made shorter: its text files as they were and as they are to be, and what was done."""

    before: dict[str, str]
    after: dict[str, str]
    moved: tuple[Moved, ...] = ()
    stayed: tuple[Stayed, ...] = ()
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
    files: Mapping[str, str], taken: Iterable[str] = (), past: History | None = None, share: float = TARGET
) -> Compression:
    """Return the skill with the text *files* made shorter by about *share* of its page.

    *taken* are the paths of all other files of the skill. With the *past* of an earlier compression that
    nobody touched since, it begins from what was there before, so that doing it again changes nothing.
    Rows of provenance follow the sentences that they belong to.
    """
    before = original(files, past)
    try:
        done = relocate(before["SKILL.md"], {*taken, *before} - _made(files, past), share)
    except CompressionFault as fault:
        return Compression(before, before, fault=str(fault))
    after = {**before, **done.files, "SKILL.md": done.text}
    if provenance.FILE in before and done.files:
        rows = provenance.parse(before[provenance.FILE].encode("utf-8"), Path(provenance.FILE))
        pages = {path: text for path, text in after.items() if path.endswith(".md")}
        after[provenance.FILE] = provenance.dump(provenance.follow(rows, pages))
    return Compression(before, after, done.moved, done.stayed)


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
