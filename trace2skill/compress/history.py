"""What a compressed skill was before: enough to give it back byte for byte, and to begin from it again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from trace2skill.errors import InputError
from trace2skill.patch import check_path
from trace2skill.records import Record, encode

FILE = ".trace2skill/compressed.json"
_MOST_BYTES = 64 * 1024 * 1024


class History(Record, frozen=True, omit_defaults=False):
    """The files that a compression touched: their text before it, and the SHA-256 of that after it.

    Of a file that was not there, the text is ``None``.
    """

    before: dict[str, str | None]
    after: dict[str, str]
    version: Literal[1] = 1
    model: str = ""
    """Which model had a hand in it."""

    def describes(self, files: Mapping[str, str]) -> bool:
        """Say whether all touched *files* are still as the compression left them."""
        return all(path in files and digest(files[path]) == known for path, known in self.after.items())


def digest(text: str) -> str:
    """Return the SHA-256 of *text* as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def make_history(before: Mapping[str, str], after: Mapping[str, str], model: str = "") -> History:
    """Return what to keep of a step from the files *before* to those *after*."""
    touched = sorted(path for path, text in after.items() if before.get(path) != text)
    return History(
        before={path: before.get(path) for path in touched},
        after={path: digest(after[path]) for path in touched},
        model=model,
    )


def dump(history: History) -> str:
    """Return *history* as text."""
    return encode(history).decode() + "\n"


def load(folder: Path) -> History | None:
    """Read the history of the skill in *folder*; ``None`` if it was never compressed.

    Raises ``InputError`` for one that is damaged or names files outside of the skill.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path}: too large", hint="nothing of ours is; delete it to begin anew")
        history = msgspec.json.decode(path.read_bytes(), type=History)
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{path}: {error}", hint="delete it to begin anew; it cannot be reverted") from error
    for name in (*history.before, *history.after):
        check_path(name)
    return history
