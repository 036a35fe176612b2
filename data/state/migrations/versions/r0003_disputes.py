"""Disputed numbers with their history, and how the weights below a node were found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.state.guards import Guard, no_truncate, statements

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT_FOR_GOOD = ("dispute", "dispute_step")


def upgrade() -> None:
    """Three tables and their guards."""
    _disputes()
    _origins()
    for guard in (*_dispute_guards(), *_origin_guards()):
        _run(statements(guard, op.get_bind().dialect.name))
    if op.get_bind().dialect.name == "postgresql":
        for table in (*KEPT_FOR_GOOD, "weight_origin"):
            _run(no_truncate(table))


def _text(name: str, *, required: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=not required)


def _disputes() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("node"),
        _text("branch_id", required=False),
        _text("period"),
        _text("value", required=False),
        sa.Column("as_of", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_dispute"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "dispute_step",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        _text("who"),
        _text("action"),
        _text("reason"),
        sa.Column("promised_on", sa.Date()),
        _text("outcome", required=False),
        sa.PrimaryKeyConstraint("dispute_id", "number", name="pk_dispute_step"),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name="fk_dispute_step_dispute_id"),
        sa.CheckConstraint(
            "action IN ('open', 'take', 'answer', 'withdraw')",
            name=op.f("ck_dispute_step_action"),
        ),
        sa.CheckConstraint(
            "outcome IN ('stands', 'corrected')", name=op.f("ck_dispute_step_outcome")
        ),
        sa.CheckConstraint(
            "(action = 'answer') = (outcome IS NOT NULL)", name=op.f("ck_dispute_step_answered")
        ),
    )


def _origins() -> None:
    op.create_table(
        "weight_origin",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        _text("method"),
        _text("detail"),
        sa.PrimaryKeyConstraint("set_id", "parent", name="pk_weight_origin"),
        sa.ForeignKeyConstraint(["set_id"], ["weight_set.id"], name="fk_weight_origin_set_id"),
        sa.CheckConstraint(
            "method IN ('hand', 'ahp', 'entropy', 'critic', 'mix')",
            name=op.f("ck_weight_origin_method"),
        ),
    )


def _dispute_guards() -> tuple[Guard, ...]:
    next_step = (
        "NEW.number <> 1 + (SELECT count(*) FROM dispute_step WHERE dispute_id = NEW.dispute_id)"
    )
    never = [
        Guard(table, happening.lower(), happening, f"{table} is only ever added to")
        for table in KEPT_FOR_GOOD
        for happening in ("UPDATE", "DELETE")
    ]
    return (
        *never,
        Guard("dispute", "new", "INSERT", "dispute is only ever added to",
              "EXISTS (SELECT 1 FROM dispute WHERE id = NEW.id)"),
        Guard("dispute_step", "next", "INSERT", "a dispute gets its next step", next_step),
    )  # fmt: skip


def _origin_guards() -> tuple[Guard, ...]:
    def fixed(row: str) -> str:
        return f"(SELECT state FROM weight_set WHERE id = {row}.set_id) <> 'draft'"

    message = "only the origins of a draft can be changed"
    return (
        Guard("weight_origin", "insert", "INSERT", message, fixed("NEW")),
        Guard("weight_origin", "update", "UPDATE", message, f"{fixed('NEW')} OR {fixed('OLD')}"),
        Guard("weight_origin", "delete", "DELETE", message, fixed("OLD")),
    )


def _run(created: tuple[str, ...]) -> None:
    for statement in created:
        op.get_bind().exec_driver_sql(statement)
