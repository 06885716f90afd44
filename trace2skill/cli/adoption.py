"""On what terms findings of ``trace2skill lint`` count: settings, comments, a baseline."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from trace2skill.config import read_text
from trace2skill.errors import ConfigError
from trace2skill.lint import RULES, LintReport
from trace2skill.lint.baseline import Baseline, Entry, parse_baseline, places_of, renewed, write_baseline
from trace2skill.lint.changed import Base, touched
from trace2skill.lint.check import Checked, Terms, check_folders, is_own, settle_baseline, with_stale
from trace2skill.lint.discover import Found, find_skills
from trace2skill.lint.settings import LintSettings, lies_within, settle_lint
from trace2skill.paths import show
from trace2skill.render.console import print_note


class Adoption(NamedTuple):
    """What the command line says of it."""

    trusted: bool | None
    inline: bool
    changed_since: str | None
    config_from: str | None
    write_baseline: Path | None
    prune_baseline: bool
    reason: str


class Linted(NamedTuple):
    """What came of it."""

    skills: tuple[tuple[Path, LintReport], ...]
    """Each with its folder; findings that do not count are in it as well."""
    settings: LintSettings


def run(paths: Sequence[Path], flags: Mapping[str, Any], adoption: Adoption) -> Linted:
    """Check the skills below *paths*; *flags* are settings that go before those of a file."""
    found = find_skills(paths)
    trusted = adoption.trusted
    untrusted = trusted is False or (trusted is None and not is_own(paths))
    base = Base(adoption.config_from) if adoption.config_from else None
    barred = [*paths, *found.skills, *([] if paths else [Path()])] if untrusted else found.skills
    settled = settle_lint(flags, RULES, () if trusted or base else barred, base.read if base else read_text)
    terms = Terms(settled, date.today(), adoption.inline and not untrusted, base.read if base else None)
    skills = touched(found.skills, adoption.changed_since) if adoption.changed_since else found.skills
    checked = check_folders(skills, terms)
    place = _baseline_place(flags, terms)
    if place is not None and untrusted and lies_within(place, {os.path.realpath(one) for one in barred}):
        hint = "keep it outside of what is checked, or say --trusted"
        raise ConfigError(f"{show(place)}: a baseline within untrusted skills", hint=hint)
    checked = _with_baseline(checked, terms, adoption, place)
    _tell(found, settled.passed_over, sum(one.unheard for one in checked) if untrusted else 0)
    return Linted(tuple((one.folder, one.finished()) for one in checked), settled.settings)


def _baseline_place(flags: Mapping[str, Any], terms: Terms) -> Path | None:
    if flags.get("baseline") is not None:
        return Path(flags["baseline"])
    set_ = terms.settled.settings.baseline
    return terms.settled.folder / set_ if set_ else None


def _with_baseline(
    checked: tuple[Checked, ...], terms: Terms, adoption: Adoption, place: Path | None
) -> tuple[Checked, ...]:
    """Return the skills with the baseline applied; write it first if that is asked for."""
    target = adoption.write_baseline
    place = target or place
    if place is None:
        if adoption.prune_baseline:
            raise ConfigError("there is no baseline to prune", hint="name it with --baseline")
        return checked
    text = (terms.read_before or read_text)(place)
    if text is None and target is None and terms.read_before is None:
        raise ConfigError(f"{show(place)}: no such baseline", hint="make it with --write-baseline")
    before = parse_baseline(place, text) if text is not None else Baseline()
    hidden, stale, unseen = settle_baseline(checked, before, place, terms)
    if target is not None:
        found = [at for one in hidden for at in places_of(one.findings, one.folder, place)]
        made = renewed(found, unseen, Entry("", "", "", adoption.reason, terms.today.isoformat()))
        write_baseline(place, made)
        print_note(f"{len(made.findings)} findings are in {show(place)}")
        return settle_baseline(checked, made, place, terms)[0]
    if adoption.prune_baseline:
        write_baseline(place, Baseline(findings=tuple(one for one in before.findings if one not in stale)))
        print_note(f"{len(stale)} entries removed from {show(place)}")
        return hidden
    told, gone = with_stale(hidden, stale, place)
    if gone:
        print_note(f"{gone} entries of {show(place)} are of skills that are gone; --prune-baseline")
    return told


def _tell(found: Found, passed_over: Sequence[Path], unheard: int) -> None:
    for what in found.cut:
        print_note(f"not looked into: {what}")
    if found.strays:
        print_note(f"{found.strays} files are in no skill")
    if unheard:
        print_note(f"untrusted: {unheard} comments that ask for findings not to count were passed over")
    for path in passed_over:
        print_note(f"{show(path)} was passed over: it is part of what is checked; --trusted takes it")
