"""Check skill folders on the terms of their owner: settings, comments and a baseline."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterator, Sequence
from datetime import date
from pathlib import Path

import msgspec

from trace2skill.lint.baseline import Baseline, Entry, folder_of, hide, places_of
from trace2skill.lint.capabilities import capabilities_of
from trace2skill.lint.changed import root_of
from trace2skill.lint.engine import LintReport, bounded, find, finding_of, view_of_folder
from trace2skill.lint.families import RULES
from trace2skill.lint.rules import LEVELS, Hit
from trace2skill.lint.settings import Adjusting, Settled
from trace2skill.lint.suppress import Comment, Quieting, comments_of
from trace2skill.lint.view import MAIN, View
from trace2skill.paths import show
from trace2skill.records import Finding

_OF_THE_PAGE = ("spec", "quality")


class Terms(msgspec.Struct, frozen=True):
    """On what terms findings count."""

    settled: Settled
    today: date
    inline: bool = True
    """Whether comments in the skills count."""
    read_before: Callable[[Path], str | None] | None = None
    """Reads files as they were: only comments that stood there then count."""


class Checked(msgspec.Struct, frozen=True):
    """One skill and all that was found in it; paths are relative to its folder."""

    folder: Path
    findings: tuple[Finding, ...]
    """Those that do not count as well."""
    report: LintReport
    """The same, without findings."""
    unheard: int = 0
    """Comments that ask for findings not to count, and were not listened to."""

    def finished(self) -> LintReport:
        """Return the report of the skill: findings in order, so many of a rule in a file at most."""
        order = sorted(
            self.findings, key=lambda one: (one.path, one.line, one.rule, one.message, one.fingerprint)
        )
        return msgspec.structs.replace(self.report, findings=bounded(order))


def is_own(paths: Sequence[Path]) -> bool:
    """Say whether *paths* are of the repository that we are in, or below the working folder without one."""
    here = Path.cwd()
    root = root_of(here)
    own = os.path.realpath(root or here)
    reals = [Path(os.path.realpath(path)) for path in paths]
    return all(
        own in map(str, (real, *real.parents)) and root_of(real if real.is_dir() else real.parent) == root
        for real in reals
    )


def check_folders(folders: Sequence[Path], terms: Terms) -> tuple[Checked, ...]:
    """Return what is found in each folder; what lies in a skill within another is told once."""
    checked = [_check(folder, terms) for folder in folders]
    return tuple(_without_echoes(checked))


def settle_baseline(
    checked: Sequence[Checked], baseline: Baseline, path: Path, terms: Terms
) -> tuple[tuple[Checked, ...], tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the skills with what the baseline hides; its stale entries; and those not looked at."""
    folders = {os.path.realpath(one.folder) for one in checked}
    known = {rule.id for rule in RULES}
    ran = {rule.id for rule in RULES if terms.settled.settings.options.takes(rule)}
    every = [place for one in checked for place in places_of(one.findings, one.folder, path)]
    hidden, unused = hide(every, baseline)
    rest = iter(hidden)
    skills = tuple(
        msgspec.structs.replace(one, findings=tuple(next(rest) for _ in one.findings)) for one in checked
    )

    def is_stale(entry: Entry) -> bool:
        there = os.path.lexists(path.parent / entry.path)
        looked = not there or folder_of(entry, path, folders)
        return bool(looked) and (entry.rule in ran or entry.rule not in known)

    stale = tuple(filter(is_stale, unused))
    return skills, stale, tuple(entry for entry in unused if not is_stale(entry))


def with_stale(
    checked: Sequence[Checked], stale: Sequence[Entry], path: Path
) -> tuple[tuple[Checked, ...], int]:
    """Return the skills with a finding for each *stale* entry, and how many are of skills that are gone."""
    rule = next(rule for rule in RULES if rule.id == "LN004")
    found: dict[str, list[Finding]] = {os.path.realpath(one.folder): [] for one in checked}
    gone = 0
    for entry in stale:
        folder = folder_of(entry, path, found)
        if not folder:
            gone += 1
            continue
        place = os.path.realpath(path.parent / entry.path)
        inner = os.path.relpath(place, folder) if os.path.lexists(place) else MAIN
        what = f"{show(path)} accepts {entry.rule} in {entry.path}, and nothing there is what it was"
        fix = "look whether it changed or is gone, then --prune-baseline"
        one = finding_of(rule, Hit(inner, 1, what, fix=fix), View("", ()), frozenset())
        found[folder].append(msgspec.structs.replace(one, fingerprint=entry.fingerprint))
    told = tuple(
        msgspec.structs.replace(one, findings=(*one.findings, *found[os.path.realpath(one.folder)]))
        for one in checked
    )
    return told, gone


