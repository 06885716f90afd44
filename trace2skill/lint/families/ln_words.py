"""LN: words that only whoever ran a benchmark, or one machine, knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View
from trace2skill.records import Severity

_RESIDUE = re.compile(
    r"\b(?:FAIL_TO_PASS|PASS_TO_PASS|instance_id|gold(?:en)? (?:patch(?:es)?|labels?)|ground[- ]truth"
    r"|gold(?:en)? answers?|expected answers?|(?:hidden|held[- ]out) tests?"
    r"|(?:this|the) benchmark(?:['’]s)? (?:task|answer|instance)s?"
    r"|[a-z][\w.-]{1,40}__[a-z][\w.-]{1,40}-\d{2,6})\b",
    re.IGNORECASE,
)
_MAYBE_RESIDUE = re.compile(
    r"\b(?:SWE[- ]?bench|terminal[- ]bench|tau2?[- ]bench|AppWorld|WebArena|OSWorld|AgentBench|HumanEval|MBPP"
    r"|GSM8K|MMLU|BIRD-SQL|SpreadsheetBench|BrowseComp|AlfWorld|WebShop|InterCode|test[- ]set"
    r"|the (?:unit |hidden )?tests? expects?|(?:in|for|of) task[_ ](?:id )?\d{1,5}|task_id)\b|\bτ²?-bench\b",
    re.IGNORECASE,
)
_GRADER = re.compile(
    r"\b(?:(?:the|a|our|automatic|hidden) (?:auto)?graders?\b(?! node)"
    r"|reward (?:signal|function|model|score)s?"
    r"|(?:maximi[sz]e|increase|get|earn) (?:the |your |a high )?reward"
    r"|(?:pass|satisfy|please|fool) the (?:grader|evaluator|evaluation|judge|verifier|checker|scorer)"
    r"|(?:score|count)s? as (?:a )?(?:success|failure|correct) in the (?:evaluation|benchmark))",
    re.IGNORECASE,
)
_MAYBE_GRADER = re.compile(
    r"\b(?:full (?:credit|marks)|will be (?:graded|scored|penali[sz]ed)|the (?:evaluation|scoring) (?:script|"
    r"harness|function)|scoring rubric|final reward)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:eval\w{0,10}|grad(?:er|ing)|benchmark\w{0,4}|reward|rubric|score[rs]?|scoring|judge|dataset|labels?"
    r"|machine learning|ml|fine-?tun\w{0,4}|test[- ]set|ground[- ]truth|swe-?bench|education|exam|course)\b",
    re.IGNORECASE,
)
_HOME = re.compile(
    r"(?<![\w.~/}])(?:/Users/|/home/|[A-Za-z]:\\{1,2}Users\\{1,2})([A-Za-z][\w.-]{0,40})(?=[/\\])"
)
_ANYBODY = frozenset(
    "user username users name me you your yourname your-name youruser yourusername your_username someone "
    "somebody foo bar baz test tester example alice bob carol dave eve john jane jdoe johndoe janedoe doe "
    "joe jsmith ubuntu debian ec2-user admin administrator root runner runneradmin vscode node app git dev "
    "developer pi linuxbrew coder sandbox claude agent codex jovyan codespace default public shared all "
    "appuser circleci oai vagrant worker container docker deploy deployer service svc www www-data nobody "
    "xxx xyz abc my myuser my-user myname home current currentuser guest opc centos fedora azureuser "
    "cloudshell gitpod builder build ci jenkins postgres airflow spark hadoop nginx steam".split()
)


def residue(view: View) -> Iterator[Hit]:
    """Find words of the benchmark that the runs were made for."""
    what = "speaks of the benchmark, not of the work"
    yield from _words(view, _RESIDUE, what, "warning")
    yield from _words(view, _MAYBE_RESIDUE, what, "note")


def grading(view: View) -> Iterator[Hit]:
    """Find words of whoever graded the runs."""
    what = "speaks of how runs were scored, not of the work"
    yield from _words(view, _GRADER, what, "warning")
    yield from _words(view, _MAYBE_GRADER, what, "note")


def _words(view: View, pattern: re.Pattern[str], what: str, level: Severity) -> Iterator[Hit]:
    distilled = view.provenance is not None
    if _ABOUT.search(f"{view.name} {view.description}") and not distilled:
        return
    there = {document.path for document in view.documents() if pattern.search(document.text)}
    for document, span in view.spans("prose", "item", "cell") if there else ():
        found = pattern.search(span.text) if document.path in there and span.context == "active" else None
        if found is not None:
            line = span.line + span.text.count("\n", 0, found.start())
            yield Hit(document.path, line, what, fix="say what to do in terms of the task",
                      evidence=found[0], level="warning" if distilled else level)  # fmt: skip


def machine_paths(view: View) -> Iterator[Hit]:
    """Find paths that exist on the machine of one person only."""
    for document, span in view.spans("prose", "item", "cell", "fence"):
        found = _somebody(span.text)
        if found is not None and span.context not in ("quoted", "example", "negated"):
            line = span.line + span.text.count("\n", 0, found.start())
            yield _personal(document.path, line, found, "warning" if view.provenance is not None else "note")
    for script in view.scripts():
        shown = script.path.startswith(("tests/", "examples/"))
        for line, text in script.lines() if script.source != "fence" and not shown else ():
            found = _somebody(text[:2000])
            if found is not None:
                comment = text.lstrip().startswith(("#", "//", "*", '"""'))
                yield _personal(script.path, line, found, "note" if comment else "warning")


def _somebody(text: str) -> re.Match[str] | None:
    found = (one for one in _HOME.finditer(text) if one[1].lower().rstrip("._-") not in _ANYBODY)
    return next((one for one in found if not re.search(r"user|name|example|placeholder", one[1], re.I)), None)


def _personal(path: str, line: int, found: re.Match[str], level: Severity) -> Hit:
    what = f"the path is on the machine of {found[1]} only"
    return Hit(path, line, what, fix="write it from the project or from ~", evidence=found[0], level=level)


_ME = "/Users/" + "mkowalski"
RULES = (
    Rule(
        id="LN112", name="benchmark-residue", class_="quality", level="warning", check=residue,
        why="At work there is no expected answer; an agent that looks for one loses time.",
        bad="- Write the number so that it equals the expected answer.\n",
        good="- Write the number that the user expects as an answer.\n",
    ),
    Rule(
        id="LN116", name="machine-path", class_="quality", level="warning", check=machine_paths,
        aliases=("CC110",),
        why="Nobody else has the path, so a command with it fails, and it tells who wrote it.",
        bad={"scripts/a.sh": f"cd {_ME}/project\nmake\n"},
        good={"scripts/a.sh": "cd /home/user/project\nmake\n"}, hazards=("CWE-200",),
    ),
    Rule(
        id="LN118", name="leaked-grader", class_="quality", level="warning", check=grading,
        why="At work there is no grader; an agent that tries to please one does what nobody asked for.",
        bad="Check that the grader accepts the file.\n", good="Check that the parser accepts the file.\n",
    ),
)  # fmt: skip
