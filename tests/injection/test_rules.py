"""What plants an instruction and what only looks like it: the tables, and that no text makes it slow."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.injection.texts import ORDER, ORDINARY, PLANTED, coded, tagged
from trace2skill.injection import RULES, find
from trace2skill.injection.gate import suspects, suspects_by_literals, suspects_by_patterns
from trace2skill.injection.hidden import fold
from trace2skill.injection.look import MOST

OTHERS = ("hidden-text", "hidden-markup", "encoded")
PIECES = st.sampled_from(
    [text for _, text in PLANTED]
    + list(ORDINARY)
    + ["ignore ", "previous ", "instructions ", "<!--", "-->", "<|im_start|>", "send ", "to ", "the user "]
    + ["If you are an ai ", "\u200b", tagged("abcd"), coded(ORDER)[:40], "\n", "\n\n", "must ", "é", "\ud800"]
)

SLOW = (
    *("ignore ", "ignore all ", "send ", "send the .env ", "add to ", "<important>", "<!--", "<|user|>", " "),
    *("if you are an ai ", "do not tell ", "in all future sessions ", "A" * 7 + "=", tagged("a")),
    *("\u200b", "a\u0430"),
)


@pytest.mark.parametrize(("rule", "text"), PLANTED, ids=lambda value: ascii(value)[:40])
def test_a_planted_instruction_is_found_by_its_rule(rule: str, text: str) -> None:
    assert rule in {hit.rule for hit in find(text)}


@pytest.mark.parametrize("text", ORDINARY, ids=lambda text: ascii(text)[:40])
def test_ordinary_text_plants_nothing(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(("rule", "text"), PLANTED, ids=lambda value: ascii(value)[:40])
def test_it_is_found_in_the_midst_of_a_long_text_too(rule: str, text: str) -> None:
    around = "A line of a report that says nothing at all.\n" * 50
    (hit, *_) = [hit for hit in find(f"{around}\n{text}\n{around}") if hit.rule == rule]
    assert len(around) - 2 <= hit.start < hit.end <= len(around) + len(text) + 2


def test_the_tables_reach_every_rule() -> None:
    assert {rule for rule, _ in PLANTED} == {*(rule.id for rule in RULES), *OTHERS}
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert len(ORDINARY) >= 50


@given(st.lists(PIECES, max_size=6).map("".join))
def test_the_first_look_never_says_too_little(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    worded = {rule.id for rule in RULES for pattern in rule.patterns if pattern.search(text.lower())}
    assert worded <= suspects(text)
    assert worded <= suspects_by_patterns(text)
    assert {rule.id for rule in RULES for p in rule.patterns if p.search(folded)} <= suspects_by_literals(
        text
    )


@given(st.lists(PIECES, max_size=6).map("".join))
def test_hits_lie_in_the_text_and_are_few(text: str) -> None:
    hits = find(text)
    assert len(hits) <= MOST
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert list(hits) == sorted(hits, key=lambda hit: (hit.start, hit.end, hit.rule))


def test_no_repeat_in_a_pattern_is_unbounded_or_holds_another() -> None:
    for rule in RULES:
        for pattern in rule.patterns:
            plain = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "x", pattern.pattern)
            assert not re.search(r"[*+]", plain), f"{rule.id} has a repeat without a bound"
            assert not re.search(r"[}][^()]*\)[{]", plain), f"{rule.id} repeats a repeat"


@pytest.mark.parametrize("piece", SLOW, ids=ascii)
def test_a_long_text_made_to_be_slow_is_read_like_any_other(piece: str) -> None:
    # Quadratic work on a million characters would take hours, and the suite would never end.
    text = piece * (1_000_000 // len(piece))
    assert len(find(text)) <= MOST


def test_without_hyperscan_the_same_is_found() -> None:
    program = (
        "import sys; sys.modules['hyperscan'] = None\n"
        "from tests.injection.texts import ORDINARY, PLANTED\n"
        "from trace2skill.injection import find\n"
        "assert all(rule in {hit.rule for hit in find(text)} for rule, text in PLANTED)\n"
        "assert not any(map(find, ORDINARY))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
