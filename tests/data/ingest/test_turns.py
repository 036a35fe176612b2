"""Writers in each other's way take turns; other errors are told at once."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from data.ingest import turns


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "FIRST_WAIT_S", 0.0)


class Busy:
    """A transaction that meets another writer some times before it is through."""

    def __init__(self, times: int, words: str) -> None:
        self.calls, self.times, self.words = 0, times, words

    def __call__(self) -> int:
        self.calls += 1
        if self.calls <= self.times:
            raise OperationalError("COMMIT", {}, RuntimeError(self.words))
        return self.calls


@pytest.mark.parametrize("words", ["Transaction conflict - attempted to", "database is locked"])
def test_a_writer_starts_again_until_it_is_through(words: str) -> None:
    assert turns.in_turn(Busy(3, words)) == 4


def test_a_writer_that_never_gets_through_says_so() -> None:
    busy = Busy(1000, "Transaction conflict")
    with pytest.raises(OperationalError, match="conflict"):
        turns.in_turn(busy)
    assert busy.calls == turns.ATTEMPTS


def test_another_error_is_not_tried_again() -> None:
    broken = Busy(1, "disk full")
    with pytest.raises(OperationalError, match="disk full"):
        turns.in_turn(broken)
    assert broken.calls == 1
