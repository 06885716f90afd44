"""What flows in a shell script: what is fetched or decoded, and whether it comes to be run.

Reads pipes, substitutions, variables and files, line by line; nothing is run, and every look ahead is
bounded, so hostile text costs little more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from trace2skill.lint.shellwords import Stage, inner_of, pipelines

MAX_CHARS = 200_000
MAX_DEPTH = 4
_FETCHERS = frozenset("curl wget fetch aria2c http https xh curlie lynx".split())
_SHELLS = frozenset("sh bash zsh dash ksh ash fish".split())
_INTERPRETERS = _SHELLS | frozenset(
    "python python2 python3 node perl ruby php pwsh powershell deno bun".split()
)
_WRAPPERS = frozenset("sudo env nohup time exec command builtin nice doas stdbuf timeout busybox".split())
_OPENERS = frozenset("if then else elif while until do ! {".split())
_PASSING = frozenset("cat tee grep sed awk head tail tr cut sort jq gunzip zcat gzip echo printf rev".split())
_CHECKS = frozenset("sha256sum sha512sum shasum sha1sum gpg gpgv cosign minisign b2sum".split())
_ASSIGNED = re.compile(r"(?:export |local |readonly )?([A-Za-z_]\w{0,63})=(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{(\w{1,64})\}|(\w{1,64}))")
_INLINE = re.compile(r"-[a-z]{0,4}[ce][a-z]{0,2}$|--eval$|-m$", re.IGNORECASE)
_ROT = re.compile(r"[a-z]-[a-z][a-z]-[a-z]", re.IGNORECASE)
_ESCAPES = re.compile(r"(?:\\+(?:x[0-9a-fA-F]{1,2}|0?[0-7]{3})){4}")
_OUT_FLAG = re.compile(r"-[a-zA-Z]{0,9}[oO]$")
_FETCH_NAME = re.compile(r"-[a-zA-Z]{0,9}O[a-zA-Z]{0,9}$")


class Data(msgspec.Struct, frozen=True):
    """Something that a script got by fetching or decoding."""

    fetched: bool
    decoded: bool
    line: int
    source: str
    """The words of the command that got it."""


class Run(msgspec.Struct, frozen=True):
    """A place where such data is run as a program."""

    data: Data
    line: int
    text: str


def runs_in(text: str) -> list[Run]:
    """Return the places in a shell script that run what was fetched or decoded; lines from 1."""
    return list(_Shell().script(text[:MAX_CHARS], 0, 0))


class _Shell:
    """What is known while going through a script."""

    def __init__(self) -> None:
        self.files: dict[str, Data] = {}
        self.values: dict[str, Data] = {}
        self.words: dict[str, str] = {}
        """Variables that hold plain text."""

    def script(self, text: str, base: int, depth: int) -> Iterator[Run]:
        if depth > MAX_DEPTH:
            return
        for pipeline in pipelines(text):
            data: Data | None = None
            for stage in pipeline:
                moved = msgspec.structs.replace(stage, line=stage.line + base)
                yield from self._nested(moved, depth)
                ran = self._runs(moved, data, depth)
                if ran is not None:
                    yield Run(ran, moved.line, " | ".join(one.text for one in pipeline)[:400])
                data = self._gives(moved, data, depth)

    def _nested(self, stage: Stage, depth: int) -> Iterator[Run]:
        """Go into substitutions, and into what a shell gets as its text."""
        program, rest = program_of(stage.words)
        for word in stage.words:
            for inner in inner_of(word):
                yield from self.script(inner, stage.line - 1, depth + 1)
        if program in _SHELLS or program in ("su", "ssh", "powershell", "pwsh"):
            for before, word in pairwise(rest):
                if _INLINE.match(before) and word[:1] in "'\"":
                    yield from self.script(plain(word), stage.line - 1, depth + 1)

    def _runs(self, stage: Stage, data: Data | None, depth: int) -> Data | None:
        """Return what *stage* runs as a program, if that was fetched or decoded."""
        program, rest = program_of(stage.words)
        if program == "xargs" and data is not None and any(plain(word) in _SHELLS for word in rest):
            return data
        if program in ("eval", "source", "."):
            return self._first(rest, depth) or self._file(rest)
        if program not in _INTERPRETERS:
            return self.files.get(self._expand(stage.words[_skipped(stage.words)])) if program else None
        inline = next((at for at, word in enumerate(rest) if _INLINE.match(word)), None)
        if inline is not None:
            return self._first(rest[inline + 1 : inline + 2], depth)
        names = [word for word in rest if not word.startswith("-")]
        reads = not names or "-s" in rest or "-" in rest or names[0] == "/dev/stdin"
        if reads and data is not None:
            return data
        return self._first(rest, depth) or self._file(names[:1])

    def _first(self, words: tuple[str, ...] | list[str], depth: int) -> Data | None:
        """Return the data that stands in *words* by a substitution or variable."""
        for word in words:
            if word.startswith("'"):
                continue
            for inner in inner_of(word):
                found = self._output(inner, depth + 1)
                if found is not None:
                    return found
            for name in _VARIABLE.finditer(word[:2000]):
                found = self.values.get(name[1] or name[2])
                if found is not None:
                    return found
        return None

    def _file(self, words: tuple[str, ...] | list[str]) -> Data | None:
        return next((self.files[name] for name in map(self._expand, words) if name in self.files), None)

    def _output(self, text: str, depth: int) -> Data | None:
        """Return what the last pipeline of *text* prints, if that was fetched or decoded."""
        if depth > MAX_DEPTH:
            return None
        data: Data | None = None
        for pipeline in pipelines(text):
            data = None
            for stage in pipeline:
                data = self._gives(stage, data, depth)
        return data

    def _gives(self, stage: Stage, data: Data | None, depth: int) -> Data | None:
        """Return what *stage* passes on, and note what it keeps in variables and files."""
        program, rest = program_of(stage.words)
        if not program:
            self._assign(stage, depth)
            return None
        out: Data | None = None
        if program in _FETCHERS:
            out = self._fetch(stage, program, rest)
        elif is_decoder(program, rest):
            before = data or self._first(rest, depth) or self._file(rest)
            out = Data(False, True, stage.line, stage.text[:400])
            if before is not None and before.fetched:
                out = Data(True, True, before.line, before.source)
        elif program in _PASSING:
            out = data or self._first(rest, depth) or (self._file(rest) if program != "echo" else None)
        else:
            self._keeps(program, rest)
        if out is not None and program == "tee":
            self.files.update((self._expand(word), out) for word in rest if not word.startswith("-"))
        if out is not None and stage.writes:
            self.files[self._expand(stage.writes)] = out
            return None
        return out

    def _fetch(self, stage: Stage, program: str, rest: tuple[str, ...]) -> Data | None:
        """Return what a fetch prints; what it keeps in a file is noted."""
        got = Data(True, False, stage.line, " ".join(map(self._expand, stage.words))[:400])
        kept = self._kept(program, rest)
        if kept:
            self.files[kept] = got
            return None
        return got if kept is not None or program not in ("wget", "aria2c") else None

    def _keeps(self, program: str, rest: tuple[str, ...]) -> None:
        """Note what a command does to files that are known: they are compared with a sum, or moved."""
        if program in _CHECKS:
            self.files.clear()
        elif program in ("mv", "cp", "install") and len(rest) > 1:
            moved = self._file(rest[:-1])
            if moved is not None:
                self.files[self._expand(rest[-1])] = moved

    def _assign(self, stage: Stage, depth: int) -> None:
        for word in stage.words:
            found = _ASSIGNED.match(word)
            if found is None:
                continue
            data = self._first([found[2]], depth)
            if data is not None:
                self.values[found[1]] = data
            else:
                self.values.pop(found[1], None)
                self.words[found[1]] = self._expand(found[2])[:500]

    def _kept(self, program: str, rest: tuple[str, ...]) -> str | None:
        """Return the file that a fetch is kept in; nothing for the standard output that was asked for."""
        for at, word in enumerate(rest):
            if program == "wget" and re.match(r"-[a-zA-Z]{0,9}O-$", word):
                return ""
            if word in ("--output", "--output-document") or (
                _OUT_FLAG.match(word) and (program != "curl" or word.endswith("o"))
            ):
                name = self._expand(rest[at + 1]) if at + 1 < len(rest) else ""
                return "" if name in ("-", "/dev/stdout") else name
            if word.startswith(("--output=", "--output-document=")):
                return self._expand(word.partition("=")[2]).removeprefix("-")
            named = program == "curl" and (_FETCH_NAME.match(word) or word == "--remote-name")
            if named or (program == "wget" and "://" in word and not _wants_output(rest)):
                url = next((self._expand(one) for one in rest if "://" in self._expand(one)), "")
                return url.partition("?")[0].rpartition("/")[2] or None
        return None

    def _expand(self, word: str) -> str:
        """Return *word* without quotes, its variables replaced where their text is known."""
        bare = plain(word)[:2000]
        if not word.startswith("'"):
            bare = _VARIABLE.sub(lambda found: self.words.get(found[1] or found[2], found[0]), bare)
        return bare.removeprefix("./")[:2000]


def _wants_output(rest: tuple[str, ...]) -> bool:
    return any(re.match(r"-[a-zA-Z]{0,9}O|--output-document", word) for word in rest)


def plain(word: str) -> str:
    """Return *word* without its quotes."""
    if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        return word[1:-1]
    return word.replace('"', "").replace("'", "")


def _skipped(words: tuple[str, ...]) -> int:
    """Return the place of the program in *words*, behind assignments, keywords and wrappers."""
    at = 0
    while at < len(words):
        name = plain(words[at]).rsplit("/", 1)[-1]
        if name in _WRAPPERS and at + 1 < len(words):
            at += 1
            while at < len(words) and (words[at].startswith("-") or words[at][:1].isdigit()):
                at += 2 if words[at] in ("-u", "-g", "-C") else 1
        elif name in _OPENERS or name in ("export", "local", "readonly") or _ASSIGNED.match(words[at]):
            at += 1
        else:
            break
    return at


def program_of(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the name of the program that *words* run, and its arguments; nothing if they only assign."""
    at = _skipped(words)
    if at >= len(words):
        return "", ()
    name = plain(words[at]).rsplit("/", 1)[-1].replace("\\", "")
    return name.removesuffix(".exe").lower(), words[at + 1 :]


def is_decoder(program: str, rest: tuple[str, ...]) -> bool:
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
