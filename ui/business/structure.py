"""What earns: amount and income by scene, module and product, or by branch, as areas to open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from data.points.wants import Reason
from ui import charts, links, load, sentences
from ui.business.words import kind_name, module_name, scene_name, why
from ui.charts import Area, Unit
from ui.frame import Here
from ui.load import business
from words import numbers
from words.i18n import _, language
from words.text import safe

MEASURES = {"amount": "txn_amount", "fees": "fee_income"}
FEWEST_SHARE = 0.0005
MOST_LINKS = 8
PAGE = "pages/screens/business.py"


@st.fragment
def panel(here: Here) -> None:
    """The treemap with its two controls."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("What earns"), anchor=False)
        measure = st.segmented_control(
            _("Measure"), list(MEASURES), default="fees", key="structure_measure",
            format_func=lambda one: {"amount": _("Amount"), "fees": _("Income")}[one],
            label_visibility="collapsed",
        ) or "fees"  # fmt: skip
        by = st.segmented_control(
            _("By"), list(PARTS), default="scene", key="structure_by",
            format_func=lambda one: {
                "scene": _("Scene"), "product": _("Product"), "branch": _("Branch")
            }[one],
            label_visibility="collapsed",
        ) or "scene"  # fmt: skip
    PARTS[by](here, measure)


def _modules(here: Here, measure: str) -> None:
    """Scenes and the modules in them, from kept points."""
    values = load.breakdown(here.token, MEASURES[measure], here.view.slice, ("module",))
    if not len(values.groups) or np.isnan(values.value).all():
        reasons = [one for one in values.reason.ravel() if one is not None]
        told = reasons[0].words(language()) if reasons else ""
        st.info(sentences.opened(told) or _nothing(here, indicator=MEASURES[measure]))
        return
    modules = [str(one) for one in values.groups["module"]]
    rows = pd.DataFrame(
        {
            "module": modules,
            "scene": [_scene(here, module) for module in modules],
            "product_id": "",
            "size": np.nan_to_num(values.value[:, 0]).clip(min=0),
        }
    )
    _shown(here, MEASURES[measure], areas(rows, _names(here)))


def _products(here: Here, measure: str) -> None:
    """Products in their modules: read from the transactions, so only when asked for."""
    found = business.products(here.token, here.view.slice)
    if isinstance(found, Reason):
        st.info(why(found))
        return
    rows = found.assign(
        size=found[measure].clip(lower=0),
        scene=[_scene(here, module) for module in found["module"]],
    )
    _shown(here, MEASURES[measure], areas(rows, _names(here)))


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


def _branches(here: Here, measure: str) -> None:
    """Branches below the scope and those in them; each can be made the scope."""
    indicator = MEASURES[measure]
    values = load.breakdown(here.token, indicator, here.view.slice, ("branch",))
    sizes = dict(zip(values.groups["branch"], values.value[:, 0], strict=True))
    below = [one for one in here.bank.branches.values() if sizes.get(one.id, np.nan) > 0]
    tops = {one.id for one in here.bank.below(here.view.branch)}
    if not tops:
        st.info(_("There are no branches below this one."))
        return
    found: list[Area] = []
    for one in below:
        size = float(sizes[one.id])
        if one.id in tops:
            found.append(Area(one.id, one.name(language()), "", size))
        elif one.parent in tops and one.parent in sizes:
            found.append(Area(one.id, one.name(language()), one.parent, size))
    _shown(here, indicator, found)
    _scopes(here, sorted((one for one in found if not one.parent), key=lambda one: -one.value))


def _scopes(here: Here, tops: Sequence[Area]) -> None:
    """The largest branches as links that make them the scope of the screen."""
    if not tops:
        return
    with st.container(horizontal=True, gap="small", key="structure-scopes"):
        st.caption(_("Make it the scope:"), width="content")
        for one in tops[:MOST_LINKS]:
            view = replace(here.view, branch=one.id)
            links.to_screen(view, PAGE, safe(one.label))


def _nothing(here: Here, indicator: str) -> str:
    """Why there is nothing to show: what is not loaded is not said to have been nothing."""
    card = load.score_card(here.token, here.view.scope)
    node = card.node(indicator, here.view.branch)
    if node.value is None and node.reason is not None:
        return sentences.opened(sentences.reason_words(node.reason))
    return _("Nothing happened in this period.")


def _shown(here: Here, indicator: str, found: Sequence[Area]) -> None:
    tops = sorted((one for one in found if not one.parent), key=lambda one: -one.value)
    total = sum(one.value for one in tops)
    if not total:
        st.info(_nothing(here, indicator))
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


PARTS: Mapping[str, Callable[[Here, str], None]] = {
    "scene": _modules,
    "product": _products,
    "branch": _branches,
}
