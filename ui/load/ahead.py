"""Reads ahead what the next click will ask for: the score cards of the other months.

Whoever looks at one month looks at another next. While nobody waits for an answer, a thread of the
server reads the months before, newest first, so that the click only puts them on the screen.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date

from data.period import Period
from metrics.forecast.outlook import months_known
from ui.load.opened import Token, setup
from ui.load.scores import read_cards

LOG = logging.getLogger("canopy")
ASKED = "CANOPY_READ_AHEAD"
"""Set to 1 by the server; a bank that sets it to 0 keeps the server from reading ahead."""
AT_ONCE = 4
PAUSE_S = 0.1
Read = Callable[[Token, Sequence[Period]], object]


@dataclass
class Ahead:
    """One thread for the newest token, which waits while readers wait."""

    read: Read
    token: Token | None = None
    waiting: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While a reader waits for a screen."""
        with self.lock:
            self.waiting += 1
        try:
            yield
        finally:
            with self.lock:
                self.waiting -= 1

    def begin(self, token: Token, parts: Callable[[], Sequence[Sequence[Period]]]) -> bool:
        """Start to read ahead under a token; False where that is done or under way."""
        with self.lock:
            if self.token == token:
                return False
            self.token = token

        def work() -> None:
            try:
                self.work(token, parts())
            except Exception:
                LOG.exception("nothing more is read ahead")

        threading.Thread(target=work, name="read ahead", daemon=True).start()
        return True

    def work(self, token: Token, parts: Sequence[Sequence[Period]]) -> int:
        """Read part by part until there is a newer token; returns how many parts were read."""
        for done, part in enumerate(parts):
            while self.waiting and self.token == token:
                time.sleep(PAUSE_S)
            if self.token != token:
                return done
            self.read(token, part)
        return len(parts)


AHEAD = Ahead(read_cards)


def answering() -> AbstractContextManager[None]:
    """While a reader waits for a screen."""
    return AHEAD.answering()


def begin(token: Token) -> None:
    """Read ahead under a token where the server asks for it."""
    if os.environ.get(ASKED) == "1":
        AHEAD.begin(token, lambda: chunks(_months(token)))


def _months(token: Token) -> list[Period]:
    made = setup(token)
    return months_known(made, made.store.coverage.last_known or date.min)


def chunks(months: Sequence[Period], size: int = AT_ONCE) -> list[list[Period]]:
    """Months in parts, newest first.

    >>> [[str(one) for one in part] for part in chunks(
    ...     [Period.parse(f"2026-0{i}") for i in range(1, 6)], 3)]
    [['2026-05', '2026-04', '2026-03'], ['2026-02', '2026-01']]
    """
    newest = list(reversed(months))
    return [newest[at : at + size] for at in range(0, len(newest), size)]
