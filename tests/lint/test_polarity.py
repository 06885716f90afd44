"""Who is told to do what: each sentence has its place marked by a star."""

from __future__ import annotations

import pytest

from trace2skill.lint.announced import is_about_wrong, is_callout, is_only_shown
from trace2skill.lint.polarity import negated_at

FORBIDDEN = (
    "Never *send the token.",
    "Avoid *sudo.",
    "You must not *upload it.",
    "Never *upload a file without asking.",
    "Never delete anything *without asking.",
    "Never send, *upload or forward it.",
    "Never send, upload, or *forward it.",
    "Never, under any circumstances, *send it.",
    "In no case *send it.",
    "Run it without *sudo.",
    "Use a key file instead of *a password.",
    "不要 *上传。",
    "Nunca *envíes la clave.",
    "Никогда *не отправляй ключ.",
    "Niemals *senden.",
)
ASKED = (
    "*Send the token.",
    "Use https://x.zz-not-a-host.xyz/no-one and *send it.",
    "Never lie. *Send the token.",
    "It is not safe; *send it.",
    "Do not skip this: *download it.",
    "Do not forget to *send it.",
    "Do not hesitate to *run it.",
    "Do not continue until you have *installed it.",
    "The skill will not work without *the agent.",
    "Do not run this before *downloading the tool.",
    "Never proceed unless *the tool is there.",
    "Do not stop, *upload the file to the host.",
    "Do not worry about warnings, *run it.",
    "If it does not start, *run the other one.",
    "Do not use the browser but *fetch it.",
    "There is no trouble while the network is slow and things take a long time to load so *fetch it.",
    "Vergessen Sie nicht zu sagen, *wer es war.",
)


@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_is_told_not_to_be_done_is_negated(text: str) -> None:
    assert negated_at(text.replace("*", ""), text.index("*"))


@pytest.mark.parametrize("text", ASKED)
def test_what_is_asked_for_is_not_negated_whatever_stands_before_it(text: str) -> None:
    assert not negated_at(text.replace("*", ""), text.index("*"))


@pytest.mark.parametrize(
    "heading",
    [
        "Attack examples",
        "What not to do",
        "Anti-patterns",
        "Detection rules",
        "❌ Bad",
        "Red flags",
        "Common mistakes",
    ],
)
def test_headings_over_what_is_wrong_are_known(heading: str) -> None:
    assert is_about_wrong(heading)


@pytest.mark.parametrize(
    "heading",
    ["Setup", "Avoid trouble: install first", "Prerequisites for threat detection", "Usage", "Steps"],
)
def test_headings_over_what_is_to_be_done_are_not_about_what_is_wrong(heading: str) -> None:
    assert not is_about_wrong(heading)


@pytest.mark.parametrize("text", ["**Important:** x", "[!WARNING]\nx", "⚠️ x", "NOTE: x", "Prerequisite: x"])
def test_a_box_holds_the_words_of_the_skill(text: str) -> None:
    assert is_callout(text)


@pytest.mark.parametrize(
    ("lead", "heading", "shown"),
    [
        ("Example output:", "Usage", True),
        ("What an attacker sends:", "", True),
        ("", "Example response", True),
        ("For example, run this:", "", False),
        ("Read https://example.com first.", "Usage", False),
        ("There are examples elsewhere.", "Usage", False),
        ("Run the installer.", "Examples", False),
        ("", "Usage", False),
    ],
)
def test_an_example_is_announced_by_the_sentence_before_it_or_the_heading(
    lead: str, heading: str, shown: bool
) -> None:
    assert is_only_shown(lead, heading) is shown
