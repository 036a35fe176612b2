"""The reference of the contract names everything that a data engineer must know."""

from __future__ import annotations

import pytest

from data.contract import CONTRACT
from data.contract.reference import contract_markdown


def _section(markdown: str, table: str) -> str:
    _before, _heading, rest = markdown.partition(f"\n## {table}\n")
    return rest.partition("\n## ")[0]


def test_every_table_and_column_is_there_once() -> None:
    markdown = contract_markdown({})
    for table in CONTRACT.tables.values():
        section = _section(markdown, table.name)
        assert table.info["meaning_zh"] in section
        for column in table.columns:
            assert section.count(f"\n| `{column.name}` | ") == 1
    assert markdown.count("\n## ") == len(CONTRACT.tables) == 35


def test_a_row_states_type_key_unit_example_class_and_values() -> None:
    rows = _section(contract_markdown({}), "txn").splitlines()
    kind = next(row for row in rows if "`kind`" in row)
    assert "payment, transfer, purchase, redemption, repayment, drawdown, refund" in kind
    amount = next(row for row in rows if "`amount_cny`" in row)
    cells = [cell.strip() for cell in amount.split("|")[1:-1]]
    assert cells == [
        "`amount_cny`", "money, 2 decimals", "", "yes", "CNY", "amount", "金额",
        "`1280.50`", "sensitive", "0 or more",
    ]  # fmt: skip
    key = next(row for row in rows if "`txn_id`" in row)
    assert key.split("|")[3].strip() == key.split("|")[4].strip() == "yes"


def test_months_and_scales_are_said() -> None:
    markdown = contract_markdown({})
    assert "| `month` | month | yes |" in _section(markdown, "loan_month")
    assert "| 1 to 3 |" in _section(markdown, "risk_event")


def test_indicators_that_need_a_table_are_named() -> None:
    markdown = contract_markdown({"survey": ["nps", "csat"]})
    assert "Needed by: nps, csat." in _section(markdown, "survey")
    assert "Needed by: no indicator by itself." in _section(markdown, "calendar_day")


def test_a_use_of_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no tables of the contract: surveys"):
        contract_markdown({"surveys": ["nps"]})


def test_every_table_row_has_the_same_number_of_cells() -> None:
    for line in contract_markdown({}).splitlines():
        if line.startswith("| "):
            assert line.replace("\\|", "").count("|") == 11
