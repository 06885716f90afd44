"""Make the bytes of a file from the text that stands for it in a template."""

from __future__ import annotations

import io
import marshal
import pickletools
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from importlib.util import MAGIC_NUMBER

_WHEN = (2026, 1, 2, 3, 4, 6)
_BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def _members(text: str) -> list[tuple[str, str]]:
    """Return the members of an archive: each begins with a line ``--- NAME``."""
    found = [part.partition("\n") for part in f"\n{text}".split("\n--- ")[1:]]
    return [(name, body) for name, _, body in found]


def _zip(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in _members(text):
            archive.writestr(zipfile.ZipInfo(name, _WHEN), body)
    return out.getvalue()


def _tar(text: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, body in _members(text):
            member = tarfile.TarInfo(name)
            member.size = len(body.encode())
            archive.addfile(member, io.BytesIO(body.encode()))
    return out.getvalue()


def _docx(text: str) -> bytes:
    """Return a document with a paragraph for each line; one that begins with ``~`` is hidden."""
    lines = [line for line in text.splitlines() if line.strip()]
    hidden = ("", "<w:rPr><w:vanish/></w:rPr>")
    paragraphs = "".join(
        f"<w:p><w:r>{hidden[line[0] == '~']}<w:t>{line.lstrip('~')}</w:t></w:r></w:p>" for line in lines
    )
    return _zip(f"--- [Content_Types].xml\n<Types/>\n--- word/document.xml\n{_BODY.format(paragraphs)}")


def _pyc(text: str) -> bytes:
    code = compile(text, "helper.py", "exec", dont_inherit=True, optimize=0)
    return MAGIC_NUMBER + struct.pack("<III", 0, 1767323046, len(text)) + marshal.dumps(code)


def _pickle(text: str) -> bytes:
    """Return a pickle that would call the first line with the second; nothing unpickles it."""
    callee, argument = text.splitlines()[:2]
    module, name = callee.rsplit(".", 1)
    made = f"c{module}\n{name}\n(V{argument}\ntR.".encode()
    pickletools.dis(made, out=io.StringIO())
    return made


def _png(text: str) -> bytes:
    """Return a picture of one point, with *text* as its comment."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"tEXt", b"Comment\0" + text.encode("latin-1"))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


ENCODINGS: Mapping[str, Callable[[str], bytes]] = {
    "text": str.encode,
    "exec": str.encode,
    "link": lambda text: text.strip().encode(),
    "utf16": lambda text: text.encode("utf-16"),
    "bom": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "zip": _zip,
    "tar": _tar,
    "docx": _docx,
    "pyc": _pyc,
    "pickle": _pickle,
    "png": _png,
}
