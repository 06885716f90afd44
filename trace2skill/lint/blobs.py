"""Blobs that are something else once decoded; how many, how large and how deep is bounded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

MAX_BLOBS = 200
MAX_CHARS = 64_000
MAX_DEPTH = 3
_BLOB = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,64000}={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]+")
_COMMAND = re.compile(
    r"\b(?:curl|wget)\b[^\n]{0,300}\|\s{0,3}(?:sudo )?(?:ba|z)?sh\b|\$\((?:curl|wget)\b|/dev/tcp/|"
    r"\brm -rf [/~]|\bimport (?:os|socket|subprocess)\b|\bos\.system\(|\bsubprocess\.|"
    r"\bIEX\b|\bInvoke-Expression\b|\bchild_process\b|#!/bin/(?:ba)?sh\b|"
    r"\bignore (?:all )?(?:previous|prior) instructions\b",
    re.IGNORECASE,
)
_POWERSHELL = re.compile(
    r"\b(?:powershell|pwsh)(?:\.exe)?\b[^\n|]{0,200}?\s-(?:e|en|enc|enco\w{0,10})\s{1,3}['\"]?([A-Za-z0-9+/]{16,64000}={0,2})",
    re.IGNORECASE,
)


def command_in(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each blob that decodes to a command: its line, itself, and what it decodes to."""
    at, line = 0, 1
    for count, found in enumerate(_BLOB.finditer(text)):
        if count == MAX_BLOBS:
            return
        line += text.count("\n", at, found.start())
        at = found.start()
        plain = _command(found[0], 1)
        if plain:
            yield line, found[0], plain


def powershell_in(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each encoded command for PowerShell: its line, itself, and what it decodes to."""
    for number, line in enumerate(text.split("\n"), start=1):
        for found in _POWERSHELL.finditer(line[:MAX_CHARS]):
            plain = next((one for one in decoded(found[1]) if one), "")
            if plain:
                yield number, found[0], plain


def _command(blob: str, depth: int) -> str:
    for plain in decoded(blob):
        if _COMMAND.search(plain):
            return plain
        inner = _BLOB.search(plain) if depth < MAX_DEPTH else None
        found = _command(inner[0], depth + 1) if inner else ""
        if found:
            return found
    return ""


def decoded(blob: str) -> list[str]:
    """Return the readable texts that *blob* is in hexadecimal or base64, as UTF-8 or UTF-16."""
    raw: list[bytes] = []
    try:
        if _HEX.fullmatch(blob) and len(blob) % 2 == 0:
            raw.append(bytes.fromhex(blob))
        padded = blob.rstrip("=").replace("-", "+").replace("_", "/")
        raw.append(base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True))
    except (ValueError, binascii.Error):
        pass
    texts = []
    for data in raw:
        for encoding in ("utf-8", "utf-16-le"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if text.isascii() and all(char.isprintable() or char in "\t\r\n" for char in text):
                texts.append(text)
    return texts
