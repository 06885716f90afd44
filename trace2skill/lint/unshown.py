"""Text that no reader of a page sees: comments, unseen elements, attributes, outputs of notebooks."""

from __future__ import annotations

import ast
import json
import re
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from trace2skill.lint.folder import File
from trace2skill.lint.pieces import cut_comments
from trace2skill.lint.places import line_at, line_of
from trace2skill.lint.scripts import Script
from trace2skill.lint.view import View

_HIDING = (
    r"(?:display\s?:\s?none|visibility\s?:\s?hidden|font-size\s?:\s?[01](?:px|pt|em|rem|%)?\s?[;\"'}]"
    r"|opacity\s?:\s?0?\.?0\d?\s?[;\"'}]"
    r"|(?<!-)color\s?:\s?(?:white|transparent|#fff(?:fff)?\b|rgba?\(\s?255\s?,\s?255\s?,\s?255"
    r"|rgba\([^)]{0,20},\s?0\s?\))"
    r"|(?:left|top|right|text-indent)\s?:\s?-\d{3,5}|clip(?:-path)?\s?:\s?(?:rect\(0|inset\((?:50|100)%)"
    r"|(?:max-)?height\s?:\s?0(?:px)?\s?[;\"'}]|width\s?:\s?0(?:px)?\s?[;\"'}]|line-height\s?:\s?0\s?[;\"'}])"
)
_STYLE = re.compile(
    rf"<(?P<tag>[a-z][a-z0-9-]{{0,20}})\b(?=[^<>]{{0,400}}?(?:{_HIDING}|\shidden(?=[\s>=])"
    r"|\b(?:sr-only|visually-hidden|screen-reader-text|d-none|hidden)\b))[^<>]{0,600}>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?P<tag>desc|metadata|template|noscript|title)\b[^<>]{0,300}>", re.IGNORECASE)
_CLASS = re.compile(rf"\.(?P<name>[\w-]{{1,60}})\s{{0,3}}\{{[^{{}}]{{0,300}}?{_HIDING}", re.IGNORECASE)
_VALUE = re.compile(
    r"\b(?:alt|title|aria-label|aria-description|summary|content|value|placeholder|label|desc"
    r"|data-[\w-]{1,40})"
    r"\s?=\s?(?:\"([^\"]{12,2000})\"|'([^']{12,2000})')",
    re.IGNORECASE,
)
_LINK_TITLE = re.compile(r"\]\([^()\s]{1,500}\s{1,3}(?:\"([^\"\n]{12,2000})\"|'([^'\n]{12,2000})')\s?\)")
_OTHER_COMMENT = re.compile(r"%%([^%]{12,4000})%%|\{#([^#{}]{12,4000})#\}|\{/\*([^*]{12,4000})\*/\}")
_ANY_TAG = re.compile(r"<[^<>]{0,300}>")
_COMMENT_NAMES = frozenset(("//", "comment", "_", "#", "hidden", "*"))
_MARKUP = (".svg", ".html", ".htm", ".xml", ".vue", ".svelte")
_INNER = 4_000
_SHORTEST = 12
_AHEAD = 100_000
"""So far a text of a notebook is looked for, from the one before it."""
_OFFICE_PART = re.compile(r"\.(?:docx|xlsx|pptx|odt|ods|odp|epub)!/", re.IGNORECASE)
_PRINTABLE = re.compile(rb"[\t\n\r\x20-\x7e]{24,8000}")


@lru_cache(maxsize=2)
def unshown(view: View) -> tuple[tuple[str, int, str], ...]:
    """Return path, line and words of all that is not shown."""
    return tuple(_unshown(view))


def _unshown(view: View) -> Iterator[tuple[str, int, str]]:
    for document, span in view.spans(
        "comment", "reference", "html", "image", "prose", "item", "cell", "fence"
    ):
        if span.kind in ("comment", "image") or (span.kind == "reference" and _is_comment(span.info)):
            yield document.path, span.line, span.text
        elif span.kind == "reference":
            yield document.path, span.line, span.text.partition(" ")[2].strip("\"'() ")
        elif span.kind == "fence":
            yield document.path, max(1, span.line - 1), span.info.partition(" ")[2]
        else:
            patterns = (_LINK_TITLE, _OTHER_COMMENT)
            places = [
                *_groups(span.text, *patterns),
                *(_elements(span.text, document.text) if "<" in span.text else ()),
            ]
            yield from ((document.path, span.line + more, text) for more, text in places)
    for file in view.files:
        yield from ((file.path, line, text) for line, text in _of_file(file))


