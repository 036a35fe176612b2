"""User behaviour: who comes, the funnel, retention by cohort, tiers, silence."""

from __future__ import annotations

from collections.abc import Sequence

from data.contract.vocabulary import TIERS
from metrics.behaviour.cohorts import Cohort, Triangle
from metrics.behaviour.silence import Silence, Silent
from metrics.behaviour.tiers import OUTSIDE, Moves
from metrics.behaviour.visits import Visits
from metrics.values.reasons import Reason
from reports.book import Book, Cell, Column, Page, Table, Value, bar_chart
from reports.book.charts import Chart
from reports.month import parts, sentences
from reports.month.facts import Facts
from words import codes, numbers
from words.i18n import _, language

WIDTHS = (30, *(10,) * 13)
OLDEST = 12
ORDER = (*reversed(TIERS), "") if TIERS[0] == "basic" else (*TIERS, "")


def write(book: Book, facts: Facts) -> None:
    """The sheet."""
    page = book.page("behaviour", _("User behaviour"))
    page.widths(*WIDTHS)
    page.heading(_("User behaviour"), "title")
    _found(page, facts)
    place = page.row
    page.space(parts.CHART_ROWS)
    stages = _funnel(page, facts)
    parts.break_before(page)
    visits = _visits(page, facts)
    _retention(page, facts)
    parts.break_before(page)
    _tiers(page, facts)
    _silence(page, facts)
    _never(page, facts)
    parts.charts_at(page, place, _charts(facts, stages, visits))


def _found(page: Page, facts: Facts) -> None:
    weak, tree = facts.behaviour.weakest, facts.tree
    if weak is not None:
        page.finding(
            _("The weakest step of the funnel is {stage}: {name} {value}, target {target}.").format(
                stage=codes.stage_words(weak.stage),
                name=sentences.name(tree, weak.node.id),
                value=sentences.quantity(tree, weak.node.id, weak.node.value),
                target=sentences.quantity(tree, weak.node.id, weak.node.target),
            )
        )
    silence = facts.behaviour.silence
    if not isinstance(silence, Reason) and silence.users:
        worst = silence.levels[-1]
        page.finding(
            _("{count} of {all} open accounts are silent for {days} days or more ({share})").format(
                count=numbers.number(worst.users, 0),
                all=numbers.number(silence.users, 0),
                days=worst.level.days,
                share=numbers.percent(100 * worst.users / silence.users),
            )
        )


def _funnel(page: Page, facts: Facts) -> Table:
    tree = facts.tree
    page.heading(_("Funnel: how well users pass each stage"))
    columns = (
        parts.texts("stage", _("Stage")),
        parts.number("value", _("Value")),
        parts.number("before", _("Month before")),
        parts.change("change", _("Change")),
        parts.number("year", _("Last year")),
        parts.number("target", _("Target")),
        parts.number("reached", _("Of target"), "%", digits=1),
        parts.score("score", _("Score")),
        Column("band", _("Status")),
        parts.texts("unit", _("Unit")),
        parts.texts("name", _("Measured by"), 10),
    )
    rows: list[Sequence[Value | Cell]] = []
    for one in facts.behaviour.stages:
        name, node = one.node.id, one.node
        then = parts.value_of(parts.of_card(facts.before, name, facts.branch))
        year = parts.value_of(parts.of_card(facts.year_ago, name, facts.branch))
        rows.append(
            (
                codes.stage_words(one.stage), parts.value_cell(tree, name, node.value),
                parts.value_cell(tree, name, then), parts.change_cell(tree, name, node.value, then),
                parts.value_cell(tree, name, year), parts.value_cell(tree, name, node.target),
                one.reached, node.score, parts.status(tree, node), parts.unit_cell(tree, name),
                parts.node_link(tree, name),
            )
        )  # fmt: skip
    return page.table(columns, rows)


def _visits(page: Page, facts: Facts) -> Table | None:
    """Active users by what they did the month before."""
    page.heading(_("Active users: new, returning, recovered"))
    found = facts.behaviour.visits
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return None
    columns = (
        parts.texts("month", _("Month")),
        parts.number("active", _("Active"), "users"),
        parts.number("new", _("New"), "users"),
        parts.number("returning", _("Returning"), "users"),
        parts.number("recovered", _("Recovered"), "users"),
        parts.number("lost", _("Lost"), "users"),
    )
    table = page.table(columns, [_visit(one) for one in found])
    page.note(
        _(
            "Returning: active the month before too. Recovered: active, not the month before. "
            "Lost: active the month before only. A dash: days of the month or the one before are "
            "not loaded."
        )
    )
    return table


def _visit(one: Visits) -> Sequence[Value | Cell]:
    month = f"{one.period.first:%Y-%m}"
    if not one.known:
        return month, None, None, None, None, None
    counts = (one.active, one.new, one.returning, one.recovered, one.lost)
    return month, *(parts.people(count) for count in counts)


def _retention(page: Page, facts: Facts) -> None:
    page.heading(_("Retention by month of registration"))
    found = facts.behaviour.triangle
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    ages = min(OLDEST, max((len(one.active) for one in found.cohorts), default=1) - 1)
    columns = (
        parts.texts("cohort", _("Registered in")),
        parts.number("users", _("Users"), "users"),
        *(
            parts.number(f"m{age}", f"+{age}", "%", digits=1, width=7.5)
            for age in range(1, ages + 1)
        ),
    )
    rows = [_cohort(one, ages) for one in found.cohorts]
    rows.append(_together(found, ages))
    page.table(columns, rows)
    page.note(
        _("Per cent of those who registered in a month that were active in the n-th month after; "
          "a dash where that month is not over, or fewer than five registered.")
    )  # fmt: skip


