"""Issuing reports: reproduced where nothing changed, what differs in words, nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from data.period import Period
from data.slice import Rights, Slice, SliceError
from data.state import State, add_note, audit_entries, close_month
from data.state.reports import IssuedReport, ReportDraft, issue_report, issued_reports
from metrics.scorecard import close_month as close
from metrics.scorecard import reissue, score_cards
from reports.issue import issue as issuing
from reports.issue.differences import FIGURES, between, since, told
from reports.issue.digests import REMARKS, VALUES, made_from
from reports.issue.issue import (
    ChangedReportError,
    Source,
    history,
    issue,
    reachable,
    within,
)
from reports.month.build import speaking
from reports.month.refused import ReportError
from tests.data.state.test_reports import draft
from tests.metrics.scorecard.opened import Opened

OCTOBER = Period.parse("2026-10")
ABOUT = Slice.of(OCTOBER)
BRANCH = Slice.of(OCTOBER, branch="B01")


def later(state: State, days: int) -> State:
    """The same state some days later."""
    return replace(state, clock=lambda: state.clock() + timedelta(days=days))


def test_a_closed_month_is_reproduced_and_what_changed_is_told(
    source: Source, demo: Opened
) -> None:
    state = source.state
    close(demo.connection, demo.setup, state, OCTOBER, by="li")
    assert source.shared is not None
    common = replace(source.shared, closed=reissue(state, OCTOBER))
    closed = replace(source, shared=common)
    first = issue(closed, BRANCH, "en", who="li", via="command")
    assert (first.new, first.found, first.issued.number) == (True, None, 1)
    assert first.issued.made_from.closing == 1

    # The same versions and data, by another person, a fortnight later: the same report.
    again = replace(closed, state=later(state, 14))
    second = issue(again, BRANCH, "en", who="wang", via="screen")
    assert (second.new, second.issued, second.file) == (False, first.issued, first.file)

    # Later data: the closed values stand, and the report says what changed since.
    fewer = demo.without("event", date(2026, 10, 10), date(2026, 10, 20))
    (card,) = score_cards(demo.connection, fewer.setup, state, [OCTOBER])
    late = replace(common, live=(*common.live[:-1], card))
    changed = replace(closed, setup=fewer.setup, shared=late)
    with pytest.raises(ChangedReportError) as refused:
        issue(changed, BRANCH, "en", who="li", via="command")
    assert VALUES in refused.value.found.grounds
    with speaking("zh"):
        words = told(refused.value.found)
    assert "数据：指标值已变" in words
    assert any("Cover" in line for line in words)
    assert [one.number for one in issued_reports(state)] == [1]
    done = [one.action for one in audit_entries(state, on=f"report:{first.issued.id}")]
    assert done == ["issue_report", "reproduce_report"]


def test_what_people_write_is_another_ground_and_a_branch_has_its_own(source: Source) -> None:
    branch = next(node for node in source.setup.store.leaves if node)
    about = Slice.of(OCTOBER, branch=branch)
    rights = Rights(subtree=branch, rows=True, may=("remark",))
    steps: list[str] = []
    first = issue(source, about, "zh", who="li", via="command", told=steps.append)
    assert steps == ["gather", "write", "keep"]
    add_note(
        source.state, "Payday fell on a holiday", author="wang", month=OCTOBER.last,
        branch_id=branch, indicator="mau",
    )  # fmt: skip
    # Whoever may see the branch gets the branch's report: rights are no part of its content.
    theirs = replace(about, rights=rights)
    with pytest.raises(ChangedReportError) as refused:
        issue(source, theirs, "zh", who="branch head", via="screen")
    assert refused.value.found.grounds == (REMARKS,)
    assert first.issued.branch == branch
    with pytest.raises(SliceError):
        issue(
            source, replace(ABOUT, branch="", rights=Rights("nowhere")), "zh", who="x", via="screen"
        )


def test_work_that_is_stopped_leaves_nothing(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppedError(Exception):
        pass

    def stop(step: str) -> None:
        if step == "keep":
            raise StoppedError

    monkeypatch.setattr(issuing, "gather", lambda *_given, **_more: None)
    monkeypatch.setattr(issuing, "draft", lambda *_given: draft())
    with pytest.raises(StoppedError):
        issue(source, ABOUT, "en", who="li", via="screen", told=stop)
    assert issued_reports(source.state) == ()


@pytest.mark.parametrize(
    ("about", "kind"),
    [
        (Slice.of("2026-11"), ReportError),
        (Slice.of("2026-Q3"), ReportError),
        (Slice.of("2026-10", tier=("vip",)), SliceError),
        (Slice.of("2026-10", branch="X99"), SliceError),
    ],
)
def test_what_is_no_report_is_refused_at_once(
    source: Source, about: Slice, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        issue(source, about, "en", who="li", via="command")


def kept(state: State, branch: str, **other: object) -> IssuedReport:
    made: ReportDraft = replace(draft(branch=branch), **other)  # type: ignore[arg-type]
    return issue_report(state, made, by="li", via="command")


def test_a_branchs_reader_sees_reports_of_own_subtree_only(source: Source) -> None:
    leaves = source.setup.store.leaves
    nodes = [node for node in leaves if node]
    every = set().union(*(leaves[node] for node in nodes))
    top = max((n for n in nodes if leaves[n] < every), key=lambda node: len(leaves[node]))
    inside = {node for node in nodes if leaves[node] <= leaves[top]}
    others = [node for node in nodes if node not in inside]
    assert others
    for branch in ("", *nodes, "gone"):
        kept(source.state, branch)
    rights = Rights(subtree=top)
    store = source.setup.store
    assert {one.branch for one in history(source.state, store, rights)} == inside
    assert len(history(source.state, store, Rights())) == len(nodes) + 2
    apart = next(node for node in others if not leaves[node] & leaves[top])
    own = replace(ABOUT, branch=apart, rights=Rights())
    seen = {one.branch for one in history(source.state, store, own)}
    assert apart in seen
    assert seen.isdisjoint(inside)
    for one in history(source.state, store, Rights()):
        if within(store, rights, one.branch):
            assert reachable(source.state, store, rights, one.id) == one
        else:
            with pytest.raises(ReportError):
                reachable(source.state, store, rights, one.id)


def test_differences_name_grounds_and_sheets() -> None:
    one = draft().contents
    other = replace(one, digest="d2", sheets={"封面": "b", "机构": "c"})
    assert between(one, one).grounds == ()
    found = between(one, other)
    assert (found.grounds, found.sheets) == ((FIGURES,), ("机构",))
    with speaking("zh"):
        assert told(found) == ["数据：指标以外的数字已变", "内容有变的工作表：机构"]


def test_what_happened_since_is_told_without_making_the_report(source: Source) -> None:
    card = source.shared.live[-1] if source.shared is not None else None
    assert card is not None
    now = made_from(source.state, source.setup, card, "1")
    first = kept(source.state, "", made_from=now)
    assert since(first, now) == []
    close_month(source.state, OCTOBER.last, {"mau": 1}, by="li",
                configuration_digest="x", weight_set_id=None)  # fmt: skip
    with speaking("zh"):
        told_now = since(first, made_from(source.state, source.setup, card, "2"))
    assert told_now == ["此后装载或重算过数据", "此后该月关账或重新关账"]
