"""Fill the slots of a template: ``⟦word⟧`` from a list, ``⟦one¦another⟧`` by chance, ``⟦b64:text⟧`` encoded.

A word stays the same within a skill. Slots may hold slots; the innermost is filled first.
"""

from __future__ import annotations

import base64
import codecs
import random
import re
import zlib
from collections.abc import Callable, Mapping

from tests.lint.corpus.words import WORDS

_SLOT = re.compile(r"⟦([^⟦⟧]*)⟧")
_CYRILLIC = str.maketrans("aeopcxyi", "аеорсхуі")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _rot13(text: str) -> str:
    return str(codecs.encode(text, "rot13"))


def _visible(text: str) -> str:
    """Return *text* with its escapes as characters."""
    return str(codecs.decode(text, "unicode_escape"))


ENCODERS: Mapping[str, Callable[[str], str]] = {
    "b64": _base64,
    "b64x2": lambda text: _base64(_base64(text)),
    "b85": lambda text: base64.b85encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "hexesc": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "octesc": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "rot13": _rot13,
    "utf16b64": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "zb64": lambda text: base64.b64encode(zlib.compress(text.encode(), 9)).decode(),
    "codes": lambda text: ", ".join(str(ord(char)) for char in text),
    "xor": lambda text: ", ".join(str(byte ^ 23) for byte in text.encode()),
    "rev": lambda text: text[::-1],
    "tags": lambda text: "".join(chr(0xE0000 + ord(char)) for char in text),
    "zw": lambda text: "\u200b".join(text),
    "vs": lambda text: "".join(chr(0xE0100 + byte) for byte in text.encode()),
    "cyr": lambda text: text.translate(_CYRILLIC),
    "u": _visible,
    "up": str.upper,
}


class Filler:
    """Fills the slots of one skill."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)
        self._known: dict[str, str] = {}

    def fill(self, text: str) -> str:
        """Return *text* without slots."""
        while _SLOT.search(text):
            text = _SLOT.sub(self._one, text)
        return text

    def _one(self, slot: re.Match[str]) -> str:
        inner: str = slot[1]
        name, colon, rest = inner.partition(":")
        if colon and name in ENCODERS:
            return ENCODERS[name](rest)
        if "¦" in inner:
            return self.chance.choice(inner.split("¦"))
        if inner not in self._known:
            self._known[inner] = self.chance.choice(WORDS[inner.rstrip("0123456789")])
        return self._known[inner]
