"""Tables from outside: the same numbers as by hand, and every refusal with its line."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.experiments.analysis import analyse
from metrics.experiments.outside import Asked, TableError, read_outside

REAL = os.environ.get("CANOPY_REAL_DATA")


def table(**columns: list[str]) -> pd.DataFrame:
    """A table of text, its lines from 2 on."""
    found = pd.DataFrame(columns, dtype=object)
    found.index = pd.RangeIndex(2, len(found) + 2)
    return found


def users(n: int = 600, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    revenue = np.round(rng.normal(10, 40, n), 2)
    return table(
        user_id=[f"u{k}" for k in range(n)],
        variant=[("old", "new")[k % 2] for k in range(n)],
        bought=[("FALSE", "TRUE")[int(v)] for v in rng.random(n) < 0.3],
        revenue=[str(v) for v in revenue],
        revenue_before=[str(v) for v in np.round(revenue + rng.normal(0, 10, n), 2)],
        visits=[str(v) for v in rng.integers(1, 9, n)],
        country=["cn"] * n,
    )


def flaws(found: pd.DataFrame, asked: Asked | None = None) -> list[str]:
    with pytest.raises(TableError) as error:
        read_outside(found, asked)
    return [str(one) for one in error.value.flaws]


def test_counts_and_user_rows_give_the_same_analysis() -> None:
    rows = users()
    by_user = read_outside(rows, Asked(control="old", metrics=("bought",)))
    done = {arm.arm: str(int(arm.moments.total("bought"))) for arm in by_user.arms}
    counted = read_outside(
        table(variant=["new", "old"], users=["300", "300"], bought=[done["new"], done["old"]]),
        Asked(control="old"),
    )
    assert (by_user.form, counted.form) == ("users", "counts")
    one, other = (analyse(x.plan, x.arms, x.enrolment) for x in (by_user, counted))
    assert one.effects == other.effects
    assert one.verdict == other.verdict


def test_a_row_for_each_metric_is_read_like_a_column_for_each() -> None:
    long = table(
        分组=["A", "A", "B", "B"], 指标=["click", "pay"] * 2, 用户数=["900", "900", "910", "910"],
        转化数=["90", "9", "120", "20"],
    )  # fmt: skip
    wide = table(variant=["A", "B"], n=["900", "910"], click=["90", "120"], pay=["9", "20"])
    found = [read_outside(one, Asked(metrics=("pay", "click"))) for one in (long, wide)]
    assert found[0].plan == found[1].plan
    assert [m.role for m in found[0].plan.metrics] == ["primary", "secondary"]
    results = [analyse(one.plan, one.arms, one.enrolment).effects for one in found]
    assert results[0] == results[1]


def test_means_are_welch_and_the_covariate_narrows_them() -> None:
    rows = users()
    found = read_outside(rows, Asked(control="old", metrics=("revenue", "visits")))
    assert found.plan.metrics[0].covariates == ("revenue_before",)
    effect = analyse(found.plan, found.arms, found.enrolment).effects
    values = rows["revenue"].astype(float)
    new, old = (values[rows["variant"] == arm] for arm in ("new", "old"))
    welch = stats.ttest_ind(new, old, equal_var=False)
    plain = effect[0].unadjusted
    assert plain is not None
    assert plain.value == pytest.approx(new.mean() - old.mean())
    assert effect[0].saved is not None
    assert effect[0].saved > 0.8
    visits = rows["visits"].astype(float)
    halves = [visits[rows["variant"] == arm] for arm in ("new", "old")]
    p = stats.ttest_ind(*halves, equal_var=False).pvalue
    assert effect[1].p == pytest.approx(p, rel=1e-9)
    assert welch.pvalue != effect[0].p


def test_ratios_quantiles_guardrails_and_caps() -> None:
    rows = users()
    asked = Asked(
        metrics=("revenue/visits", "revenue@0.9"), guardrails=(("bought", 0.5),),
        lower=("bought",), winsorised=0.95,
    )  # fmt: skip
    found = read_outside(rows, asked)
    assert [one.kind for one in found.plan.metrics] == ["ratio", "quantile", "proportion"]
    assert [one.role for one in found.plan.metrics] == ["primary", "secondary", "guardrail"]
    assert found.plan.metrics[2].better == "lower"
    top = np.quantile(rows["revenue"].astype(float), 0.95)
    assert max(found.arms[0].values["revenue@0.9"].values) <= top
    assert found.arms[0].moments.total("revenue") < rows["revenue"].astype(float).sum()


def test_default_metrics_are_the_columns_of_numbers() -> None:
    found = read_outside(users())
    assert [one.id for one in found.plan.metrics] == ["bought", "revenue", "visits"]
    assert found.plan.arms == ("new", "old")


def test_users_twice_and_in_two_arms_are_counted_and_left_out() -> None:
    rows = users(400)
    more = table(
        user_id=["u0", "u1", "u2", "", "u4"], variant=["old", "old", "old", "new", ""],
        bought=["1"] * 5, revenue=["-3"] * 5, revenue_before=[""] * 5, visits=["2"] * 5,
        country=["cn"] * 5,
    )  # fmt: skip
    found = read_outside(pd.concat([rows, more]), Asked(metrics=("bought", "revenue")))
    # u0 and u2 were in the old arm already, u1 was in the new one.
    assert (found.enrolment.crossed, found.enrolment.duplicated, found.unassigned) == (1, 2, 2)
    assert sum(arm.users for arm in found.arms) == 399
    kept = rows[rows["user_id"] != "u1"]["revenue"].astype(float).sum()
    assert sum(arm.moments.total("revenue") for arm in found.arms) == pytest.approx(kept)


def test_an_empty_cell_is_missing_and_a_covariate_may_lack() -> None:
    rows = users()
    rows.loc[rows.index[:10], "revenue"] = "NaN"
    rows.loc[rows.index[10:30], "revenue_before"] = None
    found = read_outside(rows, Asked(metrics=("revenue",)))
    assert sum(arm.moments.missing for arm in found.arms) == 10
    assert sum(arm.users for arm in found.arms) == 600
    assert found.plan.metrics[0].covariates == ("revenue_before", "revenue_before_known")
    assert (
        sum(arm.moments.n - arm.moments.total("revenue_before_known") for arm in found.arms) == 20
    )
    assert analyse(found.plan, found.arms, found.enrolment).effects[0].p is not None


def test_days_come_from_the_moments_of_exposure() -> None:
    rows = users(400).assign(exposed_at="2026-05-01T08:00:00+08:00")
    rows.loc[rows.index[-1], "exposed_at"] = "2026-05-09T08:00:00+08:00"
    rows["outcome_at"] = "2026-05-10T08:00:00+08:00"
    rows.loc[rows.index[:3], "outcome_at"] = "2026-04-10T08:00:00+08:00"
    found = read_outside(rows, Asked(metrics=("bought",)))
    assert (found.enrolment.days, found.enrolment.late, found.plan.horizon_days) == (9, 3, 9)
    assert [one.id for one in found.plan.metrics] == ["bought"]
    rows.loc[rows.index[4], "exposed_at"] = "yesterday"
    assert flaws(rows)[0].startswith("line 6: exposed_at: 'yesterday' is not a moment such as")


@pytest.mark.parametrize(
    ("columns", "asked", "said"),
    [
        ({"group_name": ["A"], "users": ["1"]}, Asked(), "no column: name it variant"),
        ({"variant": ["A", "B"], "x": ["1", "2"]}, Asked(), "neither a column user_id"),
        ({"variant": ["A", "A"], "users": ["9", "9"], "x": ["1", "1"]}, Asked(), "found: A"),
        ({"variant": ["A", "B"], "users": ["9", "9"], "x": ["1", "10"]}, Asked(), "B: x: 10 > 9"),
        ({"variant": ["A", "B"], "users": ["9", "9.5"], "x": ["1", "1"]}, Asked(),
         "line 3: users: '9.5' is not a whole number"),
        ({"variant": ["A", "B", "B"], "users": ["9"] * 3, "x": ["1"] * 3}, Asked(),
         "variant 'B' has more than one row"),
        ({"variant": ["A", "B"], "users": ["9", "9"], "clicks": ["1", "1"]},
         Asked(metrics=("click",)), "no column 'click': nearest or known are clicks"),
        ({"variant": ["gate_30", "gate_40"], "users": ["9", "9"], "x": ["1", "1"]},
         Asked(control="gate30"), "no variant 'gate30': nearest or known are gate_30"),
        ({"variant": ["A", "B"], "users": ["9", "9"], "x": ["1", "1"]},
         Asked(metrics=("x@0.5",)), "cannot be read from counts"),
        ({"variant": ["A", "B"], "users": ["9", "9"], "x": ["1", "1"]},
         Asked(alpha=0.9), "the option alpha cannot have this value: 0.9"),
        ({"variant": ["A", "B"], "users": ["9", "9"]}, Asked(), "no column that can be a metric"),
        ({"variant": ["A", "B"], "metric": ["x", "y"], "users": ["9", "9"],
          "conversions": ["1", "1"]}, Asked(), "variant 'A' has no row for metric 'y'"),
        ({"variant": ["A", "B"], "user": ["1", "2"], "x": ["1", "b"]}, Asked(metrics=("x",)),
         "line 3: x: 'b' is not a number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(columns: dict[str, list[str]], asked: Asked, said: str) -> None:
    assert any(said in one for one in flaws(table(**columns), asked))


@pytest.mark.skipif(not REAL, reason="CANOPY_REAL_DATA is unset: no cookie_cats to check")
def test_cookie_cats_gives_its_known_numbers_and_never_ships() -> None:
    path = Path(REAL or "") / "cookie_cats" / "cookie_cats.csv.gz"
    rows = pd.read_csv(path, dtype=str)
    for metric, totals, p in (
        ("retention_1", [20034, 20119], 0.0744), ("retention_7", [8502, 8279], 0.00155),
    ):  # fmt: skip
        # Fewer rounds could be called better: the warning still keeps it from shipping.
        for lower in ((), (metric,)):
            asked = Asked(control="gate_30", metrics=(metric,), lower=lower)
            found = read_outside(rows, asked)
            assert [arm.users for arm in found.arms] == [44_700, 45_489]
            assert [arm.moments.total(metric) for arm in found.arms] == pytest.approx(totals)
            told = analyse(found.plan, found.arms, found.enrolment)
            assert told.health.ratio_p == pytest.approx(0.0086, abs=5e-5)
            assert told.health.state == "warned"
            assert told.effects[0].p == pytest.approx(p, rel=5e-3)
            assert told.verdict.outcome != "ship"
    strict = read_outside(rows, Asked(control="gate_30", metrics=(metric,), ratio_invalid=0.01))
    told = analyse(strict.plan, strict.arms, strict.enrolment)
    assert told.verdict.outcome == "invalid"
    assert told.effects[0].difference.value is None
