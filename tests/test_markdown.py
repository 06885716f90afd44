"""What the look into Markdown sees: lines, frontmatter, headings and fences."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from trace2skill.errors import InputError
from trace2skill.markdown import (
    begins_block,
    headings,
    lines_of,
    newline_of,
    open_fence,
    parse_frontmatter,
    split_frontmatter,
    yaml_loader,
)


@given(st.text(st.sampled_from("ab\n\r\x0b\x0c\x1c\x85\u2028\u2029")))
def test_lines_join_to_the_same_text_and_end_where_commonmark_ends_them(text: str) -> None:
    assert "".join(lines_of(text)) == text
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert len(lines_of(text)) == plain.count("\n") + (not plain.endswith("\n") and plain != "")


@pytest.mark.parametrize(
    ("text", "front"),
    [
        ("---\nname: x\n---\nbody", "---\nname: x\n---\n"),
        ("\ufeff---\r\nname: x\r\n---\r\nbody", "\ufeff---\r\nname: x\r\n---\r\n"),
        ("---\n---\nbody", "---\n---\n"),
        ("---\rname: x\r---\rbody", "---\rname: x\r---\r"),
        ("---\nname: x\n---\rbody", "---\nname: x\n---\r"),
        ("---\nname: x\n---", "---\nname: x\n---"),
        ("---\nname: x\nbody", ""),
        ("body\n---\nname: x\n---\n", ""),
        ("", ""),
    ],
)
def test_frontmatter_is_split_off_byte_for_byte(text: str, front: str) -> None:
    found, rest = split_frontmatter(text)
    assert found == front
    assert found + rest == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Title\n", "no frontmatter"),
        ("---\n- a\n---\n", "not a mapping"),
        ("---\na: [\n---\n", "not valid YAML"),
        ("---\nkey: a: b\n---\n", "not valid YAML"),
        ("---\na: \x1b\n---\n", "not valid YAML"),
    ],
)
def test_frontmatter_that_is_none_is_refused_with_a_hint(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        parse_frontmatter(text)
    assert caught.value.hint


def test_headings_are_those_that_a_reader_would_see() -> None:
    text = (
        "---\nname: x\n# not: this\n---\n# One\n\n```sh\n# a comment\n```\n\n## Two *stars*\n\n"
        "Three\n=====\n\n> # quoted\n\n- # in a list\n\n    # code\n\n<!--\n# hidden\n-->\n\n### Four ###\n"
    )
    found = [(heading.level, heading.title, heading.line) for heading in headings(text)]
    assert found == [(1, "One", 5), (2, "Two *stars*", 11), (1, "Three", 13), (3, "Four", 26)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("odd", ["\x0c", "\u2028", "\x85", ""])
def test_lines_are_counted_as_editors_do(end: str, odd: str) -> None:
    text = end.join([f"words{odd}more", "", "# Title", "", "```", "open"])
    assert headings(text)[0].line == 3
    assert open_fence(text) == 5


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("```\ncode\n```\n", None),
        ("````\n```\n````\n", None),
        ("~~~\n```\n~~~\n", None),
        ("```\ncode\n`````  \n", None),
        ("  ```\n  code\n   ```\n", None),
        ("> ```\n> code\n> ```\n", None),
        ("- a\n  ```\n  code\n  ```\n", None),
        ("a\n```\ncode\n", 2),
        ("```\n", 1),
        ("````\n```\n", 1),
        ("~~~\n```\n", 1),
        ("```\ncode\n    ```\n", 1),
        ("```\ncode\n``` not closed by this\n", 1),
        ("---\nname: x\n---\n\n```\nopen", 5),
        ("`` ` ``", None),
        ("    ```\n    code", None),
    ],
)
def test_an_open_fence_is_found_by_the_rules_of_commonmark(text: str, line: int | None) -> None:
    assert open_fence(text) == line


@pytest.mark.parametrize(
    ("text", "line", "begins"),
    [
        ("# A\n\n- x\n", 3, True),
        ("- a\n\n- x\n", 3, True),
        ("<!-- open\n\n- x\n", 3, False),
        ("```\n\n- x\n", 3, False),
        ("<pre>\n\n- x\n", 3, False),
        ("<div>\n\n- x\n", 3, True),
        ("---\na: b\n---\n\n- x\n", 5, True),
    ],
)
def test_a_block_begins_where_nothing_swallows_it(text: str, line: int, begins: bool) -> None:
    assert begins_block(text, line) is begins


@pytest.mark.parametrize(
    ("text", "end"), [("a\r\nb\n", "\r\n"), ("a\nb", "\n"), ("a\rb", "\r"), ("", "\n"), ("a", "\n")]
)
def test_the_line_end_is_that_of_the_text(text: str, end: str) -> None:
    assert newline_of(text) == end


_FIRST = st.sampled_from(
    "no true null 1.5 2024-01-01 0x1f 1_000 12:30:45 1e3 (a) é 中 ² a y 0o7 -- 99".split()
)
_NEXT = st.sampled_from("no - -- (a) b, c; d/e 中 a.b +1 1 .5 --- ...".split())
_VALUE = st.tuples(_FIRST, st.lists(_NEXT, max_size=4)).map(lambda parts: " ".join([parts[0], *parts[1]]))
_PLAIN_LINE = st.one_of(
    st.tuples(st.sampled_from(["name", "é", "a-b", "description", "no", "1"]), _VALUE).map(": ".join),
    _VALUE.map("  {}".format),
    st.just("a:"),
)


def read(text: str, loader: Any) -> tuple[Any, ...] | str:
    """Return all that a *loader* of YAML says of *text*; the name of the error if it refuses it."""
    try:
        events: list[Any] = list(yaml.parse(text, Loader=loader))
        marks = [(event.start_mark.index, event.end_mark.index) for event in events]
        values = [(type(event).__name__, getattr(event, "value", None)) for event in events]
        return marks, values, repr(yaml.load(text, Loader=loader))
    except (yaml.YAMLError, ValueError) as error:
        return type(error).__name__


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml")
@settings(max_examples=500)
@given(st.lists(_PLAIN_LINE, max_size=5).map(lambda lines: "".join(f"{line}\n" for line in lines)))
def test_both_loaders_of_yaml_read_alike_what_the_fast_one_is_given(text: str) -> None:
    assume(yaml_loader(text) is yaml.CSafeLoader)
    assert read(text, yaml.CSafeLoader) == read(text, yaml.SafeLoader)


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 9_000, "- " * 9_000, "? " * 9_000, "a: &x [*x]\n", 'a: "b"\n']
)
def test_what_nests_is_not_given_to_the_fast_loader(text: str) -> None:
    assert yaml_loader(text) is yaml.SafeLoader
