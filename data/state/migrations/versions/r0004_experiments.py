"""The register of experiments with all that happened to each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.state.guards import Guard, no_truncate, statements

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEPT_FOR_GOOD = ("experiment", "experiment_step")


def upgrade() -> None:
    """Two tables and their guards."""
    _experiments()
    for guard in _guards():
        _run(statements(guard, op.get_bind().dialect.name))
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT_FOR_GOOD:
            _run(no_truncate(table))


def _text(name: str, *, required: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=not required)


def _experiments() -> None:
    op.create_table(
        "experiment",
        _text("id"),
        sa.PrimaryKeyConstraint("id", name="pk_experiment"),
    )
    op.create_table(
        "experiment_step",
        _text("experiment_id"),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        _text("who"),
        _text("action"),
        _text("reason"),
        sa.Column("day", sa.Date()),
        _text("outcome", required=False),
        _text("plan", required=False),
        _text("digest", required=False),
        *_constraints(),
    )


def _constraints() -> tuple[sa.Constraint, ...]:
    actions = "action IN ('register', 'change', 'start', 'deviate', 'stop', 'decide')"
    planned = "(action IN ('register', 'change', 'deviate')) = (plan IS NOT NULL)"
    return (
        sa.PrimaryKeyConstraint("experiment_id", "number", name="pk_experiment_step"),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name="fk_experiment_step_experiment_id"
        ),
        sa.CheckConstraint(actions, name=op.f("ck_experiment_step_action")),
        sa.CheckConstraint(
            "outcome IN ('ship', 'roll_back', 'inconclusive', 'invalid')",
            name=op.f("ck_experiment_step_outcome"),
        ),
        sa.CheckConstraint(
            "(action = 'decide') = (outcome IS NOT NULL)",
            name=op.f("ck_experiment_step_decided"),
        ),
        sa.CheckConstraint(planned, name=op.f("ck_experiment_step_planned")),
        sa.CheckConstraint(
            "(plan IS NULL) = (digest IS NULL)", name=op.f("ck_experiment_step_digest")
        ),
    )


def _guards() -> tuple[Guard, ...]:
    next_step = (
        "NEW.number <> 1 + "
        "(SELECT count(*) FROM experiment_step WHERE experiment_id = NEW.experiment_id)"
    )
    never = [
        Guard(table, happening.lower(), happening, f"{table} is only ever added to")
        for table in KEPT_FOR_GOOD
        for happening in ("UPDATE", "DELETE")
    ]
    return (
        *never,
        Guard("experiment", "new", "INSERT", "experiment is only ever added to",
              "EXISTS (SELECT 1 FROM experiment WHERE id = NEW.id)"),
        Guard("experiment_step", "next", "INSERT", "an experiment gets its next step", next_step),
    )  # fmt: skip


def _run(created: tuple[str, ...]) -> None:
    for statement in created:
        op.get_bind().exec_driver_sql(statement)
