"""What a skill sets up by data rather than by words: settings, hooks, servers and tools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from trace2skill.lint.folder import File
from trace2skill.lint.view import View

_DEPTH = 12
_MOST = 5_000
"""Values of one JSON file that are looked at."""
_TOOL = re.compile(r"[\w*-]{1,80}(?:\([^()]{0,300}\))?")


def configs_of(view: View) -> Iterator[tuple[File, dict[str, Any]]]:
    """Yield the JSON files that hold an object, with it."""
    for file in view.files:
        if file.kind != "json" or "{" not in file.text:
            continue
        try:
            data = json.loads(file.text)
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict):
            yield file, data


def hooks_of(view: View) -> Iterator[tuple[File, str]]:
    """Yield the commands of hooks, in the frontmatter and in files that an agent reads."""
    main = view.file("SKILL.md")
    if main is not None and "hooks" in view.front:
        yield from ((main, command) for command in _commands(view.front["hooks"]))
    for file, data in configs_of(view):
        inside = file.path.startswith((".claude/", ".codex/", "hooks/")) or file.path == "hooks.json"
        if inside and isinstance(data.get("hooks"), dict | list):
            yield from ((file, command) for command in _commands(data["hooks"]))


def servers_of(view: View) -> Iterator[tuple[File, str, dict[str, Any]]]:
    """Yield the MCP servers that a skill brings along, by file and name."""
    for file, data in configs_of(view):
        named = data.get("mcpServers")
        if isinstance(named, dict) and not file.path.startswith(("references/", "tests/", "examples/")):
            for name, server in sorted(named.items()):
                if isinstance(server, dict):
                    yield file, name, server


def tools_of(view: View) -> tuple[str, ...]:
    """Return the tools that ``allowed-tools`` names, each once."""
    given = view.front.get("allowed-tools")
    tools = _TOOL.findall(given) if isinstance(given, str) else given if isinstance(given, list) else []
    return tuple(dict.fromkeys(str(one).strip() for one in tools))


def _commands(value: object) -> Iterator[str]:
    """Yield the commands of hooks, however they are nested."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    for _ in range(_MOST):
        if not waiting:
            return
        one, depth = waiting.pop(0)
        if isinstance(one, dict):
            if isinstance(one.get("command"), str):
                yield one["command"]
            one = list(one.values())
        if isinstance(one, list) and depth < _DEPTH:
            waiting.extend((inner, depth + 1) for inner in one if isinstance(inner, dict | list))
