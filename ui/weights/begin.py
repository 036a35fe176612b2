"""Beginning a draft: from what is in force, a profile, another set, or a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import streamlit as st

from data.configuration import ConfigurationError
from data.state import WeightOrigin, WeightSet, draft_weights
from metrics.scorecard import WeightsError
from metrics.scorecard.rules import BANK, BRANCHES
from metrics.weights.exact import exact_set
from metrics.weights.files import WeightFile, read_weights
from ui import lifecycle
from ui.frame import Here
from ui.load import weights as read
from ui.strip import today
from ui.weights import words
from ui.weights.listing import CHOSEN
from words.i18n import _, _n, message
from words.text import plain, safe

IN_FORCE = "in_force"


def show(here: Here, sets: Sequence[WeightSet]) -> None:
    """The form, for readers who may publish; nothing for others."""
    if not here.viewer.may("publish"):
        return
    with st.expander(_("Begin a draft"), key="weights_begin"):
        origin, file = st.tabs([_("From a set or a profile"), _("From a file")])
        with origin:
            _from_set(here, sets)
        with file:
            _from_file(here)


def _from_set(here: Here, sets: Sequence[WeightSet]) -> None:
    codes = [IN_FORCE, *(str(one.id) for one in sets), *read.profiles(here.token)]
    told = {code: words.code_words(here, code, sets) for code in codes[1:]}
    told[IN_FORCE] = _("What is in force")
    with st.form("weights_new", border=False):
        code = st.selectbox(
            _("Begin with"), codes, key="weights_new_from",
            format_func=lambda one: told.get(one, one),
        )  # fmt: skip
        kind = _kind("weights_new_kind")
        typed = _said("weights_new", None)
        if st.form_submit_button(_("Begin the draft"), type="primary"):
            try:
                found = _weights(here, str(code), str(kind), sets)
            except WeightsError as error:
                lifecycle.refused([plain(message(error), 400)])
                return
            begun = next((one.origins for one in sets if str(one.id) == code), ())
            _keep(here, found, typed, str(kind), begun)


def _weights(here: Here, code: str, kind: str, sets: Sequence[WeightSet]) -> Mapping[str, Decimal]:
    """The exact weights that a draft begins with."""
    kept = next((one for one in sets if str(one.id) == code), None)
    if kept is not None:
        return exact_set(here.tree, {n: float(w) for n, w in kept.by_node().items()})
    if code == IN_FORCE:
        last = here.view.period.last
        return exact_set(here.tree, read.in_force(here.token, last, kind)[1])
    return exact_set(here.tree, read.weights_of_profile(here.token, code))


def _from_file(here: Here) -> None:
    st.caption(
        _("YAML or Excel, as the export writes them: a weight in per cent of its parent for every "
          "node.")
    )  # fmt: skip
    sent = st.file_uploader(
        _("File with weights"), type=["yaml", "yml", "xlsx"], key="weights_file",
        max_upload_size=lifecycle.LARGEST_MB,
    )  # fmt: skip
    if sent is None:
        return
    try:
        found = read_weights(sent.getvalue(), plain(sent.name, 80), here.tree)
    except ConfigurationError as error:
        lifecycle.refused(lifecycle.problems_of(error))
        return
    told = _("{file} holds weights for all {count} nodes.")
    st.markdown(f"✓ {told.format(file=safe(sent.name, 80), count=len(found.weights))}")
    if found.origins:
        how = _n("How {count} node's weights were found comes with it.",
                 "How the weights below {count} nodes were found comes with it.",
                 len(found.origins))  # fmt: skip
        st.caption(how.format(count=len(found.origins)))
    with st.form("weights_filed", border=False):
        kind = _kind("weights_filed_kind")
        typed = _said("weights_filed", found)
        if st.form_submit_button(_("Keep as a draft"), type="primary"):
            _keep(here, found.weights, typed, str(kind), found.origins)


def _kind(key: str) -> str | None:
    return st.segmented_control(
        _("For whom"), [BANK, BRANCHES], key=key, default=BANK, required=True,
        format_func=words.kind_words,
    )  # fmt: skip


def _said(key: str, file: WeightFile | None) -> tuple[str, str, str, date]:
    """Names, reason and day as typed, begun with what a file says."""
    one, two, three = st.columns(3)
    first = read.first_open_day(today())
    zh = one.text_input(
        _("Name in Chinese"), key=f"{key}_zh", max_chars=200, value=(file and file.name_zh) or ""
    )
    en = two.text_input(
        _("Name in English"), key=f"{key}_en", max_chars=200, value=(file and file.name_en) or ""
    )
    day = three.date_input(
        _("Takes effect on"), key=f"{key}_day", value=(file and file.effective_from) or first
    )
    reason = st.text_area(
        _("Reason"), key=f"{key}_reason", max_chars=2000, value=(file and file.reason) or ""
    )
    return zh, en, reason, day


def _keep(
    here: Here,
    found: Mapping[str, Decimal],
    typed: tuple[str, str, str, date],
    kind: str,
    begun: Sequence[WeightOrigin] = (),
) -> None:
    zh, en, reason, day = typed
    if not (zh.strip() or en.strip()):
        lifecycle.refused([_("Give the set a name.")])
        return
    kept: list[WeightSet] = []

    def step() -> None:
        kept.append(
            draft_weights(
                read.state(), found, name_zh=zh.strip() or en, name_en=en.strip() or zh,
                author=here.viewer.id, reason=reason, effective_from=day,
                profile=BRANCHES if kind == BRANCHES else None, origins=begun,
            )
        )  # fmt: skip

    if lifecycle.acted(step, _("The draft is kept: it stays also when this page is closed.")):
        st.session_state["weights_next"] = str(kept[0].id)
        st.rerun()


def follow() -> None:
    """Look at the draft that was just begun; before the chooser is drawn."""
    following = st.session_state.pop("weights_next", None)
    if following is not None:
        st.session_state[CHOSEN] = following
