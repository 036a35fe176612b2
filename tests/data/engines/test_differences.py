"""What differs between engines: an engine that nobody wrote a form for is refused by name."""

from __future__ import annotations

import pytest
from sqlalchemy import column, select
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.exc import CompileError

from data.engines.differences import add_days


def test_an_engine_without_a_form_is_named() -> None:
    query = select(add_days(column("day"), 1))
    assert "day" in str(query.compile(dialect=postgresql.dialect()))
    with pytest.raises(CompileError, match="no rendering for mysql; there is one for duckdb"):
        query.compile(dialect=mysql.dialect())
