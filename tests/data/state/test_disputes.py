"""Disputed numbers: opened, taken on, answered by another person, never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from data.state import (
    Disputed,
    State,
    StateConflictError,
    StateRefusedError,
    answer_dispute,
    audit_entries,
    disputes,
    numbers_head,
    open_dispute,
    open_disputes,
    take_dispute,
    verify_audit,
    withdraw_dispute,
)

SHOWN = Disputed("mau@transfer", "B01", "2026-10", 0.1, date(2026, 10, 31))
DAY = date(2026, 11, 30)


def test_a_dispute_keeps_the_number_as_it_was_shown_and_every_step(state: State) -> None:
    made = open_dispute(state, SHOWN, by="branch B01", reason="rows of the 9th are missing")
    assert (made.node, made.branch_id, made.period, made.value, made.as_of) == (
        "mau@transfer", "B01", "2026-10", 0.1, date(2026, 10, 31),
    )  # fmt: skip
    taken = take_dispute(state, made, by="li", reason="asked the data team", promised_on=DAY)
    assert taken.taken is not None
    assert (taken.taken.who, taken.taken.promised_on, taken.is_open) == ("li", DAY, True)
    assert open_disputes(state) == (taken,)
    done = answer_dispute(state, taken, by="li", outcome="corrected", reason="loaded again")
    assert [one.action for one in done.steps] == ["open", "take", "answer"]
    assert (done.is_open, done.last.outcome, open_disputes(state)) == (False, "corrected", ())
    assert disputes(state, node="mau@transfer") == (done,)
    assert disputes(state, node="mau") == ()
    assert [one.action for one in audit_entries(state, on="dispute:1")] == [
        "open",
        "take",
        "answer",
    ]
    assert verify_audit(state).sound
    assert numbers_head(state) == 0  # a dispute makes no number new


def test_one_number_is_disputed_once_at_a_time(state: State) -> None:
    made = open_dispute(state, SHOWN, by="li", reason="too low")
    with pytest.raises(StateConflictError, match="li disputed this number"):
        open_dispute(state, SHOWN, by="wang", reason="too low for me as well")
    whole = open_dispute(state, replace(SHOWN, branch_id=None), by="wang", reason="bank too")
    with pytest.raises(StateConflictError):
        open_dispute(state, replace(SHOWN, branch_id=None), by="sun", reason="again")
    withdraw_dispute(state, made, by="li", reason="my mistake")
    again = open_dispute(state, SHOWN, by="li", reason="still too low")
    assert open_disputes(state) == (whole, again)


def test_who_opened_it_withdraws_and_another_answers(state: State) -> None:
    made = open_dispute(state, SHOWN, by="li", reason="too low")
    with pytest.raises(StateRefusedError, match="another person answers"):
        answer_dispute(state, made, by="li", outcome="stands", reason="fine")
    with pytest.raises(StateRefusedError, match="only they withdraw"):
        withdraw_dispute(state, made, by="wang", reason="nonsense")
    with pytest.raises(StateRefusedError, match="stands, corrected"):
        answer_dispute(state, made, by="wang", outcome="gone", reason="fine")
    with pytest.raises(StateRefusedError, match="reason is empty"):
        answer_dispute(state, made, by="wang", outcome="stands", reason=" ")
    assert disputes(state) == (made,)


def test_a_second_person_is_told_and_a_closed_one_stays_closed(state: State) -> None:
    made = open_dispute(state, SHOWN, by="li", reason="too low")
    take_dispute(state, made, by="wang", reason="looking", promised_on=DAY)
    with pytest.raises(StateConflictError, match="wang acted"):
        take_dispute(state, made, by="sun", reason="looking", promised_on=DAY)
    now = disputes(state)[0]
    done = answer_dispute(state, now, by="sun", outcome="stands", reason="checked")
    with pytest.raises(StateRefusedError, match="is closed"):
        take_dispute(state, done, by="wang", reason="again", promised_on=DAY)


def test_what_is_no_number_of_a_period_is_refused(state: State) -> None:
    with pytest.raises(StateRefusedError, match="period"):
        open_dispute(state, replace(SHOWN, period="soon"), by="li", reason="x")
    with pytest.raises(StateRefusedError, match="finite"):
        open_dispute(state, replace(SHOWN, value=float("nan")), by="li", reason="x")
