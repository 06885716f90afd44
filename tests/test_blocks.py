"""Blocks of Markdown: what is one, what its id is made of, and what is to be kept."""

from __future__ import annotations

import pytest

from trace2skill.markdown import block_ids, blocks, kept

PAGE = """---
name: x
---
# One

Words
and more.

- a

  ```sh
  # in an item
  ```
- b
  - below
1. first

| a | b |
|---|---|
| 1 | 2 |

~~~~text
```
# in a fence
~~~
~~~~

<!-- a comment

# in it -->
> quoted
> - item

    # code

[link]: x.md

## Two
***
Last"""


def test_every_sort_of_block_is_cut_at_its_own_lines() -> None:
    found = [(b.kind, b.line, PAGE[b.start : b.end].split("\n")[-1], b.path) for b in blocks(PAGE)]
    assert found == [
        ("frontmatter", 1, "---", ()),
        ("heading", 4, "# One", ()),
        ("paragraph", 6, "and more.", ("One",)),
        ("item", 9, "  ```", ("One",)),
        ("item", 14, "  - below", ("One",)),
        ("item", 16, "1. first", ("One",)),
        ("table", 18, "| 1 | 2 |", ("One",)),
        ("fence", 22, "~~~~", ("One",)),
        ("html", 28, "# in it -->", ("One",)),
        ("quote", 31, "> - item", ("One",)),
        ("code", 34, "    # code", ("One",)),
        ("other", 36, "[link]: x.md", ("One",)),
        ("heading", 38, "## Two", ("One",)),
        ("rule", 39, "***", ("One", "Two")),
        ("paragraph", 40, "Last", ("One", "Two")),
    ]


def named(text: str) -> dict[str, str]:
    """Return the ids of the blocks of *text*, by their source."""
    sources = (text[block.start : block.end] for block in blocks(text))
    return dict(zip(sources, block_ids(text), strict=True))


def test_an_id_survives_edits_elsewhere_and_other_line_ends() -> None:
    names = named(PAGE)
    assert len(set(names.values())) == len(names)
    edited = (
        PAGE.replace("Words", "Other words").replace("~~~~text", "New.\n\n~~~~text").replace("- b", "- c")
    )
    after = named(edited)
    same = names.keys() & after.keys()
    assert len(same) == len(names) - 2
    assert all(names[text] == after[text] for text in same)
    assert block_ids(PAGE.replace("\n", "\r\n")) == tuple(names.values())


def test_equal_blocks_have_different_ids() -> None:
    found = block_ids("# A\n\n- x\n- x\n\n# B\n\n- x\n\n# A\n\n- x\n")
    assert len(set(found)) == len(found) == 7


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("a\n<!-- trace2skill:keep -->\nb\n<!-- /trace2skill:keep -->\nc\n", ["b"]),
        ("<!--trace2skill:keep-->b<!--\t/trace2skill:keep  --> c", ["b"]),
        ("x\n<!-- trace2skill:keep -->\nto the end\n", ["to the end"]),
        ("<!-- /trace2skill:keep -->\nx", []),
        ("```\n<!-- trace2skill:keep -->\n```\nx", []),
        ("Write `<!-- trace2skill:keep -->` above it.", []),
        (
            "<!-- trace2skill:keep -->\n```\n<!-- /trace2skill:keep -->\n```\n<!-- /trace2skill:keep -->\nx",
            ["```\n<!-- /trace2skill:keep -->\n```"],
        ),
        ("<!-- trace2skill:keep -->1<!-- /trace2skill:keep --><!-- trace2skill:keep -->2", ["1", "2"]),
    ],
)
def test_regions_to_keep_are_found_where_a_reader_would_see_their_marks(
    text: str, regions: list[str]
) -> None:
    inner = [text[start:end].split("-->", 1)[1].strip() for start, end in kept(text)]
    assert [
        part.rsplit("<!--", 1)[0].strip() if "/trace2skill" in part else part for part in inner
    ] == regions


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("| a | b |\n|---|---|\n", "table"),
        ("a | b\n--|--\n", "table"),
        ("| a\n| -\n", "table"),
        ("a |\n:- |\n", "table"),
        ("> a\n", "quote"),
        ("<div>\na\n</div>\n", "html"),
        ("[a]: b.md\n", "other"),
        ("a | b\nc\n", "paragraph"),
    ],
)
def test_each_sort_is_found_on_a_page_that_has_no_other(text: str, kind: str) -> None:
    assert [block.kind for block in blocks(text)] == [kind]
