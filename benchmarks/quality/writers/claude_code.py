"""Write runs as sessions of Claude Code: a record per content block, linked by parent."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.corpus import Run
from benchmarks.quality.scene import SHELL, Act, Said, Scene


class _Session:
    """The records of one session of Claude Code, linked by parent."""

    def __init__(self, run: Run) -> None:
        self.scene = Scene(run.id, "claude")
        self.id = str(uuid.UUID(int=self.scene.chance.getrandbits(128), version=4))
        self.records: list[dict[str, Any]] = []
        self.cwd = f"/srv/agents/{run.domain}"
        self.domain = run.domain

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
        message: dict[str, Any] = {
            "model": "claude-sonnet-4-5",
            "id": f"msg_{self.scene.hex(20)}",
            "type": "message",
        }
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
        name = "Bash" if turn.tool == SHELL else f"mcp__{self.domain}__{turn.tool}"
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
        lines = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in session.records)
        (folder / f"{session.id}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        named.append((run, session.id))
    return named
