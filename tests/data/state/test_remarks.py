"""Notes and annotations: replaced, withdrawn, never lost."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from data.state import (
    State,
    StateConflictError,
    StateRefusedError,
    add_annotation,
    add_note,
    annotations_between,
    audit_entries,
    earlier_notes,
    notes,
    numbers_head,
    replace_annotation,
    replace_note,
)

FIRST, LAST = date(2026, 3, 5), date(2026, 3, 9)


def test_notes_are_found_by_what_they_are_about(state: State) -> None:
    one = add_note(state, "发薪日推迟", author="li", indicator="mau", month=date(2026, 3, 4))
    two = add_note(state, "moved", author="li", branch_id="B01")
    assert one.month == date(2026, 3, 31)
    assert notes(state) == (one, two)
    assert notes(state, indicator="mau", month=date(2026, 3, 1)) == (one,)
    assert notes(state, branch_id="B01") == (two,)
    assert notes(state, indicator="mau", branch_id="B01") == ()


def test_a_note_is_about_something(state: State) -> None:
    with pytest.raises(StateRefusedError, match="name one"):
        add_note(state, "x", author="li")


def test_a_replaced_note_is_kept_and_a_second_writer_is_told(state: State) -> None:
    first = add_note(state, "wrong", author="li", indicator="mau")
    second = replace_note(state, first, "right", by="wang")
    assert notes(state) == (second,)
    assert (second.indicator, second.author, second.replaces) == ("mau", "wang", first.id)
    with pytest.raises(StateConflictError, match="replaced or withdrawn"):
        replace_note(state, first, "other", by="sun")
    replace_note(state, second, None, by="wang")
    assert notes(state) == ()
    with state.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM note")).scalar() == 3
    assert [entry.action for entry in audit_entries(state)] == ["add", "replace", "withdraw"]
    assert earlier_notes(state, second) == (first,)
    assert numbers_head(state) == 0  # a note makes no number new


def test_a_withdrawn_note_cannot_be_replaced(state: State) -> None:
    first = add_note(state, "x", author="li", indicator="mau")
    gone = replace_note(state, first, None, by="li")
    with pytest.raises(StateConflictError):
        replace_note(state, gone, "back", by="li")


@pytest.mark.parametrize(
    ("days", "seen"),
    [
        ((date(2026, 3, 1), date(2026, 3, 4)), False),
        ((date(2026, 3, 1), date(2026, 3, 5)), True),
        ((date(2026, 3, 7), date(2026, 3, 7)), True),
        ((date(2026, 3, 9), date(2026, 4, 9)), True),
        ((date(2026, 3, 10), date(2026, 4, 9)), False),
    ],
)
def test_annotations_touching_the_days(state: State, days: tuple[date, date], seen: bool) -> None:
    made = add_annotation(
        state, "outage", kind="outage", first_day=FIRST, last_day=LAST, author="li"
    )
    assert annotations_between(state, *days) == ((made,) if seen else ())


def test_a_branch_sees_its_own_and_the_banks(state: State) -> None:
    for branch in (None, "B01", "B02"):
        add_annotation(state, "x", kind="campaign", first_day=FIRST, last_day=LAST, author="li",
                       branch_id=branch)  # fmt: skip
    found = annotations_between(state, FIRST, LAST, branch_id="B01")
    assert [one.branch_id for one in found] == [None, "B01"]
    assert len(annotations_between(state, FIRST, LAST)) == 3


def test_annotations_are_replaced_and_checked(state: State) -> None:
    made = add_annotation(
        state, "x", kind="release", first_day=FIRST, last_day=LAST, author="li", module="card"
    )
    longer = replace_annotation(state, made, "longer", by="wang", last_day=date(2026, 3, 20))
    assert (longer.kind, longer.module, longer.last_day) == ("release", "card", date(2026, 3, 20))
    with pytest.raises(StateConflictError):
        replace_annotation(state, made, None, by="li")
    with pytest.raises(StateRefusedError, match="before the first day"):
        replace_annotation(state, longer, "x", by="li", last_day=date(2026, 3, 1))
    with pytest.raises(StateRefusedError, match="expected one of campaign, release"):
        add_annotation(state, "x", kind="party", first_day=FIRST, last_day=LAST, author="li")
