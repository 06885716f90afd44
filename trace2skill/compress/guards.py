"""Why a section may not leave the page: what would break, or stop binding, where it moved."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from trace2skill.compress.anatomy import Page, Section
from trace2skill.compress.atoms import binds
from trace2skill.compress.languages import title_binds
from trace2skill.compress.terms import has_any
from trace2skill.markdown import kept, lines_of

_RUNS_AT_LOADING = re.compile(r"(?<![`\w])!`[^`\n]{1,500}`|^[ \t>]{0,12}(?:`{3,}|~{3,})!", re.MULTILINE)
_FILLED_AT_LOADING = re.compile(r"\$(?:ARGUMENTS\b|\{CLAUDE_)|(?<![\w$\\`'\"{(=])\$[0-9]\b")
_INCLUDE = re.compile(r"(?:^|(?<=[\s(]))@[\w~./-]{1,120}\.\w{1,8}\b", re.MULTILINE)
_SPECIFIES = re.compile(
    r"\b(?:exactly|precisely|strictly)\b[^\n]{0,40}"
    r"\b(?:this|these|the following|format|structure|template|order)\b"
    r"|\b(?:output|response|report|answer|result)s?\b[^\n]{0,30}\b(?:format|structure|schema|template)\b"
    r"|\b(?:use|follow|produce|return|respond (?:with|in)|match)\b[^\n]{0,30}\b(?:this|the following)\b"
    r"[^\n]{0,20}\b(?:format|structure|template|schema|layout)\b",
    re.IGNORECASE,
)
_FORMS = ("exactly", "precisely", "strictly", "format", "structure", "template", "schema", "layout")
"""One of these is in all that specifies a form; to look for them is cheap."""
_BINDING_TITLE = re.compile(
    r"\b(?:gotchas?|pitfalls?|warnings?|caveats?|danger\w{0,4}|safety|security|rules?|principles?|must\b|never"
    r"|always|do not|don['’]t|critical|important|constraints?|requirements?|guard ?rails?|mandatory"
    r"|red flags?|anti-?patterns?|limitations?|outputs?|deliverables?|reports?"
    r"|(?:response|answer) formats?)\b",
    re.IGNORECASE,
)
_POINTS_UP = re.compile(
    r"^[^\n]{0,120}\b(?:as|see|shown|described|listed|mentioned|the) (?:\w{1,20} ){0,2}above\b"
    r"|^[^\n]{0,60}\b(?:previous|preceding) (?:section|example|step|code|snippet)\b",
    re.IGNORECASE | re.MULTILINE,
)
_DEFINITION = re.compile(r"^ {0,3}\[([^\]\n]{1,200})\]:", re.MULTILINE)
_REFERENCE = re.compile(r"\][ ]?\[([^\]\n]{0,200})\]|\[([^\]\n]{1,200})\](?![(\[:])")
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]{0,40})(?:\s[^<>\n]{0,300})?(/?)>")
_CODE = re.compile(r"(?ms)^[ \t>]{0,12}(`{3,}|~{3,}).{0,200000}?^[ \t>]{0,12}\1|`[^`\n]{1,400}`")
FIRST, POINTED_AT = "it is the first section", "what follows it points back to it"
_NEAR = 400
"""How far after a section something may point back to it, in characters."""


def guards_of(page: Page) -> dict[int, str]:
    """Return the sections of *page* that may not move as a whole, each with the reason."""
    if not page.sections:
        return {}
    found = {page.sections[0].place: FIRST}
    holds = kept(page.text)
    hits = _hits(page)
    balances = _balances(page)
    defined = {match[1].casefold() for match in _DEFINITION.finditer(page.text)}
    for section in page.sections[1:]:
        if any(section.start < end and start < section.end for start, end in holds):
            found[section.place] = "it is marked to be kept"
        elif defined and _shares_definitions(page.text, section, defined):
            found[section.place] = "it shares link definitions with the rest of the page"
        elif _points_up(page.text[section.end : section.end + _NEAR]):
            found[section.place] = POINTED_AT
        else:
            reason = _own_reason(section, hits, balances)
            if reason:
                found[section.place] = reason
    return found


def _points_up(text: str) -> bool:
    small = text.lower()
    likely = any(word in small for word in ("above", "previous", "preceding"))
    return likely and _POINTS_UP.search(text) is not None


class _Hits(NamedTuple):
    """Where on a page something stands that must not move, in order."""

    runs: tuple[int, ...]
    filled: tuple[int, ...]
    included: tuple[int, ...]
    specified: tuple[int, ...]


def _hits(page: Page) -> _Hits:
    """Look through the whole of *page* once, rather than through each section and those below it."""
    text = page.text
    # Without a word about arguments, ``$1`` is something of a shell.
    numbered = "$ARGUMENTS" in text or "\nargument" in text[: page.front]
    filled = _FILLED_AT_LOADING.finditer(text if "$" in text else "")
    runs = any(mark in text for mark in ("!`", "`!", "~!"))
    return _Hits(
        runs=tuple(match.start() for match in _RUNS_AT_LOADING.finditer(text if runs else "")),
        filled=tuple(match.start() for match in filled if numbered or not match[0][1:].isdigit()),
        included=tuple(match.start() for match in _INCLUDE.finditer(text if "@" in text else "")),
        specified=tuple(_specified(text)),
    )


def _specified(text: str) -> Iterator[int]:
    whole = text.lower()
    forms = [word for word in _FORMS if word in whole]
    at = 0
    for line in lines_of(text) if forms else ():
        if has_any(line.lower(), forms):
            yield from (at + match.start() for match in _SPECIFIES.finditer(line))
        at += len(line)


def _within(places: tuple[int, ...], section: Section) -> bool:
    at = bisect_left(places, section.start)
    return at < len(places) and places[at] < section.end


def _own_reason(section: Section, hits: _Hits, balances: Sequence[Counter[str]]) -> str:
    """Return what in *section* itself keeps it where it is; nothing if it may go."""
    if _within(hits.runs, section):
        return "a command in it runs when the skill is loaded"
    if _within(hits.filled, section):
        return "a placeholder in it is filled when the skill is loaded"
    if _within(hits.included, section):
        return "it includes another file"
    titles = (section.title, *section.path[1:])
    if any(_BINDING_TITLE.search(title) or title_binds(title) for title in titles):
        return "its heading binds"
    if _within(hits.specified, section):
        return "it specifies a form"
    if any(block.kind == "heading" and binds(block.title) for block in section.blocks[1:]):
        return "a heading in it binds"
    return "markup begins or ends in it" if _is_torn(section, balances) else ""


def _shares_definitions(text: str, section: Section, defined: set[str]) -> bool:
    """Say whether a link in *section* is defined outside of it, or one outside is defined in it."""
    inside = text[section.start : section.end]
    outside = text[: section.start] + text[section.end :]
    here, there = _names(_DEFINITION, inside) & defined, _names(_DEFINITION, outside) & defined
    return bool(_names(_REFERENCE, inside) & there or _names(_REFERENCE, outside) & here)


def _names(pattern: re.Pattern[str], text: str) -> set[str]:
    return {(match[1] or match[match.lastindex or 1] or "").casefold() for match in pattern.finditer(text)}


def _balances(page: Page) -> list[Counter[str]]:
    """Return for the text between each heading and the next which tags it opens more often than it closes.

    Tags that are closed nowhere, such as ``<name>``, are placeholders.
    """
    closers = {name.lower() for closing, name, _ in _TAG.findall(page.text) if closing}
    edges = [*(section.start for section in page.sections), len(page.text)]
    found = []
    for start, end in pairwise(edges if closers else ()):
        balance: Counter[str] = Counter()
        for closing, name, empty in _TAG.findall(_CODE.sub("", page.text[start:end])):
            if not empty and name.lower() in closers:
                balance[name.lower()] += -1 if closing else 1
        found.append(balance)
    return found


def _is_torn(section: Section, balances: Sequence[Counter[str]]) -> bool:
    """Say whether a tag is opened in *section* and closed elsewhere, or the other way round."""
    total: Counter[str] = Counter()
    for balance in balances[section.place : section.place + section.span]:
        total.update(balance)
    return any(total.values())
