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
    """Return *value* as a JSON document in plain ASCII, which means the same in any encoding."""
    return json.dumps(value, indent=2).replace("\x7f", "\\u007f") + "\n"
