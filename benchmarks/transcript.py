"""How much shorter the analysts' transcripts are than the plain logs, and whether errors survive.

The exit status is 1 if a step that failed is in none of its run's windows, or its errors are cut there.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import show
from trace2skill import tokens
from trace2skill.analysts.drawing import plain
from trace2skill.analysts.levels import WHOLE
from trace2skill.analysts.pieces import is_live
from trace2skill.analysts.transcript import RATIO
from trace2skill.analysts.windows import Window, windows
from trace2skill.fence import harmless
from trace2skill.ingest import Ingest, Options
from trace2skill.miner.digest import digest
from trace2skill.records import Step, Trajectory, encode

TRACES = Path(__file__).parents[1] / ".." / "shared" / "traces"
FORMATS = ("claude_code", "swe_agent", "openhands", "tau_bench")
BUDGET = 24_000


def failed_steps(trajectory: Trajectory) -> Iterator[Step]:
    """Yield the steps of the live branch that the log calls failed, or the miner."""
    seen = {action.step for action in digest(trajectory).actions if action.failure is not None}
    for step in trajectory.steps:
        flagged = any(result.is_error or result.exit_code for result in step.results)
        if is_live(step) and (flagged or step.index in seen):
            yield step


def survives(step: Step, found: Sequence[Window], most: int) -> bool:
    """Say whether one window has *step* with every text of up to *most* tokens whole."""
    calls = (call.raw if call.raw is not None else encode(call.arguments).decode() for call in step.calls)
    texts = [step.text, step.reasoning, *calls, *(result.text for result in step.results)]
    wanted = [harmless(text) for text in texts if tokens.fits(text, most)]
    head = f"\n[{step.index}] {step.source.upper()}\n"
    return any(head in window.text and all(text in window.text for text in wanted) for window in found)


def row(path: Path, budget: int, ratio: float) -> dict[str, Any]:
    """Return what rendering the logs at *path* takes, and how many errors it loses."""
    runs = list(Ingest([path], Options(jobs=1)))
    begin = time.perf_counter()
    found = [windows(trajectory, budget, ratio) for trajectory in runs]
    seconds = time.perf_counter() - begin
    before = sum(tokens.count(plain(trajectory)) for trajectory in runs)
    after = sum(window.tokens for several in found for window in several)
    most = min(WHOLE, budget // 2)
    survived = [
        survives(step, several, most)
        for trajectory, several in zip(runs, found, strict=True)
        for step in failed_steps(trajectory)
    ]
    return {
        "log": path.name,
        "runs": len(runs),
        "steps": sum(len(trajectory.steps) for trajectory in runs),
        "plain tokens": before,
        "shown tokens": after,
        "share": after / max(1, before),
        "windows": sum(map(len, found)),
        "longest": max((window.tokens for several in found for window in several), default=0),
        "failed steps": len(survived),
        "lost": survived.count(False),
        "seconds": seconds,
    }


def main() -> int:
    """Measure the logs that are named, or the shared ones if they are here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="logs or folders")
    parser.add_argument("--budget", type=int, default=BUDGET, help="tokens of one window")
    parser.add_argument("--ratio", type=float, default=RATIO, help="share of the plain rendering to aim at")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    paths = given.paths or [TRACES / name for name in FORMATS if (TRACES / name).is_dir()]
    if not paths:
        print("the real logs are not here; name some of your own")
    rows = [row(path, given.budget, given.ratio) for path in paths]
    show(rows, as_json=given.json)
    return 1 if any(row["lost"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
