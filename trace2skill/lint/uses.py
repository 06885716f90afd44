"""What a piece of code uses of the machine that it runs on: programs, files, variables, hosts.

An inventory for people, not a judgement: what cannot be read off the text is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from trace2skill.lint.hosts import Host, host_of, hosts_in
from trace2skill.lint.shellprograms import plain, program_of
from trace2skill.lint.shellwords import Stage, inner_of, pipelines

Kind = Literal["host", "command", "read", "write", "variable"]
MAX_CHARS = 200_000
_DEPTH = 3
_OUTSIDE = re.compile(
    r"(?:~|\$\{?HOME\}?|%\w{1,30}%|[A-Za-z]:[\\/]"
    r"|/(?:etc|usr|var|home|Users|tmp|opt|root|proc|sys|dev|mnt|private|Library|Applications|run|srv))(?:[\\/]|$)"
)
_SINKS = re.compile(r"/dev/(?:null|stdin|stdout|stderr|tty|fd\b)")
_PROGRAM = re.compile(r"7z|[a-z](?:[a-z0-9_.+-]{0,62}[a-z0-9_+])?")
_HOST = re.compile(
    r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,9}|[0-9a-f:]{3,39}|[^\x00-\x7f]{1,63}\.\w{1,63}"
)
_NAMESPACES = ("w3.org", "schemas.openxmlformats.org", "schemas.microsoft.com", "purl.org", "schema.org")
"""Whose addresses are names in documents, and nobody fetches them."""
_BUILTINS = frozenset(
    "cd echo printf export set unset local readonly declare typeset return exit shift test [ [[ ]] ] true "
    "false read source . : trap wait break continue pwd let alias umask hash type fi done esac case in for "
    "select function then else elif if while until do time exec pushd popd getopts shopt".split()
)
_FETCHERS = ("curl", "wget")
_BARE_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,9}[a-z]{2,24}(?=[:/]|$)", re.IGNORECASE)
_WRITERS = frozenset("tee mkdir touch rm rmdir chmod chown truncate unlink shred".split())
_MOVERS = frozenset("cp mv ln install rsync".split())
_OUTPUTS = ("-o", "-O", "--output", "--output-document", "--output-dir", "-d")
_FUNCTION = re.compile(
    r"^[ \t]{0,40}(?:function[ \t]{1,9})?([A-Za-z_][\w-]{0,63})[ \t]{0,9}\(\)", re.MULTILINE
)
_PATTERN = re.compile(r"^[ \t]{0,80}\(?[\w*|\"'. -]{1,80}\)(?=[ \t]|$)", re.MULTILINE)
_ARRAY = re.compile(r"\b\w{1,64}\+?=\([^()]{0,4000}\)")
_VARIABLE = re.compile(r"\$\{?([A-Z][A-Z0-9_]{1,63})\b")
_SET = re.compile(
    r"\b([A-Z][A-Z0-9_]{1,63})=|\b(?:for|read(?:[ \t]{1,9}-\w{1,9}){0,4})[ \t]{1,9}([A-Z]\w{1,63})"
)
_KNOWN = frozenset(
    "PATH HOME PWD OLDPWD USER SHELL TMPDIR IFS RANDOM BASH_SOURCE BASH_REMATCH EDITOR LANG HOSTNAME LINENO "
    "SECONDS OPTARG OPTIND UID EUID PIPESTATUS FUNCNAME REPLY ARGUMENTS CLAUDE_SKILL_DIR "
    "CLAUDE_PLUGIN_ROOT CLAUDE_PROJECT_DIR CLAUDE_SESSION_ID".split()
)
_PROCESS_ENV = re.compile(r"\bprocess\.env(?:\.|\[['\"])([A-Za-z_]\w{1,63})")
_SPAWN = re.compile(r"\b(?:exec|spawn|execFile)(?:Sync)?\(\s{0,9}['\"`]([^'\"`\n]{1,2000})")


class Use(NamedTuple):
    """One thing that code uses."""

    kind: Kind
    what: str


def outside(text: str) -> str:
    """Return the place outside of the skill that *text* names; nothing if it names none."""
    place = text.strip().replace("${HOME}", "~").replace("$HOME", "~")
    return "" if not _OUTSIDE.match(place) or _SINKS.match(place) else place[:200]


def uses_of_text(text: str) -> Iterator[Use]:
    """Yield the hosts of all addresses in *text*, but for this machine and those of documentation."""
    for host, _ in hosts_in(text):
        if is_told(host):
            yield Use("host", host.name)


def is_told(host: Host) -> bool:
    """Say whether a host is one that a reviewer wants to know."""
    known = host.reach in ("local", "example") or host.is_under(*_NAMESPACES)
    return not known and _HOST.fullmatch(host.name) is not None


def uses_of_shell(text: str, depth: int = 0) -> Iterator[Use]:
    """Yield what a shell script uses."""
    text = _ARRAY.sub("", text[:MAX_CHARS])
    text = _PATTERN.sub("", text) if "esac" in text else text
    functions = {name.lower() for name in _FUNCTION.findall(text)}
    for pipeline in pipelines(text):
        for stage in pipeline:
            yield from (use for use in _of_stage(stage, depth) if use.what not in functions)
    if not depth:
        given = {first or second for first, second in _SET.findall(text)} | _KNOWN
        yield from (Use("variable", name) for name in _VARIABLE.findall(text) if name not in given)


def uses_of_javascript(text: str) -> Iterator[Use]:
    """Yield the variables that JavaScript reads and the commands that it runs; files are not looked at."""
    text = text[:MAX_CHARS]
    yield from (Use("variable", name) for name in _PROCESS_ENV.findall(text))
    for command in _SPAWN.findall(text):
        yield from uses_of_shell(command, 1)


def _of_stage(stage: Stage, depth: int) -> Iterator[Use]:
    program, rest = program_of(stage.words)
    # The first word of a sentence in an output is no program: those have no capitals.
    if program not in _BUILTINS and _PROGRAM.fullmatch(program) and program in stage.text:
        yield Use("command", program)
    words = [plain(word) for word in rest]
    yield from _files(program, words, stage)
    if program in _FETCHERS:
        yield from (Use("host", host) for host in map(bare_host, words) if host)
    if depth < _DEPTH:
        inner = [text for word in stage.words for text in inner_of(word)]
        if program in ("sh", "bash", "zsh") and "-c" in rest[:-1]:
            inner.append(words[rest.index("-c") + 1])
        for text in inner:
            yield from uses_of_shell(text, depth + 1)


def _files(program: str, words: list[str], stage: Stage) -> Iterator[Use]:
    written = outside(plain(stage.writes))
    if written:
        yield Use("write", written)
    for at, word in enumerate(words):
        place = outside(word.partition("=")[2] if word.startswith("-") else word)
        if place:
            last = at == len(words) - 1
            into = at > 0 and words[at - 1] in _OUTPUTS and program != "base64"
            writes = program in _WRITERS or (program in _MOVERS and last) or into
            yield Use("write" if writes else "read", place)


def bare_host(word: str) -> str:
    """Return the host that *word* begins with, where it has no scheme and is no file's name."""
    found = _BARE_HOST.match(word)
    host = host_of(f"http://{found[0]}") if found and "/" in word else None
    return host.name if host is not None and is_told(host) else ""
