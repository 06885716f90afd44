"""The run folder: what each stage left behind, as JSON Lines, to be read, compared and explained."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from trace2skill.errors import OutputError
from trace2skill.records import encode


class RunFolder:
    """The folder of one run, made on entering; everything in it is redacted.

    It lies beside the skills under ``.trace2skill/runs/`` with a ``.gitignore`` of its own. What an
    earlier run left in it goes, but for its folders: what they hold may be used again.
    """

    def __init__(self, skills: Path, name: str) -> None:
        self.path = skills / ".trace2skill" / "runs" / name
        self._streams: dict[str, BinaryIO] = {}

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            (self.path.parent.parent / ".gitignore").write_text("*\n", encoding="utf-8")
            for pattern in ("*.json*", "changes.*"):
                for old in self.path.glob(pattern):
                    old.unlink()
        except OSError as error:
            raise self._trouble(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        trouble = None
        for stream in self._streams.values():
            try:
                stream.close()
            except OSError as failure:  # what was still to be written; the file is closed all the same
                trouble = failure
        if trouble is not None and error is None:
            raise self._trouble(trouble) from trouble

    def append(self, file: str, line: bytes) -> int:
        """Append one JSON line to *file*; return the offset where it begins."""
        try:
            if file not in self._streams:
                self._streams[file] = (self.path / file).open("wb")
            stream = self._streams[file]
            offset = stream.tell()
            stream.write(line + b"\n")
        except OSError as error:
            raise self._trouble(error) from error
        return offset

    def append_all(self, file: str, records: Iterable[Any]) -> None:
        """Append one line per record, and flush; makes *file* even if there are none."""
        try:
            if file not in self._streams:
                self._streams[file] = (self.path / file).open("wb")
            for record in records:
                self.append(file, encode(record))
            self._streams[file].flush()
        except OSError as error:
            raise self._trouble(error) from error

    def flush(self) -> None:
        """Make what was appended readable for others."""
        try:
            for stream in self._streams.values():
                stream.flush()
        except OSError as error:
            raise self._trouble(error) from error

    def write(self, file: str, value: Any) -> None:
        """Write one readable JSON document."""
        self.write_text(file, json.dumps(json.loads(encode(value)), indent=2, ensure_ascii=False) + "\n")

    def write_text(self, file: str, text: str) -> None:
        """Write *text* as it is, byte for byte."""
        try:
            (self.path / file).parent.mkdir(exist_ok=True)
            (self.path / file).write_bytes(text.encode("utf-8"))
        except OSError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: OSError) -> OutputError:
        return OutputError(
            f"{self.path}: cannot write: {error.strerror}", hint="free space or choose another folder with -o"
        )
