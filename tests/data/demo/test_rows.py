"""Every row of the demo bank keeps the contract."""

from __future__ import annotations

import pytest

from data.contract import CONTRACT
from data.contract.vocabulary import PRODUCT_KINDS
from tests.data.demo.bank import Bank

TABLES = sorted(CONTRACT.tables)
REFERENCES = {
    "branch_id": "dim_branch", "user_id": "dim_user", "module": "dim_module", "page": "dim_page",
    "product_id": "dim_product", "content_id": "dim_content", "campaign_id": "dim_campaign",
    "referred_by": "dim_user", "application_id": "application",
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_rows_and_only_known_columns(bank: Bank, name: str) -> None:
    rows = bank.tables[name]
    assert rows.num_rows > 0
    assert set(rows.column_names) == set(CONTRACT.tables[name].columns.keys())


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_whole_and_unique(bank: Bank, name: str) -> None:
    keys = ", ".join(f'"{column.name}"' for column in CONTRACT.tables[name].primary_key)
    assert bank.one(f"SELECT count(*) - count(DISTINCT ({keys})) FROM {name}") == 0


@pytest.mark.parametrize("name", TABLES)
def test_columns_keep_their_bounds(bank: Bank, name: str) -> None:
    for column in CONTRACT.tables[name].columns:
        quoted, info = f'"{column.name}"', column.info
        if not column.nullable:
            assert bank.one(f"SELECT count(*) FROM {name} WHERE {quoted} IS NULL") == 0, column
        if "values" in info:
            found = set(bank.ask(f"SELECT DISTINCT {quoted} AS v FROM {name}")["v"].dropna())
            assert found <= set(info["values"]), column
        for bound, sign in (("low", "<"), ("high", ">")):
            if info.get(bound) is not None:
                beyond = f"SELECT count(*) FROM {name} WHERE {quoted} {sign} {info[bound]}"
                assert bank.one(beyond) == 0, column
        if info.get("month"):
            assert (
                bank.one(f"SELECT count(*) FROM {name} WHERE last_day({quoted}) <> {quoted}") == 0
            )


@pytest.mark.parametrize("name", TABLES)
def test_ids_point_to_rows(bank: Bank, name: str) -> None:
    for column in CONTRACT.tables[name].columns:
        target = REFERENCES.get(column.name)
        if target in (None, name):
            continue
        key = next(iter(CONTRACT.tables[target].primary_key)).name
        lost = f"SELECT count(*) FROM {name} a ANTI JOIN {target} b ON a.{column.name} = b.{key}"
        assert bank.one(f"{lost} WHERE a.{column.name} IS NOT NULL") == 0, column


def test_nothing_happens_after_the_last_day(bank: Bank) -> None:
    for name, table in CONTRACT.tables.items():
        for column in table.columns:
            if column.name in {"loaded_at", "due_on", "ends_on", "first_due_on"} or (
                name in {"dim_campaign", "risk_assessment"}
            ):
                continue
            kind = str(column.type)
            if kind in {"DATE", "DATETIME"}:
                local = "INTERVAL 8 HOUR" if kind == "DATETIME" else "INTERVAL 0 HOUR"
                late = f"CAST(\"{column.name}\" + {local} AS DATE) > DATE '{bank.truth.until}'"
                assert bank.one(f"SELECT count(*) FROM {name} WHERE {late}") == 0, column


def test_some_customers_are_not_in_the_app_and_visitors_become_users(bank: Bank) -> None:
    share = bank.one("SELECT avg((registered_at IS NOT NULL)::INT) FROM dim_user")
    assert 0.55 < share < 0.72
    assert bank.one("SELECT count(*) FROM event WHERE user_id IS NULL") > 0
    crossed = """SELECT count(*) FROM (SELECT visitor_id FROM event GROUP BY 1
        HAVING count(*) > count(user_id) AND count(user_id) > 0)"""
    assert bank.one(crossed) > 0


def test_every_session_starts_with_an_opening_and_stays_in_its_day(bank: Bank) -> None:
    first = """SELECT count(*) FROM (SELECT session_id, first(action ORDER BY event_id) AS a,
        count(DISTINCT d) AS days, count(DISTINCT visitor_id) AS people FROM acted GROUP BY 1)
        WHERE a <> 'open' OR days > 1 OR people > 1"""
    assert bank.one(first) == 0


def test_nobody_acts_before_registering_or_after_closing(bank: Bank) -> None:
    outside = """SELECT count(*) FROM event JOIN dim_user USING (user_id)
        WHERE occurred_at < registered_at OR occurred_at > closed_at"""
    assert bank.one(outside) == 0


def test_products_are_bought_where_they_are_sold(bank: Bank) -> None:
    odd = """SELECT count(*) FROM txn JOIN dim_product p USING (product_id)
        WHERE txn.kind = 'purchase' AND p.module <> txn.module"""
    assert bank.one(odd) == 0
    assert bank.one("SELECT count(*) FROM txn WHERE kind = 'purchase' AND disclosed IS NULL") == 0
    kinds = set(bank.ask("SELECT DISTINCT kind FROM dim_product")["kind"])
    assert kinds == set(PRODUCT_KINDS)


def test_customers_of_the_bank_are_the_rows_of_dim_user(bank: Bank) -> None:
    counted = bank.one(
        "SELECT sum(customers) FROM bank_day WHERE day = (SELECT max(day) FROM bank_day)"
    )
    assert counted == bank.truth.users
    grid = bank.ask(
        """SELECT count(*) AS n, count(DISTINCT day) AS d, count(DISTINCT branch_id) AS b
            FROM bank_day"""
    )
    assert grid["n"][0] == grid["d"][0] * grid["b"][0]
    leaves = """SELECT count(*) FROM (SELECT DISTINCT branch_id FROM bank_day) b
        JOIN dim_branch p ON p.parent_id = b.branch_id"""
    assert bank.one(leaves) == 0


def test_loans_add_up_to_what_customers_owe(bank: Bank) -> None:
    apart = """WITH l AS (SELECT month, user_id, sum(balance_cny) AS b FROM loan_month GROUP BY ALL)
        SELECT count(*) FROM user_month u LEFT JOIN l USING (month, user_id)
        WHERE u.lum_cny <> coalesce(l.b, 0)"""
    assert bank.one(apart) == 0


def test_latency_buckets_add_up_to_calls(bank: Bank) -> None:
    buckets = [c for c in bank.tables["api_interval"].column_names if c.startswith("calls_")]
    wrong = f"SELECT count(*) FROM api_interval WHERE calls <> {' + '.join(buckets)}"
    assert bank.one(wrong) == 0
    assert bank.one("SELECT count(*) FROM api_interval WHERE errors > calls") == 0


def test_the_tree_reaches_every_province(bank: Bank) -> None:
    assert bank.one("SELECT count(DISTINCT province) FROM dim_branch") == 34
    roots = bank.ask("SELECT branch_id FROM dim_branch WHERE parent_id IS NULL")
    assert roots["branch_id"].tolist() == ["B00"]
    far = """SELECT count(*) FROM dim_branch WHERE longitude NOT BETWEEN 73 AND 135
        OR latitude NOT BETWEEN 18 AND 54"""
    assert bank.one(far) == 0


def test_journeys_have_twelve_touchpoints(bank: Bank) -> None:
    reached = bank.ask(
        """SELECT chain, list_sort(list(touchpoint)) AS t FROM dim_page WHERE chain IS NOT
            NULL GROUP BY 1"""
    )
    assert set(reached["chain"]) == {"payment", "wealth", "credit"}
    assert all(list(points) == list(range(1, 13)) for points in reached["t"])
