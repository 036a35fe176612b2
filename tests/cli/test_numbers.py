"""tree and value: their JSON, their tables, and what they refuse."""

from __future__ import annotations

import pytest
from sqlalchemy import distinct, func, select

from data.contract import CONTRACT
from data.engines import open_warehouse
from data.points.tables import USER_DAY
from tests.cli.conftest import Run
from tests.conftest import DemoBank


def test_tree_has_the_shape_of_the_specification(run: Run) -> None:
    found = run("tree", "--json").json
    counts = {name: found[name] for name in ("perspectives", "themes", "indicators", "modules")}
    assert counts == {"perspectives": 5, "themes": 25, "indicators": 78, "modules": 16}
    assert 120 <= found["points"] <= 160
    levels = [node["level"] for node in found["nodes"]]
    assert [levels.count(level) for level in range(4)] == [1, 5, 25, 78]
    leaves = [node for node in found["nodes"] if node["level"] == 3]
    assert sum(node["effective_weight"] for node in leaves) == pytest.approx(100)


def test_every_node_of_the_tree_hangs_below_one_that_is_there(run: Run) -> None:
    nodes = {node["id"]: node for node in run("tree", "--json").json["nodes"]}
    for node in nodes.values():
        assert node["parent"] in nodes or node["id"] == "total"
        assert node["points"], node["id"]
        assert node["name_zh"] and node["name_en"]
    assert nodes["mau@transfer"]["parent"] == "mau"
    assert nodes["mau@transfer"]["level"] == 4


def test_a_tree_for_people_is_in_their_language(run: Run) -> None:
    assert "月活跃用户" in run("tree", "--lang", "zh").out
    assert "Monthly active users" in run("tree", "--lang", "en").out


def test_value_is_what_user_days_say(on_bank: Run, demo_bank: DemoBank) -> None:
    found = on_bank("value", "mau", "--period", "2026-10", "--json").json
    month = USER_DAY.c.day.between("2026-10-01", "2026-10-31")
    query = select(func.count(distinct(USER_DAY.c.user_id))).where(month)
    with open_warehouse(demo_bank.url, read_only=True).reading() as connection:
        expected = connection.execute(query).scalar_one()
    assert [row["value"] for row in found["rows"]] == [expected]
    assert (found["unit"], found["period"], found["rows"][0]["days"]) == ("users", "2026-10", 31)


def test_value_splits_and_filters(on_bank: Run, demo_bank: DemoBank) -> None:
    whole = on_bank("value", "txn_amount", "--period", "2026-10", "--json").json
    parts = on_bank("value", "txn_amount", "--period", "2026-10", "--by", "module", "--json").json
    total = whole["rows"][0]["value"]
    assert sum(row["value"] for row in parts["rows"]) == pytest.approx(total)
    transfer = next(row["value"] for row in parts["rows"] if row["module"] == "transfer")
    asked = ("--period", "2026-10", "--json")
    one = on_bank("value", "txn_amount", *asked, "--filter", "module=transfer").json
    kpi = on_bank("value", "txn_amount@transfer", *asked).json
    assert one["rows"] == kpi["rows"]
    assert one["rows"][0]["value"] == pytest.approx(transfer)
    assert one["filters"] == {"module": ["transfer"]}


def test_a_branch_may_be_an_option_or_a_filter(on_bank: Run, demo_bank: DemoBank) -> None:
    table = CONTRACT.tables["dim_branch"]
    with open_warehouse(demo_bank.url, read_only=True).reading() as connection:
        branch = connection.execute(
            select(table.c.branch_id).where(table.c.parent_id.is_not(None)).limit(1)
        ).scalar_one()
    asked = ("value", "dau", "--period", "2026-10-05", "--json")
    as_option = on_bank(*asked, "--branch", branch).json
    assert as_option == on_bank(*asked, "--filter", f"branch={branch}").json
    assert as_option["branch"] == branch


@pytest.mark.parametrize(
    "period", ["2026", "2026-Q3", "2026-10", "2026-W44", "2026-10-31", "2026-10-01..2026-10-15"]
)
def test_value_reads_every_form_of_a_period(on_bank: Run, period: str) -> None:
    found = on_bank("value", "dau", "--period", period, "--json").json
    assert found["period"] == period
    assert found["rows"][0]["value"] > 0


