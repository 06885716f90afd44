"""A shorter wording counts only if code finds nothing in it that the items do not say, or the reverse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trace2skill.condense import Item, fault_of, outline_of, plain

OLD = (
    "It is generally a good idea to compare `a.csv` with the export of at least 20 rows, if there is one,"
    " before you send the report to the team with --dry-run."
)


def items(*texts: str) -> list[Item]:
    page = "# One\n\nNothing.\n\n## Two\n\n" + "\n\n".join(texts) + "\n"
    return [item for item in outline_of(page).items if item.section == 1]


GOOD = (
    "If there is one, compare `a.csv` with the export of at least 20 rows before sending the report to the"
    " team with --dry-run."
)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GOOD, ""),
        (OLD, "it is no shorter"),
        ("", "it is no plain sentence"),
        ("# Compare `a.csv`, 20, --dry-run", "it is no plain sentence"),
        ("- Compare `a.csv`, 20, --dry-run", "it is no plain sentence"),
        ("Compare `a.csv` if there, before sending 20 rows.\n\nUse --dry-run.", "it is no plain sentence"),
        ("Compare `a.csv` with 20 rows if there is one before the report. <b>--dry-run</b>", "it has markup"),
        (GOOD.replace("`a.csv`", "the file"), "it loses the code `a.csv`"),
        (GOOD.replace("20", "many"), "it loses the number 20"),
        (GOOD.replace(" with --dry-run", ""), "it loses the option --dry-run"),
        (GOOD.replace("the team", "https://a.example/x"), "it adds the address"),
        (GOOD.replace("--dry-run", "--dry-run --force"), "it adds the option --force"),
        (GOOD.replace("at least 20 rows", "20 or 30 rows"), "it adds the number 30"),
        (GOOD.replace("compare", "always compare"), "it binds where they do not"),
        (GOOD.replace("If there is one, compare", "Compare"), "it adds or loses a condition"),
        (GOOD.replace("before sending", "and send"), "it adds or loses an order in time"),
        (GOOD.replace("compare", "do not compare"), "it binds where they do not"),
        (GOOD.replace("with the export", "without the export"), "it adds or loses a negation"),
        (GOOD.replace("the team", "anybody except the team"), "it adds or loses an exception"),
        (GOOD.replace("the report to the team", "passwords, keys, tokens away"), "it has words of its own"),
    ],
)
def test_what_is_refused(text: str, fault: str) -> None:
    found = fault_of(items(OLD), text)
    assert found.startswith(fault)
    assert bool(found) == bool(fault)


def test_what_two_items_say_has_to_be_in_the_one_that_stands_for_them() -> None:
    two = items(
        "Open the file `a.csv` and read the first lines of it.", "Then open `b.csv` and read it, too."
    )
    assert fault_of(two, "Read the first lines of `a.csv`, then `b.csv`.") == ""
    assert fault_of(two, "Read the first lines of `a.csv`, then the other.") == "it loses the code `b.csv`"


def test_a_negation_of_another_language_counts_and_a_script_that_code_cannot_read_keeps_its_words() -> None:
    german = items("Die Datei wird von dem Programm dann nicht gelesen, wenn sie schon gelesen wurde.")
    assert fault_of(german, "Das Programm liest die Datei dann.") == "it adds or loses a negation"
    assert german[0].fixed == ""
    (chinese,) = items("记录逐行核对，并按日期的先后顺序排列在同一个表格里，然后再写出结果。")
    assert chinese.fixed == "code cannot read its language"


def test_what_a_model_puts_around_a_sentence_is_taken_off() -> None:
    assert plain("  - Read\n  `a.csv`.\n") == "Read `a.csv`."
    assert plain("12. Read it.") == "Read it."


@given(st.text(max_size=300))
def test_any_text_is_refused_or_keeps_all(text: str) -> None:
    text = plain(text)
    if not fault_of(items(OLD), text):
        assert all(atom in text for atom in ("`a.csv`", "20", "--dry-run"))
