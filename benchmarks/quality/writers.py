"""Write runs as the logs of real programs."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.corpus import Run
from benchmarks.quality.scene import SHELL, Act, Said, Scene

Writer = Callable[[Sequence[Run], Path], list[tuple[Run, str]]]


class _Session:
    """The records of one session of Claude Code, linked by parent."""

    def __init__(self, run: Run) -> None:
        self.scene = Scene(run.id, "claude")
        self.id = str(uuid.UUID(int=self.scene.chance.getrandbits(128), version=4))
        self.records: list[dict[str, Any]] = []
        self.cwd = f"/srv/agents/{run.domain}"

    def add(self, kind: str, **rest: Any) -> None:
        """Add the next record."""
        at = len(self.records)
        self.records.append(
            {
                "parentUuid": self.records[-1]["uuid"] if self.records else None,
                "isSidechain": False,
                "userType": "external",
                "cwd": self.cwd,
                "sessionId": self.id,
                "version": "2.0.61",
                "gitBranch": "main",
                "type": kind,
                **rest,
                "uuid": str(uuid.UUID(int=self.scene.chance.getrandbits(128), version=4)),
                "timestamp": f"2026-03-{at % 27 + 1:02}T{at // 60 % 24:02}:{at % 60:02}:07.250Z",
            }
        )

    def say(self, block: dict[str, Any]) -> None:
        """Add one block of a reply."""
        message = {"model": "claude-sonnet-4-5", "id": f"msg_{self.scene.hex(20)}", "type": "message"}
        message |= {
            "role": "assistant",
            "content": [block],
            "usage": {"input_tokens": 9, "output_tokens": 80},
        }
        self.add("assistant", message=message, requestId=f"req_{self.scene.hex(20)}")

    def act(self, turn: Act) -> None:
        """Add a call and its result."""
        if turn.say:
            self.say({"type": "text", "text": turn.say})
        if not turn.tool:
            return
        name = "Bash" if turn.tool == SHELL else f"mcp__desk__{turn.tool}"
        call = f"toolu_{self.scene.hex(20)}"
        self.say({"type": "tool_use", "id": call, "name": name, "input": turn.args})
        text = f"Exit code {turn.code}\n{turn.out}" if turn.code and turn.tool == SHELL else turn.out
        block: dict[str, Any] = {"tool_use_id": call, "type": "tool_result", "content": text}
        if turn.code or turn.tool == SHELL:
            block["is_error"] = bool(turn.code)
        beside: Any = {"stdout": turn.out, "stderr": "", "interrupted": False, "isImage": False}
        if turn.code or turn.tool != SHELL:
            beside = f"Error: {text}" if turn.code else [{"type": "text", "text": text}]
        self.add("user", message={"role": "user", "content": [block]}, toolUseResult=beside)


def claude_code(runs: Sequence[Run], folder: Path) -> list[tuple[Run, str]]:
    """Write a session per run; return the id of each."""
    named = []
    for run in runs:
        session = _Session(run)
        session.add("user", message={"role": "user", "content": run.prompt})
        for turn in run.turns:
            if isinstance(turn, Said):
                session.add("user", message={"role": "user", "content": turn.text})
            else:
                session.act(turn)
        path = folder / "claude_code" / f"{session.id}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(_line(record) for record in session.records), "utf-8")
        named.append((run, session.id))
    return named


def _line(record: Any) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


WRITERS: dict[str, Writer] = {"claude_code": claude_code}


def write_logs(runs: Sequence[Run], folder: Path, formats: Sequence[str]) -> Path:
    """Write *runs* in turns as *formats*; return the labels file beside them."""
    rows = ["id,label\n"]
    for at, name in enumerate(formats):
        own = [run for place, run in enumerate(runs) if place % len(formats) == at]
        rows += [f"{id_},{run.label}\n" for run, id_ in WRITERS[name](own, folder) if run.label]
    labels = folder.parent / f"{folder.name}.labels.csv"
    labels.write_text("".join([rows[0], *sorted(rows[1:])]), "utf-8")
    return labels
