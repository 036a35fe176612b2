"""Every point equals its independent computation: windows, dimensions, scopes, filters."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection

from data.period import Period
from data.points.catalogue import Catalogue, Point
from data.points.read import read_points
from data.points.wants import Mode, Reading, Want
from data.slice import Slice
from tests.data.points.bank import FIRST, LAST
from tests.data.points.conftest import THOROUGH, Bank
from tests.data.points.expected import distinct, expected
from tests.data.points.meant import DISTINCT, MEANT
from tests.data.points.rows import Truth

WINDOWS: tuple[str, ...] = ("2026-03-15", "2026-W14", "2026-02")
SPLITS: tuple[tuple[str, ...], ...] = (
    (),
    ("branch",),
    ("module",),
    ("tier",),
    ("channel", "new_user", "app"),
    # Outside both kept sets:
    ("module", "tier"),
)
FILTERS: tuple[tuple[str, Mapping[str, Sequence[str]]], ...] = (
    ("B01", {}),
    ("B02", {"module": ("transfer", "account")}),
    ("B01", {"module": ("wealth",), "tier": ("wealth", "vip")}),
)
if THOROUGH:
    WINDOWS += ("2026-Q2", "2026-04", "2026-03-10..2026-05-20")
    SPLITS += (
        ("app",),
        ("channel",),
        ("age_band",),
        ("new_user",),
        ("branch", "module"),
        ("branch", "tier"),
        ("branch", "module", "age_band"),
    )
    FILTERS += (
        ("B0201", {}),
        ("", {"tier": ("vip",)}),
        ("", {"module": ("wealth",)}),
        ("HQ", {"channel": ("atm", "")}),
    )


def mode_of(point: Point) -> Mode:
    """How a point is asked for."""
    if point.adds == "distinct":
        return "distinct"
    return "last" if point.adds == "stock" else "sum"


def can(point: Point, by: Sequence[str], scope: str, filters: Mapping[str, Any]) -> bool:
    """True when the point has the dimensions."""
    asked = {*by, *filters, *(["branch"] if scope else [])}
    return asked <= point.split_by


def wants_of(
    catalogue: Catalogue, by: Sequence[str], scope: str, filters: Mapping[str, Any]
) -> list[Want]:
    """Every point that has the dimensions over the windows: all of them by one dimension."""
    few = len(by) > 1 or bool(filters) or bool(scope)
    periods = [Period.parse(text) for text in (WINDOWS[1:3] if few else WINDOWS)]
    found = []
    for point in catalogue.points.values():
        if can(point, by, scope, filters):
            for period in periods:
                found.append(Want(point.name, mode_of(point), period.first, period.last))
                if point.adds == "distinct":
                    found.append(Want(point.name, "user_days", period.first, period.last))
    return found


def nothing_loaded(want: Want) -> bool:
    """True for what began before the first day loaded, and for a stock after the last one."""
    meant = MEANT.get(want.point)
    if meant is None or meant.source in ("registration", "holdout"):
        return False
    begun = want.last - timedelta(days=meant.lag)
    return begun < FIRST or (meant.over == "last" and want.last > LAST)


def check(
    truth: Truth, reading: Reading, by: Sequence[str], scope: str, filters: Mapping[str, Any]
) -> None:
    """Every answer equals what is expected: counts exactly, money to the cent."""
    keys = [tuple(row) for row in reading.groups[list(by)].itertuples(index=False)] or [()]
    keys = keys if by else [()]
    wrong = []
    for want, answer in reading.answers.items():
        if nothing_loaded(want):
            assert answer.reason is not None and answer.reason.kind == "not_loaded", want
            assert np.isnan(answer.values).all(), want
            continue
        assert answer.reason is None, (want, answer.reason)
        about: Any = (truth, want.point, want.first, want.last, by, filters, scope)
        if want.point in DISTINCT:
            counts = distinct(*about, each_day=want.mode == "user_days")
            should = {key: np.array([float(n)]) for key, n in counts.items()}
        else:
            should = expected(*about)
        left = {k for k, v in should.items() if not (v == 0).all()} - set(keys)
        assert not left, f"{want} by {by}: groups {sorted(left)} are missing"
        values = answer.values.reshape(len(keys), -1)
        zero = np.zeros(values.shape[1])
        wanted = np.array([should.get(key, zero) for key in keys]).reshape(values.shape)
        close = np.isclose(values, wanted, rtol=1e-12, atol=0.00501, equal_nan=True)
        if not close.all():
            wrong.append((want, answer.covered, values[~close][:3], wanted[~close][:3]))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_declared_point_has_a_second_definition(catalogue: Catalogue) -> None:
    assert set(catalogue.points) == set(MEANT) | set(DISTINCT)
    assert len(catalogue.points) == 140


def test_the_bank_has_something_for_every_point(catalogue: Catalogue, truth: Truth) -> None:
    period = Period.parse("2026-03-10..2026-05-20")
    empty = [
        name
        for name in MEANT
        if not any(v.any() for v in expected(truth, name, period.first, period.last).values())
    ]
    empty += [name for name in DISTINCT if not distinct(truth, name, period.first, period.last)]
    assert not empty


@pytest.mark.parametrize("by", SPLITS, ids="-".join)
def test_points_by(bank: Bank, catalogue: Catalogue, truth: Truth, by: tuple[str, ...]) -> None:
    with bank.warehouse.reading() as connection:
        _check_by(connection, bank, catalogue, truth, by)


def _check_by(
    connection: Connection, bank: Bank, catalogue: Catalogue, truth: Truth, by: tuple[str, ...]
) -> None:
    wants = wants_of(catalogue, by, "", {})
    reading = read_points(connection, bank.store, wants, by, Slice.of(WINDOWS[0]))
    check(truth, reading, by, "", {})


@pytest.mark.parametrize(("scope", "filters"), FILTERS)
@pytest.mark.parametrize("by", [(), ("branch",)], ids="-".join)
def test_points_within(
    bank: Bank,
    catalogue: Catalogue,
    truth: Truth,
    by: tuple[str, ...],
    scope: str,
    filters: Mapping[str, Sequence[str]],
) -> None:
    about = Slice.of(WINDOWS[0], scope, **{k: tuple(v) for k, v in filters.items()})
    wants = wants_of(catalogue, by, scope, filters)
    with bank.warehouse.reading() as connection:
        check(truth, read_points(connection, bank.store, wants, by, about), by, scope, filters)


def test_both_kept_sets_hold_the_same_totals(bank: Bank, catalogue: Catalogue) -> None:
    period = Period.parse("2026-Q2")
    wants = [
        Want(p.name, mode_of(p), period.first, period.last)
        for p in catalogue.points.values()
        if {"channel", "branch"} <= p.split_by
    ]
    with bank.warehouse.reading() as connection:
        plain = read_points(connection, bank.store, wants, (), Slice.of(period))
        split = read_points(connection, bank.store, wants, ("channel",), Slice.of(period))
    for want in wants:
        if catalogue.points[want.point].adds != "distinct":
            total = np.nansum(split.answers[want].values, axis=0)
            np.testing.assert_allclose(plain.answers[want].values[0], total, atol=0.004)
    assert len(list(itertools.chain(wants))) > 60
