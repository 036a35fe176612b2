"""Feature use: modules by tier, hour or branch, and those that people never use."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data.behaviour.features import Across
from metrics.behaviour.modules import Heat, NeverUsed
from metrics.values.reasons import Reason
from ui import charts, links
from ui.behaviour.controls import choice, nothing, unknown
from ui.behaviour.words import module_name, share_words, tier_name
from ui.charts import Unit
from ui.charts.layout import arrange
from ui.frame import Here
from ui.load import behaviour as reading
from ui.theme import palette
from words import numbers
from words.i18n import _, language
from words.names import dimension_words, value_words
from words.text import plain, safe

WAYS: tuple[Across, ...] = ("tier", "hour", "branch", "age_band", "channel", "new_user", "app")
TIERS_FIRST = ("vip", "wealth", "preferred", "potential", "basic")
MOST_COLUMNS = 28
CELLS = 500


def show(here: Here) -> None:
    """The heat map beside what is never used."""
    left, right = st.columns([3, 2], gap="small")
    with left:
        _heat(here)
    with right:
        found = reading.never_used(here.token, here.view.slice)
        if isinstance(found, Reason):
            unknown(found)
        else:
            _never(here, found)


def _heat(here: Here) -> None:
    across = choice("across", _("Modules by"), WAYS, _across_words)
    way = next(one for one in WAYS if one == across)
    with st.spinner(_("Counting users…"), show_time=True):
        found = reading.use(here.token, here.view.slice, way)
    if isinstance(found, Reason):
        unknown(found)
        return
    columns = _columns(found, way)
    if not columns:
        nothing(_("No group of five active users in this period."))
        return
    values = [
        [None if (cell := found.cells[row, one]) is None else cell.value for one in columns]
        for row in found.rows
    ]
    names = [_column_name(here, way, one) for one in columns]
    rows = [module_name(here, one) for one in found.rows]
    figure = charts.heat(rows, names, values, Unit("%", "%"), height=130 + 23 * len(rows))
    table = pd.DataFrame(
        {_("Module"): rows}
        | {name: [row[n] for row in values] for n, name in enumerate(_unlike(names))}
    )
    note = _("Share of the active users of each column who used the module in the period, %.")
    charts.show(figure, "behaviour_heat", _heat_words(here, found, columns, way), table, note)


def _unlike(names: Sequence[str]) -> list[str]:
    """Headings must differ, branches' names need not."""
    return [name if names.count(name) == 1 else f"{name} {n}" for n, name in enumerate(names, 1)]


def _across_words(code: str) -> str:
    return _("Hour of the day") if code == "hour" else dimension_words(code)


def _columns(found: Heat, way: Across) -> list[str]:
    """Columns with enough people, tiers from the highest, branches the most active first."""
    known = [one for one in found.columns if any(found.cells[row, one] for row in found.rows)]
    most = min(MOST_COLUMNS, CELLS // max(1, len(found.rows)))
    if way == "tier":
        return [one for one in TIERS_FIRST if one in known]
    if way == "branch":
        active = {one: _active(found, one) for one in known}
        return sorted(known, key=lambda one: (-active[one], one))[:most]
    return known[:most]


def _active(found: Heat, column: str) -> int:
    return max((cell.whole for row in found.rows if (cell := found.cells[row, column])), default=0)


def _column_name(here: Here, way: Across, code: str) -> str:
    if way == "hour":
        return f"{int(code):02d}"
    if way == "branch":
        return plain(here.bank.name(code, language()) or code, 30)
    return tier_name(code) if way == "tier" else value_words(way)(code)


def _heat_words(here: Here, found: Heat, columns: Sequence[str], way: Across) -> str:
    """The widest difference between two columns, in words."""
    widest: tuple[float, str, str, str] | None = None
    for row in found.rows:
        known = {one: c.value for one in columns if (c := found.cells[row, one]) is not None}
        shares = {one: value for one, value in known.items() if value is not None}
        if len(shares) > 1:
            high, low = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
            gap = shares[high] - shares[low]
            if widest is None or gap > widest[0]:
                widest = (gap, row, high, low)
    if widest is None:
        return _("Use of modules")
    gap, row, high, low = widest
    return _("{module} differs most: {gap} pp more in {high} than in {low}").format(
        module=module_name(here, row),
        gap=numbers.number(gap, 1),
        high=_column_name(here, way, high),
        low=_column_name(here, way, low),
    )


def _never(here: Here, found: Sequence[NeverUsed]) -> None:
    """Bars of the share that never used a module; those called out stand out and come first."""
    shown = [one for one in found if one.never.value is not None]
    if not shown:
        nothing(_("Nobody was active in the twelve months."))
        return
    look = palette()
    labels = [("▼ " if one.called_out else "") + module_name(here, one.module) for one in shown]
    colours = [look.bad if one.called_out else look.compared for one in shown]
    figure = charts.bars(
        labels, [one.never.value for one in shown], axis=_("never used, % of active users"),
        colours=colours, digits=1,
    )  # fmt: skip
    arrange(figure, {"height": 90 + 22 * len(shown)})
    worst = shown[0]
    told = _("{share} never used {module} in twelve months").format(
        share=numbers.percent(worst.never.value), module=module_name(here, worst.module)
    )
    table = pd.DataFrame(
        {
            _("Module"): [module_name(here, one.module) for one in shown],
            _("Grade"): [_grade(here, one.module) for one in shown],
            _("Never used"): [share_words(one.never) for one in shown],
        }
    )
    note = _("Called out: basic modules from 50%, advanced ones from 95%; basic ones first.")
    charts.show(figure, "behaviour_never", told, table, note)
    label = _("Open {module} in the indicator tree").format(
        module=safe(module_name(here, worst.module))
    )
    links.to_node(here.view, f"mau@{worst.module}", label, narrow=True)


def _grade(here: Here, module: str) -> str:
    return _("basic") if here.tree.modules[module].grade == "basic" else _("advanced")
