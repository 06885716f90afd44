"""Drawing a choice among candidates: which one was kept and why, and where it does worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trace2skill.render.console import make_table, out, safe

if TYPE_CHECKING:  # what a command does not need is not loaded for it
    from trace2skill.pipeline.candidates import Selection

SHOWN = 10


def print_selection(found: Selection) -> None:
    """Print what each candidate covers, and the held-out tasks on which the kept one covers less."""
    console = out()
    told = f"{found.held_out} of {found.tasks} tasks held out, {found.measured} of them ask something"
    console.print(f"\n{told}")
    table = make_table("", "covered (mean)", "symptoms", "SKILL.md tokens")
    for one in found.standings:
        name = f"{one.name} (kept)" if one.name == found.kept else one.name
        table.add_row(safe(name), f"{one.covered:.3f}", f"{one.symptoms:.3f}", f"{one.tokens:,}")
    console.print(table)
    console.print(safe(f"kept {found.kept or 'nothing'}: {found.reason}"))
    for note in found.notes:
        console.print(safe(note))
    if found.against is None or found.kept is None:
        return
    console.print(safe(f"worse than {found.against} on {len(found.worse)} of {found.measured} tasks"))
    if found.worse:
        table = make_table("held-out task", "kept covers", "other covers")
        for loss in found.worse[:SHOWN]:
            table.add_row(safe(loss.task), f"{loss.kept:.2f}", f"{loss.other:.2f}")
        console.print(table)
    if len(found.worse) > SHOWN:
        console.print(f"… and {len(found.worse) - SHOWN} more in report.json")
