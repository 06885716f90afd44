"""What lies in archives, within bounds of size, number and depth; nothing is unpacked to disk."""

from __future__ import annotations

import bz2
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from trace2skill.lint.binaries import native_format
from trace2skill.lint.folder import File, make_file, shown
from trace2skill.lint.kinds import decode, kind_of
from trace2skill.lint.office import has_text, loaded_from, text_of
from trace2skill.lint.pickles import read_pickle

MAX_MEMBERS = 2_000
MAX_DEPTH = 2
MAX_UNPACKED = 100_000_000
"""Bytes of all archives of a skill together."""
MAX_TEXT = 2_000_000
"""Bytes of members, of all archives together, that rules see as files."""
MAX_KEPT = 1_000
"""So many of them."""
MAX_RATIO = 100
_BOMB = 10_000_000
"""Below so many bytes no ratio is called a bomb."""
_SLOW = 20_000_000
"""So many bytes are unpacked of what takes long."""
_PROGRAMS = ("exe", "dll", "scr", "msi", "lnk", "com", "pif", "hta")
_OFFICE = ("[Content_Types].xml", "mimetype")
_END = b"PK\x05\x06"
_BROKEN = (zipfile.BadZipFile, RuntimeError, zlib.error, lzma.LZMAError, OSError, ValueError, EOFError)


class Trouble(NamedTuple):
    """Something about an archive that a reader should know."""

    member: str
    """Empty when it is about the archive."""
    what: str
    grave: bool = False


class Contents(NamedTuple):
    """What lies in one archive."""

    troubles: tuple[Trouble, ...]
    files: tuple[File, ...]
    """Its text, under paths such as ``a.zip!/run.sh``."""
    document: bool
    """Whether it is an Office file or an e-book."""


def look_into(files: Iterable[File]) -> dict[str, Contents]:
    """Return what lies in those of *files* that are archives, or end as one, by path."""
    reader = _Reader()
    return {
        file.path: reader.contents(file)
        for file in files
        if file.kind == "archive" or (file.kind in ("image", "binary") and ends_as_archive(file.data))
    }


def ends_as_archive(data: bytes) -> bool:
    """Say whether *data*, whatever it begins as, is also a zip archive."""
    if data.rfind(_END, max(0, len(data) - 66_000)) < 0:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(archive.namelist())
    except (*_BROKEN, NotImplementedError):
        return False


