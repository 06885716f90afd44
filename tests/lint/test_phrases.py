"""Phrases that end in something are looked for only where that is."""

from __future__ import annotations

import time

import pytest

from trace2skill.lint.phrases import Phrase

PATTERN = r"\bsend\b[^\n]{0,140}?\bto\b[^\n]{0,40}?(?:server|desk)"
GOAL = "server|desk"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("send it to the server", [0]),
        ("x\nsend it to the desk\nsend it to my server", [2, 22]),
        ("server: send it to desk and send that to server", [8, 28]),
        ("send it\nto the server", []),
        ("send it to " + "x" * 60 + "server", []),
        ("x " * 500 + "send it to the server" + " y" * 500, [1000]),
        ("send it", []),
    ],
)
def test_a_phrase_with_a_goal_is_found_where_it_would_be_without(text: str, found: list[int]) -> None:
    assert [one.start() for one in Phrase(PATTERN, goal=GOAL).finditer(text)] == found
    assert [one.start() for one in Phrase(PATTERN).finditer(text)] == found


def test_search_begins_where_it_is_told_to() -> None:
    phrase = Phrase(PATTERN, "server", goal=GOAL)
    text = "send it to the server, send it to the desk"
    first, second = phrase.search(text), phrase.search(text, 5)
    assert first is not None
    assert second is not None
    assert (first.start(), second.start()) == (0, 23)
    assert phrase.search("send it to the desk") is None


def test_orders_without_an_end_cost_little() -> None:
    begun = time.process_time()
    assert list(Phrase(PATTERN, goal=GOAL).finditer("send to " * 100_000)) == []
    assert time.process_time() - begun < 1
