"""A lesson is kept only if its quote stands in its trajectory, byte for byte."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lessons import catalog_of
from tests.runs import bash, run
from trace2skill.analysts import analyse
from trace2skill.llm.ask import Ask
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.pipeline.catalog import ground
from trace2skill.quotes import locate
from trace2skill.records import Evidence, Step, ToolResult, Trajectory, make_lesson
from trace2skill.trust import UNTRUE, Dropped

TEXT = st.text(st.characters(codec="utf-8"), min_size=10, max_size=60)


@st.composite
def quoted(draw: st.DrawFn) -> tuple[Trajectory, Evidence, int]:
    """Draw a trajectory, a quote from its output, and where in the output that begins."""
    before, quote, after = draw(st.text(max_size=20)), draw(TEXT), draw(st.text(max_size=20))
    trajectory = run("task", "failure", bash("make", f"{before}{quote}{after}"))
    evidence = Evidence(trajectory=trajectory.id, step=1, field="result", quote=quote)
    return trajectory, evidence, len(before)


def with_output(trajectory: Trajectory, text: str) -> Trajectory:
    step: Step = trajectory.steps[1]
    result: ToolResult = msgspec.structs.replace(step.results[0], text=text)
    steps = (trajectory.steps[0], msgspec.structs.replace(step, results=(result,)))
    return msgspec.structs.replace(trajectory, steps=steps)


@given(quoted(), st.data())
def test_changing_one_character_of_the_quoted_text_unmakes_the_quote(
    drawn: tuple[Trajectory, Evidence, int], data: st.DataObject
) -> None:
    trajectory, evidence, start = drawn
    assert locate(evidence, trajectory) == trajectory.steps[1].line
    output = trajectory.steps[1].results[0].text
    at = start + data.draw(st.integers(0, len(evidence.quote) - 1))
    changed = output[:at] + ("y" if output[at] == "x" else "x") + output[at + 1 :]
    # The quote may still stand elsewhere in the changed text; then it is a true one.
    assert (locate(evidence, with_output(trajectory, changed)) is not None) == (evidence.quote in changed)


@given(quoted(), st.data())
@settings(max_examples=40)
def test_flipping_one_byte_of_the_stored_trajectory_drops_the_lesson(
    drawn: tuple[Trajectory, Evidence, int], data: st.DataObject
) -> None:
    trajectory, evidence, _ = drawn
    quote = "No rule to make target"
    trajectory = with_output(trajectory, f"{'.' * data.draw(st.integers(0, 9))}{quote}!")
    evidence = msgspec.structs.replace(evidence, quote=quote)
    lesson = make_lesson("pitfall", "it fails", "read", evidence=(evidence,))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "traces.jsonl"
        catalog = catalog_of(path, [trajectory])
        kept, dropped, places, _ = ground([lesson], catalog)
        assert kept == [lesson]
        assert dropped == []
        assert places[evidence].source == trajectory.origin.file
        stored = bytearray(path.read_bytes())
        at = stored.index(quote.encode()) + data.draw(st.integers(0, len(quote) - 1))
        stored[at] ^= 1  # another letter, sign or blank: still JSON
        path.write_bytes(stored)
        kept, dropped, places, _ = ground([lesson], catalog)
        assert (kept, dropped, places) == ([], [Dropped(lesson=lesson.id, reason=UNTRUE)], {})


@given(st.lists(st.tuples(st.booleans(), st.integers(-3, 9)), max_size=6))
def test_an_analyst_keeps_what_its_quotes_bear_out_and_counts_the_rest(
    drafts: list[tuple[bool, int]],
) -> None:
    trajectory = run("task", "failure", bash("make", "No rule to make target"), bash("ls", "Makefile.in"))
    reply = {
        "lessons": [
            {
                "kind": "pitfall",
                "when": f"situation {number}",
                "do": "read the manual",
                "quotes": [{"step": step, "quote": "No rule to make" if true else "No rule to bake"}],
            }
            for number, (true, step) in enumerate(drafts)
        ]
    }
    ask = Ask(ScriptedBackend([json.dumps(reply)]), "scripted")
    found = asyncio.run(analyse(trajectory, ask))
    assert len(found.lessons) == sum(true for true, _ in drafts)
    assert len(found.dropped) == sum(not true for true, _ in drafts)
    # Wherever the model says it read the quote, the evidence names the step that holds it.
    assert all(locate(quote, trajectory) for lesson in found.lessons for quote in lesson.evidence)
    assert all(quote.step == 1 for lesson in found.lessons for quote in lesson.evidence)


def test_a_lesson_with_one_true_and_one_false_quote_keeps_the_true_one(tmp_path: Path) -> None:
    trajectory = run("task", "failure", bash("make", "No rule to make target"))
    true = Evidence(trajectory=trajectory.id, step=1, field="result", quote="No rule")
    false = [
        msgspec.structs.replace(true, quote="no rule"),
        msgspec.structs.replace(true, step=0),
        msgspec.structs.replace(true, step=7),
        msgspec.structs.replace(true, field="call"),
        msgspec.structs.replace(true, quote=""),
        msgspec.structs.replace(true, trajectory="another"),
    ]
    catalog = catalog_of(tmp_path / "traces.jsonl", [trajectory])
    for quote in false:
        both = make_lesson("pitfall", "it fails", "read", evidence=(quote, true))
        alone = make_lesson("pitfall", "it fails", "write", evidence=(quote,))
        kept, dropped, _, _ = ground([both, alone], catalog)
        assert [lesson.evidence for lesson in kept] == [(true,)]
        assert dropped == [Dropped(lesson=alone.id, reason=UNTRUE)]
