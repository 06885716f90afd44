"""Drawing what skills cost: sizes, what could be saved, and what is over a limit, a line each."""

from __future__ import annotations

from collections import Counter

from trace2skill.compress.audit import Audit, Checked
from trace2skill.render.console import make_table, out, safe

SHOWN = 8
"""Findings of one code that are told of one skill."""


def print_checked(checked: Checked) -> None:
    """Print each skill with its sizes, savings and findings, and what the listing of all takes."""
    for one in checked.skills:
        out().print(f"[bold]{safe(one.skill)}[/]")
        _print_sizes(one)
        _print_findings(one)
    room = f" of {checked.limit:,}" if checked.limit is not None else ""
    mark = "[red]over[/]  " if checked.crowded else ""
    out().print(f"{mark}listing: {checked.listing:,}{room} characters for {len(checked.skills)} skills")


def _print_sizes(one: Audit) -> None:
    out().print(
        f"always loaded {one.body:,}, all loaded {one.everything:,}, expected {one.expected:,.0f} tokens; "
        f"description {one.description:,} tokens, {one.listing:,} characters in the listing"
    )
    out().print(
        f"SKILL.md: {one.lines:,} lines, {one.size:,} bytes "
        f"({one.size_lf:,} with LF, {one.size_crlf:,} with CRLF); {len(one.references):,} references"
    )
    table = make_table("it would save", "always loaded", "all loaded", "expected")
    rows = [saving for saving in one.savings if saving.always or saving.everything]
    for saving in rows:
        table.add_row(
            saving.action, f"{saving.always:,}", f"{saving.everything:,}", f"{saving.expected:,.0f}"
        )
    if rows:
        out().print(table)


def _print_findings(one: Audit) -> None:
    told: Counter[str] = Counter()
    for finding in sorted(one.findings, key=lambda finding: not finding.over):
        told[finding.code] += 1
        if told[finding.code] <= SHOWN:
            level = "[red]over[/]" if finding.over else "note"
            place = f"{safe(finding.file)}:{finding.line}"
            out().print(f"{level}  {finding.code}  {place}: {safe(finding.message)}")
    for code, count in told.items():
        if count > SHOWN:
            out().print(f"note  {code}  … and {count - SHOWN} more")
