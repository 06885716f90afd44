"""A file of findings that were accepted: they do not count, and new ones do.

Findings are known by their fingerprints, so an entry survives moved lines and goes stale when what was
found changes. One entry hides one finding.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from trace2skill.errors import ConfigError, OutputError
from trace2skill.paths import show
from trace2skill.records import Finding, Suppression

VERSION = 1
REASON = "was there when the baseline was written"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One accepted finding."""

    fingerprint: str
    rule: str
    path: str
    """Of the file, relative to the baseline."""
    reason: str
    date: str
    """When it was accepted."""


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds."""

    version: int = VERSION
    findings: tuple[Entry, ...] = ()


def parse_baseline(path: Path, text: str) -> Baseline:
    """Return the baseline that *text* is; raises ``ConfigError`` if it is none."""
    try:
        found = msgspec.json.decode(text, type=Baseline)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ConfigError(f"{show(path)}: {error}", hint="write it anew with --write-baseline") from error
    if found.version != VERSION:
        raise ConfigError(f"{show(path)}: version {found.version} is not known", hint="write it anew")
    bare = next((entry for entry in found.findings if not entry.reason.strip()), None)
    if bare is not None:
        raise ConfigError(f"{show(path)}: {bare.rule} in {bare.path} has no reason", hint="say why")
    return found


class Place(NamedTuple):
    """A finding, and where it is from the baseline."""

    finding: Finding
    path: str


def places_of(findings: Sequence[Finding], folder: Path, baseline: Path) -> list[Place]:
    """Return where the *findings* of the skill in *folder* are from the *baseline*."""
    way = Path(os.path.relpath(os.path.realpath(folder), os.path.realpath(baseline.parent)))
    return [Place(finding, (way / finding.path).as_posix()) for finding in findings]


def folder_of(entry: Entry, baseline: Path, folders: Collection[str]) -> str:
    """Return which of *folders*, real paths, the file of an *entry* is in, or was; or nothing."""
    place = Path(os.path.normpath(f"{os.path.realpath(baseline.parent)}/{entry.path}"))
    return next((str(folder) for folder in place.parents if str(folder) in folders), "")


def hide(found: Sequence[Place], baseline: Baseline) -> tuple[tuple[Finding, ...], tuple[Entry, ...]]:
    """Return the findings, those of the baseline suppressed, and the entries that match none.

    An entry hides the finding in its own file first: a copy of a skill elsewhere is another one.
    """
    waiting: dict[str, list[Entry]] = defaultdict(list)
    for entry in baseline.findings:
        waiting[entry.fingerprint].append(entry)
    hidden = [place.finding for place in found]
    for exactly in (True, False):
        for at, (_, path) in enumerate(found):
            left = waiting.get(hidden[at].fingerprint, [])
            fitting = [one for one in left if not exactly or one.path == path]
            if fitting and hidden[at].suppressed is None:
                left.remove(fitting[0])
                why = Suppression("baseline", fitting[0].reason)
                hidden[at] = msgspec.structs.replace(hidden[at], suppressed=why)
    unused = {id(entry) for some in waiting.values() for entry in some}
    return tuple(hidden), tuple(entry for entry in baseline.findings if id(entry) in unused)


def renewed(found: Sequence[Place], kept: Sequence[Entry], new: Entry) -> Baseline:
    """Return a baseline of all that was *found* and counts, and of the entries that are *kept*.

    What was accepted before keeps its reason; *new* has the reason and the date of the others.
    """
    made = list(kept)
    for one, path in found:
        if one.suppressed is None or one.suppressed.kind == "baseline":
            reason = one.suppressed.reason if one.suppressed is not None else new.reason
            made.append(Entry(one.fingerprint, one.rule, path, reason, new.date))
    return Baseline(findings=tuple(made))


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write *baseline* to *path*, sorted, a line for each field so that changes can be read."""
    order = sorted(baseline.findings, key=lambda one: (one.path, one.rule, one.fingerprint))
    data = msgspec.json.format(msgspec.json.encode(Baseline(findings=tuple(order))), indent=2)
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        half.write_bytes(data + b"\n")
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise OutputError(f"{show(path)}: {error.strerror}", hint="can this place be written?") from error
