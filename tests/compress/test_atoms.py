"""Which sentences bind, and which only use the same words."""

from __future__ import annotations

import pytest

from trace2skill.compress.atoms import binds, is_loud


@pytest.mark.parametrize(
    "text",
    [
        "You must close it.",
        "MUST be closed.",
        "Never open it.",
        "It is always open.",
        "do not open it",
        "Don't open it.",
        "DON’T open it.",
        "It cannot be undone.",
        "The caller shall close it.",
        "Under no circumstances open it.",
        "This is mandatory.",
        "**Important**: it is hot.",
        "Critical: it is hot.",
        "Warning: it is hot.",
        "Caution when it is hot.",
        "Danger ahead.",
        "A gotcha: it closes.",
        "Known pitfalls.",
        "Beware of it.",
        "It is forbidden.",
        "That is prohibited.",
        "A key is required.",
        "Make sure it is closed.",
        "Be sure to close it.",
        "Ensure that it closes.",
        "Without exception.",
        "That is non-negotiable.",
        "Open it ONLY then.",
        "AVOID it.",
        "This is NOT so.",
        "Look BEFORE it closes.",
        "STOP here.",
        "Close ALL of them.",
        "⚠ It is hot.",
        "🚨 hot",
        "- Only open it then.",
        "Open it. Only then close it.",
        "Ask before you delete it.",
        "Confirm with the user before that.",
        "Check with the owner first.",
        "Get approval first.",
        "Back up the table before the change.",
    ],
)
def test_what_binds(text: str) -> None:
    assert binds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Open it and close it.",
        "The only one is open.",
        "A mustard-coloured box.",
        "The task is done before noon.",
        "An OK from the API.",
        "Ask the user for a name.",
        "Go back one page.",
        "A dangerous-looking name.",
        "",
    ],
)
def test_what_does_not_bind(text: str) -> None:
    assert not binds(text)


@pytest.mark.parametrize(("code", "loud"), [("# MUST run", True), ("must = 1", False), ("# ⚠", True)])
def test_in_code_only_what_is_loud_binds(code: str, loud: bool) -> None:
    assert is_loud(code) == loud


@pytest.mark.parametrize(
    "text",
    [
        "在写入之前必须先读取。",
        "不要覆盖用户的文件。",
        "**注意**：文件可能很大。",
        "書き込む前に必ず読み取る。",
        "上書きしないでください。",
        "直接ジャンプしない。",
        "파일을 덮어쓰지 마세요.",
        "항상 먼저 읽는다.",
        "Die Datei niemals überschreiben.",
        "Achtung: sie ist groß.",
        "Il ne faut jamais le faire.",
        "Nunca guardes el token.",
        "Sempre leia antes.",
        "Никогда не пишите туда.",
    ],
)
def test_what_binds_in_other_languages(text: str) -> None:
    assert binds(text)


@pytest.mark.parametrize(
    "text",
    [
        "先读取列表，再逐项核对日期。",
        "結果は表にまとめる。",
        "Die Liste zeigt alles.",
        "The immersion of it.",
    ],
)
def test_what_does_not_bind_in_other_languages(text: str) -> None:
    assert not binds(text)
