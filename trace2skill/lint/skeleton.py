"""What letters look like: text as a person reads it, whatever characters it is made of."""

from __future__ import annotations

import re
import unicodedata

from trace2skill.injection.hidden import fold, unmask

_STYLED = re.compile("[\u1d00-\u1d2b\u0250-\u02af\u24b6-\u24e9\U0001d400-\U0001d7ff\U0001f130-\U0001f189]")
# Small capitals of the phonetic alphabets; the other styled letters say themselves which they are.
_CAPITALS = str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢɑɡı", "abcdefghijklmnoprtuvwyzagi")
_MARKS = re.compile("(?<=[a-zA-Z])[\u0300-\u036f\u20d0-\u20f0]+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_MORE_LOOKALIKES = str.maketrans("ιρτυχүӏօսցհոзьᴦ", "iptuxylouqhn3br")
_MIXED = re.compile(r"(?=[^\W\d_]{0,40}[a-z])(?=[^\W\d_]{0,40}[\u0370-\u0581])[^\W\d_]{2,40}")
_SPACED = re.compile(r"(?<![\w'])(?:[a-z][ .\-_·]){4,60}[a-z](?![\w'])")


def skeleton(text: str) -> str:
    """Return *text* in small letters as it looks: no line of it moves, but places in a line may.

    Styled and look-alike letters become plain, marks on letters and characters without a shape go, and
    words that are spelt with a space after each letter are closed.
    """
    plain = fold(text)
    if not plain.isascii():
        plain = _SELECTORS.sub("", plain)
        if _STYLED.search(plain):
            plain = _STYLED.sub(_unstyled, plain.translate(_CAPITALS))
        plain = unmask(_MARKS.sub("", plain))
        plain = _MIXED.sub(lambda word: word[0].translate(_MORE_LOOKALIKES), plain)
    return _SPACED.sub(_closed, plain) if _SPACED.search(plain) else plain


def _unstyled(found: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", found[0]).lower()
    if plain == found[0]:  # letters in squares have no plain form but their name
        plain = unicodedata.name(found[0], "").rpartition(" ")[2].lower()
    return plain if len(plain) == 1 else found[0]


def _closed(found: re.Match[str]) -> str:
    return re.sub(r"[ .\-_·]", "", found[0])
