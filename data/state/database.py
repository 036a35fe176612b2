"""The state database by URL: opened, migrated, read and written one transaction at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DisconnectionError, OperationalError

from data.state.checks import now_utc
from data.state.errors import StateError

WAIT_S = 15
WRITERS_LOCK = 0x43414E4F  # one writer at a time, so that the audit chain never forks
_MIGRATING = threading.Lock()  # Alembic's context is one per process


@dataclass(frozen=True)
class State:
    """An open state database.

    ``url`` is as written, with a password hidden; ``clock`` gives naive UTC moments.
    """

    url: str
    engine: Engine
    clock: Callable[[], datetime] = now_utc

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that no other writer overlaps: all of it or nothing."""
        with self._connected() as connection:
            connection.execution_options(canopy_writing=True)
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the state."""
        with self._connected() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except OperationalError as error:
            raise StateError(
                f"the state database {self.url} does not answer or is busy for more than "
                f"{WAIT_S} s: {error.orig}; nothing was changed, try again"
            ) from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_state(url: str, *, clock: Callable[[], datetime] = now_utc) -> State:
    """Open the state database at ``url``, created or brought up to date where needed.

    ``sqlite:///FILE`` (three slashes: relative; four: absolute) or ``postgresql+psycopg://…``.
    Several processes may do so at the same moment. Raises StateError with the reason and what
    to do, also for a database that a newer Canopy has changed.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     with state.reading() as connection:
    ...         connection.dialect.name
    'sqlite'
    """
    state = State(_shown(url), _engine(url), clock)
    try:
        _upgrade(state)
    except DatabaseError as error:
        state.close()
        raise StateError(f"{state.url} is no readable state database: {error.orig}") from error
    except StateError:
        state.close()
        raise
    return state


def _shown(url: str) -> str:
    return _parsed(url).render_as_string(hide_password=True)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise StateError(
            "the state URL cannot be read: expected sqlite:///FILE or postgresql+psycopg://…"
        ) from error


def _engine(url: str) -> Engine:
    parsed = _parsed(url)
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        return _postgresql(parsed)
    if kind == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return _sqlite(parsed)
    raise StateError(
        f"unknown state database {_shown(url)!r}: expected sqlite:///FILE or postgresql+psycopg://…"
    )


def _postgresql(url: URL) -> Engine:
    options = f"-c timezone=UTC -c lock_timeout={WAIT_S}s"
    engine = create_engine(url, connect_args={"options": options}, pool_pre_ping=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("canopy_writing"):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS_LOCK})

    return engine


def _sqlite(url: URL) -> Engine:
    file = Path(str(url.database))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        raise StateError(f"the state database {file} cannot be made: {error}") from error
    engine = create_engine(url, connect_args={"timeout": WAIT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    _follow(engine, file)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("canopy_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _follow(engine: Engine, file: Path) -> None:
    """Connections are to the file that has the name now.

    One kept open would go on writing into a file that was deleted or replaced by a back-up,
    and SQLite would make an empty one in the place of one that is gone.
    """

    @event.listens_for(engine, "do_connect")
    def _there(*_about: object) -> None:
        if not file.is_file():
            raise StateError(
                f"the state database {file} is gone: put it back from its back-up, or start "
                "Canopy anew to begin with an empty one; nothing was changed"
            )

    @event.listens_for(engine, "connect")
    def _remember(_raw: object, record: Any) -> None:
        record.info["file"] = file.stat().st_ino

    @event.listens_for(engine, "checkout")
    def _same(_raw: object, record: Any, _proxy: object) -> None:
        if not file.is_file() or file.stat().st_ino != record.info["file"]:
            raise DisconnectionError(f"{file} is another file now")


def _prepare_sqlite(raw: Any, _record: object) -> None:
    """Our own BEGIN, the rollback journal (WAL has a known fault), and commits that last."""
    raw.isolation_level = None
    for pragma in (
        f"busy_timeout={WAIT_S * 1000}",
        "journal_mode=DELETE",
        "synchronous=EXTRA",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        raw.execute(f"PRAGMA {pragma}").close()


def _upgrade(state: State) -> None:
    """Bring the schema up to date, in one transaction that other starters wait for."""
    config = _config()
    newest = ScriptDirectory.from_config(config)
    with state.reading() as connection:
        if _revision(connection, newest, state.url) == newest.get_current_head():
            return
    with _MIGRATING, state.writing() as connection:
        if _revision(connection, newest, state.url) != newest.get_current_head():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    folder = Path(__file__).with_name("migrations")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _revision(connection: Connection, known: ScriptDirectory, url: str) -> str | None:
    """The database's revision; refused when this Canopy does not know it."""
    found = MigrationContext.configure(connection).get_current_revision()
    revisions = {script.revision for script in known.walk_revisions()}
    if found is not None and found not in revisions:
        raise StateError(
            f"{url} was changed by a newer Canopy (revision {found}, this one knows up to "
            f"{known.get_current_head()}): start the newer Canopy, or restore the back-up made "
            "before it was installed; nothing was changed"
        )
    return found
