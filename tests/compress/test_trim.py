"""Which clauses of a description go, and which stay whatever they say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trace2skill.compress.clauses import clauses_of, parse
from trace2skill.compress.similar import NOBODY, Neighbour, Pool
from trace2skill.compress.trim import fitted, without_redundant


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "Reads invoices and prints totals. Reads totals. Use when an invoice arrives.",
            "Reads invoices and prints totals. Use when an invoice arrives.",
        ),
        (
            "Edits forms in pages. Use when asked to move pages, fill in forms, edit pages, or merge files.",
            "Edits forms in pages. Use when asked to move pages, fill in forms, or merge files.",
        ),
        (
            "Edits forms in pages. Use when asked to fill in a form, edit some pages, or merge files.",
            "Edits forms in pages. Use when asked to fill in a form or merge files.",
        ),
        ("This skill should be used when a form is filled.", "Use when a form is filled."),
        ("Fills forms. Use this skill when a form is open.", "Fills forms. Use when a form is open."),
        ("This skill provides forms for taxes.", "Provides forms for taxes."),
        ("読み取り書き出し。書き出し。", "読み取り書き出し。"),
        (" Reads files.\n\nReads a file. Use when it rains.\n", " Reads files.\n\nUse when it rains.\n"),
    ],
)  # fmt: skip
def test_what_the_rest_says_again_goes(text: str, after: str) -> None:
    assert without_redundant(text, "demo").text == after


def test_what_the_name_says_counts_as_said() -> None:
    done = without_redundant("Reads tables. Fills forms. Use when a table is open.", "form-filling")
    assert done.text == "Reads tables. Use when a table is open."
    assert done.dropped == ("Fills forms",)


@pytest.mark.parametrize(
    "text",
    [
        "Reads invoices. Use when an invoice arrives.",  # one that says when stays
        "Reads invoices and totals. Do not read totals. Use when it rains.",
        "Reads invoices and totals. Not for totals. Use when it rains.",
        "Reads totals of invoices. Never without totals. Use when it rains.",
        "Reads the totals. Use when asked to 'total the invoice', 'read totals', or 'read all'.",
        "Reads totals in an invoice. Use when asked for \"invoice totals\". Use when it rains.",
        "Reads x.py and y. Reads `x.py`. Use when it rains.",
        "Makes images, video clips, text images, and sound. Turns text to clips.",  # what it is
        "Makes images of videos. Use when somebody wants images, videos, or sounds.",  # single words
        "Reads totals of invoices. Reads invoices. This is for totals of rain.",  # the next one points back
        "Reads invoices, e.g. totals. Use when it rains.",
        "Deletes totals of invoices. Always confirm before it deletes invoices. Use when it rains.",
    ],
)  # fmt: skip
def test_what_would_be_missed_stays(text: str) -> None:
    assert without_redundant(text, "demo").text == text


LONG = (
    "Reads invoices. Uses the ledger of taxes. Rain and snow. Prints many long words about reading invoices"
    " and printing words. Not for taxes abroad. Use when an invoice arrives."
)


def test_a_limit_is_kept_by_dropping_what_tells_least() -> None:
    done = fitted(LONG, "demo", 130, NOBODY)
    assert len(done.text) <= 130
    assert done.text.startswith("Reads invoices. ")
    assert "Not for taxes abroad. Use when an invoice arrives." in done.text
    assert done.dropped == ("Prints many long words about reading invoices and printing words",)


def test_words_that_no_neighbour_has_outlast_those_that_all_have() -> None:
    text = "Reads. Handles common files. Handles heliograph files. Use when it rains."
    pool = Pool([Neighbour(f"n{n}", "Handles common files.") for n in range(9)])
    assert "heliograph" in fitted(text, "demo", 55, pool).text
    assert "common" not in fitted(text, "demo", 55, pool).text


def test_a_limit_that_cannot_be_kept_leaves_what_is_protected() -> None:
    done = fitted("Reads invoices. Not for taxes. Use when it rains.", "demo", 10, NOBODY)
    assert done.text == "Reads invoices. Not for taxes. Use when it rains."


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("A b, c d, or e f.", ["A b", "c d", "e f"]),
        ("Triggers: one, two, three", ["Triggers: one", "two", "three"]),
        ('Say "a, b, or c" now.', ['Say "a, b, or c" now']),
        ("Reads (a, b, or c) now.", ["Reads (a, b, or c) now"]),
        (
            "Works with Node.js v1.2, e.g. for tests. Fine.",
            ["Works with Node.js v1.2, e.g. for tests", "Fine"],
        ),
        ("One。Two！", ["One", "Two"]),
        ("- one\n- two", ["- one", "- two"]),
        ("", []),
    ],
)
def test_descriptions_are_cut_where_people_would(text: str, parts: list[str]) -> None:
    assert [clause.text for clause in clauses_of(parse(text))] == parts


WORDS = st.lists(
    st.sampled_from(
        "reads files. Use when not, or and (a, b) \"c d\" 文字。 e.g. 'x y' \n - ; : it Only".split(" ")
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(WORDS)
def test_clauses_joined_again_are_the_text(text: str) -> None:
    description = parse(text)
    assert description.text == text
    assert description.render({clause.id for clause in clauses_of(description)}) == text


@settings(max_examples=300, deadline=None)
@given(WORDS)
def test_doing_it_again_drops_nothing_more(text: str) -> None:
    once = without_redundant(text, "demo").text
    assert without_redundant(once, "demo").text == once
