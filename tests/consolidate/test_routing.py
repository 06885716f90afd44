"""Where lessons go by their support, and the tree that merges walk."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from trace2skill.consolidate import Thresholds, explain, merge_same, route, unite
from trace2skill.consolidate.routing import ONLY_OTHERS
from trace2skill.consolidate.settle import settle_conflicts
from trace2skill.consolidate.tree import Node, build, merges
from trace2skill.errors import ConfigError
from trace2skill.records import Evidence, Lesson, make_lesson


def lesson(tasks: int, name: str = "x", *, do: str = "know", verified: bool = True) -> Lesson:
    evidence = tuple(Evidence(trajectory=f"run{n}", step=0, field="text", quote="q") for n in range(tasks))
    return make_lesson("fact", "", f"{do} {name} {tasks}", evidence=evidence, verified=verified)


@pytest.mark.parametrize(
    ("corpus", "least", "supports", "body", "references"),
    [
        (10, 1, (5, 3, 2, 1), 2, 2),
        (10, 2, (5, 3, 2, 1), 2, 1),
        (10, 4, (5, 3, 2, 1), 1, 0),
        (10, 2, (2, 2), 2, 0),
        (2, 2, (2, 1), 1, 0),
        (1, 5, (1, 1), 2, 0),
        (10, 9, (3, 2), 0, 0),
    ],
)
def test_support_decides_between_body_reference_and_nowhere(
    corpus: int, least: int, supports: tuple[int, ...], body: int, references: int
) -> None:
    tasks = {f"run{n}": f"task{n}" for n in range(corpus)}
    found = [lesson(support, str(number)) for number, support in enumerate(supports)]
    routes = route(found, tasks, Thresholds(least=least))
    assert (len(routes.body), len(routes.references)) == (body, references)
    assert len(routes.rejected) == len(supports) - body - references
    assert all("support" in fate.reason for fate in routes.rejected)


def test_more_than_fits_is_rejected_with_a_reason() -> None:
    tasks = {f"run{n}": f"task{n}" for n in range(9)}
    limits = Thresholds(body_lessons=6, reference_lessons=20)
    found = [lesson(4, str(number)) for number in range(29)]
    routes = route(found, tasks, limits)
    assert (len(routes.body), len(routes.references)) == (6, 20)
    assert [fate.fate for fate in routes.rejected] == ["rejected"] * 3
    assert all("more than 20" in fate.reason for fate in routes.rejected)


@pytest.mark.parametrize(
    ("corpus", "support", "verified", "place"),
    [
        (1, 1, False, "references"),
        (1, 1, True, "body"),
        (2, 1, False, "references"),
        (2, 2, False, "body"),
        (10, 1, True, "references"),
        (10, 3, False, "body"),
    ],
)
def test_an_unverified_lesson_needs_two_tasks_for_the_body(
    corpus: int, support: int, verified: bool, place: str
) -> None:
    tasks = {f"run{n}": f"task{n}" for n in range(corpus)}
    others = [lesson(corpus, "another")] if corpus > 2 else []
    one = lesson(support, verified=verified)
    routes = route([one, *others], tasks, Thresholds())
    (decision,) = [found for found in routes.decisions if found.lesson == one.id]
    assert decision.place == place
    assert ("unverified" in decision.reason) != verified


@pytest.mark.parametrize(
    ("do", "verified", "place"),
    [
        ("never run git push --force on", True, "body"),
        ("never run git push --force on", False, "references"),
        ("never run git push --dry-run on", True, "rejected"),
    ],
)
def test_what_guards_against_damage_survives_with_one_task(do: str, verified: bool, place: str) -> None:
    tasks = {f"run{n}": f"task{n}" for n in range(10)}
    one, two = lesson(1, do=do, verified=verified), lesson(10, "another")
    routes = route([one, two], tasks, Thresholds(least=5))
    assert {found.lesson: found.place for found in routes.decisions} == {one.id: place, two.id: "body"}


@pytest.mark.parametrize("do", ["know", "never leak a secret of"])
@pytest.mark.parametrize("corpus", [1, 2, 10])
def test_what_only_others_say_is_in_no_body_however_well_supported(do: str, corpus: int) -> None:
    tasks = {f"run{n}": f"task{n}" for n in range(corpus)}
    one = replace(lesson(corpus, do=do), untrusted=True)
    routes = route([one], tasks, Thresholds())
    assert (routes.body, routes.references) == ((), (one,))
    assert [found.reason for found in routes.decisions] == [ONLY_OTHERS]


def test_what_only_others_say_does_not_fill_a_body_that_would_be_empty() -> None:
    tasks = {f"run{n}": f"task{n}" for n in range(10)}
    theirs, ours = replace(lesson(1, "one"), untrusted=True), lesson(1, "two")
    assert route([theirs], tasks, Thresholds()).body == ()
    assert route([theirs, ours], tasks, Thresholds()).body == (ours,)


def test_a_trusted_source_that_agrees_lends_its_words_and_lets_the_lesson_in() -> None:
    tasks = {f"run{n}": f"task{n}" for n in range(9)}
    theirs = replace(lesson(9), untrusted=True)
    ours = lesson(3)
    united = unite([theirs, ours], tasks)
    assert (united.do, united.untrusted) == (ours.do, False)
    assert unite([theirs, theirs], tasks).untrusted
    assert not any(one.untrusted for one in merge_same([theirs, replace(ours, do=theirs.do)], tasks).lessons)


def test_a_condition_is_trusted_only_if_both_of_its_sides_are() -> None:
    tasks = {f"run{n}": f"task{n}" for n in range(4)}
    quotes = lesson(2).evidence
    one = make_lesson("practice", "on Linux", "wait 30 seconds", evidence=quotes[:1])
    other = make_lesson("practice", "on Windows", "wait 60 seconds", evidence=quotes[1:], untrusted=True)
    marked = [replace(one, contradicts=(other.id,)), other]
    (condition,) = settle_conflicts(marked, tasks, {}).lessons
    assert condition.untrusted


def test_what_guards_against_damage_has_room_before_all_others() -> None:
    tasks = {f"run{n}": f"task{n}" for n in range(10)}
    guard = lesson(1, do="never print the password of")
    found = [*(lesson(9, str(number)) for number in range(4)), guard]
    routes = route(found, tasks, Thresholds(body_lessons=2, reference_lessons=1))
    assert [one.id for one in routes.body][-1] == guard.id
    assert (len(routes.body), len(routes.references), len(routes.rejected)) == (2, 1, 2)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.booleans(), st.sampled_from(("know", "never leak a secret of")))
    ),
    st.integers(1, 9),
    st.builds(Thresholds, least=st.integers(1, 5), body=st.integers(1, 5), body_lessons=st.integers(1, 9)),
)
def test_every_lesson_is_decided_once_and_none_unverified_stands_alone_in_the_body(
    drawn: list[tuple[int, bool, str]], corpus: int, limits: Thresholds
) -> None:
    tasks = {f"run{n}": f"task{n}" for n in range(corpus)}
    found = [lesson(min(n, corpus), str(at), do=do, verified=v) for at, (n, v, do) in enumerate(drawn)]
    routes = route(found, tasks, limits)
    placed = [one.id for one in (*routes.body, *routes.references)] + [one.lesson for one in routes.rejected]
    assert sorted(placed) == sorted(one.id for one in found)
    assert sorted(placed) == sorted(decision.lesson for decision in routes.decisions)
    assert all(one.verified or len(one.evidence) >= 2 for one in routes.body)
    assert not {one.lesson for one in routes.rejected} & {one.id for one in found if "secret" in one.do}
    assert route(found[::-1], tasks, limits) == routes


def test_the_thresholds_are_explained_as_they_hold_for_the_corpus() -> None:
    few, many = ({f"run{n}": f"task{n}" for n in range(size)} for size in (2, 50))
    assert explain(Thresholds(), many)[0].startswith("body: support 3 or more of 50 tasks; 3 or more if unv")
    assert explain(Thresholds(), few)[0].startswith("body: support 1 or more of 2 tasks; 2 or more if unv")
    assert "references: support 4 or more" in explain(Thresholds(least=4), many)[1]


def leaves(node: Node | None) -> list[int]:
    if node is None:
        return []
    return [leaf for child in node.children for leaf in leaves(child)] if node.children else [node.leaf]


def check(node: Node, fan_in: int) -> None:
    assert len(node.children) != 1
    assert len(node.children) <= fan_in
    for child in node.children:
        assert child.level < node.level
        check(child, fan_in)


@given(st.integers(0, 200), st.integers(2, 9))
def test_the_tree_holds_every_leaf_once_in_order_and_no_wider_than_asked(count: int, fan_in: int) -> None:
    root = build(count, fan_in)
    assert leaves(root) == list(range(count))
    if root is not None:
        check(root, fan_in)
    assert merges(root) <= max(0, count - 1)
    assert (merges(root) > 0) == (count > 1)


def test_a_fan_in_that_merges_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="fan-in"):
        build(3, 1)
