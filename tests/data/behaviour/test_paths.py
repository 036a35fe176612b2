"""Paths against the pages of every session."""

from __future__ import annotations

from collections import Counter

import pytest

from data.behaviour.paths import Direction, paths
from data.slice import Slice
from metrics.behaviour.routes import OTHER, routes
from metrics.behaviour.rows import rows as rows_of
from tests.data.behaviour.conftest import MONTH, Facts

ABOUT = Slice.of(MONTH)


def sessions(facts: Facts) -> dict[str, list[str]]:
    rows = facts.events
    rows = rows[(rows["day"] >= MONTH.first) & (rows["day"] <= MONTH.last) & rows["page"].notna()]
    rows = rows.sort_values(["session_id", "occurred_at", "page"], kind="stable")
    found = {}
    for session, part in rows.groupby("session_id"):
        pages = list(part["page"])
        found[str(session)] = [p for n, p in enumerate(pages) if n == 0 or p != pages[n - 1]]
    return found


def expected(
    facts: Facts, page: str, direction: Direction, depth: int
) -> Counter[tuple[int, str, str]]:
    found: Counter[tuple[int, str, str]] = Counter()
    for pages in sessions(facts).values():
        if page and page not in pages:
            continue
        if direction == "from":
            at = pages.index(page) if page else 0
            for level in range(depth):
                if at + level < len(pages):
                    after = pages[at + level + 1] if at + level + 1 < len(pages) else ""
                    found[level, pages[at + level], after] += 1
        else:
            at = pages.index(page) if page else len(pages) - 1
            for level in range(depth):
                if at - level >= 0:
                    before = pages[at - level - 1] if at - level - 1 >= 0 else ""
                    found[-level - 1, before, pages[at - level]] += 1
    return found


@pytest.mark.parametrize("direction", ["from", "to"])
@pytest.mark.parametrize("page", ["", "wealth.home", "transfer.amount"])
def test_edges_are_those_of_every_session(facts: Facts, page: str, direction: Direction) -> None:
    rows = paths(facts.connection, facts.store, ABOUT, page, direction, depth=3)
    found = {(r.level, r.source, r.target): r.sessions for r in rows.itertuples()}
    assert found == dict(expected(facts, page, direction, 3))
    assert (rows["users"] <= rows["sessions"]).all()
    for level in range(1, 3) if direction == "from" else ():
        came = rows[(rows["level"] == level - 1) & (rows["target"] != "")]
        went = rows[rows["level"] == level]
        assert came.groupby("target")["sessions"].sum().to_dict() == (
            went.groupby("source")["sessions"].sum().to_dict()
        )


def test_what_few_took_is_not_named(facts: Facts) -> None:
    rows = paths(facts.connection, facts.store, ABOUT)
    found = routes(rows, top=5)
    few = {(r.level, r.source, r.target) for r in rows_of(rows) if r.users < 5}
    assert few
    assert not {(e.level, e.source, e.target) for e in found.edges} & few
    assert all(e.sessions >= 5 for e in found.edges)
    shown = {e.target for e in found.edges if e.level == 0} - {OTHER, ""}
    assert len(shown) <= 5
    every = sum(e.sessions for e in found.edges) + found.withheld
    assert every == rows["sessions"].sum()


def test_nothing_is_shown_of_a_page_that_nobody_saw(facts: Facts) -> None:
    rows = paths(facts.connection, facts.store, ABOUT, "no.such.page")
    assert rows.empty
    assert routes(rows).edges == ()
