"""Days, months and moments out of text, a whole column at a time.

Rules: a moment with an offset is taken at its word. One without is in the bank's zone. A local
time that comes twice (clocks set back) is its first occurrence; one that never was (clocks set
forward) is an error.
Years run from 1900 to 2100. Digits beyond microseconds are cut off.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_MIDNIGHT = r"(?:[ T]00:00(?::00(?:\.0+)?)?)?"
_DAY = (
    r"^(?P<y>\d{4})(?:-(?P<m>\d{2})-(?P<d>\d{2})|/(?P<m2>\d{1,2})/(?P<d2>\d{1,2})"
    r"|(?P<m3>\d{2})(?P<d3>\d{2}))"
)
_MONTH = r"^(?P<y>\d{4})(?:-(?P<m>\d{2})|/(?P<m2>\d{1,2})|(?P<m3>\d{2}))$"
_CLOCK = (
    r"(?:[ T](?P<h>\d{1,2}):(?P<i>\d{2})(?::(?P<s>\d{2})(?:\.(?P<f>\d{1,9}))?)?"
    r" ?(?P<o>Z|z|[+-]\d{2}(?::?\d{2})?)?)?$"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def days(column: pa.Array) -> tuple[pa.Array, Bools]:
    """Days from ``2026-10-31``, ``2026/10/31`` or ``20261031`` (a time of midnight may follow).

    Returns date32 and a mask of what could not be read.

    >>> found, bad = days(pa.array(["2026-10-31", "2026-02-30", None]))
    >>> found.to_pylist(), bad.tolist()
    ([datetime.date(2026, 10, 31), None, None], [False, True, False])
    """
    if pa.types.is_date(column.type):
        return _bounded(column.cast(pa.date32()))
    if pa.types.is_timestamp(column.type):
        return _days_of_moments(column)
    parts = pc.extract_regex(column, _DAY + _MIDNIGHT + "$")
    found, bad = _civil(parts, last_of_month=False)
    return _as_array(found, bad | _null(column), "D", pa.date32()), bad & ~_null(column)


def months(column: pa.Array) -> tuple[pa.Array, Bools]:
    """Month-ends from ``2026-10`` or any day of the month.

    >>> found, bad = months(pa.array(["2026-10", "2024-02-03", "2026-13"]))
    >>> [str(day) for day in found.to_pylist()], bad.tolist()
    (['2026-10-31', '2024-02-29', 'None'], [False, False, True])
    """
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        found, bad = days(column)
        return month_ends(found), bad
    short, short_bad = _civil(pc.extract_regex(column, _MONTH), last_of_month=True)
    day, day_bad = _civil(pc.extract_regex(column, _DAY + _MIDNIGHT + "$"), last_of_month=True)
    found_days = np.where(short_bad, day, short)
    bad_rows: Bools = short_bad & day_bad
    return (
        _as_array(found_days, bad_rows | _null(column), "D", pa.date32()),
        bad_rows & ~_null(column),
    )


def month_ends(column: pa.Array) -> pa.Array:
    """The last day of each day's month.

    >>> import datetime
    >>> month_ends(pa.array([datetime.date(2026, 2, 3)])).to_pylist()
    [datetime.date(2026, 2, 28)]
    """
    missing = _null(column)
    raw = column.fill_null(0).cast(pa.int32()).to_numpy(zero_copy_only=False)
    first = raw.astype("datetime64[D]").astype("datetime64[M]")
    ends = (first + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return _as_array(ends.astype(np.int64), missing, "D", pa.date32())


def moments(column: pa.Array, zone: str) -> tuple[pa.Array, Bools, Bools]:
    """UTC moments (timestamp[us], no zone), a mask of the unreadable, and one of the impossible.

    >>> texts = ["2026-10-31T20:15:04+08:00", "2026-10-31 20:15:04", "soon"]
    >>> found, bad, never = moments(pa.array(texts), "Asia/Shanghai")
    >>> [str(moment) for moment in found.to_pylist()], bad.tolist()
    (['2026-10-31 12:15:04', '2026-10-31 12:15:04', 'None'], [False, False, True])
    """
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return _typed_moments(column, zone)
    missing = _null(column)
    parts = pc.extract_regex(column, _DAY + _CLOCK)
    day, bad = _civil(parts, last_of_month=False)
    second, bad_clock = _clock(parts)
    offset, bad_offset, has_offset = _offset(parts)
    bad = (bad | bad_clock | bad_offset) & ~missing
    micros = (day * 86_400 + second) * 1_000_000 + _fraction(parts)
    local = _as_array(micros, bad | missing, "us", pa.timestamp("us"))
    placed, never = _placed(local, zone, has_offset)
    shifted = _as_array(micros - offset * 1_000_000, bad | missing, "us", pa.timestamp("us"))
    found = pc.if_else(pa.array(has_offset), shifted, placed)
    return found, bad, never


def local_days(column: pa.Array | pa.ChunkedArray, zone: str) -> pa.Array:
    """The bank's day of UTC moments; days are returned as they are.

    >>> import datetime
    >>> local_days(pa.array([datetime.datetime(2026, 10, 31, 17)]), "Asia/Shanghai").to_pylist()
    [datetime.date(2026, 11, 1)]
    """
    if pa.types.is_date(column.type):
        return column.cast(pa.date32())
    aware = pc.assume_timezone(column.cast(pa.timestamp("us")), "UTC").cast(
        pa.timestamp("us", zone)
    )
    return pc.local_timestamp(aware).cast(pa.date32(), safe=False)


def _null(column: pa.Array) -> Bools:
    return np.asarray(column.is_null().to_numpy(zero_copy_only=False), dtype=bool)


def _number(parts: pa.Array, *names: str) -> Ints:
    """The first of the named groups that matched, as integers; 0 where none did."""
    fields = [parts.field(name) for name in names]
    chosen = fields[0]
    for other in fields[1:]:
        chosen = pc.if_else(pc.equal(chosen, ""), other, chosen)
    digits = pc.fill_null(pc.if_else(pc.equal(chosen, ""), "0", chosen), "0")
    return np.asarray(digits.cast(pa.int64()).to_numpy(zero_copy_only=False))


def _civil(parts: pa.Array, *, last_of_month: bool) -> tuple[Ints, Bools]:
    """Days since 1970 from year, month and day, and a mask of those that the calendar has not."""
    unmatched = _null(parts)
    year, month = _number(parts, "y"), _number(parts, "m", "m2", "m3")
    bad = unmatched | (year < _FIRST_YEAR) | (year > _LAST_YEAR) | (month < 1) | (month > 12)
    index = np.where(bad, 0, (year - 1970) * 12 + month - 1)
    first = index.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (index + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    if "d" not in [field.name for field in parts.type]:
        return after - 1, bad
    day = _number(parts, "d", "d2", "d3")
    bad |= (day < 1) | (day > after - first)
    return (after - 1 if last_of_month else first + day - 1), bad


def _clock(parts: pa.Array) -> tuple[Ints, Bools]:
    hour, minute, second = (_number(parts, name) for name in ("h", "i", "s"))
    return hour * 3600 + minute * 60 + second, (hour > 23) | (minute > 59) | (second > 59)


def _fraction(parts: pa.Array) -> Ints:
    digits = pc.fill_null(parts.field("f"), "")
    padded = pc.utf8_slice_codeunits(pc.utf8_rpad(digits, 6, "0"), 0, 6)
    return np.asarray(padded.cast(pa.int64()).to_numpy(zero_copy_only=False))


def _offset(parts: pa.Array) -> tuple[Ints, Bools, Bools]:
    """Seconds east of UTC, a mask of impossible offsets, a mask of rows that state one."""
    written = pc.fill_null(parts.field("o"), "")
    stated = np.asarray(pc.not_equal(written, "").to_numpy(zero_copy_only=False), dtype=bool)
    plain = pc.replace_substring(pc.utf8_upper(written), ":", "")
    plain = pc.if_else(pc.or_(pc.equal(plain, "Z"), pc.equal(plain, "")), "+0000", plain)
    plain = pc.utf8_rpad(plain, 5, "0")
    hours = _slice_number(plain, 1, 3)
    minutes = _slice_number(plain, 3, 5)
    east = np.asarray(pc.starts_with(plain, "+").to_numpy(zero_copy_only=False), dtype=bool)
    seconds = (hours * 3600 + minutes * 60) * np.where(east, 1, -1)
    return seconds, (hours > 14) | (minutes > 59), stated


def _slice_number(column: pa.Array, start: int, stop: int) -> Ints:
    digits = pc.utf8_slice_codeunits(column, start, stop)
    return np.asarray(digits.cast(pa.int64()).to_numpy(zero_copy_only=False))


def _placed(local: pa.Array, zone: str, has_offset: Bools) -> tuple[pa.Array, Bools]:
    """Local times of ``zone`` in UTC, and a mask of those that clocks jumped over."""
    early = pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="earliest")
    late = pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="latest")
    jumped = pc.fill_null(pc.not_equal(early, late), False)
    never = np.asarray(jumped.to_numpy(zero_copy_only=False), dtype=bool) & ~has_offset
    utc = early.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
    return pc.if_else(pa.array(never), pa.scalar(None, pa.timestamp("us")), utc), never


def _typed_moments(column: pa.Array, zone: str) -> tuple[pa.Array, Bools, Bools]:
    nothing = np.zeros(len(column), dtype=bool)
    aware: Any = getattr(column.type, "tz", None)
    micros = column.cast(pa.timestamp("us", aware), safe=False)
    if aware:
        found, never = micros.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us")), nothing
    else:
        found, never = _placed(micros, zone, nothing)
    year = pc.year(found)
    outside = pc.or_(pc.less(year, _FIRST_YEAR), pc.greater(year, _LAST_YEAR))
    bad = np.asarray(pc.fill_null(outside, False).to_numpy(zero_copy_only=False), dtype=bool)
    return found, bad, never


def _days_of_moments(column: pa.Array) -> tuple[pa.Array, Bools]:
    """Days of naive timestamps at midnight; one with a time of day or a zone is no day."""
    if column.type.tz:
        return pa.nulls(len(column), pa.date32()), ~_null(column)
    found = column.cast(pa.date32(), safe=False)
    back = pc.not_equal(found.cast(column.type), column)
    late = np.asarray(pc.fill_null(back, False).to_numpy(zero_copy_only=False), dtype=bool)
    bounded, bad = _bounded(found)
    return bounded, late | bad


def _bounded(column: pa.Array) -> tuple[pa.Array, Bools]:
    year = pc.year(column)
    outside = pc.or_(pc.less(year, _FIRST_YEAR), pc.greater(year, _LAST_YEAR))
    return column, np.asarray(
        pc.fill_null(outside, False).to_numpy(zero_copy_only=False), dtype=bool
    )


def _as_array(values: Ints, missing: Bools, unit: str, kind: pa.DataType) -> pa.Array:
    stamped = values.astype(f"datetime64[{unit}]")
    return pa.array(stamped, type=kind, mask=missing)
