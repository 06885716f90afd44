"""What text that nobody is shown orders an agent to do: there, words alone are enough to distrust it."""

from __future__ import annotations

import re

from trace2skill import injection
from trace2skill.injection.context import quoted
from trace2skill.injection.judge import CONCEALED, steers
from trace2skill.lint import pi_abroad, pi_deeds, pi_reach, pi_secrecy, pi_words
from trace2skill.lint.phrases import Phrase
from trace2skill.lint.polarity import negated_at, quoted_at
from trace2skill.lint.skeleton import skeleton

_FOUND = {
    "override": "drop other instructions",
    "override-abroad": "drop other instructions",
    "fake-turn": "take it for a message of the system",
    "fake-authority": "take it for a message of the system",
    "conceal": "hide something from the user",
    "exfiltrate": "send something away",
    "exfiltrate-token": "send something away",
    "persist": "change what the agent remembers",
    "persist-file": "change what the agent remembers",
}
_SENT = Phrase(
    r"\b(?:send|upload|forward|transmit|exfiltrate|e-?mail|bcc|post|submit"
    r"|leak)\b[^\n]{0,160}?\bto\b[^\n]{0,40}?"
    r"(?:https?://|[\w.-]{1,60}@[\w-]{1,60}\.\w)",
    "http|@",
)
_SHELL = Phrase(
    r"\b(?:run|execute|invoke|do|start)\b[^\n]{0,60}?"
    r"(?:\|\s?(?:sudo )?(?:ba|z|da)?sh\b|\bbase64 (?:-d|--decode)|\beval\b|\bnc -e"
    r"|\b(?:ba)?sh -c\b|\brm -rf [~/]"
    r"|\bcurl\b[^\n]{0,120}?\s(?:-d|-f|-t|--data\w{0,8}|--upload-file)\b|\bpowershell\b[^\n]{0,20}?\s-e)"
)
_REACHES = re.compile(r"\b(?:curl|wget|https?://|silently|secretly)\b")
_WORDS: tuple[tuple[str, tuple[Phrase, ...]], ...] = (
    (
        "drop other instructions",
        (pi_words.SAFETY_OFF, pi_words.FRESH_START, pi_words.NOW_VOID, *pi_abroad.OVERRIDES),
    ),
    ("take it for a message of the system", (pi_words.POSED, pi_words.PREAPPROVED)),
    (
        "hide something from the user",
        (
            pi_secrecy.HIDES_STEP,
            pi_secrecy.UNAWARE,
            pi_secrecy.KEPT_BACK,
            pi_secrecy.QUIETLY,
            *pi_abroad.SECRECY,
        ),
    ),
    ("send something away", (_SENT,)),
    ("run a command", (_SHELL,)),
    ("obey a page", (pi_reach.REMOTE,)),
    ("alter results", (pi_deeds.FALSE_REPORT,)),
    ("put this skill above others", (pi_words.PRIORITY,)),
)


def family_of(text: str) -> str:
    """Return what *text*, which is hidden, orders an agent to do; nothing if it is no such order."""
    for hit in injection.find(text):
        if hit.rule in _FOUND and not negated_at(text, hit.start):
            return _FOUND[hit.rule]
    folded = skeleton(text)
    concealed = CONCEALED.search(folded)
    if concealed and not quoted(folded, *concealed.span()):
        return "hide something from the user"
    for what, phrases in _WORDS:
        if any(_said(folded, phrase) for phrase in phrases):
            return what
    return "act for somebody else" if steers(folded) and _REACHES.search(folded) else ""


def _said(folded: str, phrase: Phrase) -> bool:
    return any(
        not negated_at(folded, found.start()) and not quoted_at(folded, *found.span())
        for found in phrase.finditer(folded)
    )
