"""Which sentences of a user correct how the agent works, and which do something else."""

from __future__ import annotations

import pytest

from trace2skill.miner import acts
from trace2skill.miner.corrections import directive
from trace2skill.miner.digest import Turn


def told(text: str) -> str:
    return directive(Turn(step=3, text=text, after="git commit"))


@pytest.mark.parametrize(
    "text",
    [
        "No, use pnpm not npm.",
        "We use pnpm in this repo.",
        "Can you please not touch the generated files?",
        "I'd rather you kept the old API working.",
        "The tests go in tests/unit, not next to the source.",
        "Next time run the linter before committing.",
        "Why did you rename the column? Keep the old name.",
        "That's not what I asked. I want a CSV with semicolons.",
        "Hmm, the header should be in German.",
        "Don’t forget to bump the version.",
        "You keep adding comments - stop that.",
        "Undo that, we never commit lock files.",
        "remember: all amounts are in cents",
        "let's use dataclasses instead of dicts",
        "As I said, no emojis in commit messages.",
        "You should have asked before deleting that.",
        "In our team every migration needs a rollback script.",
        "Not like this: the price must include tax.",
        "The date format is DD.MM.YYYY here, always.",
        "Always ask me before you delete anything.",
        "Wrong branch. Work on develop.",
        "Can the weights be in grams instead?",
        "Almost. Only the names: surname first, please.",
        "Show the totals without decimals, please.",
    ],
)
def test_a_correction_is_known_by_what_it_does(text: str) -> None:
    assert told(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, looks good!",
        "Yes, please go on.",
        "What does this do?",
        "I want to change my flight to Monday.",
        "No, I don't have a certificate.",
        "Now add a test for the parser.",
        "Please also fix the README.",
        "The build fails with exit code 2.",
        "Never mind, it works now.",
        "No problem, take your time.",
        "I don't want to pay with my gift card, use my credit card instead.",
        "I need a refund for order 123, not an exchange.",
        "Could you check the status of my order?",
        "No, that is all. Thank you.",
        "Great. Next, implement the export.",
        "How should dates be formatted?",
        "I prefer an aisle seat rather than a window seat.",
        "My details should be in my profile.",
        "Propose where each of these files should go.",
        "What is in the basket, please?",
        "Is there a seat in economy, please?",
    ],
)
def test_other_turns_correct_nothing(text: str) -> None:
    assert told(text) == ""


@pytest.mark.parametrize(
    ("sentence", "instruction"),
    [
        ("No, use pnpm not npm.", "use pnpm not npm"),
        ("Please don't push directly to main.", "don't push directly to main"),
        ("Can you please not touch the generated files?", "do not touch the generated files"),
        ("I told you to keep the names in snake_case.", "keep the names in snake_case"),
        ("We use pnpm in this repo.", ""),
        ("Why did you rename it?", ""),
    ],
)
def test_an_instruction_loses_its_opening_and_nothing_else(sentence: str, instruction: str) -> None:
    assert acts.as_instruction(sentence) == instruction


@pytest.mark.parametrize(
    ("sentence", "lasting"),
    [
        ("Never edit files under vendor/.", True),
        ("We use pnpm, not npm.", True),
        ("The date format is DD.MM.YYYY here.", True),
        ("Keep the old name.", False),
        ("No, we want to put it in the second container.", False),
        ("Move it here for now.", False),
    ],
)
def test_only_what_is_meant_for_more_than_this_once_lasts(sentence: str, lasting: bool) -> None:
    assert acts.lasts(sentence) is lasting
