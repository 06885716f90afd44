"""``compress --model``: what it would take, what it took, and the skills that came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from trace2skill import shorten
from trace2skill.cli.compress import Shorter
from trace2skill.compress import Compression, Wishes
from trace2skill.compress.sizes import sizes_of
from trace2skill.config import settle
from trace2skill.errors import Trace2SkillError
from trace2skill.pipeline.condensing import Condensation, Wanted
from trace2skill.pipeline.condensing.skills import condense_skills, price_of_condensing
from trace2skill.pipeline.settings import ModelSettings
from trace2skill.render.condensing import print_foretold, print_spent
from trace2skill.render.console import print_error, print_json
from trace2skill.render.learning import Display


class Asking(NamedTuple):
    """How a model is asked: the settings that were given, and how many tasks are tried."""

    flags: Mapping[str, Any]
    tasks: int
    dry_run: bool
    quiet: bool
    """Nothing but JSON is printed on stdout."""


def condensed(asked: Sequence[tuple[Path, Wishes]], asking: Asking) -> list[Shorter]:
    """Return the skills made shorter by a model; on a dry run none, but what it would take is told."""
    settings = settle(ModelSettings, "compress", asking.flags)
    opened = [shorten.open_skill(folder) for folder, _ in asked]
    wanted = [
        Wanted(one.files, one.others, one.past, wishes)
        for one, (_, wishes) in zip(opened, asked, strict=True)
    ]
    price = price_of_condensing(wanted, settings, asking.tasks)
    if asking.dry_run:
        print_json(price) if asking.quiet else print_foretold(price, settings.model or "")
        return []
    if not asking.quiet:
        print_foretold(price, settings.model or "", brief=True)
    with Display(quiet=asking.quiet) as display:
        found = condense_skills(wanted, settings, asking.tasks, display)
    print_spent(found.spent)
    if found.budget_spent is not None:
        print_error(found.budget_spent)
    return [
        _shorter(one, outcome.value, outcome.error, wishes)
        for one, outcome, (_, wishes) in zip(opened, found.skills, asked, strict=True)
    ]


def _shorter(
    opened: shorten.Opened, found: Condensation | None, error: Trace2SkillError | None, wishes: Wishes
) -> Shorter:
    if found is None:
        fault = f"{error}; it was not finished" if error else "it was not finished"
        return opened, Compression(opened.files, opened.files, fault=fault), None
    done = shorten.held(opened, found.done)
    over = wishes.profile.over(sizes_of(done.after)) if wishes.profile else {}
    if over:
        done = msgspec.structs.replace(done, note=f"still over the limit of {', '.join(sorted(over))}")
    return opened, done, found.account