def check_view(
    view: View, terms: Terms, adjust: Callable[[Finding], Finding], before: Callable[[str], str | None]
) -> tuple[Finding, ...]:
    """Return what is found in *view*; *adjust* applies the settings, then the comments in it count.

    Those that do not stand in what *before* says the same file was do not.
    """
    options = terms.settled.settings.options
    found = tuple(adjust(one) for one in find(view, RULES, options))
    comments = [one for one in comments_of(view) if _stood_in(before(one.path), one, view)]
    quieting = Quieting(comments, RULES, terms.today)
    quiet = [one if one.suppressed is not None else quieting.apply(one) for one in found]
    ran = [rule for rule in RULES if options.takes(rule)]
    by_id = {rule.id: rule for rule in ran}
    told = [
        adjust(finding_of(by_id[name], hit, view, frozenset()))
        for name, hit in quieting.complaints(ran)
        if name in by_id
    ]
    return (*quiet, *told)


def _check(folder: Path, terms: Terms) -> Checked:
    view = view_of_folder(folder)
    adjusting = Adjusting(terms.settled, RULES)

    def adjust(one: Finding) -> Finding:
        return adjusting.apply(one, folder / one.path, _text_of(one, view))

    def before(path: str) -> str | None:
        file = view.file(path)
        return terms.read_before(folder / path) if terms.read_before else file.text if file else None

    found = (
        check_view(view, terms, adjust, before)
        if terms.inline
        else tuple(adjust(one) for one in find(view, RULES, terms.settled.settings.options))
    )
    unheard = 0 if terms.inline else len(comments_of(view))
    report = LintReport((), view.unread, len(view.files), capabilities_of(view))
    return Checked(folder, found, report, unheard)


def _text_of(finding: Finding, view: View) -> str:
    """Return the lines that *finding* is about."""
    places = {(finding.path, line) for line in range(finding.line, max(finding.line, finding.end_line) + 1)}
    places |= {(step.path, step.line) for step in finding.flow}
    return "\n".join((*(view.line(*place) for place in sorted(places)), finding.evidence))


def _stood_in(text: str | None, comment: Comment, view: View) -> bool:
    """Say whether a comment, with all that it is about, stands in *text* as well."""
    first, last = min(comment.line, comment.first), max(comment.line, comment.last)
    block = "\n".join(view.line(comment.path, line) for line in range(first, last + 1))
    return text is not None and f"\n{block}\n" in f"\n{text}\n"


def _without_echoes(checked: Sequence[Checked]) -> Iterator[Checked]:
    """Yield skills without what an inner skill says of the same place, unless it says less.

    The outer skill is still read with all that is in it: what flows from one to the other is found.
    """
    owners = {os.path.realpath(one.folder): one for one in checked}
    worst: dict[tuple[str, str, int], int] = {}
    for name, one in owners.items():
        for said in one.findings:
            key = (f"{name}/{said.path}", said.rule, said.line)
            if _owner(key[0], owners) == name:
                worst[key] = min(worst.get(key, len(LEVELS)), LEVELS.index(said.severity))
    for name, one in owners.items():
        own = []
        for finding in one.findings:
            key = (f"{name}/{finding.path}", finding.rule, finding.line)
            told = worst.get(key, len(LEVELS)) <= LEVELS.index(finding.severity)
            if _owner(key[0], owners) == name or not (finding.class_ in _OF_THE_PAGE or told):
                own.append(finding)
        yield msgspec.structs.replace(one, findings=tuple(own))


def _owner(path: str, owners: Container[str]) -> str:
    """Return the innermost skill that *path* is in."""
    while path and path not in owners:
        path = path.rpartition("/")[0]
    return path
