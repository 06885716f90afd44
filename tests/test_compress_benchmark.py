"""The benchmark of compression: its skills are the same each time, its judge is strict, its rows hold."""

from __future__ import annotations

import pytest

from benchmarks.compress import beside, measure
from benchmarks.compressing.corpus import SHAPES, Made, make_corpus
from benchmarks.compressing.judge import fences_of, judge, modal_lines
from trace2skill.compress.atoms import binds
from trace2skill.markdown import open_fence, parse_frontmatter


@pytest.fixture(scope="module")
def few() -> list[Made]:
    return make_corpus(share=0.03)


def test_the_same_seed_makes_the_same_skills_and_another_seed_others(few: list[Made]) -> None:
    assert few == make_corpus(share=0.03)
    assert few != make_corpus(seed=2, share=0.03)
    assert {made.group for made in few} == SHAPES.keys()


def test_there_are_enough_skills_and_each_is_sound() -> None:
    corpus = make_corpus()
    assert len(corpus) >= 200
    assert len({made.files["SKILL.md"] for made in corpus}) == len(corpus)
    for made in corpus:
        assert parse_frontmatter(made.files["SKILL.md"])["name"] == made.name
        assert open_fence(made.files["SKILL.md"]) is None


def test_nothing_is_lost_of_a_few_skills_and_the_way_back_is_exact(few: list[Made]) -> None:
    whole = measure(few, 1)[-1]
    assert whole["mean %"] > 30
    kept = ("atoms", "modal", "code", "again", "back", "routed")
    assert {key: whole[key] for key in kept} == dict.fromkeys(kept, "1.0000")
    for row in beside(few, None):
        assert row["atoms"] < "0.9"
        assert row["modal"] < "0.9"


def test_the_judge_notices_what_is_missing() -> None:
    page = "---\nname: x\n---\n# X\n\nYou MUST run `a --b`.\n\n- fine\n\n```sh\nls  -l\n```\n"
    before = {"SKILL.md": page}
    moved = {
        "SKILL.md": page.replace("You MUST run `a --b`.", ""),
        "references/y.md": "You MUST run `a --b`.",
    }
    broken = {"SKILL.md": page.replace("ls  -l", "ls -l")}
    assert judge("", before, before).modal == (1, 1)
    assert judge("", before, moved).modal == (0, 1)
    assert judge("", before, moved).everywhere[0] == judge("", before, moved).everywhere[1]
    assert judge("", before, broken).code == (0, 1)
    assert judge("", before, broken).everywhere[0] < judge("", before, broken).everywhere[1]


def test_the_judge_reads_lines_that_bind_and_fences_by_itself() -> None:
    lines = ["## Gotchas", "- one", "### deeper", "two", "## Other", "A must b.", "Never c.", "It never d."]
    assert list(modal_lines("\n".join(lines))) == lines[:4] + lines[5:7]
    shown = "- a\n\n  ````md\n  ```\n  MUST\n  ```\n  ````\n\n~~~\nb\n~~~\n"
    assert list(fences_of(shown)) == ["  ````md\n  ```\n  MUST\n  ```\n  ````", "~~~\nb\n~~~"]
    assert list(modal_lines(shown)) == []


def test_a_sentence_that_begins_with_only_binds() -> None:
    for text in ("Only use it here.", "a\n- **Only** b", "2. Only c", "x. Only d"):
        assert binds(text)
    assert not binds("It is the only one, and Sonly too.")
