"""Assets and loans by tier, and what came on top each month."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import streamlit as st

from data.contract.vocabulary import TIERS
from ui import charts, load, sentences
from ui.charts import Unit
from ui.charts.scales import number_axis
from ui.frame import Here
from ui.load import business
from words import numbers
from words.i18n import _, language
from words.names import value_words

SHOWN = ("aum", "lum")


def show(here: Here) -> None:
    """Both balances, side by side: change by month, and the balance by tier."""
    for place, indicator in zip(st.columns(2, gap="small"), SHOWN, strict=True):
        with place, st.container(border=True, key=f"panel-{indicator}", height="stretch"):
            st.subheader(here.tree.name(indicator, language()), anchor=False)
            _net_new(here, indicator)
            _tiers(here, indicator)


def _net_new(here: Here, indicator: str) -> None:
    series = business.monthly(here.token, (indicator,), here.view.slice)[indicator]
    steps = [
        (after[0], after[1] - before[1])
        for before, after in pairwise(series)
        if before[1] is not None and after[1] is not None
    ][-13:]
    if not steps:
        st.info(_("Not enough month-ends for a change."))
        return
    unit = Unit("CNY", sentences.unit_words(here.tree, indicator))
    labels = [numbers.period(month) for month, _step in steps]
    values = [step for _month, step in steps]
    figure = charts.stacked(labels, {_("Net new"): values}, unit, height=200)
    said = _("{value} net new in {month}, {total} in the last {n} months").format(
        value=_money(unit, values[-1]), month=labels[-1], total=_money(unit, sum(values)),
        n=len(values),
    )  # fmt: skip
    table = pd.DataFrame({_("Month"): labels, _("Net new"): values})
    note = _("Change of the month-end balance, market value included.")
    charts.show(figure, f"net_new_{indicator}", said, table, note)


def _money(unit: Unit, value: float) -> str:
    return ("+" if value >= 0 else "−") + unit.said(abs(value))


def _tiers(here: Here, indicator: str) -> None:
    values = load.breakdown(here.token, indicator, here.view.slice, ("tier",))
    found = dict(zip(values.groups["tier"], values.value[:, 0], strict=True))
    order: Sequence[str] = [tier for tier in reversed(TIERS) if tier in found]
    order = [*order, *(["" ] if "" in found else [])]  # fmt: skip
    sizes = [float(np.nan_to_num(found[tier])) for tier in order]
    total = sum(sizes)
    if not total > 0 or order == [""]:
        st.info(_("No balance by tier in this period."))
        return
    words = value_words("tier")
    names = [words(tier) if tier else _("No tier yet") for tier in order]
    unit = Unit("CNY", sentences.unit_words(here.tree, indicator))
    largest = int(np.argmax(sizes))
    said = _("{tier} holds {share} of it").format(
        tier=names[largest], share=numbers.percent(100 * sizes[largest] / total)
    )
    figure = charts.bars(names, sizes)
    number_axis(figure, sizes, unit, axis="x", zero=True)
    table = pd.DataFrame({_("Tier"): names, here.tree.name(indicator, language()): sizes})
    note = _("By the tier that a customer had at the end of the month before.")
    charts.show(figure, f"tiers_{indicator}", said, table, note)
