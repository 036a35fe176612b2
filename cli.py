"""Canopy's command line: `python cli.py COMMAND --help` explains each command."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from commands import exits
from commands.language import LANGUAGES, Formatter, asked_language, said, speak, spoken

HOMES = {
    "demo": "demo",
    "load": "warehouse",
    "refresh": "warehouse",
    "quarantine": "warehouse",
    "maintain": "warehouse",
    "erase": "erasing",
    "check": "checking",
    "documents": "documents",
    "tree": "numbers",
    "value": "numbers",
    "ask": "ask",
    "score": "scores",
    "explain": "explaining",
    "close": "scores",
    "warn": "warnings",
    "report": "report",
    "reports": "reports",
    "bulletin": "bulletin",
    "experiment": "experiment",
}


class Spoken(click.Context):
    """The context of a call: its help is in the call's language."""

    formatter_class = Formatter


class Commands(click.Group):
    """The commands by name; a file is read only when one of its commands is asked for."""

    context_class = Spoken

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order in which a newcomer needs them."""
        return list(HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in HOMES:
            return None
        found = getattr(import_module(f"commands.{HOMES[cmd_name]}"), cmd_name)
        if not isinstance(found, click.Command):
            return None
        found.context_class = Spoken
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands; in Chinese with the whole first paragraph of each."""
        if spoken() == "en":
            super().format_commands(ctx, formatter)
            return
        known = ((name, self.get_command(ctx, name)) for name in HOMES)
        rows = [
            (name, " ".join((found.help or "").split("\n\n")[0].split()))
            for name, found in known
            if found is not None
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(
    cls=Commands,
    epilog=exits.MEANING,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of help and messages.")
def canopy(lang: str | None) -> None:
    """Canopy: KPI cockpit and evaluation system for banks."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code and never a traceback unless CANOPY_DEBUG is set."""
    speak(asked_language(sys.argv[1:] if arguments is None else arguments, os.environ))
    try:
        code = canopy.main(arguments, prog_name="cli.py", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo(said("interrupted"), err=True)
        return exits.INTERRUPTED
    except click.ClickException as error:
        exits.show(error)
        return error.exit_code
    except Exception as error:
        if os.environ.get("CANOPY_DEBUG"):
            raise
        click.echo(said(f"error: {exits.message_of(error)}"), err=True)
        return exits.code_of(error)
    return code if isinstance(code, int) else exits.OK


if __name__ == "__main__":
    # A command is soon over: looking for garbage as often as usual takes a tenth of its time.
    gc.set_threshold(50_000, 20, 50)
    sys.exit(main())
