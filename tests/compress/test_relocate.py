"""What moves, what stays, and that nothing goes missing."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from tests.compress.pages import FRONT, PAGES, PROSE, SMALL, page, section
from trace2skill import tokens
from trace2skill.compress import compress
from trace2skill.compress.atoms import atoms, binding_lines
from trace2skill.compress.relocate import relocate, restore
from trace2skill.markdown import blocks, lines_of

EXAMPLES = section("Examples")


def moved(text: str) -> list[str]:
    return [one.title for one in relocate(text).moved]


def test_a_section_moves_word_for_word_and_leaves_a_pointer() -> None:
    text = page(EXAMPLES, section("Rules of the house"))
    after = relocate(text)
    assert after.files == {"references/examples.md": EXAMPLES + "\n"}
    assert "## Examples\n\nRead `references/examples.md` for worked examples.\n\n## Rules" in after.text
    assert restore(after) == text


@pytest.mark.parametrize(
    "text",
    [
        page("## Short\n\nOne line.\n"),
        FRONT + "# Tiny\n\n## Examples\n\n" + PROSE * 5,
        FRONT + PROSE * 400,
        page(EXAMPLES, "```sh\nnever closed\n"),
        "",
    ],
    ids=["nothing long", "tiny page", "one block", "open fence", "empty"],
)
def test_a_page_without_anything_to_move_stays_as_it_is(text: str) -> None:
    after = relocate(text)
    assert after.text == text
    assert after.files == {}


@pytest.mark.parametrize(
    ("title", "extra", "reason"),
    [
        ("Gotchas", "", "heading binds"),
        ("Security", "", "heading binds"),
        ("Output format", "", "heading binds"),
        ("注意事项", "", "heading binds"),
        ("出力形式", "", "heading binds"),
        ("Règles", "", "heading binds"),
        ("Examples", "!`git status`", "runs when the skill is loaded"),
        ("Examples", "Look at $ARGUMENTS first.", "filled when the skill is loaded"),
        ("Examples", "See ${CLAUDE_SKILL_DIR}/x.", "filled when the skill is loaded"),
        ("Examples", "Also @docs/more.md here.", "includes another file"),
        ("Examples", "Use exactly this structure: a, b, c.", "specifies a form"),
        ("Examples", "<details>", "markup begins or ends"),
        ("Examples", "See [the guide][guide].", "link definitions"),
        ("Examples", "<!-- trace2skill:keep -->kept<!-- /trace2skill:keep -->", "marked to be kept"),
        ("Examples", "### Never delete\n\nText.", "heading binds"),
    ],
)
def test_what_would_break_or_stop_binding_stays(title: str, extra: str, reason: str) -> None:
    text = page(section(title, extra), "## Last\n\n</details>\n\n[guide]: https://a.example/guide\n")
    after = relocate(text)
    assert [one.title for one in after.moved] == []
    assert any(reason in one.reason for one in after.stayed)


def test_what_the_next_section_points_back_to_stays() -> None:
    assert moved(page(EXAMPLES, "## Then\n\nTake the code as shown above and run it.\n")) == []


@pytest.mark.parametrize(
    "line",
    [
        "You must close the file.",
        "- Never write to the archive.",
        "**IMPORTANT**: keep a copy.",
        "Do not touch the index.",
        "⚠ This takes an hour.",
        "Ask the user before you delete anything.",
        "| Rule | MUST be kept |\n|---|---|\n| a | b |",
        "```sh\n# NEVER run this twice\nmake\n```",
    ],
)
def test_lines_that_bind_stay_on_the_page_word_for_word(line: str) -> None:
    after = relocate(page(section("Examples", line)))
    assert [one.title for one in after.moved] == ["Examples"]
    assert line in after.text
    assert line in after.files["references/examples.md"]


def test_what_a_binding_sentence_leads_up_to_stays_with_it() -> None:
    after = relocate(page(section("Examples", "Always do this:", "- one\n- two", "And so on.")))
    assert "Always do this:\n\n- one\n- two\n" in after.text
    assert "And so on." not in after.text


def test_the_first_code_of_a_page_stays() -> None:
    after = relocate(page(section("Examples", "```sh\nfirst\n```", "```sh\nsecond\n```")))
    assert "```sh\nfirst\n```" in after.text
    assert "second" not in after.text


def test_a_large_section_may_stay_while_a_part_of_it_goes() -> None:
    inner = section("Common errors", level=3)
    assert moved(page("## Safety\n\nBe careful.\n", "## More\n\n### Warnings\n\nHot.\n", inner)) == [
        "Common errors"
    ]


def test_pages_are_never_shortened_by_more_than_one_section_beyond_the_target() -> None:
    text = page(*(section(f"Example {number}") for number in range(12)))
    after = relocate(text, share=0.39)
    share = 1 - tokens.count(after.text) / tokens.count(text)
    assert 0.35 < share < 0.50


def test_files_get_names_that_nothing_has() -> None:
    text = page(section("Examples"), section("examples"), section("文字"))
    after = relocate(text, taken=["references/Examples.md"], share=1.0)
    assert sorted(after.files) == [
        "references/examples-2.md",
        "references/examples-3.md",
        "references/section.md",
    ]


def test_line_ends_stay_what_they_are() -> None:
    text = page(EXAMPLES, section("Rules")).replace("\n", "\r\n")
    after = relocate(text)
    assert after.files
    assert "\n" not in (after.text + "".join(after.files.values())).replace("\r\n", "")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PAGES)
def test_whatever_the_page_nothing_of_it_is_lost(text: str) -> None:
    done = compress({"SKILL.md": text}, share=1.0)
    parts = [source for path, source in done.after.items() if path != "SKILL.md"]
    kept: Counter[tuple[str, str]] = Counter()
    for source in (done.after["SKILL.md"], *parts):
        kept.update(atoms(source, blocks(source)))
    assert not atoms(text, blocks(text)) - kept
    lines = {line.rstrip("\r\n") for line in lines_of(done.after["SKILL.md"])}
    assert set(binding_lines(text, blocks(text))) <= lines


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PAGES)
def test_doing_it_again_changes_nothing_and_going_back_gives_the_same_bytes(text: str) -> None:
    before = {"SKILL.md": text, "references/old.md": "Old.\n"}
    done = compress(before, share=1.0)
    past = done.history()
    again = compress(done.after, past=past, share=1.0)
    assert again.after == done.after
    assert again.before == before


def test_small_sections_go_into_one_file_and_each_keeps_its_heading() -> None:
    titles = ("Colours", "Sizes", "Names of months")
    text = page(*(f"## {title}\n\n{SMALL}" for title in titles), "## Last\n\nGo on.\n")
    after = relocate(text)
    assert list(after.files) == ["references/details.md"]
    assert after.files["references/details.md"] == "".join(f"## {title}\n\n{SMALL}\n" for title in titles)
    for subject in ("Colours", "Sizes", "Names of months"):
        assert (
            f"## {subject}\n\nRead `references/details.md` when the task involves {subject}.\n" in after.text
        )
    assert restore(after) == text
    assert [one.title for one in after.moved] == list(titles)


@pytest.mark.parametrize(
    "sections",
    [
        [f"## {title}\n\n{SMALL}" for title in ("Colours", "Sizes")],
        [f"## {title}\n\n{SMALL}\nNever guess.\n" for title in ("Colours", "Sizes", "Months")],
        [f"## {title}\n\n{SMALL}" for title in ("Step 1: open", "Step 2: read", "Step 3: close")],
        [f"## {title}\n\n{SMALL}" for title in ("When to activate", "Final report", "Workflow")],
        [f"## {title}\n\n" + "1. Check it, then write it down.\n" * 8 for title in ("One", "Two", "Three")],
    ],
    ids=["only two", "they bind", "steps", "read each time", "orders"],
)
def test_small_sections_stay_where_little_is_won_or_they_are_read_each_time(sections: list[str]) -> None:
    text = page(*sections)
    assert relocate(text).text == text


def test_the_file_of_small_sections_takes_no_name_that_is_taken() -> None:
    text = page(*(f"## {title}\n\n{SMALL}" for title in ("Colours", "Sizes", "Months")), section("Details"))
    after = relocate(text, ["references/Details.md"])
    assert sorted(after.files) == ["references/details-2.md", "references/details-3.md"]
    assert restore(after) == text
