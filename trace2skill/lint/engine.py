"""Run the rules over a view of a skill: select, gate, unite, sort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from trace2skill.lint.capabilities import Capabilities
from trace2skill.lint.fingerprint import Prints, numbered
from trace2skill.lint.folder import Unread, files_of, read_folder
from trace2skill.lint.gates import acting, gate
from trace2skill.lint.rules import LEVELS, Hit, Rule
from trace2skill.lint.sidecar import read_provenance
from trace2skill.lint.united import united
from trace2skill.lint.view import View
from trace2skill.records import Finding, Skill
from trace2skill.redact import Redactor

Profile = Literal["security", "spec", "all"]
_SPEC = frozenset(("spec", "quality"))
EVIDENCE_CHARS = 200
MOST_OF_A_RULE = 50
"""Findings of one rule in one file; the last says how many more there are."""


class Options(msgspec.Struct, frozen=True):
    """Which rules run: by profile, by target, and by prefixes of their ids."""

    profile: Profile = "all"
    target: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    """Rules that run beside those of *select* or *profile*."""

    def takes(self, rule: Rule) -> bool:
        """Say whether *rule* runs."""
        if self.select:
            wanted = any(rule.matches(prefix) for prefix in self.select)
        else:
            wanted = self.profile == "all" or (rule.class_ in _SPEC) == (self.profile == "spec")
        wanted = wanted or any(rule.matches(prefix) for prefix in self.extend)
        if any(rule.matches(prefix) for prefix in self.ignore):
            return False
        return wanted and rule.is_for(self.target)


class LintReport(msgspec.Struct, frozen=True):
    """What was found in one skill, and what of it was not analysed."""

    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    files: int
    capabilities: Capabilities = Capabilities()


def view_of_folder(folder: Path) -> View:
    """Return the view of a skill folder on disk."""
    files, unread = read_folder(folder)
    return View(folder.resolve().name, files, unread, read_provenance(folder))


def view_of_skill(skill: Skill) -> View:
    """Return the view of a skill in memory."""
    return View(skill.name, files_of(skill))


def run(view: View, rules: Sequence[Rule], options: Options = Options()) -> LintReport:  # noqa: B008
    """Return what *rules* find; the same for the same folder, whatever the order of the rules."""
    return LintReport(bounded(find(view, rules, options)), view.unread, len(view.files))


def find(view: View, rules: Sequence[Rule], options: Options) -> tuple[Finding, ...]:
    """Return all that *rules* find, by place, however much it is."""
    hits = [(rule, hit) for rule in rules if options.takes(rule) for hit in rule.hits(view, options.target)]
    families = acting(hits)
    prints = Prints(view)
    found = []
    for rule, hit in hits:
        one = finding_of(rule, hit, view, families.get(hit.path, frozenset()))
        found.append(msgspec.structs.replace(one, fingerprint=prints.of(rule, hit)))
    return numbered(_distinct(found))


def finding_of(rule: Rule, hit: Hit, view: View, families: frozenset[str]) -> Finding:
    """Return *hit* as a finding at the level that the gates leave it."""
    level, gates = gate(hit, rule, view, families)
    evidence = _shown(hit.evidence)
    return Finding(
        rule=rule.id,
        severity=level,
        path=hit.path,
        line=max(1, hit.line),
        message=hit.message,
        fix=hit.fix,
        end_line=hit.end_line if hit.end_line > hit.line else 0,
        class_=rule.class_,
        confidence=hit.confidence,
        evidence=evidence,
        gates=gates,
        flow=hit.flow,
    )


def _shown(evidence: str) -> str:
    """Return matched text so that it can be shown: short, without secrets and control characters."""
    if not evidence:
        return ""
    text = Redactor().text(" ".join(evidence.split())[: 2 * EVIDENCE_CHARS])
    return "".join(char if char.isprintable() else "�" for char in text)[:EVIDENCE_CHARS]


def _distinct(found: Iterable[Finding]) -> list[Finding]:
    """Return findings by place, each once; of equal ones the worst."""
    order = sorted(
        found,
        key=lambda one: (
            *(one.path, one.line, one.rule, one.message),
            *(-LEVELS.index(one.severity), one.fingerprint),
        ),
    )
    return list({(one.path, one.line, one.rule, one.message): one for one in order}.values())


def bounded(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return those that are shown: each text once, so many of a rule in a file; the last counts the rest."""
    found = united(found)
    places = [(one.path, one.rule, one.suppressed is None) for one in found]
    total, seen = Counter(places), Counter[tuple[str, str, bool]]()
    shown = []
    for one, place in zip(found, places, strict=True):
        seen[place] += 1
        more = total[place] - MOST_OF_A_RULE
        if seen[place] == MOST_OF_A_RULE and more > 0:
            one = msgspec.structs.replace(one, message=f"{one.message} (and {more} more like it here)")
        if seen[place] <= MOST_OF_A_RULE:
            shown.append(one)
    return tuple(shown)
