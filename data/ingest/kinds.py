"""One column as it came to one kind of the contract, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, Integer, Numeric

from data.ingest.moments import days, moments, months
from data.ingest.refusal import nearest

Bools = npt.NDArray[np.bool_]
Wording = Callable[[str], str]
Read = tuple[pa.Array, list[tuple[Bools, Wording]]]

LONGEST_ID = 200
LONGEST_TEXT = 10_000
MONEY_TYPE = pa.decimal128(18, 2)
TRUE = ("true", "1", "是", "y", "yes", "t")
FALSE = ("false", "0", "否", "n", "no", "f")


@dataclass(frozen=True)
class Problem:
    """Rows of a column that cannot be taken, and how to say so of one value."""

    column: str
    rows: Bools
    wording: Wording


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
    scientific = mask(pc.match_substring(texts, "e"))
    if not scientific.any():
        return texts
    plain_texts = [
        np.format_float_positional(value, trim="-")
        for value in column.filter(pa.array(scientific)).to_pylist()
    ]
    return pc.replace_with_mask(texts, pa.array(scientific), pa.array(plain_texts, pa.string()))


def read_kind(column: Column[Any], came: pa.Array, zone: str) -> Read:
    """The column in its Arrow type, and masks of what could not be read with how to say it."""
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


def _moment(came: pa.Array, zone: str) -> Read:
    found, bad, never = moments(came, zone)
    return found, [
        (bad, lambda shown: f"{shown} is not a moment such as 2026-10-31T20:15:04+08:00"),
        (never, lambda shown: f"{shown} never was in {zone}: clocks were set forward over it"),
    ]


def _day(came: pa.Array, *, month: bool) -> Read:
    found, bad = months(came) if month else days(came)
    expected = "a month such as 2026-10" if month else "a day such as 2026-10-31"
    return found, [(bad, lambda shown: f"{shown} is not {expected}")]


def _flag(text: pa.Array) -> Read:
    lower = pc.utf8_lower(text)
    true = pc.is_in(lower, pa.array(TRUE))
    known = pc.or_(true, pc.is_in(lower, pa.array(FALSE)))
    found = pc.if_else(known, true, pa.scalar(None, pa.bool_()))
    bad = mask(pc.and_not(text.is_valid(), known))
    return found, [(bad, lambda shown: f"{shown} is not one of true, false, 1, 0, 是, 否, Y, N")]


def _whole(text: pa.Array, kind: pa.DataType) -> Read:
    digits = 9 if kind == pa.int32() else 18
    good = pc.match_substring_regex(text, rf"^[+-]?0*\d{{1,{digits}}}(\.0*)?$")
    clean = pc.replace_substring_regex(text, r"^\+|\.0*$", "")
    bad = _unfit(text, good)
    found = pc.if_else(pa.array(bad), pa.scalar(None, pa.string()), clean).cast(kind)
    return found, [(bad, lambda shown: f"{shown} is not a whole number of at most {digits} digits")]


def _decimal_number(text: pa.Array) -> Read:
    good = pc.match_substring_regex(text, r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$")
    clean = pc.replace_substring_regex(text, r"^\+", "")
    found = without(clean, [_unfit(text, good)]).cast(pa.float64())
    bad = _unfit(text, pc.is_finite(found))
    return found, [(bad, lambda shown: f"{shown} is not a number such as 12.5")]


def _money(text: pa.Array) -> Read:
    number = pc.match_substring_regex(text, r"^[+-]?(0*\d{1,16}(\.\d*)?|\.\d+)$")
    fine = pc.match_substring_regex(text, r"^[+-]?\d*(\.\d{0,2}0*)?$")
    not_number = _unfit(text, number)
    too_fine = _unfit(text, fine) & ~not_number
    cut = pc.replace_substring_regex(text, r"(\.\d{2})0+$", r"\1")
    found = without(cut, [not_number, too_fine]).cast(MONEY_TYPE)
    return found, [
        (not_number, lambda shown: f"{shown} is not an amount such as 1280.50 (no separators)"),
        (too_fine, lambda shown: f"{shown} has more than 2 decimals; Canopy does not round money"),
    ]


def _choice(column: Column[Any], text: pa.Array) -> Read:
    values: tuple[str, ...] = column.info["values"]
    bad = _unfit(text, pc.is_in(text, pa.array(values)))

    def wording(shown: str) -> str:
        hint = nearest(shown.strip("'").lower(), values)
        return f"{shown} is not one of {', '.join(values)}{hint}"

    return text, [(bad, wording)]


def _text(column: Column[Any], text: pa.Array) -> Read:
    short = column.name.endswith("_id") or column.primary_key
    longest = LONGEST_ID if short else LONGEST_TEXT
    long = mask(pc.greater(pc.utf8_length(text), longest))
    control = mask(pc.match_substring_regex(text, r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"))
    return text, [
        (long, lambda shown: f"{shown} is longer than {longest} characters"),
        (control, lambda shown: f"{shown} holds a control character"),
    ]


def out_of_bounds(column: Column[Any], found: pa.Array) -> list[Problem]:
    """Values below ``low`` or above ``high`` of the contract."""
    problems = []
    for key, outside, word in (("low", pc.less, "least"), ("high", pc.greater, "most")):
        bound = column.info.get(key)
        if bound is None:
            continue
        rows = mask(outside(found, _bound(bound, found.type)))
        if rows.any():
            problems.append(Problem(column.name, rows, _bound_wording(word, bound)))
    return problems


def _bound(bound: float, kind: pa.DataType) -> pa.Scalar:
    return pa.scalar(Decimal(bound) if pa.types.is_decimal(kind) else bound, kind)


def _bound_wording(word: str, bound: float) -> Wording:
    return lambda shown: f"{shown} is out of bounds: at {word} {bound}"


def _unfit(text: pa.Array, good: pa.Array) -> Bools:
    return mask(pc.and_not(text.is_valid(), pc.fill_null(good, False)))


def mask(flags: pa.Array) -> Bools:
    """Flags as numpy; unknown counts as false."""
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)


def without(found: pa.Array, masks: list[Bools]) -> pa.Array:
    """``found``, empty wherever one of the masks is set."""
    for rows in masks:
        if rows.any():
            found = pc.if_else(pa.array(rows), pa.scalar(None, found.type), found)
    return found
