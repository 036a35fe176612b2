"""Reading ahead: in order, not while somebody waits, and only under the newest token."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from data.period import Period
from ui.load import ahead
from ui.load.ahead import ASKED, Ahead, chunks
from ui.load.opened import Token

OLD, NEW = Token("lake", "1", 0), Token("lake", "2", 0)
MONTHS = [Period.parse(f"2026-{month:02d}") for month in range(1, 11)]


class Reading:
    """Remembers what was read, and when the last of it was."""

    def __init__(self) -> None:
        self.parts: list[tuple[Token, list[str]]] = []
        self.ended = threading.Event()
        self.ahead = Ahead(self.read)

    def read(self, token: Token, part: Sequence[Period]) -> None:
        self.parts.append((token, [str(one) for one in part]))
        if part[-1] == MONTHS[0]:
            self.ended.set()


def test_every_month_is_read_once_newest_first() -> None:
    found = Reading()
    assert found.ahead.begin(OLD, lambda: chunks(MONTHS))
    assert found.ended.wait(10)
    assert [month for _token, part in found.parts for month in part] == [
        str(one) for one in reversed(MONTHS)
    ]
    assert not found.ahead.begin(OLD, lambda: chunks(MONTHS))


def test_nothing_is_read_while_somebody_waits() -> None:
    found = Reading()
    with found.ahead.answering(), found.ahead.answering():
        found.ahead.begin(OLD, lambda: chunks(MONTHS))
        assert not found.ended.wait(0.3)
        assert found.parts == []
    assert found.ended.wait(10)


def test_a_newer_token_ends_the_older_reading() -> None:
    found = Reading()
    found.ahead.token = NEW
    assert found.ahead.work(OLD, chunks(MONTHS)) == 0
    assert found.parts == []


def test_who_waits_is_counted_also_when_the_screen_fails() -> None:
    found = Reading()
    with pytest.raises(ZeroDivisionError), found.ahead.answering():
        raise ZeroDivisionError
    assert found.ahead.waiting == 0


@pytest.mark.parametrize(("asked", "begun"), [(None, None), ("0", None), ("1", OLD)])
def test_only_a_server_that_asks_reads_ahead(
    asked: str | None, begun: Token | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Reading()
    monkeypatch.setattr(ahead, "AHEAD", found.ahead)
    monkeypatch.setattr(ahead, "_months", lambda _token: MONTHS)
    if asked is None:
        monkeypatch.delenv(ASKED, raising=False)
    else:
        monkeypatch.setenv(ASKED, asked)
    ahead.begin(OLD)
    assert found.ahead.token == begun
    assert begun is None or found.ended.wait(10)
