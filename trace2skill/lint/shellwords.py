"""Shell text cut into pipelines, their commands into words; quotes and substitutions stay whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

AHEAD = 8_000
"""So far the end of a quote or substitution is looked for."""
MOST_WORDS = 400
MOST_OPEN = 12
"""So many that never end are looked at in one text; further marks are plain characters."""
_SPACE = re.compile(r"[ \t\r]+|\\\r?\n")
_PLAIN = re.compile(r"[^\s|&;()<>'\"`\\$#]+")
_REDIRECT = re.compile(r"\d?(>>|>\||>|<<<|<<-?|<)(&\d?-?)?")
_LINE_END = re.compile(r"[ \t]{0,200}\n")
_HEREDOC = re.compile(r"<<-?[ \t]{0,9}['\"]?([A-Za-z_]\w{0,63})['\"]?")


class Stage(msgspec.Struct, frozen=True):
    """One command of a pipeline."""

    words: tuple[str, ...]
    """With their quotes."""
    line: int
    """From 1."""
    writes: str = ""
    """The file that its output goes to."""
    then: str = ""
    """Of the last of a pipeline: what stands behind it, as ``&&``."""

    @property
    def text(self) -> str:
        """Return its words in one line."""
        return " ".join(self.words)


def pipelines(text: str) -> Iterator[tuple[Stage, ...]]:
    """Yield the pipelines of *text*; bodies of here-documents are left out."""
    yield from _Cutter(cut_heredocs(text)[0]).cut()


def inner_of(word: str) -> list[str]:
    """Return the commands inside of the substitutions of a word; none in single quotes."""
    found: list[str] = []
    at = left = 0
    while at < len(word) and left < MOST_OPEN:
        if word[at] == "'" and not word.startswith('"'):
            at = max(word.find("'", at + 1), at) + 1
        elif word[at] == "`" or word.startswith(("$(", "<("), at):
            end = end_of(word, at)
            start = at + (1 if word[at] == "`" else 2)
            left += end == start
            if end > start:
                found.append(word[start : end - 1])
            at = end
        else:
            at += 2 if word[at] == "\\" else 1
    return found


class Heredoc(msgspec.Struct, frozen=True):
    """A here-document."""

    opener: str
    """The line that it begins on."""
    body: str
    line: int
    """Of the opener, from 1."""


def cut_heredocs(text: str) -> tuple[str, list[Heredoc]]:
    """Return *text* with the bodies of here-documents blanked, so that lines stay, and the documents."""
    if "<<" not in text:
        return text, []
    kept: list[str] = []
    found: list[Heredoc] = []
    until, opener, body, begun = "", "", [""], 0
    for number, row in enumerate(text.split("\n"), start=1):
        if until:
            if row.strip() == until:
                found.append(Heredoc(opener, "\n".join(body), begun))
                until = ""
            body.append(row)
            kept.append("")
            continue
        opened = _HEREDOC.search(row[:AHEAD]) if "<<" in row and "<<<" not in row else None
        if opened:
            until, opener, body, begun = opened[1], row[:AHEAD], [], number
        kept.append(row)
    if until:
        found.append(Heredoc(opener, "\n".join(body), begun))
    return "\n".join(kept), found


def end_of(text: str, at: int) -> int:
    """Return where the quote or substitution that begins at *at* ends; just behind its mark if never."""
    mark = text[at]
    last = min(len(text), at + AHEAD)
    if mark == "'" or mark == "`":
        end = text.find(mark, at + 1, last)
        return end + 1 if end >= 0 else at + 1
    if mark == '"':
        return _end_of_double(text, at, last)
    depth, place, quote = 0, at + 1, ""
    while place < last:
        char = text[place]
        if char == "\\":
            place += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if not depth:
                return place + 1
        place += 1
    return at + 2


def _end_of_double(text: str, at: int, last: int) -> int:
    """Return where double quotes end; quotes within ``$(…)`` do not end them."""
    depth, place = 0, at + 1
    while place < last:
        char = text[place]
        if char == "\\":
            place += 1
        elif text.startswith("$(", place):
            depth, place = depth + 1, place + 1
        elif char == ")" and depth:
            depth -= 1
        elif char == '"' and not depth:
            return place + 1
        place += 1
    plain = text.find('"', at + 1, last)
    return plain + 1 if plain >= 0 else at + 1


class _Cutter:
    """Goes through a text once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.words: list[str] = []
        self.writes = ""
        self.begun = 1
        """The line of the first word."""
        self.stages: list[Stage] = []
        self.left = 0
        """Marks that never ended."""

    def cut(self) -> Iterator[tuple[Stage, ...]]:
        """Yield the pipelines."""
        while self.at < len(self.text):
            char = self.text[self.at]
            space = _SPACE.match(self.text, self.at)
            if space:
                self._move(space.end())
            elif char == "#":
                end = self.text.find("\n", self.at)
                self._move(len(self.text) if end < 0 else end)
            elif char == "|" and not self.text.startswith("||", self.at):
                self._end_stage()
                self._move(self.at + (2 if self.text.startswith("|&", self.at) else 1))
                rest = _LINE_END.match(self.text, self.at)
                if rest:
                    self._move(rest.end())
            elif char in "\n;&|()" and not self.text.startswith("&>", self.at):
                pair = self.text[self.at : self.at + 2]
                yield from self._end(pair if pair in ("&&", "||") else char)
                self._move(self.at + 1)
            else:
                self._redirect_or_word()
        yield from self._end()

    def _redirect_or_word(self) -> None:
        start = self.at + (self.text[self.at] == "&")
        found = _REDIRECT.match(self.text, start)
        if found and not self.text.startswith(("<(", ">("), self.at):
            self._move(found.end())
            if found[2]:
                return
            space = _SPACE.match(self.text, self.at)
            self._move(space.end() if space else self.at)
            word = self._word()
            if found[1].startswith(">"):
                self.writes = word
            elif found[1] == "<":
                self.stages.append(Stage(("cat", word), self.line))
            elif found[1] == "<<<":
                self.stages.append(Stage(("echo", word), self.line))
            return
        self.begun = self.begun if self.words else self.line
        word = self._word()
        if len(self.words) < MOST_WORDS:
            self.words.append(word)

    def _word(self) -> str:
        start = self.at
        while self.at < len(self.text):
            char = self.text[self.at]
            plain = _PLAIN.match(self.text, self.at)
            if plain:
                self._move(plain.end())
            elif char == "\\":
                if self.text.startswith("\\\n", self.at):
                    break
                self._move(min(len(self.text), self.at + 2))
            elif char in "'\"`" or self.text.startswith(("$(", "<(", ">("), self.at):
                self._quoted(1 if char in "'\"`" else 2)
            elif char in " \t\r\n|&;()<>":
                break
            else:
                self._move(self.at + 1)
        return self.text[start : self.at]

    def _quoted(self, mark: int) -> None:
        """Go behind a quote or substitution that begins with so many characters."""
        end = self.at + mark if self.left >= MOST_OPEN else end_of(self.text, self.at)
        self.left += end == self.at + mark
        self._move(end)

    def _move(self, place: int) -> None:
        self.line += self.text.count("\n", self.at, place)
        self.at = place

    def _end_stage(self) -> None:
        if self.words:
            self.stages.append(Stage(tuple(self.words), self.begun, self.writes))
        self.words, self.writes = [], ""

    def _end(self, then: str = "") -> Iterator[tuple[Stage, ...]]:
        self._end_stage()
        if self.stages:
            self.stages[-1] = msgspec.structs.replace(self.stages[-1], then=then)
            yield tuple(self.stages)
        self.stages = []
