"""Edits to a skill: where they go, what they leave alone, and when they are withheld."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from trace2skill.errors import PatchError
from trace2skill.lint import lint_skill
from trace2skill.markdown import block_ids, blocks, headings
from trace2skill.patch import Attempt, apply, attempt, changelog, unified_diff
from trace2skill.records import Edit, Patch, Skill
from trace2skill.skill import read_skill, write_skill

FRONT = "---\nname: mine\ndescription: Mine.\n---\n\n"


def skill_of(text: str, **others: str) -> Skill:
    return Skill(
        name="mine", files={"SKILL.md": text, **{f"references/{k}.md": v for k, v in others.items()}}
    )


def edited(text: str, section: str, addition: str = "- New.\n") -> str:
    edit = Edit(file="SKILL.md", op="append_to_section", section=section, text=addition)
    return apply(skill_of(text), Patch(edits=(edit,))).files["SKILL.md"]


def block_of(text: str, word: str) -> str:
    """Return the id of the block in which *word* stands."""
    named = zip(block_ids(text), blocks(text), strict=True)
    return next(name for name, block in named if word in text[block.start : block.end])


def beside(text: str, op: Any, word: str, addition: str = "New.", **rest: Any) -> Edit:
    return Edit(file="SKILL.md", op=op, block=block_of(text, word), text=addition, **rest)


def tried(skill: Skill, *edits: Edit) -> Attempt:
    return attempt(skill, Patch(edits=edits), lint_skill)


@pytest.mark.parametrize(
    ("text", "section", "expected"),
    [
        ("# T\n\n## A\n\n- a\n\n## B\n", "A", "# T\n\n## A\n\n- a\n- New.\n\n## B\n"),
        ("# T\n\n## A\n\n- a\n## B\n", "A", "# T\n\n## A\n\n- a\n- New.\n\n## B\n"),
        ("## A\n\n- a\n\n- b\n\n## B\n", "A", "## A\n\n- a\n\n- b\n\n- New.\n\n## B\n"),
        ("## A\n\n* a\n", "A", "## A\n\n* a\n\n- New.\n"),
        ("## A\n\n- a\n\n  more\n", "A", "## A\n\n- a\n\n  more\n\n- New.\n"),
        ("## A\n## B\n", "A", "## A\n\n- New.\n\n## B\n"),
        ("## A\n\ntext\n\n\n\n## B\n", "A", "## A\n\ntext\n\n- New.\n\n\n\n## B\n"),
        ("## A\n\n### A1\n\ntext\n\n## B\n", "A", "## A\n\n### A1\n\ntext\n\n- New.\n\n## B\n"),
        ("# T\n\n## A\n\n- a", "A", "# T\n\n## A\n\n- a\n- New."),
        ("# T\n\n- a\n", "Z", "# T\n\n- a\n\n## Z\n\n- New.\n"),
        ("# T\n\n- a\n\n\n\n", "Z", "# T\n\n- a\n\n## Z\n\n- New.\n\n\n\n"),
        ("# T\r\n\r\n## A\r\n", "A", "# T\r\n\r\n## A\r\n\r\n- New.\r\n"),
        ("# T\r\n\r\n## A\r\n\r\n- a", "A", "# T\r\n\r\n## A\r\n\r\n- a\r\n- New."),
        ("```\n## A\n```\n", "A", "```\n## A\n```\n\n## A\n\n- New.\n"),
        ("~~~~\n```\n## A\n~~~\n~~~~\n", "A", "~~~~\n```\n## A\n~~~\n~~~~\n\n## A\n\n- New.\n"),
        ("<!--\n## A\n-->\n", "A", "<!--\n## A\n-->\n\n## A\n\n- New.\n"),
        ("A\n---\n\nx\n\n# B\n", "A", "A\n---\n\nx\n\n- New.\n\n# B\n"),
        ("## A\n\n| a |\n|---|\n| b |\n\n## B\n", "A", "## A\n\n| a |\n|---|\n| b |\n\n- New.\n\n## B\n"),
        ("## A\n\nfeed\x0cfeed\n\n## B\n", "A", "## A\n\nfeed\x0cfeed\n\n- New.\n\n## B\n"),
        ("## A\n\na\u2028b\n\n## B\n", "A", "## A\n\na\u2028b\n\n- New.\n\n## B\n"),
        ("", "A", "## A\n\n- New.\n"),
    ],
)
def test_text_goes_to_the_end_of_its_section(text: str, section: str, expected: str) -> None:
    assert edited(text, section) == expected


def test_several_edits_apply_in_order() -> None:
    edits = [Edit(file="SKILL.md", op="append_to_section", section=s, text=f"- {s}\n") for s in "AZABZ"]
    skill = apply(skill_of("## A\n\n## B\n"), Patch(edits=tuple(edits)))
    assert skill.files["SKILL.md"] == "## A\n\n- A\n- A\n\n## B\n\n- B\n\n## Z\n\n- Z\n- Z\n"


PAGE = "# T\n\nOne.\n\n- a\n- b\n- c\n\n```sh\n# no heading\n```\n\n## Two\nLast."


@pytest.mark.parametrize(
    ("op", "word", "old", "new"),
    [
        ("insert_after", "One", "One.\n", "One.\n\nNew.\n"),
        ("insert_before", "One", "One.\n", "New.\n\nOne.\n"),
        ("insert_after", "sh", "```\n\n##", "```\n\nNew.\n\n##"),
        ("insert_before", "- a", "- a\n", "New.\n\n- a\n"),
        ("insert_after", "Last", "Last.", "Last.\n\nNew."),
        ("insert_after", "Two", "Two\n", "Two\n\nNew.\n\n"),
        ("replace", "One", "One.", "New."),
        ("replace", "- b", "- b", "- New"),
        ("replace", "sh", "```sh\n# no heading\n```", "New."),
        ("delete", "One", "One.\n\n", ""),
        ("delete", "- b", "- b\n", ""),
        ("delete", "- c", "- c\n", ""),
        ("delete", "Last", "\nLast.", ""),
        ("delete", "Two", "## Two\n", ""),
        ("delete", "# T", "# T\n\n", ""),
    ],
)
def test_a_block_is_edited_and_nothing_else(op: Any, word: str, old: str, new: str) -> None:
    assert PAGE.count(old) == 1
    addition = "- New" if new == "- New" else "New."
    skill = apply(skill_of(PAGE), Patch(edits=(beside(PAGE, op, word, addition),)))
    assert skill.files["SKILL.md"] == PAGE.replace(old, new)


def test_items_beside_items_stay_one_list() -> None:
    edits = (
        beside(PAGE, "insert_before", "- b", "- before"),
        beside(PAGE, "insert_after", "- b", "- after"),
        beside(PAGE, "delete", "- c", ""),
    )
    text = apply(skill_of(PAGE), Patch(edits=edits)).files["SKILL.md"]
    assert text == PAGE.replace("- b\n- c\n", "- before\n- b\n- after\n")


def test_blocks_between_which_one_is_deleted_do_not_run_together() -> None:
    text = "One.\n# H\nTwo.\n"
    done = apply(skill_of(text), Patch(edits=(beside(text, "delete", "# H"),)))
    assert done.files["SKILL.md"] == "One.\n\nTwo.\n"


def test_an_empty_patch_changes_nothing() -> None:
    skill = skill_of("```\nopen")
    assert apply(skill, Patch(edits=())) == skill
    assert tried(skill) == Attempt(skill=skill)


# --- references --------------------------------------------------------------------------------

CREATE = Edit(
    file="references/a.md",
    op="create_reference",
    text="# A",
    section="More",
    link="Read [a](references/a.md).",
)
DELETE = Edit(file="references/a.md", op="delete_reference")


def test_a_reference_comes_with_its_link_and_goes_with_it() -> None:
    skill = skill_of(FRONT + "# T\n")
    grown = apply(skill, Patch(edits=(CREATE,)))
    assert grown.files["references/a.md"] == "# A\n"
    assert grown.files["SKILL.md"] == FRONT + "# T\n\n## More\n\nRead [a](references/a.md).\n"
    assert skill.files.keys() == {"SKILL.md"}
    assert apply(grown, Patch(edits=(DELETE,))) == skill


def test_a_reference_whose_link_cannot_be_placed_is_not_made_either() -> None:
    text = FRONT + "# T\n\n<!-- trace2skill:keep -->\n\n## More\n\n- x\n"
    done = tried(skill_of(text), CREATE)
    assert done.skill == skill_of(text)
    assert [held.reason for held in done.withheld] == ["kept"]


@pytest.mark.parametrize("link", ["", "Read more.", "Read [b](references/b.md).", "[a](../references/a.md)"])
def test_a_reference_to_which_nothing_leads_is_withheld(link: str) -> None:
    edit = Edit(file="references/a.md", op="create_reference", text="# A", section="More", link=link)
    assert [held.reason for held in tried(skill_of(FRONT + "# T\n"), edit).withheld] == ["link"]


def test_a_reference_that_is_linked_already_needs_no_link() -> None:
    skill = skill_of(FRONT + "# T\n\nSee [a](references/a.md).\n")
    done = tried(skill, Edit(file="references/a.md", op="create_reference", text="# A"))
    assert done.withheld == ()
    assert done.skill.files["SKILL.md"] == skill.files["SKILL.md"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- Read [a](references/a.md) for more.\n- b\n", "- b\n"),
        ("First [see](references/a.md#part) this. Then go.\n", "First see this. Then go.\n"),
        ("| x |\n|---|\n| [see](references/a.md) |\n", "| x |\n|---|\n| see |\n"),
        ("See [a](references/a.md) and [b](references/b.md).\n", "See a and [b](references/b.md).\n"),
        ("x\n\n## More\n\nRead [a](references/a.md).\n\n- `references/a.md`\n", "x\n"),
    ],
)
def test_deleting_a_reference_takes_out_what_links_to_it(before: str, after: str) -> None:
    skill = skill_of(FRONT + "# T\n\n" + before, a="# A\n", b="# B\n\nBack to [a](a.md) now.\n\nEnd.\n")
    done = tried(skill, DELETE)
    assert done.withheld == ()
    expected = {"SKILL.md": FRONT + "# T\n\n" + after, "references/b.md": "# B\n\nEnd.\n"}
    assert done.skill.files == expected


@pytest.mark.parametrize(
    "text",
    [
        "Do this. See references/a.md. Do that.\n",
        "```sh\ncat references/a.md\n```\n",
        "[x]: references/a.md\n",
        "First [references/a.md](references/a.md). Then that.\n",
    ],
)
def test_a_reference_that_is_spoken_of_elsewhere_stays(text: str) -> None:
    skill = skill_of(FRONT + text, a="# A\n")
    done = tried(skill, DELETE)
    assert done.skill == skill
    assert [held.reason for held in done.withheld] == ["link"]


# --- what is withheld --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "addition", "words"),
    [
        ("```\nopen\n", "- New.\n", "SKILL.md:1: a code fence is never closed"),
        ("## A\n", "```\nopen\n", "leave a code fence open"),
        ("## A\n", "<!-- open\n", "leave a comment or HTML block open"),
        ("<!-- open\n", "- New.\n", "swallowed"),
        ("<pre>\n", "- New.\n", "swallowed"),
        ("## A\n", " \n", "no text"),
        ("## A\n", "# B\n\ntext", "heading that ends the section"),
        ("## A\n", "## A\n\ntext", "heading that ends the section"),
        ("## A\n", "<!-- trace2skill:keep -->", "keep marks"),
    ],
)
def test_an_edit_that_would_break_the_text_is_refused(text: str, addition: str, words: str) -> None:
    with pytest.raises(PatchError, match=words):
        edited(text, "A", addition)


def test_edits_to_missing_files_and_new_files_with_open_fences_are_refused() -> None:
    skill = skill_of("# T\n")
    missing = Edit(file="references/a.md", op="append_to_section", section="A", text="- x\n")
    with pytest.raises(PatchError, match="does not exist"):
        apply(skill, Patch(edits=(missing,)))
    broken = Edit(file="references/a.md", op="create_reference", text="```\n", link=CREATE.link, section="M")
    with pytest.raises(PatchError, match="open"):
        apply(skill, Patch(edits=(broken,)))
    grown = apply(skill, Patch(edits=(CREATE,)))
    with pytest.raises(PatchError, match="exists already"):
        apply(grown, Patch(edits=(CREATE,)))


def test_an_edit_that_would_change_what_its_neighbour_means_is_withheld() -> None:
    text = FRONT + "One.\n\n    code of its own\n"
    done = tried(skill_of(text), beside(text, "insert_after", "One", "- item"))
    assert done.skill.files["SKILL.md"] == text
    assert [held.reason for held in done.withheld] == ["structure"]


def test_of_two_edits_of_one_block_the_first_is_made_and_the_rest_goes_on() -> None:
    text = FRONT + PAGE
    first, second, third, fourth = (
        beside(text, "replace", "One", "First."),
        beside(text, "delete", "One"),
        beside(text, "insert_after", "One", "Second."),
        beside(text, "insert_after", "Last", "Third."),
    )
    done = tried(skill_of(text), first, second, third, fourth)
    assert done.applied == (first, fourth)
    assert [(held.edit, held.reason) for held in done.withheld] == [(second, "overlap"), (third, "overlap")]
    assert done.skill.files["SKILL.md"] == text.replace("One.", "First.") + "\n\nThird."


def test_an_edit_that_brings_an_error_is_withheld_and_old_errors_are_not_held_against_it() -> None:
    text = FRONT + "# T\n\n[old fault](references/gone.md)\n"
    good, bad = (
        Edit(file="SKILL.md", op="append_to_section", section="A", text=words)
        for words in ("- Good.", "- See [new fault](references/none.md).")
    )
    done = tried(skill_of(text), bad, good, bad)
    assert done.applied == (good,)
    assert [held.reason for held in done.withheld] == ["lint", "lint"]
    assert "SP053" in done.withheld[0].message
    assert done.skill.files["SKILL.md"] == text + "\n## A\n\n- Good.\n"


def test_frontmatter_cannot_be_deleted_moved_or_broken_but_it_can_be_replaced() -> None:
    text = FRONT + "# T\n"
    edits = (
        beside(text, "delete", "name:"),
        beside(text, "insert_before", "name:", "Words."),
        beside(text, "replace", "name:", "Words."),
        beside(text, "replace", "name:", "---\nname: mine\n---"),
    )
    done = tried(skill_of(text), *edits)
    assert [held.reason for held in done.withheld] == ["structure", "structure", "structure", "lint"]
    better = beside(text, "replace", "name:", "---\nname: mine\ndescription: Better.\n---")
    assert tried(skill_of(text), better).skill.files["SKILL.md"] == text.replace("Mine.", "Better.")


KEPT = (
    FRONT + "# T\n\n## A\n\n- free\n\n<!-- trace2skill:keep -->\n\n- kept\n\n## B\n\nalso kept\n\n"
    "<!-- /trace2skill:keep -->\n\n- free too\n"
)


def test_regions_to_keep_are_kept_and_the_rest_can_be_edited() -> None:
    edits = [
        *(beside(KEPT, op, "- kept") for op in ("replace", "delete", "insert_after", "insert_before")),
        beside(KEPT, "replace", "<!-- trace2skill", "x"),
        beside(KEPT, "insert_before", "<!-- /trace2skill", "x"),
        Edit(file="SKILL.md", op="append_to_section", section="A", text="- x"),
    ]
    allowed = [
        beside(KEPT, "replace", "- free", "- changed"),
        beside(KEPT, "insert_before", "<!-- trace2skill", "before"),
        beside(KEPT, "insert_after", "<!-- /trace2skill", "after"),
        Edit(file="SKILL.md", op="append_to_section", section="B", text="- more"),
        Edit(file="SKILL.md", op="append_to_section", section="C", text="- new"),
    ]
    done = tried(skill_of(KEPT), *edits, *allowed)
    assert {held.reason for held in done.withheld} == {"kept"}
    assert done.applied == tuple(allowed)
    text = done.skill.files["SKILL.md"]
    region = KEPT[KEPT.index("<!-- t") : KEPT.index("<!-- /")]
    assert text.count(region) == 1
    for words in ("- changed\n\nbefore\n\n<!--", "-->\n\nafter\n\n- free too\n- more\n\n## C\n\n- new\n"):
        assert words in text


def test_a_reference_with_a_region_to_keep_is_not_deleted() -> None:
    skill = skill_of(FRONT, a="<!-- trace2skill:keep -->\nmine\n<!-- /trace2skill:keep -->\n")
    assert [held.reason for held in tried(skill, DELETE).withheld] == ["kept"]


def test_a_patch_that_was_applied_finds_nothing_to_do_the_second_time() -> None:
    text = FRONT + PAGE
    edits = (CREATE, beside(text, "replace", "One", "Uno."), beside(text, "delete", "- b"))
    once = tried(skill_of(text), *edits)
    assert once.withheld == ()
    twice = tried(once.skill, *edits)
    assert twice.skill == once.skill
    assert [held.reason for held in twice.withheld] == ["exists", "target", "target"]


# --- the account -------------------------------------------------------------------------------


def test_hunks_say_where_each_edit_is_in_the_result() -> None:
    text = FRONT + PAGE
    edits = (
        beside(text, "insert_after", "Last", "End.", lessons=("l1",)),
        beside(text, "delete", "- b", lessons=("l2",)),
        CREATE,
    )
    done = tried(skill_of(text), *edits)
    lines = done.skill.files["SKILL.md"].split("\n")
    for hunk in done.hunks:
        if hunk.file == "SKILL.md" and hunk.added:
            assert lines[hunk.line - 1] == hunk.added
    assert changelog(done.hunks) == (
        "# Changes\n\n"
        "- SKILL.md:11: 1 line removed under “T” (lesson l2)\n"
        "- SKILL.md:20: 1 line added under “Two” (lesson l1)\n"
        "- SKILL.md:24: 1 line added under “More”\n"
        "- references/a.md:1: 1 line added\n"
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_the_diff_turns_the_old_files_into_the_new_ones(end: str, tmp_path: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("needs git")
    text = (FRONT + PAGE).replace("\n", end or "\n") + end
    old = skill_of(text, a="# A\n\nold" + end, b="# B\r\n")
    edits = (
        DELETE,
        beside(text, "replace", "One", "Uno."),
        beside(text, "insert_after", "Last", "End."),
        Edit(file="references/b.md", op="append_to_section", section="Z", text="- z"),
        Edit(
            file="references/c.md", op="create_reference", text="c", section="M", link="[c](references/c.md)"
        ),
    )
    new = tried(old, *edits)
    assert new.withheld == ()
    write_skill(old, tmp_path)
    diff = unified_diff(old.files, new.skill.files)
    subprocess.run([git, "apply", "-p1", "-"], cwd=tmp_path, input=diff.encode(), check=True)
    assert read_skill(tmp_path).files == new.skill.files


# --- faults of the method's own code, which ours must not have ---------------------------------


@pytest.mark.parametrize(
    "path", ["../../x.md", "/tmp/x.md", "references/../recalc.py", "recalc.py", "scripts/run.sh", "SKILL.md"]
)
@pytest.mark.parametrize("op", ["create_reference", "delete_reference"])
def test_no_patch_writes_or_deletes_a_file_that_is_no_reference(path: str, op: Any) -> None:
    skill = Skill(name="mine", files={"SKILL.md": FRONT, "scripts/run.sh": "mine", "recalc.py": "mine"})
    done = tried(skill, Edit(file=path, op=op, text="theirs", section="A", link=f"[x]({path})"))
    assert done.skill == skill
    assert [held.reason for held in done.withheld] == ["path"]


def test_a_comment_in_a_code_fence_does_not_end_a_section() -> None:
    code = "```python\n# a comment, no heading\nprint(1)\n```\n"
    text = f"## A\n\n{code}\nMore.\n\n## B\n"
    assert edited(text, "A") == f"## A\n\n{code}\nMore.\n\n- New.\n\n## B\n"
    assert edited(text, "a comment, no heading") == f"{text}\n## a comment, no heading\n\n- New.\n"


@pytest.mark.parametrize(
    ("section", "addition", "titles"),
    [
        ("", "- x", None),
        (" ", "## Own\n\n- x", None),
        ("two\nlines", "- x", None),
        ("trailing #", "- x", None),
        ("Own", "## Own\n\n- x", ["T", "Own"]),
        ("Other", "- x", ["T", "Other"]),
    ],
)
def test_no_heading_is_made_up(section: str, addition: str, titles: list[str] | None) -> None:
    text = FRONT + "# T\n"
    edit = Edit(file="SKILL.md", op="append_to_section", section=section, text=addition)
    done = tried(skill_of(text), edit)
    assert [heading.title for heading in headings(done.skill.files["SKILL.md"])] == (titles or ["T"])
    assert bool(done.withheld) == (titles is None)


def test_what_was_skipped_is_reported_and_never_in_the_changelog() -> None:
    text = FRONT + PAGE
    edits = [
        beside(text, "replace", "One", "Uno.", lessons=("made",)),
        beside(text, "replace", "One", "Une.", lessons=("overlaps",)),
        Edit(file="SKILL.md", op="replace", block="0" * 16, text="x", lessons=("misses",)),
        Edit(file="../x.md", op="replace", block="0" * 16, text="x", lessons=("leaves",)),
    ]
    done = tried(skill_of(text), *edits)
    assert [(held.edit.lessons[0], held.reason) for held in done.withheld] == [
        ("overlaps", "overlap"),
        ("misses", "target"),
        ("leaves", "path"),
    ]
    assert len(done.applied) + len(done.withheld) == len(edits)
    assert changelog(done.hunks) == (
        "# Changes\n\n- SKILL.md:8: 1 line added, 1 line removed under “T” (lesson made)\n"
    )
    assert changelog(tried(skill_of(text), edits[2]).hunks) == ""
