"""Exit codes, and the one message that an error becomes."""

from __future__ import annotations

import click

from commands.language import said, spoken

OK = 0
FOUND_PROBLEMS = 1
WRONG_USE = 2
NOT_USABLE = 3
REFUSED = 4
INTERNAL = 70
INTERRUPTED = 130

MEANING = """\b
Exit codes:
  0    done
  1    `check` found problems
  2    wrong use, or configuration that cannot be used
  3    the warehouse or the state database cannot be used
  4    refused by a rule (files, closing, data of others); nothing was changed
  70   a fault in Canopy itself (CANOPY_DEBUG=1 shows where)
  130  interrupted; nothing half done is kept"""


def show(error: click.ClickException) -> None:
    """Say what was wrong with a call, in the call's language."""
    if spoken() == "en":
        error.show()
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        asked = f"'{error.ctx.command_path} {error.ctx.help_option_names[0]}'"
        click.echo(said(f"Try {asked} for help."), err=True)
    click.echo(said(f"Error: {error.format_message()}"), err=True)


class RefusedError(click.ClickException):
    """A rule forbids what was asked; nothing was changed."""

    exit_code = REFUSED


def code_of(error: Exception) -> int:
    """The exit code of an error.

    >>> from data.engines import WarehouseError
    >>> code_of(WarehouseError("no warehouse")), code_of(KeyError("x"))
    (3, 70)

    Ctrl-C in the middle of a statement comes back as an error of the embedded engine.

    >>> code_of(RuntimeError("Query interrupted"))
    130
    """
    if _is_interrupt(error):
        return INTERRUPTED
    found = (code for kind, code in _codes() if isinstance(error, kind))
    return next(found, INTERNAL)


def message_of(error: Exception) -> str:
    """The error for people: a driver's own words without the statement that met it.

    Lines stay; what else would steer a terminal, out of files or their names, does not.
    """
    from commands.shown import printable

    return "\n".join(printable(line) for line in _message_of(error).split("\n"))


def _message_of(error: Exception) -> str:
    from sqlalchemy.exc import DBAPIError

    if _is_interrupt(error):
        return "interrupted"
    if isinstance(error, DBAPIError):
        return f"the database does not answer as it should: {str(error.orig).strip()}"
    if code_of(error) == INTERNAL:
        said = f"{type(error).__name__}: {error}"
        return f"a fault in Canopy itself ({said}); CANOPY_DEBUG=1 shows where"
    return str(error)


def _is_interrupt(error: Exception) -> bool:
    said = str(getattr(error, "orig", error))
    return said == "Query interrupted" or said.startswith("INTERRUPT Error")


def _codes() -> tuple[tuple[type[Exception], int], ...]:
    """Imported when something went wrong, so that `--help` need not wait for all of it."""
    from sqlalchemy.exc import DBAPIError

    from data.configuration import ConfigurationError
    from data.engines import WarehouseError
    from data.ingest import LoadRefusedError
    from data.period import PeriodError
    from data.slice import SliceError
    from data.state import StateError, StateRefusedError
    from metrics.scorecard import ClosingError, WeightsError
    from reports.month.refused import ReportError

    return (
        (ConfigurationError, WRONG_USE),
        (PeriodError, WRONG_USE),
        (SliceError, WRONG_USE),
        (WeightsError, WRONG_USE),
        (ClosingError, REFUSED),
        (ReportError, REFUSED),
        (LoadRefusedError, REFUSED),
        (StateRefusedError, REFUSED),
        (WarehouseError, NOT_USABLE),
        (StateError, NOT_USABLE),
        (DBAPIError, NOT_USABLE),
    )
