"""The tables of the state database. Moments are naive UTC, months their last day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

from data.contract.columns import about

LIFECYCLE = ("draft", "submitted", "published")
ORIGINS = ("typed", "proposed")
MEDIA = ("json", "arrow")
ANNOTATION_KINDS = ("campaign", "release", "outage", "policy", "season", "data", "other")
WARNING_ACTIONS = ("judged", "acknowledge", "promise")
WARNING_STAGES = ("pending", "firing", "acknowledged", "recovering", "resolved", "no_data")
WEIGHING = ("hand", "ahp", "entropy", "critic", "mix")
DISPUTE_ACTIONS = ("open", "take", "answer", "withdraw")
DISPUTE_OUTCOMES = ("stands", "corrected")
EXPERIMENT_ACTIONS = ("register", "change", "start", "deviate", "stop", "decide")
EXPERIMENT_DECISIONS = ("ship", "roll_back", "inconclusive", "invalid")
VIEW_ACTIONS = ("create", "duplicate", "save", "restore", "archive", "revive")
VISIBILITIES = ("private", "shared")
REPORT_LANGUAGES = ("zh", "en")
REPORT_WAYS = ("screen", "command")
WHOLE_BANK = "bank"

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal kept as the digits that were typed: SQLite has no exact number type."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """The digits, without an exponent."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """The same decimal again."""
        return None if value is None else Decimal(value)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A closed list, kept by the database too."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _number() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _text(name: str, *, required: bool = True) -> Column[str]:
    return Column(name, String, nullable=not required)


def _moment(name: str, *, required: bool = True) -> Column[Any]:
    return Column(name, DateTime, nullable=not required)


def _lifecycle() -> tuple[Column[Any], ...]:
    """The columns of everything that goes from draft to published."""
    return (
        _text("author"),
        _text("reason"),
        Column("effective_from", Date, nullable=False),
        _text("state"),
        Column("version", Integer, nullable=False),
        _moment("created_at"),
        _moment("changed_at"),
        _text("changed_by"),
        _moment("submitted_at", required=False),
        _text("submitted_by", required=False),
        _moment("published_at", required=False),
        _text("published_by", required=False),
    )


def _published_is_signed() -> CheckConstraint:
    return CheckConstraint(
        "state <> 'published' OR (published_at IS NOT NULL AND published_by IS NOT NULL)",
        name="signed",
    )


METADATA = MetaData(naming_convention=NAMES)

WEIGHT_SET = Table(
    "weight_set", METADATA, _number(), _text("name_zh"), _text("name_en"),
    _text("profile", required=False), *_lifecycle(), one_of("state", LIFECYCLE),
    _published_is_signed(), sqlite_autoincrement=True,
    info=about("a full assignment of weights to the tree", "权重方案"),
)  # fmt: skip

WEIGHT = Table(
    "weight", METADATA,
    Column("set_id", ForeignKey("weight_set.id"), primary_key=True),
    Column("node", String, primary_key=True),
    Column("weight", ExactDecimal, nullable=False),
    info=about("a node's weight in per cent of its parent", "节点权重"),
)  # fmt: skip

WEIGHT_ORIGIN = Table(
    "weight_origin", METADATA,
    Column("set_id", ForeignKey("weight_set.id"), primary_key=True),
    Column("parent", String, primary_key=True),
    _text("method"), _text("detail"), one_of("method", WEIGHING),
    info=about("how the weights below a node were found; judgements as JSON", "权重来源"),
)  # fmt: skip

BASELINE = Table(
    "baseline", METADATA, _number(), _text("indicator"), Column("year", Integer, nullable=False),
    _text("branch_id", required=False), _text("module", required=False),
    Column("base", ExactDecimal), Column("target", ExactDecimal), _text("origin"),
    _text("method", required=False), *_lifecycle(), one_of("state", LIFECYCLE),
    one_of("origin", ORIGINS), _published_is_signed(),
    CheckConstraint("origin = 'typed' OR method IS NOT NULL", name="method"),
    Index(None, "indicator", "year"), sqlite_autoincrement=True,
    info=about("one version of an indicator's base and target for a year", "基准版本"),
)  # fmt: skip

CLOSED_MONTH = Table(
    "closed_month", METADATA,
    Column("month", Date, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _text("media"), Column("content", LargeBinary, nullable=False), _text("digest"),
    _moment("closed_at"), _text("closed_by"), _text("reason", required=False),
    _text("configuration_digest"), Column("weight_set_id", ForeignKey("weight_set.id")),
    one_of("media", MEDIA), CheckConstraint("number >= 1", name="number"),
    CheckConstraint("number = 1 OR reason IS NOT NULL", name="reason"),
    info=about("what a month's report was made of, one row a closing", "关账存档"),
)  # fmt: skip

SIGN_OFF = Table(
    "sign_off", METADATA, _number(), Column("month", Date, nullable=False), _text("scope"),
    Column("number", Integer, nullable=False), _moment("signed_at"), _text("signed_by"),
    _text("statement"),
    ForeignKeyConstraint(
        ["month", "scope", "number"],
        ["closed_month.month", "closed_month.scope", "closed_month.number"],
    ),
    UniqueConstraint("month", "scope", "number", "signed_by"), sqlite_autoincrement=True,
    info=about("a person's signature under a closed month", "关账签署"),
)  # fmt: skip

NOTE = Table(
    "note", METADATA, _number(), _text("indicator", required=False),
    _text("branch_id", required=False), Column("month", Date), _text("text", required=False),
    _text("author"), _moment("created_at"), Column("replaces", ForeignKey("note.id")),
    UniqueConstraint("replaces"),
    CheckConstraint("text IS NOT NULL OR replaces IS NOT NULL", name="text"),
    sqlite_autoincrement=True,
    info=about("a comment on an indicator, branch or month; no text: withdrawn", "批注"),
)  # fmt: skip

ANNOTATION = Table(
    "annotation", METADATA, _number(), Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False), _text("kind"),
    _text("branch_id", required=False), _text("module", required=False),
    _text("text", required=False), _text("author"), _moment("created_at"),
    Column("replaces", ForeignKey("annotation.id")), UniqueConstraint("replaces"),
    one_of("kind", ANNOTATION_KINDS), CheckConstraint("first_day <= last_day", name="days"),
    CheckConstraint("text IS NOT NULL OR replaces IS NOT NULL", name="text"),
    sqlite_autoincrement=True,
    info=about("something that happened on some days, shown on charts", "事件标注"),
)  # fmt: skip

WARNING_RUN = Table(
    "warning_run", METADATA, _number(), Column("judged_on", Date, nullable=False), _text("period"),
    _moment("at"), _text("who"), _text("unknown"), sqlite_autoincrement=True,
    info=about("a day on which warnings were judged, and what could not be", "预警评估"),
)  # fmt: skip

WARNING = Table(
    "warning", METADATA, _number(), _text("rule"), _moment("opened_at"), sqlite_autoincrement=True,
    info=about("a warning by a rule, from its first breach until it is resolved", "预警"),
)  # fmt: skip

WARNING_STEP = Table(
    "warning_step", METADATA,
    Column("warning_id", ForeignKey("warning.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _moment("at"), _text("who"), _text("action"), _text("stage"), Column("judged_on", Date),
    _text("outcome", required=False), _text("period"), _text("node"), _text("branch"),
    Column("level", Integer, nullable=False), _moment("due_at"), _text("detail"),
    _text("reason", required=False), Column("promised_on", Date),
    one_of("action", WARNING_ACTIONS), one_of("stage", WARNING_STAGES),
    CheckConstraint("level BETWEEN 1 AND 3", name="level"),
    CheckConstraint("action = 'judged' OR reason IS NOT NULL", name="reason"),
    info=about("what happened to a warning, and how it stood after that", "预警处理记录"),
)  # fmt: skip

DISPUTE = Table(
    "dispute", METADATA, _number(), _text("node"), _text("branch_id", required=False),
    _text("period"), _text("value", required=False), Column("as_of", Date),
    sqlite_autoincrement=True,
    info=about("a number that somebody disputes, as it was shown; no branch: the bank", "数据异议"),
)  # fmt: skip

DISPUTE_STEP = Table(
    "dispute_step", METADATA,
    Column("dispute_id", ForeignKey("dispute.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _moment("at"), _text("who"), _text("action"), _text("reason"),
    Column("promised_on", Date), _text("outcome", required=False),
    one_of("action", DISPUTE_ACTIONS), one_of("outcome", DISPUTE_OUTCOMES),
    CheckConstraint("(action = 'answer') = (outcome IS NOT NULL)", name="answered"),
    info=about("what happened to a dispute, from its opening to its answer", "异议处理记录"),
)  # fmt: skip

EXPERIMENT = Table(
    "experiment", METADATA, Column("id", String, primary_key=True),
    info=about("an experiment, under the id by which exposures name it", "实验"),
)  # fmt: skip

EXPERIMENT_STEP = Table(
    "experiment_step", METADATA,
    Column("experiment_id", ForeignKey("experiment.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _moment("at"), _text("who"), _text("action"), _text("reason"), Column("day", Date),
    _text("outcome", required=False), _text("plan", required=False),
    _text("digest", required=False), one_of("action", EXPERIMENT_ACTIONS),
    one_of("outcome", EXPERIMENT_DECISIONS),
    CheckConstraint("(action = 'decide') = (outcome IS NOT NULL)", name="decided"),
    CheckConstraint(
        "(action IN ('register', 'change', 'deviate')) = (plan IS NOT NULL)", name="planned"
    ),
    CheckConstraint("(plan IS NULL) = (digest IS NULL)", name="digest"),
    info=about("what happened to an experiment, with each version of its plan", "实验记录"),
)  # fmt: skip

SAVED_VIEW = Table(
    "saved_view", METADATA, _number(), _text("owner"), sqlite_autoincrement=True,
    info=about("an analysis that somebody saved", "已保存的分析"),
)  # fmt: skip

SAVED_VIEW_VERSION = Table(
    "saved_view_version", METADATA,
    Column("view_id", ForeignKey("saved_view.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _moment("at"), _text("who"), _text("action"), _text("reason", required=False), _text("name"),
    _text("description"), _text("codes"), _text("visibility"), _text("origin", required=False),
    one_of("action", VIEW_ACTIONS), one_of("visibility", VISIBILITIES),
    CheckConstraint(
        "(action IN ('duplicate', 'restore')) = (origin IS NOT NULL)", name="origin"
    ),
    info=about("a version of a saved analysis; origin: the one that it repeats", "分析的版本"),
)  # fmt: skip

PIN = Table(
    "pin", METADATA, Column("who", String, primary_key=True),
    Column("view_id", ForeignKey("saved_view.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    info=about("an analysis on a reader's own page, in the reader's order", "我的页面"),
)  # fmt: skip

REPORT_ISSUE = Table(
    "report_issue", METADATA, _number(), Column("month", Date, nullable=False), _text("branch"),
    _text("language"), Column("number", Integer, nullable=False), _moment("issued_at"),
    _text("issued_by"), _text("via"), _text("reason", required=False), Column("as_of", Date),
    _text("token"), _text("weight_set"), _text("branch_weight_set"), _text("baselines"),
    _text("definitions"), Column("closing", Integer), _text("digest"), _text("parts"),
    _text("sheets"), _text("file_name"), _text("file_digest"),
    Column("size", Integer, nullable=False),
    UniqueConstraint("month", "branch", "language", "number"),
    one_of("language", REPORT_LANGUAGES), one_of("via", REPORT_WAYS),
    CheckConstraint("number = 1 OR reason IS NOT NULL", name="reason"),
    sqlite_autoincrement=True,
    info=about("a version of a month's report as issued; no branch: the bank", "月报出具记录"),
)  # fmt: skip

REPORT_FILE = Table(
    "report_file", METADATA,
    Column("report_id", ForeignKey("report_issue.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    info=about("the file of an issued report, byte for byte", "月报文件"),
)  # fmt: skip

AUDIT = Table(
    "audit", METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _text("at"), _text("who"), _text("action"), _text("object"), _text("detail"),
    _text("previous_hash"), _text("hash"), Index(None, "object"),
    info=about("one link of the chain of changes and accesses; at is ISO text in UTC", "审计日志"),
)  # fmt: skip
