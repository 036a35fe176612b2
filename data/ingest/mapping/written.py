"""A mapping as it is written: the shape of the YAML, key by key (see docs/mappings.md)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _text(value: Any) -> Any:
    """Numbers, days and booleans in YAML are meant as the text that they are written as."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else value


def _column(value: Any) -> Any:
    return {"expression": str(_text(value))} if isinstance(value, str | int | float) else value


def _list(value: Any) -> Any:
    return [value] if isinstance(value, dict | str) else value


Text = Annotated[str, BeforeValidator(_text)]
Names = Annotated[tuple[str, ...], BeforeValidator(_list)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class WrittenSource(_Strict):
    """Files of one kind, and how they are written."""

    files: str
    kind: Literal["csv", "xlsx", "parquet"] = "csv"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    quote: str = Field(default='"', max_length=1)
    encoding: Literal["utf-8", "gb18030", "latin-1"] = "utf-8"
    header: bool = True
    columns: tuple[str, ...] = ()
    missing: tuple[Text, ...] = ("",)

    @model_validator(mode="after")
    def _named(self) -> WrittenSource:
        if self.header == bool(self.columns):
            raise ValueError("give columns exactly where header is false")
        return self


class WrittenColumn(_Strict):
    """One value: exactly one of expression, constant, template, lookup, day, moment."""

    expression: str | None = None
    constant: Text | None = None
    template: str | None = None
    lookup: str | None = None
    values: dict[Text, Text] = Field(default_factory=dict)
    otherwise: Text | None = None
    day: str | None = None
    moment: str | None = None
    format: str | None = None
    unit: Literal["seconds", "milliseconds"] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> WrittenColumn:
        forms = ("expression", "constant", "template", "lookup", "day", "moment")
        given = [form for form in forms if getattr(self, form) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(forms)}; found {given or 'none'}")
        if (given == ["lookup"]) != bool(self.values):
            raise ValueError("values belong to lookup, and lookup needs them")
        if given == ["day"] and not self.format:
            raise ValueError("day needs a format, such as YYMMDD")
        if given == ["moment"] and bool(self.format) == bool(self.unit):
            raise ValueError("moment needs either a format or a unit")
        return self


Column = Annotated[WrittenColumn, BeforeValidator(_column)]


class WrittenJoin(_Strict):
    """Columns of another source or view beside ours, as ``view.column``."""

    view: str
    on: dict[str, str] = Field(min_length=1)
    kind: Literal["left", "inner"] = "left"


class WrittenFirst(_Strict):
    """Only the first row of each group, in the order of expressions."""

    by: Names
    order: Names


class WrittenGroup(_Strict):
    """One row a group, with values that use count(), sum(), min() or max()."""

    by: Names
    values: dict[str, str] = Field(min_length=1)


class WrittenView(_Strict):
    """Rows made from a source or an earlier view: joined, filtered, added to, then reduced."""

    from_: str = Field(alias="from")
    join: Annotated[tuple[WrittenJoin, ...], BeforeValidator(_list)] = ()
    where: str | None = None
    add: dict[str, Column] = Field(default_factory=dict)
    first: WrittenFirst | None = None
    group: WrittenGroup | None = None


class WrittenPart(_Strict):
    """Rows of one table: from a source or view with a value for each column, or written out."""

    from_: str | None = Field(default=None, alias="from")
    where: str | None = None
    columns: dict[str, Column] = Field(default_factory=dict)
    rows: tuple[dict[str, Text], ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> WrittenPart:
        if bool(self.rows) == bool(self.from_):
            raise ValueError("give either from with columns, or rows")
        if bool(self.from_) != bool(self.columns):
            raise ValueError("from and columns belong together")
        return self


class WrittenSpan(_Strict):
    """The days for which what is loaded may count as complete."""

    first: date | None = None
    last: date | None = None


Parts = Annotated[tuple[WrittenPart, ...], BeforeValidator(_list)]


class WrittenMapping(_Strict):
    """The whole file."""

    name: str
    about: str
    zone: str | None = None
    sources: dict[str, WrittenSource] = Field(min_length=1)
    ignore: Names = ()
    views: dict[str, WrittenView] = Field(default_factory=dict)
    tables: dict[str, Parts] = Field(min_length=1)
    coverage: dict[str, WrittenSpan] = Field(default_factory=dict)
