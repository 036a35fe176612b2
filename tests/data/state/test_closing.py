"""Closed months: kept for good, closed again only as the next version, signed once a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from data.state import (
    ClosedMonth,
    State,
    StateError,
    StateRefusedError,
    WeightSet,
    close_month,
    closed_month,
    closings,
    is_closed,
    sign_off,
    sign_offs,
)

Make = Callable[..., WeightSet]
MARCH = date(2026, 3, 31)


def close(state: State, content: Any = None, **other: Any) -> ClosedMonth:
    said = {"by": "li", "configuration_digest": "c0ffee", "weight_set_id": None, **other}
    return close_month(state, MARCH, {"mau": 1} if content is None else content, **said)


def test_content_comes_back_as_it_was(state: State) -> None:
    made = close(state, {"b": Decimal("1.50"), "a": "活跃", "day": MARCH})
    assert made.content.decode() == '{"a":"活跃","b":"1.50","day":"2026-03-31"}'
    assert closed_month(state, date(2026, 3, 2)) == made
    assert made.media == "json"
    assert closed_month(state, date(2026, 4, 30)) is None


def test_arrow_bytes_come_back_as_they_were(state: State) -> None:
    raw = bytes(range(256)) * 500
    made = close(state, raw)
    found = closed_month(state, MARCH)
    assert found == made
    assert (made.media, made.content) == ("arrow", raw)


def test_the_digest_is_of_what_it_says_whatever_the_order(state: State) -> None:
    first = close(state, {"a": 1, "b": 2})
    again = close(state, {"b": 2, "a": 1}, scope="B01")
    assert first.digest == again.digest


def test_closing_again_needs_a_reason_and_keeps_the_old_version(state: State) -> None:
    first = close(state, {"mau": 1})
    with pytest.raises(StateRefusedError, match=r"2026-03 is closed \(version 1\).*needs a reason"):
        close(state, {"mau": 2})
    second = close(state, {"mau": 2}, reason="late data of branch B01", by="wang")
    assert (second.number, second.reason) == (2, "late data of branch B01")
    assert closed_month(state, MARCH) == second
    assert closed_month(state, MARCH, number=1) == first
    assert closed_month(state, MARCH, number=3) is None
    assert [(one.number, one.closed_by) for one in closings(state)] == [(2, "wang"), (1, "li")]


def test_scopes_are_closed_apart_but_close_the_month_for_all(state: State) -> None:
    close(state, scope="B01")
    assert closed_month(state, MARCH) is None
    assert is_closed(state, date(2026, 3, 1))
    assert not is_closed(state, date(2026, 2, 28))
    assert not is_closed(state, date(2026, 4, 1))
    assert close(state).number == 1
    assert len(closings(state, scope="B01")) == 1


def test_the_weight_set_must_be_the_one_in_force(state: State, published_set: Make) -> None:
    old = published_set(date(2026, 2, 1), profile="balanced")
    now = published_set(date(2026, 3, 15), profile="growth")
    later = published_set(date(2026, 4, 1))
    for wrong in (None, later.id, 999):
        with pytest.raises(StateRefusedError, match="is not the one in force on 2026-03-31"):
            close(state, weight_set_id=wrong)
    assert close(state, weight_set_id=now.id).weight_set_id == now.id
    branches = close(state, weight_set_id=old.id, scope="B01")
    assert branches.weight_set_id == old.id


def test_a_superseded_set_of_the_same_profile_is_refused(state: State, published_set: Make) -> None:
    old = published_set(date(2026, 2, 1), profile="balanced")
    published_set(date(2026, 3, 1), profile="balanced")
    with pytest.raises(StateRefusedError, match="work the month out again"):
        close(state, weight_set_id=old.id)


def test_a_draft_set_cannot_close_a_month(state: State, new_set: Make) -> None:
    with pytest.raises(StateRefusedError, match="not the one in force"):
        close(state, weight_set_id=new_set().id)


def test_what_has_no_exact_form_is_refused(state: State) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        close(state, {"mau": float("nan")})
    assert closings(state) == ()


def test_signatures(state: State) -> None:
    made = close(state)
    signed = sign_off(state, made, by="wang", statement="reviewed", two_people=True)
    assert (signed.number, signed.signed_by) == (1, "wang")
    with pytest.raises(StateRefusedError, match="li closed 2026-03: another person"):
        sign_off(state, made, by="li", statement="reviewed", two_people=True)
    with pytest.raises(StateRefusedError, match="wang has signed this version"):
        sign_off(state, made, by="wang", statement="again")
    sign_off(state, made, by="li", statement="as closed")
    assert [one.signed_by for one in sign_offs(state, MARCH)] == ["wang", "li"]


def test_only_the_newest_version_as_seen_can_be_signed(state: State) -> None:
    first = close(state)
    second = close(state, {"mau": 2}, reason="late data")
    for unseen in (
        first,
        replace(second, digest="0" * 64),
        replace(second, month=date(2026, 4, 30)),
    ):
        with pytest.raises(StateRefusedError, match="read and sign the newest version"):
            sign_off(state, unseen, by="wang", statement="reviewed")
    assert sign_off(state, second, by="wang", statement="reviewed").number == 2


@pytest.mark.parametrize("damage", ["x'00'", "(SELECT content FROM closed_month WHERE number = 2)"])
def test_damaged_content_is_never_shown(tmp_path: Any, damage: str) -> None:
    from data.state import open_state

    with open_state(f"sqlite:///{tmp_path}/state.db") as state:
        close(state)
        close(state, {"mau": 2}, reason="late data")
        with state.writing() as connection:
            connection.execute(text("DROP TRIGGER guard_closed_month_update"))
            connection.execute(text(f"UPDATE closed_month SET content = {damage} WHERE number = 1"))
        with pytest.raises(StateError, match="restore it from a back-up"):
            closed_month(state, MARCH, number=1)
