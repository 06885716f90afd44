"""The one own record that rules may see: which runs each sentence of a distilled skill comes from."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from trace2skill.errors import InputError
from trace2skill.provenance import FILE, Row, parse

MAX_BYTES = 16_000_000
MAX_ROWS = 5_000


class Provenance(NamedTuple):
    """The rows of a distilled skill, and why they could not be read, if so."""

    rows: tuple[Row, ...] = ()
    problem: str = ""


def read_provenance(root: Path) -> Provenance | None:
    """Return the rows that lie with the skill in *root*, ``None`` if it has none; no link is followed."""
    folder, name = FILE.split("/")
    try:
        inner = os.open(root / folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=inner)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Provenance(problem=error.strerror or "cannot be opened")
    finally:
        os.close(inner)
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            return Provenance(problem="no regular file")
        if found.st_size > MAX_BYTES:
            return Provenance(problem=f"{found.st_size} bytes; {MAX_BYTES} are read")
        return provenance_of(stream.read(MAX_BYTES))


def provenance_of(data: bytes) -> Provenance:
    """Return the rows in *data*; never raises."""
    try:
        rows = parse(data, FILE)
    except (InputError, RecursionError) as error:
        return Provenance(problem=str(error))
    problem = "" if len(rows) <= MAX_ROWS else f"{len(rows)} rows; {MAX_ROWS} are read"
    return Provenance(rows[:MAX_ROWS], problem)
