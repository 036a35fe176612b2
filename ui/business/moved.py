"""Why amount and income moved: volume, mix and rate by part."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from metrics.decomposition import RatioChange, Refused, SumChange
from ui import charts, sentences
from ui.business.words import part_name
from ui.charts import Unit
from ui.charts.few_ticks import in_lines
from ui.frame import Here
from ui.load import business
from words import numbers
from words.i18n import _, language
from words.names import dimension_words

SPLIT = ("fee_income", "txn_amount", "wealth_conversion", "credit_conversion")
DIMENSIONS = ("module", "branch", "channel", "tier", "age_band")
MOST = 7


@st.fragment
def panel(here: Here) -> None:
    """Two controls, the split, and what to beware of."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Why it moved"), anchor=False)
        indicator = st.selectbox(
            _("Indicator"), SPLIT, key="split_indicator", label_visibility="collapsed",
            format_func=lambda one: here.tree.name(one, language()), width=250,
        )  # fmt: skip
        by = st.selectbox(
            _("By"), DIMENSIONS, key="split_by", label_visibility="collapsed",
            format_func=dimension_words, width=130,
        )  # fmt: skip
    found = business.split(here.token, indicator, here.view.slice, here.view.other, by)
    if isinstance(found, Refused):
        st.info(sentences.opened(found.words(language())))
        return
    if isinstance(found, SumChange):
        _sum(here, indicator, by, found)
    else:
        _ratio(here, indicator, by, found)
    for one in found.warnings:
        st.caption(f"▲ {one.words(language())}")


def _sum(here: Here, indicator: str, by: str, found: SumChange) -> None:
    names = [part_name(here, by, part.name) for part in found.parts]
    top = found.parts[:MOST]
    rest = found.parts[MOST:]
    labels = [*names[:MOST], *([_("All others")] if rest else [])]
    parts = {
        _("Volume"): [*(p.volume for p in top), *([sum(p.volume for p in rest)] if rest else [])],
        _("Mix"): [*(p.mix for p in top), *([sum(p.mix for p in rest)] if rest else [])],
        _("Rate"): [*(p.rate for p in top), *([sum(p.rate for p in rest)] if rest else [])],
    }
    one = here.tree.indicators[indicator]
    unit = Unit(one.unit, sentences.unit_words(here.tree, indicator))
    figure = in_lines(charts.stacked(labels, parts, unit, grouped=True, height=230), labels)
    said = _("{change} against {period}: volume {volume}, mix {mix}, rate {rate}").format(
        change=_signed(unit, found.change),
        period=numbers.period(business.comparable(here.token, here.view.slice, here.view.other)),
        volume=_signed(unit, found.volume),
        mix=_signed(unit, found.mix),
        rate=_signed(unit, found.rate),
    )
    table = pd.DataFrame(
        {
            dimension_words(by): names,
            _("Before"): [part.before for part in found.parts],
            _("After"): [part.after for part in found.parts],
            _("Volume"): [part.volume for part in found.parts],
            _("Mix"): [part.mix for part in found.parts],
            _("Rate"): [part.rate for part in found.parts],
        }
    )
    charts.show(figure, "split", said, table, _meaning(indicator))


def _ratio(here: Here, indicator: str, by: str, found: RatioChange) -> None:
    names = [part_name(here, by, part.name) for part in found.parts]

    unit = Unit(here.tree.indicators[indicator].unit, "")
    top = found.parts[:MOST]
    figure = charts.stacked(
        names[:MOST],
        {
            _("Mix"): [part.mix for part in top],
            _("Rate"): [part.rate for part in top],
            _("Both at once"): [part.interaction for part in top],
        },
        unit,
        grouped=True,
        height=230,
    )
    in_lines(figure, names[:MOST])
    said = _("{change} pp: mix {mix}, rate {rate}, both at once {interaction}").format(
        change=numbers.signed(found.change, 2),
        mix=numbers.signed(found.mix, 2),
        rate=numbers.signed(found.rate, 2),
        interaction=numbers.signed(found.interaction, 2),
    )
    table = pd.DataFrame(
        {
            dimension_words(by): names,
            _("Before"): [part.before for part in found.parts],
            _("After"): [part.after for part in found.parts],
            _("Mix"): [part.mix for part in found.parts],
            _("Rate"): [part.rate for part in found.parts],
            _("Both at once"): [part.interaction for part in found.parts],
        }
    )
    charts.show(figure, "split", said, table, _("A decomposition, not a cause."))


def _signed(unit: Unit, value: float) -> str:
    if abs(value) < 1e-9:
        return unit.said(0.0)
    return ("+" if value > 0 else "−") + unit.said(abs(value))


def _meaning(indicator: str) -> str:
    if indicator == "fee_income":
        return _("Volume: transaction amount. Rate: income per yuan. A decomposition, not a cause.")
    return _("Volume: transactions. Rate: amount of one. A decomposition, not a cause.")
