"""Whether a formula can be made over time in the way that its indicator says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from metrics.formula import Formula, Function, Term
from metrics.tree.records import PointInfo

_FUNCTION_NEEDS: Mapping[str, str] = {
    "user_months": "distinct",
    "user_days": "distinct",
    "quantile": "histogram",
    "year_ago": "flow",
}

_TERMS_ALLOWED: Mapping[str, frozenset[tuple[Function, str]]] = {
    "sum": frozenset({("total", "flow")}),
    "mean": frozenset({("total", "flow"), ("user_days", "distinct"), ("days", "")}),
    "last": frozenset({("total", "stock")}),
    "mau": frozenset({("total", "distinct")}),
    "mau/mau": frozenset({("total", "distinct"), ("user_days", "distinct"), ("days", "")}),
    "ratio": frozenset(
        {
            ("total", "flow"),
            ("total", "cohort"),
            ("user_days", "distinct"),
            ("user_months", "distinct"),
            ("year_ago", "flow"),
            ("days", ""),
        }
    ),
    "cohort": frozenset({("total", "cohort")}),
    "hist": frozenset({("quantile", "histogram")}),
}

_MUST_DIVIDE = frozenset({"mean", "mau/mau", "ratio", "cohort"})
_MUST_BE_LINEAR = frozenset({"sum", "mau", "hist"})


@dataclass(frozen=True)
class Misfit:
    """What does not fit: found and expected, as in a configuration problem."""

    found: str
    expected: str


def misfits(formula: Formula, over_time: str, points: Mapping[str, PointInfo]) -> Iterator[Misfit]:
    """All that speaks against making `formula` by `over_time`; its points must exist."""
    for term in formula.calls:
        adds = points[term.point].adds if term.point else ""
        needed = _FUNCTION_NEEDS.get(term.function)
        if needed is not None and adds != needed:
            yield Misfit(
                f"{term.function} of {term.point}, which adds up as {adds}",
                f"a {needed} point in {term.function}(…)",
            )
        elif (term.function, adds) not in _TERMS_ALLOWED[over_time]:
            yield Misfit(_told(term, adds), f"only {_listed(over_time)} with over_time {over_time}")
    if over_time in _MUST_DIVIDE and not formula.divides:
        yield Misfit("a formula that does not divide", f"a ratio with over_time {over_time}")
    if over_time in _MUST_BE_LINEAR and not formula.linear:
        found = "points divided or multiplied by each other"
        yield Misfit(found, f"a sum of points with over_time {over_time}")
    if over_time == "mau" and len(formula.calls) > 1:
        yield Misfit("several distinct counts, which do not add up", "one distinct point")


def _told(term: Term, adds: str) -> str:
    if not term.point:
        return "days"
    shown = term.point if term.function == "total" else f"{term.function}({term.point})"
    return f"{shown}, which adds up as {adds}"


def _listed(over_time: str) -> str:
    kinds = sorted(_TERMS_ALLOWED[over_time])
    told = [
        f"{adds} points" if function == "total" else f"{function}(…)" if adds else "days"
        for function, adds in kinds
    ]
    return ", ".join(told)
