"""Commands in files that editors, containers, package managers and make run: shell, in another wrapping."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from trace2skill.lint.folder import File
from trace2skill.lint.places import line_of
from trace2skill.lint.scripts import Script

MAX_CHARS = 200_000
_COMMAND = re.compile(
    r"\"(command|initializeCommand|onCreateCommand|updateContentCommand|postCreateCommand|postStartCommand"
    r"|postAttachCommand)\"\s{0,9}:\s{0,9}(\"(?:[^\"\\\n]|\\.){1,4000}\")"
)
_ARGUMENTS = re.compile(r"\s{0,40},\s{0,200}\"args\"\s{0,9}:\s{0,9}(\[[^\[\]]{1,4000}\])")
_SCRIPT = re.compile(r"\"([\w:.-]{1,60})\"\s{0,9}:\s{0,9}(\"(?:[^\"\\\n]|\\.){1,4000}\")")
_RECIPE = re.compile(r"^\t[ \t]{0,20}[@+-]{0,3}([^\n]{1,4000})", re.MULTILINE)
HOOKS = re.compile(
    r"(?:pre|post)?install|(?:pre|post)?prepare|prepublish|post-(?:install|update|autoload)[\w-]{0,20}"
)
"""Scripts that package managers run by themselves."""


def commands_of(file: File) -> Iterator[Script]:
    """Yield the commands of a file as scripts of the shell, on the lines where they stand."""
    name = file.path.rsplit("/", 1)[-1].lower()
    if name in ("makefile", "gnumakefile") or name.endswith(".mk"):
        yield from _made(file, _RECIPE, 1)
    elif name in ("tasks.json", "devcontainer.json", ".devcontainer.json", "launch.json"):
        yield from _settings(file)
    elif name in ("package.json", "composer.json"):
        for key, script in hooks_of(file):
            if HOOKS.fullmatch(key):
                yield script


def _made(file: File, pattern: re.Pattern[str], group: int) -> Iterator[Script]:
    for found in pattern.finditer(file.text[:MAX_CHARS]):
        text = found[group].replace("$$", "$")
        yield Script(file.path, "shell", text, line_of(file.text, found.start()))


def _settings(file: File) -> Iterator[Script]:
    for found in _COMMAND.finditer(file.text[:MAX_CHARS]):
        behind = _ARGUMENTS.match(file.text, found.end())
        words = [_plain(found[2]), *(_listed(behind[1]) if behind else ())]
        yield Script(file.path, "shell", " ".join(words), line_of(file.text, found.start()))


def hooks_of(file: File) -> Iterator[tuple[str, Script]]:
    """Yield the scripts of ``package.json`` or ``composer.json`` with their names."""
    text = file.text[:MAX_CHARS]
    start = text.find('"scripts"')
    if start < 0:
        return
    end = text.find("}", start)
    for found in _SCRIPT.finditer(text, start + 9, end if end > 0 else len(text)):
        line = line_of(text, found.start())
        yield found[1], Script(file.path, "shell", _plain(found[2]), line)


def _plain(literal: str) -> str:
    try:
        value = json.loads(literal)
    except ValueError:
        return literal.strip('"')
    return value if isinstance(value, str) else ""


def _listed(literal: str) -> list[str]:
    try:
        value = json.loads(literal)
    except ValueError:
        return []
    return [f'"{one}"' if " " in one else one for one in value if isinstance(one, str)]
