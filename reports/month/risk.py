"""Risk: fraud, quality of loans, events against their limits, the register, complaints."""

from __future__ import annotations

from collections.abc import Sequence

from data.points.relations.risk import CLOSING_LIMIT_S
from metrics.risk.events import ClassRow
from metrics.risk.fraud import Totals
from metrics.risk.loans import ENDS, RollRates, Vintage
from metrics.values.reasons import Reason
from reports.book import Book, Cell, Page, Table, Value, line_chart
from reports.book.charts import Chart
from reports.month import parts, sentences
from reports.month.facts import Facts
from reports.month.figures import figures
from words import codes, numbers
from words.i18n import _

WIDTHS = (30, *(11,) * 13)
FRAUD = ("fraud_rate", "fraud_intercept_rate", "fraud_precision", "fraud_loss_rate")
CREDIT = ("npl_ratio", "overdue_30d", "first_payment_default")
MOST_VINTAGES, MOST_AGES = 10, 12


def write(book: Book, facts: Facts) -> None:
    """The sheet."""
    page = book.page("risk_screen", _("Risk monitoring"))
    page.widths(*WIDTHS)
    page.heading(_("Risk monitoring"), "title")
    for line in facts.card.breached(facts.branch):
        page.finding(sentences.red_line_words(facts, line))
    for told in _found(facts):
        page.finding(told)
    place = page.row
    page.space(parts.CHART_ROWS)
    page.heading(_("Key figures"))
    figures(page, facts, (*FRAUD, *CREDIT, "risk_event_count"))
    parts.break_before(page)
    _fraud(page, facts)
    _events(page, facts)
    parts.break_before(page)
    _vintages(page, facts)
    _rolls(page, facts)
    _complaints(page, facts)
    parts.break_before(page)
    _register(page, facts)
    table = _by_month(page, facts)
    parts.charts_at(page, place, _charts(facts, table))


def _found(facts: Facts) -> list[str]:
    """What fraud and events say, in sentences."""
    told, fraud, classes = [], facts.risk.fraud, facts.risk.classes
    if not isinstance(fraud, Reason) and any(one.fraud for one in fraud):
        worst, every = fraud[0], sum(one.fraud for one in fraud)
        told.append(
            _("{n} frauds, {share} intercepted; most in {module}: {some}").format(
                n=numbers.number(float(every), 0),
                share=numbers.percent(100 * sum(one.blocked for one in fraud) / every),
                module=codes.module_name(facts.tree, worst.module),
                some=numbers.number(float(worst.fraud), 0),
            )
        )
    if not isinstance(classes, Reason) and classes:
        told.append(
            _("{n} events, {grave} of level 3; {late} past their limit, {open} still open").format(
                n=sum(one.events for one in classes),
                grave=sum(one.levels[2] for one in classes),
                late=sum(one.late for one in classes),
                open=sum(one.open for one in classes),
            )
        )
    return told


