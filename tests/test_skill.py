"""A skill folder on disk: read as it is, written all or nothing."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.logs import tree
from trace2skill.errors import InputError, OutputError
from trace2skill.records import Skill
from trace2skill.skill import NAME, NAME_CHARS, read_skill, slug, write_skill

FRONT = "---\nname: demo\ndescription: d\n---\n"


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    files = {"SKILL.md": FRONT + "# Ä\r\n\ttext  ", "references/a.md": "a", "references/b/c.md": "\ufeffc"}
    write_skill(Skill(name="demo", files=files), tmp_path / "demo")
    assert read_skill(tmp_path / "demo") == Skill(name="demo", files=files)


def test_only_the_skill_and_its_references_are_read(tmp_path: Path) -> None:
    (tmp_path / "SKILL.md").write_text("no frontmatter", "utf-8")
    (tmp_path / "notes.md").write_text("x", "utf-8")
    (tmp_path / "references").mkdir()
    (tmp_path / "references" / "data.bin").write_bytes(b"\xff")
    skill = read_skill(tmp_path)
    assert skill == Skill(name=tmp_path.name, files={"SKILL.md": "no frontmatter"})


def test_folders_without_a_skill_and_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no SKILL\.md"):
        read_skill(tmp_path)
    (tmp_path / "SKILL.md").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="SKILL") as caught:
        read_skill(tmp_path)
    assert caught.value.hint


def test_modes_are_kept_and_new_files_follow_the_umask(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "SKILL.md").write_text("old", "utf-8")
    (folder / "SKILL.md").chmod(0o600)
    before = os.umask(0o027)
    try:
        write_skill(Skill(name="demo", files={"SKILL.md": "new", "references/a.md": "a"}), folder)
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "SKILL.md").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "references" / "a.md").stat().st_mode) == 0o640


def test_stale_files_are_removed_and_missing_ones_do_not_matter(tmp_path: Path) -> None:
    write_skill(Skill(name="demo", files={"SKILL.md": "a", "references/a.md": "a"}), tmp_path)
    write_skill(Skill(name="demo", files={"SKILL.md": "a"}), tmp_path, stale=("references/a.md", "b.md"))
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["SKILL.md"]


def test_halves_of_files_that_a_killed_run_left_are_removed_and_nothing_beside_them(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "demo", tmp_path / "elsewhere"
    for place in (folder / "references", elsewhere):
        place.mkdir(parents=True)
        (place / ".writing-abc").write_text("half", "utf-8")
    (folder / ".writing-x").write_text("half", "utf-8")
    (folder / "writing-notes.txt").write_text("mine", "utf-8")
    skill = Skill(name="demo", files={"SKILL.md": FRONT, "references/a.md": "a"})
    write_skill(skill, folder)
    assert sorted(tree(folder)) == ["SKILL.md", "references", "references/a.md", "writing-notes.txt"]
    (folder / "references" / "a.md").unlink()
    (folder / "references").rmdir()
    (folder / "references").symlink_to(elsewhere)
    with pytest.raises(OutputError):
        write_skill(skill, folder)
    assert (elsewhere / ".writing-abc").exists()


def test_a_disk_that_fills_up_leaves_the_old_skill(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    write_skill(Skill(name="demo", files={"SKILL.md": "old", "references/a.md": "old"}), folder)
    before = tree(folder)
    source = (
        "from pathlib import Path; from trace2skill.records import Skill\n"
        "from trace2skill.errors import OutputError; from trace2skill.skill import write_skill\n"
        "skill = Skill(name='demo', files={'SKILL.md': 'new', 'references/a.md': 'x' * 5000})\n"
        f"try:\n    write_skill(skill, Path({str(folder)!r}))\n"
        "except OutputError as error:\n    print(error, error.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert "cannot write" in done.stdout
    assert tree(folder) == before


def test_a_file_in_the_way_is_an_error_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("x", "utf-8")
    with pytest.raises(OutputError, match="cannot write") as caught:
        write_skill(Skill(name="demo", files={"SKILL.md": "a"}), tmp_path / "demo")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello World", "hello-world"),
        ("--a__b--", "a-b"),
        ("Äpfel.v2", "pfel-v2"),
        ("…", "lessons"),
        ("", "lessons"),
        ("x" * 70, "x" * 64),
        ("x" * 63 + "-y", "x" * 63),
    ],
)
def test_slugs_are_valid_names(text: str, name: str) -> None:
    assert slug(text) == name
    assert NAME.fullmatch(slug(text))
    assert len(slug(text)) <= NAME_CHARS
