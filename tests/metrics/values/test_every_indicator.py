"""Every indicator equals its independent computation, over periods of every kind."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from data.period import Period
from data.slice import Slice
from metrics.values import Values, evaluate
from metrics.values.reasons import Reason
from tests.data.points.bank import PARENTS
from tests.metrics.values.conftest import Tiny
from tests.metrics.values.second import INDICATORS, About, value

PERIODS = (
    "2026-04", "2026-Q1", "2026-W14", "2026-05-12", "2026", "2026-Q2", "2026-03-10..2026-05-20",
)  # fmt: skip
SEGMENTS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {"tier": ("vip", "wealth")}, {"channel": ("wechat",)}, {"module": ("wealth",)},
)  # fmt: skip
ROUNDED = {"arpu": 1e-4}  # interest spread over days is kept to the cent


def wrong_in(found: Values, row: int, about: About) -> list[str]:
    """Indicators whose value is not the expected one, in words; unsplit ones say why instead."""
    wrong = []
    for column, name in enumerate(found.ids):
        got, reason = float(found.value[row, column]), found.reason[row, column]
        if isinstance(reason, Reason) and reason.kind in ("not_by_branch", "not_by_dimension"):
            assert np.isnan(got)
            continue
        should = value(name, about)
        if not np.isclose(got, should, rtol=ROUNDED.get(name, 1e-7), atol=1e-9, equal_nan=True):
            wrong.append(f"{name}: {got}, expected {should} ({reason})")
        assert np.isfinite(got) == (reason is None), name
    return wrong


def test_the_second_definitions_are_of_all_78(tiny: Tiny) -> None:
    assert list(INDICATORS) == list(tiny.setup.tree.indicators)
    assert len(INDICATORS) == 78


@pytest.mark.parametrize("text", PERIODS)
def test_for_the_bank(tiny: Tiny, text: str) -> None:
    period = Period.parse(text)
    found = evaluate(tiny.connection, tiny.setup, list(INDICATORS), Slice(period))
    about = About(tiny.truth, period.first, period.last)
    assert not wrong_in(found, 0, about)
    assert np.isfinite(found.value).sum() >= 50


@pytest.mark.parametrize("text", PERIODS[:3])
def test_by_branch(tiny: Tiny, text: str) -> None:
    period = Period.parse(text)
    found = evaluate(tiny.connection, tiny.setup, list(INDICATORS), Slice(period), ("branch",))
    nodes = found.groups["branch"].tolist()
    assert set(nodes) == {"", *PARENTS}
    for row, node in enumerate(nodes):
        assert not wrong_in(found, row, About(tiny.truth, period.first, period.last, node)), node


@pytest.mark.parametrize("filters", SEGMENTS, ids=lambda f: next(iter(f)))
@pytest.mark.parametrize("scope", ["", "B01"])
def test_of_a_segment(tiny: Tiny, scope: str, filters: Mapping[str, tuple[str, ...]]) -> None:
    period = Period.parse("2026-04")
    about = Slice.of(period, scope, **filters)
    found = evaluate(tiny.connection, tiny.setup, list(INDICATORS), about)
    assert not wrong_in(found, 0, About(tiny.truth, period.first, period.last, scope, filters))
    assert np.isfinite(found.value).sum() >= 10
