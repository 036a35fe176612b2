"""Days, months and moments: offsets, zones, and hours that come twice or never."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ingest.moments import days, local_days, moments, month_ends, months

ANY_MOMENT = st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 30))  # noqa: DTZ001
ANY_DAY = st.dates(date(1900, 1, 1), date(2100, 12, 31))
OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


def _moment(text: str, zone: str = "Asia/Shanghai") -> datetime | None:
    found, bad, never = moments(pa.array([text]), zone)
    assert not (bad[0] and never[0])
    value: datetime | None = found.to_pylist()[0]
    assert (value is None) == bool(bad[0] or never[0])
    return value


@given(ANY_MOMENT, OFFSETS)
def test_a_moment_with_an_offset_is_taken_at_its_word(moment: datetime, offset: timedelta) -> None:
    aware = moment.replace(tzinfo=timezone(offset))
    assert _moment(aware.isoformat(), "America/New_York") == aware.astimezone(UTC).replace(
        tzinfo=None
    )


@given(st.datetimes(datetime(1901, 1, 1), datetime(2037, 12, 30)))  # noqa: DTZ001
def test_a_moment_without_one_is_in_the_banks_zone(moment: datetime) -> None:
    zone = ZoneInfo("Europe/Berlin")
    utc = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
    back = utc.astimezone(zone).replace(tzinfo=None)
    expected = utc.replace(tzinfo=None) if back == moment else None
    assert _moment(moment.isoformat(sep=" "), "Europe/Berlin") == expected


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-10-31T20:15:04+08:00", "2026-10-31T12:15:04"),
        ("2026-10-31 20:15:04", "2026-10-31T12:15:04"),
        ("2026-10-31 20:15:04.5", "2026-10-31T12:15:04.500000"),
        ("2026-10-31 20:15:04.123456789", "2026-10-31T12:15:04.123456"),
        ("2026/10/31 9:05", "2026-10-31T01:05:00"),
        ("20261031 20:15:04", "2026-10-31T12:15:04"),
        ("2026-10-31", "2026-10-30T16:00:00"),
        ("2026-10-31T12:15:04Z", "2026-10-31T12:15:04"),
        ("2026-10-31T12:15:04-0330", "2026-10-31T15:45:04"),
        ("2026-10-31T12:15:04 +08", "2026-10-31T04:15:04"),
        # Clocks in Shanghai went forward at midnight of 4 May 1986 at 2:00 and back in September.
        ("1986-07-01 12:00:00", "1986-07-01T03:00:00"),
    ],
)
def test_forms_of_a_moment(text: str, utc: str) -> None:
    assert _moment(text) == datetime.fromisoformat(utc)


def test_an_hour_that_comes_twice_is_its_first_occurrence() -> None:
    first = _moment("2026-10-25 02:30", "Europe/Berlin")
    assert first == datetime(2026, 10, 25, 0, 30)  # noqa: DTZ001


def test_an_hour_that_never_was_is_an_error_unless_an_offset_is_given() -> None:
    found, bad, never = moments(
        pa.array(["2026-03-29 02:30", "2026-03-29 02:30+01:00"]), "Europe/Berlin"
    )
    assert found.to_pylist() == [None, datetime(2026, 3, 29, 1, 30)]  # noqa: DTZ001
    assert bad.tolist() == [False, False]
    assert never.tolist() == [True, False]


@given(ANY_DAY)
def test_days_read_back(day: date) -> None:
    forms = [day.isoformat(), day.strftime("%Y/%m/%d"), day.strftime("%Y%m%d"), f"{day} 00:00:00"]
    found, bad = days(pa.array(forms))
    assert found.to_pylist() == [day] * 4
    assert not bad.any()


@given(ANY_DAY)
def test_any_day_of_a_month_is_its_end(day: date) -> None:
    forms = [f"{day:%Y-%m}", f"{day:%Y/%m}", f"{day:%Y%m}", day.isoformat()]
    found, bad = months(pa.array(forms))
    assert not bad.any()
    assert len(set(found.to_pylist())) == 1
    end = found.to_pylist()[0]
    assert (end.year, end.month) == (day.year, day.month)
    assert (end + timedelta(days=1)).day == 1
    assert month_ends(pa.array([day])).to_pylist() == [end]


@pytest.mark.parametrize("text", ["2026-1-1", "26-01-01", "2026-00-01", "2025-02-29", "1 May"])
def test_what_is_no_day(text: str) -> None:
    found, bad = days(pa.array([text]))
    assert found.to_pylist() == [None]
    assert bad.tolist() == [True]


def test_the_day_of_a_moment_is_the_banks() -> None:
    late = datetime(2026, 10, 31, 16, 30)  # noqa: DTZ001
    assert local_days(pa.array([late]), "Asia/Shanghai").to_pylist() == [date(2026, 11, 1)]
    assert local_days(pa.array([late]), "UTC").to_pylist() == [date(2026, 10, 31)]
