"""Write runs as Codex sessions and as ATIF documents."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.corpus import Run
from benchmarks.quality.scene import SHELL, Act, Said, Scene


def codex(runs: Sequence[Run], folder: Path) -> list[tuple[Run, str]]:
    """Write a rollout per run."""
    named = []
    for run in runs:
        scene = Scene(run.id, "codex")
        id_ = str(uuid.UUID(int=scene.chance.getrandbits(128), version=4))
        meta = {"id": id_, "timestamp": _time(0), "cwd": f"/srv/agents/{run.domain}", "cli_version": "0.46.0"}
        items = [("session_meta", meta), *(("response_item", item) for item in _items(run, scene))]
        lines = [
            json.dumps({"timestamp": _time(at), "type": kind, "payload": item}, ensure_ascii=False)
            for at, (kind, item) in enumerate(items)
        ]
        path = folder / f"rollout-2025-10-0{run.trial + 1}T10-00-00-{id_}.jsonl"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        named.append((run, id_))
    return named


def _items(run: Run, scene: Scene) -> Iterator[dict[str, Any]]:
    yield _message("user", run.prompt)
    for turn in run.turns:
        if isinstance(turn, Said):
            yield _message("user", turn.text)
            continue
        if turn.say:
            yield _message("assistant", turn.say)
        if turn.tool:
            call = f"call_{scene.hex(20)}"
            name, arguments = turn.tool, turn.args
            if turn.tool == SHELL:
                arguments = {
                    "command": ["bash", "-lc", turn.args["command"]],
                    "workdir": f"/srv/agents/{run.domain}",
                }
            yield {"type": "function_call", "name": name, "arguments": json.dumps(arguments), "call_id": call}
            yield {"type": "function_call_output", "call_id": call, "output": _output(turn)}


def _message(role: str, text: str) -> dict[str, Any]:
    kind = "input_text" if role == "user" else "output_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


def _output(turn: Act) -> str:
    if turn.tool != SHELL:
        return turn.out
    return json.dumps({"output": turn.out, "metadata": {"exit_code": turn.code, "duration_seconds": 0.4}})


def atif(runs: Sequence[Run], folder: Path) -> list[tuple[Run, str]]:
    """Write a trajectory document per run."""
    named = []
    for run in runs:
        scene = Scene(run.id, "atif")
        steps = [{"source": "system", "message": run.system}, {"source": "user", "message": run.prompt}]
        steps += [_step(turn, scene) for turn in run.turns]
        document = {
            "schema_version": "ATIF-v1.6",
            "session_id": run.id,
            "agent": {"name": "desk-agent", "version": "1.2.0", "model_name": "claude-sonnet-4-5"},
            "steps": [{"step_id": at, "timestamp": _time(at), **step} for at, step in enumerate(steps, 1)],
        }
        (folder / f"{run.id}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
        named.append((run, run.id))
    return named


def _step(turn: Act | Said, scene: Scene) -> dict[str, Any]:
    if isinstance(turn, Said):
        return {"source": "user", "message": turn.text}
    step: dict[str, Any] = {"source": "agent", "message": turn.say}
    if turn.tool:
        call = f"call_{scene.hex(20)}"
        name = "bash" if turn.tool == SHELL else turn.tool
        step["tool_calls"] = [{"tool_call_id": call, "function_name": name, "arguments": turn.args}]
        result: dict[str, Any] = {"source_call_id": call, "content": turn.out}
        if turn.tool == SHELL:
            result["extra"] = {"exit_code": turn.code}
        step["observation"] = {"results": [result]}
    return step


def _time(at: int) -> str:
    return f"2025-10-0{at // 1440 % 9 + 1}T{at // 60 % 24:02}:{at % 60:02}:11.000Z"
