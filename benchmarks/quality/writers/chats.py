"""Write runs as rows of chat messages, as an OpenAI client keeps them and as tau-bench does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.corpus import Run
from benchmarks.quality.scene import SHELL, Act, Said, Scene


def openai_chat(runs: Sequence[Run], folder: Path) -> list[tuple[Run, str]]:
    """Write a row per run; half of the graded rows hold their grade, the others leave it to the labels."""
    named = []
    with (folder / "chats.jsonl").open("w", encoding="utf-8") as stream:
        for run in runs:
            row: dict[str, Any] = {"id": run.id, "task_id": run.task, "trial": run.trial, "model": "gpt-4.1"}
            row["messages"] = _messages(run)
            if run.label and Scene(run.id, "grade").often(0.5):
                row["reward"] = 1.0 if run.label == "success" else 0.0
            else:
                named.append((run, run.id))
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return named


def tau_bench(runs: Sequence[Run], folder: Path) -> list[tuple[Run, str]]:
    """Write one document of graded runs; this format cannot leave the grade out."""
    tasks = sorted({run.task for run in runs})
    rows = [
        {
            "task_id": tasks.index(run.task),
            "reward": 1.0 if (run.label or ("success" if run.success else "failure")) == "success" else 0.0,
            "info": {"task": {"user_id": run.task, "actions": [], "instruction": run.prompt, "outputs": []}},
            "traj": _messages(run),
            "trial": run.trial,
        }
        for run in runs
    ]
    (folder / "results.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    return []


def _messages(run: Run) -> list[dict[str, Any]]:
    scene = Scene(run.id, "chat")
    found: list[dict[str, Any]] = [
        {"role": "system", "content": run.system},
        {"role": "user", "content": run.prompt},
    ]
    for turn in run.turns:
        if isinstance(turn, Said):
            found.append({"role": "user", "content": turn.text})
            continue
        reply: dict[str, Any] = {"role": "assistant", "content": turn.say or None}
        if not turn.tool:
            found.append(reply)
            continue
        id_, name = f"call_{scene.hex(20)}", "bash" if turn.tool == SHELL else turn.tool
        function = {"name": name, "arguments": json.dumps(turn.args, ensure_ascii=False)}
        reply["tool_calls"] = [{"id": id_, "type": "function", "function": function}]
        found += [reply, {"role": "tool", "tool_call_id": id_, "name": name, "content": _answer(turn)}]
    return found


def _answer(turn: Act) -> str:
    if turn.code and turn.tool == SHELL:
        return f"{turn.out}\n[The command completed with exit code {turn.code}.]"
    return turn.out
