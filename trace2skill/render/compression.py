"""Drawing what a compression did: three sizes, what moved, what had to stay, and the diff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trace2skill.compress import Described, Sizes
from trace2skill.render.condensing import print_condensed
from trace2skill.render.console import err, make_table, out, safe
from trace2skill.shorten import Shortened

SHOWN = 5
"""Sections that stayed and are told, the largest first."""


def print_shortened(done: Sequence[Shortened], *, diff: bool) -> None:
    """Print for each skill what it took before and takes now, in tokens."""
    for one in done:
        out().print(f"[bold]{safe(one.skill)}[/]{f' → {safe(one.written)}' if one.written else ''}")
        if one.fault:
            err().print(f"left as it was: {safe(one.fault)}")
        if one.note:
            err().print(safe(one.note))
        _print_sizes(one.before, one.after)
        _print_description(one.described)
        _print_sections(one)
        if one.model is not None:
            print_condensed(one.model)
        if diff:
            for line in one.diff.splitlines():
                out().print(safe(line))


def _print_sections(one: Shortened) -> None:
    """Print which sections moved, and why the largest of the others did not."""
    if not (one.moved or one.fault or one.note or one.model):
        out().print("nothing to move: too short, or all of it is read each time")
    for moved in one.moved:
        out().print(f"moved   {safe(moved.title)} ({moved.tokens} tokens) to {safe(moved.path)}")
    stayed = sorted(one.stayed, key=lambda section: -section.tokens)
    for section in stayed[:SHOWN]:
        out().print(f"stayed  {safe(section.title)} ({section.tokens} tokens): {section.reason}")
    if len(stayed) > SHOWN:
        out().print(f"        … and {len(stayed) - SHOWN} more")


def print_reverted(changed: Mapping[str, Sequence[str]]) -> None:
    """Print which files of which skills are as they were."""
    for skill, paths in changed.items():
        out().print(f"{safe(skill)}: {', '.join(map(safe, paths))} as before")


def _print_description(done: Described) -> None:
    """Print what became of the description, and what it may be taken for."""
    if done.generated:
        out().print(f"[yellow]review[/]  the description is made of the body: {safe(done.after)}")
    for clause in done.dropped:
        out().print(f"dropped from the description: {safe(clause)}")
    if done.trial is not None:
        trial = done.trial
        (had, has), (took, takes) = trial.positives, trial.negatives
        counts = f"held out: {has} of {had} lead to it still, {takes} of others ({took} before)"
        state = "shorter by the queries" if trial.kept else "not shortened by the queries"
        out().print(f"{state}: {trial.reason}; {counts}")
    for note in done.notes:
        err().print(f"description: {safe(note)}")
    for one in done.collisions[:SHOWN]:
        own = safe(", ".join(one.own)) or "nothing"
        out().print(f"alike   {safe(one.skill)} ({one.alike:.2f}): only this one says {own}")
    if len(done.collisions) > SHOWN:
        out().print(f"        … and {len(done.collisions) - SHOWN} more")


def _print_sizes(before: Sizes, after: Sizes) -> None:
    table = make_table("tokens", "before", "after", "less")
    rows = (
        ("description", before.description, after.description),
        ("always loaded", before.body, after.body),
        ("all loaded", before.everything, after.everything),
        ("expected", before.expected, after.expected),
    )
    for name, old, new in rows:
        less = f"{(old - new) / old:.0%}" if old else "–"
        table.add_row(name, f"{old:,.0f}", f"{new:,.0f}", less)
    out().print(table)
