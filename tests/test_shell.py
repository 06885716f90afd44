"""Which programs a command line runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trace2skill import shell

LINES = [
    ("ls -la", ("ls",)),
    ("cd /x && git -C sub commit -m 'a; b' | tail -3", ("git commit", "tail")),
    ("python -m pytest -q tests/", ("pytest",)),
    ("FOO=1 sudo -u root timeout 5 npm run build", ("npm run",)),
    ("python3 - <<'EOF'\nimport os; rm\nEOF\nls", ("python", "ls")),
    ('for f in *.txt; do mv "$f" "${f%.txt}"; done', ("mv",)),
    ("git add -A && git commit -qm x", ("git add", "git commit")),
    ("find . -name '*.py' -print0 | xargs -0 grep TODO", ("find", "grep")),
    ("/usr/bin/env FOO=2 ./run.sh --fast", ("run.sh",)),
    ("if [ -f a ]; then cat a; fi", ("[", "cat")),
    ("echo hi", ()),
    ("", ()),
]


@pytest.mark.parametrize(("line", "heads"), LINES)
def test_heads_are_the_programs_that_act(line: str, heads: tuple[str, ...]) -> None:
    assert shell.heads(shell.split(line)) == heads


@pytest.mark.parametrize(
    ("line", "head"),
    [
        ("cat > a.py <<EOF\nx\nEOF\npython a.py", "python"),
        ("git log | head -3", "git log"),
        ("cat a | sort", "sort"),
        ("cd x", "cd"),
    ],
)
def test_the_main_head_neither_sets_the_scene_nor_filters(line: str, head: str) -> None:
    assert shell.main_head(shell.split(line)) == head


@pytest.mark.parametrize(
    ("line", "tests"),
    [
        ("python3 test_roman.py", True),
        ("pytest -q", True),
        ("npm test", True),
        ("make check", True),
        ("bash tests/check.sh", True),
        ("cat test_roman.py", False),
        ("python3 roman.py", False),
    ],
)
def test_running_tests_is_recognised_by_runner_or_script(line: str, tests: bool) -> None:
    assert shell.runs_tests(shell.split(line)) is tests


@given(st.text(max_size=300))
def test_any_text_is_split_without_a_crash_into_words_that_it_holds(line: str) -> None:
    for command in shell.split(line):
        assert command.words
        assert command.head
