"""What becomes of descriptions: limits, missing ones, collisions, and that the rest of the page stays."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compress.pages import FRONT, PAGES, page, section
from trace2skill import tokens
from trace2skill.compress import compress, revert
from trace2skill.compress.describe import describe
from trace2skill.compress.introduce import introduce
from trace2skill.compress.profiles import PROFILES
from trace2skill.compress.similar import NOBODY, Neighbour, Pool
from trace2skill.compress.sizes import description_of
from trace2skill.compress.trial import Wishes
from trace2skill.markdown import parse_frontmatter, split_frontmatter

BODY = """
# Heliograph

Sends messages by mirrors and sunlight. It needs no power.

## When to use

- Talking between two hilltops
- A radio that fails in a storm.

## Codes

The shutter opens for a dot. A shutter that is open for long is a dash. The `shutter_speed` is set first.

## Adjust the mirror

Turn the mirror until the shutter shines.
"""


def test_a_missing_description_is_made_of_the_body_and_told() -> None:
    text, done = describe(f"---\nname: heliograph\n---\n{BODY}", Wishes())
    assert done.generated
    made = description_of(text)
    assert made == done.after
    assert made.startswith(
        "Heliograph. Sends messages by mirrors and sunlight. Use when: Talking between two"
    )
    assert "Covers Codes, Adjust the mirror." in made
    assert "shutter" in made
    assert "review" not in text
    assert split_frontmatter(text)[1] == BODY


@pytest.mark.parametrize("room", [None, 300, 60, 5, 0])
@pytest.mark.parametrize(
    "body", [BODY, "", "# 題\n\n使用鏡子和陽光發送信息。\n", "```sh\nls\n```\n", BODY * 40]
)
def test_what_is_made_keeps_its_limits(body: str, room: int | None) -> None:
    made = introduce(f"---\nname: x\n---\n{body}", NOBODY, room)
    assert room is None or len(made) <= room
    assert tokens.count(made) <= 111


@pytest.mark.parametrize("front", ["description: [a]\n", "name: [\n", "a: 1\ndescription: 12\n"])
def test_what_is_no_text_is_left(front: str) -> None:
    text = f"---\n{front}---\n{BODY}"
    page, done = describe(text, Wishes())
    assert page == text
    assert done.notes
    assert not done.generated


LONG = "Reads invoices. Use when an invoice arrives. " + " ".join(
    f"Handles case {n} of the ledger with care." for n in range(60)
)


@pytest.mark.parametrize(("profile", "extra", "most"), [
    ("spec", "", 1024), ("claude-code", "", 1536), ("claude-code", "w" * 600, 936), ("codex", "", 1024),
])  # fmt: skip
def test_a_profile_cuts_a_description_only_to_its_limit(profile: str, extra: str, most: int) -> None:
    text = f"---\nname: x\ndescription: {LONG}\nwhen_to_use: {extra}\n---\n{BODY}"
    after, done = describe(text, Wishes(PROFILES[profile]))
    assert most - 60 < len(description_of(after)) <= most
    assert done.dropped
    assert done.after.startswith("Reads invoices. Use when an invoice arrives. ")
    assert describe(text, Wishes())[0] == text


def test_a_limit_that_cannot_be_kept_is_told() -> None:
    text = f"---\nname: x\ndescription: {'Reads invoices ' * 100}\n---\n{BODY}"
    after, done = describe(text, Wishes(PROFILES["spec"]))
    assert after == text
    assert "1024 are read" in done.notes[0]


@pytest.mark.parametrize("unit", ["a. ", "a, ", "。", "(", '" ', "a" * 50, "[x](", "Use when x. "])
@pytest.mark.parametrize("size", [600, 60_000])
def test_descriptions_that_nobody_wrote_take_no_time(unit: str, size: int) -> None:
    said = json.dumps(unit * (size // len(unit)))
    begun = time.process_time()
    describe(f"---\nname: x\ndescription: {said}\n---\n# B\n\n{said}\n", Wishes(PROFILES["spec"]))
    assert time.process_time() - begun < 10


def test_neighbours_that_say_the_same_are_told_with_what_differs() -> None:
    pool = Pool(
        [
            Neighbour("invoice-reader", "Reads invoices and prints their totals."),
            Neighbour("invoice-writer", "Writes invoices and prints their totals on paper."),
            Neighbour("cooking", "Cooks soups."),
        ]
    )
    text = "---\nname: invoice-reader\ndescription: Reads invoices and prints their totals.\n---\n"
    (one,) = describe(text, Wishes(pool=pool))[1].collisions
    assert one.skill == "invoice-writer"
    assert one.alike >= 0.4
    assert {"invoice", "prints", "totals"} <= set(one.shared)
    assert set(one.own) == {"Reads", "reader"}


def test_a_cheaper_description_belongs_to_the_compression_and_comes_back() -> None:
    text = page(section("Examples"), front=FRONT.replace("Use when", "This skill should be used when"))
    files = {"SKILL.md": text, "references/old.md": "Old.\n"}
    done = compress(files)
    assert done.described.changed
    assert "description: Use when a demonstration" in done.after["SKILL.md"]
    assert done.moved
    again = compress(done.after, past=done.history())
    assert again.after == done.after
    assert revert(done.after, done.history()) == files


@pytest.mark.parametrize("profile", ["spec", "codex"])
def test_a_page_over_a_limit_gives_up_more_than_the_usual_share(profile: str) -> None:
    text = page(*(section(f"Example {n}") for n in range(30)))
    after = compress({"SKILL.md": text}, wishes=Wishes(PROFILES[profile])).after["SKILL.md"]
    usual = compress({"SKILL.md": text}).after["SKILL.md"]
    assert len(usual.encode()) > 8000
    assert tokens.count(usual) > 5000
    assert tokens.count(after) < 5000
    assert profile == "spec" or len(after.encode()) <= 8000
    assert profile == "codex" or tokens.count(after) > 3500


DESCRIPTIONS = st.lists(
    st.sampled_from(
        "Reads files. Reads a file. Use when reading files. Not for x. a, b or c, 'q': # 文字。".split()
    ),
    max_size=30,
).map(" ".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PAGES, DESCRIPTIONS, st.sampled_from(["spec", "claude-code", "codex", ""]))
def test_whatever_the_skill_only_its_description_changes(body: str, said: str, profile: str) -> None:
    wishes = Wishes(PROFILES.get(profile), Pool([Neighbour("reads", "Reads files.")]))
    text = f"---\nname: demo # x\ndescription: {said}\nlicense: MIT\n---\n" + body
    after, done = describe(text, wishes)
    assert split_frontmatter(after)[1] == split_frontmatter(text)[1]
    if after == text:
        assert not done.changed
        return
    old, new = parse_frontmatter(text), parse_frontmatter(after)
    assert new.pop("description") == done.after
    old.pop("description", None)
    assert new == old
    assert describe(after, wishes)[0] == after
