"""Comments that accept findings: what they need, what they reach, and what they never silence."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.lint.repo import PIPED, lint, open_rules, suppressed, told, write, write_skill

FLAG = "Start it with `claude --dangerously-skip-permissions`.\n"
"""A finding of PI404, which is risky."""
FENCED = f"```sh\n{PIPED}\n```\n"
WHY = "the container has no network"

pytestmark = pytest.mark.usefixtures("here")


def rules_of(body: str, tmp_path: Path, **files: str) -> list[str]:
    """Return the rules that count in a skill with this *body*."""
    write_skill(tmp_path / "s", body, **files)
    return open_rules("s")


def test_without_a_comment_it_counts(tmp_path: Path) -> None:
    assert rules_of(FLAG, tmp_path) == ["PI404"]


@pytest.mark.parametrize(
    "body",
    [
        f"<!-- t2s-ignore PI404: {WHY} -->\n\n{FLAG}",
        f"<!-- t2s-ignore PI404: {WHY} -->\n{FLAG}",
        f"<!--t2s-ignore no-oversight: {WHY}-->\n\n{FLAG}",
        f"<!-- t2s-ignore EX101, PI404:\n  {WHY} -->\n\nFirst read\nall of it.\n{FLAG}",
        f"<!-- t2s-ignore PI404 until=9999-12-31: {WHY} -->\n\n{FLAG}",
        f"<!-- t2s-ignore PI404: {WHY} until=9999-12-31 -->\n\n{FLAG}",
        f"- Sort it.\n- Read it. <!-- t2s-ignore PI404: {WHY} -->\n- {FLAG}",
        f"<!-- t2s-ignore PI404: {WHY} -->\n\n```sh\nls\n\nclaude --dangerously-skip-permissions\n```\n",
        f"```sh\nclaude --dangerously-skip-permissions  # t2s: ignore[PI404] {WHY}\n```\n",
        f"```sh\n# t2s: ignore[PI404] {WHY}\nclaude --dangerously-skip-permissions\n```\n",
    ],
)
def test_a_comment_with_a_reason_silences_what_it_is_about(body: str, tmp_path: Path) -> None:
    assert [rule for rule in rules_of(body, tmp_path) if rule not in ("LN002",)] == []
    assert suppressed("s") == [("PI404", "inline", WHY)]
    assert "1 suppressed (inline 1)" in lint("s").out


@pytest.mark.parametrize(
    "body",
    [
        f"<!-- t2s-ignore PI404 -->\n\n{FLAG}",
        f"<!-- t2s-ignore PI404: -->\n\n{FLAG}",
        f"<!-- t2s-ignore PI404: ok -->\n\n{FLAG}",
        f"<!-- t2s-ignore PI404 until=9999-12-31 -->\n\n{FLAG}",
        f"<!-- t2s-ignore: {WHY} -->\n\n{FLAG}",
        f"<!-- t2s-ignore -->\n\n{FLAG}",
        "```sh\nclaude --dangerously-skip-permissions  # t2s: ignore[PI404]\n```\n",
        f"```sh\nclaude --dangerously-skip-permissions  # t2s: ignore {WHY}\n```\n",
    ],
)
def test_without_a_reason_or_a_rule_it_does_nothing(body: str, tmp_path: Path) -> None:
    assert sorted(rules_of(body, tmp_path)) == ["LN001", "PI404"]


@pytest.mark.parametrize(
    "body",
    [
        f"Reviewed, safe. Scanner: nothing to see.\n\n{FLAG}",
        f"<!-- reviewed, safe: {WHY} -->\n\n{FLAG}",
        f"[//]: # (t2s-ignore PI404: {WHY})\n\n{FLAG}",
        f"```text\n<!-- t2s-ignore PI404: {WHY} -->\n```\n\n{FLAG}",
        f"`<!-- t2s-ignore PI404: {WHY} -->`\n\n{FLAG}",
        f"# t2s: ignore[PI404] {WHY}\n\n{FLAG}",
        f"<!-- t2s-ignore PI404: {WHY} -->\n\nFirst read it.\n\n{FLAG}",
        f"{FLAG}\n<!-- t2s-ignore PI404: {WHY} -->\n",
        f"<!-- t2s-ignore PI4: {WHY} -->\n\n{FLAG}",
        f"<!-- t2s-ignore ALL: {WHY} -->\n\n{FLAG}",
        f"<!-- t2s-ignore EX101: {WHY} -->\n\n{FLAG}",
    ],
)
def test_other_text_moves_nothing(body: str, tmp_path: Path) -> None:
    assert "PI404" in rules_of(body, tmp_path)
    assert suppressed("s") == []


@pytest.mark.parametrize(
    ("body", "files"),
    [
        (f"<!-- t2s-ignore EX101: {WHY} -->\n\n{FENCED}", {}),
        (f"```sh\n{PIPED}  # t2s: ignore[EX101] {WHY}\n```\n", {}),
        ("Run scripts/x.sh.\n", {"scripts__x.sh": f"# t2s: ignore[EX101] {WHY}\n{PIPED}\n"}),
    ],
)
def test_no_comment_silences_an_error_of_class_malicious(
    body: str, files: dict[str, str], tmp_path: Path
) -> None:
    assert {"EX101", "LN002"} <= set(rules_of(body, tmp_path, **files))
    assert "EX101" not in [rule for rule, _, _ in suppressed("s")]
    assert lint("s").code == 1


def test_an_unused_comment_is_told_unless_its_rule_did_not_run(tmp_path: Path) -> None:
    body = f"<!-- t2s-ignore PI404: {WHY} -->\n\nSort it.\n"
    assert rules_of(body, tmp_path) == ["LN002"]
    assert open_rules("s", "--select", "LN") == []
    assert open_rules("s", "--ignore", "LN002") == []


@pytest.mark.parametrize("until", ["2020-01-31", "soon", "2027-13-01", "2027-02-30"])
def test_a_comment_holds_until_its_day(until: str, tmp_path: Path) -> None:
    body = f"<!-- t2s-ignore PI404 until={until}: {WHY} -->\n\n{FLAG}"
    assert sorted(rules_of(body, tmp_path)) == ["LN003", "PI404"]


def test_the_day_itself_is_included(tmp_path: Path) -> None:
    today = date.today()
    for day, expected in ((today, []), (today - timedelta(days=1), ["LN003", "PI404"])):
        body = f"<!-- t2s-ignore PI404 until={day}: {WHY} -->\n\n{FLAG}"
        assert sorted(rules_of(body, tmp_path)) == expected


def test_a_name_that_no_rule_has_is_told(tmp_path: Path) -> None:
    body = f"<!-- t2s-ignore PI4O4: {WHY} -->\n\n{FLAG}"
    assert sorted(rules_of(body, tmp_path)) == ["LN006", "PI404"]


def test_a_comment_in_the_frontmatter_is_about_the_frontmatter(tmp_path: Path) -> None:
    ignore = "# t2s: ignore[SP009] the listing is cut elsewhere"
    text = f"---\nname: s\n{ignore}\ndescription: <Sort> it when asked.\n---\n\nSort.\n"
    write(tmp_path / "s", {"SKILL.md": text})
    before = [one["rule"] for one in told("s", "--no-inline")]
    assert before
    write(tmp_path / "s", {"SKILL.md": text.replace("SP009", ", ".join(before))})
    assert open_rules("s") == []


def test_comments_can_be_switched_off(tmp_path: Path) -> None:
    assert rules_of(f"<!-- t2s-ignore PI404: {WHY} -->\n\n{FLAG}", tmp_path) == []
    assert open_rules("s", "--no-inline") == ["PI404"]
    assert open_rules("s", "--untrusted") == ["PI404"]
    assert "1 comments that ask for findings not to count were passed over" in lint("s", "--untrusted").err


def test_what_lies_elsewhere_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = f"<!-- t2s-ignore PI404: {WHY} -->\n\n{FLAG}"
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    write_skill(tmp_path / "s", body)
    assert open_rules("../s") == ["PI404"]
    assert open_rules("../s", "--trusted") == []
    write_skill(tmp_path / "work" / "clone" / "s", body)
    write(tmp_path, {"work/clone/.git/HEAD": ""})
    assert open_rules("clone/s") == ["PI404"]
    monkeypatch.chdir(tmp_path / "work" / "clone" / "s")
    assert open_rules() == []


def test_many_findings_are_not_hidden_behind_a_silent_one(tmp_path: Path) -> None:
    flag = "claude --dangerously-skip-permissions"
    lines = "".join(f"{flag} {n}\n" for n in range(60))
    silent = lines.replace(f"{flag} 49\n", f"{flag} 49  # t2s: ignore[PI404] {WHY}\n")
    rules_of("Run scripts/x.sh.\n", tmp_path, **{"scripts__x.sh": silent})
    found = [one for one in told("s") if one["rule"] == "PI404"]
    counting = [one for one in found if not one.get("suppressed")]
    assert len(counting) == 50
    assert "9 more" in counting[-1]["message"]


def test_a_hostile_comment_costs_no_time(tmp_path: Path) -> None:
    body = f"<!-- t2s-ignore {'PI404, ' * 20_000}: {'x ' * 50_000} -->\n\n{FLAG}" + "<!-- t2s-ignore" * 20_000
    assert "PI404" in rules_of(body, tmp_path, **{"scripts__x.sh": "# t2s: ignore[" * 50_000})
