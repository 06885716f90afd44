"""Hostile text made harmless: for a terminal or log, and for JSON."""

from __future__ import annotations

import json
from typing import Any


def plain(text: str) -> str:
    """Return *text* with all that is not printable written as an escape, such as ``\\n`` or ``\\u202e``."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def as_json(value: Any) -> str:
    """Return *value* as a JSON document whose texts hold nothing unprintable, and yet mean the same."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    kept = (char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)
    return f"{text if text.replace(chr(10), '').isprintable() else ''.join(kept)}\n"
