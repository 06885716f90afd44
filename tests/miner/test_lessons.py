"""What the miner learns from runs, and what it leaves alone."""

from __future__ import annotations

import random

import pytest

from tests.runs import bash, call, run, user
from trace2skill.miner import Miner
from trace2skill.quotes import locate
from trace2skill.records import Label, Lesson, Trajectory

BOTH: list[Label] = ["success", "failure"]
UNREAD = "File has not been read yet. Read it first before writing to it."


def mine(*runs: Trajectory, min_tasks: int = 2) -> list[Lesson]:
    miner = Miner()
    for trajectory in runs:
        miner.add(trajectory)
    return miner.lessons(min_tasks)


def said(lessons: list[Lesson]) -> str:
    return "\n".join(f"{one.when}, {one.do}. {one.why}" for one in lessons)


def edit_before_read(task: str, path: str) -> Trajectory:
    return run(
        task,
        "success",
        call("Edit", UNREAD, failed=True, file_path=path, old_string="a"),
        call("Read", "a", failed=False, file_path=path),
        call("Edit", "ok", failed=False, file_path=path, old_string="a"),
    )


def test_a_call_that_comes_between_failure_and_fix_is_the_remedy() -> None:
    (lesson,) = mine(edit_before_read("t1", "x.py"), edit_before_read("t2", "lib/y.py"))
    assert lesson.kind == "pitfall"
    assert lesson.verified
    assert lesson.when == "Before calling `Edit`"
    assert "`Read`" in lesson.do
    assert "File has not been read yet" in lesson.why


def test_what_differs_between_wrong_and_right_arguments_is_named_by_its_shape() -> None:
    message = "Error: certificate cannot be used to update reservation"
    runs = [
        run(
            f"t{n}",
            "success",
            call("update", message, booking=f"B{n}00", payment=f"certificate_{n}"),
            call("update", "done", booking=f"B{n}00", payment=f"{right}_{n}9"),
        )
        for n, right in enumerate(["credit_card", "gift_card", "gift_card"])
    ]
    text = said(mine(*runs))
    assert "`credit_card_…` or `gift_card_…`, not `certificate_…`" in text


def test_a_corrected_value_is_traced_to_the_tool_that_showed_it() -> None:
    runs = [
        run(
            f"t{n}",
            "success",
            call("pay", "Error: payment method not found", order=f"O{n}00", method=f"card-{n}"),
            call("profile", f'{{"methods": ["vault:{word}"]}}', user=f"u{n}"),
            call("pay", "paid", order=f"O{n}00", method=f"vault:{word}"),
        )
        for n, word in enumerate(["oak", "elm", "ash"])
    ]
    text = said(mine(*runs))
    assert "`profile`" in text
    assert "`method`" in text


def test_a_missing_command_becomes_a_fact_with_its_substitute() -> None:
    runs = [
        run(
            f"t{n}",
            "success",
            bash(f"tree {folder}", "bash: line 1: tree: command not found", code=127),
            bash(f"find {folder} -type f", "a", code=0),
        )
        for n, folder in enumerate(["src", "lib"])
    ]
    (lesson,) = mine(*runs)
    assert lesson.kind == "fact"
    assert (lesson.when, lesson.do) == ("Where `tree` is not installed", "use `find` instead")


def test_a_missing_module_becomes_a_fact_with_the_module_used_instead() -> None:
    error = "Traceback (most recent call last):\nModuleNotFoundError: No module named 'pandas'"
    runs = [
        run(
            f"t{n}",
            "success",
            bash(f"python3 -c 'import pandas; pandas.read_csv(\"{name}\")'", error, code=1),
            bash(f"python3 -c 'import csv; csv.reader(open(\"{name}\"))'", "ok", code=0),
        )
        for n, name in enumerate(["a.csv", "b.csv"])
    ]
    (lesson,) = mine(*runs)
    assert (lesson.when, lesson.do) == ("Where the module `pandas` is not installed", "use `csv` instead")


