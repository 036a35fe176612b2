"""The map of China: values of provinces by colour and sign, drawn without any other map under it.

``map_provider=None`` and no map style: anything else would ask a server outside for tiles.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pydeck as pdk
import streamlit as st
from pydeck.bindings.json_tools import default_serialize

from metrics.scorecard import ScoreCard
from metrics.tree import ROOT
from ui import few
from ui.bands import BandWords, band_words
from ui.findings import difference
from ui.frame import Here
from ui.load import Branch
from ui.load.map import provinces_of
from ui.provinces import Ring, code_of, provinces, sea_line
from ui.theme import palette
from words import numbers
from words.i18n import _, _n, language
from words.text import plain, safe

HEIGHT = 236
VIEW = pdk.ViewState(longitude=104.3, latitude=31.9, zoom=1.37, min_zoom=1, max_zoom=6)
LAYER = "provinces"
NONE = "○"
"""The sign of what is in no band."""


@dataclass(frozen=True)
class Key:
    """An entry of the legend: colour, sign, word."""

    colour: str
    sign: str
    word: str


@dataclass(frozen=True)
class Region:
    """What the map shows of a province: colour, sign, lines of the tooltip (plain text).

    ``branch`` becomes the scope when the province is clicked; empty: a click does nothing.
    """

    adcode: str
    colour: str
    sign: str
    lines: tuple[str, ...]
    branch: str = ""


def show(regions: Sequence[Region], key: str, finding: str, legend: Sequence[Key]) -> None:
    """The map under its finding, and a legend.

    Every province is drawn, those without a region as such without data.
    """
    st.markdown(f"**{safe(finding, 300)}**")
    by_code = {one.adcode: one for one in regions}

    def pick() -> None:
        chosen = st.session_state[key].selection.objects.get(LAYER, [])
        region = by_code.get(chosen[0]["properties"]["adcode"]) if chosen else None
        if region is not None and region.branch:
            st.session_state["branch"] = region.branch

    st.pydeck_chart(deck(by_code), height=HEIGHT, on_select=pick, key=key, alt=finding)
    none = Key(palette().bands["none"], NONE, _("no data or too few users"))
    st.html(legend_html([*legend, none]))


def deck(by_code: Mapping[str, Region]) -> pdk.Deck:
    """The drawing: provinces, their borders, the line in the South China Sea, signs.

    Only the bare areas are looked up under the pointer: a browser without a graphics card needs
    half a second for them with borders, and takes a press as long as that for no click.
    """
    look, lang = palette(), language()
    shapes = [_shape(code, by_code.get(code), lang) for code in provinces()]
    area = pdk.Layer(
        "GeoJsonLayer", shapes, id=LAYER, pickable=True, auto_highlight=True, stroked=False,
        filled=True, get_fill_color="properties.fill", highlight_color=[*_rgb(look.text), 60],
    )  # fmt: skip
    borders = pdk.Layer(
        "PathLayer", [{"path": ring} for ring in _rings()], id="borders", get_path="path",
        get_color=_rgb(look.surface), width_min_pixels=1,
    )  # fmt: skip
    line = pdk.Layer(
        "PathLayer", [{"path": dash} for dash in sea_line()], id="sea", get_path="path",
        get_color=_rgb(look.muted), width_min_pixels=1.5,
    )  # fmt: skip
    signs = "".join(sorted({one.sign for one in by_code.values()}))
    text = pdk.Layer(
        "TextLayer", _signs(by_code), id="signs", get_text="sign", get_position="at", get_size=9,
        get_color=_rgb(look.surface), character_set=pdk.types.String(signs),
        font_family=pdk.types.String("sans-serif"),
    )  # fmt: skip
    return _Deck(
        layers=[area, borders, line, *([text] if signs else [])],
        initial_view_state=VIEW,
        views=[pdk.View(type="MapView", controller={"scrollZoom": False, "dragRotate": False})],
        map_provider=None,
        tooltip={
            "text": "{told}",
            "style": {
                "backgroundColor": look.surface, "color": look.text, "fontSize": "13px",
                "border": f"1px solid {look.grid}", "borderRadius": "4px",
            },
        },
    )  # fmt: skip


class _Deck(pdk.Deck):  # type: ignore[misc]  # pydeck has no types
    """A deck that is written without indents: a tenth of the time, half of the bytes."""

    def to_json(self) -> str:
        """The description for the browser."""
        return json.dumps(self, default=default_serialize, sort_keys=True)


def _shape(code: str, region: Region | None, lang: str) -> dict[str, Any]:
    """A province as a feature; braces of data would be read as places of the tooltip."""
    found = provinces()[code]
    lines = region.lines if region is not None else (_("no data"),)
    told = "\n".join(plain(one, 80) for one in (found.name(lang), *lines))
    colour = region.colour if region is not None else palette().bands["none"]
    return {
        "type": "Feature",
        "properties": {"adcode": code, "told": told, "fill": _rgb(colour)},
        "told": told,
        "geometry": {"type": "MultiPolygon", "coordinates": found.polygons},
    }


def _rings() -> list[Ring]:
    return [ring for one in provinces().values() for polygon in one.polygons for ring in polygon]


def _signs(by_code: Mapping[str, Region]) -> list[dict[str, Any]]:
    return [
        {"sign": one.sign, "at": provinces()[code].center}
        for code, one in by_code.items()
        if code in provinces()
    ]


def _rgb(colour: str) -> list[int]:
    """The parts of a colour.

    >>> _rgb("#1F5FBF")
    [31, 95, 191]
    """
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def legend_html(legend: Sequence[Key]) -> str:
    """The legend as a line of swatches; words are escaped.

    >>> "&lt;b&gt;" in legend_html([Key("#1F5FBF", "●", "<b>")])
    True
    """
    parts = (
        f'<span class="key"><span class="swatch" style="background:{one.colour}"></span>'
        f"{html.escape(one.sign)} {html.escape(plain(one.word, 30))}</span>"
        for one in legend
    )
    return f'<div class="legend">{"".join(parts)}</div>'


def branches(here: Here, card: ScoreCard, before: ScoreCard) -> pd.DataFrame | None:
    """Scores of the branches on the map: of each province the uppermost branch in scope.

    Returns the same data as a table; None where nothing is on the map.
    """
    placed = by_province(here, card)
    if not placed:
        st.caption(_("No branch of this scope lies in a province of the map."))
        return None
    regions = [_region(here, card, before, code, found) for code, found in placed.items()]
    bands = [band_words(card.tree, one.id, leaf=False) for one in card.tree.bands.parents]
    legend = [Key(palette().bands[one.id], one.sign, one.word) for one in bands]
    finding = counted([region.sign for region in regions], legend)
    # A key for each scope: back at a scope, no province of it is chosen, and each can be clicked.
    show(regions, f"branch_map_{here.view.branch}", finding, legend)
    return _table(placed, card, before)


def counted(signs: Sequence[str], legend: Sequence[Key]) -> str:
    """How many provinces are in each band, the best first.

    >>> counted(["●", "■", "●"], [Key("#2F6FD0", "●", "Good"), Key("#B4380B", "■", "Act")])
    '3 provinces: 2 Good, 1 Act'
    """
    told = [
        _("{count} {band}").format(count=signs.count(one.sign), band=one.word)
        for one in legend
        if one.sign in signs
    ]
    if not told:
        return _("No branch on the map has a score.")
    if NONE in signs:
        told.append(_("{count} not compared").format(count=signs.count(NONE)))
    return _n("{count} province: {bands}", "{count} provinces: {bands}", len(signs)).format(
        count=len(signs), bands=_(", ").join(told)
    )


def by_province(here: Here, card: ScoreCard) -> Mapping[str, tuple[Branch, ...]]:
    """By code of the province: the uppermost branches of the scope that lie in it."""
    named = provinces_of(here.token, here.view.scope.rights)
    inside = [
        one
        for one in here.bank.branches.values()
        if one.id in card.branches and _within(here, one.id)
    ]
    found: dict[str, list[Branch]] = {}
    for one in sorted(inside, key=lambda branch: branch.depth):
        code = code_of(named.get(one.id, ""))
        if code is not None and (code not in found or found[code][0].depth == one.depth):
            found.setdefault(code, []).append(one)
    return {code: tuple(members) for code, members in found.items()}


def _within(here: Here, branch: str) -> bool:
    scope = here.view.branch
    return not scope or any(one.id == scope for one in here.bank.above(branch))


def _region(
    here: Here, card: ScoreCard, before: ScoreCard, code: str, found: Sequence[Branch]
) -> Region:
    """A province with its branches; of those with enough users the lowest gives the colour."""
    small = few.branches(here, card, ROOT, [one.id for one in found])
    nodes = [(one, card.node(ROOT, one.id)) for one in found]
    fit = [node for one, node in nodes if one.id not in small and node.score is not None]
    lowest = min(fit, key=lambda node: node.score or 0.0, default=None)
    band: BandWords = band_words(card.tree, None if lowest is None else lowest.band, leaf=False)
    lines = []
    for one, node in nodes:
        moved = difference(node.score, before.node(ROOT, one.id).score)
        told = f"{one.name(language())}: {numbers.score(node.score)}"
        told += "" if moved is None else f" ({numbers.signed(moved)})"
        word = band_words(card.tree, node.band, leaf=False)
        lines.append(f"{told} {few.mark(small[one.id])}" if one.id in small
                     else f"{told} {word.sign} {word.word}")  # fmt: skip
    return Region(
        code, palette().bands[band.id], band.sign, tuple(lines), found[0].id if found else ""
    )


def _table(
    placed: Mapping[str, Sequence[Branch]], card: ScoreCard, before: ScoreCard
) -> pd.DataFrame:
    rows = []
    for code, found in placed.items():
        for one in found:
            node = card.node(ROOT, one.id)
            moved = difference(node.score, before.node(ROOT, one.id).score)
            name = provinces()[code].name(language())
            rows.append((name, plain(one.name(language()), 60), node.score, moved))
    return pd.DataFrame(rows, columns=[_("Province"), _("Branch"), _("Score"), _("Change")])
