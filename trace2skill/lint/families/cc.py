"""CC: what Claude Code, or claude.ai when a skill is uploaded, makes of a skill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.examples import demo
from trace2skill.lint.fields import is_readable, on_field
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import MAIN, View

LISTED_CHARS = 1536
UPLOAD_BYTES = 30_000_000
_TARGETS = ("claude-code",)
_EFFORTS = ("low", "medium", "high", "xhigh", "max")
_VALUES = {"effort": _EFFORTS, "context": ("fork",), "shell": ("bash", "powershell")}
_MODEL = re.compile(
    r"(?:inherit|default|sonnet|opus|haiku|opusplan|best|fable)(?:\[1m\])?"
    r"|(?:[\w.:-]{1,60}/){0,3}[\w.:@-]{0,40}(?:claude|anthropic)[\w.:@\[\]-]{0,80}|arn:aws:[\w:/.-]{1,200}",
    re.IGNORECASE,
)
_FLAGS = ("disable-model-invocation", "user-invocable", "background")
_BOOLEANS = ("true", "false", "yes", "no", "on", "off", "1", "0")
_EVENTS = frozenset(
    "PreToolUse PostToolUse PostToolUseFailure PostToolBatch PermissionRequest PermissionDenied Stop "
    "StopFailure SubagentStart SubagentStop SessionStart SessionEnd Setup UserPromptSubmit "
    "UserPromptExpansion PreCompact PostCompact Notification TeammateIdle TaskCreated TaskCompleted "
    "ConfigChange CwdChanged FileChanged InstructionsLoaded WorktreeCreate WorktreeRemove Elicitation "
    "ElicitationResult".split()
)
_KINDS = {"command": "command", "http": "url", "prompt": "prompt", "agent": "prompt", "mcp_tool": "tool"}
_GLUED = re.compile(r"[A-Za-z0-9=(\[\"':]!`([^`\n]{2,400})`")
_COMMAND = re.compile(r"(?:git|gh|ls|cat|npm|pwd|date|find|grep|head|which|echo|python3?|node|make)\b")
_ARGUMENT = re.compile(r"(?<!\\)\$ARGUMENTS\[\d{1,2}\]")
_RESERVED = re.compile(r"(?:^|-)(?:claude|anthropic)(?:-|$)")
_TAG = re.compile(r"</?[A-Za-z][\w-]{0,40}(?: [^<>]{0,200})?/?>")


def bad_values(view: View) -> Iterator[Hit]:
    """Find values of fields that Claude Code does not know."""
    for field, known in _VALUES.items():
        value = view.front.get(field)
        # Effort may also be a number, and what depends on arguments is not known before.
        if isinstance(value, str) and value.lower() not in known and "$" not in value:
            fix = f"one of {', '.join(known)}"
            yield on_field(view, field, f"{field} is none that Claude Code knows", fix)
        elif value is not None and not isinstance(value, str | int):
            yield on_field(view, field, f"{field} is not a text", f"one of {', '.join(known)}")
    model = view.front.get("model")
    if model is not None and not (isinstance(model, str) and _MODEL.fullmatch(model.strip())):
        fix = "an alias such as sonnet, the id of a Claude model, or inherit"
        yield on_field(view, "model", "model is none that Claude Code knows", fix)
    agent = view.front.get("agent")
    if agent is not None and not (isinstance(agent, str) and re.fullmatch(r"[\w:.@/ -]{1,100}", agent)):
        yield on_field(view, "agent", "agent is not a name", "the name of a subagent, such as Explore")


def agent_without_fork(view: View) -> Iterator[Hit]:
    """Find a subagent that is never started."""
    if view.front.get("agent") and view.front.get("context") != "fork":
        yield on_field(view, "agent", "agent has no effect without context: fork", "add context: fork")


def flags(view: View) -> Iterator[Hit]:
    """Find flags that are neither true nor false."""
    for field in _FLAGS:
        value = view.front.get(field)
        if value is not None and str(value).strip().lower() not in _BOOLEANS:
            yield on_field(view, field, f"{field} is neither true nor false", f"write {field}: true")


def hook_form(view: View) -> Iterator[Hit]:
    """Find hooks of another form than Claude Code reads."""
    if not is_readable(view) or "hooks" not in view.front:
        return
    for what, fix in _wrong_hooks(view.front["hooks"]):
        yield on_field(view, "hooks", what, fix)


def _wrong_hooks(hooks: object) -> Iterator[tuple[str, str]]:
    if not isinstance(hooks, dict):
        yield "hooks is not a mapping of events", "write the name of an event, such as PreToolUse:, below it"
        return
    for event, matchers in hooks.items():
        if event not in _EVENTS:
            yield f"there is no event {str(event)[:60]}", "such as PreToolUse, PostToolUse or Stop"
        if not isinstance(matchers, list):
            yield f"{str(event)[:60]} is not a list", "write - matcher: … and hooks: below it"
            continue
        for matcher in matchers:
            inner = matcher.get("hooks") if isinstance(matcher, dict) else None
            if not isinstance(inner, list):
                yield f"an entry of {str(event)[:60]} has no list of hooks", "write hooks: below the matcher"
                continue
            for hook in inner:
                kind = str(hook.get("type", "")) if isinstance(hook, dict) else ""
                if kind not in _KINDS:
                    yield "a hook without a type that is known", f"type: {', '.join(_KINDS)}"
                elif not hook.get(_KINDS[kind]):
                    yield f"a hook of the type {kind} without {_KINDS[kind]}", f"add {_KINDS[kind]}: …"


def paths_form(view: View) -> Iterator[Hit]:
    """Find paths that are no globs."""
    value = view.front.get("paths")
    globs = value.split(",") if isinstance(value, str) else value
    if globs is None:
        return
    if not isinstance(globs, list) or not all(isinstance(one, str) and one.strip() for one in globs):
        yield on_field(view, "paths", "paths is no list of globs", "such as src/**/*.ts, docs/*.md")
        return
    for glob in globs:
        plain = glob.strip()
        if plain.startswith(("/", "~", "..")) or "\\" in plain:
            fix = "write it from the root of the project, with /"
            yield on_field(view, "paths", f"the glob {plain[:80]} matches nothing in a project", fix)


def long_listing(view: View) -> Iterator[Hit]:
    """Find a description that is cut in the list of skills."""
    more = view.front.get("when_to_use")
    size = len(view.description) + (len(more) if isinstance(more, str) else 0)
    if isinstance(more, str) and size > LISTED_CHARS:
        what = f"description and when_to_use have {size} characters; {LISTED_CHARS} are listed"
        yield on_field(view, "when_to_use", what, "put what matters most first, and shorten the rest")


def glued_commands(view: View) -> Iterator[Hit]:
    """Find commands for the loading of a skill that do not run, as text stands right before them."""
    for document, span in view.spans("prose", "item", "cell"):
        found = _GLUED.search(span.text)
        if found is not None and document.path == MAIN and _COMMAND.match(found[1].strip()):
            yield Hit(MAIN, span.line + span.text.count("\n", 0, found.start()),
                      "the command does not run: text stands right before the !",
                      fix="put a space before the !", evidence=found[0])  # fmt: skip


def argument_hint(view: View) -> Iterator[Hit]:
    """Find arguments that nobody is told about."""
    main = view.main
    named = {"argument-hint", "arguments"} & set(view.front)
    found = _ARGUMENT.search(main.text) if main is not None and not named and is_readable(view) else None
    if main is not None and found is not None:
        line = main.text.count("\n", 0, found.start()) + 1
        yield Hit(MAIN, line, f"{found[0]} is used, and no argument-hint says what it is",
                  fix="add argument-hint: [file] [format]", evidence=found[0])  # fmt: skip


def reserved_name(view: View) -> Iterator[Hit]:
    """Find a name that claude.ai keeps for its own skills."""
    name = view.front.get("name")
    found = _RESERVED.search(name) if isinstance(name, str) and is_readable(view) else None
    if found is not None:
        yield on_field(
            view, "name", f"uploads refuse names with {found[0].strip('-')}", "choose another name"
        )


def upload_limits(view: View) -> Iterator[Hit]:
    """Find what claude.ai and its API refuse when a skill is uploaded."""
    for field in ("name", "description"):
        value = view.front.get(field)
        found = _TAG.search(value) if isinstance(value, str) else None
        if found is not None:
            what = f"uploads refuse tags such as {found[0][:60]} in the {field}"
            yield on_field(view, field, what, "write it without angle brackets")
    size = sum(file.size for file in view.files)
    if size > UPLOAD_BYTES:
        what = f"{size} bytes; uploads of more than {UPLOAD_BYTES} are refused"
        yield Hit(MAIN, 1, what, fix="leave out what can be fetched or made")


RULES = (
    Rule(
        id="CC102", name="claude-code-value", class_="spec", level="warning", check=bad_values,
        targets=_TARGETS,
        why="A value that is not known is passed over, and the default holds.",
        bad=demo("effort: hard\n"), good=demo("effort: high\nmodel: sonnet\nshell: bash\n"),
    ),
    Rule(
        id="CC103", name="agent-without-fork", class_="spec", level="warning", check=agent_without_fork,
        targets=_TARGETS,
        why="The skill then runs in the conversation, and not where it was meant to.",
        bad=demo("agent: Explore\n"), good=demo("agent: Explore\ncontext: fork\n"),
    ),
    Rule(
        id="CC104", name="flag-value", class_="spec", level="warning", check=flags, targets=_TARGETS,
        why="A flag that cannot be read does not guard anything.",
        bad=demo("disable-model-invocation: never\n"), good=demo("disable-model-invocation: yes\n"),
    ),
    Rule(
        id="CC105", name="hook-form", class_="spec", level="warning", check=hook_form, targets=_TARGETS,
        why="Hooks of another form do not run, and nobody is told.",
        bad=demo("hooks:\n  BeforeTool:\n    - hooks: [{type: command, command: ruff check .}]\n"),
        good=demo("hooks:\n  PostToolUse:\n    - hooks: [{type: command, command: ruff check .}]\n"),
    ),
    Rule(
        id="CC106", name="paths-form", class_="spec", level="warning", check=paths_form, targets=_TARGETS,
        why="Globs that match nothing keep the skill from ever being loaded.",
        bad=demo("paths: /home/*.py\n"), good=demo("paths: 'src/**/*.ts, docs/*.md'\n"),
    ),
    Rule(
        id="CC107", name="long-listing", class_="spec", level="warning", check=long_listing,
        targets=_TARGETS,
        why="What is cut off helps nobody to find the skill.",
        bad=demo(f"when_to_use: {'on errors ' * 160}\n"),
        good=demo(f"when_to_use: {'on errors ' * 150}\n"),
    ),
    Rule(
        id="CC108", name="glued-command", class_="spec", level="warning", check=glued_commands,
        targets=_TARGETS,
        why="The model gets the text of the command instead of what it prints.",
        bad="Branch:!`git branch --show-current`\n", good="Branch: !`git branch --show-current`\n",
    ),
    Rule(
        id="CC109", name="argument-hint", class_="quality", level="note", check=argument_hint,
        targets=_TARGETS,
        why="Users see the hint when they type the name of the skill, and else have to guess.",
        bad="Open $ARGUMENTS[0].\n", good=demo("argument-hint: file\n", "Open $ARGUMENTS[0].\n"),
    ),
    Rule(
        id="CC111", name="reserved-name", class_="spec", level="note", check=reserved_name,
        targets=_TARGETS,
        why="claude.ai and its API keep these names for their own skills.",
        bad={MAIN: "---\nname: claude-helper\ndescription: d\n---\n\nRun it.\n"},
        good={MAIN: "---\nname: claudette\ndescription: Asks Claude.\n---\n\nRun it.\n"},
    ),
    Rule(
        id="CC112", name="upload-limits", class_="spec", level="note", check=upload_limits,
        targets=_TARGETS,
        why="The skill works in Claude Code, but cannot be uploaded to claude.ai.",
        bad={MAIN: "---\nname: demo\ndescription: Use <b>now</b>\n---\n\nRun it.\n"},
        good={MAIN: "---\nname: demo\ndescription: Use when a < b -> c.\n---\n\nRun it.\n"},
    ),
)  # fmt: skip
