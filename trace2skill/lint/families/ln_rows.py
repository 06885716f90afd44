"""LN: where a distilled skill says other things than the runs that it comes from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from trace2skill.lint.document import Document, Span
from trace2skill.lint.pieces import sentences
from trace2skill.lint.places import line_of
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View
from trace2skill.markdown import kept
from trace2skill.provenance import FILE, Row
from trace2skill.records import Severity

_ALIKE = 0.6
_COMPARED_CHARS = 600
_MOST_CHANGED = 200
_QUOTE = re.compile(r"“([^“”]{1,2000})”")
_LEFT_OUT = re.compile(r"…|\.\.\.|'…'")
_TELLING_CHARS = 8
_SECTION = tuple[str, tuple[str, ...]]


class Item(NamedTuple):
    """A sentence of a list, and whether a row says the same."""

    document: Document
    span: Span
    supported: bool

    @property
    def section(self) -> _SECTION:
        """Return its file and the headings that it stands under."""
        return self.document.path, self.span.headings


def damaged(view: View) -> Iterator[Hit]:
    """Find provenance that cannot be read."""
    if view.provenance is not None and view.provenance.problem:
        what = f"the provenance cannot be read: {view.provenance.problem}"
        yield Hit(FILE, 1, what, fix="distill the skill again, or remove the file")


def unsupported(view: View) -> Iterator[Hit]:
    """Find rules among distilled ones that no run stands behind."""
    changed = {(path, line) for path, line, _ in _changed(view)}
    by_section: dict[_SECTION, list[Item]] = defaultdict(list)
    for item in _items(view):
        by_section[item.section].append(item)
    for items in by_section.values():
        backed = sum(item.supported for item in items)
        # Sections that somebody wrote by hand have no rows, and need none.
        level: Severity = "warning" if backed * 2 >= len(items) else "note"
        for document, span, supported in items if backed else ():
            own = any(first <= span.line <= last for first, last in _kept_lines(document.text))
            if not supported and not own and (document.path, span.line) not in changed:
                yield Hit(document.path, span.line, "no run stands behind this sentence", level=level,
                          fix="distill it again, or put it between trace2skill:keep marks",
                          evidence=span.text)  # fmt: skip


def _kept_lines(text: str) -> list[tuple[int, int]]:
    if "trace2skill:keep" not in text:
        return []
    return [(line_of(text, start), line_of(text, end)) for start, end in kept(text)]


def _items(view: View) -> Iterator[Item]:
    pieces: dict[str, set[str]] = defaultdict(set)
    for row in view.provenance.rows if view.provenance is not None else ():
        pieces[row.file].update(_pieces(row.sentence))
    for document, span in view.spans("item") if pieces else ():
        if document.path in pieces:
            yield Item(document, span, _plain(span.text) in pieces[document.path])


def _pieces(text: str) -> set[str]:
    return {_plain(piece) for piece, _ in sentences(text)}


def _plain(text: str) -> str:
    return " ".join(text.split())


def mismatched(view: View) -> Iterator[Hit]:
    """Find sentences that were changed after they were distilled, and quotes that no run holds."""
    for path, line, row in _changed(view):
        yield Hit(path, line, "the sentence is not the one that its runs were recorded for",
                  fix=f"it was: {row.sentence[:300]}", evidence=row.sentence)  # fmt: skip
    for row in view.provenance.rows if view.provenance is not None else ():
        said = _plain(" ".join(quote.quote for quote in row.evidence))
        for quote in _QUOTE.findall(row.sentence):
            parts = [_plain(part) for part in _LEFT_OUT.split(quote)]
            if any(len(part) >= _TELLING_CHARS and part not in said for part in parts):
                yield Hit(row.file, row.line, "no run behind this sentence holds what it quotes",
                          fix="quote what the run says, byte for byte", evidence=quote)  # fmt: skip


def _changed(view: View) -> list[tuple[str, int, Row]]:
    """Return the lines that are alike to a sentence with a row, and no longer the same."""
    found: dict[tuple[str, int], Row] = {}
    there: dict[str, set[str]] = defaultdict(set)
    lone: dict[str, list[Item]] = defaultdict(list)
    for item in _items(view):
        there[item.document.path].add(_plain(item.span.text))
        if not item.supported:
            lone[item.document.path].append(item)
    gone = [
        row
        for row in (view.provenance.rows if view.provenance is not None else ())
        if lone[row.file] and not _pieces(row.sentence) <= there[row.file]
    ]
    for row in gone[:_MOST_CHANGED]:
        near = min(lone[row.file], key=lambda item: abs(item.span.line - row.line))
        if _are_alike(near.span.text, row.sentence):
            found.setdefault((row.file, near.span.line), row)
    return [(path, line, row) for (path, line), row in found.items()]


def _are_alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, _plain(one)[:_COMPARED_CHARS], _plain(other)[:_COMPARED_CHARS])
    return matcher.quick_ratio() > _ALIKE and matcher.ratio() > _ALIKE


_ROW = (
    '{{"file":"SKILL.md","line":6,"sentence":"{}","lesson":"a","support":{{"tasks":1,"trajectories":1}},'
    '"evidence":[{{"trajectory":"t","step":1,"field":"result","quote":"{}","source":"a.jsonl",'
    '"source_line":1}}]}}\n'
)
_TWO = _ROW.format("Run the tests.", "ok") + _ROW.format("Then commit.", "ok")
RULES = (
    Rule(
        id="LN114", name="unsupported-sentence", class_="quality", level="warning", check=unsupported,
        why="What stands among distilled rules passes for what runs have shown.",
        bad={"SKILL.md": "- Run the tests.\n- Then commit.\n- Always force-push.\n", FILE: _TWO},
        good={"SKILL.md": "- Run the tests.\n- Then commit.\n\n## By hand\n\n- Ask first.\n", FILE: _TWO},
    ),
    Rule(
        id="LN115", name="changed-quote", class_="quality", level="warning", check=mismatched,
        why="Whoever looks up where the sentence comes from is shown runs that say something else.",
        bad={"SKILL.md": "- Run some tests.\n- Then commit.\n", FILE: _TWO},
        good={"SKILL.md": "- Run the tests.\n- Then commit.\n", FILE: _TWO},
    ),
    Rule(
        id="LN119", name="damaged-provenance", class_="quality", level="warning", check=damaged,
        why="Nothing can be looked up, and the next run starts without what is known.",
        bad={FILE: "{\n"}, good={FILE: _TWO},
    ),
)  # fmt: skip
