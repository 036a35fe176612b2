"""Options that commands share, and the settings that they lead to."""

from __future__ import annotations

import functools
import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import click
from sqlalchemy import Connection

from commands.language import LANGUAGES
from data.ingest import pending_loads
from data.period import Period, PeriodError
from data.settings import Settings, read_settings
from data.slice import FILTER_DIMENSIONS, Slice

Command: TypeAlias = Callable[..., Any]


@dataclass(frozen=True)
class Call:
    """What every command gets: the settings, the language of its texts, and JSON or not."""

    settings: Settings
    lang: str
    as_json: bool

    def words(self, en: str, zh: str) -> str:
        """The text in the call's language."""
        return zh if self.lang == "zh" else en


class PeriodType(click.ParamType[Period]):
    """A period as users write it."""

    name = "period"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Period:
        """The period; fails with the forms."""
        if isinstance(value, Period):
            return value
        try:
            return Period.parse(str(value))
        except PeriodError as error:
            self.fail(str(error), param, ctx)


class FilterType(click.ParamType[tuple[str, str]]):
    """DIMENSION=VALUE."""

    name = "dimension=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The pair; fails with the dimensions."""
        dimension, equals, wanted = str(value).partition("=")
        known = ("branch", *FILTER_DIMENSIONS)
        if not equals or not wanted or dimension not in known:
            self.fail(f"{value!r}: write DIMENSION=VALUE, one of {', '.join(known)}", param, ctx)
        return dimension, wanted


PERIOD = PeriodType()


def common(*, json: bool = True) -> Callable[[Command], Command]:
    """The options of every command; the function gets a ``Call`` as its first argument."""

    def decorate(function: Command) -> Command:
        @functools.wraps(function)
        def called(**given: Any) -> Any:
            return function(_call(given), **given)

        for option in reversed(_OPTIONS if json else _OPTIONS[:-1]):
            called = option(called)
        return called

    return decorate


_OPTIONS = (
    click.option("--warehouse", metavar="URL", help="Warehouse, before CANOPY_WAREHOUSE and file."),
    click.option("--state", metavar="URL", help="State database, before CANOPY_STATE and file."),
    click.option(
        "--config", type=click.Path(path_type=Path), help="Another config.yaml (CANOPY_CONFIG)."
    ),
    click.option("--lang", type=click.Choice(LANGUAGES), help="Language of tables and messages."),
    click.option("--json", "as_json", is_flag=True, help="JSON, alone on standard output."),
)


def _call(given: dict[str, Any]) -> Call:
    settings = read_settings(
        given.pop("config"),
        os.environ,
        warehouse=given.pop("warehouse"),
        state=given.pop("state"),
    )
    before = click.get_current_context().find_root().params.get("lang")
    lang = given.pop("lang") or before or settings.language
    return Call(settings, lang, given.pop("as_json", False))


def slice_of(period: Period, branch: str, filters: tuple[tuple[str, str], ...]) -> Slice:
    """The slice of a command's options; ``branch`` may also be given as a filter.

    >>> slice_of(Period.parse("2026-10"), "", (("tier", "vip"), ("branch", "B01"))).words("en")
    '2026-10 · B01 · tier = vip'
    """
    branches = {value for name, value in filters if name == "branch"} | ({branch} - {""})
    if len(branches) > 1:
        raise click.UsageError(f"one branch at a time, not {', '.join(sorted(branches))}")
    kept: dict[str, tuple[str, ...]] = {}
    for name, value in filters:
        if name != "branch":
            kept[name] = (*kept.get(name, ()), value)
    return Slice.of(period, branch=next(iter(branches), ""), **kept)


def told_pending(call: Call, connection: Connection) -> int:
    """How many loads the numbers do not hold yet, said on standard error where there are any."""
    count = pending_loads(connection)
    if count:
        click.echo(
            call.words(
                f"{count} loads are not in these numbers: run `refresh`",
                f"{count} 次装载尚未计入以上数字：请运行 refresh",
            ),
            err=True,
        )
    return count


def who() -> str:
    """Who acts, for records: CANOPY_USER, or the account of the system."""
    return os.environ.get("CANOPY_USER") or getpass.getuser()
