"""Secrets that reach the network in JavaScript: names that hold one, followed from line to call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from trace2skill.lint.troves import PATHS, SETTINGS, Kind, Source, is_secret_name

MAX_CHARS = 200_000
MOST_CALLS = 3_000
_SPAN = 1_500
"""So long is a call at most."""
_CALL = re.compile(
    r"\b(fetch|axios(?:\.\w{1,10})?|got(?:\.\w{1,10})?|https?\.(?:request|get)|request(?:\.\w{1,6})?"
    r"|needle\.\w{1,6}"
    r"|superagent\.\w{1,6}|\$\.(?:post|ajax)|([A-Za-z_$][\w$]{0,40})\.(?:send|write|end|emit)"
    r"|navigator\.sendBeacon|transporter\.sendMail|dns\.(?:resolve|lookup)\w{0,8})\([^)]"
)
_CLIENT = re.compile(
    r"\b([A-Za-z_$][\w$]{0,40})\s{0,3}=\s{0,3}(?:await )?(?:https?\.request|net\.(?:connect"
    r"|createConnection)|tls\.connect"
    r"|new WebSocket|dgram\.createSocket|io|new net\.Socket)\("
)
_CALLED = re.compile(r"(?<![\w$.])(?<!function )([A-Za-z_$][\w$]{0,60})\(")
_BRACKET = re.compile(r"[()\[\]{}]")
_ADDRESS = re.compile(r"\.(?:src|href)\s{0,3}=\s{0,3}([\"'`]https?://[^;\n]{1,600})")
_EACH = re.compile(
    r"\b(?:const|let|var)\s{1,4}([A-Za-z_$][\w$]{0,60})\s{1,4}of\s{1,4}([A-Za-z_$][\w$]{0,60})"
)
_CLIENTS = frozenset(("ws", "socket", "client", "req", "sock"))
_SOURCES: dict[Kind, re.Pattern[str]] = {
    "environment": re.compile(
        r"JSON\.stringify\(\s{0,4}process\.env\s{0,4}[,)]|\.\.\.process\.env\b"
        r"|Object\.(?:entries|assign|fromEntries|values)\([^)\n]{0,20}process\.env\b"
        r"|=\s{0,3}process\.env\s{0,3}(?:;|$)"
        r"|^\s{0,3}process\.env\s{0,3}$|\(\s{0,4}process\.env\s{0,4}[,)]"
        r"|[\w\"']\s{0,2}:\s{0,2}process\.env\s{0,4}[,}]",
        re.MULTILINE,
    ),
    "clipboard": re.compile(r"\bclipboard(?:y)?\.(?:readText|readSync|read)\("),
    "keychain": re.compile(r"\bkeytar\.(?:getPassword|findCredentials)\("),
}
_READ = re.compile(r"\b(?:readFile|readFileSync|createReadStream|readdirSync|readdir)\(([^;\n]{1,300})")
_NAMED = re.compile(r"\bprocess\.env(?:\.([A-Z][A-Z0-9_]{1,60})|\[[\"']([A-Z][A-Z0-9_]{1,60})[\"']\])")
_BOUND = re.compile(
    r"(?:\b(?:const|let|var)\s{1,4})?(?<![\w.=!<>])([A-Za-z_$][\w$]{0,60})\s{0,3}(?::\s{0,2}\w{1,30}\s{0,2})?="
    r"(?![=>])([^;\n]{1,600})"
)
_FUNCTION = re.compile(
    r"(?:\bfunction\s{1,4}([A-Za-z_$][\w$]{0,60})\s{0,4}|\b(?:const|let"
    r"|var)\s{1,4}([A-Za-z_$][\w$]{0,60})\s{0,3}=\s{0,3}"
    r"(?:async\s{0,4})?)\(([^()]{0,200})\)\s{0,4}(?:=>\s{0,4})?\{"
)
_BODY = 4_000
"""So much of a function is looked at."""
_MOST_FUNCTIONS = 200
_HEADERS = re.compile(
    r"\bheaders\s{0,3}:\s{0,3}\{(?:[^{}]|\$\{[^{}]{0,200}\}){0,600}\}"
    r"|\bheaders(?:\s{0,3}:\s{0,3}[\w.]{1,60})?\s{0,3}(?=[,}])"
)
_OPAQUE = re.compile(
    r"\bnew |\bawait |(?<![\w$])(?!(?:String|JSON\.stringify|Buffer\.from|encodeURIComponent|btoa"
    r"|Object\.\w{1,12})\()"
    r"[\w$.]{1,60}\("
)
"""What makes something else of a variable: a client that got a key holds none."""
_NAME = re.compile(r"(?:(?<=\.\.\.)|(?<![\w$.]))[A-Za-z_$][\w$]{0,60}(?![\w$:])")


class Passed(NamedTuple):
    """A secret that a call sends; lines count from 1."""

    source: Source
    line: int
    call: str
    text: str
    header: bool


def passed_in(script: str) -> Iterator[Passed]:
    """Yield the calls of a JavaScript *script* by which a secret leaves."""
    script = script[:MAX_CHARS].replace("this.", "this_")
    held: dict[str, Source] = {}
    sinks: dict[str, str] = {}
    for function in islice(_FUNCTION.finditer(script), _MOST_FUNCTIONS):
        _learn(function, _arguments(script, function.end() - 1, _BODY), held, sinks)
    for _ in range(2):  # a name may be used above the line that fills it, as in a function
        _fill(script, held)
    clients = _CLIENTS | {found[1] for found in _CLIENT.finditer(script)}
    for line, found in _placed(_CALL, script):
        if found[2] and found[2] not in clients:
            continue
        text = _arguments(script, found.end() - 2)
        source = _origin(text, line, held)
        if source is not None:
            inside = _origin(_HEADERS.sub(" ", text), line, held)
            yield Passed(inside or source, line, found[1], text, inside is None)
    for line, found in _placed(_ADDRESS, script):
        source = _origin(found[1], line, held)
        if source is not None:
            yield Passed(source, line, "an address", found[1], header=False)
    for line, found in _placed(_CALLED, script) if sinks else ():
        text = _arguments(script, found.end() - 1) if found[1] in sinks else ""
        source = _origin(text, line, held) if text else None
        if source is not None:
            yield Passed(source, line, found[1], f"{text} {sinks[found[1]]}", header=False)


def _fill(script: str, held: dict[str, Source]) -> None:
    """Note the names that are bound to secrets."""
    for line, found in _placed(_BOUND, script):
        origin = None if _CALL.search(found[2]) else _origin(found[2], line, held)
        if origin is not None and (origin.kind != "variable" or not _OPAQUE.search(found[2])):
            held.setdefault(found[1], origin)
    for _, found in _placed(_EACH, script):
        if found[2] in held:
            held.setdefault(found[1], held[found[2]])


def _placed(pattern: re.Pattern[str], script: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the first matches with their lines."""
    line, at = 1, 0
    for found in islice(pattern.finditer(script), MOST_CALLS):
        line, at = line + script.count("\n", at, found.start()), found.start()
        yield line, found


