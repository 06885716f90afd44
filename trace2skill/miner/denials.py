"""The words by which messages say that something is not as it must be."""

from __future__ import annotations

import re

_STRONG = (
    r"not|cannot|can't|won't|unable|fail\w{0,6}|invalid|missing|denied|refus\w{1,4}|reject\w{0,4}|ambiguous|unknown"
    r"|unexpected|must|needs|requir\w{1,4}|outside|mismatch|exceed\w{0,4}|unsupported|forbidden|expired|locked"
    r"|illegal|conflict\w{0,4}|timed?\s?out|unheard|unauthori[sz]ed"
)
REFUSES = re.compile(rf"\b(?:{_STRONG})\b", re.IGNORECASE)
"""What a short answer holds that refuses."""
DENIES = re.compile(
    rf"\b(?:{_STRONG}|no|none|nothing|never|need|lost|expected|too|already|without|only|hung|gave up|stopped"
    r"|abort\w{0,4}|skipped|wrong|bad|protected|stale|error)\b"
)
"""What the telling line of a failed call holds, the more the likelier; for text in small letters."""
