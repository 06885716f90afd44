"""Describe a skill that has no description: by what its body says first, when to use it, and its words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from trace2skill import tokens
from trace2skill.compress.similar import Pool
from trace2skill.compress.terms import terms_of
from trace2skill.markdown import Block, blocks

MOST_TOKENS = 110
"""Of a description that is made here; the listing holds one of every skill."""
_MOST_SENTENCE = 320
_MOST_CASE = 110
_MOST_CASES = 5
_MOST_TITLES = 8
_MOST_RARE = 12
_WHEN = re.compile(
    r"\bwhen (?:to|should|you)\b|\buse (?:this|it|when|cases?)\b|\btriggers?\b"
    r"|\bapplies to\b|使用|時機|时机|使う",
    re.IGNORECASE,
)
_EMPTY_TITLE = re.compile(
    r"^(?:overview|introduction|usage|use|quick ?start|getting started|when .{0,60}|how it works|examples?"
    r"|references?|resources|see also|notes?|summary|instructions?|workflow|process|steps?|prerequisites"
    r"|requirements|setup|installation|best practices|key (?:concepts|principles|features)|tips|about"
    r"|core (?:concepts|principles)|next steps|output|troubleshooting|purpose|goals?|related .{0,40}"
    r"|(?:table of )?contents|checklist)$",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,500}\)|\*{1,3}|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)|`|<[^<>\n]{1,200}>"
)
_ITEM = re.compile(r"^\s{0,9}(?:[-*+]|\d{1,3}[.)])\s{1,4}(?:\[[ x]\]\s)?")
_NUMBERED = re.compile(
    r"^(?:(?:step|part|phase|section)\s)?\d{1,3}(?:\.\d{1,3}){0,3}[.):]?\s{1,4}(?:[-–—]\s)?", re.IGNORECASE
)
_END = re.compile(r"(?<=[.!?])\s|(?<=[。！？])")
_WORD = re.compile(r"[^\W\d_][\w.+#-]{1,40}[\w+#]")


def introduce(text: str, pool: Pool, room: int | None) -> str:
    """Return a description for the page *text* of at most *room* characters; nothing if it says nothing."""
    every = [block for block in blocks(text) if block.kind != "frontmatter"]
    parts = [_sentence(text, every)]
    title = next((_plain(block.title) for block in every if block.level == 1), "").rstrip(" .")
    if set(terms_of(title)) - set(terms_of(parts[0])):
        parts.insert(0, f"{_cut(title, _MOST_CASE)}.")
    cases = list(_cases(text, every))
    titles = [_cut(_plain(_NUMBERED.sub("", one.title)), _MOST_CASE) for one in every if one.level == 2]
    telling = [title for title in dict.fromkeys(titles) if title and not _EMPTY_TITLE.match(title)]
    if cases:
        parts.append(f"Use when: {'; '.join(cases)}.")
    if telling:
        parts.append(f"Covers {', '.join(telling[:_MOST_TITLES])}.")
    said = " ".join(part for part in parts if part)
    rare = list(_rare(text, every, said, pool))
    if rare:
        parts.append(f"Words: {', '.join(rare)}.")
    return _within([part for part in parts if part], room)


def _sentence(text: str, every: list[Block]) -> str:
    """Return the first sentence of prose."""
    for block in every:
        if block.kind == "paragraph":
            said = _plain(text[block.start : block.end])
            if len(terms_of(said)) > 2 and not said.endswith(":"):
                first = _END.split(said, 1)[0].rstrip(" .")
                return f"{_cut(first, _MOST_SENTENCE)}."
    return ""


def _cases(text: str, every: list[Block]) -> Iterator[str]:
    """Yield what the page lists below a heading, or after a line, that says when to use the skill."""
    found = 0
    leads = False
    for block in every:
        source = text[block.start : block.end]
        if block.kind == "paragraph":
            leads = bool(_WHEN.search(source)) and source.rstrip(" *").endswith((":", "："))
        below = bool(block.path) and bool(_WHEN.search(block.path[-1]))
        if block.kind == "item" and (leads or below) and found < _MOST_CASES:
            case = _plain(_ITEM.sub("", source)).rstrip(" .;:。")
            if case:
                found += 1
                yield _cut(case, _MOST_CASE)
        elif block.kind not in ("item", "paragraph"):
            leads = False


def _rare(text: str, every: list[Block], said: str, pool: Pool) -> Iterator[str]:
    """Yield the words that the page says often and other skills do not, as it first writes them."""
    known = set(terms_of(said))
    count: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for block in every:
        if block.kind in ("paragraph", "item", "heading", "table"):
            for word in _WORD.findall(_plain(text[block.start : block.end])):
                for term in terms_of(word)[:1]:
                    count[term] += 3 if block.kind == "heading" else 1
                    shown.setdefault(term, word)
    worth = {term: (1 + math.log(often)) * pool.idf(term) for term, often in count.items() if often > 1}
    best = sorted(worth, key=lambda term: (-worth[term], term))
    yield from [shown[term] for term in best if term not in known][:_MOST_RARE]


def _within(parts: list[str], room: int | None) -> str:
    """Return *parts* joined, each cut to what is left of the tokens and of the *room*."""
    said = ""
    for part in parts:
        words = part.split(" ")
        while words and not _fits(f"{said} {' '.join(words)}".strip(), room):
            words.pop()
        shown = " ".join(words)
        if shown != part:
            shown = f"{shown.rstrip(' ,;:.')}." if len(words) > 1 else ""
        said = f"{said} {shown}".strip()
    return said if _fits(said, room) else said[:room]


def _fits(text: str, room: int | None) -> bool:
    return tokens.fits(text, MOST_TOKENS) and (room is None or len(text) <= room)


def _cut(text: str, most: int) -> str:
    """Return *text* within *most* characters, cut between words."""
    return text if len(text) <= most else text[:most].rpartition(" ")[0].rstrip(" ,;:.") or text[:most]


def _plain(text: str) -> str:
    shown = _MARKS.sub(lambda mark: mark[1] or "", text)
    return " ".join("".join(char if char.isprintable() else " " for char in shown).split())
