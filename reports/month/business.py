"""Business: the year's courses, what earns, what a new user costs and brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from metrics.forecast.records import Step
from metrics.targets.periods import completion
from metrics.values.reasons import Reason
from reports.book import Book, Cell, Line, Page, Table, Value, line_chart
from reports.book.charts import Chart
from reports.month import parts, sentences
from reports.month.facts import Facts
from reports.month.facts_business import Course, Part
from reports.month.figures import figures
from words import codes, numbers
from words.i18n import _, language
from words.text import plain

WIDTHS = (30, 14, 14, 14, 14, 14, 14, 14, 14, 40)
DRAWN = ("txn_amount", "fee_income")
PRICES = ("cac", "ltv_cac", "marketing_roi", "arpu", "products_per_customer")


def write(book: Book, facts: Facts) -> None:
    """The sheet."""
    page = book.page("business_screen", _("Business results"))
    page.widths(*WIDTHS)
    page.heading(_("Business results"), "title")
    courses = {one.indicator: one for one in facts.business.courses}
    for name in DRAWN:
        page.finding(sentences.course_words(facts.tree, name, courses[name].forecast))
    place = page.row
    page.space(parts.CHART_ROWS)
    _goals(page, facts)
    parts.break_before(page)
    _structure(page, facts)
    _products(page, facts)
    parts.break_before(page)
    page.heading(_("What a user costs and brings"))
    figures(page, facts, PRICES)
    _channels(page, facts)
    parts.break_before(page)
    drawn = [_path(page, facts, courses[name]) for name in DRAWN]
    charts = [one for one in drawn if one is not None]
    if charts:
        parts.charts_at(page, place, charts)


def _goals(page: Page, facts: Facts) -> None:
    page.heading(_("The year's goals: so far, expected, chance"))
    columns = (
        parts.texts("name", _("Figure")),
        parts.number("so_far", _("So far")),
        parts.number("plan", _("Plan line today")),
        parts.number("goal", _("Goal of the year")),
        parts.number("done", _("Completed"), "%", digits=1),
        parts.number("passed", _("Time passed"), "%", digits=1),
        parts.number("low", _("At least (80%)")),
        parts.number("expected", _("Expected")),
        parts.number("high", _("At most (80%)")),
        parts.texts("chance", _("Chance; why there is no number"), wrap=True),
    )
    page.table(columns, [_goal(facts, one) for one in facts.business.courses])
    page.note(
        _("Of amounts that add up the goal is that of the whole year; of levels and stocks it is "
          "the value at the year's end. Completed is told of amounts that add up only.")
    )  # fmt: skip


def _goal(facts: Facts, one: Course) -> Sequence[Value | Cell]:
    shown, unit = one.forecast, parts.indicator_of(facts.tree, one.indicator).unit
    plans = [step.plan for step in shown.steps if step.actual is not None]
    flow = one.kind == "flow"
    said = sentences.chance_words(shown.probability)
    if not said and shown.reason is not None:
        said = codes.opened(shown.reason.words(language()))
    elif not said and shown.goal is None:
        said = _("No goal of the year")
    end = shown.end
    return (
        parts.node_link(facts.tree, one.indicator),
        Cell(one.so_far, unit=unit),
        Cell(plans[-1] if plans else None, unit=unit),
        Cell(shown.goal, unit=unit),
        completion(one.so_far, shown.goal) if flow else None,
        passed(shown.as_of) if flow else None,
        Cell(None if end is None else end.low, unit=unit),
        Cell(None if end is None else end.value, unit=unit),
        Cell(None if end is None else end.high, unit=unit),
        said,
    )


def passed(day: date) -> float:
    """Per cent of the year that has passed with a day.

    >>> passed(date(2026, 12, 31)), round(passed(date(2026, 1, 1)), 2)
    (100.0, 0.27)
    """
    first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    return 100.0 * ((day - first).days + 1) / ((last - first).days + 1)


def _structure(page: Page, facts: Facts) -> None:
    page.heading(_("What earns: by module"))
    rows = [one for one in facts.business.modules if one.amount or one.fees or one.count]
    if not rows:
        page.note(_("No transactions of modules in this month."))
        return
    columns = (
        parts.texts("module", _("Module")),
        parts.number("fees", _("Income"), "CNY"),
        parts.number("fee_share", _("Of all income"), "%", digits=1),
        parts.number("amount", _("Amount"), "CNY"),
        parts.number("amount_share", _("Of the amount"), "%", digits=1),
        parts.number("count", _("Transactions"), "count", digits=0),
    )
    fees, amount = _sum(one.fees for one in rows), _sum(one.amount for one in rows)
    page.table(columns, [_module(facts, one, fees, amount) for one in rows])
    page.note(_("Shares are of what is booked to a module: transactions without one are not in."))


def _sum(values: Iterable[float | None]) -> float:
    return sum(one for one in values if one is not None)


def _module(facts: Facts, one: Part, fees: float, amount: float) -> Sequence[Value | Cell]:
    return (
        codes.module_name(facts.tree, one.module),
        one.fees,
        _share(one.fees, fees),
        one.amount,
        _share(one.amount, amount),
        one.count,
    )


def _share(part: float | None, whole: float) -> float | None:
    return None if part is None or whole <= 0 else 100 * part / whole


def _products(page: Page, facts: Facts) -> None:
    found = facts.business.products
    page.heading(_("Products with the most income"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    if not found:
        page.note(_("No transaction of this month names a product."))
        return
    columns = (
        parts.texts("product", _("Product")),
        parts.number("fees", _("Income"), "CNY"),
        parts.number("amount", _("Amount"), "CNY"),
        parts.number("count", _("Transactions"), "count", digits=0),
        parts.texts("module", _("Module"), 14),
        parts.texts("kind", _("Kind"), 14),
    )
    page.table(columns, [_product(facts, one) for one in found])


def _product(facts: Facts, one: Part) -> Sequence[Value | Cell]:
    named = one.name_zh if language() == "zh" else one.name_en or one.name_zh
    return (
        plain(named or one.product, 80),
        one.fees,
        one.amount,
        one.count,
        codes.module_name(facts.tree, one.module),
        codes.product_kind(one.kind),
    )


def _channels(page: Page, facts: Facts) -> None:
    found = facts.business.channels
    page.heading(_("Acquisition cost by channel"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    if not found:
        page.note(_("No new users and no spend in this period."))
        return
    columns = (
        parts.texts("channel", _("Channel")),
        parts.number("users", _("New users"), "users"),
        parts.number("spent", _("Spend"), "CNY"),
        parts.number("cac", _("Cost of a new user"), "CNY"),
    )
    rows = [
        (
            codes.channel_of_origin(one.channel),
            parts.people(one.users),
            one.spent,
            one.cac if one.users >= parts.SMALLEST else None,
        )
        for one in found
    ]
    page.table(columns, rows)
    page.note(
        _("Spend of acquisition campaigns by the campaign's channel, users by their channel of "
          "origin. No cost where a channel cost nothing or brought fewer than five users.")
    )  # fmt: skip


def _path(page: Page, facts: Facts, one: Course) -> Chart | None:
    """The year's course by month-end, as the data of its chart."""
    tree, unit = facts.tree, parts.indicator_of(facts.tree, one.indicator).unit
    named = sentences.name(tree, one.indicator)
    page.heading(_("{name}: added up over the year").format(name=named), "subheading")
    steps = _month_ends(one.forecast.steps)
    if not steps:
        why = one.forecast.reason
        page.note(codes.opened(why.words(language())) if why else _("no data"))
        return None
    columns = (
        parts.texts("day", _("Day")),
        parts.number("actual", _("So far"), unit),
        parts.number("plan", _("Plan line"), unit),
        parts.number("expected", _("Expected"), unit),
        parts.number("low", _("At least (80%)"), unit),
        parts.number("high", _("At most (80%)"), unit),
    )
    rows = [(numbers.day(s.day)[2:7], s.actual, s.plan, s.expected, s.low, s.high) for s in steps]
    table: Table = page.table(columns, rows)
    return line_chart(
        table, "day", ("actual", Line("plan", dashed=True), Line("expected", colour="8A6A00")),
        sentences.course_words(tree, one.indicator, one.forecast), unit=unit,
        size=parts.largest([s.plan or s.actual or s.expected for s in steps]),
    )  # fmt: skip


def _month_ends(steps: Sequence[Step]) -> list[Step]:
    """The last step of every month."""
    ends = {(one.day.year, one.day.month): one for one in steps}
    return list(ends.values())
