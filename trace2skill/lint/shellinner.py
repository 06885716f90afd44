"""Code inside of a shell script: what interpreters get as an argument or as a here-document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from trace2skill.lint.shellprograms import INLINE, INTERPRETERS, SHELLS, name_of, plain, program_of
from trace2skill.lint.shellwords import Heredoc, Stage, pipelines

_SUFFIX = re.compile(r"\.(py|m?js|sh|bash|command)['\"]?(?=[\s;&|]|$)")
_APPLE = re.compile(r"do shell script \\?\"((?:[^\"\\\n]|\\.){3,2000})\"")
_LANGUAGES = {"py": "python", "js": "javascript", "mjs": "javascript"}


class Inner(msgspec.Struct, frozen=True):
    """A piece of such code."""

    language: str
    text: str
    line: int
    """On which it begins."""


def of_stage(stage: Stage) -> Iterator[Inner]:
    """Yield the code that a command gets in quotes, as ``bash -c '…'`` does."""
    program, rest = program_of(stage.words)
    if program == "eval" and rest and rest[0][:1] in "'\"":
        yield Inner("shell", plain(" ".join(rest)), stage.line)
    if program == "osascript":
        for found in _APPLE.finditer(stage.text[:8000]):
            yield Inner("shell", found[1].replace('\\"', '"'), stage.line)
    for at, (before, word) in enumerate(pairwise((program, *rest))):
        if at + 1 < len(rest) and INLINE.match(word) and rest[at + 1][:1] in "'\"":
            language = _language(name_of(before))
            if language:
                yield Inner(language, _unquoted(rest[at + 1]), stage.line)


def of_document(document: Heredoc, base: int) -> Inner | None:
    """Return a here-document as code, by the program that gets it or the file that it becomes."""
    line = base + document.line + 1
    rows = pipelines(document.opener.replace("<<", " <<"))
    languages = {_language(program_of(stage.words)[0]) for row in rows for stage in row}
    found = _SUFFIX.search(document.opener)
    if found is not None:
        languages.add(_LANGUAGES.get(found[1], "shell"))
    language = next((one for one in ("python", "javascript", "shell") if one in languages), "")
    return Inner(language, document.body, line) if language else None


def _language(program: str) -> str:
    if program.startswith("python"):
        return "python"
    if program in ("node", "bun"):
        return "javascript"
    return "shell" if program in SHELLS or program in ("su", "ssh") else ""


def _unquoted(code: str) -> str:
    """Return code between quotes as the interpreter gets it."""
    inner = plain(code)
    return inner.replace('\\"', '"').replace("\\$", "$") if code[:1] == '"' else inner


def is_shell_behind(word: str) -> bool:
    """Say whether a word is ``>(…)`` with an interpreter that reads what comes."""
    inner = pipelines(word[2:-1]) if word.startswith(">(") else ()
    return any(program_of(line[0].words)[0] in INTERPRETERS for line in inner)
