"""Base64 that holds words of an order: one level, and only where the words show through the code."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

_WORDS = ("instruction", "ignore all", "ignore the", "ignore prev", "assistant", "the user", "system prompt")
"""What an order has one of, in small letters or with a capital."""
_CHUNK = 4096
_SIGN = re.compile(r"[A-Za-z0-9+/_=-]")
_MOST = 20


def _shown(word: str) -> Iterator[str]:
    """Yield how *word* looks within base64: where it begins decides between three."""
    data = word.encode()
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + data).decode()
        first = (0, 2, 3)[shift]
        last = len(coded.rstrip("=")) - (1 if (shift + len(data)) % 3 else 0)
        yield coded[first:last]


NEEDLES: tuple[str, ...] = tuple(
    dict.fromkeys(shown for word in _WORDS for form in (word, word.capitalize()) for shown in _shown(form))
)
"""What to look for in text before anything is decoded."""


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where base64 with telling words stands in *text*, and what it says."""
    done = 0
    for at in sorted({at for needle in NEEDLES for at in _places(text, needle)})[:_MOST]:
        if at < done:
            continue
        start, end = at, at
        while start > max(done, at - _CHUNK) and _SIGN.match(text[start - 1]):
            start -= 1
        while end < min(len(text), at + _CHUNK) and _SIGN.match(text[end]):
            end += 1
        done = end
        yield start, end, _decode(text[start:end])


def _places(text: str, needle: str) -> Iterator[int]:
    at = text.find(needle)
    for _ in range(_MOST):
        if at < 0:
            return
        yield at
        at = text.find(needle, at + 1)


def _decode(coded: str) -> str:
    """Return the most readable of the four ways to cut *coded*; its beginning may belong to another word."""
    best = ""
    for skip in range(4):
        part = coded[skip:].rstrip("=").translate({45: 43, 95: 47})
        try:
            data = base64.b64decode(part[: len(part) - len(part) % 4])
        except (binascii.Error, ValueError):
            continue
        said = data.decode("utf-8", "replace")
        if said.count("\ufffd") * 10 <= len(said) and len(said) > len(best):
            best = said
    return best
