"""The fence around log text in a prompt: two markers that nothing between them can close or forge."""

from __future__ import annotations

import re
from collections.abc import Sequence

OPEN, CLOSE = "<<<LOG", "LOG>>>"
# The lookbehind and the possessive repeat keep this linear on a long run of one mark.
_MARKER = re.compile(r"(?<!<)<{3,}+(?=LOG)|(?<=LOG)>{3,}+")
_FORGED = re.compile(
    r"^(?=\[\d{1,9}\] (?:SYSTEM|USER|AGENT)\b|\[\d{1,9} steps? left out|\[part \d"
    r"|CALL |RESULT[ (]|\(thinks\) )",
    re.MULTILINE,
)


def fenced(parts: Sequence[str]) -> str:
    """Return *parts* between the markers; a marker in their text is shortened, so that it is none."""
    body = without_markers("\n\n".join(parts))
    return "\n".join((OPEN, *(body,) * bool(parts), CLOSE))


def harmless(text: str) -> str:
    """Return *text* so that none of it reads as a marker, a headline, or a label of ours."""
    return _FORGED.sub(" ", without_markers(text))


def without_markers(text: str) -> str:
    """Return *text* so that none of it reads as a marker."""
    return _MARKER.sub(lambda found: found[0][:2], text)
