"""Read a skill folder, and write one so that a crash leaves the old or the new, never a mixture."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from trace2skill.errors import InputError, OutputError
from trace2skill.markdown import parse_frontmatter
from trace2skill.patch import check_path
from trace2skill.records import Skill

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*$")
NAME_CHARS = 64
DESCRIPTION_CHARS = 1024
_HALF = ".writing-"


def read_skill(folder: Path) -> Skill:
    """Read ``SKILL.md`` and the Markdown files of ``references/``, whatever their contents.

    Raises ``InputError`` when there is no skill, and for links that lead out of the folder.
    """
    main = folder / "SKILL.md"
    if not main.is_file():
        raise InputError(f"{folder}: no SKILL.md here", hint="give the folder of a skill")
    paths = [main, *sorted((folder / "references").glob("**/*.md"))]
    files = {}
    for path in paths:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"{path}: leads out of the skill folder", hint="replace the link by a file")
        try:
            files[path.relative_to(folder).as_posix()] = path.read_bytes().decode("utf-8")
        except OSError as error:
            raise InputError(f"{path}: {error.strerror}", hint="is it a readable file?") from error
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: {error}", hint="skills are UTF-8 text") from error
    try:
        name = parse_frontmatter(files["SKILL.md"]).get("name")
    except InputError:  # for the linter to say
        name = None
    return Skill(name=str(name or folder.name), files=files)


def write_skill(skill: Skill, folder: Path, *, stale: tuple[str, ...] = ()) -> None:
    """Write the files of *skill* into *folder*, each at once or not at all; remove *stale* ones.

    ``SKILL.md`` comes last, so that it never links to what is not there yet. Halves of files that a
    run left behind which was killed are removed, too.
    """
    for path in (*skill.files, *stale):
        check_path(path)
    try:
        for path in skill.files:
            _require_inside(folder / path, folder)
            for half in (folder / path).parent.glob(f"{_HALF}*"):
                half.unlink(missing_ok=True)
        for path, text in sorted(skill.files.items(), key=lambda item: item[0] == "SKILL.md"):
            _write(folder / path, text.encode("utf-8"), folder)
        for path in stale:
            _require_inside(folder / path, folder)
            (folder / path).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot write: {error.strerror}", hint="free space or choose another folder with -o"
        ) from error


def slug(text: str) -> str:
    """Return *text* as a skill name: lower-case letters, digits and single hyphens."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:NAME_CHARS].strip("-")
    return name or "lessons"


def _write(path: Path, data: bytes, folder: Path) -> None:
    _require_inside(path, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_HALF)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _require_inside(path: Path, folder: Path) -> None:
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise OutputError(f"{path}: leads out of the skill folder", hint="replace the link by a folder")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
