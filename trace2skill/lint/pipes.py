"""Secrets that reach the network in shell: by pipes, substitutions, variables and files in between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from trace2skill.lint.troves import PATHS, SETTINGS, Kind, Source, is_secret_name

LONGEST = 8_000
"""So much of a statement is looked at."""
MOST_HELD = 100
"""So many names that hold a secret are followed."""
_TOKEN = re.compile(
    r"\\[\s\S]|\"(?:[^\"\\]|\\[\s\S]){0,3000}\"|'[^'\n]{0,2000}'|(?<=[\s=])'[^']{0,1500}'"
    r"|(?:(?<=\s)|^)#[^\n]{0,4000}|&&|\|\||;|\n",
    re.MULTILINE,
)
_START = (
    r"(?:^|[|;&({`]|\$\(|-exec(?:dir)?[ ])[ \t]{0,8}(?:sudo |command |exec |nohup |torsocks |do |then ){0,2}"
    r"(?:xargs (?:-\S{1,12} (?:\{\} )?){0,4})?"
)
_NETWORK = re.compile(
    _START
    + r"(curl|wget|nc|ncat|netcat|socat|scp|rsync|sftp|ftp|mail|mailx|sendmail|mutt|swaks|http|https|xh"
    r"|telnet|websocat|wscat|rclone|croc|wormhole|ffsend|aws[ \t]s3(?:api)?|gsutil|s3cmd|mc|az[ \t]storage"
    r"|gh[ \t]gist|git[ \t]push|ssh|openssl[ \t]s_client|iwr|irm|invoke-\w{3,10})[ \t]"
    r"|(/dev/(?:tcp|udp)/)",
    re.IGNORECASE,
)
_READ = re.compile(
    r"\b(?:cat|base64|gzip|xxd|head|tail|grep|sed|awk|tar|zip|7z|cp|openssl|jq|strings|dd|scp|rsync|sftp|find"
    r"|sqlite3|rclone|aws|gsutil|gh|hexdump|od|tee|get-content|gc|compress-archive|gpg)\b|<|@|-T "
    r"|--upload-file "
    r"|-a |git add |--attach|--(?:post|body)-file",
    re.IGNORECASE,
)
DUMP = re.compile(
    r"(?:^|[|;&(`]|\$\()[ \t]{0,8}(?:env|printenv|export -p|set|declare -x|history|gci env:|dir env:"
    r"|get-childitem env:)[ \t]{0,8}(?:$|[|>)`])",
    re.IGNORECASE,
)
_STORES: dict[Kind, re.Pattern[str]] = {
    "keychain": re.compile(
        r"\bsecurity find-(?:generic|internet)-password\b|\bsecurity (?:dump-keychain|export)\b"
        r"|\bsecret-tool lookup\b|\bcmdkey /list\b"
    ),
    "clipboard": re.compile(
        r"\bpbpaste\b|\bxclip\b[^|;\n]{0,40} -o\b|\bxsel\b[^|;\n]{0,40}(?:-o|--output)\b|\bwl-paste\b"
        r"|\bGet-Clipboard\b"
    ),
}
_TOKENS = {
    "gh auth token": "GITHUB_TOKEN",
    "gcloud auth print-": "GOOGLE_TOKEN",
    "aws configure get": "AWS_SECRET",
}
"""Commands that print the key of one service, and what such a key is called."""
_ONE = re.compile(r"\bgrep\b[^|;\n]{0,60}?\b([A-Z][A-Z0-9_]{2,60})\b")
"""One variable of a file of settings."""
_VARIABLE = re.compile(r"\$(?:env:)?\{?([A-Z][A-Z0-9_]{2,60})\b")
IDENTITY = re.compile(
    r"(?:^|(?<=[\s\"']))(?:-i|--cert|--key|--cacert|-E|--netrc-file|-K|--kubeconfig|--env-file"
    r"|-o[ ]?IdentityFile|--exclude(?:-from)?|--ignore|--filter)[ =]{1,2}[^\s]{1,300}"
)
_HEADER = re.compile(
    r"(?:^|(?<=\s))(?:-H|--header|-u|--user|--oauth2-bearer|-Headers)[ =]{1,2}"
    r"(?:\"[^\"\n]{0,600}\"|'[^'\n]{0,600}'|[^\s]{1,300})"
)
_ASSIGNED = re.compile(
    r"^[ \t]{0,40}(?:export |local |readonly |declare |\$)?([A-Za-z_]\w{0,63})[ \t]{0,2}\+?="
)
_WRITTEN = re.compile(
    r"(?:>{1,2}[ \t]{0,4}|\btar[ \t]{1,4}-?\w{1,9}f[ \t]{1,4}|\b(?:zip|7z a)[ \t](?:-\w{1,8}[ \t]){0,3}"
    r"|\btee[ \t]{1,4}(?:-a )?|-DestinationPath )([\w./~$-]{2,120})"
)
_COPIED = re.compile(r"^[ \t]{0,40}(?:cp|mv|rsync)[ \t][^\n]{1,300}[ \t]([\w./~$-]{1,120})[ \t]{0,9}$")
_ADDED = re.compile(r"^[ \t]{0,40}git[ \t](?:-C \S{1,80} )?(?:add|commit)\b")
_PUSHED = re.compile(r"^[ \t]{0,40}git[ \t](?:-C \S{1,80} )?push\b")
_LOOP = re.compile(r"^[ \t]{0,40}(?:do[ ])?for[ ]([A-Za-z_]\w{0,63})[ ]in[ ]")
_FUNCTION = re.compile(r"^[ \t]{0,40}(?:function[ ])?([A-Za-z_][\w-]{0,63})[ ]?\(\)[ \t]{0,9}\{?")
_OPENED = re.compile(r"\bexec[ ](\d)<>[ ]?/dev/(?:tcp|udp)/")
_STAGED = "git push"
"""Under this name is kept what waits in a repository."""


class Sent(NamedTuple):
    """A secret that a command line sends."""

    line: int
    """From 1 in the script."""
    text: str
    source: Source
    program: str
    header: bool
    """Whether only a header holds it."""


def sent_by(script: str) -> Iterator[Sent]:
    """Yield the command lines of a shell *script* by which a secret leaves."""
    yield from _Reader().read(script)


class _Reader:
    """What is known while going through a script."""

    def __init__(self) -> None:
        self.held: dict[str, Source] = {}
        self.paths: dict[str, Source] = {}
        """Variables that name files of credentials."""
        self.own: set[str] = set()
        """Variables that the script itself sets."""
        self.function = ""
        self.open = ""
        """Descriptors of connections."""

    def read(self, script: str) -> Iterator[Sent]:
        """Yield what leaves."""
        for line, text in statements(script):
            plain = IDENTITY.sub(" ", text)
            self._enter(plain)
            found = self.secret(plain, line)
            program = self._program(plain)
            if found is None and program:
                found = _variable(plain, line, self.own)
            if found is not None and program:
                bare = _HEADER.sub(" ", plain)
                inside = self.secret(bare, line) or _variable(bare, line, self.own)
                yield Sent(line, text.strip(), inside or found, program, inside is None)
            elif found is not None and len(self.held) < MOST_HELD:
                _keep(plain, found, self.held)
                if self.function:
                    self.held.setdefault(f"{self.function}()", found)
            elif found is None:
                self._note(plain, line)

    def _enter(self, text: str) -> None:
        """Note in which function a statement stands."""
        opened = _FUNCTION.match(text)
        if opened is not None:
            self.function = opened[1]
        elif text.strip() == "}":
            self.function = ""

    def _program(self, text: str) -> str:
        """Return what sends, if a statement speaks to the network."""
        opened = _OPENED.search(text)
        if opened is not None:
            self.open += opened[1]
            return ""
        network = _NETWORK.search(text)
        if network is not None:
            return (network[1] or network[2]).strip()
        written = re.search(r">&[ ]?(\d)\b", text)
        return "an open connection" if written is not None and written[1] in self.open else ""

    def _note(self, text: str, line: int) -> None:
        """Note what a statement without a secret binds: a path of one, or a value of the script's own."""
        bound = _ASSIGNED.match(text) or _LOOP.match(text)
        if bound is None:
            return
        named = (
            PATHS.search(text) or SETTINGS.search(text) or any(_is_used(text, name) for name in self.paths)
        )
        if named and len(self.paths) < MOST_HELD:
            self.paths.setdefault(bound[1], Source("file", line))
        else:
            self.own.add(bound[1])

    def secret(self, text: str, line: int) -> Source | None:
        """Return the secret that a statement reads or names."""
        found = _secret(text, line, self.held)
        if found is not None or not _READ.search(text[:LONGEST]):
            return found
        return next((origin for name, origin in self.paths.items() if _is_used(text, name)), None)


