"""Which skills a command line means, what it skips, and which code it ends with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.lint.repo import PIPED, lint, open_rules, told, write, write_skill
from trace2skill.lint.discover import MAX_DEPTH, find_skills

WARNED = "Run the tests.## Next steps\n"
"""A warning, LN110."""

pytestmark = pytest.mark.usefixtures("here")


def skills(*paths: str) -> list[str]:
    return [path.as_posix() for path in find_skills([Path(path) for path in paths]).skills]


def test_without_paths_all_skills_below_are_found(tmp_path: Path) -> None:
    for name in ("a", "deep/er/b", ".claude/skills/c"):
        write_skill(tmp_path / name)
    assert skills() == [".claude/skills/c", "a", "deep/er/b"]
    assert lint().out.endswith("3 skills, no findings\n")


@pytest.mark.parametrize(
    "name", ["node_modules/x", ".git/x", ".trace2skill/x", ".hg/x", ".venv/lib/x", ".tox/x"]
)
def test_what_others_put_there_is_passed_over_unless_it_is_named(name: str, tmp_path: Path) -> None:
    write_skill(tmp_path / name)
    write(tmp_path, {".venv/pyvenv.cfg": ""})
    assert skills() == []
    assert skills(name) == [name]


def test_the_mark_or_the_name_of_an_environment_hides_no_skills(tmp_path: Path) -> None:
    write_skill(tmp_path / "skills" / "x")
    write_skill(tmp_path / "venv" / "y")
    write(tmp_path, {"skills/pyvenv.cfg": "", "skills/x/pyvenv.cfg": ""})
    assert skills() == ["skills/x", "venv/y"]


def test_a_file_stands_for_the_skill_that_holds_it(tmp_path: Path) -> None:
    write_skill(tmp_path / "s", references__a="A.\n", scripts__deep__run="true\n")
    assert skills("s/SKILL.md", "s/scripts/deep/run", "s", "s/scripts") == ["s"]
    write(tmp_path, {"README.md": "Hello.\n"})
    done = lint("README.md", "s/SKILL.md", "--ignore", "FS912")
    assert (done.code, done.err) == (0, "1 files are in no skill\n")
    assert done.out.endswith("1 skill, no findings\n")
    assert lint("README.md").code == 0


def test_no_skill_beyond_the_root_of_the_repository_is_taken_for_the_holder(tmp_path: Path) -> None:
    write_skill(tmp_path)
    write(tmp_path, {"repo/.git/HEAD": "", "repo/docs/a.md": "A.\n"})
    assert skills("repo/docs/a.md") == []


def test_a_skill_within_a_skill_is_one_of_its_own(tmp_path: Path) -> None:
    write_skill(tmp_path / "outer")
    write_skill(tmp_path / "outer" / "inner", f"{WARNED}\n```sh\n{PIPED}\n```\n")
    found = told()
    assert skills() == ["outer", "outer/inner"]
    assert {one["path"] for one in found} == {"outer/inner/SKILL.md"}
    assert sorted(one["rule"] for one in found).count("LN110") == 1
    assert sorted(one["rule"] for one in found).count("EX101") == 1


def test_the_outer_skill_sees_what_the_inner_one_does_not_say(tmp_path: Path) -> None:
    write_skill(tmp_path / "outer", "Run `sh inner/run.sh`.\n", inner__run_sh="true\n")
    assert skills("outer/inner") == ["outer"]


@pytest.mark.parametrize("name", ["skill.md", "Skill.md", "SKILL.MD"])
def test_a_skill_whose_file_is_spelt_otherwise_is_found_and_told(name: str, tmp_path: Path) -> None:
    write_skill(tmp_path / "s")
    (tmp_path / "s" / "SKILL.md").rename(tmp_path / "s" / name)
    assert skills() == ["s"]
    assert "SP002" in open_rules()
    write(tmp_path, {"docs/skill.md": "# About skills\n"})
    assert skills() == ["s"]


def test_a_folder_that_was_named_and_holds_no_skill_lacks_its_main_file(tmp_path: Path) -> None:
    write(tmp_path, {"s/scripts/run.sh": f"{PIPED}\n"})
    assert {"SP001", "EX101"} <= set(open_rules("s"))
    assert lint("s").code == 1


def test_nothing_to_check_is_fine_only_where_nothing_was_named(tmp_path: Path) -> None:
    done = lint()
    assert (done.code, done.out) == (0, "0 skills, no findings\n")
    done = lint("nowhere")
    assert done.code == 2
    assert "nowhere: no such file or folder" in done.err
    del tmp_path


def test_what_is_not_looked_into_is_told(tmp_path: Path) -> None:
    write_skill(tmp_path / Path(*"abcdefghijklmnop"))
    done = lint()
    assert f"more than {MAX_DEPTH} folders deep" in done.err
    elsewhere = write_skill(tmp_path / "elsewhere" / "x")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "x").symlink_to(elsewhere)
    assert "here/x: a link to a skill elsewhere" in lint("here").err
    assert skills("here/x") == ["here/x"]


def test_links_in_circles_end(tmp_path: Path) -> None:
    write_skill(tmp_path / "s")
    (tmp_path / "s" / "again").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert skills() == ["s"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 0),
        (("--fail-on", "warning"), 1),
        (("--fail-on", "note"), 1),
        (("--fail-on", "warning", "--exit-zero"), 0),
        (("--ignore", "LN110", "--fail-on", "note"), 0),
        (("--select", "LN999"), 2),
        (("--fail-on", "never"), 2),
        (("--no-such-option",), 2),
        (("--baseline", "missing.json"), 2),
        (("--prune-baseline",), 2),
        (("--changed-since", "main"), 2),
    ],
)
def test_the_exit_code_says_what_came_of_it(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    write_skill(tmp_path / "s", WARNED)
    assert lint("s", *arguments).code == code
