"""A question in words from the command line: what was understood of it, and the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import click
from sqlalchemy import Connection, select

from commands.exits import RefusedError
from commands.options import PERIOD, Call, common, told_pending
from commands.shown import printable, show_json, show_table
from data.contract import CONTRACT
from data.filter_values import kept_values
from data.period import Period
from data.points.reader import LiveReader
from data.slice import CLOSED_VALUES
from metrics.cockpit import Cockpit, open_cockpit
from metrics.explore.defined import UndefinedError, mended
from metrics.explore.records import Cell, Place, Table
from metrics.explore.table import answer
from metrics.explore.targets import Targets
from metrics.explore.view import Known
from metrics.questions.records import Asked
from metrics.questions.understand import understand
from metrics.questions.vocabulary import Vocabulary
from metrics.questions.written import load_words
from metrics.scorecard import default_period
from metrics.tree import Tree
from reports.explore.pivot import Head, Line, Pivot, figure, pivot
from reports.explore.words import Names, indicator_of
from reports.month.build import speaking


@dataclass(frozen=True)
class Branch:
    """A branch as a question can name it."""

    id: str
    name_zh: str
    name_en: str
    parent: str
    depth: int


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--period", type=PERIOD, help="Where the question names none. [default: the newest]")
@common()
def ask(call: Call, question: tuple[str, ...], period: Period | None) -> None:
    """Answer a QUESTION in words, such as "day-1 retention by channel, Shanghai, September".

    It is read by rules and the names of the indicator tree; what was understood, what was not and
    what was assumed is said before the table.
    """
    cockpit = open_cockpit(call.settings)
    with cockpit.warehouse.reading() as connection:
        branches = tuple(_branches(connection))
        asked = _asked(connection, cockpit, " ".join(question), period, branches)
        table = _answered(connection, cockpit, asked)
        pending = told_pending(call, connection)
    named = {one.id: (one.name_zh if call.lang == "zh" else one.name_en) for one in branches}
    if call.as_json:
        show_json({**_as_json(asked, table), "pending_loads": pending})
    else:
        _tell(call, asked)
    if table is None:
        raise RefusedError("the question was not answered: see what was understood of it")
    if not call.as_json:
        tree = cockpit.setup.tree
        with speaking(call.lang):
            _show(pivot(table, Names(tree, named), every=True), tree)


def _asked(
    connection: Connection,
    cockpit: Cockpit,
    question: str,
    period: Period | None,
    branches: tuple[Branch, ...],
) -> Asked:
    setup, tree = cockpit.setup, cockpit.setup.tree
    coverage = setup.store.coverage
    newest = period or default_period(setup)
    if newest is None or coverage.as_of is None:
        raise RefusedError("nothing is loaded: there is no period to ask about")
    values = {
        **CLOSED_VALUES, "module": tuple(tree.modules), "app": tuple(kept_values(connection, "app"))
    }  # fmt: skip
    known = Known(tree, [one.id for one in branches], values, newest)
    words = Vocabulary(load_words(cockpit.settings.tree, tree), known, branches)
    return understand(question, words, known, coverage.as_of, setup)


def _branches(connection: Connection) -> Iterator[Branch]:
    """Every branch with how far below the top it stands; one in a cycle is as far as it goes."""
    table = CONTRACT.tables["dim_branch"].c
    query = select(table.branch_id, table.parent_id, table.name_zh, table.name_en)
    rows = {row[0]: row for row in connection.execute(query.order_by(table.branch_id))}
    for key, row in rows.items():
        above: list[str] = []
        parent = row[1]
        while parent in rows and parent not in above:
            above.append(parent)
            parent = rows[parent][1]
        name = row[2] or key
        yield Branch(key, name, row[3] or name, row[1] or "", len(above))


def _answered(connection: Connection, cockpit: Cockpit, asked: Asked) -> Table | None:
    """The table of a question's view, without what is not defined in it."""
    if asked.view is None:
        return None
    reader, targets = LiveReader(connection, cockpit.setup.store), Targets(cockpit.state, {})
    try:
        view, _left_out = mended(cockpit.setup, asked.view)
    except UndefinedError:
        return None  # why stands among the problems
    return answer(reader, cockpit.setup, view, targets)


def _tell(call: Call, asked: Asked) -> None:
    """What was understood, assumed and not understood, a line each."""
    parts = (one for one in asked.understood if one.kind != "link")
    said = [f"{one.text} → {one.meaning.words(call.lang)}" for one in parts]
    lines = [("understood", "已理解", said)]
    lines.append(("assumed", "默认", [one.words(call.lang) for one in asked.assumed]))
    missed = []
    for lost in asked.not_understood:
        near = ", ".join(one.words(call.lang) for one in lost.nearest)
        missed.append(f"{lost.text} ({near}?)" if near else lost.text)
    lines.append(("not understood", "未理解", missed))
    several = [
        f"{one.text}: {', '.join(found.words(call.lang) for found in one.candidates)}"
        for one in asked.ambiguous
    ]
    lines.append(("several meanings", "多种含义", several))
    lines.append(("problems", "问题", [one.words(call.lang) for one in asked.problems]))
    for en, zh, found in lines:
        if found:
            click.echo(printable(f"{call.words(en, zh)}: {'; '.join(found)}"))


def _show(made: Pivot, tree: Tree) -> None:
    head = [*made.axes, *(f"{one.above} {one.label}".strip() for one in made.heads)]
    rows = [
        [*line.labels, *(_figure(made, tree, line, one) for one in made.heads)]
        for line in made.lines
    ]
    show_table([printable(one) for one in head], rows)


def _figure(made: Pivot, tree: Tree, line: Line, head: Head) -> float | None:
    """A value, a change as screens show it, or a share in per cent."""
    cell = made.cell(line, head)
    if cell is None or head.kind == "value":
        return None if cell is None else cell.value
    if head.kind == "share" or head.against is None:
        return cell.share
    in_points = indicator_of(tree, head.indicator).unit == "%"
    return figure(cell.against(head.against), in_points=in_points)


def _as_json(asked: Asked, table: Table | None) -> dict[str, Any]:
    """Everything that was read of the question, and the cells."""
    spans = [
        {"text": one.text, "start": one.start, "kind": one.kind, "meaning": asdict(one.meaning)}
        for one in asked.understood
        if one.kind != "link"
    ]
    missed = [
        {"text": one.text, "start": one.start, "nearest": [asdict(near) for near in one.nearest]}
        for one in asked.not_understood
    ]
    return {
        "question": asked.text,
        "view": None if asked.view is None else asked.view.to_codes(),
        "limit": asked.limit,
        "understood": spans,
        "not_understood": missed,
        "assumed": [asdict(one) for one in asked.assumed],
        "ambiguous": [asdict(one) for one in asked.ambiguous],
        "problems": [asdict(one) for one in asked.problems],
        "rows": [] if table is None else [_cell(*pair) for pair in table.cells.items()],
    }


def _cell(place: Place, cell: Cell) -> dict[str, Any]:
    compared: dict[str, Any] = {
        str(one.against): {"value": one.value, "change": one.change} for one in cell.compared
    }
    return {
        "indicator": place.indicator,
        "period": str(place.period),
        "row": place.row,
        "column": place.column,
        "value": cell.value,
        "reason": None if cell.reason is None else cell.reason.words("en"),
        **compared,
    }
