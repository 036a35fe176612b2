"""A view and the address: the codes of its own beside those that all screens share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from data.period import Comparison
from data.slice import Slice
from metrics.explore.problems import ViewError, ViewProblem
from metrics.explore.view import KEYS, TARGET, Known
from metrics.explore.view import View as Asked
from ui.address import KEYS as SHARED
from ui.address import View
from ui.frame import Here

OWN = tuple(key for key in KEYS if key not in SHARED)
"""Keys of the address that are a view's alone: what it shows, by what, over time, against what."""
PAGE = "pages/screens/explore.py"
WRITTEN, COMPARED = "explore_written", "explore_compared"
CONTROLS = {
    "show": "explore_show", "by": "explore_by", "grain": "explore_grain",
    "against": "explore_against", "as": "explore_as", "sort": "explore_sort",
}  # fmt: skip
"""The keys under which the session keeps what the controls say."""


@dataclass(frozen=True)
class Read:
    """The view of an address, what in it could not be read, and whether nothing was said."""

    view: Asked
    problems: tuple[ViewProblem, ...] = ()
    unsaid: bool = False


def known(here: Here) -> Known:
    """What codes may name, for the reader."""
    bank, rights = here.bank, here.view.rights
    return Known(here.tree, tuple(bank.branches), bank.values, here.view.period, rights)


def read(here: Here, unsaid: Asked) -> Read:
    """The view that the address or else the controls ask for; ``unsaid`` where neither does.

    The controls are set to it before they are drawn. Period, scope and segment are the frame's.
    """
    params = st.query_params.to_dict()
    own: dict[str, str] = {key: params[key] for key in OWN if key in params}
    before: Mapping[str, str] | None = st.session_state.get(WRITTEN)
    if before is not None and (own == before or not own):
        if CONTROLS["show"] not in st.session_state:
            adopt(parsed(here, before).view)
        return Read(_followed(here, parsed(here, _controlled(here)).view))
    found = parsed(here, own) if own else Read(unsaid, unsaid=True)
    adopt(found.view)
    st.session_state[COMPARED] = here.view.compare
    return found


def _controlled(here: Here) -> dict[str, str]:
    """The codes of what the controls say."""
    said = st.session_state
    view = Asked(
        tuple(said[CONTROLS["show"]]), here.view.slice, tuple(said[CONTROLS["by"]]),
        said[CONTROLS["grain"]], tuple(said[CONTROLS["against"]]), said[CONTROLS["as"]],
    )  # fmt: skip
    sort = said[CONTROLS["sort"]]
    return own_codes(view) | ({"sort": sort} if sort else {})


def of_kept(here: Here, text: str) -> Read:
    """A view as it was kept, for this reader: of its own scope and segment, not the frame's.

    What it does not say, the period say, is the frame's; rights are always the reader's.
    """
    rights = here.view.rights
    start = Asked((), Slice(here.view.period, rights.subtree, rights=rights))
    return parsed(here, of_text(text), start)


def parsed(here: Here, codes: Mapping[str, str], start: Asked | None = None) -> Read:
    """A view of codes, without those that mean nothing; without an indicator where none does."""
    start, kept = start or Asked((), here.view.slice), dict(codes)
    problems: list[ViewProblem] = []
    while True:
        try:
            return Read(Asked.from_codes(kept, known(here), start), tuple(problems))
        except ViewError as error:
            problems += [one for one in error.problems if one not in problems]
            wrong: set[str] = {one.key for one in error.problems}
            if "show" in wrong:
                return Read(_without_indicator(here, kept, wrong), tuple(problems))
            kept = {key: code for key, code in kept.items() if key not in wrong}


def _without_indicator(here: Here, codes: Mapping[str, str], wrong: set[str]) -> Asked:
    """What else the codes ask for: the reader chooses an indicator and keeps the rest."""
    start = Asked((), here.view.slice)
    rest = {k: c for k, c in codes.items() if k not in wrong | {"show", "sort"}}
    some = next(iter(here.tree.indicators))
    try:
        return replace(Asked.from_codes({**rest, "show": some}, known(here), start), indicators=())
    except ViewError:
        return start


def _followed(here: Here, view: Asked) -> Asked:
    """The view after the frame's comparison was changed: the other takes its place in the view."""
    before: Comparison | None = st.session_state.get(COMPARED)
    now = here.view.compare
    st.session_state[COMPARED] = now
    if before is None or before == now:
        return view
    rest = [one for one in view.comparisons if one not in (before, now)]
    return replace(view, comparisons=(now, *rest))


def adopt(view: Asked) -> None:
    """Set the controls to a view, before they are drawn."""
    said = {
        "show": list(view.indicators), "by": list(view.by), "grain": view.grain,
        "against": list(view.comparisons), "as": view.chart, "sort": view.sort.code,
    }  # fmt: skip
    for key, value in said.items():
        st.session_state[CONTROLS[key]] = value


def write(view: Asked) -> None:
    """Put a view's own codes into the address, beside what else it says."""
    own, params = own_codes(view), st.query_params.to_dict()
    wanted = {key: text for key, text in params.items() if key not in OWN} | own
    st.session_state[WRITTEN] = own
    if params != wanted:
        st.query_params.from_dict(wanted)


def own_codes(view: Asked) -> dict[str, str]:
    """What an address says of a view beside period, scope and segment."""
    return {key: code for key, code in view.to_codes().items() if key in OWN}


def as_text(view: Asked, *, with_period: bool) -> str:
    """A view as it is kept: one line, without the period where it follows the reader's."""
    codes = view.to_codes()
    return urlencode({key: code for key, code in codes.items() if with_period or key != "period"})


def of_text(text: str) -> dict[str, str]:
    """The codes that were kept.

    >>> of_text("show=mau&by=tier")
    {'show': 'mau', 'by': 'tier'}
    """
    return dict(parse_qsl(text))


def link(kept: Mapping[str, str], view: View) -> dict[str, str]:
    """The parameters that open kept codes: a view that follows the period gets the reader's.

    The first comparison becomes the frame's, so that both say the same.
    """
    against = [one for one in kept.get("against", "").split(",") if one and one != TARGET]
    found = {"period": str(view.period), "compare": against[0] if against else view.compare}
    found |= {**kept, "lang": view.lang}
    # In the order in which the address is written: another order would be another page to go
    # back to.
    return {key: found[key] for key in (*SHARED, *OWN) if key in found}
