"""Warnings by rule, with their history; only ever added to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.state.guards import Guard, no_truncate, statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEPT_FOR_GOOD = ("warning_run", "warning", "warning_step")


def upgrade() -> None:
    """Three tables and their guards."""
    _tables()
    for guard in _guards():
        _run(statements(guard, op.get_bind().dialect.name))
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT_FOR_GOOD:
            _run(no_truncate(table))


def _text(name: str, *, required: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=not required)


def _tables() -> None:
    op.create_table(
        "warning_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        _text("period"),
        sa.Column("at", sa.DateTime(), nullable=False),
        _text("who"),
        _text("unknown"),
        sa.PrimaryKeyConstraint("id", name="pk_warning_run"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "warning",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("rule"),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_warning"),
        sqlite_autoincrement=True,
    )
    op.create_table("warning_step", *_step_columns(), *_step_constraints())


def _step_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("warning_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("judged_on", sa.Date()),
        sa.Column("outcome", sa.String()),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("promised_on", sa.Date()),
    )


def _step_constraints() -> tuple[sa.Constraint, ...]:
    actions = "action IN ('judged', 'acknowledge', 'promise')"
    stages = "stage IN ('pending', 'firing', 'acknowledged', 'recovering', 'resolved', 'no_data')"
    return (
        sa.PrimaryKeyConstraint("warning_id", "number", name="pk_warning_step"),
        sa.ForeignKeyConstraint(["warning_id"], ["warning.id"], name="fk_warning_step_warning_id"),
        sa.CheckConstraint(actions, name=op.f("ck_warning_step_action")),
        sa.CheckConstraint(stages, name=op.f("ck_warning_step_stage")),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_warning_step_level")),
        sa.CheckConstraint(
            "action = 'judged' OR reason IS NOT NULL", name=op.f("ck_warning_step_reason")
        ),
    )


def _guards() -> tuple[Guard, ...]:
    next_step = (
        "NEW.number <> 1 + (SELECT count(*) FROM warning_step WHERE warning_id = NEW.warning_id)"
    )
    never = [
        Guard(table, happening.lower(), happening, f"{table} is only ever added to")
        for table in KEPT_FOR_GOOD
        for happening in ("UPDATE", "DELETE")
    ]
    return (
        *never,
        Guard("warning_step", "next", "INSERT", "a warning gets its next step", next_step),
    )


def _run(created: tuple[str, ...]) -> None:
    for statement in created:
        op.get_bind().exec_driver_sql(statement)
