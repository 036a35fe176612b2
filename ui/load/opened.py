"""The warehouse and the state as opened once, and the token that says what they hold."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

import streamlit as st
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from data.engines import Warehouse, WarehouseError, open_warehouse
from data.points.clock import Clock
from data.points.read import Store, open_store
from data.points.tables import REFRESHED
from data.settings import Settings, read_settings
from data.state import State, StateError, numbers_head, open_state
from metrics.cockpit import Definitions, load_definitions
from metrics.values import Setup

UNREACHABLE = (WarehouseError, SQLAlchemyError, StateError, OSError)
LOOK_AGAIN = timedelta(seconds=5)
TRY_AGAIN = timedelta(seconds=60)
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Token:
    """What the warehouse (a snapshot) and the state (its last change of numbers) held."""

    warehouse: str = field(repr=False)
    data: str
    state: int


@dataclass(frozen=True)
class Now:
    """The token to read under; ``error`` says why it is an old one, ``since`` when it was good."""

    token: Token
    since: datetime
    error: str = ""


class EmptyWarehouseError(Exception):
    """Nothing to show yet: ``missing``, ``empty`` (no facts) or ``unrefreshed`` (no points)."""


@dataclass
class _Past:
    """The last token under which a screen was complete, and the last that failed."""

    good: Token | None = None
    good_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    failed: Token | None = None
    failed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    why: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


def environment() -> tuple[tuple[str, str], ...]:
    """The variables that configure Canopy, as part of a cache's key."""
    return tuple(sorted((k, v) for k, v in os.environ.items() if k.startswith("CANOPY_")))


def settings() -> Settings:
    """The configuration in force; raises ConfigurationError with every problem."""
    return _settings(environment())


@st.cache_resource(show_spinner=False, max_entries=8)
def _settings(around: tuple[tuple[str, str], ...]) -> Settings:
    return read_settings(environment=dict(around))


def definitions() -> Definitions:
    """Tree and data points; raises ConfigurationError with every problem."""
    return _definitions(environment())


@st.cache_resource(show_spinner=False, max_entries=8)
def _definitions(around: tuple[tuple[str, str], ...]) -> Definitions:
    return load_definitions(_settings(around))


@st.cache_resource(show_spinner=False, max_entries=8)
def open_warehouse_once(url: str) -> Warehouse:
    """The warehouse, opened for reading only."""
    return open_warehouse(url, read_only=True)


@st.cache_resource(show_spinner=False, max_entries=8)
def open_state_once(url: str) -> State:
    """The state database."""
    return open_state(url)


@st.cache_resource(show_spinner=False, max_entries=8)
def _past(url: str) -> _Past:
    del url
    return _Past()


@st.cache_data(ttl=LOOK_AGAIN, show_spinner=False, max_entries=8)
def _looked(warehouse: str, state: str) -> Token:
    head = numbers_head(open_state_once(state))
    return Token(warehouse, open_warehouse_once(warehouse).snapshot(), head)


def look_again() -> None:
    """Take the next token anew: somebody on this server has just changed a number."""
    _looked.clear()


def now() -> Now:
    """The token to read under; raises EmptyWarehouseError or one of UNREACHABLE."""
    found, moment = settings(), datetime.now(UTC)
    past, folder = _past(found.warehouse), found.lake_folder
    if folder is not None and not folder.exists() and past.good is None:
        raise EmptyWarehouseError("missing")
    try:
        token = _looked(found.warehouse, found.state)
    except UNREACHABLE as error:
        if past.good is None:
            raise
        return Now(past.good, past.good_at, str(error))
    if past.good is not None and past.failed == token and moment - past.failed_at < TRY_AGAIN:
        return Now(past.good, past.good_at, past.why)
    return Now(token, moment)


def complete(token: Token) -> None:
    """Remember that a screen could be made under a token."""
    past = _past(token.warehouse)
    with past.lock:
        past.good, past.good_at = token, datetime.now(UTC)


def failed(token: Token, why: str) -> bool:
    """Remember that nothing could be read under a token; True if an earlier one may do."""
    past = _past(token.warehouse)
    with past.lock:
        past.failed, past.failed_at, past.why = token, datetime.now(UTC), why
        return past.good is not None and past.good != token


def setup(token: Token) -> Setup:
    """Store and tree under a token; raises EmptyWarehouseError where no points are kept."""
    return _setup(token, settings().zone, environment())


@st.cache_resource(show_spinner=False, max_entries=4)
def _setup(token: Token, zone: str, around: tuple[tuple[str, str], ...]) -> Setup:
    found = _definitions(around)
    warehouse = open_warehouse_once(token.warehouse)
    there = warehouse.tables()
    if REFRESHED.name not in there:
        raise EmptyWarehouseError("unrefreshed" if there else "empty")
    with warehouse.reading() as connection:
        store = open_store(connection, found.catalogue, Clock(zone))
    chosen = _settings(around)
    return Setup(store, found.tree, chosen.minimum_coverage, chosen.switched_off)


def from_store(
    token: Token,
    work: Callable[Concatenate[Connection, Store, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """What ``work`` makes of an open connection, the store under a token and the rest."""
    with open_warehouse_once(token.warehouse).reading() as connection:
        return work(connection, setup(token).store, *args, **kwargs)
