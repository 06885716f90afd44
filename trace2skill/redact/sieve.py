"""The sieve: tells from raw bytes which kinds of secret they may hold, so that most text is never searched.

It must never say less than the exact rules would find (``tests/redact`` holds it to that), and may say more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from trace2skill.errors import ConfigError
from trace2skill.redact.patterns import Probe
from trace2skill.redact.rules import ALL, PLACES

hyperscan: ModuleType | None
try:
    import hyperscan
except ImportError:  # it has no wheel for this platform
    hyperscan = None

# A JSON escape of a printable character can hide any secret; a NUL byte means another encoding than UTF-8.
_VEILS = (Probe(b"\\u00", rb"\\u00[2-7][0-9a-fA-F]"), Probe(b"\0", rb"\x00"))
_VEIL_PLACE = ALL.bit_length()
ENGINES = ("hyperscan", "re")
PATIENCE = 1_000_000
"""Bytes that are looked through with ``re`` in the time that Hyperscan takes to compile the probes."""


class Sieve:
    """Says which rules may match in some bytes; ``engine`` is the one in use, which may be the fallback.

    Unless one is asked for, the first bytes are looked through with the one that is ready at once.

    Not for two threads at once: Hyperscan needs a scratch space of its own for each.
    """

    def __init__(self, engine: str | None = None) -> None:
        if engine is not None and engine not in ENGINES:
            raise ConfigError(
                f"no sieve engine is called {engine!r}", hint=f"use one of {', '.join(ENGINES)}"
            )
        self.engine = "re" if engine == "re" or hyperscan is None else "hyperscan"
        self._patience = 0 if engine else PATIENCE
        self._hits: list[int] = []
        self._search: Any = None

    def scan(self, data: bytes) -> int:
        """Return the mask of the rules that may match in *data*; 0 means that none can."""
        if self._search is None and self.engine != "re":
            self._patience -= len(data)
            if self._patience <= 0:
                self._begin()
        if self._search is None:
            return _scan(data)
        hits = self._hits
        self._search(data, self._note, scratch=self._scratch)
        if not hits:
            return 0
        mask = 0
        for hit in hits:
            mask |= hit
        hits.clear()
        return mask

    def _begin(self) -> None:
        database = _database()
        if database is None:
            self.engine = "re"
        else:
            self._search, self._scratch = database.scan, _scratch(database)

    def _note(self, place: int, *_: Any) -> None:
        self._hits.append(1 << place if place < _VEIL_PLACE else ALL)


def _scratch(database: Any) -> Any:
    assert hyperscan is not None
    return hyperscan.Scratch(database)


@cache
def _database() -> Any:
    """Compile the probes of all rules, once per process; ``None`` where Hyperscan cannot."""
    if hyperscan is None:
        return None
    probes = [(probe, place, rule.caseless) for place, rule in PLACES for probe in rule.probes]
    probes += [(probe, _VEIL_PLACE, False) for probe in _VEILS]
    once, caseless = hyperscan.HS_FLAG_SINGLEMATCH, hyperscan.HS_FLAG_CASELESS
    try:
        database = hyperscan.Database()
        database.compile(
            expressions=[probe.pattern for probe, _, _ in probes],
            ids=[place for _, place, _ in probes],
            flags=[once | caseless if folded else once for _, _, folded in probes],
        )
    except hyperscan.HyperscanError:  # an old processor, or too little memory: the other engine can
        return None
    return database


_Table = dict[bytes, list[tuple[Callable[[bytes], object], int]]]


@cache
def _tables() -> tuple[_Table, _Table]:
    """Return the searches and bits of the probes by literal: those that know case, and those that do not."""
    strict: _Table = {probe.literal: [(re.compile(probe.pattern).search, ALL)] for probe in _VEILS}
    folded: _Table = {}
    for place, rule in PLACES:
        for probe in rule.probes:
            rows = (folded if rule.caseless else strict).setdefault(probe.literal, [])
            rows.append((re.compile(probe.pattern).search, 1 << place))
    return strict, folded


def _scan(data: bytes) -> int:
    """Do what ``Sieve.scan`` does, with a search for plain literals before each pattern."""
    strict, folded = _tables()
    return _scan_with(strict, data) | _scan_with(folded, data.lower())


def _scan_with(table: _Table, data: bytes) -> int:
    mask = 0
    for literal, rows in table.items():
        if literal in data:
            for search, bit in rows:
                if search(data):
                    mask |= bit
    return mask
