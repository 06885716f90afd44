"""The words by which a section's heading tells what it is, and by which a line tells an agent what to do."""

from __future__ import annotations

import re
from typing import Literal

from trace2skill.compress.languages import is_core_elsewhere

Topic = Literal["example", "template", "background", "trouble", "setup", "advanced", "reference", ""]

_WORDS: tuple[tuple[Topic, str], ...] = (
    (
        "example",
        "examples? samples? demos? walk-?throughs? case_study case_studies recipes? cookbook snippets?"
        " in_practice showcase scenarios?",
    ),
    ("template", r"templates? boilerplate skeletons? scaffold\w{0,4} starter"),
    (
        "background",
        "background introduction history theory why rationale motivation concepts? about how_it_works"
        " architecture"
        " further_reading resources see_also glossary faq comparison changelog credits? licen[cs]e"
        " acknowledge?ments? philosophy",
    ),
    (
        "trouble",
        r"troubleshoot\w{0,4} (?:common|known|typical)_(?:issues|errors|problems|failures) debug\w{0,4}"
        r" error_(?:codes?|messages?) if_something_fails",
    ),
    (
        "setup",
        r"install\w{0,7} set-?up prerequisites? configur\w{1,6} environment authenticat\w{1,4} deploy\w{0,5}",
    ),
    (
        "advanced",
        r"advanced optional extensions? integrations? optimi[sz]\w{1,6} performance migrat\w{1,4} "
        r"custom\w{0,7}"
        r" alternativ\w{1,4} edge_cases? appendix additional",
    ),
    (
        "reference",
        "references? api options parameters flags schema tables? catalog(?:ue)? cheat_?sheet list_of"
        " types fields methods commands syntax patterns? components?",
    ),
)
_ALWAYS_READ = (
    "overview quick_?start when_to_(?:use|activate|apply|call|invoke|trigger) usage workflow process steps?"
    " instructions? how_to checklist core"
    " getting_started summary goal objective task role your_job before_you inputs? triggers? decision"
)
_ORDERS = frozenset(
    "Add Apply Ask Avoid Be Build Call Check Choose Clean Close Collect Commit Compare Confirm Consider Copy "
    "Create Define Delete Describe Determine Do Document Draft Edit Ensure Evaluate Explain Extract Find Fix "
    "Focus Follow Format Gather Generate Get Give Handle Identify Implement Include Inspect Install Keep "
    "List Load Look Maintain Make Mark Measure Move Name Never Note Open Output Parse Pick Place Plan Prefer "
    "Prepare Present Provide Put Read Record Remove Replace Report Return Review Run Save Search Select Send "
    "Set Show Start State Stop Store Summarize Test Treat Try Understand Update Use Validate Verify Wait "
    "Watch Write".split()
)
_FIRST_WORD = re.compile(
    r"^[ \t>]{0,12}(?:[-*+]|\d{1,3}[.)])?[ \t]{0,6}(?:\*\*)?([A-Z][a-z]{1,14})\b", re.MULTILINE
)


def _any_of(words: str) -> re.Pattern[str]:
    """Return a pattern for any of *words*, which stand between spaces; an underscore is a space."""
    return re.compile(
        rf"\b(?:{'|'.join(word.replace('_', '[ ]') for word in words.split())})\b", re.IGNORECASE
    )


_TOPICS = tuple((topic, _any_of(words)) for topic, words in _WORDS)
_CORE = _any_of(_ALWAYS_READ)


def topic_of(title: str) -> Topic:
    """Return what a section with this *title* is about, as far as the words tell."""
    return next((topic for topic, pattern in _TOPICS if pattern.search(title)), "")


def is_core(title: str) -> bool:
    """Say whether a section with this *title* is what an agent reads each time."""
    return _CORE.search(title) is not None or is_core_elsewhere(title)


def orders_in(text: str) -> int:
    """Return how many lines of *text* begin by telling what to do."""
    return sum(word in _ORDERS for word in _FIRST_WORD.findall(text))
