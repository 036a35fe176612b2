"""Runs of tasks step by step, and the three chains over their twelve touchpoints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Date, and_, case, cast, func, literal, or_, select

from data.behaviour.scope import EVENT, events_of, people
from data.engines.differences import add_days
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.activity import NEVER
from data.points.relations.span import TABLES
from data.points.user_days import LONGEST_PAGE_MS
from data.slice import Slice


def runs_by_step(connection: Connection, store: Store, about: Slice) -> pd.DataFrame:
    """Runs of tasks that start in the period, by the furthest step that they show.

    A run is an id on a day on which it starts; it is finished by a finish up to the end of the
    next day, as in the indicator of task completion. Columns: ``module``, ``task`` ('' where no
    page of the run is a step), ``step`` (0 likewise), ``finished``, ``runs``.
    """
    days = _run_days(store, about)
    over: dict[str, Any] = {"partition_by": days.c.task_id, "order_by": days.c.day}
    told = select(
        days,
        func.lead(days.c.day, 1, cast(literal(NEVER, Date()), Date())).over(**over).label("next"),
        func.lead(days.c.finishes, 1, 0).over(**over).label("next_finishes"),
    ).subquery("told")
    same_day = and_(told.c.ended.is_not(None), told.c.ended >= told.c.started)
    next_day = and_(told.c.next == add_days(told.c.day, 1), told.c.next_finishes > 0)
    rows = (
        select(
            func.coalesce(told.c.module, "").label("module"),
            func.coalesce(told.c.task, "").label("task"),
            told.c.step,
            case((or_(same_day, next_day), 1), else_=0).label("finished"),
        )
        .where(
            told.c.started.is_not(None), told.c.day.between(about.period.first, about.period.last)
        )
        .subquery("rows")
    )
    keys = (rows.c.module, rows.c.task, rows.c.step, rows.c.finished)
    found = frame(connection, select(*keys, func.count().label("runs")).group_by(*keys))
    return found.sort_values(["module", "task", "step", "finished"]).reset_index(drop=True)


def _run_days(store: Store, about: Slice) -> Any:
    """Each task id on each day: first start, last finish, furthest step."""
    page = TABLES["dim_page"]
    begins, ends = EVENT.c.action == "task_start", EVENT.c.action == "task_finish"
    wanted = events_of(store, about, about.period.first, about.period.last + timedelta(days=1))
    rows = (
        select(
            EVENT.c.task_id,
            store.clock.day_of(EVENT.c.occurred_at).label("day"),
            EVENT.c.module,
            page.c.task,
            func.coalesce(page.c.step, 0).label("step"),
            case((begins, EVENT.c.occurred_at)).label("started"),
            case((ends, EVENT.c.occurred_at)).label("ended"),
            case((ends, 1), else_=0).label("finish"),
        )
        .outerjoin(page, page.c.page == EVENT.c.page)
        .where(EVENT.c.task_id.is_not(None), *wanted)
        .subquery("rows")
    )
    return (
        select(
            rows.c.task_id,
            rows.c.day,
            func.min(rows.c.module).label("module"),
            func.min(rows.c.task).label("task"),
            func.max(rows.c.step).label("step"),
            func.min(rows.c.started).label("started"),
            func.max(rows.c.ended).label("ended"),
            func.sum(rows.c.finish).label("finishes"),
        )
        .group_by(rows.c.task_id, rows.c.day)
        .subquery("run_days")
    )


def steps_of_tasks(connection: Connection) -> pd.DataFrame:
    """Pages that are steps. Columns: ``task``, ``step``, ``page``, ``module``, names."""
    page = TABLES["dim_page"]
    columns = [page.c[n] for n in ("task", "step", "page", "module", "name_zh", "name_en")]
    query = select(*columns).where(page.c.task.is_not(None), page.c.step.is_not(None))
    found = frame(connection, query)
    return found.sort_values(["module", "task", "step", "page"]).reset_index(drop=True)


def page_names(connection: Connection) -> dict[str, tuple[str, str, str, str, str, int]]:
    """Pages by id: id, module, Chinese and English name, task and step ('' and 0 outside)."""
    page = TABLES["dim_page"]
    columns = [page.c[n] for n in ("page", "module", "name_zh", "name_en", "task", "step")]
    rows = connection.execute(select(*columns))
    return {r[0]: (r[0], r[1], r[2] or "", r[3] or "", r[4] or "", r[5] or 0) for r in rows}


def touchpoints(connection: Connection, store: Store, about: Slice) -> pd.DataFrame:
    """The touchpoints of the chains: visits in sessions, and how many go on to the next one.

    Columns: ``chain``, ``touchpoint``, ``page``, ``module``, ``name_zh``, ``name_en``, ``views``,
    ``clicks``, ``dwell_ms`` (a view counts 30 minutes at most), ``timed`` (views with a time),
    ``visits`` (sessions that show it), ``onward`` (those that also show the next touchpoint of
    the module's task after it).
    """
    page = TABLES["dim_page"]
    shown = select(page).where(page.c.chain.is_not(None), page.c.touchpoint.is_not(None))
    chain = shown.subquery("chain")
    visit = _touchpoint_visits(store, about, chain)
    over: dict[str, Any] = {
        "partition_by": (visit.c.session_id, visit.c.chain, visit.c.module),
        "order_by": visit.c.touchpoint,
    }
    following = func.lead(visit.c.touchpoint, 1, 0).over(**over)
    told = select(
        visit,
        following.label("following"),
        func.lead(visit.c.ended, 1).over(**over).label("following_ended"),
    ).subquery("told")
    onward = and_(told.c.following == told.c.touchpoint + 1, told.c.following_ended >= told.c.began)
    point = (told.c.chain, told.c.module, told.c.touchpoint)
    counted = (
        select(
            *point,
            func.sum(told.c.events - told.c.clicks).label("views"),
            func.sum(told.c.clicks).label("clicks"),
            func.sum(told.c.dwell_ms).label("dwell_ms"),
            func.sum(told.c.timed).label("timed"),
            func.count().label("visits"),
            func.sum(case((onward, 1), else_=0)).label("onward"),
        )
        .group_by(*point)
        .subquery("counted")
    )
    names = ("views", "clicks", "dwell_ms", "timed", "visits", "onward")
    query = select(
        *(chain.c[n] for n in ("chain", "touchpoint", "page", "module", "name_zh", "name_en")),
        *(cast(func.coalesce(counted.c[n], 0), BigInteger()).label(n) for n in names),
    ).outerjoin(
        counted,
        and_(
            counted.c.chain == chain.c.chain,
            counted.c.module == chain.c.module,
            counted.c.touchpoint == chain.c.touchpoint,
        ),
    )
    return frame(connection, query).sort_values(["chain", "touchpoint"]).reset_index(drop=True)


def _touchpoint_visits(store: Store, about: Slice, chain: Any) -> Any:
    """One row per session, module and touchpoint: events, clicks, time, first and last moment."""
    longest = case(
        (EVENT.c.duration_ms > LONGEST_PAGE_MS, LONGEST_PAGE_MS), else_=EVENT.c.duration_ms
    )
    wanted = events_of(store, about, about.period.first, about.period.last)
    rows = (
        select(
            EVENT.c.session_id, chain.c.chain, chain.c.touchpoint, chain.c.module,
            EVENT.c.occurred_at, EVENT.c.action, longest.label("dwell_ms"),
        )
        .join(chain, chain.c.page == EVENT.c.page)
        .where(EVENT.c.session_id.is_not(None), *wanted)
        .subquery("rows")
    )  # fmt: skip
    click = case((rows.c.action == "click", 1), else_=0)
    keys = (rows.c.session_id, rows.c.chain, rows.c.module, rows.c.touchpoint)
    return (
        select(
            *keys,
            func.count().label("events"),
            func.sum(click).label("clicks"),
            func.coalesce(func.sum(rows.c.dwell_ms), 0).label("dwell_ms"),
            func.count(rows.c.dwell_ms).label("timed"),
            func.min(rows.c.occurred_at).label("began"),
            func.max(rows.c.occurred_at).label("ended"),
        )
        .group_by(*keys)
        .subquery("visit")
    )


def satisfaction(connection: Connection, store: Store, about: Slice) -> pd.DataFrame:
    """Answers on satisfaction and complaints by module, in the period.

    Columns: ``module``, ``answers``, ``satisfied`` (4 or 5 of 5), ``complaints``.
    """
    survey, complaint = TABLES["survey"], TABLES["complaint"]
    chosen = people(store, about, about.period.last).subquery("chosen")
    first, last = about.period.first, about.period.last
    answers = (
        select(
            survey.c.module,
            func.count().label("answers"),
            func.sum(case((survey.c.score >= 4, 1), else_=0)).label("satisfied"),
        )
        .join(chosen, chosen.c.user_id == survey.c.user_id)
        .where(survey.c.kind == "csat", store.clock.between(survey.c.answered_at, first, last))
        .group_by(survey.c.module)
    )
    voices = (
        select(complaint.c.module, func.count().label("complaints"))
        .join(chosen, chosen.c.user_id == complaint.c.user_id)
        .where(store.clock.between(complaint.c.opened_at, first, last))
        .group_by(complaint.c.module)
    )
    both = frame(connection, answers).merge(frame(connection, voices), on="module", how="outer")
    counts = ["answers", "satisfied", "complaints"]
    both[counts] = both[counts].fillna(0).astype("int64")
    both["module"] = both["module"].fillna("")
    return both.sort_values("module").reset_index(drop=True)