def test_words_that_fixes_share_are_the_remedy_and_quoting_is_one() -> None:
    runs = [
        run(
            f"t{n}",
            "success",
            bash(f"for f in *.{ext}; do mv $f done/; done", f"mv: cannot stat 'a{n}': No such file", code=1),
            bash(f'for f in *.{ext}; do mv "$f" done/; done', "", code=0),
        )
        for n, ext in enumerate(["txt", "jpg", "csv"])
    ]
    assert "put the variable in double quotes" in said(mine(*runs))


def test_what_gets_failed_runs_past_an_error_is_not_recommended() -> None:
    rejected = "error: failed to push some refs to 'origin'"
    good = [
        run(
            f"t{n}",
            "success",
            bash("git push origin main", rejected, code=1),
            bash("git pull --rebase", "ok", code=0),
            bash("git push origin main", "ok", code=0),
        )
        for n in range(2)
    ]
    bad = [
        run(
            f"t{n}",
            "failure",
            bash("git push origin main", rejected, code=1),
            bash("git push --force origin main", "ok", code=0),
            trial=1,
        )
        for n in range(4)
    ]
    text = said(mine(*good, *bad))
    assert "git pull --rebase" in text
    assert "--force" not in text


def test_an_accident_that_happens_once_is_left_alone() -> None:
    assert mine(edit_before_read("t1", "x.py"), run("t2", "success", call("Read", "b", file_path="y"))) == []


def test_an_error_that_nobody_minds_and_that_costs_nothing_is_left_alone() -> None:
    noise = [
        run(f"t{n}", label, call("status", "Error: cache not found", id=n), call("work", "done", id=n))
        for n, label in enumerate(BOTH * 4)
    ]
    assert mine(*noise) == []


def test_an_error_without_a_remedy_is_told_when_it_costs_runs_their_success() -> None:
    runs = [
        run(
            f"t{n}",
            "failure" if n % 2 else "success",
            call("book", "Error: not enough seats" if n % 2 else "ok", flight=f"F{n}00"),
        )
        for n in range(8)
    ]
    (lesson,) = mine(*runs)
    assert lesson.do == "make sure of enough seats"
    assert not lesson.verified
    assert lesson.counts is not None
    assert (lesson.counts.failure_with, lesson.counts.success_with) == (4, 0)


def edited(task: str, *, success: bool, trial: int) -> Trajectory:
    turns = [call("write_file", "ok", failed=False, path=f"{task}.py", content="x")]
    if success:
        turns.append(bash(f"python3 test_{task}.py", "ok", code=0))
    return run(task, "success" if success else "failure", *turns, trial=trial)


def test_a_practice_of_successful_runs_is_found_with_its_counts() -> None:
    runs = [edited(f"t{n}", success=bool(m), trial=m) for n in range(6) for m in range(2)]
    (lesson,) = [one for one in mine(*runs) if one.kind == "practice"]
    assert (lesson.when, lesson.do) == ("After the last edit", "run the tests before finishing")
    assert lesson.counts is not None
    assert lesson.counts.p_value < 0.01
    assert (lesson.counts.success_with, lesson.counts.failure_with) == (6, 0)


def test_what_successes_and_failures_do_alike_is_no_practice() -> None:
    runs = [
        run(f"t{n}", label, call("look", "ok", id=n), call("act", "ok", id=n), trial=trial)
        for n in range(6)
        for trial, label in enumerate(BOTH)
    ]
    assert [one for one in mine(*runs) if one.kind == "practice"] == []


def test_without_labels_no_practice_is_claimed() -> None:
    runs = [run(f"t{n}", "unknown", call("a", "ok"), call("b", "ok")) for n in range(8)]
    assert mine(*runs) == []


def test_the_order_that_successful_runs_share_becomes_a_workflow() -> None:
    runs = [
        run(
            f"t{n}",
            "success",
            call("find_user", f"user-{n}00", email=f"e{n}"),
            call("open_order", "ok", user=f"user-{n}00"),
            call("refund", "ok", order=n),
        )
        for n in range(4)
    ]
    text = said(mine(*runs))
    assert "To get to `refund`, go through `find_user`, then `open_order`" in text
    assert "For `open_order`, take `user` from what `find_user` returned" in text


