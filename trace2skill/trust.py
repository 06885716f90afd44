"""Whom a text in a trajectory comes from, and whether it may support a lesson by itself.

What the agent called, what the user said and what the environment answered are trusted. What others
wrote is not: pages, mails, files, and whatever comes through an MCP server. A text that others wrote and
that plants an instruction is tainted, and so is what an agent copied from it: that supports nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from trace2skill import injection, shell
from trace2skill.quotes import field_texts
from trace2skill.records import Evidence, Lesson, Record, Step, ToolCall, ToolResult, Trajectory

Source = Literal["user", "agent", "environment", "harness", "error", "web", "message", "mcp", "file"]
UNTRUSTED: frozenset[Source] = frozenset(("harness", "web", "message", "mcp", "file"))
Trust = Literal["trusted", "untrusted", "tainted"]
UNTRUE, PLANTED = "none of its quotes is there", "it comes from instructions that were planted in a log"
"""Why a lesson falls."""
ECHO_CHARS = 20
"""From so many characters on, words of an agent that others wrote before count as theirs."""
STEERED_CHARS = 8
"""The same, where what they wrote plants instructions."""

_TOOLS: tuple[tuple[Source, re.Pattern[str]], ...] = (
    ("mcp", re.compile(r"mcp(?:__|_|:|\.|-)|.{1,60}__mcp")),
    (
        "message",
        re.compile(
            r"(?:get|read|list|search|fetch|view|show|open|check)_?(?:\w{1,30}_)?"
            r"(?:e?mails?|messages?|inbox|comments?|reviews?|posts?|issues?|threads?|notes?)\b"
        ),
    ),
    (
        "web",
        re.compile(
            r"(?:web|browse|browser|navigate|scrape|crawl|wikipedia|google|bing|duckduckgo|tavily|http)"
            r"|(?:fetch|goto|visit|open_?url|get_?url|read_?url|get_?web|visit_?web|page_?down|page_?up"
            r"|find_on_page|search_?web|internet)"
            r"|(?:click|fill|hover|press|select_option|tab_focus|go_back|go_forward)$"
        ),
    ),
    (
        "file",
        re.compile(
            r"(?:read|cat|view|open|grep|rg|search|notebook_?read|head|tail|codesearch|scroll_?(?:up|down)"
            r"|read_?many_?files|ripgrep)$"
            r"|(?:read|view|open|get|show|search|grep|find_in|inspect)_?(?:\w{1,20}_)?"
            r"(?:files?|file_contents?|documents?|docs?|text|notebook|dir|code|codebase|search)\b"
            r"|(?:codebase|file|grep|code|semantic|doc)_?search"
        ),
    ),
)
# Tools that do several things, one of which is to show a file.
_EDITORS = re.compile(r"str_replace_editor|str_replace_based_edit_tool|text_editor|file_editor")
_PATTERN_FIRST = frozenset("grep egrep fgrep rg ag ack sed awk gawk jq yq".split())
_READERS = (
    frozenset("cat bat head tail less more nl tac strings xxd od base64 pdftotext open view goto".split())
    | _PATTERN_FIRST
)
_FETCHERS = frozenset("curl wget http https lynx w3m links xh".split())
_REMOTE = frozenset(("gh issue", "gh pr", "gh api", "gh search", "gh release", "gh gist"))
_HISTORY = frozenset(("git log", "git show", "git diff", "git blame", "git grep"))
_SETS_SCENE = frozenset("cd export source . set true : pwd clear sleep echo".split())
_LOCAL = re.compile(r"(?:https?://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?:[:/]|$)")
_CODE_FETCHES = re.compile(r"\b(?:requests\.|urlopen|httpx|urllib|aiohttp|selenium|playwright)")
_CODE_READS = re.compile(r"\.read\(|read_text|readlines|open\([^)\n]{0,200}\)")
_COMPLAINT = re.compile(r"\s{0,4}(?:[\w./-]{0,40}sh: (?:(?:line )?\d{1,6}: )?)?(?P<program>[\w.-]{1,40}): \S")
_COMPLAINT_CHARS = 400
_CODE_KEYS = ("code", "script", "python", "source")


class Dropped(Record, frozen=True, omit_defaults=False):
    """A lesson that the logs do not bear out: its id or its words, and why it fell."""

    lesson: str
    reason: str


def source_of_result(step: Step, result: ToolResult) -> Source:
    """Return whom the answer of a tool comes from, by the tool's name or the command that was run.

    An error is the tool's own word, if nothing beside what failed could have printed it. What is not
    known to show the words of others is an answer of the environment.
    """
    call = _call_of(step, result)
    if call is None:
        return "harness" if step.source == "user" else "environment"
    source = source_of_call(call)
    if source in UNTRUSTED and _is_error(result, call) and not _mixed(call):
        return "error"
    return source


def source_of_call(call: ToolCall) -> Source:
    """Return whom the answer to *call* will come from."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", call.name[:100]).lower()
    for source, pattern in _TOOLS:
        if pattern.match(name):
            return source
    if _EDITORS.match(name.removeprefix("functions.")):
        return "file" if str(call.arguments.get("command", "view")) == "view" else "environment"
    command = shell.command_of(call)
    if command:
        return next(iter(_sources_of_command(command)), "environment")
    return _source_of_code(call.arguments)


