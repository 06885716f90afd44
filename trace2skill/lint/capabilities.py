"""What a skill can do, in lists that a reviewer reads at a glance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from trace2skill.lint.configs import hooks_of, servers_of, tools_of
from trace2skill.lint.plain import plain
from trace2skill.lint.pyuses import uses_of_python
from trace2skill.lint.scripts import Script
from trace2skill.lint.uses import Kind, Use, uses_of_javascript, uses_of_shell, uses_of_text
from trace2skill.lint.view import View

MOST = 40
"""Entries of one list."""
MOST_TOLD = 8
"""Of those in a line for people."""
_CHARS = 120
_INACTIVE = ("quoted", "negated", "example")


class Capabilities(msgspec.Struct, frozen=True):
    """What the code of a skill uses, and what it asks for; each list sorted and at most ``MOST`` long."""

    hosts: tuple[str, ...] = ()
    """That code or settings name."""
    links: tuple[str, ...] = ()
    """Hosts that only its prose names."""
    commands: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    """Files outside of the skill."""
    writes: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    """Of the environment."""
    tools: tuple[str, ...] = ()
    """From ``allowed-tools``."""
    servers: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    """Commands that run by themselves."""
    languages: tuple[str, ...] = ()
    """Of its script files."""
    left_out: int = 0
    """Entries beyond ``MOST``."""
    declared: str = msgspec.field(default="", name="compatibility")
    """What its frontmatter says that it needs."""

    @property
    def told(self) -> str:
        """Return it in one line."""
        rows = (
            ("network", self.hosts), ("commands", self.commands), ("reads", self.reads),
            ("writes", self.writes), ("variables", self.variables), ("tools", self.tools),
            ("servers", self.servers), ("hooks", self.hooks), ("code", self.languages),
        )  # fmt: skip
        told = [f"{name} {_listed(values)}" for name, values in rows if values]
        return "; ".join(told) or "nothing but text"


def _listed(values: tuple[str, ...]) -> str:
    more = len(values) - MOST_TOLD
    return ", ".join((*values[:MOST_TOLD], *([f"and {more} more"] if more > 0 else [])))


def capabilities_of(view: View) -> Capabilities:
    """Return what the skill can do, as far as its text shows."""
    found: dict[Kind, set[str]] = defaultdict(set)
    languages: set[str] = set()
    for script in view.scripts():
        if script.context not in _INACTIVE:
            for use in _uses(script):
                found[use.kind].add(use.what)
        if script.source != "fence":
            languages.add(script.language)
    for use in _of_rest(view):
        found[use.kind].add(use.what)
    named = {use.what for document in view.documents() for use in uses_of_text(document.text)}
    own = {file.path.rsplit("/", 1)[-1].lower() for file in view.files}
    compatibility = view.front.get("compatibility")
    return _bounded(
        {
            "hosts": found["host"],
            "links": named - found["host"],
            "commands": found["command"] - own,
            "reads": found["read"] - found["write"],
            "writes": found["write"],
            "variables": found["variable"],
            "tools": tools_of(view),
            "servers": {name for _, name, _ in servers_of(view)},
            "hooks": {command for _, command in hooks_of(view)},
            "languages": languages,
        },
        compatibility if isinstance(compatibility, str) else "",
    )


def _uses(script: Script) -> Iterator[Use]:
    if script.language in ("python", "shell", "javascript", "powershell") or script.source != "fence":
        yield from uses_of_text(script.text)
    if script.language == "python":
        yield from uses_of_python(script)
    elif script.language == "shell":
        yield from uses_of_shell(script.text)
    elif script.language == "javascript":
        yield from uses_of_javascript(script.text)


def _of_rest(view: View) -> Iterator[Use]:
    for document, span in view.spans("inline"):
        del document
        if span.context not in _INACTIVE and span.text.startswith(("curl ", "wget ", "http ")):
            yield from uses_of_text(span.text)
    for file in view.files:
        if file.kind in ("json", "yaml", "toml"):
            yield from uses_of_text(file.text)
    for _, command in hooks_of(view):
        yield from uses_of_shell(command, 1)
    for _, _, server in servers_of(view):
        if isinstance(server.get("command"), str):
            yield from uses_of_shell(server["command"], 1)


def _bounded(lists: dict[str, Iterable[str]], declared: str) -> Capabilities:
    kept: dict[str, tuple[str, ...]] = {}
    left = 0
    for name, values in lists.items():
        every = sorted({plain(" ".join(value.split()))[:_CHARS] for value in values})
        kept[name] = tuple(every[:MOST])
        left += len(every) - len(kept[name])
    return Capabilities(**kept, left_out=left, declared=plain(declared)[: 4 * _CHARS])
