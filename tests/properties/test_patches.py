"""Whatever the page and whatever the patch: what no edit names stays, byte for byte and in its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.properties.test_yours import SECTIONS, documents
from trace2skill.lint import lint_skill
from trace2skill.markdown import block_ids, blocks, kept, lines_of, open_fence, split_frontmatter
from trace2skill.patch import Attempt, attempt, changelog
from trace2skill.records import Edit, Patch, Skill

TEXTS = st.sampled_from(
    (
        *("- New.", "New words.", "```sh\n# new\n```", "| a |\n|---|\n| b |", "    new code", "### New"),
        *("```\nopen", "<!-- open", "<pre>", "---", "> new", "", "[new]: x.md", "new\n\n\nnewer", "# New"),
        *("<!-- trace2skill:keep -->", "<!-- /trace2skill:keep -->", "see [it](references/none.md)"),
    )
)
KEEP = st.sampled_from(("<!-- trace2skill:keep -->\n", "<!-- /trace2skill:keep -->\n", "", "", "", ""))


@st.composite
def pages(draw: st.DrawFn) -> str:
    """Draw a page of the user's, some with regions to keep."""
    lines = lines_of(draw(documents()))
    if draw(st.booleans()):
        front = split_frontmatter("".join(lines))[0]
        lines = [line if line in front else draw(KEEP) + line for line in lines]
    return "".join(lines)


@st.composite
def edits(draw: st.DrawFn, page: str) -> Edit:
    """Draw an edit of *page*, or one that misses."""
    op: Any = draw(
        st.sampled_from(
            ("append_to_section", "insert_before", "insert_after", "replace", "delete", "replace")
        )
    )
    names = block_ids(page) or ("none",)
    return Edit(
        file="SKILL.md",
        op=op,
        text=draw(TEXTS),
        section=draw(st.sampled_from(SECTIONS)) if op == "append_to_section" else "",
        block="" if op == "append_to_section" else draw(st.sampled_from(names)),
    )


def tried(page: str, changes: Sequence[Edit]) -> tuple[Attempt, str]:
    skill = Skill(name="mine", files={"SKILL.md": page, "references/a.md": "Untouched."})
    done = attempt(skill, Patch(edits=tuple(changes)), lint_skill)
    assert done.skill.files["references/a.md"] == "Untouched."
    assert len(done.applied) + len(done.withheld) == len(changes)
    assert all(held.message for held in done.withheld)
    return done, done.skill.files["SKILL.md"]


@given(documents())
@settings(max_examples=300)
def test_blocks_are_a_division_of_the_page(page: str) -> None:
    found, at = blocks(page), 0
    for block in found:
        assert not page[at : block.start].strip()
        assert block.start < block.end
        assert page[block.end - 1] not in "\r\n"
        assert len(lines_of(page[: block.start])) == block.line - 1
        at = block.end
    assert not page[at:].strip()
    assert len(set(block_ids(page))) == len(found)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_what_no_edit_names_keeps_every_byte(data: st.DataObject) -> None:
    page = data.draw(pages())
    changes = data.draw(st.lists(edits(page), min_size=1, max_size=5))
    done, after = tried(page, changes)
    if not done.applied:
        assert after == page
        return
    gone = {edit.block for edit in done.applied if edit.op in ("replace", "delete")}
    named = zip(block_ids(page), blocks(page), strict=True)
    stay = [page[block.start : block.end] for name, block in named if name not in gone]
    now = iter([after[block.start : block.end] for block in blocks(after)])
    assert all(text in now for text in stay)
    assert [page[a:b] for a, b in kept(page)] == [after[a:b] for a, b in kept(after)]
    assert open_fence(after) is None
    assert bool(split_frontmatter(page)[0]) <= bool(split_frontmatter(after)[0])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_page_with_no_line_end_at_its_end_has_none_after(data: st.DataObject) -> None:
    page = data.draw(pages())
    assume(page.strip() and page[-1] not in "\r\n")
    _, after = tried(page, data.draw(st.lists(edits(page), min_size=1, max_size=3)))
    assert not after or after[-1] not in "\r\n" or not blocks(after)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_replacing_and_deleting_twice_is_as_good_as_once(data: st.DataObject) -> None:
    page = data.draw(pages())
    names = block_ids(page)
    assume(len(set(names)) == len({page[b.start : b.end] for b in blocks(page)}))
    draw = edits(page).filter(lambda edit: edit.op in ("replace", "delete"))
    done, once = tried(page, data.draw(st.lists(draw, min_size=1, max_size=3)))
    again, twice = tried(once, [e for e in done.applied if e.block not in block_ids(once)])
    assert twice == once
    assert not again.applied


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_the_changelog_has_a_line_for_each_edit_that_was_made_and_for_no_other(data: st.DataObject) -> None:
    page = data.draw(pages())
    drawn = data.draw(st.lists(edits(page), min_size=1, max_size=5))
    changes = [structs.replace(e, lessons=(f"n{n}",)) for n, e in enumerate(drawn)]
    done, _ = tried(page, changes)
    rows = changelog(done.hunks).split("\n")[2:-1]
    made = {edit.lessons[0] for edit in done.applied}
    assert {row.rsplit("lesson ", 1)[1].rstrip(")") for row in rows} == made
    assert made.isdisjoint(held.edit.lessons[0] for held in done.withheld)
