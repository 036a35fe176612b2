"""Whether a file has the columns of its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Table

from data.ingest.convert import LINE
from data.ingest.refusal import BadFileError, nearest


def absent_columns(table: Table, names: Sequence[str]) -> tuple[str, ...]:
    """Optional columns of ``table`` that are not among ``names``.

    Raises BadFileError that names every missing required, unknown and repeated column.

    >>> from data.contract import CONTRACT
    >>> absent_columns(CONTRACT.tables["load_coverage"], ["table", "day", "complete"])
    ('loaded_at',)
    """
    given = [name for name in names if name != LINE]
    known = [column.name for column in table.columns]
    missing = [c.name for c in table.columns if not c.nullable and c.name not in given]
    problems = []
    if missing:
        problems.append(f"missing columns: {', '.join(missing)}")
    problems += [_unknown(name, known) for name in dict.fromkeys(given) if name not in known]
    twice = [name for name, times in Counter(given).items() if times > 1]
    if twice:
        problems.append(f"columns named twice: {', '.join(twice)}")
    if problems:
        told = "; ".join(problems)
        end = " " if told.endswith("?") else ". "
        raise BadFileError(f"{told}{end}{_advice(table, given)}")
    return tuple(name for name in known if name not in given)


def _unknown(name: str, known: Sequence[str]) -> str:
    return f"unknown column {name[:60]!r}{nearest(name, known)}"


def _advice(table: Table, given: Sequence[str]) -> str:
    if len(given) == 1:
        for sign in (";", "\t", "|"):
            if sign in given[0]:
                return f"The cells seem to be separated by {sign!r}: use commas, or a mapping"
    named = ", ".join(column.name for column in table.columns)
    return f"Table {table.name} has the columns {named}; rename yours or use a mapping"
