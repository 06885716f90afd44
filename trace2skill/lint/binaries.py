"""What machine code and compiled files are, by their headers; nothing is loaded."""

from __future__ import annotations

import re

_MACHO = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xfe\xed\xfa\xce")
_FAT = b"\xca\xfe\xba\xbe"
_ARCHITECTURES = 20
"""A universal binary has fewer; a Java class has a version of 45 or more in the same place."""
_TELLING = (
    "subprocess", "socket", "urllib", "urlopen", "requests", "httpx", "system", "popen", "Popen",
    "exec", "eval", "b64decode", "ctypes", "marshal", "__import__", "environ", "rmtree",
)  # fmt: skip


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


def names_missing_in(source: str, bytecode: bytes) -> tuple[str, ...]:
    """Return telling names that Python *bytecode* holds and *source* does not."""
    # Short ASCII strings are marshalled as a type, a length of one byte and the characters.
    return tuple(
        name
        for name in _TELLING
        if name not in source
        and re.search(b"[zZ\xfa\xda]" + re.escape(bytes([len(name)]) + name.encode()), bytecode)
    )
