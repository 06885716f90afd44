"""JavaScript cut into tokens: names, strings, templates and marks, each with its line."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_CHARS = 600_000
MAX_TOKENS = 150_000
MOST_LOST = 40
"""So many quotes that never end are met; then the rest is left."""
_TOKEN = re.compile(
    r"(?P<gap>\s{1,10000}|//[^\n]{0,20000}|/\*(?:[^*]|\*(?!/)){0,20000}\*/)"
    r"|(?P<text>\"(?:[^\"\\\n]|\\.){0,60000}\"|'(?:[^'\\\n]|\\.){0,60000}'|`(?:[^`\\]|\\.){0,60000}`)"
    r"|(?P<name>[A-Za-z_$][\w$]{0,200})"
    r"|(?P<number>\d[\w.]{0,60})"
    r"|(?P<mark>=>|\.\.\.|\+=|===?|!==?|&&|\|\||\?\?|\?\.|[^\s])",
    re.DOTALL,
)
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,500}\]){1,2000}/[a-z]{0,8}")
_BEFORE_REGEX = frozenset("( , = : [ ! & | ? { } ; => return && || ??".split())
_HOLE = re.compile(r"\$\{([^{}]{0,500})\}")
_NAME = re.compile(r"[A-Za-z_$][\w$]{0,200}")


class Token(NamedTuple):
    """One token."""

    kind: str
    """``text``, ``name``, ``number`` or ``mark``."""
    text: str
    """Of a string or template without its quotes."""
    line: int
    names: tuple[str, ...] = ()
    """Of a template: the names in its holes."""


def tokens_of(text: str) -> tuple[list[Token], str]:
    """Return the tokens of a script, and why some were left out, if any were."""
    found: list[Token] = []
    at, line, lost = 0, 1, 0
    cut = "" if len(text) <= MAX_CHARS else f"{len(text)} characters of JavaScript; {MAX_CHARS} are read"
    text = text[:MAX_CHARS]
    while at < len(text):
        match = None
        if text[at] == "/" and (not found or found[-1].text in _BEFORE_REGEX):
            match = _REGEX.match(text, at)
        if match is not None:
            found.append(Token("number", "/", line))
            at = match.end()
            continue
        match = _TOKEN.match(text, at)
        if match is None or len(found) >= MAX_TOKENS or lost > MOST_LOST:
            return found, "more of JavaScript than is worth to be read"
        kind, piece = match.lastgroup or "", match[0]
        if kind == "text":
            holes = _HOLE.findall(piece) if piece[0] == "`" else ()
            names = tuple(name for hole in holes for name in _NAME.findall(hole))
            found.append(Token("text", piece[1:-1], line, names))
        elif kind != "gap":
            lost += piece in "\"'`" or (piece == "/" and text.startswith("/*", at))
            found.append(Token(kind, piece, line))
        line += piece.count("\n")
        at = match.end()
    return found, cut
