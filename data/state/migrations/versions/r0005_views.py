"""Saved analyses with all their versions, and who has which on their own page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.state.guards import Guard, no_truncate, statements

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEPT_FOR_GOOD = ("saved_view", "saved_view_version")


def upgrade() -> None:
    """Three tables, and guards of the two that are only ever added to."""
    _views()
    for guard in _guards():
        _run(statements(guard, op.get_bind().dialect.name))
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT_FOR_GOOD:
            _run(no_truncate(table))


def _text(name: str, *, required: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=not required)


def _views() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("owner"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "saved_view_version",
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        _text("who"),
        _text("action"),
        _text("reason", required=False),
        _text("name"),
        _text("description"),
        _text("codes"),
        _text("visibility"),
        _text("origin", required=False),
        *_constraints(),
    )
    op.create_table(
        "pin",
        _text("who"),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("who", "view_id", name="pk_pin"),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name="fk_pin_view_id"),
    )


def _constraints() -> tuple[sa.Constraint, ...]:
    actions = "action IN ('create', 'duplicate', 'save', 'restore', 'archive', 'revive')"
    return (
        sa.PrimaryKeyConstraint("view_id", "number", name="pk_saved_view_version"),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_view.id"], name="fk_saved_view_version_view_id"
        ),
        sa.CheckConstraint(actions, name=op.f("ck_saved_view_version_action")),
        sa.CheckConstraint(
            "visibility IN ('private', 'shared')", name=op.f("ck_saved_view_version_visibility")
        ),
        sa.CheckConstraint(
            "(action IN ('duplicate', 'restore')) = (origin IS NOT NULL)",
            name=op.f("ck_saved_view_version_origin"),
        ),
    )


def _guards() -> tuple[Guard, ...]:
    next_version = (
        "NEW.number <> 1 + (SELECT count(*) FROM saved_view_version WHERE view_id = NEW.view_id)"
    )
    never = [
        Guard(table, happening.lower(), happening, f"{table} is only ever added to")
        for table in KEPT_FOR_GOOD
        for happening in ("UPDATE", "DELETE")
    ]
    return (
        *never,
        Guard("saved_view", "new", "INSERT", "saved_view is only ever added to",
              "EXISTS (SELECT 1 FROM saved_view WHERE id = NEW.id)"),
        Guard("saved_view_version", "next", "INSERT", "a saved view gets its next version",
              next_version),
    )  # fmt: skip


def _run(created: tuple[str, ...]) -> None:
    for statement in created:
        op.get_bind().exec_driver_sql(statement)
