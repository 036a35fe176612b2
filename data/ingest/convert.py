"""From columns as they came to the contract's types, a whole column at a time.

Only rows that cannot be taken are looked at one by one, to say every reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, Integer, Numeric, Table

from data.ingest.across import cross_checks
from data.ingest.moments import days, moments, months
from data.ingest.placing import TIME_COLUMNS, main_day
from data.ingest.refusal import nearest

Bools = npt.NDArray[np.bool_]
Wording = Callable[[str], str]

LINE = "_line"
SHOWN = 60
LONGEST_ID = 200
LONGEST_TEXT = 10_000
MONEY_TYPE = pa.decimal128(18, 2)
TRUE = ("true", "1", "是", "y", "yes", "t")
FALSE = ("false", "0", "否", "n", "no", "f")
BAD_SCHEMA = pa.schema(
    [
        ("line", pa.int64()),
        ("reasons", pa.string()),
        ("raw", pa.string()),
        ("user_id", pa.string()),
        ("day", pa.date32()),
    ]
)


@dataclass(frozen=True)
class Problem:
    """Rows of a column that cannot be taken, and how to say so of one value."""

    column: str
    rows: Bools
    wording: Wording


@dataclass(frozen=True)
class Converted:
    """``rows``: every column of the table and ``_line``; ``bad``: see ``BAD_SCHEMA``."""

    rows: pa.Table
    bad: pa.Table


def convert(table: Table, raw: pa.Table, zone: str) -> Converted:
    """The rows of ``raw`` (columns of ``table`` by name, any simple type, and ``_line``) in types.

    Columns that ``raw`` lacks become empty. Raises nothing for bad values: they are in ``bad``.
    """
    problems: list[Problem] = []
    columns: dict[str, pa.Array] = {}
    for column in table.columns:
        came = _came(raw, column.name)
        columns[column.name], found = _convert_column(column, came, zone)
        problems += found
    problems += [Problem(*found) for found in cross_checks(table.name, columns)]
    bad = np.zeros(raw.num_rows, dtype=bool)
    for problem in problems:
        bad |= problem.rows
    columns[LINE] = raw.column(LINE).combine_chunks()
    rows = pa.table(columns, schema=typed_schema(table))
    if not bad.any():
        return Converted(rows, BAD_SCHEMA.empty_table())
    return Converted(rows.filter(pa.array(~bad)), _bad_rows(table, raw, rows, problems, bad, zone))


def typed_schema(table: Table) -> pa.Schema:
    """The Arrow schema of converted rows.

    >>> from data.contract import CONTRACT
    >>> typed_schema(CONTRACT.tables["load_coverage"]).names
    ['table', 'day', 'complete', 'loaded_at', '_line']
    """
    fields = [(column.name, arrow_type(column)) for column in table.columns]
    return pa.schema([*fields, (LINE, pa.int64())])


def arrow_type(column: Column[Any]) -> pa.DataType:
    """The Arrow type that a column of the contract is loaded as."""
    kind = column.type
    if isinstance(kind, DateTime):
        return pa.timestamp("us")
    if isinstance(kind, Date):
        return pa.date32()
    if isinstance(kind, Boolean):
        return pa.bool_()
    if isinstance(kind, BigInteger):
        return pa.int64()
    if isinstance(kind, Integer):
        return pa.int32()
    if isinstance(kind, Float):
        return pa.float64()
    return MONEY_TYPE if isinstance(kind, Numeric) else pa.string()


def _came(raw: pa.Table, name: str) -> pa.Array:
    if name not in raw.column_names:
        return pa.nulls(raw.num_rows, pa.string())
    return plain(raw.column(name))


def plain(column: pa.ChunkedArray) -> pa.Array:
    """One array of text, or of dates or timestamps as they are; blank text is empty.

    >>> plain(pa.chunked_array([[" a ", "", None]])).to_pylist()
    ['a', None, None]
    """
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], whole.type)
    if pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_decode()
    if pa.types.is_date(whole.type) or pa.types.is_timestamp(whole.type):
        return whole
    if pa.types.is_floating(whole.type):
        return _shortest(whole)
    if not pa.types.is_string(whole.type):
        whole = whole.cast(pa.string())
    trimmed = pc.utf8_trim_whitespace(whole)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _shortest(column: pa.Array) -> pa.Array:
    """Floats as the shortest decimals that read back the same, without exponents; NaN is empty."""
    texts = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.string()), column.cast(pa.string()))
    scientific = _mask(pc.match_substring(texts, "e"))
    if not scientific.any():
        return texts
    plain_texts = [
        np.format_float_positional(value, trim="-")
        for value in column.filter(pa.array(scientific)).to_pylist()
    ]
    return pc.replace_with_mask(texts, pa.array(scientific), pa.array(plain_texts, pa.string()))


def _convert_column(
    column: Column[Any], came: pa.Array, zone: str
) -> tuple[pa.Array, list[Problem]]:
    problems: list[Problem] = []
    name = column.name
    if not column.nullable:
        empty = _mask(came.is_null())
        if empty.any():
            problems.append(Problem(name, empty, lambda _shown: "is required and empty"))
    found, wrong = _typed(column, came, zone)
    problems += [Problem(name, rows, wording) for rows, wording in wrong if rows.any()]
    problems += _bounds(column, found)
    return _without(found, [problem.rows for problem in problems]), problems


def _typed(
    column: Column[Any], came: pa.Array, zone: str
) -> tuple[pa.Array, list[tuple[Bools, Wording]]]:
    kind = column.type
    if isinstance(kind, DateTime):
        return _moment(came, zone)
    if isinstance(kind, Date):
        return _day(came, month=bool(column.info.get("month")))
    text = came if pa.types.is_string(came.type) else came.cast(pa.string())
    if isinstance(kind, Boolean):
        return _flag(text)
    if isinstance(kind, Integer):
        return _whole(text, arrow_type(column))
    if isinstance(kind, Float):
        return _decimal_number(text)
    if isinstance(kind, Numeric):
        return _money(text)
    return _choice(column, text) if "values" in column.info else _text(column, text)


def _moment(came: pa.Array, zone: str) -> tuple[pa.Array, list[tuple[Bools, Wording]]]:
    found, bad, never = moments(came, zone)
    return found, [
        (bad, lambda shown: f"{shown} is not a moment such as 2026-10-31T20:15:04+08:00"),
        (never, lambda shown: f"{shown} never was in {zone}: clocks were set forward over it"),
    ]


def _day(came: pa.Array, *, month: bool) -> tuple[pa.Array, list[tuple[Bools, Wording]]]:
    found, bad = months(came) if month else days(came)
    expected = "a month such as 2026-10" if month else "a day such as 2026-10-31"
    return found, [(bad, lambda shown: f"{shown} is not {expected}")]


def _flag(text: pa.Array) -> tuple[pa.Array, list[tuple[Bools, Wording]]]:
    lower = pc.utf8_lower(text)
    true = pc.is_in(lower, pa.array(TRUE))
    known = pc.or_(true, pc.is_in(lower, pa.array(FALSE)))
    found = pc.if_else(known, true, pa.scalar(None, pa.bool_()))
    bad = _mask(pc.and_not(text.is_valid(), known))
    return found, [(bad, lambda shown: f"{shown} is not one of true, false, 1, 0, 是, 否, Y, N")]


def _whole(text: pa.Array, kind: pa.DataType) -> tuple[pa.Array, list[tuple[Bools, Wording]]]:
    digits = 9 if kind == pa.int32() else 18
    good = pc.match_substring_regex(text, rf"^[+-]?0*\d{{1,{digits}}}(\.0*)?$")
    clean = pc.replace_substring_regex(text, r"^\+|\.0*$", "")
    bad = _unfit(text, good)
    found = pc.if_else(pa.array(bad), pa.scalar(None, pa.string()), clean).cast(kind)
    return found, [(bad, lambda shown: f"{shown} is not a whole number of at most {digits} digits")]


def _decimal_number(text: pa.Array) -> tuple[pa.Array, list[tuple[Bools, Wording]]]:
    good = pc.match_substring_regex(text, r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$")
    bad = _unfit(text, good)
    clean = pc.replace_substring_regex(text, r"^\+", "")
    found = pc.if_else(pa.array(bad), pa.scalar(None, pa.string()), clean).cast(pa.float64())
    return found, [(bad, lambda shown: f"{shown} is not a number such as 12.5")]


def _money(text: pa.Array) -> tuple[pa.Array, list[tuple[Bools, Wording]]]:
    number = pc.match_substring_regex(text, r"^[+-]?(0*\d{1,16}(\.\d*)?|\.\d+)$")
    fine = pc.match_substring_regex(text, r"^[+-]?\d*(\.\d{0,2}0*)?$")
    not_number = _unfit(text, number)
    too_fine = _unfit(text, fine) & ~not_number
    cut = pc.replace_substring_regex(text, r"(\.\d{2})0+$", r"\1")
    found = _without(cut, [not_number, too_fine]).cast(MONEY_TYPE)
    return found, [
        (not_number, lambda shown: f"{shown} is not an amount such as 1280.50 (no separators)"),
        (too_fine, lambda shown: f"{shown} has more than 2 decimals; Canopy does not round money"),
    ]


def _choice(column: Column[Any], text: pa.Array) -> tuple[pa.Array, list[tuple[Bools, Wording]]]:
    values: tuple[str, ...] = column.info["values"]
    bad = _unfit(text, pc.is_in(text, pa.array(values)))

    def wording(shown: str) -> str:
        hint = nearest(shown.strip("'").lower(), values)
        return f"{shown} is not one of {', '.join(values)}{hint}"

    return text, [(bad, wording)]


def _text(column: Column[Any], text: pa.Array) -> tuple[pa.Array, list[tuple[Bools, Wording]]]:
    short = column.name.endswith("_id") or column.primary_key
    longest = LONGEST_ID if short else LONGEST_TEXT
    long = _mask(pc.greater(pc.utf8_length(text), longest))
    control = _mask(pc.match_substring_regex(text, r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"))
    return text, [
        (long, lambda shown: f"{shown} is longer than {longest} characters"),
        (control, lambda shown: f"{shown} holds a control character"),
    ]


def _bounds(column: Column[Any], found: pa.Array) -> list[Problem]:
    problems = []
    for key, outside, word in (("low", pc.less, "least"), ("high", pc.greater, "most")):
        bound = column.info.get(key)
        if bound is None:
            continue
        rows = _mask(outside(found, _bound(bound, found.type)))
        if rows.any():
            problems.append(Problem(column.name, rows, _bound_wording(word, bound)))
    return problems


def _bound(bound: float, kind: pa.DataType) -> pa.Scalar:
    return pa.scalar(Decimal(bound) if pa.types.is_decimal(kind) else bound, kind)


def _bound_wording(word: str, bound: float) -> Wording:
    return lambda shown: f"{shown} is out of bounds: at {word} {bound}"


def _unfit(text: pa.Array, good: pa.Array) -> Bools:
    return _mask(pc.and_not(text.is_valid(), pc.fill_null(good, False)))


def _mask(flags: pa.Array) -> Bools:
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)


def _without(found: pa.Array, masks: list[Bools]) -> pa.Array:
    for rows in masks:
        if rows.any():
            found = pc.if_else(pa.array(rows), pa.scalar(None, found.type), found)
    return found


def _bad_rows(
    table: Table, raw: pa.Table, rows: pa.Table, problems: list[Problem], bad: Bools, zone: str
) -> pa.Table:
    """The rows that cannot be taken, as they came, with every reason."""
    where = np.flatnonzero(bad)
    took = pa.table({name: _as_text(raw.column(name)) for name in raw.column_names}).take(where)
    came = took.drop_columns([LINE]).to_pylist()
    reasons: list[list[str]] = [[] for _ in where]
    for problem in problems:
        for place in np.flatnonzero(problem.rows[where]):
            shown = show(came[place].get(problem.column))
            reasons[place].append(f"{problem.column}: {problem.wording(shown)}")
    placed = table.name in TIME_COLUMNS
    day = main_day(table.name, rows, zone).take(where) if placed else pa.nulls(len(where))
    return pa.table(
        {
            "line": rows.column(LINE).take(where),
            "reasons": [json.dumps(found, ensure_ascii=False) for found in reasons],
            "raw": [json.dumps(row, ensure_ascii=False) for row in came],
            "user_id": [row.get("user_id") for row in came],
            "day": day,
        },
        schema=BAD_SCHEMA,
    )


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string())


def show(value: str | None) -> str:
    """A value from data, quoted and cut short.

    >>> show("x" * 100)[-4:], show(None)
    ("xx…'", 'nothing')
    """
    if value is None:
        return "nothing"
    return repr(value if len(value) <= SHOWN else value[:SHOWN] + "…")
