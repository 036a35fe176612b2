"""Weight sets: exact, versioned, in force by day, published for good."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.state import (
    State,
    StateConflictError,
    StateRefusedError,
    WeightOrigin,
    WeightSet,
    audit_entries,
    close_month,
    discard_weights,
    draft_weights,
    edit_weights,
    publish_weights,
    send_back_weights,
    submit_weights,
    verify_published,
    weight_set,
    weight_set_in_force,
    weight_sets,
)

Make = Callable[..., WeightSet]


def draft(state: State, weights: dict[str, Any], **other: Any) -> WeightSet:
    said = {"name_zh": "甲", "name_en": "A", "author": "li", "reason": "why",
            "effective_from": date(2026, 2, 1), **other}  # fmt: skip
    return draft_weights(state, weights, **said)


def test_weights_come_back_digit_by_digit(state: State) -> None:
    typed = {"a": Decimal("33.3333333333333333"), "b": Decimal("17.50"), "c": Decimal("0.1")}
    made = draft(state, typed, profile="balanced")
    assert {node: str(weight) for node, weight in made.by_node().items()} == {
        "a": "33.3333333333333333", "b": "17.50", "c": "0.1",
    }  # fmt: skip
    assert weight_set(state, made.id) == made
    assert (made.state, made.version, made.author, made.profile) == ("draft", 1, "li", "balanced")


def test_steps_are_recorded_with_their_people_and_moments(state: State, new_set: Make) -> None:
    made = new_set()
    submitted = submit_weights(state, made, by="zhao")
    published = publish_weights(state, submitted, by="wang")
    assert (published.submitted_by, published.published_by) == ("zhao", "wang")
    assert published.published_at is not None
    assert published.submitted_at is not None
    assert made.created_at < published.submitted_at < published.published_at
    assert published.weights == made.weights
    assert [entry.action for entry in audit_entries(state, on=f"weight_set:{made.id}")] == [
        "draft", "submit", "publish",
    ]  # fmt: skip


@pytest.mark.parametrize("bad", [33.3, Decimal("NaN"), "many", True, "1e999999", "-1", "100.01"])
def test_what_is_no_exact_share_is_refused(state: State, bad: object) -> None:
    with pytest.raises(StateRefusedError, match="weight of a"):
        draft(state, {"a": bad})
    assert weight_sets(state) == ()
    assert audit_entries(state) == ()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"reason": "  "}, "reason is empty"),
        ({"author": ""}, "who is empty"),
        ({"name_zh": "甲\x00"}, "no text"),
        ({"name_en": "\ud800"}, "no text"),
        ({"reason": "x" * 2001}, "2001 characters"),
        ({"effective_from": datetime(2026, 2, 1, 9)}, "expected a day"),  # noqa: DTZ001  # the case
    ],
)
def test_bad_words_and_days_are_refused(state: State, other: dict[str, Any], said: str) -> None:
    with pytest.raises(StateRefusedError, match=said):
        draft(state, {"a": Decimal(100)}, **other)


def test_a_set_needs_weights_and_one_a_node(state: State) -> None:
    with pytest.raises(StateRefusedError, match="without weights"):
        draft(state, {})
    with pytest.raises(StateRefusedError, match="two weights"):
        draft(state, {"a": Decimal(50), " a": Decimal(50)})


def test_a_draft_can_be_edited_and_a_second_writer_is_told(state: State, new_set: Make) -> None:
    made = new_set()
    edited = edit_weights(
        state, made, by="zhao", weights={"risk": Decimal(100)}, reason="risk only"
    )
    assert edited.by_node() == {"risk": Decimal(100)}
    assert (edited.reason, edited.version, edited.author) == ("risk only", 2, "li")
    with pytest.raises(StateConflictError, match=r"changed by zhao .*version 2, you saw version 1"):
        edit_weights(state, made, by="sun", weights={"brand": Decimal(100)})
    with pytest.raises(StateConflictError):
        submit_weights(state, made, by="li")
    assert weight_set(state, made.id) == edited


def test_an_edit_keeps_what_it_does_not_name(state: State, new_set: Make) -> None:
    made = new_set()
    edited = edit_weights(state, made, by="li", effective_from=date(2026, 5, 1))
    assert (edited.weights, edited.reason) == (made.weights, made.reason)
    assert edited.effective_from == date(2026, 5, 1)


def test_only_the_next_step_is_open(state: State, new_set: Make) -> None:
    made = new_set()
    with pytest.raises(StateRefusedError, match="is draft: this needs a submitted one"):
        publish_weights(state, made, by="wang")
    submitted = submit_weights(state, made, by="li")
    for change in (edit_weights, submit_weights):
        with pytest.raises(StateRefusedError, match="is submitted: this needs a draft one"):
            change(state, submitted, by="li")
    published = publish_weights(state, submitted, by="li")
    for change in (edit_weights, submit_weights, publish_weights):
        with pytest.raises(StateRefusedError, match="is published"):
            change(state, published, by="li")
    with pytest.raises(StateRefusedError, match="is published"):
        discard_weights(state, published, by="li", reason="wrong")
    assert weight_set(state, made.id) == published


def test_sent_back_it_is_a_draft_again(state: State, new_set: Make) -> None:
    submitted = submit_weights(state, new_set(), by="li")
    back = send_back_weights(state, submitted, by="wang", reason="too much risk")
    assert (back.state, back.submitted_at, back.submitted_by) == ("draft", None, None)
    assert json.loads(audit_entries(state)[-1].detail) == {"reason": "too much risk"}


@pytest.mark.parametrize("publisher", ["li", " li ", "zhao", "sun"])
def test_two_people_means_nobody_who_took_part(state: State, new_set: Make, publisher: str) -> None:
    edited = edit_weights(state, new_set(), by="zhao", weights={"risk": Decimal(100)})
    submitted = submit_weights(state, edited, by="sun")
    with pytest.raises(StateRefusedError, match="another person must publish it"):
        publish_weights(state, submitted, by=publisher, two_people=True)
    assert publish_weights(state, submitted, by="wang", two_people=True).state == "published"


def test_a_discarded_draft_is_gone_but_the_log_has_it(state: State, new_set: Make) -> None:
    made = new_set()
    discard_weights(state, made, by="li", reason="typed by mistake")
    assert weight_set(state, made.id) is None
    said = json.loads(audit_entries(state, action="draft")[0].detail)
    assert said["content"]["weights"] == {"brand": "40", "risk": "60"}
    with pytest.raises(StateConflictError, match="does not exist"):
        submit_weights(state, made, by="li")
    assert new_set().id > made.id


def test_the_latest_effective_day_is_in_force_then_the_latest_published(
    state: State, published_set: Make
) -> None:
    later = published_set(date(2026, 4, 1), "70")
    first = published_set(date(2026, 2, 1), "60")
    again = published_set(date(2026, 2, 1), "50")
    assert weight_set_in_force(state, date(2026, 1, 31)) is None
    assert weight_set_in_force(state, date(2026, 2, 1)) == again
    assert weight_set_in_force(state, date(2026, 3, 31)) == again
    assert weight_set_in_force(state, date(2026, 4, 1)) == later
    assert weight_set_in_force(state, date(2026, 3, 1), as_known_at=first.published_at) == first
    assert weight_set_in_force(state, date(2026, 3, 1), as_known_at=later.published_at) is None


def test_a_moment_with_an_offset_is_understood(state: State, published_set: Make) -> None:
    made = published_set()
    assert made.published_at is not None
    in_china = datetime.fromisoformat(f"{made.published_at + timedelta(hours=8)}+08:00")
    assert weight_set_in_force(state, date(2026, 3, 1), as_known_at=in_china) == made
    before = in_china - timedelta(seconds=1)
    assert weight_set_in_force(state, date(2026, 3, 1), as_known_at=before) is None


def test_profiles_have_their_own_set_in_force(state: State, published_set: Make) -> None:
    bank = published_set(date(2026, 2, 1), "60", "balanced")
    branches = published_set(date(2026, 3, 1), "80", "assessment")
    day = date(2026, 3, 31)
    assert weight_set_in_force(state, day) == branches
    assert weight_set_in_force(state, day, profile="balanced") == bank
    assert weight_set_in_force(state, day, profile="none") is None


def test_drafts_and_submitted_sets_are_never_in_force(state: State, new_set: Make) -> None:
    new_set()
    submit_weights(state, new_set(), by="li")
    assert weight_set_in_force(state, date(2027, 1, 1)) is None


@pytest.mark.parametrize("first", [date(2026, 2, 1), date(2026, 3, 31)])
def test_nothing_takes_effect_in_or_before_a_closed_month(
    state: State, new_set: Make, first: date
) -> None:
    waiting = submit_weights(state, new_set(first), by="li")
    close_month(state, date(2026, 3, 1), {}, by="li", configuration_digest="c", weight_set_id=None)
    with pytest.raises(StateRefusedError, match="2026-03 is closed: choose a day after 2026-03-31"):
        publish_weights(state, waiting, by="wang")
    with pytest.raises(StateRefusedError, match="2026-03 is closed"):
        submit_weights(state, new_set(first), by="li")
    back = send_back_weights(state, waiting, by="wang", reason="month was closed")
    moved = edit_weights(state, back, by="li", effective_from=date(2026, 4, 1))
    assert publish_weights(state, submit_weights(state, moved, by="li"), by="wang").id == moved.id


def test_a_record_made_up_by_the_caller_changes_nothing_else(state: State, new_set: Make) -> None:
    made = new_set()
    pretended = replace(made, state="submitted", author="nobody")
    with pytest.raises(StateRefusedError, match="is draft"):
        publish_weights(state, pretended, by="wang")


@settings(max_examples=20, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(days=st.lists(st.integers(0, 40), min_size=1, max_size=5), asked=st.integers(-1, 41))
def test_in_force_is_the_newest_not_later(
    state: State, published_set: Make, days: list[int], asked: int
) -> None:
    start = weight_sets(state)[0].effective_from if weight_sets(state) else date(2026, 2, 1)
    start += timedelta(days=100)
    made = [published_set(start + timedelta(days=day)) for day in days]
    expected = [(one.effective_from, one.id) for one in made
                if one.effective_from <= start + timedelta(days=asked)]  # fmt: skip
    found = weight_set_in_force(state, start + timedelta(days=asked))
    if expected:
        assert found is not None
        assert found.id == max(expected)[1]
    else:
        assert found is None or found.effective_from < start


def test_how_weights_were_found_is_kept_with_the_set(state: State) -> None:
    pairs = {"pairs": [["risk", "brand", "3"]]}
    judged = WeightOrigin("total", "ahp", pairs)
    draft = draft_weights(
        state, {"risk": Decimal(75), "brand": Decimal(25)}, name_zh="稳健", name_en="Prudent",
        author="li", reason="risk appetite", effective_from=date(2026, 3, 1), origins=[judged],
    )  # fmt: skip
    assert draft.origins == (judged,)
    kept = edit_weights(state, draft, by="li", reason="other words")
    assert kept.origins == (judged,)
    again = WeightOrigin("total", "hand", {})
    kept = edit_weights(state, kept, by="li", origins=[again])
    assert kept.origins == (again,)
    kept = edit_weights(state, kept, by="li", origins=[judged])
    done = publish_weights(state, submit_weights(state, kept, by="li"), by="wang", two_people=True)
    assert weight_set(state, done.id) == done
    assert done.origins == (judged,)
    assert verify_published(state) == ()
    with pytest.raises(StateRefusedError, match="expected one of hand, ahp"):
        draft_weights(
            state, {"risk": Decimal(100)}, name_zh="x", name_en="x", author="li", reason="x",
            effective_from=date(2026, 3, 1), origins=[WeightOrigin("total", "dice", {})],
        )  # fmt: skip
