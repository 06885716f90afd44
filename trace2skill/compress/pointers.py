"""The line that a section leaves behind: where it went, and when to read it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from trace2skill.compress.anatomy import Page, Section
from trace2skill.compress.words import Topic, topic_of

FOLDER = "references"
_NAME_CHARS = 48
_MOST_TOPICS = 3
_TOPIC_CHARS = 40
_WHEN: dict[Topic, str] = {
    "example": "for worked examples",
    "template": "when you need the template",
    "trouble": "when something fails",
}
_MARKUP = re.compile(r"[*_`#\[\]()<>|{}\\]|[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F]")
_NUMBER = re.compile(
    r"^(?:(?:step|part|phase|section) )?\d{1,3}(?:\.\d{1,3}){0,3}[.):]?\s{1,4}(?:[-–—] )?", re.IGNORECASE
)
_CODE = re.compile(r"(?<!`)`([^`\n]{2,40})`(?!`)")


def file_for(section: Section, taken: set[str]) -> str:
    """Return a path below ``references/`` for *section* that is not in *taken*, whatever its case."""
    letters = unicodedata.normalize("NFKD", _subject(section).casefold().replace("ı", "i"))
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    return free_path(
        re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_NAME_CHARS].strip("-") or "section", taken
    )


def free_path(name: str, taken: set[str]) -> str:
    """Return a path below ``references/`` for a file called *name*, or nearly so where that is in *taken*."""
    number = 1
    while (path := f"{FOLDER}/{name}{f'-{number}' if number > 1 else ''}.md").lower() in taken:
        number += 1
    return path


def pointer(page: Page, section: Section, path: str) -> str:
    """Return the line that stands for *section*: it names the file, when to read it, and what is in it."""
    topics = ", ".join(_topics(page, section))
    return f"Read `{path}` {_when(section)}{f': {topics}' if topics else ''}."


def short_pointer(section: Section, path: str) -> str:
    """Return the line that stands for a small *section*: it names the file and when to read it."""
    return f"Read `{path}` {_when(section)}."


def _when(section: Section) -> str:
    return _WHEN.get(topic_of(section.title)) or f"when the task involves {_subject(section)}"


def _topics(page: Page, section: Section) -> Iterator[str]:
    """Yield what the sections below are called; without any, the first things that the prose names."""
    prose = (
        page.text[block.start : block.end] for block in section.blocks if block.kind in ("paragraph", "item")
    )
    named = [_plain(page.sections[place].title) for place in section.children] or [
        f"`{code}`" for code in dict.fromkeys(_CODE.findall("\n".join(prose)))
    ]
    yield from [name for name in named if 0 < len(name) <= _TOPIC_CHARS][:_MOST_TOPICS]


def _subject(section: Section) -> str:
    return _plain(_NUMBER.sub("", section.title)) or "this"


def _plain(title: str) -> str:
    return " ".join(_MARKUP.sub(" ", title).split())