def _cohort(one: Cohort, ages: int) -> Sequence[Value | Cell]:
    known = one.users >= parts.SMALLEST
    shares = [one.active[age] if age < len(one.active) else None for age in range(1, ages + 1)]
    return (
        f"{one.period.first:%Y-%m}",
        parts.people(one.users),
        *(share.value if share is not None and known else None for share in shares),
    )


def _together(found: Triangle, ages: int) -> Sequence[Value | Cell]:
    every = found.together
    shares = [every[age] if age < len(every) else None for age in range(1, ages + 1)]
    return (
        Cell(_("All months"), style="total"),
        Cell(parts.people(sum(one.users for one in found.cohorts)), style="total"),
        *(
            Cell(s.value if s is not None and s.whole >= parts.SMALLEST else None, style="total")
            for s in shares
        ),
    )


def _tiers(page: Page, facts: Facts) -> None:
    found = facts.behaviour.moves
    page.heading(_("Tiers and the moves between them"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    page.finding(
        _(
            "From {first} to {last}: {share} of customers below the highest tier rose, {n} fell."
        ).format(
            first=numbers.day(found.before), last=numbers.day(found.after),
            share=numbers.percent(found.raised.value), n=_said(found.lowered),
        )
    )  # fmt: skip
    targets = [one for one in ORDER if one] + [OUTSIDE]
    columns = (
        parts.texts("from", _("From")),
        parts.number("start", _("At the start"), "users"),
        *(parts.number(f"to_{one}", _tier_to(one), "users") for one in targets),
    )
    rows = [_moved(found, source, targets) for source in targets]
    page.table(columns, rows)
    note = parts.withheld_note(one for row in rows for one in row)
    if note:
        page.note(note)


def _said(count: int) -> str:
    told = parts.people(count)
    return told if isinstance(told, str) else numbers.number(count, 0)


def _tier_to(tier: str) -> str:
    return _("to {tier}").format(tier=_tier(tier))


def _tier(tier: str) -> str:
    return codes.tier_name(tier) if tier else _("not a customer or no tier")


def _moved(found: Moves, source: str, targets: Sequence[str]) -> Sequence[Value | Cell]:
    cells = (parts.people(found.cells.get((source, target), 0)) for target in targets)
    start = found.at_start(source)
    return _tier(source), parts.people(start) if source else None, *cells


def _silence(page: Page, facts: Facts) -> None:
    found = facts.behaviour.silence
    page.heading(_("Silent users at the month's end"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    tiers = [one for one in ORDER if any(one in level.by_tier for level in found.levels)]
    columns = (
        parts.texts("level", _("Level")),
        parts.number("users", _("Users"), "users"),
        parts.number("share", _("Of open accounts"), "%", digits=1),
        *(parts.number(f"t_{one}", codes.tier_name(one), "users") for one in tiers),
        parts.texts("action", _("What to do"), 10),
    )
    rows = [_silent(found, one, tiers) for one in found.levels]
    page.table(columns, rows)
    note = parts.withheld_note(one for row in rows for one in row)
    if note:
        page.note(note)


def _silent(found: Silence, one: Silent, tiers: Sequence[str]) -> Sequence[Value | Cell]:
    level = one.level
    told = _("{colour}: {days} days or more")
    if level.until is not None:
        told = _("{colour}: {days} to {last} days")
    named = told.format(
        colour=codes.colour_words(level.colour), days=level.days, last=(level.until or 0) - 1
    )
    few = 0 < one.users < parts.SMALLEST
    share = 100 * one.users / found.users if found.users and not few else None
    cells = (parts.people(one.by_tier.get(tier, 0)) for tier in tiers)
    return named, parts.people(one.users), share, *cells, level.action(language())


def _never(page: Page, facts: Facts) -> None:
    found = facts.behaviour.never_used
    page.heading(_("Modules that active users never used in twelve months"))
    if isinstance(found, Reason):
        parts.no_value(page, found)
        return
    columns = (
        parts.texts("module", _("Module")),
        parts.number("never", _("Never used it"), "%", digits=1),
        parts.number("low", _("from"), "%", digits=1),
        parts.number("high", _("to"), "%", digits=1),
        parts.number("people", _("Active users"), "users"),
        parts.texts("called", _("Remark"), 10),
    )
    rows: list[Sequence[Value | Cell]] = []
    for one in found:
        known = one.never.whole >= parts.SMALLEST
        rows.append(
            (
                codes.module_name(facts.tree, one.module),
                one.never.value if known else None,
                one.never.low if known else None,
                one.never.high if known else None,
                parts.people(one.never.whole),
                _("▲ hardly used") if one.called_out and known else "",
            )
        )
    page.table(columns, rows)
    page.note(_("from and to: 95% interval (Wilson)."))


def _charts(facts: Facts, stages: Table, visits: Table | None) -> list[Chart]:
    weak = facts.behaviour.weakest
    title = _("Funnel: reached of the target, %")
    if weak is not None:
        title = _("Funnel: reached of the target, %; weakest {stage}").format(
            stage=codes.stage_words(weak.stage)
        )
    found = [
        bar_chart(stages, "stage", ("reached",), title, unit="%", size=100.0, low=0.0, labels=True)
    ]
    if visits is not None:
        shown = facts.behaviour.visits
        known = [] if isinstance(shown, Reason) else [one for one in shown if one.known]
        size = parts.largest([float(one.active) for one in known])
        told = _("Active users: new, returning, recovered")
        series = ("returning", "new", "recovered")
        found.append(
            bar_chart(visits, "month", series, told, stacked=True, size=size, unit="users")
        )
    return found
