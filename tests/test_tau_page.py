"""The page that reads a real skill critically shows the skill that the program makes now."""

from __future__ import annotations

from pathlib import Path

import pytest

from trace2skill.pipeline import DistillSettings, Job, distill

LOG = Path(__file__).parents[2] / "shared" / "traces" / "tau_bench" / "gpt-4o-airline.json"


@pytest.mark.skipif(not LOG.is_file(), reason="the real logs are not here")
def test_the_page_shows_the_skill_as_it_is_distilled_now(tmp_path: Path, root: Path) -> None:
    page = (root / "docs" / "tau-bench-airline.md").read_text("utf-8")
    distill(Job(paths=(LOG,), out=tmp_path), DistillSettings())
    for path in sorted((tmp_path / "gpt-4o-airline").rglob("*.md")):
        assert f"````markdown\n{path.read_text('utf-8').rstrip()}\n````" in page, path.name
