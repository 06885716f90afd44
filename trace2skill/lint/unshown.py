"""Text in markup that no reader of the page sees: comments, unseen elements, the words behind an image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.pieces import cut_comments
from trace2skill.lint.places import line_at, line_of
from trace2skill.lint.view import View

_STYLE = re.compile(
    r"(?:display\s?:\s?none|visibility\s?:\s?hidden|font-size\s?:\s?0|opacity\s?:\s?0\s?[;\"']"
    r"|color\s?:\s?(?:white|transparent|#fff(?:fff)?)\b|\shidden(?=[\s>]))[^<>]{0,200}>([^<]{1,2000})",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?:desc|metadata)\b[^>]{0,200}>([^<]{1,2000})", re.IGNORECASE)
_VALUE = re.compile(r"\b(?:alt|title)\s?=\s?\"([^\"]{1,2000})\"", re.IGNORECASE)
_COMMENT_NAMES = frozenset(("//", "comment", "_", "#", "hidden"))
_MARKUP = (".svg", ".html", ".htm", ".xml")


def unshown(view: View) -> Iterator[tuple[str, int, str]]:
    """Yield path, line and words of all that markup does not show."""
    for document, span in view.spans("comment", "reference", "html", "image"):
        if span.kind == "html":
            yield from ((document.path, span.line + more, text) for more, text in _elements(span.text))
        elif span.kind != "reference" or span.info.strip().lower() in _COMMENT_NAMES:
            yield document.path, span.line, span.text
    for file in view.texts():
        if file.path.lower().endswith(_MARKUP):
            for place, said in cut_comments(file.text)[1]:
                yield file.path, line_of(file.text, place), said
            yield from ((file.path, 1 + more, text) for more, text in _elements(file.text))


def _elements(markup: str) -> Iterator[tuple[int, str]]:
    for pattern in (_STYLE, _TAG, _VALUE):
        for found in pattern.finditer(markup):
            yield line_at(markup, found.start(1)), found[1]
