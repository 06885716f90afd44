"""Packed, transcoded and damaged files: what can be read is read, and the rest is told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tests.logs import ripgrep_row
from trace2skill.ingest import Ingest
from trace2skill.readers import openai_chat
from trace2skill.readers.source.files import LogFile
from trace2skill.readers.source.unpack import FREE_BYTES, RATIO

ROWS = [json.dumps(ripgrep_row(name), ensure_ascii=False) for name in ("one", "two", "drei \u00fc\u4e16")]
TEXT = "\n".join(ROWS) + "\n"


def utf8_bom(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def utf16(text: str) -> bytes:
    return text.encode("utf-16")


def utf16_bare(text: str) -> bytes:
    return text.encode("utf-16-le")


def utf16_big(text: str) -> bytes:
    return b"\xfe\xff" + text.encode("utf-16-be")


def gzipped(text: str) -> bytes:
    half = text.index("\n") + 1
    return gzip.compress(text[:half].encode()) + gzip.compress(text[half:].encode())


def zstd(text: str) -> bytes:
    half = text.index("\n") + 1
    packer = zstandard.ZstdCompressor()
    return packer.compress(text[:half].encode()) + packer.compress(text[half:].encode())


def pretty(text: str) -> bytes:
    return "\n".join(json.dumps(json.loads(line), indent=1) for line in text.splitlines()).encode()


def crashed(text: str) -> bytes:
    return b"\0" * 40 + text.encode().replace(b"\n", b"\n" + b"\0" * 20, 1)


def joined(text: str) -> bytes:
    return text.encode().replace(b"\n", b"", 1)


PACKINGS = [utf8_bom, utf16, utf16_bare, utf16_big, gzipped, zstd, pretty, crashed, joined]


@pytest.mark.parametrize("pack", PACKINGS, ids=lambda pack: str(pack.__name__))
def test_a_log_reads_alike_however_it_is_written(tmp_path: Path, pack: Callable[[str], bytes]) -> None:
    plain, odd = tmp_path / "plain.jsonl", tmp_path / "odd.jsonl"
    plain.write_text(TEXT, "utf-8")
    odd.write_bytes(pack(TEXT))
    found = Ingest([odd])
    assert [run.id for run in found] == [run.id for run in Ingest([plain])]
    (account,) = found.report.files
    assert account.bad == account.unknown == 0
    assert account.parsed + account.bookkeeping == account.lines


@pytest.mark.parametrize("places", [(0, 2), (1, 3), (0, 2, 4, 6)])
def test_nuls_at_the_beginning_make_no_utf_16_of_a_log(tmp_path: Path, places: tuple[int, ...]) -> None:
    path = tmp_path / "log.jsonl"
    data = bytearray(TEXT.encode())
    for place in places:
        data[place] = 0
    path.write_bytes(data)
    file = LogFile(path)
    assert len(list(openai_chat.read(file))) == 2
    assert (file.ledger.lines, file.ledger.parsed, file.ledger.bad) == (3, 2, 1)


@pytest.mark.parametrize("pack", [gzipped, zstd], ids=lambda pack: str(pack.__name__))
def test_what_was_packed_before_the_damage_is_kept_and_the_damage_told(
    tmp_path: Path, pack: Callable[[str], bytes]
) -> None:
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(pack(TEXT)[:-30])
    file = LogFile(path)
    assert len(list(openai_chat.read(file))) >= 1
    assert file.ledger.bad >= 1
    assert "packed data damaged" in file.ledger.notes[-1].reason


def test_a_bomb_is_a_note(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    row = (ROWS[0] + "\n").encode()
    with gzip.open(path, "wb") as stream:
        stream.write(row)
        for _ in range(FREE_BYTES // (1 << 20) + 60):
            stream.write(b" " * (1 << 20))
    assert FREE_BYTES + RATIO * path.stat().st_size < FREE_BYTES + (60 << 20)
    file = LogFile(path)
    assert len(list(openai_chat.read(file))) == 1
    assert "unpacks to more than" in file.ledger.notes[-1].reason


def test_a_broken_record_before_a_sound_one_on_a_line_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(ROWS[0] + "\n" + ROWS[1][:80] + ROWS[2] + "\n", "utf-8")
    file = LogFile(path)
    assert len(list(openai_chat.read(file))) == 2
    assert (file.ledger.lines, file.ledger.parsed, file.ledger.bad) == (2, 1, 1)


def test_an_empty_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    found = Ingest([path])
    assert list(found) == []
    assert [file.file for file in found.report.refused] == [found.report.files[0].file]
