"""One experiment: the verdict first, then what it rests on, each part read when it is opened."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from data.experiments.exposed import SPLITS
from data.state.experiments import Experiment
from metrics.experiments.records import Analysis
from ui.experiments import course, health, history, parts, results, verdict, words
from ui.experiments.scale import Scale, Scales, of_planned
from ui.frame import Here
from ui.load import experiments as read
from ui.load.experiments import Result
from words.i18n import _, language
from words.names import dimension_words, value_words
from words.text import plain, safe

KEY = "experiment"


def scales_of(here: Here, one: Experiment) -> Scales:
    """The scale of each metric of the plan; of one that it no longer has, its id."""
    found = {metric.id: of_planned(here, metric) for metric in one.plan.metrics}
    return lambda metric: found.get(metric, Scale(plain(metric, 60)))


def show(here: Here, one: Experiment, found: Result | None) -> None:
    """Heading, verdict, decision, then the parts."""
    scales = scales_of(here, one)

    def names(metric: str) -> str:
        return scales(metric).name

    verdict.heading(here, one)
    verdict.decision(one)
    if one.stage == "draft":
        st.info(_("A draft: nothing is measured before it is started."))
        history.show(here, one)
        return
    if found is None:
        return
    _refused(here, found)
    if found.analysis is None:
        verdict.nothing_yet(found)
        history.show(here, one)
        return
    verdict.show(found.analysis, names)
    _parts(here, one, found, found.analysis, scales, names)


def _refused(here: Here, found: Result) -> None:
    """Metrics of the plan that cannot be measured by user."""
    for one in found.source.refused:
        told = _("{metric} is left out: {why}").format(
            metric=one.metric, why=words.refusal_words(one.kind, one.about)
        )
        st.warning(f"▲ {safe(told, 300)}")


def _parts(
    here: Here,
    one: Experiment,
    found: Result,
    analysis: Analysis,
    scales: Scales,
    names: words.Names,
) -> None:
    titles = tab_names()
    tabs = st.tabs(list(titles.values()), key=f"{KEY}_tabs", on_change="rerun")
    broken = analysis.health.state == "invalid"
    for name, tab in zip(titles, tabs, strict=True):
        if not tab.open:
            continue
        with tab:
            if name == "health":
                health.show(found, analysis.health, names, KEY)
            elif name == "history":
                history.show(here, one)
            elif broken:
                st.error(_("✕ Withheld, because the experiment cannot be believed: see Health."))
            elif name == "results":
                _results(here, one, analysis, scales, names)
            elif name == "bayes":
                parts.bayes(analysis.bayes, scales, names, KEY)
            else:
                _by_metric(here, one, found, name, scales, names)


def tab_names() -> Mapping[str, str]:
    """The parts by their code."""
    return {
        "results": _("Results"),
        "health": _("Health"),
        "looks": _("Over the looks"),
        "segments": _("By segment"),
        "novelty": _("Novelty"),
        "bayes": _("Bayesian view"),
        "history": _("Plan and history"),
    }


def _results(
    here: Here, one: Experiment, analysis: Analysis, scales: Scales, names: words.Names
) -> None:
    results.show(analysis, scales, names, KEY)
    with st.container(border=True, key="panel-experiment-worth"):
        if analysis.look.decides:
            results.worth(here, read.worths(here.token, here.view.slice, one), scales)
        else:
            st.caption(_("What shipping is worth is said when a look may decide."))


def _by_metric(
    here: Here, one: Experiment, found: Result, name: str, scales: Scales, names: words.Names
) -> None:
    """What is drawn for one metric and treatment at a time."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = _metric(found, name, scales)
        arm = _arm(found, name)
        dimension = _dimension() if name == "segments" else ""
    if metric is None:
        st.caption(_("No metric can be drawn this way."))
        return
    about, scale = here.view.slice, scales(metric)
    if name == "looks":
        drawn = read.looks(here.token, about, one, metric, arm)
        course.looks(drawn, one.plan.policy, one.plan.starts_on, scale, KEY)
    elif name == "novelty":
        course.novelty(read.novelty(here.token, about, one, metric, arm), scale, KEY)
    else:
        told = _branch_words(here) if dimension == "branch" else value_words(dimension)
        split = read.segments(here.token, about, one, metric, arm, dimension)
        parts.segments(
            split, scale, dimension_words(dimension), lambda code: told(code) or _("unknown"),
            names, KEY, decides=found.analysis is not None and found.analysis.look.decides,
        )  # fmt: skip


def _metric(found: Result, name: str, scales: Scales) -> str | None:
    every = found.source.plan.metrics
    offered = [one.id for one in every if name == "segments" or one.kind != "quantile"]
    first = next((one.id for one in every if one.role == "primary" and one.id in offered), None)
    if not offered:
        return None
    place = offered.index(first) if first is not None else 0
    return st.selectbox(
        _("Metric"), offered, index=place, format_func=lambda one: scales(one).name,
        key=f"{KEY}_{name}_metric", width=320,
    )  # fmt: skip


def _arm(found: Result, name: str) -> str:
    arms = [one.name for one in found.source.plan.arms[1:]]
    if len(arms) == 1:
        return arms[0]
    chosen = st.selectbox(
        _("Variant"), arms, key=f"{KEY}_{name}_arm", format_func=lambda one: plain(one, 30),
        width=200,
    )  # fmt: skip
    return chosen or arms[0]


def _dimension() -> str:
    told = {name: dimension_words(name) for name in SPLITS}
    return st.segmented_control(
        _("Split by"), list(told), default="tier", format_func=told.__getitem__,
        key=f"{KEY}_dimension", required=True,
    ) or "tier"  # fmt: skip


def _branch_words(here: Here) -> words.Names:
    return lambda code: plain(here.bank.name(code, language()), 40)
