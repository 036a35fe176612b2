"""Goals (base and target): their resolved form, and checks against direction, path and curve."""

from __future__ import annotations

from collections.abc import Iterator

from data.configuration import Problem
from metrics.tree.documents import Documents, Place
from metrics.tree.records import Goal
from metrics.tree.written import Goal as WrittenGoal
from metrics.tree.written import GoalForm, IndicatorWritten

_ADDITIVE = frozenset({"sum", "mean", "last", "mau"})


def resolved_goal(written: WrittenGoal) -> Goal:
    """The goal as a record.

    >>> resolved_goal(GoalForm(last_year=1.35))
    Goal(form='last_year', amount=1.35, addend=None)
    """
    if not isinstance(written, GoalForm):
        return Goal("number", written)
    if written.start_of_year_plus is not None:
        return Goal("start_of_year_plus", None, written.start_of_year_plus)
    if written.scaled is not None:
        return Goal("scaled", written.scaled)
    if written.of_customers is not None:
        return Goal("of_customers", written.of_customers)
    if written.share_of_target is not None:
        return Goal("share_of_target", written.share_of_target)
    if written.last_year is not None:
        return Goal("last_year", written.last_year)
    return Goal("start_of_year", written.start_of_year)


def goal_problems(documents: Documents) -> Iterator[Problem]:
    """All problems of bases, targets, paths and curves."""
    for place, _, _, indicator in documents.indicators():
        goals = (("base", indicator.base), ("target", indicator.target))
        for key, written in goals:
            yield from _form(place.at(key), resolved_goal(written), indicator)
        yield from _order(place, indicator)
        yield from _path(place, indicator)
        yield from _curve(place, indicator)
        yield from _band(place, indicator)


def _form(place: Place, goal: Goal, indicator: IndicatorWritten) -> Iterator[Problem]:
    if indicator.standard and goal.form != "number":
        yield place.problem("a number, because a standard holds every day", found=goal.form)
    if goal.form == "share_of_target" and place.path[-1] == "target":
        yield place.problem("a target of its own", found="share_of_target")
    if goal.form.startswith("start_of_year") and indicator.over_time != "last":
        yield place.problem("this form only with over_time last", found=goal.form)
    if goal.form == "of_customers" and indicator.unit != "users":
        yield place.problem("this form only with the unit users", found=goal.form)
    if goal.form == "scaled" and indicator.over_time not in _ADDITIVE:
        yield place.problem("a number, because a ratio does not grow with the bank", found="scaled")


def _order(place: Place, indicator: IndicatorWritten) -> Iterator[Problem]:
    """A typed target that is not better than its base is refused."""
    base, target = resolved_goal(indicator.base), resolved_goal(indicator.target)
    if base.form not in ("share_of_target", target.form):
        return
    before = base.amount
    after = 1.0 if base.form == "share_of_target" else target.amount
    if before is None or after is None:
        return
    better = after < before if indicator.better == "down" else after > before
    if not better:
        direction = "below" if indicator.better == "down" else "above"
        told = f"a target {direction} the base, because better is {indicator.better}"
        yield place.at("target").problem(told, found=f"base {before:g}, target {after:g}")


def _path(place: Place, indicator: IndicatorWritten) -> Iterator[Problem]:
    if indicator.standard and indicator.path not in (None, "none"):
        yield place.at("path").problem("no path, because a standard holds every day")
    if not indicator.standard and indicator.path == "none":
        yield place.at("path").problem("seasonal or calendar, or standard: true")


def _curve(place: Place, indicator: IndicatorWritten) -> Iterator[Problem]:
    where, target = place.at("curve"), resolved_goal(indicator.target)
    if (indicator.curve == "band") != (indicator.better == "band"):
        yield where.problem("curve band together with better band", found=f"'{indicator.curve}'")
    if indicator.curve == "step" and (indicator.better != "down" or target.amount != 0):
        yield where.problem("better down and target 0 with a step")
    if indicator.curve != "downtime":
        return
    base = resolved_goal(indicator.base)
    numbers = [goal.amount for goal in (base, target) if goal.form == "number"]
    under = [number for number in numbers if number is not None and number < 100]
    if indicator.better != "up" or indicator.unit != "%" or len(under) != 2:
        yield where.problem("better up, unit % and goals under 100 with downtime")


def _band(place: Place, indicator: IndicatorWritten) -> Iterator[Problem]:
    band, where = indicator.band, place.at("band")
    if (band is None) != (indicator.better != "band"):
        yield where.problem("band together with better band")
    if band is None:
        return
    (low, high), (lowest, highest) = band.full, band.outer
    if not lowest < low < high < highest:
        told = f"full {low:g}–{high:g}, outer {lowest:g}–{highest:g}"
        yield where.problem("full limits inside the outer ones, each rising", found=told)
    if (indicator.base, indicator.target) != (lowest, low):
        told = f"base {lowest:g} and target {low:g}, the lower limits of the band"
        yield where.problem(told, found="other goals")
