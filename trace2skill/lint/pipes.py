"""Secrets that reach the network in shell: by pipes, substitutions, variables and files in between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from trace2skill.lint.troves import PATHS, SETTINGS, WHAT, Kind, is_secret_name

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
    r"(?:^|[|;&({`]|\$\()[ \t]{0,8}(?:sudo |command |exec |nohup |torsocks |do |then ){0,2}"
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
    r"|-a |git add |--attach",
    re.IGNORECASE,
)
_DUMP = re.compile(
    r"(?:^|[|;&(`]|\$\()[ \t]{0,8}(?:env|printenv|export -p|set|declare -x|history|gci env:|dir env:"
    r"|get-childitem env:)[ \t]{0,8}(?:$|[|>)`])",
    re.IGNORECASE,
)
_STORES: dict[Kind, re.Pattern[str]] = {
    "keychain": re.compile(
        r"\bsecurity find-(?:generic|internet)-password\b|\bsecurity (?:dump-keychain|export)\b"
        r"|\bsecret-tool lookup\b|\bcmdkey /list\b|\bgh auth token\b|\bgcloud auth print-access-token\b"
        r"|\baws configure get\b"
    ),
    "clipboard": re.compile(
        r"\bpbpaste\b|\bxclip\b[^|;\n]{0,40} -o\b|\bxsel\b[^|;\n]{0,40}(?:-o|--output)\b|\bwl-paste\b"
        r"|\bGet-Clipboard\b"
    ),
}
_ONE = re.compile(r"\bgrep\b[^|;\n]{0,60}?\b([A-Z][A-Z0-9_]{2,60})\b")
"""One variable of a file of settings."""
_VARIABLE = re.compile(r"\$(?:env:)?\{?([A-Z][A-Z0-9_]{2,60})\b")
_IDENTITY = re.compile(
    r"(?:^|(?<=[\s\"']))(?:-i|--cert|--key|--cacert|-E|--netrc-file|-K|--kubeconfig|--env-file"
    r"|-o[ ]?IdentityFile)[ =]{1,2}[^\s]{1,300}"
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
_STAGED = "git push"
"""Under this name is kept what waits in a repository."""
_LEFT_OUT = re.compile(
    r"--(?:exclude|ignore|filter)(?:-\w{1,12})?[= \t][\"']?(?:- )?[^\s\"']{1,200}"
    r"|-not -name [^\s]{1,200}|:![^\s]{1,200}"
)
"""What a command is told not to take."""


class Origin(NamedTuple):
    """A secret, where it was read."""

    kind: Kind
    line: int
    name: str = ""
    """Of a variable."""

    @property
    def what(self) -> str:
        """Say in words what it is."""
        return self.name or WHAT[self.kind]


class Sent(NamedTuple):
    """A secret that a command line sends."""

    line: int
    """From 1 in the script."""
    text: str
    source: Origin
    program: str
    header: bool
    """Whether only a header holds it."""


def sent_by(script: str) -> Iterator[Sent]:
    """Yield the command lines of a shell *script* by which a secret leaves."""
    held: dict[str, Origin] = {}
    own: set[str] = set()
    """Variables that the script itself sets."""
    for line, text in statements(script):
        plain = _IDENTITY.sub(" ", text)
        found = _secret(plain, line, held)
        network = _NETWORK.search(plain)
        if found is None and network is not None:
            found = _variable(plain, line, own)
        if found is not None and network is not None:
            bare = _HEADER.sub(" ", plain)
            inside = _secret(bare, line, held) or _variable(bare, line, own)
            program = (network[1] or network[2]).strip()
            yield Sent(line, text.strip(), inside or found, program, inside is None)
            continue
        assigned = _ASSIGNED.match(plain)
        if found is None and assigned is not None:
            own.add(assigned[1])
        elif found is not None and len(held) < MOST_HELD:
            _keep(plain, found, held)


def _keep(text: str, found: Origin, held: dict[str, Origin]) -> None:
    """Note in *held* where a secret is kept by a command line."""
    for pattern in (_ASSIGNED, _WRITTEN, _COPIED):
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


def _secret(text: str, line: int, held: dict[str, Origin]) -> Origin | None:
    text = _LEFT_OUT.sub(" ", text[:LONGEST])
    if _DUMP.search(text):
        return Origin("environment", line)
    for kind, pattern in _STORES.items():
        if pattern.search(text):
            return Origin(kind, line)
    if PATHS.search(text) and _READ.search(text):
        return Origin("file", line)
    if SETTINGS.search(text) and _READ.search(text):
        one = _ONE.search(text)
        return Origin("variable", line, one[1]) if one else Origin("file", line)
    if _STAGED in held and _PUSHED.search(text):
        return held[_STAGED]
    return next((origin for name, origin in held.items() if name != _STAGED and _uses(text, name)), None)


def _variable(text: str, line: int, own: set[str]) -> Origin | None:
    """Return the secret of the environment that a command line names."""
    names = (found[1] for found in _VARIABLE.finditer(text[:LONGEST]))
    return next((Origin("variable", line, name) for name in names if _is_given(name, own)), None)


def _is_given(name: str, own: set[str]) -> bool:
    return name not in own and is_secret_name(name)


def _uses(text: str, name: str) -> bool:
    """Say whether *text* names the variable or the file *name*."""
    plain = re.escape(name)
    if name.isidentifier() and re.search(rf"\$\{{?{plain}\b", text):
        return True
    return re.search(rf"(?<![\w/.]){plain}(?![\w/])", text) is not None and _READ.search(text) is not None


_KEEPS = re.compile(
    r">{1,2}[ \t]{0,4}(?!/dev/null|&)[\w./~$\"'{-]|\btee\b|\bOut-File\b|\bSet-Content\b", re.IGNORECASE
)


def dumped_by(script: str) -> Iterator[tuple[int, str]]:
    """Yield the command lines that write the whole environment to a file."""
    for line, text in statements(script):
        dump = _DUMP.search(text[:LONGEST])
        if dump is not None and _KEEPS.search(text[:LONGEST], dump.start()) and "grep" not in text:
            yield line, text


_SHOWS = re.compile(
    r"(?:^|[|;&(`])[ \t]{0,8}(?:sudo )?(?:cat|head|tail|less|base64|xxd|cp|tar|zip|grep|strings|jq)[ \t]"
)


def read_by(script: str) -> Iterator[int]:
    """Yield the lines where a file of credentials is read or copied."""
    for line, text in statements(script):
        plain = _IDENTITY.sub(" ", text[:LONGEST])
        if PATHS.search(plain) and _SHOWS.search(plain):
            yield line
