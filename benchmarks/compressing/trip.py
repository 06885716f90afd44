"""There and back again on disk: does doing it twice change nothing, and does going back give every byte."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trace2skill import compress, shorten


def trip(files: Mapping[str, str], folder: Path) -> tuple[bool, bool]:
    """Return whether a second compression changes nothing, and whether reverting gives *files* again."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode("utf-8"))
    if _once(folder):
        once = _bytes(folder)
        again = not _once(folder) and _bytes(folder) == once
        shorten.revert(folder)
    else:
        again = True
    return again, _bytes(folder) == {path: text.encode("utf-8") for path, text in files.items()}


def _once(folder: Path) -> bool:
    opened = shorten.open_skill(folder)
    return shorten.write_in_place(opened, compress.compress(opened.files, opened.others, opened.past))


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
