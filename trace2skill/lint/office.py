"""The words of Office documents, hidden runs, notes and properties included, within bounds."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

_PARTS = re.compile(
    r"(?:word/(?:document|comments|footnotes|endnotes|header\d{0,3}|footer\d{0,3})"
    r"|ppt/(?:slides|notesSlides|comments)/[\w.-]{1,60}|xl/(?:sharedStrings|comments\d{0,3})"
    r"|xl/worksheets/[\w.-]{1,60}|docProps/(?:core|app|custom)|content|meta)\.xml"
)
_PARAGRAPH = re.compile(r"</(?:w:p|a:p|si|text:p|text:h|comment|dc:\w{1,20}|cp:\w{1,20}|vt:lpwstr|is)>")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
MAX_PARTS = 200
MAX_CHARS = 4_000_000
"""Of all parts of a document together, unpacked."""
_SHORTEST = 12


def texts_of_office(data: bytes) -> Iterator[str]:
    """Yield the paragraphs of a document, shown or not; nothing if it is none."""
    left = MAX_CHARS
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [part for part in archive.infolist() if _PARTS.fullmatch(part.filename)]
            for part in parts[:MAX_PARTS]:
                with archive.open(part) as stream:
                    text = stream.read(left).decode("utf-8", "replace")
                left -= len(text)
                yield from _paragraphs(text)
                if left <= 0:
                    return
    except (zipfile.BadZipFile, RuntimeError, zlib.error, OSError, ValueError, EOFError, NotImplementedError):
        return


def _paragraphs(markup: str) -> Iterator[str]:
    for piece in _PARAGRAPH.split(markup):
        text = _TAG.sub("", piece)
        for entity, char in _ENTITIES:
            text = text.replace(entity, char)
        if len(text) >= _SHORTEST:
            yield text
