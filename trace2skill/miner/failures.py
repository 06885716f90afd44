"""Tell a failed call from a successful one, and find the line that says why.

Structured flags of the log count most; without them, only texts that tools print when they fail, and
only where they print them. A result that merely mentions errors, as a file listing may, is no failure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from trace2skill.miner.classes import classify
from trace2skill.miner.denials import DENIES, REFUSES
from trace2skill.miner.refusals import refusal
from trace2skill.records import ToolResult

LOOKED_AT = 20_000
QUOTE_CHARS = 240
MOST_RECORDS = 50
"""Lines of an output that are looked at as records of a log."""
DENIAL_CHARS = 160
"""The longest answer without any flag that is taken for a refusal by its words alone."""
NOT_FOUND = 127
"""The exit code by which shells say that there is no such command (POSIX)."""


class Failure(NamedTuple):
    """What a failed call answered: a class of error and the telling line, verbatim."""

    error: str
    message: str


# What a run of these answers when nothing was found or things differ is no error.
_QUIET = frozenset("grep rg egrep fgrep diff cmp test [ [[ which command type find pgrep".split())

_EXCEPTION = re.compile(
    r"^(?:[A-Za-z_][\w]{0,60}\.){0,6}([A-Z]\w{0,60}(?:Error|Exception|Exit|Warning|Interrupt|Iteration))(?::|$)"
)
_STARTS = re.compile(
    r"^(?:<tool_use_error>)?[\s*!]{0,4}(?:(?:[\w./() -]{1,60}:\s{0,2}){0,4}"
    r"(?:error|fatal|err!|failed|failure|exception|panic|permission denied|cannot|could not|unable to"
    r"|no such file|not found|command not found|invalid|undefined|conflict|no changes added|nothing added"
    r"|! \[rejected\]|please tell me who)\b)",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"^(?:<tool_use_error>)?\s{0,4}(?:error|fatal|exception|traceback|failed|failure|refused|rejected|denied"
    r"|declined|aborted|forbidden|unauthorized|invalid request)\b\s{0,2}[:\[(!-]",
    re.IGNORECASE,
)
# The status line of an answer over HTTP that refuses (RFC 9112, 4), or a status with its phrase (RFC 9110).
_HTTP = re.compile(
    r"(?:HTTP/\d(?:\.\d)?\s|status(?:\scode)?:?\s)[45]\d\d\b"
    r"|[45]\d\d:?\s(?:bad request|unauthorized|payment required|forbidden|not found|method not allowed"
    r"|not acceptable|request timeout|conflict|gone|length required|precondition failed|unprocessable"
    r"|too many|internal server error|not implemented|bad gateway|service unavailable|gateway timeout)",
    re.IGNORECASE,
)
_EXIT_CODE = re.compile(
    r"(?:exit(?:ed)? (?:with )?(?:exit )?(?:code|status)|<returncode>|returncode:?)[: ]{0,2}(-?\d{1,4})\b",
    re.IGNORECASE,
)
_TRACEBACK = "Traceback (most recent call last)"
# The last line of a traceback, whatever its exception is called.
_RAISED = re.compile(r"[A-Za-z_][\w.]{0,120}(?::|$)")
_FENCE = re.compile(r"^```\w{0,20}\n|\n```$")
# A listing with line numbers, which may well hold a traceback.
_QUOTES_CODE = re.compile(r"\s{0,8}\d{1,6}[\t:→|]")
_NOT_FOUND = re.compile(r"(?:command not found|: not found)\s*$")
_TEST_SUMMARY = re.compile(r"^(?:=+ .{0,200}\b\d+ failed|FAILED\b|E {2,8}\S|FAIL:|AssertionError)")
_NOISE_LINE = re.compile(
    r"^(?:Exit code \d+|\[?(?:the )?command (?:completed|finished|exited|failed) with exit code"
    r"|Traceback \(most recent|\[Command finished|```|<returncode>|<output>"
    r"|\s{0,8}File \"|[\s^~|=*_-]*$|During handling|The above"
    # What package managers print before they run a script.
    r"|> \S+@\S+ \S|> \S|npm (?:warn|notice|verb)|\$ \S)",
    re.IGNORECASE,
)
# Calls that were never tried: another call of the same batch failed, or the user stopped them.
_NOT_TRIED = re.compile(
    r"^(?:<tool_use_error>)?(?:Sibling tool call errored|Cancelled|\[Request interrupted"
    r"|The user doesn't want|(?:Command|Operation|Request) (?:was )?aborted|aborted by user)"
)
_TAGS = ("<tool_use_error>", "</tool_use_error>")


def failure_of(result: ToolResult, head: str, *, shell: bool = False) -> Failure | None:
    """Return why a call failed, or ``None`` if it did not (or nothing says that it did).

    What programs print in a *shell* may well speak of what is not so; other tools answer when they refuse.
    """
    text = result.text[:LOOKED_AT]
    if _NOT_TRIED.match(text):
        return None
    code = result.exit_code if result.exit_code is not None else _code_in(result.text)
    if result.is_error or code:
        if not result.is_error and _is_quiet(text, head, code):
            return None
        message = _clean(refusal(text.strip())) or _telling_line(text)
        error = "missing-command" if code == NOT_FOUND else classify(message)
        return Failure(error, message) if message else Failure("failed", "")
    if code == 0:
        return None
    if result.is_error is None and not shell and _is_denial(_body(text)):
        message = _telling_line(_body(text))
        return Failure(classify(message), message)
    return _failure_in_text(text, explicit=result.is_error is False)


def _code_in(text: str) -> int | None:
    """Return the exit code that many shells of agents write into the first or last line."""
    for line in (text.rstrip(" \n\r`")[-120:].rsplit("\n", 1)[-1], text[:120].split("\n", 1)[0]):
        found = _EXIT_CODE.search(line)
        if found:
            return int(found[1])
    return None


def _is_quiet(text: str, head: str, code: int | None) -> bool:
    return code == 1 and head.split(" ")[0] in _QUIET and "rror" not in text


def _failure_in_text(text: str, *, explicit: bool) -> Failure | None:
    """Look for a failure in a result that carries no flag; *explicit* ones claim to have gone well."""
    body = _body(text)
    first = body.split("\n", 1)[0]
    if body.startswith("{"):
        message = _clean(refusal(body))
        return Failure(classify(message), message) if message else None
    if explicit:
        return None
    if _TRACEBACK in body and not _QUOTES_CODE.match(body):
        message = _telling_line(body)
        return Failure(classify(message), message)
    if _HTTP.match(first):
        message = _telling_line(body)
        return Failure(classify(message), message)
    if _WHOLE.match(first) or (len(body) < 400 and (_NOT_FOUND.search(first) or _EXCEPTION.match(first))):
        return Failure(classify(first), _clean(first))
    return None


def _body(text: str) -> str:
    return _FENCE.sub("", text.strip()).strip()


def _is_denial(body: str) -> bool:
    """Say whether a short answer is nothing but a refusal."""
    return (
        body[:1] not in ("{", "[")
        and len(body) <= DENIAL_CHARS
        and "\n" not in body
        and REFUSES.search(body) is not None
    )


def _telling_line(text: str) -> str:
    """Return the line of an error text that names the cause, verbatim."""
    lines = [line for line in text.splitlines() if not _NOISE_LINE.match(line)]
    return _clean(next(_likely(text, lines), ""))


def _likely(text: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield what may be the telling part of *text*, the likeliest first."""
    yield from filter(None, (refusal(line) for line in lines[:MOST_RECORDS] if line.startswith("{")))
    yield from (line for line in reversed(lines) if _EXCEPTION.match(line.strip()))
    raised = [line for line in lines if line[:1].strip()]
    if _TRACEBACK in text and raised and _RAISED.match(raised[-1]):
        yield raised[-1]
    for pattern in (_TEST_SUMMARY, _STARTS):
        yield from (line for line in lines if pattern.match(line.strip()))
    yield from (line for line in lines if _NOT_FOUND.search(line))
    if lines:
        yield max(enumerate(lines), key=_telling)[1]


def _telling(numbered: tuple[int, str]) -> tuple[int, int]:
    """Rank a line of a failed call by how it sounds; of equals the last: programs end with what is wrong."""
    at, line = numbered
    return len(set(DENIES.findall(line[:QUOTE_CHARS].lower()))), at


def _clean(line: str) -> str:
    for tag in _TAGS:
        line = line.replace(tag, "")
    return line.strip()[:QUOTE_CHARS].strip()
