"""A run that is killed at some point of its journal goes on as if nothing had happened."""

from __future__ import annotations

import pytest

from benchmarks.chat import Manner
from benchmarks.crash import Bench, Verdict, try_point, undisturbed
from benchmarks.fanout import make_catalog, model_server

RUNS = 4
WANTED = ("reply stored", "skill: rename provenance.jsonl")


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    """Kill a run at the last point of each wanted sort, and let it go on."""
    folder = tmp_path_factory.mktemp("crash")
    with model_server(Manner(0.1, 0.0)) as url:
        make_catalog(folder / "log.jsonl", RUNS, 3)
        bench = Bench(folder / "log.jsonl", url, 1, folder)
        points, skill = undisturbed(bench)
        assert points.count("reply stored") >= RUNS
        last = {what: number for number, what in enumerate(points)}
        return [try_point(bench, last[what], skill) for what in WANTED]


def test_no_request_is_answered_twice(verdicts: list[Verdict]) -> None:
    assert [verdict.again for verdict in verdicts] == [0, 0]
    assert all(verdict.before >= RUNS for verdict in verdicts)


def test_the_skill_is_that_of_an_undisturbed_run(verdicts: list[Verdict]) -> None:
    assert [verdict.same for verdict in verdicts] == [True, True]