@pytest.mark.parametrize(
    ("turn", "learned"),
    [
        ("No! Never force-push to main here, others work on it.", True),
        ("Always use pnpm in this repo, not npm.", True),
        ("No, thank you. That is all I need.", False),
        ("Actually, never mind.", False),
        ("No, I don't have my booking number.", False),
        ("Great, now add a test.", False),
    ],
)
def test_only_lasting_or_recurring_corrections_of_the_work_are_kept(turn: str, learned: bool) -> None:
    runs = [run("t1", "success", bash("git push", "ok", code=0), user(turn)), run("t2", "success")]
    lessons = [one for one in mine(*runs) if one.kind == "preference"]
    assert bool(lessons) is learned
    if lessons:
        assert turn.startswith(lessons[0].evidence[0].quote[:3]) or lessons[0].evidence[0].quote in turn


def test_every_quote_stands_in_its_trajectory() -> None:
    runs = [edit_before_read(f"t{n}", f"f{n}.py") for n in range(3)]
    runs += [edited(f"u{n}", success=bool(m), trial=m) for n in range(6) for m in range(2)]
    by_id = {trajectory.id: trajectory for trajectory in runs}
    lessons = mine(*runs)
    assert lessons
    for lesson in lessons:
        assert lesson.evidence
        for quote in lesson.evidence:
            assert locate(quote, by_id[quote.trajectory]) is not None


def test_the_order_of_the_runs_does_not_matter() -> None:
    runs = [edit_before_read(f"t{n}", f"f{n}.py") for n in range(4)]
    runs += [edited(f"u{n}", success=bool(m), trial=m) for n in range(6) for m in range(2)]
    expected = mine(*runs)
    for seed in range(5):
        shuffled = random.Random(seed).sample(runs, len(runs))
        assert mine(*shuffled) == expected


def absent(task: str, name: str, then: str) -> Trajectory:
    """Return a run whose command is not there, and which then does something else."""
    return run(
        task, "success", bash(f"{name} shot.png", f"bash: {name}: command not found", code=127), bash(then)
    )


def test_what_does_something_else_is_no_substitute_for_a_missing_command() -> None:
    lessons = mine(*(absent(f"t{n}", "exiftool", "ls -a") for n in range(3)))
    assert [(one.kind, one.do) for one in lessons] == [("fact", "do not count on `exiftool`")]


def test_one_run_does_not_make_a_substitute() -> None:
    assert "instead" not in said(mine(absent("t1", "exiftool", "file shot.png"), min_tasks=1))
    twice = mine(*(absent(f"t{n}", "exiftool", "file shot.png") for n in range(2)))
    assert "use `file` instead" in said(twice)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("bash: line 1: tree: command not found", "tree"),
        ("(eval):1: command not found: tree", "tree"),
        ("/bin/sh: 1: tree: not found", "tree"),
    ],
)
def test_a_missing_command_is_named_as_the_shell_names_it(message: str, name: str) -> None:
    runs = [run(f"t{n}", "success", bash(f"cd lib && tree -L {n}", message, code=127)) for n in range(2)]
    assert f"`{name}`" in said(mine(*runs))


@pytest.mark.parametrize(
    ("failed", "message", "fix"),
    [
        ("cat src/app.py", "cat: src/app.py: No such file or directory", "cat source/app.py"),
        (
            "curl -sO files.example/a.tgz",
            "curl: (6) Could not resolve host: files.example",
            "curl -O a.example",
        ),
    ],
)
def test_how_one_run_got_past_a_slip_is_no_example(failed: str, message: str, fix: str) -> None:
    runs = [run(f"t{n}", "success", bash(failed, message, code=1), bash(fix)) for n in range(2)]
    assert "rather than" not in said(mine(*runs))


def test_slips_with_different_names_are_not_one_error() -> None:
    runs = [
        run(
            f"t{n}",
            "success",
            call("python", f"NameError: name '{name}' is not defined", failed=True, code=f"print({name})"),
            call("python", "ok", failed=False, code=f"{name} = 'alphabet'; print({name})"),
        )
        for n, name in enumerate(["total", "rows", "seen"])
    ]
    assert mine(*runs) == []
