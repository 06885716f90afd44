"""AC: what a skill changes about the agent that loads it: hooks, settings, servers, permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from trace2skill.lint.configs import configs_of, hooks_of, servers_of, tools_of
from trace2skill.lint.document import Context
from trace2skill.lint.examples import demo
from trace2skill.lint.hosts import hosts_in
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import MAIN, View
from trace2skill.records import Severity

_REACHES = re.compile(
    r"\b(?:curl|wget|ncat|nc|telnet|scp|sftp|Invoke-WebRequest|iwr|Invoke-RestMethod)\s"
    r"|/dev/tcp/|\bbase64\s+(?:-d|-D|--decode)|\|\s{0,5}(?:ba|z|da)?sh\b",
    re.IGNORECASE,
)
_SECRETS = re.compile(
    r"\b(?:printenv|env)\s{0,9}(?:\||$)|\.ssh/|\.aws/|\.netrc|\.env\b"
    r"|\$\{?\w{0,40}(?:TOKEN|SECRET|PASSWORD|API_KEY)"
)
_DYNAMIC = re.compile(r"(?<!\S)!`([^`\n]{1,500})`")
_SHOWN = re.compile(r"``(?:[^`\n]|`(?!`)){1,500}``")
_READ_ONLY = re.compile(
    r"(?:git (?:status|diff|log|show|rev-parse|ls-files|describe|config --get)"
    r"|git remote -v|git branch --(?:show-current|list)"
    r"|gh (?:pr|issue|repo|run) (?:view|list|diff|status|checks)|ls|pwd|date|whoami|uname|which|command -v"
    r"|wc|head|tree|(?:node|npm|python3?|go|cargo|rustc|java|docker|uv)"
    r" (?:--version|-v|-V|version))(?: [^;&|<>$`]{0,300})?"
)
_NEAR = ("local", "private", "example")
_BASE_URLS = ("ANTHROPIC_BASE_URL", "OPENAI_BASE_URL", "OPENAI_API_BASE", "GEMINI_BASE_URL")
_ALL = re.compile(r"\*|Bash\(\s{0,3}(?:\*|:\*|\*:\*)\s{0,3}\)")
_PINNED = re.compile(r"(?:@[\w./-]{1,100}|[\w./-]{1,100})(?:@|==)\d[\w.+-]{0,40}")
_RAW = re.compile(r"https?://\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b")

_TIDIES = re.compile(
    r"(?:(?:npx|uvx?|uv run|pnpm exec|bunx|poetry run|python3? -m) )?(?:ruff|black|isort|prettier"
    r"|eslint|biome|gofmt|go vet|rustfmt|cargo fmt|shfmt|clang-format|terraform fmt|mypy|tsc|stylelint"
    r"|markdownlint)\b[^;&|`$<>\n]{0,200}"
)
"""Formatters and linters, and nothing after them."""


def hooks(view: View) -> Iterator[Hit]:
    """Find hooks: commands that run by themselves when an agent does something."""
    for file, command in hooks_of(view):
        yield _hook(file.path, _line(file.text, command), command)


def _hook(path: str, line: int, command: str) -> Hit:
    if _reaches(command) or _SECRETS.search(command):
        what = "a hook that runs by itself and fetches, sends, decodes or reads secrets"
        return Hit(path, line, what, fix="remove it", evidence=command, level="error")
    level: Severity | None = "note" if _TIDIES.fullmatch(command.strip()) else None
    return Hit(
        path, line, "a hook runs a command by itself", fix="say so in the description", evidence=command,
        level=level,
    )  # fmt: skip


def dynamic_context(view: View) -> Iterator[Hit]:
    """Find commands that run when the skill is loaded, before anybody reads it."""
    for document, span in view.spans("prose", "item", "cell", "heading"):
        shown = {at for code in _SHOWN.finditer(span.text) for at in range(*code.span())}
        for found in _DYNAMIC.finditer(span.text):
            line = span.line + span.text.count("\n", 0, found.start())
            if not _is_harmless(found[1].strip()):
                context: Context = "quoted" if found.start() in shown else span.context
                yield _loaded(Hit(document.path, line, "", evidence=found[1], context=context))
    for document, span in view.spans("fence"):
        commands = [line.strip() for line in span.text.split("\n") if line.strip()]
        if span.info.startswith("!") and not all(map(_is_harmless, commands)):
            yield _loaded(Hit(document.path, span.line, "", evidence=span.text, context=span.context))


def _loaded(hit: Hit) -> Hit:
    grave = _reaches(hit.evidence) or _SECRETS.search(hit.evidence) is not None
    what = "and fetches, sends, decodes or reads secrets" if grave else "before anybody reads it"
    return Hit(
        hit.path, hit.line, f"a command runs when the skill is loaded, {what}",
        fix="write it as a step that the agent runs", evidence=hit.evidence, context=hit.context,
        level="error" if grave else None,
    )  # fmt: skip


def _is_harmless(command: str) -> bool:
    return _READ_ONLY.fullmatch(command) is not None and not _SECRETS.search(command)


def _reaches(command: str) -> bool:
    """Say whether *command* fetches, sends or decodes; what stays on the machine does not."""
    return _REACHES.search(command) is not None and (not hosts_in(command) or _is_far(command))


def _is_far(text: str) -> bool:
    """Say whether *text* names a host that is not on the machine or its network."""
    return any(host.reach not in _NEAR for host, _ in hosts_in(text))


def settings(view: View) -> Iterator[Hit]:
    """Find settings of an agent that lift its limits or lead it to another server."""
    for file, data in configs_of(view):
        name = file.path.rsplit("/", 1)[-1]
        if not name.startswith("settings"):
            continue
        own = file.path.startswith((".claude/", ".codex/"))
        for key, what in _overrides(data):
            yield Hit(file.path, _line(file.text, key), what, fix="leave settings to the user", evidence=key,
                      level=None if own else "warning")  # fmt: skip


def _overrides(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    permissions = data.get("permissions")
    permissions = permissions if isinstance(permissions, dict) else {}
    env = data.get("env")
    for key in _BASE_URLS:
        if isinstance(env, dict) and _is_far(str(env.get(key, ""))):
            yield key, "settings that send what the agent says to another server"
    if data.get("enableAllProjectMcpServers") is True:
        yield "enableAllProjectMcpServers", "settings that start all servers without asking"
    if "apiKeyHelper" in data:
        yield "apiKeyHelper", "settings that run a command for the key"
    if permissions.get("defaultMode") == "bypassPermissions":
        yield "defaultMode", "settings that ask for no permission at all"
    allowed = permissions.get("allow")
    for tool in allowed if isinstance(allowed, list) else ():
        if isinstance(tool, str) and (_ALL.fullmatch(tool) or tool == "Bash"):
            yield tool, "settings that permit every command"


def servers(view: View) -> Iterator[Hit]:
    """Find MCP servers that a skill brings along."""
    for file, name, server in servers_of(view):
        risk = _risk(server)
        what = f"brings an MCP server{f' {risk}' if risk else ''}"
        yield Hit(file.path, _line(file.text, name), what, fix="pin its version",
                  evidence=name, level=None if risk else "note")  # fmt: skip


def _risk(server: dict[str, Any]) -> str:
    command = str(server.get("command", "")).rsplit("/", 1)[-1]
    given = server.get("args")
    args = [str(one) for one in given] if isinstance(given, list) else []
    if _RAW.match(str(server.get("url", ""))) and _is_far(str(server.get("url", ""))):
        return "at a bare address"
    if command in ("sh", "bash", "zsh", "cmd", "powershell", "pwsh") and any(
        arg.lower() in ("-c", "/c", "-command") for arg in args
    ):
        return "that is a shell command"
    packages = [arg for arg in args if not arg.startswith("-")][:1]
    if command in ("npx", "uvx", "bunx", "pnpx") and not any(map(_PINNED.fullmatch, packages)):
        return "in whatever version is newest"
    return ""


def broad_tools(view: View) -> Iterator[Hit]:
    """Find a skill that permits itself every command."""
    for tool in tools_of(view):
        line = _line(view.main.text if view.main else "", tool)
        if _ALL.fullmatch(tool):
            yield Hit(MAIN, line, "allowed-tools permits every command", evidence=tool, level="warning",
                      fix="name the commands, such as Bash(git diff:*)")  # fmt: skip
        elif tool == "Bash":
            yield Hit(MAIN, line, "allowed-tools permits the whole shell", evidence=tool,
                      fix="name the commands, such as Bash(git diff:*)")  # fmt: skip


def _line(text: str, word: str) -> int:
    """Return the line on which the beginning of *word* stands first."""
    place = text.find(word.split("\n", 1)[0].split('"', 1)[0])
    return text.count("\n", 0, place) + 1 if place >= 0 else 1


_HOOK = "hooks:\n  PostToolUse:\n    - hooks:\n        - type: command\n          command: make format\n"
RULES = (
    Rule(
        id="AC801", name="hook-runs-command", class_="risky", level="warning", check=hooks,
        why="Hooks run without being asked for, each time the agent does something.",
        bad=demo(_HOOK), good=demo("metadata:\n  hooks: none\n"), hazards=("CWE-78",),
    ),
    Rule(
        id="AC802", name="dynamic-context", class_="risky", level="warning", check=dynamic_context,
        why="The command runs before the model sees the text, so nobody decides about it.",
        bad="State: !`make state`\n", good="State: !`git status --short`\n", hazards=("CWE-78",),
    ),
    Rule(
        id="AC803", name="settings-override", class_="malicious", level="error", check=settings,
        why="Such settings lift the limits that the user set, or send what the agent says elsewhere.",
        bad={".claude/settings.json": '{"permissions": {"defaultMode": "bypassPermissions"}}'},
        good={".claude/settings.json": '{"permissions": {"defaultMode": "plan"}}'}, hazards=("CWE-732",),
    ),
    Rule(
        id="AC804", name="mcp-server", class_="risky", level="warning", check=servers,
        why="A server is a program that runs beside the agent and talks to it.",
        bad={".mcp.json": '{"mcpServers": {"a": {"command": "npx", "args": ["-y", "a-server"]}}}'},
        good={"references/mcp.json": '{"mcpServers": {"a": {"command": "npx", "args": ["a-server"]}}}'},
        hazards=("CWE-829",),
    ),
    Rule(
        id="AC805", name="broad-allowed-tools", class_="risky", level="note", check=broad_tools,
        why="What is listed there runs without a question while the skill is loaded.",
        bad=demo("allowed-tools: Bash\n"), good=demo("allowed-tools: Bash(git diff:*) Read\n"),
    ),
)  # fmt: skip
