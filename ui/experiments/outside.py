"""A check outside of the register: a table of counts or of user rows, with the same refusals."""

from __future__ import annotations

import streamlit as st

from data.ingest import LoadRefusedError
from metrics.experiments.analysis import analyse
from metrics.experiments.outside import Asked, Outside, TableError, read_outside
from metrics.experiments.records import Analysis
from ui import lifecycle, states
from ui.experiments import health, parts, results, verdict
from ui.experiments.scale import Scale, Scales, of_outside
from ui.load import experiments as read
from words import numbers
from words.i18n import _, _n, message
from words.text import plain, safe

LARGEST_MB = 20
KEY = "outside"


def show() -> None:
    """The file and what to do with it, then the same view as of a registered experiment."""
    st.caption(
        _("A row per variant with users and conversions, or a row per user with user_id, variant "
          "and a column for each metric (NAME_before: the same before the experiment). Nothing is "
          "kept.")
    )  # fmt: skip
    sent = st.file_uploader(
        _("CSV, Excel or Parquet"), type=["csv", "xlsx", "parquet"], key=f"{KEY}_file",
        max_upload_size=LARGEST_MB,
    )  # fmt: skip
    if sent is None:
        return
    asked = _asked()
    try:
        with st.spinner(_("Reading the table…")):
            table = read.outside_table(sent.name, sent.getvalue())
            found = read_outside(table, asked)
            analysis = analyse(found.plan, found.arms, found.enrolment)
    except LoadRefusedError as refused:
        st.error(_("■ The file was refused"))
        st.code(states.plain_lines(message(refused)), language=None)
        return
    except TableError as error:
        lifecycle.refused([plain(message(flaw), 300) for flaw in error.flaws])
        return
    view(found, analysis)


def _asked() -> Asked:
    """The options of the check, as the command line takes them."""
    one, two, three, four = st.columns(4)
    control = one.text_input(
        _("Control"), key=f"{KEY}_control", max_chars=80,
        help=_("Empty: the first variant in the alphabet."),
    )  # fmt: skip
    metrics = two.text_input(
        _("Metrics, the deciding one first"), key=f"{KEY}_metrics", max_chars=400,
        help=_("Names of columns; a/b for a ratio, a@0.9 for a quantile. Empty: all."),
    )  # fmt: skip
    lower = three.text_input(
        _("Less is better for"), key=f"{KEY}_lower", max_chars=400, help=_("Names of metrics.")
    )
    guards = four.text_input(
        _("Guardrails with margins"), key=f"{KEY}_guards", max_chars=400,
        help=_("name=0.02: may get worse by 2% of the control."),
    )  # fmt: skip
    one, two, three, four = st.columns(4)
    split = one.text_input(
        _("Planned shares"), key=f"{KEY}_split", max_chars=200,
        help=_("A=0.5, B=0.5. Empty: equal ones."),
    )  # fmt: skip
    alpha = two.number_input(
        _("Significance level"), 0.001, 0.499, 0.05, 0.01, format="%.3f", key=f"{KEY}_alpha"
    )
    days = three.number_input(
        _("Full days that it ran"), 0, 730, 0, key=f"{KEY}_days",
        help=_("0: as the table tells."),
    )  # fmt: skip
    invalid = four.number_input(
        _("Split invalid below p"), 0.0, 0.01, 0.001, 0.001, format="%.4f", key=f"{KEY}_ratio"
    )
    return Asked(
        control.strip(), names_of(metrics), float(alpha), names_of(lower), pairs_of(guards),
        pairs_of(split), int(days) or None, ratio_invalid=float(invalid),
    )  # fmt: skip


def names_of(text: str) -> tuple[str, ...]:
    """Names as typed, between commas.

    >>> names_of("a, b，c,")
    ('a', 'b', 'c')
    """
    return tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


def pairs_of(text: str) -> tuple[tuple[str, float], ...]:
    """Names with numbers; one without a number gets -1, which the check refuses.

    >>> pairs_of("a=0.5, b")
    (('a', 0.5), ('b', -1.0))
    """
    found = []
    for part in names_of(text):
        name, _sign, number = part.rpartition("=")
        try:
            found.append((name.strip() or part, float(number)))
        except ValueError:
            found.append((name.strip() or part, -1.0))
    return tuple(found)


def view(found: Outside, analysis: Analysis) -> None:
    """The verdict, health and results of a table."""
    scales = _scales(found)

    def names(metric: str) -> str:
        return scales(metric).name

    told = _n("{count} row read", "{count} rows read", found.rows)
    lines = [told.format(count=numbers.number(found.rows))]
    if found.unassigned:
        lines.append(_("{count} without variant or user left out").format(
            count=numbers.number(found.unassigned)))  # fmt: skip
    verdict.show(analysis, names)
    st.caption(safe(" · ".join(lines), 300))
    health.split(analysis.health, names, KEY)
    if analysis.health.state == "invalid":
        return
    results.show(analysis, scales, names, KEY)
    parts.bayes(analysis.bayes, scales, names, KEY)


def _scales(found: Outside) -> Scales:
    made = {one.id: of_outside(one) for one in found.plan.metrics}
    return lambda metric: made.get(metric, Scale(plain(metric, 60)))
