"""Texts of a document in pieces: sentences of bounded length, and comments apart from what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

CHUNK = 4_000
"""So long is a sentence at most; what is longer is cut into pieces."""
OVERLAP = 400
"""So much of a piece comes again in the next, so that nothing hides where a sentence is cut."""
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+|\n(?=[ \t]*(?:[-*+]|\d{1,3}[.)]) )")
CODE = re.compile(r"(?<!`)`{1,2}([^`]{1,2000})`{1,2}(?!`)")
_VEIL = "\0"


def _veiled(code: re.Match[str]) -> str:
    """Return code in a line so that no comment begins in it."""
    return code[0].replace("<", _VEIL)


def sentences(text: str) -> Iterator[tuple[str, int]]:
    """Yield the sentences of *text* with the place where each begins."""
    start = 0
    for found in _SENTENCE_END.finditer(text):
        if text[start : found.start()].strip():
            yield from bounded(text[start : found.start()], start)
        start = found.end()
    if text[start:].strip():
        yield from bounded(text[start:], start)


def bounded(text: str, place: int) -> Iterator[tuple[str, int]]:
    """Yield *text*, which begins at *place*, in pieces of bounded length that overlap."""
    for start in range(0, max(1, len(text) - OVERLAP), CHUNK - OVERLAP):
        yield text[start : start + CHUNK], place + start


def cut_comments(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return *text* with its HTML comments blanked, and each comment with its place.

    One that is never closed goes to the end.
    """
    kept: list[str] = []
    comments: list[tuple[int, str]] = []
    at = 0
    while True:
        start = text.find("<!--", at)
        if start < 0:
            return "".join((*kept, text[at:])), comments
        end = text.find("-->", start + 4)
        after = len(text) if end < 0 else end + 3
        comments.append((start, text[start + 4 : len(text) if end < 0 else end]))
        kept.append(text[at:start] + "\n" * text.count("\n", start, after))
        at = after


def cut_comments_outside_code(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return what ``cut_comments`` does for a line of Markdown, where code shows a comment as it is."""
    rest, comments = cut_comments(CODE.sub(_veiled, text))
    return rest.replace(_VEIL, "<"), [(at, said.replace(_VEIL, "<")) for at, said in comments]
