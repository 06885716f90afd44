"""What lies in archives, within bounds of size, number and depth; nothing is unpacked to disk."""

from __future__ import annotations

import bz2
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from trace2skill.lint.binaries import native_format
from trace2skill.lint.kinds import decode, kind_of

MAX_MEMBERS = 2_000
MAX_DEPTH = 2
MAX_UNPACKED = 100_000_000
"""Bytes of all archives of a skill together."""
MAX_RATIO = 100
_BOMB = 10_000_000
"""Below so many bytes no ratio is called a bomb."""
_PROGRAMS = ("exe", "dll", "scr", "msi", "lnk", "com", "pif", "hta")
_OFFICE = ("[Content_Types].xml", "mimetype")


class Trouble(NamedTuple):
    """Something about an archive that a reader should know."""

    member: str
    """Empty when it is about the archive."""
    what: str
    grave: bool


class Budget:
    """How much may still be unpacked."""

    def __init__(self) -> None:
        self.left = MAX_UNPACKED

    def take(self, data: bytes) -> bytes:
        """Count *data* and return it."""
        self.left = max(0, self.left - len(data))
        return data


def is_document(data: bytes) -> bool:
    """Say whether an archive is an Office document or an e-book."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name in _OFFICE for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return False


def troubles(data: bytes, budget: Budget, depth: int = 1) -> Iterator[Trouble]:
    """Yield what is wrong with an archive and its members, archives in it included."""
    if data.startswith(b"PK"):
        yield from _zip(data, budget, depth)
        return
    inner = _unpacked(data, budget)
    if inner is None:
        yield Trouble("", "cannot be looked into", grave=False)
    elif len(inner) > _BOMB and len(inner) > MAX_RATIO * len(data):
        yield Trouble("", f"unpacks to more than {MAX_RATIO} times its size", grave=True)
    elif len(inner) > 262 and inner[257:262] == b"ustar":
        yield from _tar(inner, budget, depth)
    elif inner:
        yield from _content("", inner, budget, depth)


def _unpacked(data: bytes, budget: Budget) -> bytes | None:
    """Return what a compressed stream holds, cut at the budget; ``None`` if it is none that we know."""
    try:
        if data.startswith(b"\x1f\x8b"):
            return budget.take(zlib.decompressobj(wbits=31).decompress(data, budget.left or 1))
        if data.startswith(b"BZh"):
            return budget.take(bz2.BZ2Decompressor().decompress(data, budget.left or 1))
        if data.startswith(b"\xfd7zXZ\x00"):
            unpacker = lzma.LZMADecompressor(memlimit=MAX_UNPACKED)
            return budget.take(unpacker.decompress(data, budget.left or 1))
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError):
        return None
    return data if data[257:262] == b"ustar" else None


def _zip(data: bytes, budget: Budget, depth: int) -> Iterator[Trouble]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > _BOMB and size > MAX_RATIO * len(data):
                yield Trouble("", f"unpacks to more than {MAX_RATIO} times its size", grave=True)
                return
            for member in members[:MAX_MEMBERS]:
                yield from _zip_member(archive, member, budget, depth)
            if len(members) > MAX_MEMBERS:
                yield Trouble("", f"{len(members)} members; {MAX_MEMBERS} were looked at", grave=False)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        yield Trouble("", "cannot be looked into", grave=False)


def _zip_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget, depth: int
) -> Iterator[Trouble]:
    name = member.orig_filename
    yield from _name(name)
    if member.flag_bits & 1:
        yield Trouble(name, "is encrypted, so nobody can look at it", grave=True)
        return
    if member.is_dir() or member.file_size > budget.left:
        return
    try:
        with archive.open(member) as stream:
            content = budget.take(stream.read(budget.left))
    except (zipfile.BadZipFile, RuntimeError, zlib.error, lzma.LZMAError, OSError, ValueError, EOFError):
        yield Trouble(name, "cannot be read", grave=False)
        return
    if stat.S_ISLNK(member.external_attr >> 16):
        yield from _link(name, content[:4096].decode("utf-8", "replace"))
    else:
        yield from _content(name, content, budget, depth)


def _tar(data: bytes, budget: Budget, depth: int) -> Iterator[Trouble]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for number, member in enumerate(archive):
                if number >= MAX_MEMBERS:
                    yield Trouble("", f"only {MAX_MEMBERS} members were looked at", grave=False)
                    return
                yield from _name(member.name)
                if member.issym() or member.islnk():
                    yield from _link(member.name, member.linkname)
                elif member.isfile() and (stream := archive.extractfile(member)) is not None:
                    yield from _content(member.name, stream.read(budget.left), budget, depth)
                elif not member.isdir():
                    yield Trouble(member.name, "is a device or pipe", grave=True)
    except (tarfile.TarError, OSError, ValueError, EOFError):
        yield Trouble("", "cannot be looked into", grave=False)


def _name(name: str) -> Iterator[Trouble]:
    if _leaves(name):
        yield Trouble(name, "would be unpacked outside of the folder", grave=True)


def _link(name: str, target: str) -> Iterator[Trouble]:
    parent = str(PurePosixPath(name.replace("\\", "/")).parent)
    if target.startswith("/") or _leaves(f"{parent}/{target}"):
        yield Trouble(name, "is a link that leads out of the archive", grave=True)


def _leaves(name: str) -> bool:
    plain = name.replace("\\", "/")
    depth = 0
    for part in plain.split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return plain.startswith("/") or plain[1:3] == ":/"


def _content(name: str, content: bytes, budget: Budget, depth: int) -> Iterator[Trouble]:
    suffix = name.rsplit(".", 1)[-1].lower()
    if native_format(content) or suffix in _PROGRAMS:
        yield Trouble(name, "is a program", grave=True)
    elif name.rsplit("/", 1)[-1] == "vbaProject.bin":
        yield Trouble(name, "holds macros", grave=False)
    elif kind_of(name, content, decode(content[:4096])[0]) == "archive":
        if depth < MAX_DEPTH:
            for inner in troubles(content, budget, depth + 1):
                yield inner._replace(member=f"{name}/{inner.member}" if inner.member else name)
        else:
            yield Trouble(name, "is an archive too deep inside of others to be looked at", grave=False)
