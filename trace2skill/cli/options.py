"""The options of the commands, declared once; settings that may stand in a file default to ``None``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Logs = Annotated[list[Path], typer.Argument(help="Logs, or folders of logs.", show_default=False)]
FormatName = Annotated[str | None, typer.Option("--format", help="Read all files as this format.")]
LabelsFile = Annotated[
    Path | None,
    typer.Option("--labels", help="CSV (id,label,score) or JSONL that says which runs succeeded."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]

Skills = Annotated[Path, typer.Option("-o", "--out", help="The folder of skills to write into.")]
SkillName = Annotated[str | None, typer.Option(help="The name of the skill; else after the logs.")]
Into = Annotated[Path | None, typer.Option(help="Deepen this skill instead; its own text stays as it is.")]
Model = Annotated[
    str | None,
    typer.Option(
        help="Any model of litellm, scripted:FILE or replay:DIR; without one the miner works alone."
    ),
]
BaseUrl = Annotated[str | None, typer.Option(help="Where an OpenAI-compatible server listens.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Calls in flight at a time.  [default: 8]")]
MaxCost = Annotated[float | None, typer.Option(min=0, help="Dollars that are never passed.")]
MaxCalls = Annotated[int | None, typer.Option(min=0, help="Calls that are never passed.")]
MaxTokens = Annotated[int | None, typer.Option(min=1, help="Tokens of one reply.  [default: 4096]")]
Context = Annotated[
    int | None,
    typer.Option(min=1, help="Tokens that the model takes at a time.  [default: as known, else 32000]"),
]
InputPrice = Annotated[float | None, typer.Option(min=0, help="Dollars per million prompt tokens.")]
OutputPrice = Annotated[float | None, typer.Option(min=0, help="Dollars per million reply tokens.")]
MinSupport = Annotated[
    int | None,
    typer.Option(min=1, help="Tasks that a lesson needs.  [default: 2 for the miner's, 1 for analysts']"),
]
BodySupport = Annotated[
    int | None, typer.Option(min=1, help="Tasks that a lesson needs for SKILL.md.  [default: 3]")
]
UnverifiedSupport = Annotated[
    int | None,
    typer.Option(min=1, help="The same, where no run shows that the remedy works.  [default: 2]"),
]
FanIn = Annotated[int | None, typer.Option(min=2, help="Inputs of one merge.  [default: 8]")]
Timeout = Annotated[float | None, typer.Option(min=1, help="Seconds for one call.  [default: 600]")]
Seed = Annotated[int | None, typer.Option(help="Handed to the model.")]
Seeds = Annotated[
    int | None,
    typer.Option(min=1, help="Make so many candidates; keep the best one on tasks that are held out."),
]
Margin = Annotated[
    float | None,
    typer.Option(
        min=0, max=1, help="Coverage that it must have more than the skill that is there.  [default: 0.02]"
    ),
]
Turns = Annotated[
    int | None, typer.Option(min=1, help="Replies per run, or part of a long one.  [default: 12]")
]
Prompts = Annotated[
    str | None, typer.Option(help="A folder whose files replace the prompts of the same name.")
]
VerifierCommand = Annotated[
    str | None,
    typer.Option("--verifier", help="A command that says whether a lesson holds; it reads JSON on stdin."),
]
VerifierTimeout = Annotated[
    float | None, typer.Option(min=0.1, help="Seconds that it has for one lesson.  [default: 60]")
]
VerifierEnv = Annotated[
    str | None, typer.Option(help="Variables that it gets beside PATH, HOME and LANG: names, with commas.")
]
Rules = Annotated[list[str] | None, typer.Option(help="Rules, by id, name or the beginning of an id.")]
ExtendSelect = Annotated[list[str] | None, typer.Option(help="Rules beside those of the profile.")]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="End with 0 whatever is found.")]
NoInline = Annotated[bool, typer.Option("--no-inline", help="Comments in the skills do not count.")]
Trusted = Annotated[
    bool | None,
    typer.Option(
        "--trusted/--untrusted",
        help="Whether settings, comments and baselines within what is checked count.  [default: comments"
        " in your own repository do]",
        show_default=False,
    ),
]
BaselineFile = Annotated[str | None, typer.Option("--baseline", help="Findings that were accepted.")]
WriteBaseline = Annotated[Path | None, typer.Option(help="Accept all that is found now, in this file.")]
PruneBaseline = Annotated[bool, typer.Option("--prune-baseline", help="Remove its stale entries.")]
BaselineReason = Annotated[str, typer.Option("--reason", help="Why new entries of it are accepted.")]
ChangedSince = Annotated[str | None, typer.Option(help="Only skills touched since this commit of git.")]
ConfigFrom = Annotated[
    str | None,
    typer.Option(help="Take settings, comments and the baseline as they were at this commit."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it would take, and do nothing.")]
LintModel = Annotated[
    str | None,
    typer.Option(
        "--model", help="Ask a model, too: it explains findings or calls them less, and decides nothing."
    ),
]
