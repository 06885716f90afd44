"""What flows in a shell script: what is fetched or decoded, and whether it comes to be run.

Reads pipes, substitutions, variables and files, line by line; nothing is run, and every look ahead is
bounded, so hostile text costs little more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from trace2skill.lint.places import line_of
from trace2skill.lint.shellchecks import Checks, names
from trace2skill.lint.shelldata import Data, Run
from trace2skill.lint.shellinner import Inner, is_shell_behind, of_document, of_stage
from trace2skill.lint.shellprograms import (
    ASSIGNED,
    CHECKS,
    FETCHERS,
    INLINE,
    INTERPRETERS,
    PACKAGES,
    PASSING,
    SHELLS,
    fetches_inside,
    is_decoder,
    is_installed,
    kept_by,
    name_of,
    place_of_program,
    plain,
    program_of,
)
from trace2skill.lint.shellspell import expanded, spell
from trace2skill.lint.shelltricks import Trick, resolved, without_fields
from trace2skill.lint.shellwords import Stage, cut_heredocs, inner_of, pipelines

MAX_CHARS = 300_000
MAX_DEPTH = 4
MAX_STAGES = 40_000
_VARIABLE = re.compile(r"\$(?:\{(\w{1,64})\}|(\w{1,64}))")
_FUNCTION = re.compile(
    r"^[ \t]{0,20}(?:function[ \t]{1,4})?([A-Za-z_][\w-]{0,63})[ \t]{0,4}\(\)", re.MULTILINE
)
_STOPPING = re.compile(r"^(?:#!.{0,60}|[ \t]{0,20}set)[ \t]{1,4}-[a-z]{0,8}e[a-z]{0,8}\b", re.MULTILINE)


class Shell:
    """What is known while going through a script, or through the scripts of one document."""

    def __init__(self, *, told: bool = False) -> None:
        self.told = told
        """Whether somebody types the commands one by one, and sees the one that fails."""
        self.files: dict[str, Data] = {}
        self.values: dict[str, Data] = {}
        self.words: dict[str, str] = {"SHELL": "sh", "BASH": "bash"}
        """Variables that hold plain text."""
        self.functions: dict[str, Data] = {}
        self.inner: list[Inner] = []
        self.tricks: list[Trick] = []
        self.stages = 0
        self.checks = Checks(self.expand)
        self.cut = ""
        """Which limit left something unread."""

    def read(self, text: str, base: int = 0) -> list[Run]:
        """Return what *text* runs; its first line is the one after *base*."""
        if len(text) > MAX_CHARS:
            self.cut = f"{len(text)} characters of shell; {MAX_CHARS} are read"
        self.checks.stops = self.told or _STOPPING.search(text[:MAX_CHARS]) is not None
        return list(self._script(text[:MAX_CHARS], base, 0))

    def _script(self, text: str, base: int, depth: int) -> Iterator[Run]:
        if depth > MAX_DEPTH:
            self.cut = f"commands nested more than {MAX_DEPTH} deep"
            return
        text, tricks = without_fields(text, base)
        self.tricks.extend(tricks)
        bare, documents = cut_heredocs(text)
        self._declare(bare, base, depth)
        for pipeline in pipelines(bare):
            self.stages += len(pipeline)
            if self.stages > MAX_STAGES:
                self.cut = f"more than {MAX_STAGES} commands of the shell"
                return
            yield from self._pipeline([self._resolved(stage, base) for stage in pipeline], depth)
        for document in documents:
            inner = of_document(document, base)
            if inner is not None:
                yield from self._enter(inner, depth)

    def _pipeline(self, stages: list[Stage], depth: int) -> Iterator[Run]:
        data: Data | None = None
        for stage in stages:
            yield from self._nested(stage, depth)
            ran = self._runs(stage, data, depth)
            if ran is not None:
                text = " | ".join(one.text for one in stages)[:400]
                yield Run(ran, stage.line, text, is_installed(stage.words))
            data = self._gives(stage, data, depth)
            into = self.files.get(self.expand(stage.writes)) if is_shell_behind(stage.writes) else None
            if into is not None:
                yield Run(into, stage.line, f"{stage.text} > {stage.writes}"[:400])
        self._check(stages)

    def _declare(self, text: str, base: int, depth: int) -> None:
        """Note what the functions of a script print, as far as it was fetched or decoded."""
        if "()" not in text:
            return
        for found in list(_FUNCTION.finditer(text))[:100]:
            end = text.find("\n}", found.end(), found.end() + 4000)
            body = text[found.end() : end if end > 0 else text.find("}", found.end(), found.end() + 1000)]
            if any(name in body for name in FETCHERS | {"base64"}):
                data = self._output(body.lstrip(" \t{"), depth + 1)
                if data is not None:
                    line = base + line_of(text, found.start())
                    self.functions[found[1]] = msgspec.structs.replace(data, line=line)

    def _resolved(self, stage: Stage, base: int) -> Stage:
        made, trick = resolved(msgspec.structs.replace(stage, line=stage.line + base), self.words)
        if trick is not None:
            self.tricks.append(trick)
        return made

    def _check(self, stages: list[Stage]) -> None:
        """Forget files that were compared; where a list of sums was, none that it may leave out."""
        words = self.checks.named(stages)
        if not words:
            return
        known = {path for path in self.files if names(words, path)}
        for path, data in list(self.files.items()):
            if path in known:
                del self.files[path]
            elif not known:
                self.files[path] = msgspec.structs.replace(data, listed=True)

    def _nested(self, stage: Stage, depth: int) -> Iterator[Run]:
        """Go into substitutions, and into what an interpreter gets as its text."""
        for word in stage.words:
            for text in inner_of(word) if len(word) > 2 else ():
                yield from self._script(text, stage.line - 1, depth + 1)
        for inner in of_stage(stage):
            yield from self._enter(inner, depth)

    def _enter(self, inner: Inner, depth: int) -> Iterator[Run]:
        if inner.language == "shell":
            yield from self._script(inner.text, inner.line - 1, depth + 1)
        else:
            self.inner.append(inner)

    def _runs(self, stage: Stage, data: Data | None, depth: int) -> Data | None:
        """Return what *stage* runs as a program, if that was fetched or decoded."""
        program, rest = program_of(stage.words)
        if (
            data is not None
            and program in ("xargs", "parallel")
            and any(name_of(one) in SHELLS for one in rest)
        ):
            return data
        if data is not None and any(map(is_shell_behind, rest)):
            return data
        if program in ("eval", "source", "."):
            return self._first(rest, depth) or self._file(rest)
        if program in PACKAGES:
            return self._file([word for word in rest if not word.startswith("-")])
        if program not in INTERPRETERS:
            word = stage.words[place_of_program(stage.words)] if program else ""
            cut = self.cut
            held = self._first([word], MAX_DEPTH) if "$" in word else None
            self.cut = cut  # no deeper look is wanted here, so nothing is left out
            return held or (self._file([word]) if word else None)
        inline = next((at for at, word in enumerate(rest) if INLINE.match(word)), None)
        if inline is not None:
            return self._first(rest[inline + 1 : inline + 2], depth)
        given = [word for word in rest if not word.startswith("-")]
        reads = not given or "-s" in rest or "-" in rest or given[0] == "/dev/stdin"
        if reads and data is not None:
            return data
        return self._first(rest, depth) or self._file(given[:1])

    def _first(self, words: Sequence[str], depth: int) -> Data | None:
        """Return the data that stands in *words* by a substitution or variable."""
        for word in words:
            if word.startswith("'"):
                continue
            for inner in inner_of(word) if depth < MAX_DEPTH else ():
                found = self._output(inner, depth + 1)
                if found is not None:
                    return found
            for name in _VARIABLE.finditer(word[:2000]):
                found = self.values.get(name[1] or name[2])
                if found is not None:
                    return found
        return None

    def _file(self, words: Sequence[str]) -> Data | None:
        """Return the data in a file that *words* name, by its path or, where one has none, by its name."""
        if not self.files:
            return None
        for name in map(self.expand, words):
            found = self.files.get(name)
            if found is None and "/" not in name:
                found = next((one for path, one in self.files.items() if path.endswith(f"/{name}")), None)
            elif found is None:
                found = self.files.get(name.rsplit("/", 1)[-1])
            if found is not None:
                return found
        return None

    def _output(self, text: str, depth: int) -> Data | None:
        """Return what the last pipeline of *text* prints, if that was fetched or decoded."""
        if depth > MAX_DEPTH:
            self.cut = f"commands nested more than {MAX_DEPTH} deep"
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
        out: Data | None = self.functions.get(program)
        if program in FETCHERS:
            out = self._fetch(stage, program, rest)
        elif is_decoder(program, rest):
            before = data or self._first(rest, depth) or self._file(rest)
            out = Data(False, True, stage.line, stage.text[:400])
            if before is not None and before.fetched:
                out = Data(True, True, before.line, before.source)
        elif program in PASSING:
            out = data or self._first(rest, depth) or (self._file(rest) if program != "echo" else None)
        elif program in INTERPRETERS and any(map(fetches_inside, rest)):
            out = Data(True, False, stage.line, stage.text[:400])
        else:
            self._hand_on(program, rest, data, depth)
        if out is not None and program == "tee":
            self.files.update((self.expand(word), out) for word in rest if not word.startswith("-"))
        if out is not None and stage.writes:
            self.files[self.expand(stage.writes)] = out
            return None
        return out

    def _hand_on(self, program: str, rest: Sequence[str], data: Data | None, depth: int) -> None:
        """Note what a command moves to another file, or into a variable."""
        if program in ("read", "mapfile", "readarray", "for"):
            got = data or self._first(rest[2:], depth)
            if got is not None:
                self.values.update(dict.fromkeys(rest[:1] if program == "for" else rest, got))
        elif program in ("mv", "cp", "install", "ln") and len(rest) > 1:
            moved = self._file(rest[:-1])
            if moved is not None:
                self.files[self.expand(rest[-1])] = moved

    def _fetch(self, stage: Stage, program: str, rest: tuple[str, ...]) -> Data | None:
        """Return what a fetch prints; what it keeps in a file is noted."""
        got = Data(True, False, stage.line, " ".join(map(self.expand, stage.words))[:400])
        kept = kept_by(program, rest, self.expand)
        if kept:
            self.files[kept] = got
            return None
        return got if kept is not None or program not in ("wget", "aria2c", "axel") else None

    def _assign(self, stage: Stage, depth: int) -> None:
        for word in stage.words:
            found = ASSIGNED.match(word)
            if found is None:
                continue
            data = self._first([found[2]], depth)
            if data is not None:
                self.values[found[1]] = data
                continue
            self.values.pop(found[1], None)
            said = spell(found[2], self.words)
            self.words[found[1]] = (said.text if said is not None else self.expand(found[2]))[:500]
            if any(check in found[2] for check in CHECKS):
                self.checks.sums[found[1]] = self.expand(found[2])

    def expand(self, word: str) -> str:
        """Return *word* without quotes, its variables replaced where their text is known."""
        bare = plain(word)[:2000]
        return (bare if word.startswith("'") else expanded(bare, self.words)).removeprefix("./")
