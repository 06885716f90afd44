"""What lowers a finding: who says it, what the skill is about, and what else the same file holds.

A gate never raises a finding above its rule's level. What a skill says of itself lowers nothing: its
topic counts only for what is also quoted, tabled, spoken of or shown as wrong, and never for scripts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from trace2skill.injection.hidden import fold
from trace2skill.lint.announced import is_taught
from trace2skill.lint.document import Span
from trace2skill.lint.polarity import has_negator, negated_at, quoted_at
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View
from trace2skill.records import Severity

SIDE_EFFECTS = frozenset(("EX", "OB", "DX", "SC", "PV", "AC"))
"""Families whose findings corroborate one that is only words."""
_LOWER: dict[Severity, Severity] = {"error": "warning", "warning": "note", "note": "note"}
_LEVELS: tuple[Severity, ...] = ("error", "warning", "note")
_TOPIC = re.compile(
    r"\b(?:security|pentest\w{0,4}|penetration|vulnerabilit\w{1,4}|malware|threats?|forensic\w?"
    r"|red team\w{0,3}|ctf|exploit\w{0,4}|injections?|audit\w{0,3}|scann?\w{0,4}|detect(?:ion|s|ing)?"
    r"|hardening|incident|attack\w{0,3}|malicious|jailbreaks?|guardrails?)\b",
    re.IGNORECASE,
)
TOPIC_WORDS = 2
"""So many different ones in the name and description make a skill one about security."""
TOPIC_SHARE = 0.02
"""Or this share of the words of its document."""
_WORD = re.compile(r"\w+")
_SPOKEN = ("prose", "item", "cell", "heading", "html")


def lowered(severity: Severity) -> Severity:
    """Return the next lower level."""
    return _LOWER[severity]


def is_about_security(view: View) -> bool:
    """Say whether a skill speaks of security work, in its description or all through."""
    if len({word.lower() for word in _TOPIC.findall(f"{view.name} {view.description}")}) >= TOPIC_WORDS:
        return True
    text = view.main.text[:100_000] if view.main is not None else ""
    return len(_TOPIC.findall(text)) > max(TOPIC_SHARE * len(_WORD.findall(text)), 3)


def acting(hits: Iterable[tuple[Rule, Hit]]) -> Mapping[str, frozenset[str]]:
    """Return by file the families whose hits in it are more than an inventory."""
    families: dict[str, set[str]] = defaultdict(set)
    for rule, hit in hits:
        if (
            rule.family in SIDE_EFFECTS
            and rule.class_ != "capability"
            and (hit.level or rule.level) != "note"
        ):
            families[hit.path].add(rule.family)
    return {path: frozenset(names) for path, names in families.items()}


def gate(hit: Hit, rule: Rule, view: View, families: frozenset[str]) -> tuple[Severity, tuple[str, ...]]:
    """Return the level of *hit* and the gates that lowered it; *families* act in the same file."""
    level = hit.level or rule.level
    gates = list(hit.gates)
    if rule.class_ in ("spec", "quality", "secret"):
        return level, tuple(gates)
    lonely = not hit.acted and not families - {rule.family}
    if rule.alone is not None and lonely and _rank(rule.alone) > _rank(level):
        level = rule.alone
        gates.append("nothing in the file acts on it")
    reasons = _taught(hit, view) if hit.prose else _shown(hit)
    if reasons and is_about_security(view):
        reasons.append("a skill about security")
    if reasons:
        level = "note" if len(reasons) > 1 else lowered(level)
        gates += reasons
    return level, tuple(gates)


def _shown(hit: Hit) -> list[str]:
    return [f"{hit.context} code"] if hit.context in ("quoted", "negated", "example") else []


def _taught(hit: Hit, view: View) -> list[str]:
    """Return the reasons, each on its own, to take a sentence for one about what others do."""
    span, evidence = _span_of(hit, view), fold(hit.evidence)
    said = fold(span.text) if span is not None else ""
    place = said.find(evidence) if evidence else -1
    context = hit.context
    if context == "negated" and _is_asked_for(said, place, evidence):
        context = "active"
    if context == "negated":
        return ["negated text", "not asked for"]
    reasons = [f"{context} text"] if context in ("quoted", "example") else []
    if span is not None and span.context == "example" and context == "quoted":
        reasons.append("example text")
    if is_taught(said.replace(evidence, " ", 1)):
        marked = place >= 0 and quoted_at(said, place, place + len(evidence))
        reasons += ["spoken of"] if marked or reasons else []
    return reasons


def _is_asked_for(text: str, place: int, evidence: str) -> bool:
    """Say whether what was found in a sentence that begins with "never" stands in another clause of it."""
    return place >= 0 and not has_negator(evidence) and not negated_at(text, place)


def _span_of(hit: Hit, view: View) -> Span | None:
    """Return the sentence that *hit* stands in, as far as its line tells."""
    document = view.document(hit.path)
    spans = document.spans if document is not None else ()
    near = [span for span in spans if span.kind in _SPOKEN and span.line <= hit.line <= span.end_line]
    holding = [span for span in near if hit.evidence and fold(hit.evidence) in fold(span.text)]
    return next(iter(holding or near), None)


def _rank(severity: Severity) -> int:
    return _LEVELS.index(severity)