class _Reader:
    """Looks into the archives of one skill, and counts what it unpacks."""

    def __init__(self) -> None:
        self.left = MAX_UNPACKED
        self.text_left = MAX_TEXT
        self.kept = 0
        self.skipped = 0
        """Members of the archive at hand that were not looked at."""
        self.files: list[File] = []
        self.document = False

    def contents(self, file: File) -> Contents:
        """Return what lies in *file*."""
        self.files, self.skipped, self.document = [], 0, False
        troubles = list(self._archive(f"{file.path}!/", file.data, 1))
        if self.skipped:
            what = f"{self.skipped} members were not analysed: too large, or too many"
            troubles.append(Trouble("", what))
        inner = tuple(one._replace(member=one.member.removeprefix(f"{file.path}!/")) for one in troubles)
        return Contents(inner, tuple(self.files), self.document)

    def _take(self, data: bytes) -> bytes:
        self.left = max(0, self.left - len(data))
        return data

    def _archive(self, at: str, data: bytes, depth: int) -> Iterator[Trouble]:
        if data.startswith(b"PK") or ends_as_archive(data):
            yield from self._zip(at, data, depth)
            return
        inner = self._unpacked(data)
        if inner is None:
            yield Trouble(at, "cannot be looked into")
        elif len(inner) > _BOMB and len(inner) > MAX_RATIO * len(data):
            yield Trouble(at, f"unpacks to more than {MAX_RATIO} times its size", grave=True)
        elif inner[257:262] == b"ustar":
            yield from self._tar(at, inner, depth)
        elif inner:
            yield from self._content(at.removesuffix("!/"), inner, depth)

    def _unpacked(self, data: bytes) -> bytes | None:
        """Return what a compressed stream holds, cut at the budget; ``None`` if it is none that we know."""
        left = max(1, self.left)
        try:
            if data.startswith(b"\x1f\x8b"):
                return self._take(zlib.decompressobj(wbits=31).decompress(data, left))
            if data.startswith(b"BZh"):
                return self._take(bz2.BZ2Decompressor().decompress(data, min(left, _SLOW)))
            if data.startswith(b"\xfd7zXZ\x00"):
                unpacker = lzma.LZMADecompressor(memlimit=MAX_UNPACKED)
                return self._take(unpacker.decompress(data, min(left, _SLOW)))
        except (*_BROKEN, MemoryError):
            return None
        return data if data[257:262] == b"ustar" else None

    def _zip(self, at: str, data: bytes, depth: int) -> Iterator[Trouble]:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = archive.infolist()
                size = sum(member.file_size for member in members)
                if size > _BOMB and size > MAX_RATIO * len(data):
                    yield Trouble(at, f"unpacks to more than {MAX_RATIO} times its size", grave=True)
                    return
                office = any(member.filename in _OFFICE for member in members[:20])
                self.document = self.document or (office and depth == 1)
                self.skipped += max(0, len(members) - MAX_MEMBERS)
                for member in members[:MAX_MEMBERS]:
                    yield from self._zip_member(archive, member, at, depth)
        except (*_BROKEN, NotImplementedError):
            yield Trouble(at, "cannot be looked into")

    def _zip_member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, at: str, depth: int
    ) -> Iterator[Trouble]:
        name = f"{at}{shown(member.orig_filename)}"
        yield from _name(name, member.orig_filename)
        if member.is_dir():
            return
        if member.flag_bits & 1:
            yield Trouble(name, "is encrypted, so nobody can look at it", grave=True)
            return
        if member.file_size > self.left:
            self.skipped += 1
            return
        try:
            with archive.open(member) as stream:
                content = self._take(stream.read(self.left))
        except (*_BROKEN, NotImplementedError):
            yield Trouble(name, "cannot be read")
            return
        if stat.S_ISLNK(member.external_attr >> 16):
            yield from _link(name, member.filename, content[:4096].decode("utf-8", "replace"))
        elif self.document and depth == 1:
            yield from self._office(name, member.filename, content)
        else:
            yield from self._content(name, content, depth)

    def _tar(self, at: str, data: bytes, depth: int) -> Iterator[Trouble]:
        try:
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
                for number, member in enumerate(archive):
                    if number >= MAX_MEMBERS:
                        self.skipped += 1
                        return
                    name = f"{at}{shown(member.name)}"
                    yield from _name(name, member.name)
                    if member.issym() or member.islnk():
                        yield from _link(name, member.name, member.linkname)
                    elif member.isfile() and (stream := archive.extractfile(member)) is not None:
                        yield from self._content(name, stream.read(MAX_UNPACKED), depth)
                    elif not member.isdir():
                        yield Trouble(name, "is a device or pipe", grave=True)
        except (tarfile.TarError, *_BROKEN):
            yield Trouble(at, "cannot be looked into")

    def _office(self, name: str, member: str, content: bytes) -> Iterator[Trouble]:
        if member.endswith("vbaProject.bin"):
            yield Trouble(name, "holds macros")
        elif member.endswith(".rels"):
            for target in loaded_from(content):
                yield Trouble(name, f"makes a program load {target[:200]} when it is opened")
        elif has_text(member):
            text = text_of(content)
            if len(text.hidden) > 20:
                yield Trouble(name, f"holds text that nobody sees who opens it: {text.hidden[:160]}")
            if text.shown.strip():
                self._keep(name, text.shown.encode("utf-8"), as_page=True)
        elif not member.endswith((".xml", ".xhtml")):
            yield from self._content(name, content, MAX_DEPTH)

    def _content(self, name: str, content: bytes, depth: int) -> Iterator[Trouble]:
        suffix = name.rsplit(".", 1)[-1].lower()
        kind = kind_of(name, content, decode(content[:4096])[0])
        if native_format(content) or suffix in _PROGRAMS:
            yield Trouble(name, "is a program", grave=True)
        elif kind == "pickle" or suffix in ("pkl", "pickle"):
            imports = read_pickle(content).dangerous
            if imports:
                what = f"can run commands when it is loaded: {', '.join(imports[:5])}"
                yield Trouble(name, what, grave=True)
        elif kind == "archive" and depth < MAX_DEPTH:
            yield from self._archive(f"{name}!/", content, depth + 1)
        elif kind == "archive" and not self.document:
            yield Trouble(name, "is an archive too deep inside of others to be looked at")
        elif kind not in ("binary", "image", "bytecode", "archive"):
            self._keep(name, content)

    def _keep(self, name: str, data: bytes, *, as_page: bool = False) -> None:
        """Keep text as a file that rules see; what is too much is counted."""
        if len(data) > self.text_left or self.kept >= MAX_KEPT:
            self.skipped += 1
            return
        self.text_left -= len(data)
        self.kept += 1
        file = make_file(f"{name}.md" if as_page else name, data)
        if file.text:
            self.files.append(file)


def _name(name: str, raw: str) -> Iterator[Trouble]:
    if _leaves(raw):
        yield Trouble(name, "would be unpacked outside of the folder", grave=True)


def _link(name: str, raw: str, target: str) -> Iterator[Trouble]:
    parent = str(PurePosixPath(raw.replace("\\", "/")).parent)
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
