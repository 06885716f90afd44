"""Only what changed since a commit, and terms that the change cannot bend: with real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.repo import PIPED, commit, git, lint, open_rules, told, write, write_skill

FLAG = "Start it with `claude --dangerously-skip-permissions`.\n"
FENCED = f"```sh\n{PIPED}\n```\n"
GLUED = "Run the tests.## Next steps\n"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository of three skills with a warning each, of one commit."""
    folder = tmp_path / "repo"
    for name in "abc":
        write_skill(folder / "skills" / name, GLUED, references__x="See SKILL.md.\n")
    write(folder, {".gitignore": "*.tmp\n"})
    commit(folder)
    monkeypatch.chdir(folder)
    return folder


def touched(ref: str = "HEAD", *paths: str) -> list[str]:
    """Return the skills that are checked."""
    found = told(*paths, "--changed-since", ref)
    return sorted({one["path"].split("/")[1] for one in found})


def test_nothing_changed_means_nothing_to_check(repo: Path) -> None:
    done = lint("--changed-since", "HEAD", "--fail-on", "note")
    assert (done.code, done.out) == (0, "0 skills, no findings\n")
    write(repo, {"README.md": "Hello.\n", "skills/a/x.tmp": "ignored\n"})
    assert touched() == []


@pytest.mark.parametrize("staged", [False, True])
def test_changed_new_deleted_and_renamed_files_count(staged: bool, repo: Path) -> None:
    write(repo, {"skills/a/new file\twith ü.txt": "x\n"})
    (repo / "skills" / "b" / "references" / "x").unlink()
    if staged:
        git(repo, "add", "-A")
    assert touched() == ["a", "b"]
    (repo / "skills" / "c" / "references" / "x").rename(repo / "skills" / "a" / "x")
    assert touched() == ["a", "b", "c"]


def test_what_the_other_branch_got_meanwhile_does_not_count(repo: Path) -> None:
    git(repo, "checkout", "-q", "-b", "topic")
    write(repo, {"skills/a/y": "y\n"})
    commit(repo)
    git(repo, "checkout", "-q", "main")
    write(repo, {"skills/b/y": "y\n"})
    commit(repo)
    git(repo, "checkout", "-q", "topic")
    assert touched("main") == ["a"]
    assert touched("main", "skills/b") == []


def test_a_skill_is_touched_by_what_lies_in_an_inner_one(repo: Path) -> None:
    write_skill(repo / "skills" / "a" / "inner")
    commit(repo)
    write(repo, {"skills/a/inner/y": "y\n"})
    assert touched() == ["a"]


@pytest.mark.parametrize(
    "ref", ["nothing", "--output=x", "-h", "HEAD; touch x", "$(touch x)", "", "HEAD:skills", "a" * 300]
)
def test_a_reference_that_git_does_not_know_is_refused(ref: str, repo: Path) -> None:
    done = lint(f"--changed-since={ref}") if ref else lint("--changed-since", " ")
    assert (done.code, "does not know" in done.err) == (2, True)
    assert not (repo / "x").exists()


def test_outside_of_a_repository_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_skill(tmp_path / "s")
    monkeypatch.chdir(tmp_path)
    for option in ("--changed-since", "--config-from"):
        done = lint("s", option, "HEAD")
        assert (done.code, "not in a git repository" in done.err) == (2, True)


def test_git_starts_nothing_that_the_repository_sets(repo: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n", "utf-8")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "core.pager"):
        git(repo, "config", key, str(trap))
    write(repo, {".gitattributes": "* diff=x\n", "skills/a/y": "y\n"})
    git(repo, "config", "diff.x.textconv", str(trap))
    (tmp_path / "sprung").unlink(missing_ok=True)
    assert touched() == ["a"]
    assert not (tmp_path / "sprung").exists()


# --- terms as they were ------------------------------------------------------------------------


def test_a_change_cannot_bring_its_own_settings(repo: Path) -> None:
    write(repo, {"trace2skill.toml": '[lint]\nignore = ["LN110"]\n', "skills/a/y": "y\n"})
    assert open_rules() == []
    assert open_rules("--config-from", "HEAD") == ["LN110"] * 3
    commit(repo)
    assert open_rules("--config-from", "HEAD") == []
    (repo / "trace2skill.toml").unlink()
    assert open_rules("--config-from", "HEAD") == []


def test_a_change_cannot_bring_its_own_comments(repo: Path) -> None:
    comment = "<!-- t2s-ignore PI404: the container has no network -->\n"
    write_skill(repo / "skills" / "a", f"{comment}\n{FLAG}")
    arguments = ("skills/a", "--config-from", "HEAD")
    assert open_rules("skills/a") == []
    assert open_rules(*arguments) == ["PI404"]
    commit(repo)
    assert open_rules(*arguments) == []
    write_skill(repo / "skills" / "a", f"Hello.\n\n{comment}\n{FLAG}\nBye.\n")
    assert open_rules(*arguments) == []
    write_skill(repo / "skills" / "a", f"{comment}\n{FLAG[:-1]} Or run `codex --yolo`.\n")
    assert "PI404" in open_rules(*arguments)


def test_a_change_cannot_bring_its_own_baseline(repo: Path) -> None:
    lint("--write-baseline", "accepted.json")
    arguments = ("--baseline", "accepted.json", "--config-from", "HEAD")
    assert open_rules(*arguments) == ["LN110"] * 3
    commit(repo)
    assert open_rules(*arguments) == []
    write_skill(repo / "skills" / "a", FENCED)
    lint("--write-baseline", "accepted.json")
    assert sorted(open_rules(*arguments)) == ["EX101", "LN004"]