def _is_comment(label: str) -> bool:
    return label.strip().lower() in _COMMENT_NAMES


def _of_file(file: File) -> Iterator[tuple[int, str]]:
    if _OFFICE_PART.search(file.path):
        # Whoever loads a skill does not open the documents that it brings.
        yield from ((1, part) for part in file.text.split("\n\n") if part.strip())
    elif file.text and file.path.lower().endswith(_MARKUP):
        for place, said in cut_comments(file.text)[1]:
            yield line_of(file.text, place), said
        yield from ((1 + more, text) for more, text in _elements(file.text, file.text))
    elif file.kind == "notebook":
        yield from _of_notebook(file)
    elif file.data and file.kind in ("image", "binary"):
        # What an image says of itself, and a PDF in plain words, stands there in ASCII.
        yield from (
            (1, found[0].decode("ascii")) for found in _PRINTABLE.finditer(file.data) if b" " in found[0]
        )


def _of_notebook(file: File) -> Iterator[tuple[int, str]]:
    """Yield the outputs and the metadata of a notebook, and its cells of text."""
    try:
        book = json.loads(file.text)
    except (ValueError, RecursionError):
        return
    cells = book.get("cells") if isinstance(book, dict) else None
    waiting: deque[Any] = deque([book.get("metadata")] if isinstance(book, dict) else [])
    for cell in cells if isinstance(cells, list) else []:
        if isinstance(cell, dict):
            waiting.extend((cell.get("outputs"), cell.get("metadata")))
            waiting.append(cell.get("source") if cell.get("cell_type") != "code" else None)
    at = 0
    while waiting:
        value = waiting.popleft()
        if isinstance(value, str) and len(value) >= _SHORTEST:
            found = file.text.find(json.dumps(value)[1:40].rstrip('"\\'), at, at + _AHEAD)
            at = found if found >= 0 else at
            yield line_of(file.text, at), value
        elif isinstance(value, list):
            waiting.appendleft("".join(row for row in value if isinstance(row, str)))
            waiting.extendleft(row for row in value if not isinstance(row, str))
        elif isinstance(value, dict):
            waiting.extendleft(inner for name, inner in value.items() if not str(name).startswith("image/"))


def _elements(markup: str, page: str) -> Iterator[tuple[int, str]]:
    """Yield what hidden elements and attributes of *markup* hold, with the lines before it."""
    patterns = [_STYLE, _TAG]
    if names := _hiding_classes(page):
        patterns.append(
            re.compile(rf"<(?P<tag>\w{{1,20}})\b[^<>]{{0,200}}class=[\"']?(?:{names})\b[^<>]{{0,200}}>")
        )
    for pattern in patterns:
        for found in pattern.finditer(markup):
            inner = _inner(markup, found.end(), found["tag"].lower())
            if inner.strip():
                yield line_at(markup, found.end()), inner
    yield from _groups(markup, _VALUE)


@lru_cache(maxsize=1)
def _hiding_classes(page: str) -> str:
    """Return the names of the classes that the styles of a *page* hide, as alternatives of a pattern."""
    names = [found["name"] for found in _CLASS.finditer(page)] if "<style" in page.lower() else []
    return "|".join(map(re.escape, sorted(set(names))[:200]))


def _inner(markup: str, start: int, tag: str) -> str:
    """Return the words of an element that begins at *start*, without its markup."""
    piece = markup[start : start + _INNER]
    end = piece.lower().find(f"</{tag}")
    return _ANY_TAG.sub(" ", piece if end < 0 else piece[:end])


def _groups(text: str, *patterns: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    for pattern in patterns:
        for found in pattern.finditer(text):
            group = found.lastindex or 0
            yield line_at(text, found.start(group)), found[group]


def docstrings(script: Script) -> Iterator[tuple[int, str]]:
    """Yield line and words of the docstrings of Python."""
    for node in ast.walk(script.tree) if script.tree is not None else ():
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield script.at(value.lineno), value.value