def _keep(text: str, found: Source, held: dict[str, Source]) -> None:
    """Note in *held* where a secret is kept by a command line."""
    for pattern in (_ASSIGNED, _LOOP, _WRITTEN, _COPIED):
        for name in pattern.finditer(text):
            held.setdefault(name[1], found)
    if _ADDED.search(text) or _COPIED.search(text):
        held.setdefault(_STAGED, found)


def statements(script: str) -> Iterator[tuple[int, str]]:
    """Yield the statements of a script with their lines; pipes and quotes stay whole, comments go."""
    kept: list[str] = []
    line, at = 1, 0
    begun = 1
    for found in _TOKEN.finditer(script):
        token = found[0]
        kept.append(script[at : found.start()])
        line += script.count("\n", at, found.end())
        at = found.end()
        if token in ("\n", ";", "&&", "||"):
            text = "".join(kept)
            if text.strip():
                yield begun, text
            kept, begun = [], line
        elif not token.startswith("#"):
            kept.append(" " if token == "\\\n" else token)
    text = "".join((*kept, script[at:]))
    if text.strip():
        yield begun, text


def _secret(text: str, line: int, held: dict[str, Source]) -> Source | None:
    text = text[:LONGEST]
    if DUMP.search(text):
        return Source("environment", line)
    token = next((name for command, name in _TOKENS.items() if command in text), "")
    if token:
        return Source("variable", line, token)
    for kind, pattern in _STORES.items():
        if pattern.search(text):
            return Source(kind, line)
    if PATHS.search(text) and _READ.search(text):
        return Source("file", line)
    if SETTINGS.search(text) and _READ.search(text):
        one = _ONE.search(text)
        return Source("variable", line, one[1]) if one else Source("file", line)
    if _STAGED in held and _PUSHED.search(text):
        return held[_STAGED]
    return next((origin for name, origin in held.items() if name != _STAGED and _uses(text, name)), None)


def _is_used(text: str, name: str) -> bool:
    return re.search(rf"\$\{{?{re.escape(name)}\b", text[:LONGEST]) is not None


def printed_by(text: str) -> Source | None:
    """Return the secret that a command prints."""
    return _secret(text, 1, {})


def _variable(text: str, line: int, own: set[str]) -> Source | None:
    """Return the secret of the environment that a command line names."""
    names = (found[1] for found in _VARIABLE.finditer(text[:LONGEST]))
    return next((Source("variable", line, name) for name in names if _is_given(name, own)), None)


def _is_given(name: str, own: set[str]) -> bool:
    return name not in own and is_secret_name(name)


def _uses(text: str, name: str) -> bool:
    """Say whether *text* names the variable or the file *name*."""
    if name.endswith("()"):
        return re.search(rf"(?:^|[|;&(`{{])[ \t]{{0,8}}{re.escape(name[:-2])}\b", text) is not None
    plain = re.escape(name)
    if name.isidentifier() and re.search(rf"\$\{{?{plain}\b", text):
        return True
    return re.search(rf"(?<![\w/.]){plain}(?![\w/])", text) is not None and _READ.search(text) is not None
