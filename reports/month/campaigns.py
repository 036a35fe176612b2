"""Campaigns: what each reached, cost and added, attribution side by side, the year's money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from data.contract.vocabulary import TOUCH_KINDS
from metrics.campaigns.attribution import MODELS, Attribution
from metrics.campaigns.money import RESERVE, Budget
from metrics.campaigns.results import Result
from reports.book import Book, Cell, Page, Table, Value, bar_chart
from reports.book.charts import Chart
from reports.month import parts
from reports.month.facts import Facts
from words import codes, numbers
from words.i18n import _, _n, language
from words.text import plain

WIDTHS = (34, *(11,) * 12, 30)
MOST_DRAWN = 10


def write(book: Book, facts: Facts) -> None:
    """The sheet."""
    page = book.page("campaigns", _("Campaigns"))
    page.widths(*WIDTHS)
    page.heading(_("Campaigns"), "title")
    found = facts.campaigns
    page.finding(_told(facts))
    place = page.row
    judged = sum(one.roi.value is not None for one in found.results)
    if judged > 1 or found.attribution.steps:
        page.space(parts.CHART_ROWS)
    names = unique_names(found.results)
    results = _results(page, facts, names)
    parts.break_before(page)
    _approvals(page, facts, names)
    credited = _attribution(page, found.attribution)
    _budget(page, found.budget, facts)
    charts = list(_charts(facts, results, credited))
    if charts:
        parts.charts_at(page, place, charts)


def unique_names(results: Iterable[Result]) -> Mapping[str, str]:
    """Names by id; where several campaigns share one, the id tells them apart."""
    found = {one.campaign.id: plain(one.campaign.name(language()), 80) for one in results}
    shared = Counter(found.values())
    return {
        key: name if shared[name] == 1 else f"{name} · {plain(key, 40)}"
        for key, name in found.items()
    }


def _told(facts: Facts) -> str:
    found = facts.campaigns
    count = len(found.results)
    told = _n("{count} campaign ran", "{count} campaigns ran", count).format(count=count)
    paid = sum(one.verdict == "paid" for one in found.results)
    lost = sum(one.verdict in ("lost", "nothing") for one in found.results)
    unknown = sum(one.verdict == "unknown" for one in found.results)
    told = _(
        "{told}: {paid} surely paid for themselves, {lost} showed no gain, of {unknown} it cannot "
        "be told."
    ).format(told=told, paid=paid, lost=lost, unknown=unknown)
    if found.spent is None:
        return told
    return _("{told} Spent in the month: {spent} of {planned} planned.").format(
        told=told,
        spent=numbers.quantity(found.spent[1], "CNY", ""),
        planned=numbers.quantity(found.spent[0], "CNY", ""),
    )


def _results(page: Page, facts: Facts, names: Mapping[str, str]) -> Table | None:
    page.heading(_("What each campaign reached, cost and added"))
    if not facts.campaigns.results:
        page.note(_("No campaign ran in this month."))
        return None
    columns = (
        parts.texts("name", _("Campaign"), wrap=True),
        *(parts.number(kind, codes.contact_words(kind), "users") for kind in TOUCH_KINDS),
        parts.number("registered", _("Registered"), "users"),
        parts.number("spent", _("Spent"), "CNY"),
        parts.number("cac", _("CAC"), "CNY"),
        parts.number("roi", _("Return on ¥1"), digits=2),
        parts.number("low", _("from"), digits=2),
        parts.number("high", _("to"), digits=2),
        parts.number("hunters", _("Not seen again"), "%", digits=0),
        parts.number("kept", _("¥ for a kept user"), "CNY"),
        parts.texts("verdict", _("Verdict; why there is no number"), wrap=True),
    )
    rows = [_result(one, names) for one in _judged_first(facts)]
    table = page.table(columns, rows)
    page.note(
        _("Over the whole life of each campaign. Return: income of the treated beyond the holdout "
          "in 30 days for each ¥1 spent; from and to: 95% interval (Welch; spending taken as "
          "known). Not seen again: took part and were active on none of the 30 days after. Kept: "
          "took part and were active in days 24 to 30 after.")
    )  # fmt: skip
    note = parts.withheld_note(one for row in rows for one in row)
    if note:
        page.note(note)
    return table


def _judged_first(facts: Facts) -> list[Result]:
    """Campaigns whose return is known, the best first; then the others, the newest first."""
    return sorted(
        facts.campaigns.results,
        key=lambda one: (one.roi.value is None, -(one.roi.value or 0.0)),
    )


def _result(one: Result, names: Mapping[str, str]) -> Sequence[Value | Cell]:
    part = one.participants
    enough, cac = part.registered >= parts.SMALLEST, one.cac
    why = codes.no_effect_words(one.income.why or one.roi.why)
    verdict = codes.campaign_verdict(one.verdict)
    return (
        names[one.campaign.id],
        *(parts.people(one.contacts.known(kind)) for kind in TOUCH_KINDS),
        parts.people(part.registered),
        one.cost.spent_cny,
        cac[0] if cac is not None and enough else None,
        one.roi.value,
        one.roi.low,
        one.roi.high,
        one.hunters if part.ripe >= parts.SMALLEST else None,
        one.cost_of_kept if part.kept >= parts.SMALLEST else None,
        _("{told} · {place}").format(told=verdict, place=why) if why else verdict,
    )


def _approvals(page: Page, facts: Facts, names: Mapping[str, str]) -> None:
    """The three reviews, what they are for, and when they ran."""
    page.heading(_("Reviews"))
    if not facts.campaigns.results:
        page.note(_("No campaign ran in this month."))
        return
    columns = (
        parts.texts("name", _("Campaign"), wrap=True),
        parts.texts("purpose", _("Purpose"), 11),
        parts.texts("channel", _("Channel"), 11),
        parts.texts("first", _("From day")),
        parts.texts("last", _("To day")),
        parts.number("budget", _("Budget"), "CNY"),
        parts.texts("business", _("Business review"), 11),
        parts.texts("compliance", _("Compliance review"), 11),
        parts.texts("technical", _("Technical review"), 11),
        parts.texts("finding", _("Finding"), 11),
    )
    page.table(columns, [_approval(one, names) for one in facts.campaigns.results])


def _approval(one: Result, names: Mapping[str, str]) -> Sequence[Value | Cell]:
    campaign = one.campaign
    signs = [_("● passed") if done else _("■ missing") for done in campaign.reviews]
    if not one.reviews_kept:
        signs = [_("– not recorded")] * len(signs)
    return (
        names[campaign.id],
        codes.purpose_words(campaign.purpose),
        codes.channel_words(campaign.channel),
        numbers.day(campaign.first),
        numbers.day(campaign.last),
        campaign.budget_cny,
        *signs,
        plain(campaign.finding, 300),
    )


def _attribution(page: Page, found: Attribution) -> Table | None:
    page.heading(_("Attribution of the month's conversions by channel"))
    if not found.steps:
        page.note(_("No conversion of this month had a contact before it."))
        return None
    columns = (
        parts.texts("step", _("Channel")),
        *(parts.number(model, codes.model_words(model), digits=1) for model in MODELS),
    )
    rows: list[Sequence[Value | Cell]] = [
        (codes.channel_words(step), *(found.credit[model].get(step, 0.0) for model in MODELS))
        for step in found.steps
    ]
    alone, whole = float(found.alone), float(found.conversions)
    rows.append((_("Without a contact"), *([alone] * len(MODELS))))
    total: list[Value] = [_("All conversions"), *([whole] * len(MODELS))]
    rows.append([Cell(one, style="total") for one in total])
    table = page.table(columns, rows)
    page.note(
        _("Contacts of the {days} days before a conversion. Every model adds up to all conversions."
          ).format(days=found.lookback_days)
    )  # fmt: skip
    return table


def _budget(page: Page, found: Budget, facts: Facts) -> None:
    page.heading(_("Budget of {year} up to {day}").format(
        year=found.year, day=numbers.day(found.until)))  # fmt: skip
    if not found.planned_cny and not found.spent_cny:
        known = facts.setup.store.coverage.has("spend")
        page.note(_("Nothing is booked.") if known else _("needs table {0}").format("spend"))
        return
    columns = (
        parts.texts("category", _("Category")),
        parts.number("planned", _("Planned so far"), "CNY"),
        parts.number("spent", _("Spent"), "CNY"),
        parts.number("burn", _("Of the plan"), "%", digits=1),
        parts.number("share", _("Share"), "%", digits=1),
        parts.number("rule", _("By the rule"), "%", digits=0),
    )
    rows: list[Sequence[Value | Cell]] = [
        (codes.category_words(one.id), one.planned_cny, one.spent_cny, one.burn, one.share,
         one.planned_share)
        for one in found.categories
    ]  # fmt: skip
    rows.append(
        (codes.category_words("reserve"), None, found.reserve_cny, None, found.reserve_share, None)
    )
    burn = 100 * found.spent_cny / found.planned_cny if found.planned_cny else None
    total = (_("Total"), found.planned_cny, found.spent_cny, burn, None, None)
    rows.append([Cell(one, style="total") for one in total])
    page.table(columns, rows)
    page.note(
        _("Shares are of technology, operations and data and risk together; the reserve, of all "
          "that is spent, should be {low} to {high}%.").format(low=RESERVE[0], high=RESERVE[1])
    )  # fmt: skip
    if found.forecast is not None:
        value, low, high = (numbers.quantity(one, "CNY", "") for one in found.forecast)
        page.note(
            _("The year is expected to cost {value} ({low} to {high}, 80% interval).").format(
                value=value, low=low, high=high
            )
        )


def _charts(facts: Facts, results: Table | None, credited: Table | None) -> Iterable[Chart]:
    judged = sum(one.roi.value is not None for one in facts.campaigns.results)
    if results is not None and judged > 1:
        rows = (results.first, results.first + min(judged, MOST_DRAWN) - 1)
        yield bar_chart(
            results, "name", ("roi",), _("Return on ¥1 spent, by campaign (above 1 it pays)"),
            horizontal=True, rows=rows, size=1.0, labels=True,
        )  # fmt: skip
    if credited is not None and credited.last - credited.first > 1:
        yield bar_chart(
            credited, "step", ("last", "linear", "shapley"),
            _("Conversions by channel: three ways to share the credit"), size=100.0, low=0.0,
            rows=(credited.first, credited.last - 2),
        )  # fmt: skip
