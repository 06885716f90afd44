"""``trace2skill compress`` on folders: what it writes where, what it gives back, and what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.compress.pages import page, section
from tests.logs import program, ripgrep_row, tree, write_rows
from trace2skill import provenance

TEXT = page(section("Examples"), "## Rules\n\nYou must close the file.\n")


@pytest.fixture
def skill(tmp_path: Path) -> Path:
    folder = tmp_path / "skills" / "demo"
    (folder / "scripts").mkdir(parents=True)
    (folder / "SKILL.md").write_text(TEXT, "utf-8")
    (folder / "scripts" / "run.sh").write_text("echo\n", "utf-8")
    (folder / "scripts" / "run.sh").chmod(0o755)
    return folder


def test_a_copy_is_written_and_the_skill_itself_stays(skill: Path, tmp_path: Path) -> None:
    before = tree(skill)
    done = program("compress", skill, "-o", tmp_path / "out")
    assert done.code == 0, done.err
    assert tree(skill) == before
    made = tmp_path / "out" / "demo"
    assert (made / "references" / "examples.md").is_file()
    assert os.access(made / "scripts" / "run.sh", os.X_OK)
    assert "moved   Examples" in done.out
    assert not list((tmp_path / "out").glob(".writing-*"))


def test_a_copy_of_ours_gives_way_and_any_other_folder_does_not(skill: Path, tmp_path: Path) -> None:
    first = program("compress", skill, "-o", tmp_path / "out")
    made = tree(tmp_path / "out")
    assert program("compress", skill, "-o", tmp_path / "out").code == first.code == 0
    assert tree(tmp_path / "out") == made
    (tmp_path / "else" / "demo").mkdir(parents=True)
    (tmp_path / "else" / "demo" / "mine.txt").write_text("mine", "utf-8")
    done = program("compress", skill, "-o", tmp_path / "else")
    assert done.code == 3
    assert "none of ours" in done.err
    assert (tmp_path / "else" / "demo" / "mine.txt").is_file()


def test_in_place_and_back_again_gives_the_same_bytes(skill: Path) -> None:
    before = tree(skill)
    assert program("compress", skill, "--in-place").code == 0
    assert tree(skill) != before
    assert program("compress", skill, "--revert").code == 0
    assert tree(skill) == before


def test_a_second_run_changes_nothing(skill: Path) -> None:
    program("compress", skill, "--in-place")
    before = tree(skill)
    assert program("compress", skill, "--in-place").code == 0
    assert tree(skill) == before


def test_a_change_since_is_not_written_over(skill: Path) -> None:
    program("compress", skill, "--in-place")
    (skill / "SKILL.md").write_text(TEXT + "\nMine.\n", "utf-8")
    done = program("compress", skill, "--revert")
    assert done.code == 3
    assert "changed since" in done.err
    assert (skill / "SKILL.md").read_text("utf-8").endswith("Mine.\n")


def test_what_was_never_compressed_cannot_be_reverted(skill: Path) -> None:
    done = program("compress", skill, "--revert")
    assert (done.code, "nothing to revert" in done.err) == (3, True)


def test_a_diff_writes_nothing(skill: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    done = program("compress", skill, "--diff")
    assert done.code == 0
    assert "+++ b/references/examples.md" in done.out
    assert tree(tmp_path) == before


def test_the_document_has_three_sizes_before_and_after(skill: Path) -> None:
    done = json.loads(program("compress", skill, "--diff", "--json").out)
    (one,) = done
    assert one["after"]["body"] < one["before"]["body"]
    assert one["after"]["references"] > one["before"]["references"] == 0
    assert one["moved"][0]["path"] == "references/examples.md"


def test_explain_still_answers_after_compression(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "log.jsonl", [ripgrep_row(task) for task in ("one", "two", "three")])
    assert program("distill", log, "-o", tmp_path / "skills").code == 0
    skill = tmp_path / "skills" / "log"
    text = (skill / "SKILL.md").read_text("utf-8")
    (skill / "SKILL.md").write_text(text + "\n" + section("Examples", paragraphs=24), "utf-8")
    said = {row.sentence for row in provenance.load(skill)}
    assert program("compress", skill, "--in-place", "--target", "1").code == 0
    assert {row.sentence for row in provenance.load(skill)} == said
    for row in provenance.load(skill):
        done = program("explain", f"{skill / row.file}:{row.line}")
        assert row.sentence in done.out


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("SKILL.md", b"\xff\xfe\x00", "utf-8"),
        ("references/a.md", b"\xff", "utf-8"),
        (".trace2skill/compressed.json", b"{", "begin anew"),
    ],
)
def test_damaged_files_are_named_and_the_skill_stays(skill: Path, name: str, data: bytes, words: str) -> None:
    (skill / name).parent.mkdir(exist_ok=True)
    (skill / name).write_bytes(data)
    before = tree(skill)
    done = program("compress", skill, "--in-place")
    assert done.code == 3
    assert words in done.err
    assert tree(skill) == before


@pytest.mark.parametrize(
    "text",
    [
        TEXT.split("---\n\n", 1)[1],
        TEXT.replace("name: demo", "name: ["),
        TEXT.replace("Use when a demonstration is asked for.", ">\n  Over\n  several\n\n  lines: yes."),
        "\ufeff" + TEXT,
        "---\nname: demo\ndescription: d\n---\n\n# Demo\n\n" + "x" * 300_000,
        TEXT + "\n```sh\nnever closed\n",
    ],
    ids=["no frontmatter", "invalid YAML", "long description", "BOM", "one line", "open fence"],
)
def test_odd_pages_are_shortened_or_left_and_come_back(skill: Path, text: str) -> None:
    (skill / "SKILL.md").write_text(text, "utf-8", newline="")
    before = tree(skill)
    done = program("compress", skill, "--in-place")
    assert done.code in (0, 1), done.err
    if tree(skill) != before:
        assert program("compress", skill, "--revert").code == 0
    assert tree(skill) == before


def test_links_out_of_the_skill_are_refused_for_copies(skill: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    (skill / "scripts" / "link").symlink_to(tmp_path / "secret.txt")
    done = program("compress", skill, "-o", tmp_path / "out")
    assert (done.code, "leads out of the skill folder" in done.err) == (3, True)
    assert not (tmp_path / "out").exists()


def test_pipes_are_refused_without_waiting_for_them(skill: Path, tmp_path: Path) -> None:
    os.mkfifo(skill / "pipe")
    done = program("compress", skill, "-o", tmp_path / "out")
    assert (done.code, "pipe" in done.err) == (3, True)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_skill_inside_a_skill_is_copied_and_not_shortened_with_it(skill: Path, tmp_path: Path) -> None:
    inner = skill / "inner"
    inner.mkdir()
    (inner / "SKILL.md").write_text(TEXT.replace("name: demo", "name: inner"), "utf-8")
    assert program("compress", skill, "-o", tmp_path / "out").code == 0
    assert tree(tmp_path / "out" / "demo" / "inner") == tree(inner)


def test_a_folder_with_many_references_takes_a_name_that_is_free(skill: Path, tmp_path: Path) -> None:
    (skill / "references").mkdir()
    for number in range(3_000):
        (skill / "references" / f"{number}.md").write_text("x\n", "utf-8")
    (skill / "references" / "EXAMPLES.md").write_text("taken\n", "utf-8")
    assert program("compress", skill, "-o", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "demo" / "references" / "examples-2.md").is_file()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(skill: Path) -> None:
    skill.chmod(0o555)
    done = program("compress", skill, "--in-place")
    skill.chmod(0o755)
    assert (done.code, "cannot write" in done.err) == (3, True)


def test_one_place_for_the_result_at_a_time(skill: Path, tmp_path: Path) -> None:
    done = program("compress", skill, "--in-place", "-o", tmp_path / "out")
    assert (done.code, "only one of" in done.err) == (2, True)
