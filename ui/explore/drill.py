"""What is behind a number: its change by parts, split further, its card, its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pandas as pd
import streamlit as st

from data.points.rows import Rows
from metrics.decomposition.records import Refused
from metrics.explore.cells import narrowed
from metrics.explore.contributors import NOTE, Contributors
from metrics.explore.records import Cell, Place, Table
from metrics.explore.view import TARGET, Against
from metrics.explore.view import View as Asked
from reports.explore.finding import told_change
from reports.explore.pivot import goodness, pivot
from reports.explore.words import Names, against_words, indicator_of, quantity, with_unit
from ui import links, node_rows, tables
from ui.address import View
from ui.cards import Change
from ui.explore import codes, grid
from ui.frame import Here
from ui.load import explore as reading
from words import numbers
from words.i18n import _, _n, language
from words.names import dimension_words
from words.text import safe

Part = Literal["why", "split", "rows"]
PART, BY, WHY_BY = "explore_part", "explore_split_by", "explore_why_by"
NONCE = "explore_nonce"
MOST_PARTS = 12
HEIGHT = 330


def show(here: Here, names: Names, table: Table, place: Place) -> None:
    """The number in words, then one of its parts; ``place`` is that of the chosen cell."""
    cell = table.cells[place]
    _heading(here, names, table, place, cell)
    told: dict[Part, str] = {
        "why": _("What changed it"), "split": _("Split further"), "rows": _("Rows"),
    }  # fmt: skip
    part = st.segmented_control(
        _("Behind this number"), list(told), key=PART, format_func=lambda one: told.get(one, one),
        default="why", label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    if part == "rows":
        _rows(here, table, place)
    elif part == "split":
        _split(here, names, table, place)
    else:
        _why(here, names, table, place)


def _rows(here: Here, table: Table, place: Place) -> None:
    """The rows behind the number; those of small groups of the table are not in its totals."""

    def read(point: str, page: int, purpose: str) -> Rows | Refused:
        who = here.viewer.id
        return reading.rows(here.token, table.view, place, point, page, who=who, purpose=purpose)

    view = _frame_view(here, table, place)
    node_rows.show(replace(here, view=view), place.indicator, read)


def _frame_view(here: Here, table: Table, place: Place) -> View:
    """The shared view narrowed to a place: what other screens show of it."""
    about = narrowed(table.view, place)
    return replace(here.view, period=about.period, branch=about.branch, segment=about.filters)


def _heading(here: Here, names: Names, table: Table, place: Place, cell: Cell) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{safe(names.indicator(place.indicator), 80)}**", width="stretch")
        if st.button(_("Back to the chart"), key="explore_close", type="tertiary"):
            st.session_state[NONCE] = st.session_state.get(NONCE, 0) + 1
            st.rerun()
    st.caption(safe(where_words(names, table, place), 300))
    value = quantity(names.tree, place.indicator, cell.value)
    with st.container(key="figure-explore"):
        st.markdown(safe(value))
    st.markdown("  \n".join(_lines(names, place, cell)))
    view = _frame_view(here, table, place)
    if all(value for _name, values in view.segment for value in values):
        links.to_node(view, place.indicator, _("Open its card"), narrow=True)


def where_words(names: Names, table: Table, place: Place) -> str:
    """Period, scope and segment of a place."""
    about = narrowed(table.view, place)
    told = [numbers.period(about.period), names.scope(about.branch)]
    for dimension, values in about.filters:
        said = _(", ").join(names.value(dimension, value) for value in values)
        told.append(f"{dimension_words(dimension)} = {said}")
    return " · ".join(told)


def _lines(names: Names, place: Place, cell: Cell) -> list[str]:
    """What the number is held against, how much it covers, why there is none."""
    told = []
    if cell.value is None:
        why = cell.reason.words(language()) if cell.reason is not None else _("no data")
        told.append(f":gray[{safe(why, 200)}]")
    for one in cell.compared:
        step = told_change(names, place.indicator, one)
        other = quantity(names.tree, place.indicator, one.value)
        name = with_unit(against_words(one.against), numbers.period(one.period))
        said = _("{name}: {value}").format(name=name, value=other)
        if step is None or one.change is None:
            why = "" if one.reason is None else f" — {one.reason.words(language())}"
            told.append(f":gray[{safe(said + why, 200)}]")
            continue
        told.append(f"{_change(names, place, one.change, step).markdown} :gray[{safe(said, 120)}]")
    if cell.share is not None:
        told.append(safe(_("{share} of the whole").format(share=numbers.percent(cell.share))))
    if cell.behind is not None:
        told.append(safe(_("{count} behind it").format(count=numbers.number(cell.behind))))
    if cell.partial:
        told.append(
            safe(_n("{count} of {days} day loaded", "{count} of {days} days loaded",
                    cell.days).format(count=cell.covered, days=cell.days))
        )  # fmt: skip
    return told


def _change(names: Names, place: Place, step: float, told: str) -> Change:
    better = indicator_of(names.tree, place.indicator).better
    moved = "±" not in told
    good = goodness(better, step if abs(step) >= 0.005 else 1.0 if step > 0 else -1.0)
    good = good if moved else 0
    word = {1: _("better"), -1: _("worse"), 0: _("changed") if moved else _("unchanged")}[good]
    return Change(told, (1 if step > 0 else -1) if moved else 0, good, word)


def lead(here: Here, view: Asked) -> Against:
    """The comparison whose change is taken apart: the view's first period, else the frame's."""
    return next((one for one in view.comparisons if one != TARGET), here.view.compare)


def _why(here: Here, names: Names, table: Table, place: Place) -> None:
    """The parts that did most to the change, by the dimension that tells most about it."""
    against = lead(here, table.view)
    with st.spinner(_("Reading…"), show_time=True):
        found = reading.telling(here.token, table.view, place, against)
    if not found:
        _no_parts(here, table, place, against)
        return
    told = {one.by: dimension_words(one.by) for one in found}
    chosen = st.pills(
        _("By"), list(told), key=f"{WHY_BY}_{'_'.join(told)}", default=found[0].by,
        format_func=lambda one: told.get(one, one), label_visibility="collapsed",
    )  # fmt: skip
    one = next((each for each in found if each.by == chosen), found[0])
    st.markdown(f"**{safe(_why_words(names, place, one), 300)}**")
    for warning in one.warnings:
        st.markdown(f":orange[▲ {safe(warning.words(language()), 300)}]")
    data, rest = parts_frame(names, place, one)
    st.dataframe(data, hide_index=True, key="explore_parts",
                 column_config=tables.figures_right(data), row_height=grid.ROW_HEIGHT,
                 height=min(HEIGHT, grid.ROW_HEIGHT * (len(data) + 1) + 3),
                 placeholder=numbers.MISSING)  # fmt: skip
    st.caption(safe(" ".join(filter(None, (NOTE.words(language()), rest))), 300))


def _no_parts(here: Here, table: Table, place: Place, against: Against) -> None:
    """Why there is no decomposition."""
    found = reading.contributors(here.token, table.view, place, against, "channel")
    told = found.words(language()) if isinstance(found, Refused) else _("It has no parts.")
    st.info(safe(told, 300))


def _why_words(names: Names, place: Place, found: Contributors) -> str:
    """The largest part of the change in one sentence."""
    whole = step_words(names, place, found.change)
    along = [one for one in found.parts if one.effect * found.change > 0 and not one.small]
    other = numbers.period(found.period)
    if not along:
        return _("{change} against {other}; no part stands out").format(change=whole, other=other)
    most = along[0]
    return _("{change} against {other}; most from {part} ({effect})").format(
        change=whole, other=other, part=names.value(found.by, most.name),
        effect=step_words(names, place, most.effect),
    )  # fmt: skip


def step_words(names: Names, place: Place, step: float | None) -> str:
    """A change in the unit of the indicator, with its sign."""
    if step is None:
        return numbers.MISSING
    found = indicator_of(names.tree, place.indicator)
    if found.unit == "%":
        return f"{numbers.signed(step, 2)} pp"
    told = quantity(names.tree, place.indicator, abs(step))
    return f"{'+' if step > 0 else '−' if step < 0 else '±'}{told}"


def parts_frame(names: Names, place: Place, found: Contributors) -> tuple[pd.DataFrame, str]:
    """The largest parts with what mix, rate and the rest did; and how many are not shown."""
    shown = found.parts[:MOST_PARTS]
    factors = {
        "volume": _("Volume"), "mix": _("Mix"), "rate": _("Rate"), "interaction": _("Interaction"),
    }  # fmt: skip
    columns: dict[str, list[str]] = {
        dimension_words(found.by): [
            names.value(found.by, one.name) + (" *" if one.small else "") for one in shown
        ],
        _("Effect"): [step_words(names, place, one.effect) for one in shown],
    }
    for factor, told in factors.items():
        if any(getattr(one, factor) is not None for one in shown):
            columns[told] = [step_words(names, place, getattr(one, factor)) for one in shown]
    columns[_("Before")] = [quantity(names.tree, place.indicator, one.before) for one in shown]
    columns[_("After")] = [quantity(names.tree, place.indicator, one.after) for one in shown]
    rest = []
    if len(found.parts) > MOST_PARTS:
        more = sum(one.effect for one in found.parts[MOST_PARTS:])
        rest.append(
            _("The other {count} parts: {effect}.").format(
                count=len(found.parts) - MOST_PARTS, effect=step_words(names, place, more)
            )
        )
    if found.unexplained:
        left = step_words(names, place, found.unexplained)
        rest.append(_("Not explained by the parts: {effect}.").format(effect=left))
    if any(one.small for one in shown):
        rest.append(_("* fewer than 5 behind it."))
    return pd.DataFrame(columns), " ".join(rest)


def _split(here: Here, names: Names, table: Table, place: Place) -> None:
    """The same number by another dimension, and a link that opens it as a view."""
    about = narrowed(table.view, place)
    bare = Asked((place.indicator,), about)
    there = reading.offered(here.token, bare).by
    single = {name for name, values in about.filters if len(values) == 1}
    allowed = [name for name, why in there.items() if why is None and name not in single]
    if not allowed:
        st.info(_("It cannot be split any further."))
        return
    by = st.pills(
        _("By"), allowed, key=f"{BY}_{'_'.join(allowed)}", format_func=dimension_words,
        default=allowed[0], label_visibility="collapsed",
    ) or allowed[0]  # fmt: skip
    wanted = replace(bare, by=(by,), comparisons=(lead(here, table.view),), chart="bar")
    view, _left = reading.mended(here.token, wanted)
    laid = pivot(reading.table(here.token, view), names)
    grid.still(laid, names, "explore_split", HEIGHT)
    if all(value for _name, values in about.filters for value in values):
        params = codes.link(view.to_codes(), here.view)
        st.page_link(codes.PAGE, label=_("Open as the view"), query_params=params)
