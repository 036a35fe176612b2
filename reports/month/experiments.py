"""Experiments decided in the month: what they showed, what was decided, by whom and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metrics.experiments.records import Effect
from reports.book import Book, Cell, Value
from reports.month import parts
from reports.month.facts import Facts
from reports.month.facts_bank import Decided
from words import codes, numbers
from words.i18n import _, _n, language
from words.text import plain

WIDTHS = (34, 20, 9, 9, 9, 9, 9, 15, 16, 16, 32)


def write(book: Book, facts: Facts) -> None:
    """The sheet."""
    page = book.page("experiments", _("Experiments"))
    page.widths(*WIDTHS)
    page.heading(_("Experiments decided in the month"), "title")
    if not facts.decided:
        page.note(_("No experiment was decided in this month."))
        return
    count = len(facts.decided)
    told = _n("{count} experiment was decided.", "{count} experiments were decided.", count).format(
        count=count
    )
    page.finding(told)
    columns = (
        parts.texts("name", _("Experiment"), wrap=True),
        parts.texts("metric", _("Metric"), wrap=True),
        parts.texts("role", _("Role")),
        parts.number("lift", _("Lift"), "%", digits=1, signed=True),
        parts.number("low", _("from"), "%", digits=1, signed=True),
        parts.number("high", _("to"), "%", digits=1, signed=True),
        parts.number("p", "p", digits=4),
        parts.texts("rule", _("By the rule"), wrap=True),
        parts.texts("outcome", _("Decision"), wrap=True),
        parts.texts("who", _("By, on"), wrap=True),
        parts.texts("reason", _("Reason; deviations from the plan"), wrap=True),
    )
    page.table(columns, [row for one in facts.decided for row in _rows(facts, one)])
    page.note(
        _("Lift: the treatment against the control, with the interval of the look; a dash where "
          "the results are withheld or cannot be told. Health checks, segments and every plan are "
          "on the Experiments screen.")
    )  # fmt: skip


def _rows(facts: Facts, found: Decided) -> Iterator[Sequence[Value | Cell]]:
    """A row for the decision with each primary metric; at least one an experiment."""
    effects = [] if found.analysis is None else [
        one for one in found.analysis.effects if one.role == "primary"
    ]  # fmt: skip
    told = _decision(found)
    if not effects:
        yield (_name(found), None, "", None, None, None, None, *told)
    for place, one in enumerate(effects):
        lift = [None if side is None else 100 * side for side in
                (one.lift.value, one.lift.low, one.lift.high)]  # fmt: skip
        named = _metric(found, one)
        head = _name(found) if place == 0 else ""
        rest = told if place == 0 else ("",) * len(told)
        yield (head, named, _("Primary"), *lift, one.p, *rest)


def _name(found: Decided) -> str:
    plan = found.experiment.plan
    named = plain(plan.name(language()) or found.experiment.id, 100)
    return _("{name}: {told}").format(name=named, told=plain(plan.hypothesis, 300))


def _metric(found: Decided, one: Effect) -> str:
    planned = {metric.id: metric for metric in found.experiment.plan.metrics}
    metric = planned.get(one.metric)
    named = plain(one.metric if metric is None else metric.name(language()), 60)
    several = len({effect.arm for effect in found.analysis.effects} if found.analysis else ()) > 1
    return f"{named} · {plain(one.arm, 20)}" if several else named


def _decision(found: Decided) -> tuple[str, str, str, str]:
    """What the rule said, what was decided, by whom and when, and why."""
    one, step = found.experiment, found.experiment.decision
    rule = "" if found.analysis is None else codes.outcome_words(found.analysis.verdict.outcome)
    if step is None:
        return rule, "", "", ""
    reason = plain(step.reason, 600)
    strayed = [plain(deviation.reason, 200) for deviation in one.deviations]
    if strayed:
        told = _("; ").join(strayed)
        reason = _("{reason} · deviations: {told}").format(reason=reason, told=told)
    who = _("{who}, {day}").format(who=plain(step.who, 40), day=numbers.day(step.at.date()))
    return rule or "—", codes.decision_words(step.outcome), who, reason
