"""Secrets in a text, and how sure it is that they are real: documentation is full of made-up ones."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from math import log2

import msgspec

from trace2skill.lint.hosts import host_of
from trace2skill.records import Severity
from trace2skill.redact.home import HINTS, UNIX
from trace2skill.redact.rules import rules_of
from trace2skill.redact.sieve import Sieve
from trace2skill.redact.tokens import TOKENS

_SHAPED = frozenset(rule.name for rule in TOKENS) - {"jwt"}
"""Kinds whose shape alone tells them from anything else."""
_PERSONAL = frozenset(("email", "home"))
_MADE_UP = re.compile(
    r"example|sample|dummy|fake|test|demo|your|my[_-]?|foo|bar\b|change|replace|place|secret|pass|token|key"
    r"|admin|user|default|abc|xyz|xxx|123|000|111|qwerty|aaaa|\.\.\.|…|\*\*|<|>|\{|\}|\$|%",
    re.IGNORECASE,
)
_SHOWN_AS_WRONG = re.compile(
    r"\b(?:don'?t|do not|bad|wrong|never|insecure|vulnerable|avoid|hard-?coded|leaked|flag(?:ged)?)\b|❌|🚫",
    re.IGNORECASE,
)
_NO_HOST = re.compile(r"@(?:localhost|127\.|0\.0\.0\.0|\[|[\w-]{1,60}(?:[:/\s\"'`]|$))")
_BEFORE = 100
_KEY_BODY = 120
_LONG = 16
_RANDOM = 3.4
"""Bits per character; words and their abbreviations have fewer at the lengths of keys."""


class Secret(msgspec.Struct, frozen=True):
    """What looks like a secret, where it stands."""

    kind: str
    value: str
    place: int
    shown: str
    """It with the words before it by which a redactor knows it; of many lines, the first."""


@cache
def _sieve() -> Sieve:
    return Sieve()


def secrets_of(text: str) -> list[Secret]:
    """Return what looks like a secret in *text*, by place; of two that overlap, the more telling one."""
    found: list[Secret] = []
    mask = _sieve().scan(text.encode("utf-8", "surrogatepass"))
    taken: list[tuple[int, int]] = []
    for rule in (*rules_of(mask), *(rule for hint, rule in zip(HINTS, UNIX, strict=True) if hint in text)):
        for match in rule.exact.finditer(text):
            start, end = match.span("s")
            start = rule.widen(text, start, 0) if rule.widen is not None else start
            value = text[start:end].rstrip(".")
            if rule.accept(value) and not any(start < last and first < end for first, last in taken):
                taken.append((start, end))
                found.append(Secret(rule.name, value, start, _around(text, start, value)))
    return sorted(found, key=lambda one: (one.place, one.kind))


def _around(text: str, start: int, value: str) -> str:
    first = text.rfind("\n", max(0, start - _BEFORE), start) + 1 or max(0, start - _BEFORE)
    return text[first : start + len(value)] if "\n" not in value else value.partition("\n")[0]


def level_of(secret: Secret, text: str) -> Severity:
    """Return how much it matters that *text* holds *secret*: nothing, if it is personal or made up."""
    before = text.rfind("\n", 0, secret.place) + 1
    after = text.find("\n", secret.place)
    line = text[before : min(after if after >= 0 else len(text), before + 2_000)]
    cut_off = text.startswith(("...", "…"), secret.place + len(secret.value))
    if cut_off or secret.kind in _PERSONAL:
        return "note"
    if secret.kind in _SHAPED:
        return "note" if _is_shown(secret, line) else "error"
    if secret.kind == "url-password" and (_is_nowhere(line) or not _is_random(secret.value)):
        return "note"
    strong = _is_random(secret.value) and not _SHOWN_AS_WRONG.search(line)
    return "warning" if strong else "note"


def _is_shown(secret: Secret, line: str) -> bool:
    """Say whether a token of a known shape is one that a text makes up or warns of."""
    if _SHOWN_AS_WRONG.search(line):
        return True
    if secret.kind == "private-key":
        return len(secret.value) < _KEY_BODY
    return _entropy(secret.value) < 2.8


def _is_random(value: str) -> bool:
    """Say whether *value* is as long and mixed as a key that a machine made."""
    if len(value) < _LONG or _MADE_UP.search(value):
        return False
    return any(char.isdigit() for char in value) and _entropy(value) > _RANDOM


def _is_nowhere(line: str) -> bool:
    """Say whether the address in *line* leads to no host that others reach."""
    if _NO_HOST.search(line):
        return True
    found = re.search(r"[a-z][a-z0-9+.-]{1,20}://[^\s\"'`<>]{1,600}", line, re.IGNORECASE)
    host = host_of(found[0]) if found else None
    return host is None or host.reach != "public" or "example" in host.name


def _entropy(value: str) -> float:
    counts = Counter(value)
    return -sum(n / len(value) * log2(n / len(value)) for n in counts.values())
