"""The view that the parts of a question make together, with what had to be assumed for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from data.period import COMPARISONS, Kind, Period, PeriodError
from data.slice import Slice
from metrics.explore.charted import not_charted
from metrics.explore.view import (
    AGAINST,
    CHARTS,
    GRAINS,
    MOST_DIMENSIONS,
    MOST_INDICATORS,
    UNSORTED,
    Against,
    Chart,
    Grain,
    Known,
    Sort,
    View,
)
from metrics.questions.periods import Found, latest
from metrics.questions.reading import Does, Part
from metrics.questions.records import Said
from metrics.questions.vocabulary import Meaning, Vocabulary

_BACK: dict[Grain, tuple[Kind, int]] = {
    "month": ("month", 12), "quarter": ("quarter", 8), "year": ("year", 3),
}  # fmt: skip
_DAYS: dict[Grain, int] = {"week": 84, "day": 30}
"""How far a series goes back where no period is said."""


@dataclass
class Made:
    """The view and what there is to say about it, gathered on the way."""

    view: View | None = None
    assumed: list[Said] = field(default_factory=list)
    problems: list[Said] = field(default_factory=list)
    limit: int | None = None

    def assume(self, zh: str, en: str) -> None:
        """Note what was not said."""
        self.assumed.append(Said(zh, en))

    def refuse(self, zh: str, en: str) -> None:
        """Note what cannot be asked."""
        self.problems.append(Said(zh, en))


def viewed(parts: Sequence[Part], vocabulary: Vocabulary, known: Known, last_day: date) -> Made:
    """The view of a question's parts."""
    made = Made()
    indicators = _indicators(made, parts, vocabulary, known)
    if not indicators:
        if not made.problems:
            made.refuse("没有认出指标：请写出指标名称", "no indicator was recognised: name one")
        return made
    by = _by(made, parts)
    chart = next(
        (one for part in _all(parts, "chart") for one in CHARTS if one in part.codes), None
    )
    grain = _grain(parts)
    trend = bool(_all(parts, "trend")) or (chart == "line" and not grain)
    period, others = _period(made, parts, known)
    period, grain = _series(made, parts, period, grain, last_day, trend=trend)
    if period.first > last_day:
        made.refuse(
            f"{period} 尚无数据（数据截至 {last_day}）",
            f"no data of {period} yet (data as of {last_day})",
        )
    sorts = _all(parts, "sort")
    if not by and (chart == "map" or (sorts and not grain)):
        by = ("branch",)
        made.assume("按机构拆分", "split by branch")
    about = Slice(period, _branch(made, parts, vocabulary, known), _filters(parts), known.rights)
    comparisons = _comparisons(made, parts, period, others)
    view = View(indicators, about, by, grain, comparisons)
    made.view = replace(
        view, chart=chart or _charted(known, view), sort=_sort(made, parts, view, known)
    )
    return made


def _all(parts: Sequence[Part], *does: Does) -> list[Part]:
    return [part for part in parts if part.does in does]


def _indicators(
    made: Made, parts: Sequence[Part], vocabulary: Vocabulary, known: Known
) -> tuple[str, ...]:
    tree = known.tree
    found: list[str] = []
    for part in _all(parts, "node", "sort_by"):
        for code in part.codes:
            if code in tree.perspectives:
                themes = [vocabulary.said(Meaning("node", one)) for one in tree.children(code)]
                told = (", ".join(one.words(lang) for one in themes) for lang in ("zh", "en"))
                zh, en = told
                made.refuse(
                    f"“{part.meaning.zh}”有多个主题，请选其一：{zh}",
                    f"“{part.meaning.en}” has several themes, name one: {en}",
                )
                continue
            leaves = tree.leaves(code)
            if code in tree.themes:
                made.assume(
                    f"主题“{part.meaning.zh}”的 {len(leaves)} 个指标",
                    f"the {len(leaves)} indicators of theme “{part.meaning.en}”",
                )
            found += leaves
    every = tuple(dict.fromkeys(found))
    if len(every) > MOST_INDICATORS:
        made.refuse(
            f"最多同时看 {MOST_INDICATORS} 个指标，其余未取",
            f"at most {MOST_INDICATORS} indicators at once, the rest is left out",
        )
    return every[:MOST_INDICATORS]


def _by(made: Made, parts: Sequence[Part]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.codes[0] for part in _all(parts, "by")))
    if len(found) > MOST_DIMENSIONS:
        made.refuse("最多按两个维度拆分，其余未取", "at most two dimensions, the rest is left out")
    return found[:MOST_DIMENSIONS]


def _filters(parts: Sequence[Part]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, set[str]] = {}
    for part in _all(parts, "value"):
        dimension, code = part.codes
        found.setdefault(dimension, set()).add(code)
    return tuple((name, tuple(sorted(found[name]))) for name in sorted(found))


