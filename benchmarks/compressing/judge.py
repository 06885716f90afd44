"""What became of a skill, by a judge who shares no rule with the compressor but what an atom is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from statistics import mean, median
from typing import Any, NamedTuple

from trace2skill import tokens
from trace2skill.compress.atoms import atoms
from trace2skill.compress.sizes import description_of
from trace2skill.markdown import blocks, split_frontmatter

# What SkillReducer and those who rebuilt it take for binding; capitals or the beginning of a sentence.
_MODAL = re.compile(
    r"(?<![\w-])(?:MUST|NEVER|ALWAYS|DO NOT|ONLY|REQUIRED|CRITICAL|IMPORTANT|WARNING)(?![\w-])"
    r"|(?:^|[.:;] )[ \t>*+-]{0,8}(?:\d{1,3}[.)] )?(?:Never|Always|Do not|Must|Only|Important|Warning)\b"
    r"|(?<![\w-])must(?![\w-])",
)
_GOTCHA = re.compile(r"gotcha", re.IGNORECASE)
_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})([^\n]*)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")


class Verdict(NamedTuple):
    """What became of one skill: shares are pairs of what is left and what there was."""

    group: str
    tokens: tuple[int, int]
    """That an agent always loads, after and before."""
    everywhere: tuple[int, int]
    """Atoms on the page or in its references."""
    core: tuple[int, int]
    """Atoms on the page."""
    modal: tuple[int, int]
    """Lines that bind, on the page."""
    code: tuple[int, int]
    """Fenced blocks, byte for byte, on the page or in its references."""

    @property
    def reduction(self) -> float:
        """Return which part of the tokens has gone, in percent."""
        return 100 * (1 - self.tokens[0] / max(1, self.tokens[1]))


def judge(group: str, before: Mapping[str, str], after: Mapping[str, str]) -> Verdict:
    """Return what became of the skill with the files *before*, which are now those *after*."""
    pages = _pages(before)
    core, every = _atoms({"SKILL.md": after["SKILL.md"]}), _atoms(_pages(after))
    had, page_had = _atoms(pages), _atoms({"SKILL.md": before["SKILL.md"]})
    lines = Counter(_lines(after["SKILL.md"]))
    modal = Counter(modal_lines(before["SKILL.md"]))
    fences = [fence for text in pages.values() for fence in fences_of(text)]
    everything = "\n".join(_pages(after).values())
    return Verdict(
        group,
        (always_loaded(after["SKILL.md"]), always_loaded(before["SKILL.md"])),
        ((had & every).total(), had.total()),
        ((page_had & core).total(), page_had.total()),
        ((modal & lines).total(), modal.total()),
        (sum(fence in everything for fence in fences), len(fences)),
    )


def always_loaded(page: str) -> int:
    """Return the tokens of description and body."""
    return tokens.count(description_of(page)) + tokens.count(split_frontmatter(page)[1])


def modal_lines(page: str) -> Iterator[str]:
    """Yield the lines outside of code that bind, and those below a heading that speaks of gotchas."""
    below = 0
    for line, is_code in _told(split_frontmatter(page)[1]):
        heading = None if is_code else _HEADING.match(line)
        if heading and (not below or len(heading[1]) <= below):
            below = len(heading[1]) if _GOTCHA.search(heading[2]) else 0
        if line.strip() and (below or (not is_code and _MODAL.search(line))):
            yield line


def fences_of(page: str) -> Iterator[str]:
    """Yield the fenced blocks of *page*, from the line that opens one to the line that closes it."""
    block: list[str] = []
    for line, is_code in _told(page):
        if is_code:
            block.append(line)
            opened = _FENCE.match(block[0])
            if len(block) > 1 and opened and _closes(line, opened[1]):
                yield page_newline(page).join(block)
                block = []
        else:
            block = []


def page_newline(page: str) -> str:
    """Return what ends the lines of *page*."""
    return "\r\n" if "\r\n" in page else "\n"


def _told(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is part of a fenced block, its fences included."""
    mark = ""
    for line in _lines(text):
        found = _FENCE.match(line)
        if mark:
            yield line, True
            if _closes(line, mark):
                mark = ""
        elif found and not (found[1][0] == "`" and "`" in found[2]):
            mark = found[1]
            yield line, True
        else:
            yield line, False


def _closes(line: str, mark: str) -> bool:
    bare = line.strip(" \t>")
    return len(bare) >= len(mark) and not bare.strip(mark[0])


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _pages(files: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if path.endswith(".md")}


def _atoms(pages: Mapping[str, str]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for text in pages.values():
        found += atoms(text, blocks(text))
    return found


def summary(what: str, verdicts: list[Verdict]) -> dict[str, Any]:
    """Return a row about *verdicts*."""
    cuts = [one.reduction for one in verdicts]
    after, before = (sum(one.tokens[at] for one in verdicts) for at in (0, 1))
    return {
        "what": what,
        "skills": len(verdicts),
        "mean %": mean(cuts),
        "median %": median(cuts),
        "pooled %": 100 * (1 - after / max(1, before)),
        "atoms": share(one.everywhere for one in verdicts),
        "on page": share(one.core for one in verdicts),
        "modal": share(one.modal for one in verdicts),
        "code": share(one.code for one in verdicts),
    }


def share(pairs: Iterator[tuple[int, int]]) -> str:
    """Return the share of what is left over all *pairs*; 1.0000 only if nothing is missing."""
    left, had = (sum(part) for part in zip(*pairs, strict=True))
    if not had:
        return "-"
    return "1.0000" if left == had else f"{min(left / had, 0.9999):.4f}"
