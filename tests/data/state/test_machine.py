"""Whatever people do in whatever order, what is published stays and the chain is sound."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from data.state import (
    StateConflictError,
    StateRefusedError,
    WeightSet,
    close_month,
    discard_weights,
    draft_weights,
    edit_weights,
    is_closed,
    open_state,
    publish_weights,
    send_back_weights,
    submit_weights,
    verify_audit,
    verify_published,
    weight_set,
    weight_set_in_force,
    weight_sets,
)

PEOPLE = st.sampled_from(["li", "wang", "zhao"])
DAYS = st.integers(0, 120).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
PICK = st.integers(0, 5)


class Publishing(RuleBasedStateMachine):
    """Sets as each person last saw them (stale ones included), against a list of the published."""

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        self.state = open_state(f"sqlite:///{Path(self.folder.name)}/state.db")
        self.seen: list[WeightSet] = []
        self.published: list[WeightSet] = []
        self.closed: date | None = None

    def teardown(self) -> None:
        if hasattr(self, "state"):
            self.state.close()
            self.folder.cleanup()

    def attempt(self, change: Callable[[], WeightSet], seen: WeightSet, needed: str) -> None:
        """Try a change: it must work exactly when the record is current and in its state."""
        now = weight_set(self.state, seen.id)
        current = now is not None and now.version == seen.version and now.state == needed
        late = self.closed is not None and seen.effective_from <= self.closed
        try:
            self.seen.append(change())
        except StateConflictError:
            assert now is None or now.version != seen.version
        except StateRefusedError:
            assert now is not None
            assert now.state != needed or late
        else:
            assert current

    @rule(by=PEOPLE, day=DAYS)
    def draft(self, by: str, day: date) -> None:
        made = draft_weights(
            self.state, {"risk": Decimal(100)}, name_zh="甲", name_en="A", author=by,
            reason="why", effective_from=day,
        )  # fmt: skip
        self.seen.append(made)

    @precondition(lambda self: self.seen)
    @rule(pick=PICK, by=PEOPLE, share=st.integers(0, 100))
    def edit(self, pick: int, by: str, share: int) -> None:
        seen = self.seen[-1 - pick % len(self.seen)]
        weights = {"risk": Decimal(share), "brand": Decimal(100 - share)}
        self.attempt(lambda: edit_weights(self.state, seen, by=by, weights=weights), seen, "draft")

    @precondition(lambda self: self.seen)
    @rule(pick=PICK, by=PEOPLE)
    def submit(self, pick: int, by: str) -> None:
        seen = self.seen[-1 - pick % len(self.seen)]
        self.attempt(lambda: submit_weights(self.state, seen, by=by), seen, "draft")

    @precondition(lambda self: self.seen)
    @rule(pick=PICK, by=PEOPLE)
    def send_back(self, pick: int, by: str) -> None:
        seen = self.seen[-1 - pick % len(self.seen)]
        self.attempt(
            lambda: send_back_weights(self.state, seen, by=by, reason="no"), seen, "submitted"
        )

    @precondition(lambda self: self.seen)
    @rule(pick=PICK, by=PEOPLE)
    def publish(self, pick: int, by: str) -> None:
        seen = self.seen[-1 - pick % len(self.seen)]
        before = len(self.seen)
        self.attempt(lambda: publish_weights(self.state, seen, by=by), seen, "submitted")
        self.published.extend(self.seen[before:])

    @precondition(lambda self: self.seen)
    @rule(pick=PICK, by=PEOPLE)
    def discard(self, pick: int, by: str) -> None:
        seen = self.seen[-1 - pick % len(self.seen)]

        def change() -> WeightSet:
            discard_weights(self.state, seen, by=by, reason="no")
            return seen

        self.attempt(change, seen, "draft")

    @rule(by=PEOPLE, day=DAYS)
    def close(self, by: str, day: date) -> None:
        end = (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        in_force = weight_set_in_force(self.state, end)
        number = None if in_force is None else in_force.id
        reason = "again" if is_closed(self.state, day) else None
        close_month(
            self.state,
            day,
            {},
            by=by,
            configuration_digest="c",
            weight_set_id=number,
            reason=reason,
        )
        self.closed = max(end, self.closed or end)

    @invariant()
    def published_sets_stay(self) -> None:
        if hasattr(self, "state"):
            there = [one for one in weight_sets(self.state) if one.state == "published"]
            assert sorted(there, key=lambda one: one.id) == sorted(
                self.published, key=lambda one: one.id
            )

    @invariant()
    def the_chain_is_sound(self) -> None:
        if hasattr(self, "state"):
            assert verify_audit(self.state).sound
            assert verify_published(self.state) == ()


TestPublishing = Publishing.TestCase
TestPublishing.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
