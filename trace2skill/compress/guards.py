"""Why a section may not leave the page: what would break, or stop binding, where it moved."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from trace2skill.compress.anatomy import Page, Section
from trace2skill.compress.atoms import binds
from trace2skill.markdown import kept

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
_BINDING_TITLE = re.compile(
    r"\b(?:gotchas?|pitfalls?|warnings?|caveats?|danger\w{0,4}|safety|security|rules?|principles?|must\b|never"
    r"|always|do not|don['’]t|critical|important|constraints?|requirements?|guard ?rails?|mandatory"
    r"|red flags?|anti-?patterns?|limitations?|outputs?|deliverables?|(?:response|report|answer) formats?)\b",
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
_NEAR = 400
"""How far after a section something may point back to it, in characters."""


def guards_of(page: Page) -> dict[int, str]:
    """Return the sections of *page* that may not move as a whole, each with the reason."""
    if not page.sections:
        return {}
    found = {page.sections[0].place: "it is the first section"}
    holds = kept(page.text)
    facts = _Facts(
        numbered="$ARGUMENTS" in page.text or "\nargument" in page.text[: page.front],
        closers=frozenset(name.lower() for closing, name, _ in _TAG.findall(page.text) if closing),
    )
    defined = {match[1].casefold() for match in _DEFINITION.finditer(page.text)}
    for section in page.sections[1:]:
        source = page.text[section.start : section.end]
        if any(section.start < end and start < section.end for start, end in holds):
            found[section.place] = "it is marked to be kept"
        elif defined and _shares_definitions(page.text, section, defined):
            found[section.place] = "it shares link definitions with the rest of the page"
        elif _POINTS_UP.search(page.text[section.end : section.end + _NEAR]):
            found[section.place] = "what follows it points back to it"
        else:
            reason = _own_reason(page, section, source, facts)
            if reason:
                found[section.place] = reason
    return found


class _Facts(NamedTuple):
    """What of the whole page decides about a section."""

    numbered: bool
    """Whether ``$1`` is an argument of the skill rather than something of a shell."""
    closers: frozenset[str]
    """The tags that are closed anywhere: others, such as ``<name>``, are placeholders."""


def _own_reason(page: Page, section: Section, source: str, facts: _Facts) -> str:
    """Return what in *section* itself keeps it where it is; nothing if it may go."""
    filled = [match[0] for match in _FILLED_AT_LOADING.finditer(source)]
    if _RUNS_AT_LOADING.search(source):
        return "a command in it runs when the skill is loaded"
    if any(facts.numbered or not one[1:].isdigit() for one in filled):
        return "a placeholder in it is filled when the skill is loaded"
    if _INCLUDE.search(source):
        return "it includes another file"
    if any(_BINDING_TITLE.search(title) for title in (section.title, *section.path[1:])):
        return "its heading binds"
    if _SPECIFIES.search(source):
        return "it specifies a form"
    if any(block.kind == "heading" and binds(block.title) for block in section.blocks[1:]):
        return "a heading in it binds"
    return "markup begins or ends in it" if _is_torn(source, facts.closers) else ""


def _shares_definitions(text: str, section: Section, defined: set[str]) -> bool:
    """Say whether a link in *section* is defined outside of it, or one outside is defined in it."""
    inside = text[section.start : section.end]
    outside = text[: section.start] + text[section.end :]
    here, there = _names(_DEFINITION, inside) & defined, _names(_DEFINITION, outside) & defined
    return bool(_names(_REFERENCE, inside) & there or _names(_REFERENCE, outside) & here)


def _names(pattern: re.Pattern[str], text: str) -> set[str]:
    return {(match[1] or match[match.lastindex or 1] or "").casefold() for match in pattern.finditer(text)}


def _is_torn(source: str, closers: frozenset[str]) -> bool:
    """Say whether a tag is opened in *source* and closed elsewhere, or the other way round."""
    balance: Counter[str] = Counter()
    for closing, name, empty in _TAG.findall(_CODE.sub("", source)):
        if not empty and name.lower() in closers:
            balance[name.lower()] += -1 if closing else 1
    return any(balance.values())
