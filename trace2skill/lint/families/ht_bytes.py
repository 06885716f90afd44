"""HT: files that other programs read as another text, by their encoding."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from trace2skill.lint.places import line_of
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View


def odd_encoding(view: View) -> Iterator[Hit]:
    """Find text that is not in UTF-8, which other programs may read differently."""
    for file in view.texts():
        if not file.encoding.startswith("utf-8"):
            plain = file.encoding == "latin-1" or file.data.startswith(
                (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
            )
            said = f"text in {file.encoding}, which other tools may not read"
            yield Hit(file.path, 1, said, fix="save it as UTF-8", level="note" if plain else None)
        elif "\x00" in file.text:
            line = line_of(file.text, file.text.index("\x00"))
            yield Hit(file.path, line, "a zero byte in text; some tools stop reading there", fix="remove it")


RULES = (
    Rule(
        id="HT310", name="odd-encoding", class_="risky", level="warning", check=odd_encoding,
        why="A tool that expects UTF-8 sees nothing in such a file, and an agent may see all.",
        bad={"notes.txt": "Run the tests.\n".encode("utf-16-le")}, good={"notes.txt": "Führe aus.\n"},
    ),
)  # fmt: skip