def _branch(made: Made, parts: Sequence[Part], vocabulary: Vocabulary, known: Known) -> str:
    named = dict.fromkeys(part.codes[0] for part in _all(parts, "branch"))
    deepest = sorted(named, key=lambda one: -vocabulary.depth(one))
    if not deepest:
        return known.rights.subtree
    chosen = deepest[0]
    beside = [one for one in deepest[1:] if one not in vocabulary.above(chosen)]
    if beside:
        taken = next(iter(named))
        said = vocabulary.said(Meaning("branch", taken))
        made.refuse(
            f"一次只能看一个机构，取 {said.zh}；多个机构请按机构拆分",
            f"one branch at a time, {said.en} is taken; for several, split by branch",
        )
        return taken
    return chosen


def _grain(parts: Sequence[Part]) -> Grain:
    codes = [part.codes[0] for part in _all(parts, "grain")]
    return next((one for one in GRAINS if one and one in codes), "")


def _period(made: Made, parts: Sequence[Part], known: Known) -> tuple[Period, list[Found]]:
    """The period asked about, and others that stand beside it."""
    found = [part.period for part in _all(parts, "period") if part.period is not None]
    if not found:
        return known.period, []
    first, rest = found[0], found[1:]
    if rest and first.period in _compared(rest[0].period).values():
        first, rest = rest[0], [first, *rest[1:]]  # "August and September": the later one
    if first.guessed:
        made.assume(
            f"未说明年份，取最近的 {first.period}", f"no year was said: the latest, {first.period}"
        )
    return first.period, rest


def _compared(period: Period) -> dict[Against, Period]:
    """What a period can be held against, by the comparison's code."""
    try:
        return {one: period.against(one) for one in COMPARISONS}
    except PeriodError:
        return {}


def _series(
    made: Made, parts: Sequence[Part], period: Period, grain: Grain, last_day: date, *, trend: bool
) -> tuple[Period, Grain]:
    """Period and grain of a series; a trend without either is that of twelve months."""
    said = bool(_all(parts, "period"))
    if trend and not grain:
        grain = _grain_within(period) if said else "month"
        zh, en = _NAMES[grain]
        made.assume(f"时间粒度：{zh}", f"grain: {en}")
    if said and not (trend and period.days == 1):
        return period, grain
    if grain in _BACK:
        period = latest(period, *_BACK[grain])
    elif grain:
        end = period.last if said else min(last_day, max(period.last, last_day))
        period = Period(end - timedelta(days=_DAYS[grain] - 1), end)
    made.assume(f"未说明期间，取 {period}", f"no period was said: {period}")
    return period, grain


_NAMES: dict[Grain, tuple[str, str]] = {
    "": ("无", "none"), "day": ("日", "day"), "week": ("周", "week"), "month": ("月", "month"),
    "quarter": ("季", "quarter"), "year": ("年", "year"),
}  # fmt: skip


def _grain_within(period: Period) -> Grain:
    """A grain that makes a readable line of a period."""
    if period.days > 5 * 366:
        return "year"
    if period.days > 80:
        return "month"
    return "week" if period.days > 45 else "day"


def _comparisons(
    made: Made, parts: Sequence[Part], period: Period, others: Sequence[Found]
) -> tuple[Against, ...]:
    codes = {part.codes[0] for part in _all(parts, "against")}
    found = {one for one in AGAINST if one in codes}
    asked = bool(_all(parts, "period"))
    against = [part.period for part in _all(parts, "against_period") if part.period is not None]
    for other in (*against, *others):
        matched = _matched(period, other, explicit=asked and other not in against)
        if matched is None:
            made.refuse(
                f"{period} 不能与 {other.period} 对比：只能与上期、去年同期、年初或目标对比",
                f"{period} cannot be held against {other.period}: only against the previous "
                "period, the same of last year, the start of the year or the target",
            )
        else:
            found.add(matched)
    if _all(parts, "change") and not found:
        found.add("previous")
        made.assume("变化：与上期相比", "change: against the previous period")
    return tuple(one for one in AGAINST if one in found)


def _matched(period: Period, other: Found, *, explicit: bool) -> Against | None:
    """The comparison that another period stands for."""
    for code, compared in _compared(period).items():
        if compared == other.period:
            return code
    if explicit:
        return None
    if other.relative == "previous" and period.kind == "day" and other.period.kind == "month":
        return "month_end"
    return next((one for one in AGAINST if one == other.relative), None)


def _sort(made: Made, parts: Sequence[Part], view: View, known: Known) -> Sort:
    asked = _all(parts, "sort")
    named = [code for part in _all(parts, "sort_by") for code in part.codes]
    if not asked and not named:
        return UNSORTED
    by = next((one for one in named if one in view.indicators), view.indicators[0])
    code = asked[0].codes[0] if asked else "highest"
    down = code == "highest"
    if code in ("best", "worst"):
        lower = known.tree.indicators[by].better == "down"
        down = (code == "best") != lower
    made.limit = next((part.count for part in asked if part.count), None)
    if made.limit is not None:
        made.assume(
            f"表中列出全部，前 {made.limit} 行即所求",
            f"all rows are shown; the first {made.limit} are asked for",
        )
    return Sort(by, down=down)


def _charted(known: Known, view: View) -> Chart:
    """A line for a series where one can be drawn; a table otherwise."""
    return "line" if view.grain and not_charted(known.tree, view, "line") is None else "table"
