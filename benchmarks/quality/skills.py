"""Take the bullets out of a skill: list items, table rows and sentences of prose, each with its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_ITEM = re.compile(r"\s{0,12}(?:[-*+]|\d{1,3}[.)])\s+(.*)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")


def bullets_of(folder: Path) -> list[tuple[str, str]]:
    """Return the bullets of ``SKILL.md`` and the references with the heading above each; not the links."""
    found = []
    for path in [folder / "SKILL.md", *sorted((folder / "references").glob("**/*.md"))]:
        if path.is_file():
            found += [pair for pair in bullets(path.read_text("utf-8")) if "](references/" not in pair[1]]
    return found


def bullets(text: str) -> Iterator[tuple[str, str]]:
    """Yield (heading, bullet); lines that follow a bullet at once belong to it, as Markdown has it."""
    heading, item, prose = "", "", ""
    for line in [*_body(text).splitlines(), "#"]:
        hit = _ITEM.match(line)
        if item and line.strip() and not hit and not line.startswith(("#", "|", "```", ">")):
            item += " " + line.strip()
            continue
        if item:
            yield heading, item
        item = hit[1] if hit else ""
        starts = hit or line.startswith(("#", "|", "```")) or not line.strip()
        if starts and prose:
            yield from ((heading, sentence) for sentence in _SENTENCE.split(prose))
            prose = ""
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|") and not set(line) <= set("|-: "):
            yield heading, line.strip("| ")
        elif not starts:
            prose = f"{prose} {line.strip()}".strip()


def _body(text: str) -> str:
    """Return *text* without its front matter."""
    if text.startswith("---\n") and "\n---\n" in text[3:]:
        return text[text.index("\n---\n", 3) + 5 :]
    return text
