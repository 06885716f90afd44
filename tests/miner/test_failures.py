"""Which results are failures, and which line of them says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trace2skill.miner.failures import failure_of
from trace2skill.records import ToolResult

TRACEBACK = (
    "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    x\nKeyError: 'sku'\n"
)

FAILURES = [
    (ToolResult(text="Error: payment method not found"), "missing", "Error: payment method not found"),
    (
        ToolResult(text="<tool_use_error>File has not been read yet.</tool_use_error>", is_error=True),
        "prerequisite",
        "File has not been read yet.",
    ),
    (ToolResult(text=TRACEBACK, exit_code=1), "missing", "KeyError: 'sku'"),
    (ToolResult(text=TRACEBACK), "missing", "KeyError: 'sku'"),
    (
        ToolResult(text="bash: line 1: tree: command not found", exit_code=127),
        "missing-command",
        "bash: line 1: tree: command not found",
    ),
    (ToolResult(text='{"error": {"message": "not enough seats"}}'), "shortage", "not enough seats"),
    (
        ToolResult(
            text="building\nerror: failed to push some refs to 'x'\n[Command finished with exit code 1]"
        ),
        "mismatch",
        "error: failed to push some refs to 'x'",
    ),
    (ToolResult(text="```\nError: no such column: a\n```"), "missing", "Error: no such column: a"),
]
SUCCESSES = [
    ToolResult(text="def fail():\n    raise KeyError('x')  # error: not found"),
    ToolResult(text="12\tTraceback (most recent call last):\n13\tKeyError: 1"),
    ToolResult(text="Error log rotated", is_error=False, exit_code=0),
    ToolResult(text='{"error": null, "rows": []}'),
    ToolResult(text="", exit_code=0),
    ToolResult(text="Sibling tool call errored", is_error=True),
    ToolResult(text="errors.log\nfatal.txt"),
]


@pytest.mark.parametrize(("result", "error", "message"), FAILURES)
def test_a_failure_is_named_by_its_telling_line(result: ToolResult, error: str, message: str) -> None:
    failure = failure_of(result, "python")
    assert failure is not None
    assert (failure.error, failure.message) == (error, message)
    assert failure.message in result.text


@pytest.mark.parametrize("result", SUCCESSES, ids=lambda result: result.text[:20])
def test_text_that_only_mentions_errors_is_no_failure(result: ToolResult) -> None:
    assert failure_of(result, "cat") is None


def test_finding_nothing_is_no_failure_of_grep_but_is_one_of_make() -> None:
    nothing = ToolResult(text="", exit_code=1)
    assert failure_of(nothing, "grep") is None
    assert failure_of(nothing, "make") is not None


@given(st.text(max_size=400), st.sampled_from([None, True, False]), st.sampled_from([None, 0, 1]))
def test_the_message_always_stands_in_the_result(text: str, flag: bool | None, code: int | None) -> None:
    failure = failure_of(ToolResult(text=text, is_error=flag, exit_code=code), "x")
    if failure is not None:
        assert failure.message in text


REFUSALS = [
    ('{"status": "refused", "why": "the tide is out"}', "the tide is out"),
    ('{"ok": false, "reason": "the tide is out"}', "the tide is out"),
    ('{"status": 409, "detail": "berth is full"}', "berth is full"),
    ('{"code": 503, "body": {"message": "the tide is out"}}', "the tide is out"),
    ('{"errors": [{"message": "hull is long"}]}', "hull is long"),
    ('{"error": "E7", "message": "x"}', "E7"),
    ('{"berth": "B7", "note": "this hull cannot moor here"}', "this hull cannot moor here"),
    ("404 Not Found", "404 Not Found"),
    ("HTTP/1.1 503 Service Unavailable", "HTTP/1.1 503 Service Unavailable"),
    ("Berth B7 must be paid beforehand.", "Berth B7 must be paid beforehand."),
]


@pytest.mark.parametrize(("text", "why"), REFUSALS)
def test_an_answer_without_a_flag_that_refuses_says_why(text: str, why: str) -> None:
    failure = failure_of(ToolResult(text=text), "moor")
    assert failure is not None
    assert failure.message == why


@pytest.mark.parametrize(
    "text",
    [
        '{"status": "moored", "why": "the tide is in"}',
        '{"ok": true, "reason": "this hull cannot moor elsewhere"}',
        '{"status": 201, "detail": "berth is kept"}',
        '{"status": true, "detail": "berth is kept"}',
        '{"code": "409", "detail": "berth is kept"}',
        '{"code": 700, "detail": "berth is kept"}',
        '{"error": null, "detail": "berth is kept"}',
        '{"errors": [], "detail": "berth is kept"}',
        '{"berth": "B7", "hulls": ["this hull cannot moor here"]}',
        '{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "note": "this hull cannot moor here"}',
        '{"berth": "B7", "tag": "not here"}',
        '{"status": "refused"',
        "Berth B7 is kept for tonight.",
        "Berth B7 is kept.\nIt must be paid.",
        "Nothing is due on berth B7.",
        f"Berth B7 must be paid {'soon, ' * 30}",
    ],
)
def test_an_answer_without_a_flag_that_grants_or_only_tells_is_no_failure(text: str) -> None:
    assert failure_of(ToolResult(text=text), "moor") is None


def test_words_of_refusal_are_a_failure_of_a_tool_and_none_of_a_program() -> None:
    said = ToolResult(text="3 hulls not moored")
    assert failure_of(said, "moor") is not None
    assert failure_of(said, "moor", shell=True) is None


@pytest.mark.parametrize(
    "result",
    [
        ToolResult(text="3 hulls not moored", is_error=False),
        ToolResult(text="3 hulls not moored", exit_code=0),
    ],
)
def test_words_of_refusal_are_no_failure_where_the_log_says_that_all_went_well(result: ToolResult) -> None:
    assert failure_of(result, "moor") is None


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("reading chart\nkeel is too deep, cannot enter\nbye", "keel is too deep, cannot enter"),
        ("reading chart\nthe keel\nsee you", "see you"),
        ("keel cannot enter\nkeel cannot leave", "keel cannot leave"),
        ('start\n{"level": "error", "msg": "keel is deep"}\nend', "keel is deep"),
        (
            "keel cannot be so deep\nTraceback (most recent call last):\n  x\nhull.TooDeep: 9",
            "hull.TooDeep: 9",
        ),
        ("keel is deep\nExit code 4", "keel is deep"),
    ],
)
def test_of_a_failed_output_the_line_with_most_words_of_denial_tells(text: str, telling: str) -> None:
    failure = failure_of(ToolResult(text=text, exit_code=4), "moor")
    assert failure is not None
    assert failure.message == telling


@pytest.mark.parametrize("shell", [True, False])
@pytest.mark.parametrize("text", ["404 rows", "512 hulls moored", "450 tests collected\nall is well"])
def test_a_number_of_things_is_no_status_of_http(text: str, shell: bool) -> None:
    assert failure_of(ToolResult(text=text), "moor", shell=shell) is None


def test_the_code_of_a_thing_is_no_status_of_http() -> None:
    assert failure_of(ToolResult(text='{"code": 450, "title": "Blue paint"}'), "look_up") is None


def test_a_list_that_names_states_is_no_refusal() -> None:
    assert failure_of(ToolResult(text='["open", "locked", "flooded"]'), "list_states") is None


@pytest.mark.parametrize("depth", [10, 300, 900, 1_300])
@pytest.mark.parametrize("opening", ['{"error": ', '{"errors": [', '{"data": {"body": ', "["])
def test_an_answer_however_deep_ends_no_run(opening: str, depth: int) -> None:
    closing = "".join({"{": "}", "[": "]"}[mark] for mark in reversed(opening) if mark in "{[")
    text = opening * depth + '"The tower is shut today"' + closing * depth
    failure = failure_of(ToolResult(text=text, exit_code=None), "moor")
    assert failure is None or failure.message in text
