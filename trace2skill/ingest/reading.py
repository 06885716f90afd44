"""The reading of one file: drafts from its reader, redacted, trimmed and numbered, and its account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from trace2skill.errors import InputError
from trace2skill.ingest.report import FileReport, Planted, Redaction
from trace2skill.ingest.survey import Found
from trace2skill.ingest.trim import trim
from trace2skill.ingest.twins import identify
from trace2skill.injection import TAG, scan
from trace2skill.readers import all_readers
from trace2skill.readers.source.files import LogFile
from trace2skill.records import Trajectory
from trace2skill.redact import Redactor, Sieve, redact


class Reading:
    """Iterate once to get the trajectories of a file; ``account`` is complete when the iteration is."""

    def __init__(self, found: Found, sieve: Sieve) -> None:
        self.found = found
        self.account = FileReport(found.shown, found.format, found.reason, found.named)
        self.redactions: Counter[tuple[int, str]] = Counter()
        self._sieve = sieve

    def __iter__(self) -> Iterator[Trajectory]:
        found = self.found
        if found.format is None:
            return
        file = LogFile(found.path, found.shown, self._sieve.scan)
        try:
            yield from self._read(file)
        except InputError as error:
            hint = f" ({error.hint})" if error.hint else ""
            file.ledger.reject(0, f"{str(error).removeprefix(f'{file.shown}: ')}{hint}")
        self.account.take(file.ledger)
        self.account.redactions = [
            Redaction(line, kind, count) for (line, kind), count in sorted(self.redactions.items())
        ]

    def _read(self, file: LogFile) -> Iterator[Trajectory]:
        # Where agents keep their logs, folders are named after the user's home.
        source = Redactor().text(file.shown)
        for draft in all_readers()[str(self.found.format)].read(file):
            own = draft.origin.file == file.shown  # or that of a companion
            shown = source if own else Redactor().text(draft.origin.file)
            if shown != draft.origin.file:
                draft = replace(draft, origin=replace(draft.origin, file=shown))
            clean, redactor = redact(draft, file.take_suspects())
            trajectory = trim(clean)
            self.redactions.update(redactor.places)
            yield self._scanned(replace(trajectory, id=trajectory.id or identify(trajectory)))

    def _scanned(self, trajectory: Trajectory) -> Trajectory:
        """Return *trajectory*, with a tag if somebody planted instructions in it."""
        found = list(scan(trajectory))
        if not found:
            return trajectory
        self.account.planted += [Planted(one.line, one.step, one.rule) for one in found]
        return replace(trajectory, tags=tuple(dict.fromkeys((*trajectory.tags, TAG))))
