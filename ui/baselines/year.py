"""The goals of a year as they are in force, where each comes from, and goals as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from data.configuration import ConfigurationError
from data.state import Baseline, BaselineDraft, draft_baselines
from metrics.scorecard import ScoreCard
from metrics.targets.files import read_goals, to_excel, to_yaml
from ui import lifecycle, tables, tiles
from ui.baselines import words
from ui.export import EXCEL
from ui.frame import Here
from ui.load import weights as state_of
from ui.strip import today
from words import numbers
from words.i18n import _, language
from words.text import plain, safe


def show_tiles(here: Here, card: ScoreCard, goals: Sequence[Baseline]) -> None:
    """How many goals are typed, wait, are missing, or ask to be looked at."""
    year = here.view.period.last.year
    typed = [one for one in goals if one.state == "published" and one.year == year]
    counts = {state: sum(one.state == state for one in goals) for state in ("submitted", "draft")}
    review = card.to_review(here.view.branch)
    missing = [leaf for leaf in here.tree.indicators if _missing(card, leaf, here.view.branch)]
    name = partial(here.tree.name, lang=language())
    tiles.figures(
        [
            tiles.Figure("goals-typed", _("Typed goals of {year}").format(year=year),
                         str(len({words.node_of(one) for one in typed})),
                         lines=(_("all others follow from the tree's rules"),)),
            tiles.Figure("goals-submitted", _("Wait to be published"), str(counts["submitted"])),
            tiles.Figure("goals-draft", _("Drafts"), str(counts["draft"])),
            tiles.Figure("goals-missing", _("Indicators without a goal"), str(len(missing)),
                         lines=tuple(plain(name(one), 40) for one in missing[:2])),
            tiles.Figure("goals-review", _("Targets no better than their base"), str(len(review)),
                         lines=tuple(plain(name(one), 40) for one in review[:2])),
        ]
    )  # fmt: skip


def _missing(card: ScoreCard, leaf: str, branch: str) -> bool:
    node = card.node(leaf, branch)
    return node.base is None or node.target is None


def table(here: Here, card: ScoreCard, goals: Sequence[Baseline]) -> None:
    """Base and target of every indicator for the scope: of the year and of the period."""
    branch, leaves = here.view.branch, list(here.tree.indicators)
    row = card.scopes.nodes.index(branch)
    typed = {
        one.indicator
        for one in goals
        if one.state == "published" and one.module is None and (one.branch_id or "") == branch
        and one.year == here.view.period.last.year and one.effective_from <= here.view.period.last
    }  # fmt: skip
    nodes = [card.node(leaf, branch) for leaf in leaves]

    def said(leaf: str, value: float | None) -> str:
        return words.quantity(here, leaf, value)

    def of_year(leaf: str, side: str) -> str:
        value = float(getattr(card.goals[leaf], side)[row])
        return said(leaf, None if value != value else value)

    frame = pd.DataFrame(
        {
            _("Indicator"): [plain(here.tree.name(leaf, language()), 60) for leaf in leaves],
            _("Base of the year"): [of_year(leaf, "year_base") for leaf in leaves],
            _("Target of the year"): [of_year(leaf, "year_target") for leaf in leaves],
            _("Base of the period"): [said(one.id, one.base) for one in nodes],
            _("Target of the period"): [said(one.id, one.target) for one in nodes],
            _("Value"): [said(one.id, one.value) for one in nodes],
            _("Score"): [numbers.score(one.score) for one in nodes],
            _("Origin"): [_("typed") if leaf in typed else _("by rule") for leaf in leaves],
        }
    )
    st.dataframe(
        frame, hide_index=True, key="goals_of_year", height=560, placeholder="—",
        column_config=tables.figures_right(frame),
    )  # fmt: skip


def files(here: Here, goals: Sequence[Baseline]) -> None:
    """Published goals as files, and drafts from a file."""
    kept = [one for one in goals if one.state == "published"]
    years = [one.year for one in kept]
    with st.container(horizontal=True, gap="small", key="export-goals"):
        if kept:
            for ending, kind, make in (
                ("yaml", "application/yaml", partial(to_yaml, kept, years)),
                ("xlsx", EXCEL, partial(to_excel, kept, years)),
            ):
                st.download_button(
                    "YAML" if ending == "yaml" else "Excel", data=make, mime=kind,
                    file_name=f"canopy_baselines.{ending}", key=f"goals_{ending}",
                    on_click="ignore", type="tertiary",
                )  # fmt: skip
    if here.viewer.may("publish"):
        _from_file(here)


def _from_file(here: Here) -> None:
    st.caption(
        _("YAML or Excel with indicator, year, base, target and, for a part, branch and module.")
    )
    sent = st.file_uploader(
        _("File with baselines"), type=["yaml", "yml", "xlsx"], key="goals_file",
        max_upload_size=lifecycle.LARGEST_MB,
    )  # fmt: skip
    if sent is None:
        return
    try:
        found = read_goals(
            sent.getvalue(), plain(sent.name, 80), here.tree, list(here.bank.branches)
        )
    except ConfigurationError as error:
        lifecycle.refused(lifecycle.problems_of(error))
        return
    told = _("{file} holds {count} goals.")
    st.markdown(f"✓ {told.format(file=safe(sent.name, 80), count=len(found))}")
    with st.form("goals_filed", border=False):
        day = st.date_input(
            _("Takes effect on"), value=state_of.first_open_day(today()), key="goals_filed_day"
        )
        reason = st.text_area(_("Reason"), max_chars=2000, key="goals_filed_reason")
        if st.form_submit_button(_("Keep as a draft"), type="primary"):
            _keep(here, found, reason, day)


def _keep(here: Here, found: Sequence[BaselineDraft], reason: str, day: date) -> None:
    def step() -> None:
        draft_baselines(
            state_of.state(), found, author=here.viewer.id, reason=reason, effective_from=day
        )

    if lifecycle.acted(step, _("The draft is kept: it stays also when this page is closed.")):
        st.rerun()
