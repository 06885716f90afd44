"""Programs of the shell as the flow through a script sees them: who fetches, decodes, runs, compares."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

FETCHERS = frozenset("curl wget fetch aria2c http https xh curlie lynx axel".split())
SHELLS = frozenset("sh bash zsh dash ksh ash fish".split())
INTERPRETERS = SHELLS | frozenset(
    "python python2 python3 node perl ruby php pwsh powershell deno bun osascript".split()
)
PACKAGES = frozenset("open installer dpkg rpm apt apt-get msiexec xdg-open hdiutil".split())
"""Programs that install or open a file, and so run what is in it."""
_TAKERS = frozenset("eval source . xargs parallel tee".split())
"""Further programs that run what they get."""
PASSING = frozenset(
    "cat tee grep sed awk head tail tr cut sort jq gunzip zcat gzip echo printf rev funzip iconv "
    "dos2unix".split()
)
CHECKS = frozenset("sha256sum sha512sum sha384sum shasum sha1sum gpg gpgv cosign minisign b2sum".split())
_WRAPPERS = frozenset(
    "sudo env nohup time exec command builtin nice doas stdbuf timeout busybox setsid caffeinate ionice "
    "unbuffer arch".split()
)
_OPENERS = frozenset("if then else elif while until do ! { in".split())
_DECLARING = frozenset("export local readonly declare typeset".split())
ASSIGNED = re.compile(r"([A-Za-z_]\w{0,63})\+?=(.*)", re.DOTALL)
INLINE = re.compile(r"-[a-z]{0,4}[cep][a-z]{0,2}$|--(?:eval|print|command)$|-m$", re.IGNORECASE)
_CHECKING = re.compile(r"-{1,2}(?:c|check|verify|V\w{0,3}|sc|status)$|verify(?:-blob)?$")
_ROT = re.compile(r"[a-z]-[a-z][a-z]-[a-z]|[A-Z]-[A-Z][A-Z]-[A-Z]")
_ESCAPES = re.compile(r"(?:\\+(?:x[0-9a-fA-F]{1,2}|0?[0-7]{3})){4}")
_OUT_FLAG = re.compile(r"-[a-zA-Z]{0,9}[oO]$")
_FETCH_NAME = re.compile(r"-[a-zA-Z]{0,9}O[a-zA-Z]{0,9}$")
_FETCHING = re.compile(
    r"\b(?:urlopen|requests\.get|fetch|LWP::Simple|Net::HTTP|file_get_contents)\b[^\n]{0,20}\("
)
_QUOTES = str.maketrans("", "", "\"'")


def plain(word: str) -> str:
    """Return *word* without its quotes."""
    if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        return word[1:-1]
    return word.translate(_QUOTES)


def name_of(word: str) -> str:
    """Return the name of the program that *word* runs, in lower case."""
    return plain(word).rsplit("/", 1)[-1].replace("\\", "").removesuffix(".exe").lower()


def place_of_program(words: Sequence[str]) -> int:
    """Return the place of the program in *words*, behind assignments, keywords and wrappers."""
    at = 0
    while at < len(words):
        name = plain(words[at]).rsplit("/", 1)[-1]
        if name in _WRAPPERS and at + 1 < len(words):
            at += 1
            while at < len(words) and (words[at].startswith("-") or words[at][:1].isdigit()):
                at += 2 if words[at] in ("-u", "-g", "-C") else 1
        elif name in _OPENERS or name in _DECLARING or ASSIGNED.match(words[at]):
            at += 1
        else:
            break
    return at


def program_of(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the name of the program that *words* run, and its arguments; nothing if they only assign."""
    at = place_of_program(words)
    return (name_of(words[at]), tuple(words[at + 1 :])) if at < len(words) else ("", ())


def is_installed(words: Sequence[str]) -> bool:
    """Say whether *words* open a file, or run a program by its bare name, as is done once it is installed."""
    program, _ = program_of(words)
    bare = "/" not in words[place_of_program(words)]
    return program in PACKAGES or (bare and program not in INTERPRETERS | _TAKERS)


def fetches_inside(code: str) -> bool:
    """Say whether the code that an interpreter gets prints what it fetches."""
    return len(code) < 8000 and _FETCHING.search(code) is not None


def is_decoder(program: str, rest: Sequence[str]) -> bool:
    """Say whether a command turns what looks like noise into something else."""
    flags = [word for word in rest if word.startswith("-")]
    if program in ("base64", "base32", "basenc", "uudecode"):
        return program == "uudecode" or any(
            word == "--decode" or re.match(r"-[a-z]{0,3}[dD]", word) for word in flags
        )
    if program == "xxd":
        return any("r" in word for word in flags)
    if program == "openssl":
        return "-d" in flags
    if program == "tr":
        return any(_ROT.search(word) for word in rest)
    if program in ("printf", "echo"):
        return any(_ESCAPES.search(word[:4000]) for word in rest)
    return program == "rev"


def is_check(program: str, rest: Sequence[str]) -> bool:
    """Say whether a command compares files with sums or signatures, and fails if they differ."""
    return program in CHECKS and any(_CHECKING.match(plain(word)) for word in rest)


def kept_by(program: str, rest: Sequence[str], expand: Callable[[str], str]) -> str | None:
    """Return the file that a fetch keeps what it got in; nothing for the standard output if asked for."""
    wants = any(re.match(r"-[a-zA-Z]{0,9}O|--output-document", word) for word in rest)
    for at, word in enumerate(rest):
        if program == "wget" and re.match(r"-[a-zA-Z]{0,9}O-$", word):
            return ""
        if word in ("--output", "--output-document") or (
            _OUT_FLAG.match(word) and (program != "curl" or word.endswith("o"))
        ):
            name = expand(rest[at + 1]) if at + 1 < len(rest) else ""
            return "" if name in ("-", "/dev/stdout") else name
        if word.startswith(("--output=", "--output-document=")):
            return expand(word.partition("=")[2]).removeprefix("-")
        named = program == "curl" and (_FETCH_NAME.match(word) or word == "--remote-name")
        if named or (program == "wget" and "://" in word and not wants):
            url = next((expand(one) for one in rest if "://" in expand(one)), "")
            return url.partition("?")[0].rpartition("/")[2] or None
    return None
