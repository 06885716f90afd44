"""Secrets that reach the network in shell: by pipes, substitutions, variables and files in between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from trace2skill.lint.leaks import PATHS

_STATEMENT = re.compile(r"(?:&&|\|\||;|\n)")
_NETWORK = re.compile(
    r"(?:^|[|;&(`]|\$\()[ \t]{0,8}(?:sudo |command |exec |nohup ){0,2}"
    r"(curl|wget|nc|ncat|netcat|socat|scp|rsync|sftp|ftp|mail|mailx|sendmail|mutt|http|https|xh)[ \t]"
)
_READ = re.compile(
    r"\b(?:cat|base64|gzip|xxd|head|tail|grep|sed|awk|tar|zip|cp|openssl|jq|strings|dd|scp|rsync|sftp)\b"
    r"|<|@|-T |--upload-file "
)
_DUMP = re.compile(
    r"(?:^|[|;&(`]|\$\()[ \t]{0,8}(?:env|printenv|export -p|set|history)[ \t]{0,8}"
    r"(?:$|[|>)`])"
)
_ASKED = re.compile(
    r"\bsecurity find-(?:generic|internet)-password\b|\bsecurity dump-keychain\b|\bpbpaste\b"
    r"|\bxclip\b[^|;\n]{0,40} -o\b|\bwl-paste\b|\bsecret-tool lookup\b"
)
_IDENTITY = re.compile(r"(?:^|(?<=\s))(?:-i|--cert|--key|--cacert|-E|--netrc-file|-K)[ =]{1,2}[^\s]{1,300}")
_HEADER = re.compile(
    r"(?:^|(?<=\s))(?:-H|--header|-u|--user)[ =]{1,2}"
    r"(?:\"[^\"\n]{0,600}\"|'[^'\n]{0,600}'|[^\s]{1,300})"
)
_ASSIGNED = re.compile(r"^[ \t]{0,40}(?:export |local |readonly |declare )?([A-Za-z_]\w{0,63})\+?=")
_WRITTEN = re.compile(
    r"(?:>{1,2}[ \t]{0,4}|\btar[ \t]{1,4}-?\w{1,9}f[ \t]{1,4}|\bzip[ \t](?:-\w{1,8}[ \t])?|\btee[ \t]{1,4})"
    r"([\w./~$-]{2,120})"
)
_COPIED = re.compile(r"^[ \t]{0,40}(?:cp|mv)[ \t][^\n]{1,300}[ \t]([\w./~$-]{2,120})[ \t]{0,9}$")


class Sent(NamedTuple):
    """A secret that a command line sends."""

    line: int
    """From 1 in the script."""
    text: str
    what: str
    origin: int
    """The line where the secret is read."""
    program: str
    header: bool
    """Whether only a header holds it."""


def sent_by(script: str) -> Iterator[Sent]:
    """Yield the command lines of a shell *script* by which a secret leaves."""
    held: dict[str, tuple[str, int]] = {}
    for line, text in statements(script):
        plain = _IDENTITY.sub(" ", text)
        found = _secret(plain, line, held)
        network = _NETWORK.search(plain)
        if found is None:
            continue
        if network is not None:
            bare = _secret(_HEADER.sub(" ", plain), line, held)
            yield Sent(line, text.strip(), found[0], found[1], network[1], bare is None)
            continue
        for pattern in (_ASSIGNED, _WRITTEN, _COPIED):
            for name in pattern.finditer(plain):
                held.setdefault(name[1], found)


def statements(script: str) -> Iterator[tuple[int, str]]:
    """Yield the statements of a script with their lines; pipes stay whole, comments go."""
    number = 1
    for row in re.split(r"(?<!\\)\n", script):
        if not row.lstrip().startswith("#"):
            joined = row.replace("\\\n", " ")
            yield from ((number, piece) for piece in _STATEMENT.split(joined)[:200] if piece.strip())
        number += row.count("\n") + 1


def _secret(text: str, line: int, held: dict[str, tuple[str, int]]) -> tuple[str, int] | None:
    if len(text) > 8000:
        text = text[:8000]
    if _DUMP.search(text):
        return "the whole environment or history", line
    if _ASKED.search(text):
        return "the keychain or clipboard", line
    if PATHS.search(text) and _READ.search(text):
        return "a file of credentials", line
    return next((origin for name, origin in held.items() if _uses(text, name)), None)


def _uses(text: str, name: str) -> bool:
    """Say whether *text* names the variable or the file *name*."""
    plain = re.escape(name)
    pattern = rf"\$\{{?{plain}\b" if name.isidentifier() else rf"(?<![\w/.]){plain}(?![\w/])"
    return re.search(pattern, text) is not None
