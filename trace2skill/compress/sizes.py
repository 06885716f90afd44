"""What a skill costs an agent: what it always loads, what it may load, and what it is expected to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from trace2skill import tokens
from trace2skill.errors import InputError
from trace2skill.markdown import lines_of, parse_frontmatter, split_frontmatter
from trace2skill.records import Record

READ_AGAIN = 0.3
"""How much of the references an agent is expected to read (SkillReducer, arXiv 2603.29919, section V)."""


class Sizes(Record, frozen=True, omit_defaults=False):
    """What a skill takes, in tokens where nothing else is said."""

    description: int
    body: int
    """``SKILL.md`` without its frontmatter: always loaded once the skill is used."""
    references: int
    """All Markdown in ``references/``."""
    size: int
    """Bytes of ``SKILL.md``."""
    lines: int
    """Lines of its body."""

    @property
    def everything(self) -> int:
        """Return the tokens of body and references together."""
        return self.body + self.references

    @property
    def expected(self) -> float:
        """Return the tokens that one use is expected to load."""
        return self.body + READ_AGAIN * self.references


def sizes_of(files: Mapping[str, str]) -> Sizes:
    """Return the sizes of the skill whose text files are *files*."""
    text = files["SKILL.md"]
    body = split_frontmatter(text)[1]
    return Sizes(
        description=tokens.count(description_of(text)),
        body=tokens.count(body),
        references=sum(
            tokens.count(source) for path, source in sorted(files.items()) if path.startswith("references/")
        ),
        size=len(text.encode("utf-8")),
        lines=len(lines_of(body)),
    )


def description_of(text: str) -> str:
    """Return the description in the frontmatter of *text*; nothing where it has none or cannot be read."""
    return text_of(front_of(text), "description")


def front_of(text: str) -> Mapping[str, object]:
    """Return the frontmatter of *text*; nothing where it has none or cannot be read."""
    return _parsed(split_frontmatter(text)[0])


@lru_cache(maxsize=64)
def _parsed(front: str) -> Mapping[str, object]:
    try:
        return parse_frontmatter(front)
    except InputError:
        return {}


def text_of(front: Mapping[str, object], key: str) -> str:
    """Return what *front* says under *key*, if that is text."""
    value = front.get(key)
    return value if isinstance(value, str) else ""
