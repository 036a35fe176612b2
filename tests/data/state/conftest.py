"""A fresh state database for every test, on SQLite and, where there is a server, PostgreSQL."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from data.state import (
    Baseline,
    BaselineDraft,
    State,
    WeightOrigin,
    WeightSet,
    draft_baselines,
    draft_weights,
    open_state,
    publish_baselines,
    publish_weights,
    submit_baselines,
    submit_weights,
)

POSTGRES = os.environ.get("CANOPY_TEST_POSTGRES")
NO_SERVER = "CANOPY_TEST_POSTGRES is unset: no PostgreSQL server to try the state database on"
ENGINES = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRES, reason=NO_SERVER)),
]
NUMBERS = itertools.count(1)


class TickingClock:
    """A clock that moves on by a second whenever it is read, and may be set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 10, 8, 0, 0)  # noqa: DTZ001  # naive UTC, as stored

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("state") / "empty.db"
    open_state(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def server() -> Iterator[Engine]:
    """The PostgreSQL server, outside transactions, for databases that come and go."""
    assert POSTGRES is not None
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture
def fresh_postgresql(server: Engine) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    name = f"canopy_state_{os.getpid()}_{next(NUMBERS)}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    assert POSTGRES is not None
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=ENGINES)
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that nothing has been done to."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/fresh.db"
    url: str = request.getfixturevalue("fresh_postgresql")
    return url


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated, empty state database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "state.db")
        return f"sqlite:///{tmp_path}/state.db"
    url: str = request.getfixturevalue("fresh_postgresql")
    return url


@pytest.fixture
def state(url: str, clock: TickingClock) -> Iterator[State]:
    with open_state(url, clock=clock) as opened:
        yield opened


@pytest.fixture
def new_set(state: State) -> Callable[..., WeightSet]:
    """Drafts a weight set; ``first`` its effective day, ``risk`` its first weight."""

    def make(
        first: date = date(2026, 2, 1), risk: str = "60", profile: str | None = None
    ) -> WeightSet:
        weights = {"risk": Decimal(risk), "brand": 100 - Decimal(risk)}
        return draft_weights(
            state, weights, name_zh="稳健", name_en="Prudent", author="li",
            reason="risk appetite", effective_from=first, profile=profile,
            origins=[WeightOrigin("total", "hand", {})],
        )  # fmt: skip

    return make


@pytest.fixture
def published_set(state: State, new_set: Callable[..., WeightSet]) -> Callable[..., WeightSet]:
    def make(
        first: date = date(2026, 2, 1), risk: str = "60", profile: str | None = None
    ) -> WeightSet:
        seen = submit_weights(state, new_set(first, risk, profile), by="li")
        return publish_weights(state, seen, by="wang")

    return make


@pytest.fixture
def published_baseline(state: State) -> Callable[..., Baseline]:
    def make(draft: BaselineDraft, first: date = date(2026, 2, 1)) -> Baseline:
        made = draft_baselines(state, [draft], author="li", reason="plan", effective_from=first)
        return publish_baselines(state, submit_baselines(state, made, by="li"), by="wang")[0]

    return make
