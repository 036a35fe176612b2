"""Data quality: what could not be computed and why, coverage by table, loads, quarantine."""

from __future__ import annotations

from collections.abc import Sequence

from data.contract import CONTRACT
from metrics.scorecard import NodeResult
from reports.book import Book, Cell, Page, Value
from reports.month import parts, sentences
from reports.month.facts import Facts
from reports.month.facts_bank import Loaded
from words import numbers
from words.i18n import _, _n, language
from words.text import plain

WIDTHS = (30, 36, 12, 12, 14, 14, 14, 40)


def write(book: Book, facts: Facts) -> None:
    """The sheet."""
    page = book.page("quality", _("Data quality"))
    page.widths(*WIDTHS)
    page.heading(_("Data quality"), "title")
    for told in _told(facts):
        page.finding(told)
    _missing(page, facts)
    _restated(page, facts)
    _tables(page, facts)
    parts.break_before(page)
    _refused(page, facts)
    _loads(page, facts)


def _told(facts: Facts) -> list[str]:
    dated = [one for one in facts.quality.tables if one.days]
    whole = [one for one in dated if one.covered == one.days]
    told = [
        _("{whole} of {count} tables with days are complete for {period}.").format(
            whole=len(whole), count=len(dated), period=numbers.period(facts.period)
        )
    ]
    pending = facts.versions.pending
    if pending:
        told.append(
            _n(
                "{count} load is not in the numbers yet: they are as of the last refresh.",
                "{count} loads are not in the numbers yet: they are as of the last refresh.",
                pending,
            ).format(count=pending)
        )
    rows = facts.quality.quarantined
    if rows:
        told.append(
            _n("{count} row is quarantined.", "{count} rows are quarantined.", rows).format(
                count=numbers.number(rows, 0)
            )
        )
    return told


def _missing(page: Page, facts: Facts) -> None:
    """Indicators without a value or score, and those of which days are missing."""
    page.heading(_("What could not be computed, or only in part"))
    leaves = [facts.card.node(one, facts.branch) for one in facts.tree.indicators]
    found = [one for one in leaves if parts.why_cell(one)]
    if not found:
        page.note(_("● Every indicator has a value and a score from complete days."))
        page.space()
        return
    columns = (
        parts.texts("name", _("Indicator"), wrap=True),
        parts.texts("why", _("Why"), wrap=True),
        parts.number("covered", _("Days loaded"), digits=0),
        parts.number("days", _("Days"), digits=0),
        parts.number("weight", _("Weight in the total"), "%", digits=2),
        parts.number("value", _("Value")),
        parts.score("score", _("Score")),
        parts.texts("tables", _("Tables"), wrap=True),
    )
    page.table(columns, [_gap(facts, one) for one in found])


def _gap(facts: Facts, one: NodeResult) -> Sequence[Value | Cell]:
    tree, catalogue = facts.tree, facts.setup.store.catalogue
    points = sorted(tree.indicators[one.id].formula.points)
    tables = dict.fromkeys(table for name in points for table in catalogue.points[name].tables)
    return (
        parts.node_link(tree, one.id), parts.why_cell(one), one.covered or None, one.days or None,
        one.effective_weight, parts.value_cell(tree, one.id, one.value), one.score,
        sentences.joined(list(tables)),
    )  # fmt: skip


def _restated(page: Page, facts: Facts) -> None:
    """Of a closed month: what later data changed."""
    if facts.versions.closed is None:
        return
    page.heading(_("Restated since the month was closed"))
    if not facts.restated:
        page.note(_("● No value has changed since the month was closed."))
        return
    tree = facts.tree
    columns = (
        parts.texts("name", _("Indicator"), wrap=True),
        parts.texts("unit", _("Unit")),
        parts.number("closed", _("As closed")),
        parts.number("now", _("Now")),
        parts.change("change", _("Change")),
    )
    rows = [
        (
            parts.node_link(tree, one.id), parts.unit_cell(tree, one.id),
            parts.value_cell(tree, one.id, one.closed), parts.value_cell(tree, one.id, one.now),
            parts.change_cell(tree, one.id, one.now, one.closed),
        )
        for one in facts.restated
    ]  # fmt: skip
    page.table(columns, rows)
    page.note(_("The report shows the values as closed."))


def _tables(page: Page, facts: Facts) -> None:
    page.heading(_("Coverage by table"))
    columns = (
        parts.texts("table", _("Table")),
        parts.texts("what", _("One row is"), wrap=True),
        parts.number("covered", _("Days loaded"), digits=0),
        parts.number("days", _("Days"), digits=0),
        parts.number("share", _("Coverage"), "%", digits=1),
        parts.texts("last", _("Last day")),
        parts.texts("sign", _("Status")),
    )
    page.table(columns, [_table(one) for one in facts.quality.tables])
    page.note(
        _("Of tables of month-ends the month-end itself counts; tables without days are loaded or "
          "not. A day that is not loaded is unknown, never 0.")
    )  # fmt: skip


def _table(one: Loaded) -> Sequence[Value | Cell]:
    info = CONTRACT.tables[one.table].info
    share = 100 * (one.covered or 0) / one.days if one.days else None
    sign = _("○ not loaded")
    if one.there:
        sign = _("● complete") if share is None or share >= 100 else _("▲ in part")
        if share == 0:
            sign = _("■ nothing of this month")
    last = None if one.last_day is None else numbers.day(one.last_day)
    meaning = str(info.get("meaning_zh" if language() == "zh" else "meaning", ""))
    return one.table, meaning, one.covered, one.days, share, last, sign


def _refused(page: Page, facts: Facts) -> None:
    page.heading(_("Quarantined rows by table and reason"))
    found = facts.quality.refused
    if found is None:
        page.note(
            _("Loads and quarantine are the bank's: they are in the report of the whole bank.")
        )
        return
    if not found:
        page.note(_("● No row is quarantined."))
        return
    columns = (
        parts.texts("table", _("Table")),
        parts.texts("reason", _("Reason"), wrap=True),
        parts.number("rows", _("Rows"), digits=0),
    )
    page.table(columns, [(one.table, plain(one.reason, 300), one.rows) for one in found])
    page.note(
        _("Values of the rows themselves are left out. A row with two reasons stands under both.")
    )


def _loads(page: Page, facts: Facts) -> None:
    files = facts.quality.files
    if files is None:
        return
    page.heading(_("The newest loads"))
    if not files:
        page.note(_("No load is recorded."))
        return
    columns = (
        parts.texts("table", _("Table")),
        parts.texts("file", _("File"), wrap=True),
        parts.number("rows", _("Rows"), digits=0),
        parts.number("changed", _("Changed"), digits=0),
        parts.number("bad", _("Quarantined"), digits=0),
        parts.texts("when", _("When (UTC)"), width=17),
        parts.texts("who", _("Who")),
        parts.texts("refused", _("Refused because"), wrap=True),
    )
    rows = [
        (
            one.table or _("all"), plain(one.file, 120), one.rows, one.changed, one.quarantined,
            numbers.moment(one.finished_at), plain(one.who, 40), plain(one.refused, 300),
        )
        for one in files
    ]  # fmt: skip
    page.table(columns, rows)
