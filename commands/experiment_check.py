"""experiment check: a table from outside, analysed without the register."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pandas as pd

from commands.exits import RefusedError
from commands.experiment_shown import analysis_json, arms_json, as_json, plan_json, show_analysis
from commands.options import Call, common
from commands.shown import show_json
from data.ingest.as_is import Rows, read_as_is
from data.ingest.layout import ENCODINGS
from metrics.experiments.analysis import analyse
from metrics.experiments.cells import Flaw
from metrics.experiments.outside import Asked, TableError, read_outside


@click.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--control", default="", help="The variant to compare with. [default: the first]")
@click.option(
    "--metric", "metrics", multiple=True, metavar="NAME",
    help="A column, A/B (ratio) or A@0.9 (quantile); the first is the primary metric.",
)  # fmt: skip
@click.option("--lower", multiple=True, metavar="NAME", help="A metric of which less is better.")
@click.option(
    "--guardrail", "guardrails", multiple=True, metavar="NAME=MARGIN",
    help="A metric that may not get worse by more than this share of the control.",
)  # fmt: skip
@click.option("--split", "shares", multiple=True, metavar="VARIANT=SHARE", help="Planned share.")
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Two-sided level.")
@click.option("--days", type=int, help="Full days that it ran, where the file does not tell.")
@click.option("--winsorise", type=float, help="Cap values above this quantile of all users.")
@click.option("--ratio-warned", type=float, default=0.01, show_default=True,
              help="Warn where p of the split is below.")  # fmt: skip
@click.option("--ratio-invalid", type=float, default=0.001, show_default=True,
              help="Withhold results where p of the split is below.")  # fmt: skip
@click.option("--encoding", type=click.Choice(ENCODINGS), default="utf-8", show_default=True,
              help="How a CSV file is written.")  # fmt: skip
@common()
def check_table(call: Call, file: Path, encoding: str, **given: Any) -> None:
    """Analyse a CSV, Parquet or Excel table without the register, with the same refusals.

    FILE has a row per variant with users and conversions, or a row per user with user_id, variant
    and a column per metric (NAME_before: its covariate; exposed_at: when the user came in).
    """
    asked = _asked(**given)
    rows = read_as_is(file, encoding=encoding)
    if rows.rejects:
        raise RefusedError("\n".join(f"{file.name}:{line}: {why}" for line, why in rows.rejects))
    try:
        outside = read_outside(_frame(rows), asked)
    except TableError as error:
        raise RefusedError(_located(file.name, error.flaws)) from error
    found = analyse(outside.plan, outside.arms, outside.enrolment)
    if call.as_json:
        show_json(
            {
                "file": file.name,
                "form": outside.form,
                "rows": outside.rows,
                "unassigned": outside.unassigned,
                "plan": plan_json(outside.plan),
                "enrolment": as_json(outside.enrolment),
                "arms": arms_json(outside.arms),
                "analysis": analysis_json(call, found, {}),
            }
        )
        return
    if outside.unassigned:
        click.echo(
            call.words(
                f"{outside.unassigned:,} rows without user or variant are left out",
                f"{outside.unassigned:,} 行缺少用户或分组，未计入",
            )
        )
    show_analysis(call, found, {})


def _located(file: str, flaws: Sequence[Flaw]) -> str:
    """A flaw a line, after the file and, where there is one, the line in it."""
    places = [file if flaw.line is None else f"{file}:{flaw.line}" for flaw in flaws]
    return "\n".join(f"{at}: {flaw.text}" for at, flaw in zip(places, flaws, strict=True))


def _asked(
    control: str,
    metrics: tuple[str, ...],
    lower: tuple[str, ...],
    guardrails: tuple[str, ...],
    shares: tuple[str, ...],
    alpha: float,
    days: int | None,
    winsorise: float | None,
    ratio_warned: float,
    ratio_invalid: float,
) -> Asked:
    return Asked(
        control, metrics, alpha, lower, _pairs("--guardrail", guardrails),
        _pairs("--split", shares), days, winsorise, ratio_warned, ratio_invalid,
    )  # fmt: skip


def _pairs(option: str, texts: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """NAME=NUMBER."""
    found = []
    for text in texts:
        name, _, number = text.rpartition("=")
        try:
            found.append((name, float(number)))
        except ValueError:
            name = ""
        if not name:
            raise click.UsageError(f"{option} {text!r}: write NAME=NUMBER")
    return tuple(found)


def _frame(rows: Rows) -> pd.DataFrame:
    """The rows as text, the index their lines."""
    columns = {name: column.to_pandas() for name, column in rows.columns.items()}
    table = pd.DataFrame(columns, dtype=object)
    table.index = pd.Index(rows.lines.to_pandas(), name="line")
    return table