def test_a_value_that_cannot_be_computed_is_null_with_a_reason(on_bank: Run) -> None:
    row = on_bank("value", "dau", "--period", "2031-01", "--json").json["rows"][0]
    assert row["value"] is None
    assert row["reason"]


def test_a_module_kpi_may_be_filtered_by_its_own_module(on_bank: Run) -> None:
    asked = ("value", "mau@transfer", "--period", "2026-10", "--json")
    assert on_bank(*asked, "--filter", "module=transfer").json == on_bank(*asked).json


def test_what_cannot_be_told_apart_says_so_in_a_row(on_bank: Run) -> None:
    """No rows at all would look like nothing to report."""
    asked = ("value", "store_rating", "--period", "2026-10", "--lang", "en", "--json")
    (row,) = on_bank(*asked, "--by", "tier").json["rows"]
    assert (row["tier"], row["value"], row["reason"]) == (None, None, "cannot be split by tier")
    bank, branches = on_bank(*asked, "--by", "branch").json["rows"]
    assert (bank["branch"], bank["reason"]) == ("", None)
    assert bank["value"] == on_bank(*asked).json["rows"][0]["value"]
    assert (branches["branch"], branches["value"]) == (None, None)
    assert branches["reason"] == "not recorded by branch"
    (row,) = on_bank(*asked, "--by", "branch", "--branch", "B01").json["rows"]
    assert (row["branch"], row["value"], row["reason"]) == (None, None, "not recorded by branch")


@pytest.mark.parametrize(
    ("indicator", "period", "days"),
    [("mau", "2026-Q3", 92), ("mau", "2026-10", 31), ("mau", "2026-W44", 30), ("dau", "2025", 365)],
)
def test_days_are_those_of_the_whole_period(
    on_bank: Run, indicator: str, period: str, days: int
) -> None:
    row = on_bank("value", indicator, "--period", period, "--json").json["rows"][0]
    assert (row["covered_days"], row["days"]) == (days, days)


def test_a_table_of_values_says_unit_and_days(on_bank: Run) -> None:
    said = on_bank("value", "dau", "--period", "2026-10", "--by", "tier", "--lang", "zh").out
    assert said.startswith("日活跃用户")
    assert "31/31" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("value", "mua", "--period", "2026-10"), "did you mean mau?"),
        (("value", "mau@nowhere", "--period", "2026-10"), "there is no indicator"),
        (("value", "mau", "--period", "2026-13"), "is not a period: write 2026"),
        (("value", "mau"), "--period"),
        (("value", "mau", "--period", "2026", "--by", "colour"), "is not one of"),
        (("value", "mau", "--period", "2026", "--filter", "tier"), "write DIMENSION=VALUE"),
        (("value", "mau", "--period", "2026", "--filter", "colour=red"), "one of branch"),
        (("value", "mau", "--period", "2026", "--branch", "NOWHERE"), "no branch 'NOWHERE'"),
        (("value", "mau", "--period", "2026-10", "--filter", "tier=nosuch"), "no tier 'nosuch'"),
        (("value", "mau", "--period", "2026-10", "--filter", "tier=vpi"), "did you mean vip?"),
        (("value", "mau", "--period", "2026-10", "--filter", "app=APP"), "There are app, mini"),
        (
            ("value", "mau", "--period", "2026-10", "--filter", "module=trasnfer"),
            "no module 'trasnfer'; did you mean transfer?",
        ),
        (
            ("value", "mau@transfer", "--period", "2026-10", "--filter", "module=account"),
            "so --filter module=account contradicts it: ask for mau instead",
        ),
        (
            ("value", "mau@transfer", "--period", "2026-10", "--by", "module"),
            "so --by module contradicts it: ask for mau instead",
        ),
        (("value", "mau", "--period", "0001-01"), "years run from 1900 to 2199"),
        (
            ("value", "mau", "--period", "2026", "--branch", "B1", "--filter", "branch=B2"),
            "one branch at a time, not B1, B2",
        ),
    ],
)
def test_wrong_use_is_told_in_one_message(
    on_bank: Run, arguments: tuple[str, ...], told: str
) -> None:
    ran = on_bank(*arguments)
    assert ran.code == 2
    assert told in ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
