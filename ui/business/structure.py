"""What earns: amount and income by scene, module and product, or by branch, as areas to open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from data.points.wants import Reason
from ui import charts, load, numbers, sentences
from ui.business.words import kind_name, module_name, part_name, scene_name, why
from ui.charts import Area, Unit
from ui.frame import Here
from ui.i18n import _, language
from ui.load import business

MEASURES = {"amount": "txn_amount", "fees": "fee_income"}
FEWEST_SHARE = 0.0005


@st.fragment
def panel(here: Here) -> None:
    """The treemap with its two controls."""
    with st.container(border=True, key="panel-structure", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(_("What earns"), anchor=False)
            measure = st.segmented_control(
                _("Measure"), list(MEASURES), default="fees", key="structure_measure",
                format_func=lambda one: {"amount": _("Amount"), "fees": _("Income")}[one],
                label_visibility="collapsed",
            ) or "fees"  # fmt: skip
            by = st.segmented_control(
                _("By"), ["product", "branch"], default="product", key="structure_by",
                format_func=lambda one: {"product": _("Scene and product"), "branch": _("Branch")}[
                    one
                ],
                label_visibility="collapsed",
            ) or "product"  # fmt: skip
        if by == "product":
            _products(here, measure)
        else:
            _branches(here, MEASURES[measure])


def _products(here: Here, measure: str) -> None:
    found = business.products(here.token, here.view.slice)
    if isinstance(found, Reason):
        st.info(why(found))
        return
    rows = found.assign(
        size=found[measure].clip(lower=0),
        scene=[_scene(here, module) for module in found["module"]],
    )
    _shown(here, MEASURES[measure], areas(rows, _names(here)), rows)


def _scene(here: Here, module: str) -> str:
    one = here.tree.modules.get(module)
    return "" if one is None else one.scene


def _names(here: Here) -> Callable[[str, pd.Series], str]:
    def name(level: str, row: pd.Series) -> str:
        if level == "scene":
            return scene_name(str(row["scene"])) if row["scene"] else _("Other")
        if level == "module":
            return module_name(here, str(row["module"]))
        named = row["name_zh"] if language() == "zh" else row["name_en"] or row["name_zh"]
        if not row["product_id"]:
            return _("Without product")
        return str(named) if isinstance(named, str) else str(row["product_id"])

    return name


def areas(rows: pd.DataFrame, name: Callable[[str, pd.Series], str]) -> list[Area]:
    """Scenes, in them modules, in them products; what is under a half per mille is left out."""
    total = float(rows["size"].sum())
    kept = rows[rows["size"] > FEWEST_SHARE * total]
    found: list[Area] = []
    for scene, inside in kept.groupby("scene"):
        top = f"scene:{scene}"
        found.append(Area(top, name("scene", inside.iloc[0]), "", float(inside["size"].sum())))
        for module, some in inside.groupby("module"):
            middle = f"module:{module}"
            size = float(some["size"].sum())
            found.append(Area(middle, name("module", some.iloc[0]), top, size))
            if set(some["product_id"]) == {""}:
                continue
            for _i, row in some.iterrows():
                label = name("product", row)
                kind = kind_name(row["kind"]) if isinstance(row["kind"], str) else ""
                key = f"product:{module}:{row['product_id']}"
                found.append(Area(key, label, middle, float(row["size"]), kind))
    return found


def _branches(here: Here, indicator: str) -> None:
    values = load.breakdown(here.token, indicator, here.view.slice, ("branch",))
    sizes = dict(zip(values.groups["branch"], values.value[:, 0], strict=True))
    below = [one for one in here.bank.branches.values() if sizes.get(one.id, np.nan) > 0]
    tops = {one.id for one in here.bank.below(here.view.branch)}
    found: list[Area] = []
    for one in below:
        size = float(sizes[one.id])
        if one.id in tops:
            found.append(Area(one.id, one.name(language()), "", size))
        elif one.parent in tops and one.parent in sizes:
            found.append(Area(one.id, one.name(language()), one.parent, size))
    rows = pd.DataFrame({"module": [one.label for one in found],
                         "size": [one.value for one in found]})  # fmt: skip
    _shown(here, indicator, found, rows)


def _shown(here: Here, indicator: str, found: Sequence[Area], rows: pd.DataFrame) -> None:
    tops = sorted((one for one in found if not one.parent), key=lambda one: -one.value)
    total = sum(one.value for one in tops)
    if not total:
        st.info(_("Nothing happened in this period."))
        return
    one = here.tree.indicators[indicator]
    unit = Unit(one.unit, sentences.unit_words(here.tree, indicator))
    said = _("{part} brings {share} of {name}").format(
        part=tops[0].label,
        share=numbers.percent(100 * tops[0].value / total),
        name=here.tree.name(indicator, language()),
    )
    table = pd.DataFrame(
        {
            _("Part"): [one.label for one in found],
            _("Kind"): [one.note for one in found],
            here.tree.name(indicator, language()): [one.value for one in found],
        }
    )
    figure = charts.treemap(found, unit, total=unit.said(total), height=300)
    charts.show(figure, "structure", said, table, _("Click an area to open it."))


def by_words(here: Here, by: str) -> Callable[[str], str]:
    """What turns parts of a dimension into words."""
    return lambda part: part_name(here, by, part)