def source_of(evidence: Evidence, trajectory: Trajectory) -> Source:
    """Return whom a quote comes from; of several places, the one that is trusted least."""
    step = trajectory.steps[evidence.step]
    if evidence.field == "result":
        found = [source_of_result(step, result) for result in step.results if evidence.quote in result.text]
        return next((source for source in found if source in UNTRUSTED), found[0] if found else "environment")
    if evidence.field == "text" and step.source != "agent":
        own = step.source == "system" or not {"injected", "synthetic"} & set(step.flags)
        return "user" if own else "harness"
    return "agent"


def steered_from(trajectory: Trajectory) -> int:
    """Return the place of the first step whose results plant instructions: what comes later may obey them."""
    for place, step in enumerate(trajectory.steps):
        if any(injection.find(result.text) for result in step.results):
            return place
    return len(trajectory.steps)


class Judge:
    """Says whether quotes from a trajectory may support a lesson: alone, beside others, or not at all."""

    def __init__(self, trajectory: Trajectory) -> None:
        self._trajectory = trajectory
        self._steered = steered_from(trajectory)

    def trust(self, evidence: Evidence) -> Trust:
        """Return the trust in *evidence*, which must stand in the trajectory.

        Words of an agent that others wrote before are theirs. Of what a run does once it has read
        planted instructions, only what its user says is trusted.
        """
        source = source_of(evidence, self._trajectory)
        for text, _ in field_texts(self._trajectory.steps[evidence.step], evidence.field):
            if evidence.quote in text and _is_tainted(evidence.quote, text, whole=source in UNTRUSTED):
                return "tainted"
        if source == "agent" and len(evidence.quote) >= STEERED_CHARS:
            echo = self._trust_in_echo(evidence)
            if echo != "trusted":
                return echo
        steered = evidence.step > self._steered and source != "user"
        return "untrusted" if source in UNTRUSTED or steered else "trusted"

    def _trust_in_echo(self, evidence: Evidence) -> Trust:
        """Return the trust in what an agent says that may stand in what it read before."""
        trust: Trust = "trusted"
        for step in self._trajectory.steps[: evidence.step]:
            for result in step.results:
                if evidence.quote in result.text and source_of_result(step, result) in UNTRUSTED:
                    if injection.find(result.text):
                        return "tainted"
                    trust = "untrusted" if len(evidence.quote) >= ECHO_CHARS else trust
        return trust


class Weighed(NamedTuple):
    """What is left of the quotes of one lesson, and whether only others say it."""

    quotes: tuple[Evidence, ...]
    untrusted: bool
    steered: bool
    """Whether a run was left out because one of its quotes is tainted."""


