"""Routing by words, delta debugging, and the gate of questions that took no part in the search."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trace2skill.compress.ddmin import ddmin
from trace2skill.compress.describe import describe
from trace2skill.compress.route import Router
from trace2skill.compress.similar import Neighbour, Pool
from trace2skill.compress.trial import Question, Wishes

POOL = Pool(
    [
        Neighbour("tax-forms", "Fills tax forms. Use when a tax form is due."),
        Neighbour("weather", "Tells the weather. Use when it rains."),
        Neighbour("cooking", "Cooks soups and stews. Use when somebody is hungry."),
    ]
)
NEEDED = "Reads invoices and prints totals. Use when an invoice arrives. Sends reminders."
FRONT = "---\nname: invoices\ndescription: {}\n---\n\n# Invoices\n"


def questions(positives: Sequence[str], negatives: Sequence[str]) -> tuple[Question, ...]:
    return (
        *(Question(query=query, should_trigger=True) for query in positives),
        *(Question(query=query, should_trigger=False) for query in negatives),
    )


POSITIVE = [f"read invoice {n}" for n in "abcde"] + [f"print the totals {n}" for n in "abcdefgh"]
NEGATIVE = [f"fill tax form {n}" for n in "abcdefgh"]


@pytest.mark.parametrize(
    ("question", "leads"),
    [("read this invoice", True), ("fill the tax form", False), ("something else altogether", False)],
)
def test_questions_lead_to_the_skill_that_says_their_rare_words(question: str, leads: bool) -> None:
    router = Router(Neighbour("invoices", NEEDED), POOL, [question])
    assert bool(router.led([question], NEEDED)) == leads


def test_a_clause_that_no_question_needs_goes() -> None:
    text = FRONT.format(NEEDED + " Greets people warmly in spring.")
    page, done = describe(text, Wishes(pool=POOL, questions=questions(POSITIVE, NEGATIVE)))
    assert done.trial is not None
    assert done.trial.kept
    assert done.trial.positives[0] == done.trial.positives[1] > 0
    assert "Greets people" not in page
    assert "Reads invoices and prints totals. Use when an invoice arrives." in page
    assert "Greets people warmly in spring" in done.dropped


def test_what_only_held_out_questions_need_keeps_the_description_as_it_is() -> None:
    lone = [f"send {word} reminder" for word in ("one", "next", "late")]
    kept = []
    for seed in range(12):
        wishes = Wishes(pool=POOL, questions=questions(POSITIVE + lone[:1], NEGATIVE), seed=seed)
        page, done = describe(FRONT.format(NEEDED), wishes)
        assert done.trial is not None
        kept.append("Sends reminders" in page)
        if not done.trial.kept:
            assert page == FRONT.format(NEEDED)
    # Whether the search saw the lone question or it was held out, its clause is still there.
    assert all(kept)


def test_a_shorter_description_may_not_take_what_is_for_others() -> None:
    text = FRONT.format("Reads invoices. Use when an invoice arrives. About soups stews tax weather forms.")
    asked = questions([f"read invoice {n}" for n in "abcdefgh"], [f"cook soup {n}" for n in "abcdefgh"])
    _, done = describe(text, Wishes(pool=POOL, questions=asked))
    assert done.trial is not None
    assert done.trial.negatives[1] <= done.trial.negatives[0]


@pytest.mark.parametrize(
    ("pool", "asked", "reason"),
    [
        (Pool(), questions(POSITIVE, NEGATIVE), "no skills beside it"),
        (POOL, questions(POSITIVE, []), "fewer than 3 held-out"),
        (POOL, questions([f"cook soup {n}" for n in "abcdefg"], NEGATIVE), "no question to search by"),
        (POOL, questions([f"read invoice arrive print total send {n}" for n in "abcdefg"], NEGATIVE), ""),
    ],
)
def test_the_reason_is_told_when_nothing_is_searched(
    pool: Pool, asked: tuple[Question, ...], reason: str
) -> None:
    _, done = describe(FRONT.format(NEEDED), Wishes(pool=pool, questions=asked))
    assert done.trial is not None
    assert reason in done.trial.reason
    assert done.trial.kept == (not reason)


def test_the_same_seed_gives_the_same_description() -> None:
    wishes = Wishes(pool=POOL, questions=questions(POSITIVE, NEGATIVE)[::-1], seed=3)
    text = FRONT.format(NEEDED)
    again = wishes._replace(questions=wishes.questions[::-1])
    assert describe(text, wishes) == describe(text, again)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 14), st.sets(st.integers(0, 13)))
def test_delta_debugging_finds_exactly_what_is_needed(size: int, wanted: set[int]) -> None:
    needed = {item for item in wanted if item < size}
    trials = 0

    def holds(items: Sequence[int]) -> bool:
        nonlocal trials
        trials += 1
        return needed <= set(items)

    assert set(ddmin(range(size), holds)) == needed
    assert trials <= size * size + 3 * size + 2


@settings(max_examples=200, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=300), st.integers(1, 12))
def test_a_judge_that_contradicts_itself_does_not_turn_the_search_in_circles(
    answers: list[bool], size: int
) -> None:
    given_answers = iter(answers * 50)
    found = ddmin(range(size), lambda _: next(given_answers, False))
    assert set(found) <= set(range(size))
    assert list(found) == sorted(found)


def test_the_search_ends_when_its_trials_are_spent() -> None:
    assert len(ddmin(range(64), lambda items: len(items) > 20, most=5)) >= 21
