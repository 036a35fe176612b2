"""Tables: aligned numbers, the unit once in the heading, text from data as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from metrics.scorecard import ScoreCard
from ui.findings import difference
from ui.i18n import _, language
from ui.load import Branch
from ui.text import plain
from ui.words import band_words


@dataclass(frozen=True)
class BranchRow:
    """A branch in the ranking; None where it has no score."""

    branch: Branch
    score: float | None
    before: float | None
    coverage: float
    band: str | None
    red_lines: int


def ranked(card: ScoreCard, other: ScoreCard, branches: Sequence[Branch]) -> list[BranchRow]:
    """Branches by score, best first; those without one last."""
    rows = []
    for one in branches:
        if one.id not in card.branches:
            continue
        now, then = card.node("total", one.id), other.node("total", one.id)
        rows.append(
            BranchRow(
                one, now.score, then.score, now.coverage, now.band, len(card.breached(one.id))
            )
        )
    return sorted(rows, key=lambda row: (row.score is None, -(row.score or 0.0), row.branch.id))


def branch_table(card: ScoreCard, rows: Sequence[BranchRow]) -> None:
    """The ranking; a click on a row makes the branch the scope."""

    def drill() -> None:
        chosen = st.session_state["branch_ranking"].selection.rows
        if chosen:
            st.session_state["branch"] = rows[chosen[0]].branch.id

    st.dataframe(
        _frame(card, rows),
        key="branch_ranking",
        placeholder="—",
        hide_index=True,
        on_select=drill,
        selection_mode="single-row",
        height=min(38 * len(rows) + 40, 420),
        column_config={
            _("Rank"): st.column_config.NumberColumn(width="small"),
            _("Score"): st.column_config.ProgressColumn(
                format="%.1f", min_value=0, max_value=120, color="blue"
            ),
            _("Change"): st.column_config.NumberColumn(format="%+.1f"),
            _("Coverage, %"): st.column_config.NumberColumn(format="%.0f"),
            _("Red lines"): st.column_config.NumberColumn(format="%d", width="small"),
        },
    )


def _frame(card: ScoreCard, rows: Sequence[BranchRow]) -> pd.DataFrame:
    bands = [band_words(card.tree, row.band, leaf=False) for row in rows]
    return pd.DataFrame(
        {
            _("Rank"): [n if row.score is not None else None for n, row in enumerate(rows, 1)],
            _("Branch"): [plain(row.branch.name(language()), 60) for row in rows],
            _("Score"): [row.score for row in rows],
            _("Band"): [f"{band.sign} {band.word}" for band in bands],
            _("Change"): [difference(row.score, row.before) for row in rows],
            _("Coverage, %"): [row.coverage for row in rows],
            _("Red lines"): [row.red_lines for row in rows],
        }
    )
