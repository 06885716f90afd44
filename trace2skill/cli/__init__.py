"""The command line: one small module per command; errors become messages and exit codes here.

A command's module is imported when that command is run or when help lists it, so that none pays for
what only another needs.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from trace2skill import __version__
from trace2skill.errors import Trace2SkillError

_VERSION = f"trace2skill {__version__}\n"
_INTERRUPTED = "interrupted: run the same command again to go on; replies paid for are kept\n"
_COMMANDS = ("ingest", "distill", "compress", "lint", "explain")
"""Each is a function in the module of that name."""


class _Group(TyperGroup):
    """Loads commands by name, and turns our errors into a message on stderr and their exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        if cmd_name not in self.commands:
            alone = typer.Typer(add_completion=False, rich_markup_mode=None)
            alone.command(cmd_name)(getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name))
            self.commands[cmd_name] = typer.main.get_command(alone)
        return self.commands[cmd_name]

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Trace2SkillError as error:
            from trace2skill.render.console import print_error

            print_error(error)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as interrupt:
            sys.stderr.write(_INTERRUPTED)
            raise typer.Exit(130) from interrupt


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(_VERSION)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Turn the logs that AI agents leave behind into Agent Skills whose every sentence can be traced."""
    del version


def main() -> None:
    """Run the program."""
    if sys.argv[1:] == ["--version"]:  # asked for by scripts, again and again: spare them the rest
        sys.stdout.write(_VERSION)
        return
    try:
        app()
    except KeyboardInterrupt:  # while modules load, or while the program ends
        sys.stderr.write(_INTERRUPTED)
        raise SystemExit(130) from None