def _fraud(page: Page, facts: Facts) -> None:
    found = facts.risk.fraud
    page.heading(_("Fraud by module"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    if not found:
        page.note(_("No transactions of these days were judged."))
        return
    columns = (
        parts.texts("module", _("Module")),
        parts.number("judged", _("Judged"), "count", digits=0),
        parts.number("fraud", _("Fraud"), "count", digits=0),
        parts.number("rate", _("Per 10,000"), digits=2),
        parts.number("blocked", _("Intercepted"), "%", digits=1),
        parts.number("loss", _("Loss"), "CNY"),
    )
    page.table(columns, [_module(facts, one) for one in found])
    page.note(_("Transactions of 30 days before the period: they have had time to be judged."))


def _module(facts: Facts, one: Totals) -> Sequence[Value | Cell]:
    return (
        codes.module_name(facts.tree, one.module),
        one.judged,
        one.fraud,
        10_000 * one.fraud / one.judged if one.judged else None,
        100 * one.blocked / one.fraud if one.fraud else None,
        one.loss,
    )


def _events(page: Page, facts: Facts) -> None:
    found = facts.risk.classes
    page.heading(_("Events by class and level, against their limits"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    if not found:
        page.note(_("● No risk events began in this period."))
        return
    columns = (
        parts.texts("class", _("Class")),
        parts.number("events", _("Events"), digits=0),
        *(parts.number(f"l{n}", _("Level {n}").format(n=n), digits=0) for n in (3, 2, 1)),
        parts.number("detect", _("Median minutes to detect"), digits=0),
        parts.number("close", _("Median hours to close"), digits=1),
        parts.number("late", _("Past their limit"), digits=0),
        parts.number("open", _("Open"), digits=0),
        parts.number("loss", _("Loss"), "CNY"),
    )
    page.table(columns, [_class(one) for one in found])
    hours = {level: seconds // 3600 for level, seconds in CLOSING_LIMIT_S.items()}
    page.note(
        _("Limits from detection to closing: level 3 {a} h, level 2 {b} h, level 1 {c} h.").format(
            a=hours[3], b=hours[2], c=hours[1]
        )
    )


def _class(one: ClassRow) -> Sequence[Value | Cell]:
    levels = one.levels[::-1]
    return (
        codes.class_name(one.name), one.events, *levels, one.detect_min, one.close_h, one.late,
        one.open, one.loss,
    )  # fmt: skip


def _vintages(page: Page, facts: Facts) -> None:
    found = facts.risk.vintages
    page.heading(_("Vintages: per cent of loans ever 30 days late, by months on book"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    shown = [one for one in found if len(one.late) > 1][-MOST_VINTAGES:]
    if not shown:
        page.note(_("Days past due are not known from a loan's beginning: no vintages."))
        return
    ages = min(MOST_AGES, max(len(one.late) for one in shown) - 1)
    columns = (
        parts.texts("quarter", _("Quarter of origination")),
        parts.number("loans", _("Loans"), digits=0),
        *(
            parts.number(f"a{age}", f"+{age}", "%", digits=1, width=7.5)
            for age in range(1, ages + 1)
        ),
    )
    page.table(columns, [_vintage(one, ages) for one in shown])
    page.note(_("Only loans seen from their first months; quarters of at least 10 loans."))


def _vintage(one: Vintage, ages: int) -> Sequence[Value | Cell]:
    late = [*one.late, *([None] * ages)]
    return one.name, one.loans, *late[1 : ages + 1]


def _rolls(page: Page, facts: Facts) -> None:
    found = facts.risk.rolls
    page.heading(_("Roll rates from month to month"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    if not found.rows:
        page.note(
            _("There are no two month-ends in a row: a source with one month-end or with "
              "classes only has no roll rates.")
        )  # fmt: skip
        return
    columns = (
        parts.texts("from", _("From")),
        parts.number("loans", _("Loans"), digits=0),
        *(parts.number(f"to_{end}", codes.bucket_name(end), "%", digits=1) for end in ENDS),
    )
    page.table(columns, _roll_rows(found))
    page.note(
        _("Share of the balance a month later, the last twelve months; each row adds up to 100%.")
    )


def _roll_rows(found: RollRates) -> list[Sequence[Value | Cell]]:
    return [
        (
            codes.bucket_name(row.start),
            row.loans,
            *([100 * one for one in row.shares] if row.shares else [None] * len(ENDS)),
        )
        for row in found.rows
    ]


def _register(page: Page, facts: Facts) -> None:
    found = facts.risk.register
    page.heading(_("Risk register: likelihood and impact"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    month, classes = found
    page.note(_("As assessed in {month}; change against the month before.").format(
        month=f"{month:%Y-%m}"))  # fmt: skip
    columns = (
        parts.texts("class", _("Class")),
        parts.number("likelihood", _("Likelihood"), digits=0),
        parts.number("impact", _("Impact"), digits=0),
        parts.number("product", _("Product"), digits=0, bar=True),
        parts.number("change", _("Change"), digits=0, signed=True),
        parts.number("weight", _("Weight, %"), digits=1),
    )
    rows = [
        (
            codes.class_name(one.name), one.likelihood, one.impact, one.score,
            None if one.before is None else one.moved,
            None if one.weight is None else 100 * one.weight,
        )
        for one in classes
    ]  # fmt: skip
    page.table(columns, rows)


def _complaints(page: Page, facts: Facts) -> None:
    found = facts.risk.complaints
    page.heading(_("Complaints by theme"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    if not found:
        page.note(_("No complaints in this month."))
        return
    columns = (
        parts.texts("theme", _("Theme")),
        parts.number("complaints", _("Complaints"), digits=0),
        parts.number("grave", _("Level 3"), digits=0),
        parts.number("open", _("Open"), digits=0),
        parts.number("hours", _("Median hours to close"), digits=1),
    )
    page.table(
        columns,
        [
            (one.name or _("No theme"), one.complaints, one.grave, one.open, one.hours)
            for one in found
        ],
    )


def _by_month(page: Page, facts: Facts) -> Table:
    tree = facts.tree
    page.heading(_("Fraud and loans by month"))
    names = [one for one in (*FRAUD, *CREDIT) if one in tree.indicators]
    columns = (
        parts.texts("month", _("Month")),
        *(parts.number(one, sentences.name(tree, one), tree.indicators[one].unit) for one in names),
    )
    rows = [
        [month, *(parts.value_of(parts.of_card(card, one, facts.branch)) for one in names)]
        for month, card in zip(parts.months_of(facts.cards), facts.cards, strict=True)
    ]
    return page.table(columns, rows)


def _charts(facts: Facts, table: Table) -> list[Chart]:
    found, tree = [], facts.tree
    for series in (("fraud_rate",), ("npl_ratio", "overdue_30d")):
        known = tuple(one for one in series if one in tree.indicators)
        if not known:
            continue
        now = facts.card.node(known[0], facts.branch)
        title = _("{name}: {value}, target {target}").format(
            name=sentences.name(tree, now.id),
            value=sentences.quantity(tree, now.id, now.value),
            target=sentences.quantity(tree, now.id, now.target),
        )
        size = parts.largest([facts.card.node(one, facts.branch).value for one in known])
        found.append(
            line_chart(table, "month", known, title, unit=now.unit or "", size=size, low=0.0)
        )
    return found
