"""Blobs that are something else once decoded; how many, how large and how deep is bounded."""

from __future__ import annotations

import base64
import binascii
import math
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator

from trace2skill.lint.places import line_of

MAX_BLOBS = 200
MAX_CHARS = 64_000
MAX_DEPTH = 3
SHORTEST = 24
_BLOB = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,64000}={0,2}")
_ROWS = re.compile(
    r"(?:^[ \t#>\"'+]{0,12}[A-Za-z0-9+/]{16,120}={0,2}[\"'\\]{0,2}[ \t]{0,4}\n){2,400}", re.MULTILINE
)
_NO_ROW = re.compile(r"[^A-Za-z0-9/=]")
_HEX = re.compile(r"[0-9a-fA-F]+")
_NUMBERS = re.compile(r"(?:\b\d{2,3}\s{0,2},\s{0,2}){15,4000}\d{2,3}\b")
_ESCAPES = re.compile(
    r"(?:\\x[0-9a-fA-F]{2}){12,8000}|(?:%[0-9a-fA-F]{2}){12,8000}|(?:\\u00[0-9a-fA-F]{2}){12,8000}"
)
_COMMAND = re.compile(
    r"\b(?:curl|wget)\b[^\n]{0,300}\|\s{0,3}(?:sudo )?(?:ba|z)?sh\b|\$\((?:curl|wget)\b|/dev/tcp/|"
    r"\b(?:curl|wget)\s[^\n]{0,200}https?://|\bbash -c\b|\bchmod \+x\b|"
    r"\brm -rf [/~]|\bimport (?:os|socket|subprocess)\b|\bos\.system\(|\bsubprocess\.|"
    r"\bIEX\b|\bInvoke-(?:Expression|WebRequest)\b|\bDownloadString\b|\bchild_process\b|#!/bin/(?:ba)?sh\b|"
    r"\bnc -e\b|\brequests\.(?:get|post)\(|\burlopen\(|(?:^|[\s;])(?:exec|eval)\(|"
    r"\bignore (?:all )?(?:previous|prior) instructions\b",
    re.IGNORECASE,
)
_POWERSHELL = re.compile(
    r"\b(?:powershell|pwsh)(?:\.exe)?\b[^\n|]{0,200}?\s[-/](?:e|ec|en|enc|enco\w{0,10})\s{1,3}['\"]?([A-Za-z0-9+/]{16,64000}={0,2})",
    re.IGNORECASE,
)
_NOISE = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{200,64000}")
_DATA_URI = re.compile(r"data:[\w/+.-]{1,60};base64,$|sha\d{3}-$")
_BITS = 4.5
"""Of entropy per character, which no text in words reaches."""


def command_in(text: str, leave: Callable[[str], None]) -> Iterator[tuple[int, str, str]]:
    """Yield each blob that decodes to a command: its line, itself, and what it decodes to.

    *leave* is told when there are more than are looked at.
    """
    if len(text) < SHORTEST:
        return
    at, line = 0, 1
    for count, (start, shown, blob) in enumerate(sorted(_blobs(text))):
        if count == MAX_BLOBS:
            leave(f"more than {MAX_BLOBS} blobs")
            return
        line += text.count("\n", at, start)
        at = start
        plain = _command(blob, 1)
        if plain:
            yield line, shown, plain


def _blobs(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the place of each blob, how it looks, and what of it is to be decoded."""
    for found in _BLOB.finditer(text):
        yield found.start(), found[0], found[0]
    for found in _ROWS.finditer(text):
        yield found.start(), found[0][:200], _NO_ROW.sub("", found[0])[:MAX_CHARS]
    for found in _NUMBERS.finditer(text):
        codes = [int(one) for one in found[0].split(",")]
        yield found.start(), found[0][:200], "".join(map(chr, codes))
    for found in _ESCAPES.finditer(text):
        pairs = re.split(r"\\x|%|\\u00", found[0])[1:]
        yield found.start(), found[0][:200], "".join(chr(int(pair, 16)) for pair in pairs)


def powershell_in(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each encoded command for PowerShell: its line, itself, and what it decodes to."""
    at, line = 0, 1
    for found in _POWERSHELL.finditer(text):
        line, at = line + text.count("\n", at, found.start()), found.start()
        plain = next((one for one in decoded(found[1]) if one), "")
        if plain:
            yield line, found[0], plain


def noise_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield the first long text of *text* that looks like chance: its line and itself."""
    for found in _NOISE.finditer(text):
        blob = found[0]
        counts = Counter(blob[:MAX_CHARS]).values()
        total = sum(counts)
        bits = -sum(one / total * math.log2(one / total) for one in counts)
        named = _DATA_URI.search(text, max(0, found.start() - 80), found.start())
        if bits > _BITS and any(map(str.isdigit, blob)) and named is None:
            yield line_of(text, found.start()), blob
            return


def _command(blob: str, depth: int) -> str:
    for plain in (blob, *decoded(blob)):
        if _COMMAND.search(plain):
            return plain
        inner = _BLOB.search(plain) if depth < MAX_DEPTH and plain is not blob else None
        found = _command(inner[0], depth + 1) if inner else ""
        if found:
            return found
    return ""


def decoded(blob: str) -> list[str]:
    """Return the readable texts that *blob* is in hexadecimal or base64, as UTF-8 or UTF-16, also packed."""
    texts = []
    for data in _raw(blob):
        for encoding in ("utf-8", "utf-16-le"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if text.isascii() and all(char.isprintable() or char in "\t\r\n" for char in text):
                texts.append(text)
    return texts


def _raw(blob: str) -> Iterator[bytes]:
    """Yield the bytes that *blob* stands for, forwards and backwards, and what they are unpacked."""
    if not blob.isascii():
        return
    if _HEX.fullmatch(blob) and len(blob) % 2 == 0:
        yield bytes.fromhex(blob)
    for text in (blob, blob[::-1]):
        padded = text.strip("=").replace("-", "+").replace("_", "/")
        try:
            data = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
        except (ValueError, binascii.Error):
            continue
        yield data
        if data[:2] in (b"\x1f\x8b", b"x\x9c", b"x\xda", b"x\x01"):
            try:
                yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, MAX_CHARS)
            except zlib.error:
                continue
