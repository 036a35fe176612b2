"""Which column holds which point, scattered days in one statement, groups by number."""

from __future__ import annotations

from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.types import BigInteger, Float, Numeric

from data.contract import CONTRACT
from data.engines.differences import bring_near, let_go
from data.points.catalogue import Catalogue
from data.points.clock import Clock
from data.points.kept import kept_metadata, kept_name, layout_of, point_columns
from data.points.relations.span import Span
from data.points.rolling import numbered
from data.points.tables import ACTIVE_DAY
from tests.data.points.conftest import Bank

USER = CONTRACT.tables["dim_user"]


def test_every_point_has_a_column_of_its_kind(catalogue: Catalogue) -> None:
    table = kept_metadata(catalogue).tables[kept_name(by_segment=False)]
    for source, columns in layout_of(catalogue).items():
        assert len({*columns.values()}) == len(columns)
        for point in catalogue.by_name[source].points:
            kept = table.c[
                columns[point.name if len(point.kept_columns) == 1 else f"{point.name}__0"]
            ]
            money = point.aggregate == "sum" and point.unit == "CNY"
            measured = point.aggregate == "sum" and not money
            kind = Numeric if money else Float if measured else BigInteger
            assert type(kept.type) is kind, point.name


def test_a_kept_table_is_as_wide_as_its_widest_source(catalogue: Catalogue) -> None:
    widest = max(len(columns) for columns in layout_of(catalogue).values())
    every = sum(len(columns) for columns in layout_of(catalogue).values())
    assert widest <= len(point_columns(catalogue, by_segment=False)) < every / 4


def test_the_layout_is_read_as_it_was_kept(bank: Bank, catalogue: Catalogue) -> None:
    assert bank.store.layout == layout_of(catalogue)


def test_scattered_days_are_those_of_each_run(bank: Bank) -> None:
    runs = ((date(2026, 2, 3), date(2026, 2, 3)), (date(2026, 2, 27), date(2026, 3, 2)))
    span = Span.of(Clock(), runs)
    days = select(ACTIVE_DAY.c.day).distinct()
    with bank.warehouse.reading() as connection:
        every = {row.day for row in connection.execute(days)}
        found = {
            row.day for row in connection.execute(days.where(span.holds_day(ACTIVE_DAY.c.day)))
        }
        wider = span.holds_day(ACTIVE_DAY.c.day, before=1, more=2)
        widened = {row.day for row in connection.execute(days.where(wider))}
    assert found == {day for day in every if any(a <= day <= b for a, b in runs)} != set()
    reached = [(date(2026, 2, 2), date(2026, 2, 5)), (date(2026, 2, 26), date(2026, 3, 4))]
    assert widened == {day for day in every if any(a <= day <= b for a, b in reached)}


def test_what_is_brought_near_is_read_until_it_is_let_go(bank: Bank) -> None:
    count = select(func.count()).select_from(USER)
    with bank.warehouse.engine.connect() as connection:
        every = connection.execute(count).scalar_one()
        bring_near(connection, USER, USER.c.user_id < "U00010")
        assert connection.execute(count).scalar_one() == 10 < every
        let_go(connection, USER)
        assert connection.execute(count).scalar_one() == every
        connection.rollback()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "x", "y"])), max_size=30))
def test_rows_are_numbered_by_their_group(rows: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["one", "two"], dtype=object)
    groups, place = numbered(frame, ["one", "two"])
    assert [tuple(groups.iloc[number]) for number in place] == rows
    assert len(groups) == len(set(rows))
