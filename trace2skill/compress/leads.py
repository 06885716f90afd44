"""Words at the head of a sentence that say only that this is a skill, and what says the same in fewer."""

from __future__ import annotations

import re

_OCCASION = r"(?=(?:when(?:ever)?|for|if|to|after|before)\b)"
_THIRD_PERSON = (
    "analyzes automates builds contains converts covers creates defines describes enables enforces explains "
    "extracts generates gives guides handles helps implements manages offers performs provides runs shows "
    "supports teaches"
)
_LEADS = (
    (re.compile(rf"^(?:This skill|It) should be used {_OCCASION}"), "Use "),
    (re.compile(rf"^You should use this skill {_OCCASION}"), "Use "),
    (re.compile(rf"^Use this skill {_OCCASION}"), "Use "),
    (re.compile(rf"^This skill (?=(?:{'|'.join(_THIRD_PERSON.split())})\b)"), ""),
)


def lead_of(sentence: str) -> tuple[str, str]:
    """Return the words that *sentence* begins with for nothing, and the sentence without them."""
    for lead, short in _LEADS:
        found = lead.search(sentence)
        if found is not None:
            rest = sentence[found.end() :]
            return found[0].strip(), short + rest if short else rest[:1].upper() + rest[1:]
    return "", sentence
