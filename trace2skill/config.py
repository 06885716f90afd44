"""Settings from four places, the nearest wins: built in, the project's file, the environment, flags."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from trace2skill.errors import ConfigError

T = TypeVar("T", bound=msgspec.Struct)
Read = Callable[[Path], str | None]
PREFIX = "TRACE2SKILL_"
OWN = "trace2skill.toml"


class Table(NamedTuple):
    """The settings of one command as a file has them."""

    path: Path | None
    values: dict[str, Any]


def settle(type_: type[T], command: str, flags: Mapping[str, Any], folder: Path | None = None) -> T:
    """Return the settings of *command*: a flag that is ``None`` was not given.

    The file is ``trace2skill.toml`` or else ``pyproject.toml`` in *folder* or the nearest folder above
    it; there the table of the command, in ``[tool.trace2skill]`` for the latter. Raises ``ConfigError``
    for keys that do not exist and values of the wrong type.
    """
    return unite(type_, command, flags, table_of(command, folder))


def unite(type_: type[T], command: str, flags: Mapping[str, Any], table: Table) -> T:
    """Return the settings of *command* from its *table*, the environment, and *flags* above all."""
    known = {field.name: field for field in msgspec.structs.fields(type_)}
    values: dict[str, Any] = {}
    for key, value in table.values.items():
        name = key.replace("-", "_")
        if name not in known:
            raise ConfigError(
                f"{table.path}: no setting {key!r} for {command}", hint=_hint(key, tuple(known))
            )
        values[name] = value
    for name in known:
        given = os.environ.get(PREFIX + name.upper())
        if given:
            values[name] = given
    values |= {name: value for name, value in flags.items() if value is not None}
    try:
        return msgspec.convert(values, type_, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"settings of {command}: {error}") from error


def table_of(command: str, folder: Path | None = None, read: Read | None = None) -> Table:
    """Return the nearest table for *command*; *read* returns ``None`` for a file that is not to be used."""
    read = read or read_text
    start = folder or Path.cwd()
    for place in (start, *start.parents):
        own = place / OWN
        text = read(own)
        if text is not None:
            return Table(own, _command(_parse(own, text), command, own))
        shared = place / "pyproject.toml"
        text = read(shared)
        if text is not None:
            tool = _parse(shared, text).get("tool", {})
            if isinstance(tool, dict) and isinstance(tool.get("trace2skill"), dict):
                return Table(shared, _command(tool["trace2skill"], command, shared))
    return Table(None, {})


def _hint(key: str, known: tuple[str, ...]) -> str:
    names = tuple(name.replace("_", "-") for name in known) if "-" in key else known
    near = get_close_matches(key, names, n=1)
    return f"{f'did you mean {near[0]!r}? ' if near else ''}known: {', '.join(names)}"


def read_text(path: Path) -> str | None:
    """Return the text of *path*, or ``None`` if there is no such file."""
    try:
        return path.read_text("utf-8") if path.is_file() else None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}", hint="is it valid TOML?") from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}", hint="is it valid TOML?") from error


def _command(tables: dict[str, Any], command: str, path: Path) -> dict[str, Any]:
    loose = [name for name, table in tables.items() if not isinstance(table, dict)]
    if loose:
        raise ConfigError(
            f"{path}: {loose[0]!r} stands outside of a command's table",
            hint=f"put settings of {command} under [{'tool.trace2skill.' * (path.name != OWN)}{command}]",
        )
    table: dict[str, Any] = tables.get(command, {})
    return table
