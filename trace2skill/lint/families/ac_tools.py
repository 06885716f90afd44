"""AC: tools that a skill permits itself or needs, and what a plugin takes from outside of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trace2skill.lint.configs import configs_of, tools_of
from trace2skill.lint.examples import demo
from trace2skill.lint.fields import is_readable, on_field
from trace2skill.lint.places import line_of
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View
from trace2skill.records import Severity

_INTERACTIVE: dict[str, Severity] = {"AskUserQuestion": "note", "ExitPlanMode": "warning"}
"""A question is often listed, and harms nobody; a plan that needs no consent does."""
_PLACES = ("commands", "agents", "skills", "hooks", "mcpServers", "lspServers", "outputStyles", "source")
_MOST = 500


def tools_mismatch(view: View) -> Iterator[Hit]:
    """Find a skill that runs commands and lists other tools only."""
    tools = _tools(view)
    runs = any(script.language in ("shell", "python", "javascript") for script in view.scripts())
    if tools and runs and not any(tool in ("Bash", "PowerShell", "*") for tool in tools):
        what = "the skill has code to run, and allowed-tools does not list Bash"
        yield on_field(view, "allowed-tools", what, "add the commands, such as Bash(python scripts/x.py:*)")


def interactive_tools(view: View) -> Iterator[Hit]:
    """Find a skill that permits itself the tools by which a user is asked."""
    for tool in _tools(view):
        if tool in _INTERACTIVE:
            what = f"allowed-tools permits {tool}, by which the user is asked"
            yield on_field(view, "allowed-tools", what, f"remove {tool}", _INTERACTIVE[tool])


def _tools(view: View) -> list[str]:
    """Return the names of the tools that are listed, without what limits them."""
    given = tools_of(view) if is_readable(view) else ()
    return list(dict.fromkeys(tool.split("(", 1)[0] for tool in given))


def plugin_paths(view: View) -> Iterator[Hit]:
    """Find a plugin that takes parts of itself from outside of its folder."""
    for file, data in configs_of(view):
        if file.path.endswith((".claude-plugin/plugin.json", "/marketplace.json")):
            for key, path in _paths(data):
                personal = path.startswith(("/", "~", "$HOME", "${HOME}")) or path[1:3] in (":\\", ":/")
                level: Severity = "error" if personal else "warning"
                line = line_of(file.text, max(0, file.text.find(path)))
                yield Hit(file.path, line, f"{key} leads out of the plugin", evidence=path, level=level,
                          fix="put what it needs into the folder of the plugin")  # fmt: skip


def _paths(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[str, object]] = [("", data)]
    for _ in range(_MOST):
        if not waiting:
            return
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend((name, inner) for name, inner in value.items() if name in (*_PLACES, "plugins"))
        elif isinstance(value, list):
            waiting.extend((key, inner) for inner in value)
        elif isinstance(value, str) and key in _PLACES and _leads_out(value):
            yield key, value


def _leads_out(path: str) -> bool:
    if path.startswith(("/", "~", "$HOME", "${HOME}")) or path[1:3] in (":\\", ":/"):
        return True
    depth = 0
    for part in path.replace("\\", "/").split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return False


def _front(tools: str, body: str = "Run it.\n") -> dict[str, str]:
    return demo(f"allowed-tools: {tools}\n", body)


_RUN = "```bash\nmake test\n```\n"
RULES = (
    Rule(
        id="AC806", name="tools-mismatch", class_="capability", level="note", check=tools_mismatch,
        why="The user is asked about each command, which the list was to avoid; the list forbids nothing.",
        bad=_front("Read Grep", _RUN), good=_front("Read Bash(make:*)", _RUN),
    ),
    Rule(
        id="AC807", name="interactive-tool", class_="risky", level="warning", check=interactive_tools,
        why="A question that is answered without being asked is no question.",
        bad=_front("Read ExitPlanMode"), good=_front("Read Bash(echo ExitPlanMode)"),
    ),
    Rule(
        id="AC808", name="plugin-outside", class_="risky", level="warning", check=plugin_paths,
        why="What a plugin takes from elsewhere is reviewed by nobody, and differs on each machine.",
        bad={".claude-plugin/plugin.json": '{"name": "a", "hooks": "../../hooks.json"}'},
        good={".claude-plugin/plugin.json": '{"name": "a", "hooks": "./hooks/hooks.json"}'},
        hazards=("CWE-22",),
    ),
)  # fmt: skip
