"""Weight sets, baselines, closed months, remarks and the audit chain, with their guards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.state.guards import Guard, no_truncate, statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PUBLISHED = {
    "weight_set": ("name_zh", "name_en", "profile"),
    "baseline": ("indicator", "year", "branch_id", "module", "base", "target", "origin", "method"),
}
KEPT_FOR_GOOD = ("closed_month", "sign_off", "note", "annotation", "audit")


def upgrade() -> None:
    """From an empty database."""
    _weights()
    _baselines()
    _closed_months()
    _remarks()
    _audit()
    for table in PUBLISHED:
        _guard(_published_guards(table))
    _guard(_weight_guards())
    _guard(_kept_guards())
    if op.get_bind().dialect.name == "postgresql":
        for table in (*PUBLISHED, "weight", *KEPT_FOR_GOOD):
            _run(no_truncate(table))


def _text(name: str, *, required: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=not required)


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _lifecycle(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    signed = "state <> 'published' OR (published_at IS NOT NULL AND published_by IS NOT NULL)"
    return (
        _text("author"),
        _text("reason"),
        sa.Column("effective_from", sa.Date(), nullable=False),
        _text("state"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        _text("changed_by"),
        sa.Column("submitted_at", sa.DateTime()),
        _text("submitted_by", required=False),
        sa.Column("published_at", sa.DateTime()),
        _text("published_by", required=False),
        _check(table, "state", "state IN ('draft', 'submitted', 'published')"),
        _check(table, "signed", signed),
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _points_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _weights() -> None:
    op.create_table(
        "weight_set",
        _number(),
        _text("name_zh"),
        _text("name_en"),
        _text("profile", required=False),
        *_lifecycle("weight_set"),
        _key("weight_set", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "weight",
        sa.Column("set_id", sa.Integer(), nullable=False),
        _text("node"),
        _text("weight"),
        _key("weight", "set_id", "node"),
        _points_to("weight", "set_id", "weight_set.id"),
    )


def _baselines() -> None:
    op.create_table(
        "baseline",
        _number(),
        _text("indicator"),
        sa.Column("year", sa.Integer(), nullable=False),
        _text("branch_id", required=False),
        _text("module", required=False),
        _text("base", required=False),
        _text("target", required=False),
        _text("origin"),
        _text("method", required=False),
        *_lifecycle("baseline"),
        _key("baseline", "id"),
        _check("baseline", "origin", "origin IN ('typed', 'proposed')"),
        _check("baseline", "method", "origin = 'typed' OR method IS NOT NULL"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_baseline_indicator"), "baseline", ["indicator", "year"])


def _closed_months() -> None:
    op.create_table(
        "closed_month",
        sa.Column("month", sa.Date(), nullable=False),
        _text("scope"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        _text("media"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _text("digest"),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
        _text("closed_by"),
        _text("reason", required=False),
        _text("configuration_digest"),
        sa.Column("weight_set_id", sa.Integer()),
        _key("closed_month", "month", "scope", "number"),
        _points_to("closed_month", "weight_set_id", "weight_set.id"),
        _check("closed_month", "media", "media IN ('json', 'arrow')"),
        _check("closed_month", "number", "number >= 1"),
        _check("closed_month", "reason", "number = 1 OR reason IS NOT NULL"),
    )
    _sign_offs()


def _sign_offs() -> None:
    parts = ("month", "scope", "number")
    op.create_table(
        "sign_off",
        _number(),
        sa.Column("month", sa.Date(), nullable=False),
        _text("scope"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        _text("signed_by"),
        _text("statement"),
        _key("sign_off", "id"),
        sa.ForeignKeyConstraint(
            parts, [f"closed_month.{part}" for part in parts], name=op.f("fk_sign_off_month")
        ),
        sa.UniqueConstraint(*parts, "signed_by", name=op.f("uq_sign_off_month")),
        sqlite_autoincrement=True,
    )


def _remark(table: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        _number(),
        *columns,
        _text("text", required=False),
        _text("author"),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("replaces", sa.Integer()),
        _key(table, "id"),
        _points_to(table, "replaces", f"{table}.id"),
        sa.UniqueConstraint("replaces", name=op.f(f"uq_{table}_replaces")),
        _check(table, "text", "text IS NOT NULL OR replaces IS NOT NULL"),
        sqlite_autoincrement=True,
    )


def _remarks() -> None:
    _remark(
        "note",
        _text("indicator", required=False),
        _text("branch_id", required=False),
        sa.Column("month", sa.Date()),
    )
    kinds = "'campaign', 'release', 'outage', 'policy', 'season', 'data', 'other'"
    _remark(
        "annotation",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        _text("kind"),
        _text("branch_id", required=False),
        _text("module", required=False),
        _check("annotation", "kind", f"kind IN ({kinds})"),
        _check("annotation", "days", "first_day <= last_day"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        _text("at"),
        _text("who"),
        _text("action"),
        _text("object"),
        _text("detail"),
        _text("previous_hash"),
        _text("hash"),
        _key("audit", "seq"),
    )
    op.create_index(op.f("ix_audit_object"), "audit", ["object"])


def _published_guards(table: str) -> tuple[Guard, ...]:
    content = (*PUBLISHED[table], "author", "reason", "effective_from")
    changed = " OR ".join(
        f"COALESCE(CAST(NEW.{c} AS TEXT), '') <> COALESCE(CAST(OLD.{c} AS TEXT), '')"
        for c in content
    )
    skipped = (
        "NEW.id <> OLD.id OR (NEW.state = 'published' AND OLD.state <> 'submitted') "
        "OR (NEW.state = 'submitted' AND OLD.state <> 'draft')"
    )
    new = f"NEW.state <> 'draft' OR EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
    closed = (
        "NEW.state = 'published' AND NEW.effective_from <= (SELECT max(month) FROM closed_month)"
    )
    return (
        Guard(table, "new", "INSERT", f"a {table} starts as a new draft", new),
        Guard(table, "published", "UPDATE", f"a published {table} is never changed",
              "OLD.state = 'published'"),
        Guard(table, "steps", "UPDATE", f"a {table} goes from draft to submitted to published",
              skipped),
        Guard(table, "content", "UPDATE", f"only a draft {table} can be edited",
              f"OLD.state <> 'draft' AND ({changed})"),
        Guard(table, "closed", "UPDATE", f"no {table} takes effect in a closed month", closed),
        Guard(table, "delete", "DELETE", f"only a draft {table} can be discarded",
              "OLD.state <> 'draft'"),
    )  # fmt: skip


def _weight_guards() -> tuple[Guard, ...]:
    def fixed(row: str) -> str:
        return f"(SELECT state FROM weight_set WHERE id = {row}.set_id) <> 'draft'"

    message = "only the weights of a draft can be changed"
    return (
        Guard("weight", "insert", "INSERT", message, fixed("NEW")),
        Guard("weight", "update", "UPDATE", message, f"{fixed('NEW')} OR {fixed('OLD')}"),
        Guard("weight", "delete", "DELETE", message, fixed("OLD")),
    )


def _kept_guards() -> tuple[Guard, ...]:
    next_closing = (
        "NEW.number <> 1 + (SELECT count(*) FROM closed_month "
        "WHERE month = NEW.month AND scope = NEW.scope)"
    )
    next_link = (
        "NEW.seq <> 1 + (SELECT COALESCE(max(seq), 0) FROM audit) OR NEW.previous_hash <> "
        f"COALESCE((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '{'0' * 64}')"
    )
    never = [
        Guard(table, happening.lower(), happening, f"{table} is only ever added to")
        for table in KEPT_FOR_GOOD
        for happening in ("UPDATE", "DELETE")
    ]
    signed = "(month = NEW.month AND scope = NEW.scope AND number = NEW.number"
    taken = {
        "sign_off": f"{signed} AND signed_by = NEW.signed_by)",
        "note": "replaces = NEW.replaces",
        "annotation": "replaces = NEW.replaces",
    }
    again = [
        Guard(table, "new", "INSERT", f"{table} is only ever added to",
              f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR {same})")
        for table, same in taken.items()
    ]  # fmt: skip
    return (
        *never,
        *again,
        Guard("closed_month", "next", "INSERT", "a closing adds the next version", next_closing),
        Guard("audit", "next", "INSERT", "the audit log is only ever continued", next_link),
    )


def _guard(guards: tuple[Guard, ...]) -> None:
    for guard in guards:
        _run(statements(guard, op.get_bind().dialect.name))


def _run(created: tuple[str, ...]) -> None:
    for statement in created:
        op.get_bind().exec_driver_sql(statement)
