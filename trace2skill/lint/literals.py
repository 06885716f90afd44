"""Secrets that documentation shows: literals that everybody knows, and strings that stand for another."""

from __future__ import annotations

import base64
import re

_SHOWN = frozenset(
    "AKIAIOSFODNN7EXAMPLE AKIAI44QH8DHBEXAMPLE ASIAIOSFODNN7EXAMPLE "
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY "
    "sk_test_4eC39HqLyjWDarjtT1zdp7dc sk_test_BQokikJOvBiI2HlWgH4olfQ2 "
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe".split()
)
"""Literals that the documentation of a service shows."""
_STAND_IN = re.compile(
    r"example|sample|placeholder|your|dummy|fake|redacted|change[_-]?me|replace|insert|secret|password"
    r"|passw0rd"
    r"|x{4}|\*{3}|\.{3}|…|0{5}|1{5}|a{5}|(?:test|demo|mock|foo|bar|my)[_-]|[_-](?:here|token|key)\b"
    r"|\$\{?\w|<|\{\{",
    re.IGNORECASE,
)
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "zyxwvutsrqponmlkjihgfedcba",
    "98765432109876543210",
)
_RUN = 6


def is_documented(value: str) -> bool:
    """Say whether *value* is a literal of a documentation, or says itself that it stands for another."""
    if any(known in value for known in _SHOWN) or _STAND_IN.search(value[:400]) or _is_sample(value):
        return True
    low = value[:400].lower()
    letters = re.sub(r"[^a-z]", "", low)
    starts = range(len(low) - _RUN + 1)
    return any(low[at : at + _RUN] in run for at in starts for run in _RUNS) or any(
        letters[at : at + 2 * _RUN] in _RUNS[0] for at in range(max(0, len(letters) - 2 * _RUN + 1))
    )


def _is_sample(value: str) -> bool:
    """Say whether *value* is a JSON web token such as documentation shows."""
    parts = value.split(".")
    if len(parts) != 3 or not value.startswith("eyJ"):
        return False
    try:
        said = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)).lower()
    except ValueError:
        return False
    return any(mark in said for mark in (b"1234567890", b"john doe", b"example", b"test", b'user_id":1'))
