"""What a segment is and does against the rest of its scope."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.slice import SEGMENT_DIMENSIONS
from metrics.behaviour.profiles import Profile, Trait
from metrics.values.reasons import Reason
from ui import charts
from ui.behaviour.controls import nothing, unknown
from ui.behaviour.words import module_name, people, share_words
from ui.charts.intervals import Interval, intervals
from ui.frame import Here
from ui.load import loyalty
from ui.load.loyalty import Segment
from words import numbers
from words.i18n import _
from words.names import dimension_words, value_words

HIGH_VALUE: Segment = (("tier", ("vip", "wealth")),)
MOST = 16


def show(here: Here) -> None:
    """The segment of the filters, or high-value customers, against everybody else."""
    named = tuple(one for one in here.view.slice.filters if one[0] in SEGMENT_DIMENSIONS)
    segment = named or HIGH_VALUE
    if not named:
        st.caption(
            _("No segment is chosen above: VIP and wealth tiers are held against the others.")
        )
    found = loyalty.profile(here.token, here.view.slice, segment)
    if isinstance(found, Reason):
        unknown(found)
        return
    if not found.traits:
        nothing(_("Either side has fewer than five active people: nothing is shown."))
        return
    _chart(here, found, segment)


def _words(segment: Segment) -> str:
    comma = _(", ")
    return _("; ").join(
        f"{dimension_words(name)} {comma.join(value_words(name)(v) for v in values)}"
        for name, values in segment
    )


def _chart(here: Here, found: Profile, segment: Segment) -> None:
    known = [one for one in found.traits if one.lift.value is not None]
    shown = [one for one in known if one.lift.differs][:MOST] or known[:MOST]
    rows = [
        Interval(
            _name(here, one),
            one.lift.value or 0.0,
            one.lift.low or 0.0,
            one.lift.high or 0.0,
            0,
        )
        for one in sorted(shown, key=lambda one: -(one.lift.value or 0.0))
    ]
    beyond = [one for one in found.traits if one.lift.differs]
    told = _("{segment}: nothing differs from the rest beyond chance").format(
        segment=_words(segment)
    )
    if beyond:
        best = max(beyond, key=lambda one: one.lift.value or 0.0)
        told = _("{segment}: {trait} {lift} times as often as the rest").format(
            segment=_words(segment),
            trait=_name(here, best),
            lift=numbers.number(best.lift.value, 2),
        )
    note = _(
        "{chosen} against {rest} active in the period; how many times as often, with its 95% "
        "interval. A segment is a description, not a cause."
    ).format(chosen=people(found.chosen), rest=people(found.rest))
    figure = intervals(rows, charts.Unit("ratio", "×"), line=1.0, title=_("times as often"))
    charts.show(figure, "behaviour_profile", told, _table(here, found), note)


def _name(here: Here, one: Trait) -> str:
    if one.trait == "module":
        return _("uses {module}").format(module=module_name(here, one.value))
    return _("{name}: {value}").format(
        name=dimension_words(one.trait), value=value_words(one.trait)(one.value)
    )


def _table(here: Here, found: Profile) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Trait"): [_name(here, one) for one in found.traits],
            _("Segment"): [share_words(one.chosen) for one in found.traits],
            _("Rest"): [share_words(one.rest) for one in found.traits],
            _("Times as often"): [one.lift.value for one in found.traits],
            _("95% interval, low"): [one.lift.low for one in found.traits],
            _("95% interval, high"): [one.lift.high for one in found.traits],
        }
    )
