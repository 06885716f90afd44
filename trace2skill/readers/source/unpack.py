"""Opening a file as UTF-8 bytes, whatever it is packed in: gzip, zstd, UTF-16, or nothing.

Nothing is unpacked to disk, and what a file unpacks to is bounded, so a bomb costs no more than a note.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from trace2skill.errors import InputError

try:
    import zstandard
except ImportError:  # it comes with an extra
    zstandard = None  # type: ignore[assignment]  # as where it is missing

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
BUFFER_BYTES = 128 * 1024
FREE_BYTES = 64 * 1024 * 1024
"""What any file may unpack to."""
RATIO = 200
"""How many times its size a file may unpack to beyond that; real logs shrink 5 to 60 times."""
_SIP = 2048
"""How much packed data is unpacked at once: even this may become 64 MB."""
_GUESSED = 16
"""Bytes by which UTF-16 without its mark is told from a log that damage put a few NULs into."""
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

_DAMAGE: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error)
if zstandard is not None:
    _DAMAGE = (*_DAMAGE, zstandard.ZstdError)

Tell = Callable[[str], None]
Opened: TypeAlias = "io.BufferedReader[Any]"
Source = io.BufferedIOBase


def open_unpacked(path: Path, note: Tell) -> Opened:
    """Open *path* for reading as plain UTF-8; *note* is told why a damaged or huge file ends early.

    Raises ``OSError`` as ``open`` does, and ``InputError`` for zstd without the package for it.
    """
    stream: Opened = io.BufferedReader(path.open("rb", buffering=0), BUFFER_BYTES)
    magic = stream.peek(4)[:4]
    if magic.startswith(GZIP):
        stream.close()  # GzipFile closes only what it opened itself
        stream = _bounded(gzip.GzipFile(path, "rb"), path, note)
    elif magic == ZSTD:
        stream = _bounded(_open_zstd(stream, path), path, note)
    elif magic[:2] not in _UTF_16 and b"\0" not in magic:
        return stream
    first = stream.peek(_GUESSED)[:_GUESSED]
    encoding = _UTF_16.get(first[:2]) or _guess(first)
    return io.BufferedReader(_Transcoded(stream, encoding), BUFFER_BYTES) if encoding else stream


def is_packed(path: Path) -> bool:
    """Say whether *path* is compressed."""
    with path.open("rb") as stream:
        return stream.read(4).startswith((GZIP, ZSTD))


def _guess(first: bytes) -> str | None:
    """Recognise UTF-16 without its mark by the NUL beside each of the first characters, which are ASCII."""
    even, odd = first[0::2], first[1::2]
    if len(odd) >= 2 and all(even) and not any(odd):
        return "utf-16-le"
    if len(odd) >= 2 and all(odd) and not any(even):
        return "utf-16-be"
    return None


def _open_zstd(stream: Opened, path: Path) -> Source:
    if zstandard is None:
        raise InputError(f"{path}: packed with zstd", hint="pip install 'trace2skill[inspect]'")
    return io.BufferedReader(_Frames(stream), BUFFER_BYTES)


def _bounded(stream: Source, path: Path, note: Tell) -> Opened:
    bounded = _Bounded(stream, FREE_BYTES + RATIO * path.stat().st_size, note)
    return io.BufferedReader(bounded, BUFFER_BYTES)


class _Layer(io.RawIOBase):
    """A stream on another, which is closed with it."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._source.close()
        super().close()


class _Frames(_Layer):
    """The frames of zstd one after another; unlike the package's own reader, it tells a missing end."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._frame = self._begin()
        self._begun = False
        self._ready = b""

    def _begin(self) -> Any:
        return zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the one buffer that callers give
        while not self._ready:
            data = (self._frame.unused_data if self._frame.eof else b"") or self._source.read(_SIP)
            if not data:
                if self._begun and not self._frame.eof:
                    raise EOFError("the last frame has no end")
                return 0
            if self._frame.eof:
                self._frame = self._begin()
            self._begun = True
            self._ready = self._frame.decompress(data)
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count


class _Bounded(_Layer):
    """A stream that ends where its source is damaged or its limit is reached, and says so."""

    def __init__(self, source: Source, limit: int, note: Tell) -> None:
        super().__init__(source)
        self._limit, self._note, self._done = limit, note, 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the one buffer that callers give
        try:
            data = self._source.read1(len(buffer))  # what lies before damage comes first
        except _DAMAGE as error:
            self._note(f"packed data damaged: {type(error).__name__}")
            return 0
        self._done += len(data)
        if self._done > self._limit:
            self._note(f"unpacks to more than {self._limit} bytes, {RATIO} times its size: not read on")
            return 0
        buffer[: len(data)] = data
        return len(data)


class _Transcoded(_Layer):
    """UTF-16 read as UTF-8."""

    def __init__(self, source: Source, encoding: str) -> None:
        super().__init__(source)
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the one buffer that callers give
        while not self._ready:
            data = self._source.read(BUFFER_BYTES)
            self._ready = self._decoder.decode(data, final=not data).encode("utf-8", "replace")
            if not data:
                break
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count
