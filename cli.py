"""Canopy's command line: `python cli.py COMMAND --help` explains each command."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from commands import exits

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
    "score": "scores",
    "explain": "explaining",
    "close": "scores",
    "warn": "warnings",
}


class Commands(click.Group):
    """The commands by name; a file is read only when one of its commands is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order in which a newcomer needs them."""
        return list(HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in HOMES:
            return None
        found = getattr(import_module(f"commands.{HOMES[cmd_name]}"), cmd_name)
        return found if isinstance(found, click.Command) else None


@click.group(
    cls=Commands,
    epilog=exits.MEANING,
    context_settings={"help_option_names": ["-h", "--help"]},
)
def canopy() -> None:
    """Canopy: KPI cockpit and evaluation system for banks."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code and never a traceback unless CANOPY_DEBUG is set."""
    try:
        code = canopy.main(arguments, prog_name="cli.py", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        return exits.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Exception as error:
        if os.environ.get("CANOPY_DEBUG"):
            raise
        click.echo(f"error: {exits.message_of(error)}", err=True)
        return exits.code_of(error)
    return code if isinstance(code, int) else exits.OK


if __name__ == "__main__":
    sys.exit(main())
