"""What a compressor must not lose: the atoms of a text, and the lines that bind an agent.

An atom is a piece that is right or wrong as it stands: code, an address, a path, an option, a number with
its unit (SkillReducer, arXiv 2603.29919, keeps the like by its Gate 1). A binding line says what must
be or never may be done.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from trace2skill.compress.languages import binds_elsewhere
from trace2skill.compress.terms import has_any
from trace2skill.markdown import Block, blocks, lines_of

_INLINE = (
    ("code", re.compile(r"(?<!`)`[^`\n]{1,400}`(?!`)")),
    ("address", re.compile(r"\b(?:https?|ftp|file|git|ssh)://[^\s<>\"'`)\]}]{1,500}")),
    ("link", re.compile(r"\[[^\[\]\n]{1,300}\]\([^()\s]{1,500}(?: \"[^\"\n]{0,200}\")?\)")),
    ("path", re.compile(r"(?<![\w/.-])(?:~|\.{1,2}|[\w@.-]{1,80})?(?:/[\w@.{}<>*+-]{1,80}){1,12}/?")),
    ("file", re.compile(r"(?<![\w./-])[\w-]{1,80}(?:\.[\w-]{1,40}){0,4}\.[a-z]\w{0,6}(?![\w./-])")),
    ("option", re.compile(r"(?<![\w-])--?[A-Za-z][\w-]{0,60}(?:=[^\s`,;)]{1,80})?")),
    ("variable", re.compile(r"\$\{?[A-Za-z_]\w{0,60}\}?|\b[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6}\b")),
    ("hole", re.compile(r"\{\{?[A-Za-z_][\w .-]{0,60}\}?\}|<[A-Za-z][\w -]{0,60}>")),
    (
        "number",
        re.compile(
            r"(?<![\w.])v?\d{1,15}(?:[.,:]\d{1,15}){0,5}"
            r"(?: ?(?:[kKMGT]i?B|ms|s|min|h|px|pt|em|rem|MHz|GHz|°C)\b|%)?"
        ),
    ),
    ("quoted", re.compile(r"[\"“][^\"”\n]{3,160}[\"”]")),
    ("include", re.compile(r"(?<![\w@])@[\w./-]{1,120}")),
)
_WORD = r"(?<![\w-])"
_BINDING = re.compile(
    rf"{_WORD}(?:must|never|always|do not|don['’]t|cannot|shall(?: not)?|under no circumstances|mandatory"
    r"|important|critical|warning|caution|danger|gotchas?|pitfalls?|beware|forbidden|prohibited|required"
    r"|make sure|be sure to|ensure(?: that)?|without exception|non-negotiable)(?![\w-])",
    re.IGNORECASE,
)
_LOUD = re.compile(
    rf"{_WORD}(?:ONLY|AVOID|NOT|BEFORE|CONFIRM|STOP|ALL|EVERY)(?![\w-])|[⚠❗‼⛔🚫🚨]"
    # A sentence that begins with it restricts; within one it may be an adjective.
    r"|(?:(?m:^)[ \t>*+-]{0,12}(?:\d{1,3}[.)] )?|[.:;] |\*\*)Only\b"
)
_LOUD_IN_CODE = re.compile(
    rf"{_WORD}(?:MUST|NEVER|ALWAYS|DO NOT|DON['’]T|IMPORTANT|CRITICAL|WARNING|CAUTION|DANGER|MANDATORY)"
    r"(?![\w-])"
    r"|[⚠❗‼⛔🚫🚨]"
)
_CONFIRMS = re.compile(
    r"\b(?:confirm|ask|check with|approval|permission|consent|back ?up)\b[^\n]{0,80}"
    r"\b(?:before|first|prior|unless|delet\w{1,4}|destroy\w{0,4}|overwrit\w{1,4}|destructive|irreversibl\w{1,2})\b",
    re.IGNORECASE,
)
# One of these is in all that the patterns find, and to look for them is cheap.
_BINDING_WORDS = (
    "must", "never", "always", "do not", "don'", "don’", "cannot", "shall", "circumstances", "mandatory",
    "important", "critical", "warning", "caution", "danger", "gotcha", "pitfall", "beware", "forbidden",
    "prohibited", "required", "make sure", "be sure", "ensure", "exception", "negotiable",
)  # fmt: skip
_LOUD_SIGNS = re.compile(r"[A-Z]{3}|Only|[⚠❗‼⛔🚫🚨]")
_CONFIRMING_WORDS = ("confirm", "ask", "check with", "approval", "permission", "consent", "back")


def atoms(text: str, parts: tuple[Block, ...]) -> Counter[tuple[str, str]]:
    """Return the atoms of *text*, whose blocks are *parts*: kind and text, and how often each stands."""
    found: Counter[tuple[str, str]] = Counter()
    for block in parts:
        source = text[block.start : block.end]
        if block.kind in ("fence", "code", "table", "html"):
            found[block.kind, source] += 1
        if block.kind not in ("fence", "code", "frontmatter"):
            found.update(_of_words(source))
    return found


def atoms_of(text: str) -> Counter[tuple[str, str]]:
    """Return the atoms of *text*, whatever its blocks are."""
    return atoms(text, blocks(text))


def _of_words(text: str) -> Iterator[tuple[str, str]]:
    for kind, pattern in _INLINE:
        for match in pattern.finditer(text):
            yield kind, match[0].rstrip(".,;:")


@lru_cache(maxsize=4096)  # the same block is asked about for each section that it stands in
def binds(text: str) -> bool:
    """Say whether *text* tells what must be or never may be done, or warns."""
    small = text.casefold()
    return bool(
        (has_any(small, _BINDING_WORDS) and _BINDING.search(text))
        or (_LOUD_SIGNS.search(text) and _LOUD.search(text))
        or (has_any(small, _CONFIRMING_WORDS) and _CONFIRMS.search(text))
        or binds_elsewhere(small)
    )


@lru_cache(maxsize=4096)
def is_loud(code: str) -> bool:
    """Say whether a comment or a message in *code* binds: only capitals do there, the rest is syntax."""
    return bool(_LOUD_IN_CODE.search(code))


def binding_lines(text: str, blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield the lines of *text* that bind, without their ends; in code only what is said loudly does."""
    for block in blocks:
        says = is_loud if block.kind in ("fence", "code") else binds
        source = text[block.start : block.end]
        if block.kind != "frontmatter" and says(source):
            for line in lines_of(source):
                if says(line):
                    yield line.rstrip("\r\n")
