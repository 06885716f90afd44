"""The form of values: which digits, letters and marks in which order, whatever they say."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
LONGEST = 40


def form(value: str) -> str:
    """Return the form of *value*: runs of digits by their length, single words as one, marks as they are.

    ``2025-08-10`` and ``1999-12-31`` have one form, ``10/08/2025`` has another.
    """
    lettered = _LETTERS.sub(lambda word: word[0] if len(word[0]) <= 2 else "a", value)
    return _DIGITS.sub(lambda digits: f"{len(digits[0])}", lettered)


def changed_form(pairs: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Return an example of the wrong and of the right form, if all *pairs* go from others to one form.

    A form tells only if it has a digit or a mark, and if values differ beside their form.
    """
    if len(pairs) < 2 or any(not old or not new or len(old + new) > 2 * LONGEST for old, new in pairs):
        return None
    right = {form(new) for _, new in pairs}
    if len(right) != 1 or right & {form(old) for old, _ in pairs}:
        return None
    (only,) = right
    if not any(char.isdigit() for char in only) or len({new for _, new in pairs}) < 2:
        return None
    return min(pairs, key=lambda pair: (len(pair[0] + pair[1]), pair))
