"""Issued reports with their files, never overwritten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.state.guards import Guard, no_truncate, statements

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEPT_FOR_GOOD = ("report_issue", "report_file")


def upgrade() -> None:
    """Two tables and their guards."""
    _issues()
    op.create_table(
        "report_file",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", name="pk_report_file"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report_issue.id"], name="fk_report_file_report_id"
        ),
    )
    for guard in _guards():
        _run(statements(guard, op.get_bind().dialect.name))
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT_FOR_GOOD:
            _run(no_truncate(table))


def _text(name: str, *, required: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=not required)


def _issues() -> None:
    op.create_table(
        "report_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        _text("branch"),
        _text("language"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        _text("issued_by"),
        _text("via"),
        _text("reason", required=False),
        sa.Column("as_of", sa.Date()),
        _text("token"),
        _text("weight_set"),
        _text("branch_weight_set"),
        _text("baselines"),
        _text("definitions"),
        sa.Column("closing", sa.Integer()),
        _text("digest"),
        _text("parts"),
        _text("sheets"),
        _text("file_name"),
        _text("file_digest"),
        sa.Column("size", sa.Integer(), nullable=False),
        *_constraints(),
        sqlite_autoincrement=True,
    )


def _constraints() -> tuple[sa.Constraint, ...]:
    check = "ck_report_issue_"
    return (
        sa.PrimaryKeyConstraint("id", name="pk_report_issue"),
        sa.UniqueConstraint("month", "branch", "language", "number", name="uq_report_issue_month"),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f(f"{check}language")),
        sa.CheckConstraint("via IN ('screen', 'command')", name=op.f(f"{check}via")),
        sa.CheckConstraint("number = 1 OR reason IS NOT NULL", name=op.f(f"{check}reason")),
    )


def _guards() -> tuple[Guard, ...]:
    next_version = (
        "NEW.number <> 1 + (SELECT count(*) FROM report_issue WHERE month = NEW.month "
        "AND branch = NEW.branch AND language = NEW.language)"
    )
    never = [
        Guard(table, happening.lower(), happening, f"{table} is only ever added to")
        for table in KEPT_FOR_GOOD
        for happening in ("UPDATE", "DELETE")
    ]
    return (
        *never,
        Guard("report_issue", "next", "INSERT", "a report gets its next version", next_version),
        Guard("report_issue", "new", "INSERT", "report_issue is only ever added to",
              "EXISTS (SELECT 1 FROM report_issue WHERE id = NEW.id)"),
        Guard("report_file", "new", "INSERT", "report_file is only ever added to",
              "EXISTS (SELECT 1 FROM report_file WHERE report_id = NEW.report_id)"),
    )  # fmt: skip


def _run(created: tuple[str, ...]) -> None:
    for statement in created:
        op.get_bind().exec_driver_sql(statement)
