"""What makes a skill cost more than it has to, and what of it a program would cut, with code and place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from trace2skill.compress.links import broken, mentions
from trace2skill.compress.profiles import Profile
from trace2skill.compress.similar import Collision
from trace2skill.compress.sizes import Sizes, front_of
from trace2skill.markdown import lines_of
from trace2skill.records import Record

SHORT = 20
"""Tokens below which a description rarely tells enough (SkillReducer, arXiv 2603.29919, section III)."""
LONG = 100
"""Tokens that the specification names for name and description together."""
MONOLITH = 2000
"""Tokens from which on a body without references is worth dividing."""
LONG_REFERENCE = 300
"""Lines from which on a reference needs a table of contents."""
MUCH = 0.2
"""The share of a reference that stands in the body, too, from which on it is told."""
_GRAM = 8
_LEAST_REPEATED = 40
_SAYS_WHEN = re.compile(
    r"\b(?:when(?:ever)?|if|trigger\w{0,4}|for|before|after|during|while|need\w{0,2}|use (?:this|it|to|in))\b"
    r"|使用|时|時|当|當|用于|場合|때",
    re.IGNORECASE,
)
_CONTENTS = re.compile(r"\]\(#|^#{1,6}[ \t]{1,9}(?:table of )?contents\b", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"\w{1,60}")


class Finding(Record, frozen=True, omit_defaults=False):
    """Something that costs more than it has to, or that a program would cut."""

    code: str
    over: bool
    """It passes a limit of the profile."""
    file: str
    line: int
    message: str


class Facts(NamedTuple):
    """What is known of a skill when its findings are made."""

    files: Mapping[str, str]
    """Its texts by path."""
    paths: frozenset[str]
    """All that it has."""
    sizes: Sizes
    crlf: int
    """Bytes of ``SKILL.md`` if each line ends in CRLF."""
    description: str
    room: int
    """Characters that the profile has for it."""
    repeated: Mapping[str, int]
    """Tokens of each reference that the body says, too."""
    tokens: Mapping[str, int]
    """Of each reference."""
    orphans: frozenset[str]
    """References that nothing names."""
    collisions: Sequence[Collision]


def findings_of(facts: Facts, profile: Profile) -> tuple[Finding, ...]:
    """Return all findings of a skill: its description, its body, its references, its links."""
    return (
        *_of_description(facts),
        *_of_body(facts, profile),
        *_of_references(facts),
        *(
            Finding(
                code="L-BROKEN", over=False, file=one.path, line=one.line, message=f"{one.target}: not there"
            )
            for one in broken(facts.files, facts.paths)
        ),
    )


def grams_of(text: str) -> frozenset[tuple[str, ...]]:
    """Return all runs of eight words in *text*."""
    words = _WORD.findall(text.casefold())
    return frozenset(zip(*(words[at:] for at in range(_GRAM)), strict=False))


def share_in(grams: frozenset[tuple[str, ...]], text: str) -> float:
    """Return the share of the words of *text* that stand in runs among *grams*."""
    words = _WORD.findall(text.casefold())
    covered = [False] * len(words)
    for at, gram in enumerate(zip(*(words[at:] for at in range(_GRAM)), strict=False)):
        if gram in grams:
            covered[at : at + _GRAM] = [True] * _GRAM
    return sum(covered) / len(words) if words else 0.0


def _of_description(facts: Facts) -> Iterator[Finding]:
    def tell(code: str, message: str, *, over: bool = False) -> Finding:
        lines = lines_of(facts.files["SKILL.md"])
        line = next((at for at, text in enumerate(lines, 1) if text.startswith("description:")), 1)
        return Finding(code=code, over=over, file="SKILL.md", line=line, message=message)

    size, characters = facts.sizes.description, len(facts.description)
    if not facts.description.strip():
        why = "no description" if front_of(facts.files["SKILL.md"]) else "no frontmatter that can be read"
        yield tell("D-MISSING", f"{why}: hosts show the first line of the body, or nothing")
        return
    if characters > facts.room:
        yield tell(
            f"D-OVER{facts.room}", f"{characters} characters of description; {facts.room} are read", over=True
        )
    if size < SHORT:
        yield tell("D-SHORT", f"{size} tokens of description rarely tell what a skill is for")
    elif size > LONG:
        yield tell("D-LONG", f"{size} tokens of description are in each request; {LONG} are recommended")
    if not _SAYS_WHEN.search(facts.description):
        yield tell("D-NO-WHEN", "the description does not say when to use the skill")
    for one in facts.collisions:
        shared, own = ", ".join(one.shared) or "nothing", ", ".join(one.own) or "nothing"
        message = f"like {one.skill} ({one.alike:.2f}): both say {shared}; only this one says {own}"
        yield tell("D-COLLISION", message)


def _of_body(facts: Facts, profile: Profile) -> Iterator[Finding]:
    def tell(code: str, message: str, *, over: bool = False) -> Finding:
        return Finding(code=code, over=over, file="SKILL.md", line=1, message=message)

    sizes = facts.sizes
    over = profile.over(sizes)
    if "body" in over:
        yield tell("B-OVER5K", f"{sizes.body} tokens of body; {profile.body} are allowed", over=True)
    if "lines" in over:
        yield tell("B-OVER500L", f"{sizes.lines} lines; {profile.lines} are allowed", over=True)
    if "size" in over:
        yield tell("B-OVER8000B", f"{sizes.size} bytes; the first {profile.size} are read", over=True)
    elif profile.size is not None and facts.crlf > profile.size:
        yield tell(
            "B-OVER8000B", f"{facts.crlf} bytes once lines end in CRLF; the first {profile.size} are read"
        )
    if sizes.body >= MONOLITH and not facts.tokens:
        yield tell("B-MONOLITH", f"{sizes.body} tokens of body and no references")


def _of_references(facts: Facts) -> Iterator[Finding]:
    def tell(code: str, file: str, message: str, line: int = 1) -> Finding:
        return Finding(code=code, over=False, file=file, line=line, message=message)

    told = mentions(facts.files["SKILL.md"], facts.tokens)
    for path, size in facts.tokens.items():
        if path in facts.orphans:
            yield tell("R-ORPHAN", path, f"nothing in the skill names these {size} tokens")
        elif path not in told:
            yield tell("R-CHAIN", path, "SKILL.md does not name it, only another file does")
        elif not any(_SAYS_WHEN.search(text) for _, text in told[path]):
            line = told[path][0][0]
            yield tell("R-NO-WHEN", "SKILL.md", f"does not say when to read {path}", line)
        text = facts.files[path]
        if len(lines_of(text)) > LONG_REFERENCE and not _CONTENTS.search(text):
            yield tell("R-NO-TOC", path, f"{len(lines_of(text))} lines without a table of contents")
        repeated = facts.repeated.get(path, 0)
        if repeated >= max(_LEAST_REPEATED, MUCH * size):
            yield tell("R-DUP", path, f"{repeated} of {size} tokens stand in SKILL.md, too")
