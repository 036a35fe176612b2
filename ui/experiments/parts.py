"""For whom it worked, by segment, and the Bayesian view; neither decides anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from metrics.experiments.records import Bayes
from metrics.experiments.segments import Segment, Segmented
from ui import charts
from ui.charts.intervals import Interval, intervals
from ui.experiments import words
from ui.experiments.course import difference_title
from ui.experiments.results import sign_of
from ui.experiments.scale import Scale, Scales
from words import numbers
from words.i18n import _
from words.text import plain, safe

MOST = 20


def segments(
    found: Segmented,
    scale: Scale,
    heading: str,
    told: Callable[[str], str],
    names: words.Names,
    key: str,
    *,
    decides: bool,
) -> None:
    """Differences by part with intervals corrected for their number."""
    if found.simpson is not None:
        st.warning(f"▲ {safe(words.reason_words(found.simpson, names), 300)}")
    shown = [one for one in found.segments if (one.effect.control is not None)]
    drawn = (_row(one, scale, told, decides=decides) for one in shown)
    rows = [row for row in drawn if row is not None][:MOST]
    if not rows:
        st.caption(_("No segment has enough users on both sides."))
        return
    note = _("Corrected for {count} segments; all segments alike: p {same}; same mix in all "
             "variants: p {mix}. A search proposes, it never decides.").format(
        count=len(found.segments), same=words.p_words(found.heterogeneity_p),
        mix=words.p_words(found.mix_p),
    )  # fmt: skip
    figure = intervals(rows, scale.unit, title=difference_title(scale), said=numbers.signed)
    finding = _finding(found, rows, scale)
    if not decides:
        finding = _("{metric} by segment so far; this look may not decide").format(
            metric=scale.name
        )
    table = _table(shown, scale, heading, told)
    charts.show(figure, f"{key}_segments", finding, table, note)


def _row(
    one: Segment, scale: Scale, told: Callable[[str], str], *, decides: bool
) -> Interval | None:
    found = one.effect.adjusted or one.effect.difference
    if found.value is None or found.low is None or found.high is None:
        return None
    value, low, high = (scale.factor * edge for edge in (found.value, found.low, found.high))
    return Interval(told(one.name), value, low, high, sign_of(one.effect, decides=decides))


def _finding(found: Segmented, rows: Sequence[Interval], scale: Scale) -> str:
    clear = [row.label for row in rows if row.good]
    if not clear:
        return _("{metric}: no single segment shows a difference of its own").format(
            metric=scale.name
        )
    alike = found.heterogeneity_p is None or found.heterogeneity_p > 0.05
    tail = _("the segments do not differ from one another") if alike else _("the segments differ")
    return _("{metric}: shown for {segments}; {tail}").format(
        metric=scale.name, segments=_(", ").join(clear), tail=tail
    )


def _table(
    shown: Sequence[Segment], scale: Scale, heading: str, told: Callable[[str], str]
) -> pd.DataFrame:
    effects = [one.effect for one in shown]
    return pd.DataFrame(
        {
            heading: [told(one.name) for one in shown],
            _("Control"): [scale.said(one.control) for one in effects],
            _("Treatment"): [scale.said(one.treatment) for one in effects],
            _("Difference"): [scale.between(one.difference) for one in effects],
            "p": [words.p_words(one.p) for one in effects],
            _("p corrected"): [words.p_words(one.p_adjusted) for one in effects],
        }
    )


def bayes(found: Sequence[Bayes], scales: Scales, names: words.Names, key: str) -> None:
    """Chance to be better and expected losses; said to decide nothing."""
    known = [one for one in found if one.chance is not None]
    if known:
        one = known[0]
        told = _("{metric}: better with {arm} with a chance of {chance}")
        finding = told.format(
            metric=scales(one.metric).name, arm=plain(one.arm, 30),
            chance=numbers.chance(one.chance),
        )  # fmt: skip
    else:
        finding = _("There is no Bayesian view of these figures")
    st.markdown(f"**{safe(finding, 300)}**")
    table = pd.DataFrame(
        {
            _("Metric"): [scales(one.metric).name for one in found],
            _("Variant"): [plain(one.arm, 30) for one in found],
            _("Chance to be better"): [_chance(one.chance) for one in found],
            _("Difference"): [scales(one.metric).between(one.difference) for one in found],
            _("Expected loss if shipped"): [_loss(one, one.loss_ship, scales) for one in found],
            _("Expected loss if not"): [_loss(one, one.loss_keep, scales) for one in found],
            _("Prior"): [_prior(one) for one in found],
            _("Note"): [None if one.reason is None else words.reason_words(one.reason, names)
                        for one in found],
        }
    )  # fmt: skip
    st.dataframe(table, hide_index=True, key=f"{key}_bayes", placeholder="—")
    st.caption(
        _("This view decides nothing: looked at daily, a rule like “ship above 95%” errs far more "
          "often than in 5% of cases.")
    )  # fmt: skip


def _chance(value: float | None) -> str | None:
    return None if value is None else numbers.chance(value)


def _loss(one: Bayes, value: float | None, scales: Scales) -> str | None:
    return None if value is None else scales(one.metric).step(value).removeprefix("+")


def _prior(one: Bayes) -> str | None:
    known = {"beta(1, 1)": _("uniform: Beta(1, 1)"), "normal, flat": _("flat, normal")}
    return known.get(one.prior, one.prior) or None
