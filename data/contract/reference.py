"""The reference of the contract for a bank's data engineer, made from its declarations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    Numeric,
    String,
    Table,
)

from data.contract import CONTRACT

_KINDS: tuple[tuple[type, str], ...] = (
    (DateTime, "moment"),
    (Date, "day"),
    (Boolean, "true or false"),
    (BigInteger, "whole number"),
    (Integer, "whole number"),
    (Float, "number"),
    (Numeric, "money, 2 decimals"),
    (String, "text"),
)
_HEAD = """# Data contract

The tables that a bank brings. Ids are opaque text. A moment with an offset is taken at its word,
one without is in the bank's zone; a day is a day of the bank's zone. Money is exact decimal CNY.
A column that is not required may be empty or left out. A value outside a closed list is a bad row.
"""
_COLUMNS = (
    "| column | type | key | required | unit | meaning | 含义 | example | data class | values |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def contract_markdown(uses: Mapping[str, Sequence[str]]) -> str:
    """The whole reference as Markdown: a section a table.

    ``uses`` says for each table which indicators need it (ids). Raises ValueError for a name in
    ``uses`` that is no table of the contract.

    >>> "Needed by: mau, dau" in contract_markdown({"event": ["mau", "dau"]})
    True
    """
    strange = sorted(set(uses) - set(CONTRACT.tables))
    if strange:
        raise ValueError(f"no tables of the contract: {', '.join(strange)}")
    sections = [_section(table, uses.get(table.name, ())) for table in CONTRACT.tables.values()]
    return "\n".join([_HEAD, *sections])


def _section(table: Table, uses: Sequence[str]) -> str:
    meaning, meaning_zh = table.info["meaning"], table.info["meaning_zh"]
    needed = ", ".join(uses) if uses else "no indicator by itself"
    rows = [_row(column) for column in table.columns]
    return "\n".join(
        [
            f"## {table.name}",
            "",
            f"One row is {meaning}. 一行为：{meaning_zh}。",
            "",
            f"Needed by: {needed}.",
            "",
            _COLUMNS,
            *rows,
            "",
        ]
    )


def _row(column: Column[Any]) -> str:
    info = column.info
    cells = (
        f"`{column.name}`",
        _kind(column),
        "yes" if column.primary_key else "",
        "" if column.nullable else "yes",
        info["unit"],
        info["meaning"],
        info["meaning_zh"],
        f"`{info['example']}`",
        info["data_class"],
        _values(info),
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _kind(column: Column[Any]) -> str:
    if column.info.get("month"):
        return "month"
    return next(word for kind, word in _KINDS if isinstance(column.type, kind))


def _values(info: Mapping[str, Any]) -> str:
    if "values" in info:
        return ", ".join(info["values"])
    low, high = info.get("low"), info.get("high")
    if low is not None and high is not None:
        return f"{low} to {high}"
    if low is not None:
        return f"{low} or more"
    return f"{high} or less" if high is not None else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