def _learn(function: re.Match[str], body: str, held: dict[str, Source], sinks: dict[str, str]) -> None:
    """Note whether a function returns a secret, or sends what it is given."""
    name = function[1] or function[2]
    line = function.string.count("\n", 0, function.start()) + 1
    reads = _READ.search(body) is not None and PATHS.search(body) is not None
    if "return" in body and reads:
        held.setdefault(name, Source("file", line))
    given = set(_NAME.findall(function[3]))
    for call in _CALL.finditer(body):
        text = _arguments(body, call.end() - 2)
        if given & set(_NAME.findall(_HEADERS.sub(" ", text))):
            sinks.setdefault(name, text)


def reads_in(script: str) -> Iterator[int]:
    """Yield the lines where files of credentials are read."""
    line, at = 1, 0
    for found in _READ.finditer(script[:MAX_CHARS]):
        line, at = line + script.count("\n", at, found.start()), found.start()
        if PATHS.search(found[1]):
            yield line


def _arguments(script: str, opened: int, span: int = _SPAN) -> str:
    """Return what stands between the bracket at *opened* and the one that closes it."""
    depth = 0
    for found in _BRACKET.finditer(script, opened, opened + span):
        depth += 1 if found[0] in "([{" else -1
        if not depth:
            return script[opened : found.end()]
    return script[opened : opened + span]


def _origin(text: str, line: int, held: dict[str, Source]) -> Source | None:
    """Return the secret that an expression holds, the worst of them first."""
    for kind, pattern in _SOURCES.items():
        if pattern.search(text):
            return Source(kind, line)
    read = _READ.search(text)
    if read is not None and (PATHS.search(read[1]) or SETTINGS.search(read[1])):
        return Source("file", line)
    if PATHS.search(text) and "http" not in text:
        return Source("path", line)
    used = [held[name[0]] for name in _NAME.finditer(text) if name[0] in held]
    worst = next((one for one in used if one.kind not in ("variable", "path")), None)
    if worst is not None:
        return worst
    path = next((one for one in used if one.kind == "path"), None)
    if path is not None:
        return path._replace(kind="file") if read is not None else path
    named = next((one for one in _NAMED.finditer(text) if is_secret_name(one[1] or one[2])), None)
    return Source("variable", line, named[1] or named[2]) if named else next(iter(used), None)
