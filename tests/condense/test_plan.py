"""The page that comes of a plan: nothing that matters is lost, whatever the plan says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compress.pages import FRONT, PAGES
from trace2skill.compress.atoms import atoms, binding_lines
from trace2skill.condense import Outline, Plan, Wording, build, buildable, fault_of, outline_of
from trace2skill.errors import CompressionFault
from trace2skill.markdown import blocks, lines_of

LONG = "Compare the two records field by field and note each difference that you find in the table."
KINDS = st.sampled_from(["core", "background", "example", "template", "redundant"])


def page(*sections: str) -> Outline:
    return outline_of(
        f"{FRONT}# Demo\n\nWhat it is.\n\n## Usage\n\nFirst, run `demo`.\n\n" + "\n\n".join(sections) + "\n"
    )


def ids(outline: Outline, section: int) -> list[str]:
    return [item.id for item in outline.items if item.section == section]


def test_a_section_of_which_all_goes_leaves_its_heading_and_a_pointer() -> None:
    outline = page(f"## Examples\n\n{LONG}\n\n### One\n\n{LONG} {LONG}\n\n{LONG}", "## Next\n\nGo on.")
    built = build(outline, Plan(dict.fromkeys([*ids(outline, 2), *ids(outline, 3)], "example")))
    assert list(built.files) == ["references/examples.md"]
    start = outline.page.text.index("## Examples")
    assert (
        built.files["references/examples.md"] == outline.page.text[start : outline.page.text.index("## Next")]
    )
    assert "## Examples\n\nRead `references/examples.md` for worked examples" in built.text
    assert "### One" not in built.text
    assert built.text.endswith("## Next\n\nGo on.\n")


def test_what_stays_of_a_section_stays_where_it_was() -> None:
    outline = page(
        f"## Notes\n\n{LONG}\n\nKeep this short line.\n\n- {LONG}\n- {LONG} {LONG}\n\nAnd this one."
    )
    names = ids(outline, 2)
    built = build(outline, Plan(dict.fromkeys([names[0], *names[2:4]], "background")))
    notes = built.text[built.text.index("## Notes") :]
    pointer, kept, last = notes.removeprefix("## Notes\n\n").rstrip("\n").split("\n\n")
    assert pointer.startswith("Read `references/notes.md` when")
    assert (kept, last) == ("Keep this short line.", "And this one.")
    assert built.files["references/notes.md"] == f"## Notes\n\n{LONG}\n\n- {LONG}\n- {LONG} {LONG}\n"
    assert set(built.off) == {names[0], *names[2:4]}


def test_a_list_moves_whole_or_not_at_all() -> None:
    outline = page(f"## Notes\n\n- {LONG}\n- {LONG} {LONG}\n- {LONG} {LONG} {LONG}")
    names = ids(outline, 2)
    assert build(outline, Plan(dict.fromkeys(names[:2], "example"))).off == {}
    assert set(build(outline, Plan(dict.fromkeys(names, "example"))).off) == set(names)


def test_small_parts_of_several_sections_share_a_file() -> None:
    outline = page(f"## Names\n\n{LONG} {LONG} {LONG}\n\nKeep it.", f"## Sizes\n\n{LONG} {LONG} {LONG}")
    names = [ids(outline, 2)[0], *ids(outline, 3)]
    built = build(outline, Plan(dict.fromkeys(names, "background")))
    assert list(built.files) == ["references/details.md"]
    texts = [item.text for item in outline.items if item.id in names]
    assert built.files["references/details.md"] == f"## Names\n\n{texts[0]}\n\n## Sizes\n\n{texts[1]}\n"
    for title in ("Names", "Sizes"):
        pointer = f"Read `references/details.md` when the task involves {title}."
        assert f"## {title}\n\n{pointer}\n" in built.text
    assert "\n\nKeep it.\n" in built.text
    alone = build(outline, Plan({names[0]: "background"}))
    assert alone.off == {}


def test_what_is_too_small_stays_since_a_pointer_costs_as_much() -> None:
    outline = page("## Notes\n\nThis is short, and there is no more.")
    assert build(outline, Plan({ids(outline, 2)[0]: "example"})).text == outline.page.text


@pytest.mark.parametrize("bound", ["You must do this.", "**Warning**: it is hot."])
def test_what_binds_stays_whatever_it_is_called(bound: str) -> None:
    outline = page(f"## Notes\n\n{LONG} {LONG}\n\n{LONG}\n\n{bound}")
    names = ids(outline, 2)
    built = build(outline, Plan(dict.fromkeys(names, "background")))
    assert bound in built.text
    assert names[-1] not in built.off


def test_what_is_redundant_goes_only_if_another_item_says_it() -> None:
    outline = page(
        f"## Notes\n\n- {LONG}\n- Call `demo` first.", f"## Again\n\n- {LONG}\n- Use it.\n- Call `other`."
    )
    one, other = ids(outline, 2), ids(outline, 3)
    kinds = dict.fromkeys((other[0], other[2]), "redundant")
    repeats = {other[0]: one[0], other[2]: one[1]}
    built = build(outline, Plan(kinds, repeats))  # type: ignore[arg-type]
    assert built.off == {other[0]: ""}
    assert built.text.count(LONG) == 1
    assert built.text.endswith("## Again\n\n- Use it.\n- Call `other`.\n")


def test_two_that_say_the_same_do_not_both_go() -> None:
    outline = page(f"## Notes\n\n{LONG}", f"## Again\n\n{LONG}")
    one, other = ids(outline, 2)[0], ids(outline, 3)[0]
    plan = Plan({one: "redundant", other: "redundant"}, {one: other, other: one})
    assert build(outline, plan).text.count(LONG) >= 1


def test_a_wording_stands_for_its_items_with_the_mark_of_the_first() -> None:
    outline = page(
        "## Steps\n\n- Take the first record of the list.\n- Then take the second record.\n- Stop there."
    )
    names = ids(outline, 2)
    plan = Plan({}, wordings=(Wording(tuple(names[:2]), "Take the first two records."),))
    built = build(outline, plan)
    assert built.text.endswith("## Steps\n\n- Take the first two records.\n- Stop there.\n")
    assert build(outline, plan.pin([names[1]])).text == outline.page.text


def test_a_new_file_takes_no_name_that_is_taken() -> None:
    outline = page(f"## Examples\n\n{LONG} {LONG}\n\n{LONG} {LONG}")
    plan = Plan(dict.fromkeys(ids(outline, 2), "example"))
    assert list(build(outline, plan, ["references/Examples.md"]).files) == ["references/examples-2.md"]


@st.composite
def plans(draw: st.DrawFn, outline: Outline) -> Plan:
    names = [item.id for item in outline.items]
    kinds: dict[str, Any] = {name: draw(KINDS) for name in names}
    repeats = {name: draw(st.sampled_from(names)) for name in names}
    wordings = []
    for item in outline.items:
        text = " ".join(item.words.split()[1:])
        if not item.fixed and draw(st.booleans()) and not fault_of([item], text):
            wordings.append(Wording((item.id,), text))
    pinned = draw(st.frozensets(st.sampled_from(names), max_size=3)) if names else frozenset()
    return Plan(kinds, repeats, tuple(wordings)).pin(pinned)


@given(st.data())
def test_whatever_the_plan_no_atom_and_no_line_that_binds_is_lost(data: st.DataObject) -> None:
    text = data.draw(PAGES)
    outline = outline_of(text)
    plan = buildable(outline, data.draw(plans(outline)))
    built = build(outline, plan)
    held = set(atoms(built.text, blocks(built.text)))
    for source in built.files.values():
        held |= set(atoms(source, blocks(source)))
    assert set(atoms(text, blocks(text))) <= held
    lines = {line.rstrip("\r\n") for line in lines_of(built.text)}
    assert set(binding_lines(text, blocks(text))) <= lines
    assert outline.items == () or build(outline, plan.pin([item.id for item in outline.items])).text == text


def test_a_change_that_breaks_the_page_is_undone_for_its_section_alone() -> None:
    outline = page(f"## Notes\n\n{LONG} {LONG}\n\n{LONG} {LONG}", f"## Steps\n\n{LONG}", "## End\n\nStop.")
    broken = Wording((ids(outline, 3)[0],), "Compare.\n\n```\nnever closed")
    plan = Plan(dict.fromkeys(ids(outline, 2), "background"), wordings=(broken,))
    with pytest.raises(CompressionFault):
        build(outline, plan)
    whole = buildable(outline, plan)
    assert whole.wordings == ()
    assert set(build(outline, whole).off) == set(ids(outline, 2))
