"""What a skill has installed: requirements in files, in commands and in scripts, each with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from trace2skill.lint.document import Context
from trace2skill.lint.folder import File
from trace2skill.lint.pipes import LONGEST, statements
from trace2skill.lint.places import line_of
from trace2skill.lint.view import View

Registry = Literal["pypi", "npm"]
MAX_CHARS = 200_000
_PIP = re.compile(
    r"\b(?:pip3?|uv pip|pipx|uv tool|uv|poetry|pdm|python3? -m pip)[ ]{1,3}(?:install|add|run --with"
    r"|inject)\b([^\n|&;]{1,2000})"
)
_UVX = re.compile(r"\b(?:uvx|pipx run|uv tool run)[ ]{1,3}([^\n|&;]{1,400})")
_NPM = re.compile(r"\b(?:npm|pnpm|yarn|bun)[ ]{1,3}(?:global )?(?:install|i|add|exec)\b([^\n|&;]{1,2000})")
_NPX = re.compile(r"\b(?:npx|bunx|pnpm dlx|yarn dlx|npm exec)[ ]{1,3}([^\n|&;]{1,400})")
_VALUED = frozenset(
    "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url --index -f "
    "--find-links -t"
    " --target --python -p --registry --prefix -C --cwd --trusted-host --package --from --with -w --workspace"
    " --group --platform --python-version --only-binary --no-binary --cert --proxy --save-prefix".split()
)
_BLOCK = re.compile(r"^# /// script[ \t]{0,9}$(.{0,8000}?)^# ///[ \t]{0,9}$", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"[\"']([^\"'\n]{1,300})[\"']")
_TOML = re.compile(r"^[ \t#]{0,9}dependencies[ \t]{0,9}=[ \t]{0,9}\[(.{0,6000}?)\]", re.MULTILINE | re.DOTALL)
_GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


class Package(NamedTuple):
    """One requirement."""

    registry: Registry
    name: str
    """In small letters; nothing for what is no name."""
    asked: str
    """As it stands."""
    path: str
    line: int
    context: Context = "active"
    fence: bool = False

    @property
    def pinned(self) -> bool:
        """Say whether a version, or a file of versions, holds it."""
        name, _, version = self.asked.lstrip("@").partition("@")
        if self.registry == "npm":
            return (bool(version) and version[0].isdigit()) or (
                bool(version) and version[0] in "^~=v" and name != ""
            )
        return re.search(r"[=<>~!]=?\s{0,3}\d", self.asked) is not None or "@" in self.asked


def packages_of(view: View) -> Iterator[Package]:
    """Yield the requirements of a skill, by file."""
    for file in view.texts():
        name = file.path.rsplit("/", 1)[-1].lower()
        if (name.endswith(".txt") and "requirements" in name) or name == "constraints.txt":
            yield from _lines(file)
        elif name == "package.json":
            yield from _manifest(file)
        elif name == "pyproject.toml" or file.kind == "python":
            yield from _listed(file)
    for script in view.scripts("shell"):
        for line, text in statements(script.text):
            for registry, word in asked_in(text[:LONGEST]):
                at = script.at(line)
                fence = script.source == "fence"
                yield Package(registry, name_of(word), word, script.path, at, script.context, fence)


def asked_in(text: str) -> Iterator[tuple[Registry, str]]:
    """Yield what a command line has installed or run from a registry."""
    patterns: tuple[tuple[Registry, re.Pattern[str], bool], ...] = (
        ("pypi", _PIP, False), ("pypi", _UVX, True), ("npm", _NPM, False), ("npm", _NPX, True),
    )  # fmt: skip
    for registry, pattern, first in patterns:
        for found in pattern.finditer(text):
            words = list(_words(found[1]))
            yield from ((registry, word) for word in (words[:1] if first else words))


def _words(text: str) -> Iterator[str]:
    skip = False
    for word in text.replace('"', "").replace("'", "").split():
        if skip or word.startswith(("-", "$", ".", "/", ">", "<", "{", "#", "\\")):
            skip = word in _VALUED
            if word.startswith("#"):
                return
            continue
        yield word


def name_of(word: str) -> str:
    """Return the name of the package that *word* asks for; nothing for an address, a file or a repository."""
    plain = word.split("[", 1)[0]
    if "://" in word or word.endswith((".whl", ".tgz", ".tar.gz", ".txt", ".zip")) or word.startswith("git+"):
        return ""
    if word.startswith("@"):
        found = re.match(r"@[\w.-]{1,100}/[\w.-]{1,100}", word)
    else:
        found = None if "/" in plain else re.match(r"[A-Za-z0-9][\w.-]{0,100}", plain)
    return found[0].lower().rstrip(".") if found else ""


def _lines(file: File) -> Iterator[Package]:
    for number, row in enumerate(file.text[:MAX_CHARS].split("\n"), start=1):
        text = row.split(" #", 1)[0].strip()
        if text and not text.startswith(("#", "-")):
            yield Package("pypi", name_of(text), text, file.path, number)


def _listed(file: File) -> Iterator[Package]:
    text = file.text[:MAX_CHARS]
    blocks = (
        [(found[1], found.start(1)) for found in _BLOCK.finditer(text)]
        if file.kind == "python"
        else [(text, 0)]
    )
    for block, start in blocks:
        for found in _TOML.finditer(block):
            for one in _QUOTED.finditer(found[1]):
                at = start + found.start(1) + one.start()
                yield Package("pypi", name_of(one[1]), one[1], file.path, line_of(text, at))


def _manifest(file: File) -> Iterator[Package]:
    try:
        data = json.loads(file.text[:MAX_CHARS])
    except (ValueError, RecursionError):
        return
    for group in _GROUPS:
        wanted = data.get(group) if isinstance(data, dict) else None
        for name, version in wanted.items() if isinstance(wanted, dict) else ():
            if isinstance(version, str):
                line = line_of(file.text, max(0, file.text.find(json.dumps(name))))
                yield Package("npm", name.lower(), f"{name}@{version}", file.path, line)
