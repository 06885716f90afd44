"""What machine code and compiled files are, by their headers; nothing is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_MACHO = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xfe\xed\xfa\xce")
_FAT = b"\xca\xfe\xba\xbe"
_ARCHITECTURES = 20
"""A universal binary has fewer; a Java class has a version of 45 or more in the same place."""
_SHORT = re.compile(rb"[zZ\xfa\xda]([\x04-\xff])", re.DOTALL)
"""How a short text of ASCII begins when it is marshalled: a type, and its length."""
_REACHES = re.compile(r"https?://|/dev/tcp|\b(?:curl|wget|bash|sh|powershell) |~/\.|\.ssh|\.aws")
_MADE_UP = re.compile(r"<\w{1,40}>|^[^\n]{0,250}\.py$|^_\w{1,60}?__(?=\w)")
"""By the compiler: names of nested code, the path of the source, the class before a private name."""
_WORD = re.compile(r"[A-Za-z_]\w{3,60}")
_TELLING = frozenset((
    "subprocess", "socket", "urllib", "urlopen", "requests", "httpx", "system", "popen", "Popen",
    "exec", "eval", "b64decode", "ctypes", "marshal", "__import__", "environ", "rmtree",
))  # fmt: skip


def native_format(data: bytes) -> str:
    """Return the name of the format of machine code, or nothing."""
    if data.startswith(b"\x7fELF"):
        return "ELF"
    if data.startswith(b"MZ"):
        place = int.from_bytes(data[0x3C:0x40], "little")
        return "PE" if data[place : place + 4] == b"PE\x00\x00" else ""
    if data.startswith(_MACHO):
        return "Mach-O"
    if data.startswith(_FAT) and 0 < int.from_bytes(data[4:8], "big") < _ARCHITECTURES:
        return "Mach-O"
    return ""


class Extra(NamedTuple):
    """What bytecode holds and its source does not."""

    telling: tuple[str, ...]
    """Names and texts by which programs are run, fetched or hidden."""
    others: tuple[str, ...]


def missing_in(source: str, bytecode: bytes) -> Extra:
    """Return words that names and constants of Python *bytecode* hold and *source* does not.

    By words, as the compiler joins names and texts. Nothing is loaded.
    """
    telling: set[str] = set()
    others: set[str] = set()
    for text in {_MADE_UP.sub("", text) for text in _strings(bytecode)}:
        words = {word for word in _WORD.findall(text) if word not in source and not word.startswith("__")}
        reaches = bool(words) and _REACHES.search(text) is not None
        telling.update([text[:80]] if reaches else words & _TELLING)
        others.update(words - _TELLING)
    return Extra(tuple(sorted(telling)), tuple(sorted(others)))


def _strings(bytecode: bytes) -> Iterator[str]:
    at = 0
    while (found := _SHORT.search(bytecode, at)) is not None:
        text = bytecode[found.end() : found.end() + found[1][0]]
        whole = len(text) == found[1][0] and text.isascii()
        if whole and text.decode("ascii").isprintable():
            yield text.decode("ascii")
            at = found.end() + len(text)
        else:
            at = found.start() + 1
