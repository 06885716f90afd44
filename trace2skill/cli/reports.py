"""Where the reports of the linter go: one to stdout, others to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trace2skill.errors import ConfigError, OutputError
from trace2skill.lint import RULES
from trace2skill.lint.report import FORMATS, Checked
from trace2skill.paths import show
from trace2skill.render.console import write

_BY_ID = {rule.id: rule for rule in RULES}


def outputs_of(given: Sequence[str]) -> list[tuple[str, Path]]:
    """Return the formats and files that ``--output`` names; raise for what cannot be written."""
    found: list[tuple[str, Path]] = []
    for one in given:
        form, _, name = one.partition(":")
        if form not in FORMATS or not name:
            raise ConfigError(
                f"--output {one!r} is not FORMAT:FILE", hint=f"the formats are {', '.join(FORMATS)}"
            )
        path = Path(name)
        if not path.parent.is_dir():
            raise ConfigError(f"{show(path)}: there is no folder {show(path.parent)}", hint="make it first")
        if path.is_dir():
            raise ConfigError(f"{show(path)} is a folder", hint="give the name of a file")
        if path in (other for _, other in found):
            raise ConfigError(f"{show(path)} is to hold two reports", hint="give each a file of its own")
        found.append((form, path))
    return found


def tell(skills: Sequence[Checked], form: str, outputs: Sequence[tuple[str, Path]]) -> None:
    """Write the reports to their files, and the one in *form* to stdout."""
    for other, path in outputs:
        try:
            path.write_text(FORMATS[other](skills, _BY_ID), "utf-8", newline="\n")
        except OSError as error:
            raise OutputError(f"{show(path)}: {error.strerror}", hint="can it be written?") from error
    write(FORMATS[form](skills, _BY_ID))