def weigh(trusts: Mapping[Evidence, Trust]) -> Weighed:
    """Return the quotes of a lesson without those of runs that planted instructions may have steered.

    What a run says for a lesson falls as a whole where one of its quotes is tainted.
    """
    steered = {quote.trajectory for quote, trust in trusts.items() if trust == "tainted"}
    quotes = tuple(quote for quote in trusts if quote.trajectory not in steered)
    return Weighed(quotes, all(trusts[quote] != "trusted" for quote in quotes), bool(steered))


def plants(lesson: Lesson) -> bool:
    """Say whether *lesson* says what planted instructions say, wherever it has that from."""
    return bool(injection.find(f"{lesson.when}\n\n{lesson.do}\n\n{lesson.why}"))


def _is_tainted(quote: str, text: str, *, whole: bool) -> bool:
    """Say whether *quote* lies in a planted instruction of *text*, or in a *whole* text that has one."""
    hits = injection.find(text)
    if not hits or whole:
        return bool(hits)
    at = text.find(quote)
    while at >= 0:
        if not any(hit.start < at + len(quote) and at < hit.end for hit in hits):
            return False
        at = text.find(quote, at + 1)
    return True


def _call_of(step: Step, result: ToolResult) -> ToolCall | None:
    named = next((call for call in step.calls if call.id == result.call_id), None)
    if named is not None or not step.calls:
        return named
    # Without an id, answers stand in the order of their calls.
    return step.calls[min(step.results.index(result), len(step.calls) - 1)]


def _sources_of_command(line: str) -> Iterator[Source]:
    """Yield the sources whose words a command line prints, if it prints those of others."""
    first = True
    for command in shell.split(line):
        source = _source_of_command(command, first=first)
        if source is not None:
            yield source
        first = first and command.head in _SETS_SCENE


def _source_of_command(command: shell.Command, *, first: bool) -> Source | None:
    program = command.head.partition(" ")[0]
    words = [word for word in command.words[1:] if not word.startswith("-")]
    if program in _FETCHERS:
        hosts = [word.strip("'\"") for word in words if "/" in word or "." in word or ":" in word]
        return None if hosts and all(map(_LOCAL.match, hosts)) else "web"
    if " ".join(command.words[:2]) in _REMOTE or command.head in _REMOTE:
        return "message"
    if command.head in _HISTORY:
        return "file"
    if program not in _READERS or any(word.startswith(">") for word in command.words):
        return None
    files = len(words) - (program in _PATTERN_FIRST)
    options = "".join(word for word in command.words if word.startswith("-")).lower()
    recursive = program in _PATTERN_FIRST and "r" in options
    # Behind a pipe, without a file, it passes on what another printed.
    return "file" if files > 0 or (first and (recursive or program in ("rg", "ag", "ack"))) else None


def _is_error(result: ToolResult, call: ToolCall) -> bool:
    """Say whether *result* is an error by its log, or by the name of the program that it begins with."""
    if result.is_error or result.exit_code or result.text.startswith("<tool_use_error>"):
        return True
    if result.is_error is False or len(result.text) > _COMPLAINT_CHARS:
        return False
    programs = {command.head.partition(" ")[0] for command in shell.split(shell.command_of(call))}
    complaint = _COMPLAINT.match(result.text)
    return complaint is not None and complaint["program"] in programs - _SETS_SCENE


def _mixed(call: ToolCall) -> bool:
    """Say whether a call did more than one thing, so that its answer may hold more than the error."""
    command = shell.command_of(call)
    return bool(command) and sum(one.head not in _SETS_SCENE for one in shell.split(command)) > 1


def _source_of_code(arguments: dict[str, Any]) -> Source:
    for key in _CODE_KEYS:
        code = arguments.get(key)
        if isinstance(code, str):
            if _CODE_FETCHES.search(code):
                return "web"
            if _CODE_READS.search(code):
                return "file"
    return "environment"
