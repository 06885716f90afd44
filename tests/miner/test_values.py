"""What fixes change in a value: something around it, its form, words in code; and what says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs import bash, call, run
from trace2skill.miner import Miner
from trace2skill.miner.affixes import find_affix
from trace2skill.miner.digest import digest
from trace2skill.miner.formats import changed_form, form
from trace2skill.miner.phrases import background, shared, tokens
from trace2skill.miner.segments import segment
from trace2skill.records import Lesson, Trajectory


def pitfalls(*runs: Trajectory) -> list[Lesson]:
    miner = Miner()
    for trajectory in runs:
        miner.add(trajectory)
    return [one for one in miner.lessons() if one.kind == "pitfall"]


def corrected(number: int, wrong: str, right: str) -> Trajectory:
    return run(
        f"t{number}",
        "success",
        call("hoist", "that pennant is unheard of", failed=True, pennant=wrong, mast=f"mast-{number}"),
        call("hoist", "ok", failed=False, pennant=right, mast=f"mast-{number}"),
    )


@pytest.mark.parametrize(
    ("pairs", "least", "found"),
    [
        ([("gale", "wx:gale"), ("calm", "wx:calm")], 2, ("wx:", True)),
        ([("gale", "gale.v2"), ("calm", "calm.v2")], 2, (".v2", False)),
        ([("gale", "wx:gale"), ("calm", "wx:calm"), ("fog", "mist")], 2, ("wx:", True)),
        ([("gale", "wx:gale"), ("calm", "ab:calm")], 2, None),
        ([("gale", "wx:gale"), ("calm", "calm")], 2, None),
        ([("gale", "wx:calm"), ("calm", "wx:gale")], 2, None),
        ([("ga", "wx:ga"), ("ca", "wx:ca")], 2, None),
        ([("gale", "x" * 41 + "gale"), ("calm", "x" * 41 + "calm")], 2, None),
        ([("wx:gale", "gale"), ("wx:calm", "calm")], 2, None),
        ([], 1, None),
    ],
)
def test_what_belongs_around_a_value_is_what_enough_fixes_add(
    pairs: list[tuple[str, str]], least: int, found: tuple[str, bool] | None
) -> None:
    affix = find_affix([([old], [new]) for old, new in pairs], least)
    assert (affix and (affix.text, affix.before)) == found


_TEXT = st.text("abc:-", min_size=1, max_size=6)


@given(st.lists(st.text("xyz", min_size=3, max_size=6), min_size=2, max_size=5), _TEXT, st.booleans())
def test_an_affix_that_all_fixes_add_is_found_in_all_of_them(
    values: list[str], text: str, before: bool
) -> None:
    pairs = [([old], [text + old if before else old + text]) for old in values]
    affix = find_affix(pairs, len(pairs))
    assert affix is not None
    assert (affix.text, affix.before, affix.shown) == (text, before, frozenset(range(len(pairs))))


def test_the_prefix_that_values_lack_is_told_with_an_example() -> None:
    (lesson,) = pitfalls(
        *(corrected(n, word, f"wx:{word}") for n, word in enumerate(["gale", "calm", "fog"]))
    )
    assert lesson.do == "put `wx:` before the value: `wx:calm`, not `calm`"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("2031-08-10", "1999-12-31", True),
        ("2031-08-10", "10/08/2031", False),
        ("2031-08-10", "31-08-10", False),
        ("gale 7", "calm 3", True),
        ("gale-7", "gale 7", False),
        ("N4", "NE4", False),
        ("NNE4", "WNWW4", True),
    ],
)
def test_values_have_one_form_if_digits_and_marks_stand_alike(one: str, other: str, alike: bool) -> None:
    assert (form(one) == form(other)) is alike


@pytest.mark.parametrize(
    ("pairs", "example"),
    [
        ([("1/2/31", "2031-02-01"), ("3/4/31", "2031-04-03")], ("1/2/31", "2031-02-01")),
        ([("1/2/31", "2031-02-01")], None),
        ([("1/2/31", "2031-02-01"), ("3/4/31", "03.04.2031")], None),
        ([("2031-01-01", "2031-02-01"), ("3/4/31", "2031-04-03")], None),
        ([("1/2/31", "2031-02-01"), ("3/4/31", "2031-02-01")], None),
        ([("gale7", "gale"), ("calm3", "calm")], None),
        ([("", "2031-02-01"), ("3/4/31", "2031-04-03")], None),
        ([("1" * 80, "2031-02-01"), ("3/4/31", "2031-04-03")], None),
    ],
)
def test_a_form_tells_if_all_fixes_change_to_it_and_none_had_it(
    pairs: list[tuple[str, str]], example: tuple[str, str] | None
) -> None:
    assert changed_form(pairs) == example


@given(st.lists(st.tuples(st.text("a1-/", max_size=6), st.text("a1-/", max_size=6)), max_size=4))
def test_the_example_of_a_form_is_one_of_the_fixes_and_changes_it(pairs: list[tuple[str, str]]) -> None:
    found = changed_form(pairs)
    if found is not None:
        assert found in pairs
        assert form(found[0]) not in {form(new) for _, new in pairs}


def test_the_form_that_dates_must_have_is_told_by_an_example() -> None:
    pairs = [("1/2/31", "2031-02-01"), ("3/4/31", "2031-04-03"), ("5/6/31", "2031-06-05")]
    (lesson,) = pitfalls(*(corrected(n, *pair) for n, pair in enumerate(pairs)))
    assert "in the form of `2031-02-01`, not of `1/2/31`" in lesson.do


def test_values_that_differ_in_no_common_way_tell_nothing() -> None:
    pairs = [("gale", "zephyr"), ("calm", "monsoon"), ("fog", "sirocco"), ("hail", "mistral")]
    assert not [
        one for one in pitfalls(*(corrected(n, *pair) for n, pair in enumerate(pairs))) if one.verified
    ]


FAILED = ["chart(bay)", "chart(cove)", "chart(reef)"]


@pytest.mark.parametrize(
    ("fixes", "phrase"),
    [
        (["chart(bay, datum='low')", "chart(cove, datum='low')", "chart(reef, datum='low')"], "datum='low'"),
        (["chart(bay, datum='low')", "chart(cove, datum='mean')", "chart(reef, datum='mid')"], "datum=…"),
        (["chart(bay) --tidal", "chart(cove) --tidal", "chart(reef) --tidal"], "--tidal"),
        (["chart(bay, low)", "chart(cove, mean)", "chart(reef, mid)"], ""),
        (["chart(bay)", "chart(cove)", "chart(reef)"], ""),
        (["chart(bay);", "chart(cove);", "chart(reef);"], ""),
    ],
)
def test_the_words_that_fixes_add_are_told_with_the_value_if_all_give_it(
    fixes: list[str], phrase: str
) -> None:
    pairs = list(zip(FAILED, fixes, strict=True))
    assert shared(pairs, background(fixes, FAILED), 2)[0] == phrase


@pytest.mark.parametrize(
    ("others", "found"),
    [
        (["chart(isle)"] * 20, "--tidal"),
        (["chart(isle) --tidal"] * 20, "--tidal"),
        (["chart(isle) --tidal"] * 10 + ["chart(isle)"] * 10, ""),
    ],
)
def test_a_word_tells_if_it_is_rare_or_the_mark_of_what_works(others: list[str], found: str) -> None:
    fixes = [f"{code} --tidal" for code in FAILED]
    pairs = list(zip(FAILED, fixes, strict=True))
    assert shared(pairs, background([*fixes, *others], FAILED), 2)[0] == found


def test_a_word_that_failing_calls_have_as_well_does_not_tell() -> None:
    fixes = [f"{code} --tidal" for code in FAILED]
    failed = [*FAILED, *(f"{code} --tidal" for code in FAILED * 3)]
    assert shared(list(zip(FAILED, fixes, strict=True)), background(fixes, failed), 2) == ("", frozenset())


def test_a_quoted_variable_is_one_word_whatever_its_name() -> None:
    assert tokens('ls "$bay"') == tokens('ls "${cove}"')
    assert tokens('ls "$bay"') != tokens("ls $bay")


_CODE = st.text("ab $\"'{}-=.;\n0", max_size=30)


@given(st.lists(st.tuples(_CODE, _CODE), min_size=1, max_size=4))
def test_whoever_adds_a_phrase_is_one_of_at_least_as_many_fixes_as_asked(
    pairs: list[tuple[str, str]],
) -> None:
    fixes, failed = [fix for _, fix in pairs], [code for code, _ in pairs]
    phrase, doers = shared(pairs, background(fixes, failed), 2)
    assert bool(phrase) == bool(doers)
    assert doers <= set(range(len(pairs)))
    assert len(doers) != 1


@pytest.mark.parametrize(
    ("command", "head", "own"),
    [
        ("cd bay && plot tide --low | head -3", "plot", "plot tide --low"),
        ("plot tide; plot swell; ls", "plot", "plot tide\nplot swell"),
        ("cd bay && ls", "plot", "cd bay && ls"),
        ("cd bay && python -c 'x = 1; y()'", "python", "cd bay && python -c 'x = 1; y()'"),
        ("plot <<E\ntide\nE", "plot", "plot <<E\ntide\nE"),
    ],
)
def test_only_the_command_that_matters_is_taken_from_a_line(command: str, head: str, own: str) -> None:
    (action,) = digest(run("t", "success", bash(command))).actions
    assert segment(action, head) == own
