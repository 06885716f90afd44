"""What a model may do to which item of a page."""

from __future__ import annotations

import pytest

from tests.compress.pages import FRONT
from trace2skill.condense import Item, outline_of
from trace2skill.condense.items import Outline

LONG = "Compare the two records field by field and note each difference that you find in the table."
PAGE = f"""{FRONT}Before any heading stands a line.

# Demo

{LONG}

## Usage

Run it as follows:

```bash
demo --run
```

{LONG}

You must never close the file while it is written to by somebody else in the meantime.

- {LONG}
- Never skip this one, since all others rely on it and nobody will notice until later.
- {LONG} {LONG}

1. {LONG}
2. {LONG}

> {LONG}

A first line that is followed by another one\\
and ends in a hard break that has to be kept.

## Rules

{LONG}

## Run

!`git status`

{LONG}

## More

Short one.

{LONG} See <details> for the rest.

**A label**

```python
print(1)
```

<!-- trace2skill:keep -->

{LONG}

<!-- /trace2skill:keep -->
"""


@pytest.fixture(scope="module")
def outline() -> Outline:
    return outline_of(PAGE)


def item(outline: Outline, name: str) -> Item:
    return next(one for one in outline.items if one.id == name)


@pytest.mark.parametrize(
    ("name", "begins", "stays", "fixed"),
    [
        ("s0.1", "Before any heading", "it stands before the first heading", "it is short"),
        ("s1.1", "Compare the two", "it is the first section", ""),
        ("s2.1", "Run it as follows", "with what belongs to it: it is the first code", "its form matters"),
        ("s2.2", "```bash", "it is the first code", "it is no sentence"),
        ("s2.3", "Compare the two", "", ""),
        ("s2.4", "You must never", "it binds", "it binds"),
        ("s2.5", "- Compare", "", ""),
        ("s2.6", "- Never skip", "it binds", "it binds"),
        ("s2.9", "2. Compare", "with what belongs to it: it binds", ""),
        ("s2.10", "> Compare", "", "it is no sentence"),
        ("s2.11", "A first line", "", "it has parts of its own"),
        ("s3.1", "Compare the two", "its heading binds", "its heading binds"),
        ("s4.2", "Compare the two", "a command in it runs", "a command in it runs"),
        ("s5.1", "Short one.", "it is marked to be kept", "it is marked to be kept"),
    ],
)
def test_what_may_become_of_an_item(outline: Outline, name: str, begins: str, stays: str, fixed: str) -> None:
    found = item(outline, name)
    assert found.text.startswith(begins)
    assert found.stays.startswith(stays)
    assert bool(found.stays) == bool(stays)
    assert found.fixed.startswith(fixed)
    assert bool(found.fixed) == bool(fixed)


def test_a_list_is_one_unit_and_so_is_a_lead_with_what_it_leads_up_to(outline: Outline) -> None:
    units = [item(outline, f"s2.{number}").unit for number in range(1, 11)]
    assert units[0] == units[1] != units[2]
    assert len(set(units[4:9])) == 1
    assert units[9] != units[8]
    label, code = item(outline, "s5.3"), item(outline, "s5.4")
    assert label.text == "**A label**"
    assert label.unit == code.unit


def test_an_item_of_a_bulleted_list_may_go_alone_and_one_of_a_numbered_list_may_not(outline: Outline) -> None:
    assert item(outline, "s2.5").alone
    assert not item(outline, "s2.9").alone


def test_a_sentence_that_is_traced_keeps_its_words_and_its_place_on_the_page(outline: Outline) -> None:
    assert item(outline, "s1.1").fixed == ""
    traced = outline_of(PAGE, [LONG])
    assert item(traced, "s1.1").fixed == "its sentences are traced"
    assert not item(traced, "s2.3").alone
    assert item(traced, "s2.3").stays == ""  # it may move, and its row follows


def test_ids_count_the_items_of_each_section(outline: Outline) -> None:
    ids = [one.id for one in outline.items]
    assert len(set(ids)) == len(ids)
    assert ids[:3] == ["s0.1", "s1.1", "s2.1"]
    assert outline.title(outline.items[2].section) == "Demo > Usage"
