"""The commands about experiments: experiment list, show, check, register, start, stop, decide."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from commands.experiment_check import check_table
from commands.experiment_shown import (
    analysis_json,
    arms_json,
    as_json,
    experiment_json,
    show_analysis,
    show_experiments,
    show_history,
)
from commands.language import Formatter
from commands.options import Call, FilterType, common, slice_of, told_pending, who
from commands.shown import show_json
from data.period import Period
from data.state import State, open_state
from data.state.experiments import (
    Experiment,
    decide_experiment,
    experiments,
    register_experiment,
    start_experiment,
    stop_experiment,
)
from data.state.experiments import (
    experiment as one_experiment,
)
from data.state.tables import EXPERIMENT_DECISIONS
from metrics.cockpit import load_definitions, open_cockpit
from metrics.experiments.judged import judged
from metrics.experiments.measured import Measurement, measured, source_of
from metrics.experiments.records import Analysis
from metrics.experiments.written import read_plan

DAY = click.DateTime(["%Y-%m-%d"])


class Spoken(click.Context):
    """The context of a command below `experiment`: its help is in the call's language."""

    formatter_class = Formatter


class Topic(click.Group):
    """Commands whose help is in the call's language."""

    context_class = Spoken

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        found = super().get_command(ctx, cmd_name)
        if found is not None:
            found.context_class = Spoken
        return found


@click.group(
    cls=Topic,
    epilog="Every one of these takes --warehouse, --state, --config, --lang and --json.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def experiment() -> None:
    """A/B experiments: the register, what they show, and checks of tables from outside."""


@experiment.command("list")
@common()
def list_experiments(call: Call) -> None:
    """All experiments of the register."""
    with open_state(call.settings.state) as state:
        found = experiments(state)
    if call.as_json:
        show_json({"experiments": [experiment_json(one) for one in found]})
        return
    show_experiments(call, found)


@experiment.command("show")
@click.argument("name", metavar="ID")
@click.option(
    "--until", type=DAY, help="As known at the end of that day. [default: all that is known]"
)
@click.option("--branch", default="", help="A branch with all below it.")
@click.option("--filter", "filters", type=FilterType(), multiple=True, metavar="DIMENSION=VALUE")
@common()
def show_experiment(
    call: Call, name: str, until: datetime | None, branch: str, filters: tuple[tuple[str, str], ...]
) -> None:
    """Plan, history, health, results and verdict of an experiment of the register."""
    cockpit = open_cockpit(call.settings)
    try:
        one = _found(cockpit.state, name)
        store = cockpit.setup.store
        source = source_of(
            store, one.id, one.plan, until=None if until is None else until.date(),
            stopped_on=one.stopped_on,
        )  # fmt: skip
        about = slice_of(Period(one.plan.starts_on, one.plan.starts_on), branch, filters)
        with cockpit.warehouse.reading() as connection:
            taken = measured(connection, store, source, about)
            told_pending(call, connection)
    finally:
        cockpit.close()
    _show_measured(call, one, taken, judged(taken))


def _show_measured(call: Call, one: Experiment, taken: Measurement, found: Analysis | None) -> None:
    names = {metric.id: metric.name(call.lang) for metric in one.plan.metrics}
    if call.as_json:
        whole = taken.whole
        show_json(
            {
                **experiment_json(one),
                "until": taken.source.until,
                "refused": as_json(taken.source.refused),
                "missing_tables": list(taken.source.missing_tables),
                "anomalies": as_json(taken.odd),
                "enrolled": taken.enrolled,
                "ripe": taken.ripe,
                "arms": [] if whole is None else arms_json(whole.arms),
                "analysis": None if found is None else analysis_json(call, found, names),
            }
        )
        return
    show_history(call, one)
    if found is None:
        lacking = ", ".join(taken.source.missing_tables)
        click.echo(call.words(f"nothing is measured yet {lacking}", f"尚无可计算的数据 {lacking}"))
        return
    waiting = taken.enrolled - taken.ripe
    click.echo(
        call.words(
            f"until {taken.source.until}: {taken.ripe:,} users count, {waiting:,} are waiting for "
            "the end of their window",
            f"截至 {taken.source.until}：计入 {taken.ripe:,} 位用户，{waiting:,} 位尚在观察期内",
        )
    )
    show_analysis(call, found, names)


@experiment.command("register")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", required=True, help="Why it is registered.")
@common()
def register(call: Call, file: Path, reason: str) -> None:
    """Register the experiment of a YAML file as a draft; docs/experiments.md has its keys."""
    found = load_definitions(call.settings)
    proposed = read_plan(file, found.tree, found.catalogue)
    with open_state(call.settings.state) as state:
        made = register_experiment(state, proposed.id, proposed.plan, by=who(), reason=reason)
    if call.as_json:
        show_json({**experiment_json(made), "context": as_json(proposed.context)})
        return
    show_history(call, made)


@experiment.command("start")
@click.argument("name", metavar="ID")
@click.option("--reason", required=True, help="Why now.")
@click.option("--day", type=DAY, help="From which day on. [default: today in the bank's zone]")
@common()
def start(call: Call, name: str, reason: str, day: datetime | None) -> None:
    """Start a draft: from now on its plan is fixed."""
    with open_state(call.settings.state) as state:
        seen = _found(state, name)
        _told(call, start_experiment(state, seen, by=who(), reason=reason, day=_day(call, day)))


@experiment.command("stop")
@click.argument("name", metavar="ID")
@click.option("--reason", required=True, help="Why it ends.")
@click.option("--day", type=DAY, help="The last day. [default: today in the bank's zone]")
@common()
def stop(call: Call, name: str, reason: str, day: datetime | None) -> None:
    """Stop a running experiment: who comes in later does not count."""
    with open_state(call.settings.state) as state:
        seen = _found(state, name)
        _told(call, stop_experiment(state, seen, by=who(), reason=reason, day=_day(call, day)))


@experiment.command("decide")
@click.argument("name", metavar="ID")
@click.argument("outcome", type=click.Choice(EXPERIMENT_DECISIONS))
@click.option("--reason", required=True, help="Why, whatever the rule says.")
@common()
def decide(call: Call, name: str, outcome: str, reason: str) -> None:
    """Decide on a stopped experiment: ship, roll_back, inconclusive or invalid."""
    with open_state(call.settings.state) as state:
        seen = _found(state, name)
        _told(call, decide_experiment(state, seen, by=who(), outcome=outcome, reason=reason))


def _found(state: State, name: str) -> Experiment:
    found = one_experiment(state, name)
    if found is None:
        known = ", ".join(one.id for one in experiments(state)) or "none"
        raise click.UsageError(f"no experiment {name!r} in the register; there are {known}")
    return found


def _day(call: Call, day: datetime | None) -> date:
    now = datetime.now(UTC).astimezone(ZoneInfo(call.settings.zone))
    return now.date() if day is None else day.date()


def _told(call: Call, one: Experiment) -> None:
    if call.as_json:
        show_json(experiment_json(one))
        return
    show_history(call, one)


experiment.add_command(check_table)
