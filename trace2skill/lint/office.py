"""The text of Office files and e-books, shown and hidden, from their XML; no parser builds a tree of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_XML = 20_000_000
MAX_TEXT = 1_000_000
_MEMBERS = re.compile(
    r"word/(?:document|comments|footnotes|endnotes|header\d{0,3}|footer\d{0,3})\.xml"
    r"|ppt/(?:slides|notesSlides|comments|slideMasters)/[\w.-]{1,80}\.xml"
    r"|xl/(?:sharedStrings|comments\d{0,3}|worksheets/[\w.-]{1,80})\.xml"
    r"|docProps/(?:core|app|custom)\.xml|content\.xml|.{1,200}\.x?html?",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"<(/?)([\w:.-]{1,60})([^<>]{0,4000})>|([^<>]{1,100000})")
_TEXT = frozenset(
    ("t", "p", "h", "span", "title", "subject", "description", "keywords", "delText", "li", "td")
)
_BREAKS = frozenset(("p", "br", "si", "tr", "row", "h", "title", "subject", "description", "keywords", "li"))
_OFF = re.compile(r"val=[\"'](?:0|false|off)[\"']", re.IGNORECASE)
_WHITE = re.compile(r"val=[\"']FFFFFF[\"']", re.IGNORECASE)
_TINY = re.compile(r"val=[\"'][0-3][\"']")
_EXTERNAL = re.compile(r"<Relationship\b([^<>]{0,4000})>")
_ACTIVE = re.compile(r"/(?:attachedTemplate|oleObject|frame|subDocument|package)[\"']")
_TARGET = re.compile(r"Target=[\"']([^\"']{1,2000})[\"']")


class OfficeText(NamedTuple):
    """What one member of an Office file says, and what of it nobody sees who opens the file."""

    shown: str
    hidden: str


def has_text(member: str) -> bool:
    """Say whether a member of this name holds text to read."""
    return _MEMBERS.fullmatch(member) is not None


def text_of(data: bytes) -> OfficeText:
    """Return the text of a member."""
    reader = _Reader()
    for token in _TOKEN.finditer(data[:MAX_XML].decode("utf-8", "replace")):
        if token[4]:
            reader.text(token[4])
        else:
            reader.tag(token[2].rpartition(":")[2], token[3], closes=bool(token[1]))
        if reader.size > MAX_TEXT:
            break
    return OfficeText("".join(reader.shown), " ".join("".join(reader.hidden).split()))


class _Reader:
    """Goes through the tags of a member, and knows whether what comes next is seen."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.hidden: list[str] = []
        self.size = 0
        self.inside = 0
        """In how many elements of text."""
        self.unseen = False

    def tag(self, name: str, rest: str, *, closes: bool) -> None:
        """Take in a tag."""
        if name == "r" or (name == "p" and not closes):
            self.unseen = False
        elif name in ("vanish", "webHidden", "specVanish"):
            self.unseen = not _OFF.search(rest)
        elif (name == "color" and _WHITE.search(rest)) or (name == "sz" and _TINY.search(rest)):
            self.unseen = True
        if name in _TEXT and not rest.endswith("/"):
            self.inside = max(0, self.inside + (-1 if closes else 1))
        if name in _BREAKS and (closes or rest.endswith("/")):
            self.shown.append("\n\n")

    def text(self, text: str) -> None:
        """Take in text between tags."""
        if self.inside and text.strip():
            plain = html.unescape(text)
            self.size += len(plain)
            self.shown.append(plain)
            if self.unseen:
                self.hidden.append(f"{plain} ")


def loaded_from(data: bytes) -> Iterator[str]:
    """Yield the addresses that a member of relations makes a program load when it opens the file."""
    for found in _EXTERNAL.finditer(data[:MAX_XML].decode("utf-8", "replace")):
        target = _TARGET.search(found[1])
        if 'TargetMode="External"' in found[1] and _ACTIVE.search(found[1]) and target is not None:
            yield target[1]
