"""Descriptions change where they stand, however they are written, and nothing beside them does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trace2skill.compress import scalar
from trace2skill.markdown import parse_frontmatter, split_frontmatter

BODY = "\n# Demo\n\ndescription: not this one\n"
OLD = "Reads old records. Use when a record is old."
NEW = "Reads old records."


def page(front: str) -> str:
    return f"---\n{front}\n---\n{BODY}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"description: {OLD}", f"description: {NEW}"),
        (f"description: {OLD}  # why", f"description: {NEW}  # why"),
        (f'description: "{OLD}"', f'description: "{NEW}"'),
        (f"description: '{OLD}'", f"description: '{NEW}'"),
        (f"description: >-\n  {OLD}\nname: x", f"description: >-\n  {NEW}\nname: x"),
        (f"description: >- # why\n    {OLD}\n", f"description: >- # why\n    {NEW}\n"),
        (f"description: |-\n  {OLD}\n\n# end", f"description: |-\n  {NEW}\n\n# end"),
        ("description: Reads old\n  records. Use when\n  a record is old.", f"description: {NEW}"),
        ('description: "Reads old\n  records. Use when\n  a record is old."', f'description: "{NEW}"'),
        (f"{{name: x, description: '{OLD}', b: [1]}}", f"{{name: x, description: '{NEW}', b: [1]}}"),
        (f"b: &b {{c: 1}}\ndescription: {OLD}\nd: *b", f"b: &b {{c: 1}}\ndescription: {NEW}\nd: *b"),
        (f"? description\n: {OLD}\nx: 012\ny: 2024-99-99", f"? description\n: {NEW}\nx: 012\ny: 2024-99-99"),
    ],
)
def test_only_the_scalar_changes_whatever_its_style(before: str, after: str) -> None:
    for line_end in ("\n", "\r\n"):
        for mark in ("", "\ufeff"):
            old, new = (mark + page(text).replace("\n", line_end) for text in (before, after))
            assert scalar.replace(old, NEW) == new


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Reads: records.", '"Reads: records."'),
        ("yes", '"yes"'),
        ("12", '"12"'),
        ("# records", '"# records"'),
        ('Say "hi": \\ twice', '"Say \\"hi\\": \\\\ twice"'),
        ("One.\nTwo.", '"One.\\nTwo."'),
    ],
)
def test_what_plain_text_cannot_say_is_quoted(value: str, written: str) -> None:
    assert scalar.replace(page(f"description: {OLD}"), value) == page(f"description: {written}")


def test_a_folded_description_keeps_its_width_its_margin_and_its_end() -> None:
    front = "description: >\n    " + "\n    ".join(
        ["A record is read again and again, whatever it says."] * 4
    )
    changed = scalar.replace(page(front), "word " * 40 + "end.\n") or ""
    lines = changed.split("---")[1].splitlines()[2:]
    assert all(line.startswith("    word ") and len(line) <= 64 for line in lines[:-1])
    assert parse_frontmatter(changed)["description"] == "word " * 40 + "end.\n"


@pytest.mark.parametrize(
    "front",
    [
        "description: [a]",
        "description: 12",
        "name: x",
        "name: [",
        "description: &a b\nc: *a",
        "- a",
        "description: a\ndescription: b",
        "x: " + "y" * 70_000 + "\ndescription: a",
    ],
)
def test_what_cannot_be_changed_safely_is_left(front: str) -> None:
    assert scalar.replace(page(front), NEW) is None


@pytest.mark.parametrize(
    ("front", "after"),
    [
        ("name: x", 'name: x\ndescription: "Reads old records."'),
        ("name: x\nb: 1 # c", 'name: x\ndescription: "Reads old records."\nb: 1 # c'),
        ("name: >-\n  x\nb: 1", 'name: >-\n  x\nb: 1\ndescription: "Reads old records."'),
        ("license: MIT", 'license: MIT\ndescription: "Reads old records."'),
    ],
)
def test_a_missing_description_gets_a_line_of_its_own(front: str, after: str) -> None:
    assert scalar.insert(page(front), NEW) == page(after)


@pytest.mark.parametrize("front", ["{name: x}", "name: [", "- a", "description: x", "b:\n  description: x"])
def test_no_line_is_added_where_it_would_say_something_else(front: str) -> None:
    assert scalar.insert(page(front), NEW) is None


@pytest.mark.parametrize("front", ["description:", "description: ~", 'description: ""', "description: null"])
def test_an_empty_description_is_filled(front: str) -> None:
    assert parse_frontmatter(scalar.replace(page(f"a: 1\n{front}\nb: 2"), NEW) or "") == {
        "a": 1,
        "description": NEW,
        "b": 2,
    }


TEXT = st.text(st.sampled_from(list("ab :#'\"\\,.-|>{}[]&*!%@`é文\n\t")), max_size=60)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["description: {}", 'description: "{}"', "description: '{}'"])
    | st.sampled_from(["description: >\n  {}", "description: |\n   {}", "description: >-\n  {}\n\n"]),
    TEXT,
    TEXT,
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_the_text_nothing_but_the_description_changes(
    form: str, old: str, new: str, line_end: str
) -> None:
    text = page(f"a: 1 # one\n{form.format(old)}\nmetadata:\n  b: [x, 'y']\n").replace("\n", line_end)
    changed = scalar.replace(text, new)
    if changed is None:
        return
    before, after = parse_frontmatter(text), parse_frontmatter(changed)
    assert after.pop("description") == new
    before.pop("description")
    assert list(after.items()) == list(before.items())
    assert split_frontmatter(changed)[1] == split_frontmatter(text)[1]
    span = scalar.find(text)
    assert span is not None
    assert changed.startswith(text[: span.start])
    assert changed.endswith(text[span.end :])
