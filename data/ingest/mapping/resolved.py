"""A mapping as it is resolved: checked, frozen, every value with its place in the file."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from types import MappingProxyType
from zoneinfo import available_timezones

from pydantic import ValidationError

from data.contract import CONTRACT
from data.ingest.layout import Layout
from data.ingest.mapping import written
from data.ingest.mapping.formula import FormulaError, parse
from data.ingest.mapping.located import Located, Place, read_located
from data.ingest.refusal import LoadRefusedError, Refusal, nearest

SHIPPED = Path(__file__).resolve().parents[1] / "mappings"
LINE, FILE = "_line", "_file"


@dataclass(frozen=True)
class Value:
    """One value of a row. ``tree`` is its parsed expression, for a lookup that of its code."""

    place: Place
    column: written.WrittenColumn
    tree: ast.expr | None


@dataclass(frozen=True)
class Source:
    """Files of one kind."""

    name: str
    files: str
    layout: Layout

    def takes(self, file: str) -> bool:
        """Whether a file of that name belongs to the source."""
        return fnmatch(file.rsplit("/", 1)[-1], self.files)


@dataclass(frozen=True)
class View:
    """Rows made from a source or an earlier view."""

    name: str
    place: Place
    base: str
    joins: tuple[written.WrittenJoin, ...]
    where: Value | None
    added: ReadOnly[str, Value]
    first: tuple[tuple[str, ...], tuple[Value, ...]] | None
    group: tuple[tuple[str, ...], ReadOnly[str, Value]] | None


@dataclass(frozen=True)
class Part:
    """Rows of a table: from a relation, or ``rows`` with the line of each."""

    table: str
    place: Place
    base: str | None
    where: Value | None
    columns: ReadOnly[str, Value]
    rows: tuple[tuple[int, ReadOnly[str, str]], ...]


@dataclass(frozen=True)
class Mapping:
    """A whole mapping, ready to run."""

    name: str
    path: Path
    zone: str | None
    sources: tuple[Source, ...]
    ignore: tuple[str, ...]
    views: tuple[View, ...]
    parts: tuple[Part, ...]
    coverage: ReadOnly[str, tuple[date | None, date | None]]

    def source_of(self, file: str) -> Source | None:
        """The source that a file belongs to, or None."""
        return next((source for source in self.sources if source.takes(file)), None)


def find_mapping(name: str) -> Path:
    """The file of a mapping by its name, or by its path where it ends in .yaml."""
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
        if path.is_file():
            return path
        raise LoadRefusedError([Refusal(name, "there is no such mapping file")])
    names = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
    if name not in names:
        near = nearest(name, names)
        known = ", ".join(names)
        raise LoadRefusedError(
            [Refusal(name, f"unknown mapping: expected {known}, or the path of a YAML file{near}")]
        )
    return SHIPPED / f"{name}.yaml"


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping. Raises LoadRefusedError with every problem, each with its line."""
    located = read_located(path)
    if isinstance(located, Refusal):
        raise LoadRefusedError([located])
    try:
        form = written.WrittenMapping.model_validate(located.content)
    except ValidationError as error:
        raise LoadRefusedError(located.told(error, _keys())) from error
    resolver = _Resolver(located)
    resolved = resolver.mapping(form, path)
    if resolver.problems:
        raise LoadRefusedError(resolver.problems)
    return resolved


def _keys() -> list[str]:
    models = (
        written.WrittenMapping, written.WrittenSource, written.WrittenView, written.WrittenPart,
        written.WrittenColumn, written.WrittenJoin, written.WrittenGroup, written.WrittenFirst,
        written.WrittenSpan,
    )  # fmt: skip
    return [key.rstrip("_") for model in models for key in model.model_fields]


class _Resolver:
    """Turns what is written into what is resolved, gathering problems on the way."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self.problems: list[Refusal] = []

    def mapping(self, form: written.WrittenMapping, path: Path) -> Mapping:
        self._check_zone(form.zone)
        sources = tuple(_source(name, source) for name, source in form.sources.items())
        known = list(form.sources)
        views = []
        for name, view in form.views.items():
            views.append(self._view(name, view, known))
            known.append(name)
        parts = [
            self._part(table, place, part, known)
            for table, given in form.tables.items()
            for place, part in enumerate(given)
        ]
        coverage = {table: (span.first, span.last) for table, span in form.coverage.items()}
        self._check_names("coverage", coverage, list(form.tables))
        return Mapping(
            form.name, path, form.zone, sources, form.ignore, tuple(views), tuple(parts),
            MappingProxyType(coverage),
        )  # fmt: skip

    def _check_zone(self, zone: str | None) -> None:
        if zone is not None and zone not in available_timezones():
            place = self.located.place(("zone",))
            self.problems.append(
                place.problem(zone, "a zone such as Asia/Shanghai", sorted(available_timezones()))
            )

    def _check_names(self, key: str, found: Iterable[str], valid: list[str]) -> None:
        for name in found:
            if name not in valid:
                place = self.located.place((key, name))
                self.problems.append(place.problem(name, f"one of {', '.join(valid)}", valid))

    def _base(self, keys: tuple[str | int, ...], name: str, known: list[str]) -> None:
        if name not in known:
            place = self.located.place(keys)
            self.problems.append(
                place.problem(name, f"a source or an earlier view: {', '.join(known)}", known)
            )

    def _view(self, name: str, view: written.WrittenView, known: list[str]) -> View:
        keys = ("views", name)
        if name in known:
            self.problems.append(self.located.place(keys).problem(name, "a name not yet used"))
        self._base((*keys, "from"), view.from_, known)
        for place, join in enumerate(view.join):
            self._base((*keys, "join", place, "view"), join.view, known)
        added = {
            column: self._value((*keys, "add", column), value) for column, value in view.add.items()
        }
        return View(
            name,
            self.located.place(keys),
            view.from_,
            view.join,
            self._where(keys, view.where),
            MappingProxyType(added),
            self._first(keys, view.first),
            self._group(keys, view.group),
        )

    def _where(self, keys: tuple[str | int, ...], where: str | None) -> Value | None:
        return None if where is None else self._expression((*keys, "where"), where)

    def _first(
        self, keys: tuple[str | int, ...], first: written.WrittenFirst | None
    ) -> tuple[tuple[str, ...], tuple[Value, ...]] | None:
        if first is None:
            return None
        order = (self._expression((*keys, "first", "order"), text) for text in first.order)
        return first.by, tuple(order)

    def _group(
        self, keys: tuple[str | int, ...], group: written.WrittenGroup | None
    ) -> tuple[tuple[str, ...], ReadOnly[str, Value]] | None:
        if group is None:
            return None
        values = {
            name: self._expression((*keys, "group", "values", name), text)
            for name, text in group.values.items()
        }
        return group.by, MappingProxyType(values)

    def _part(self, table: str, number: int, part: written.WrittenPart, known: list[str]) -> Part:
        several = isinstance(self.located.content["tables"][table], list)
        keys: tuple[str | int, ...] = ("tables", table, number) if several else ("tables", table)
        if part.from_ is not None:
            self._base((*keys, "from"), part.from_, known)
        self._check_table(keys, table, part)
        columns = {
            name: self._value((*keys, "columns", name), value)
            for name, value in part.columns.items()
        }
        rows = tuple(
            (self.located.place((*keys, "rows", place)).line, MappingProxyType(dict(row)))
            for place, row in enumerate(part.rows)
        )
        return Part(
            table,
            self.located.place(keys),
            part.from_,
            self._where(keys, part.where),
            MappingProxyType(columns),
            rows,
        )

    def _check_table(
        self, keys: tuple[str | int, ...], table: str, part: written.WrittenPart
    ) -> None:
        place = self.located.place(keys)
        if table not in CONTRACT.tables:
            names = list(CONTRACT.tables)
            self.problems.append(place.problem(table, "a table of the contract", names))
            return
        known = [column.name for column in CONTRACT.tables[table].columns]
        needed = [column.name for column in CONTRACT.tables[table].columns if not column.nullable]
        given = [("columns", tuple(part.columns))] if part.columns else []
        given += [(f"rows.{number}", tuple(row)) for number, row in enumerate(part.rows)]
        for where, names_given in given:
            for name in names_given:
                if name not in known:
                    at = self.located.place((*keys, *where.split("."), name))
                    self.problems.append(at.problem(name, f"a column of {table}", known))
            missing = [name for name in needed if name not in names_given]
            if missing:
                self.problems.append(place.problem(where, f"also {', '.join(missing)}"))

    def _expression(self, keys: tuple[str | int, ...], text: str) -> Value:
        return self._value(keys, written.WrittenColumn(expression=text))

    def _value(self, keys: tuple[str | int, ...], column: written.WrittenColumn) -> Value:
        place = self.located.place(keys)
        text = column.expression or column.lookup or column.day or column.moment
        tree = None
        if text is not None:
            try:
                tree = parse(text)
            except FormulaError as error:
                self.problems.append(place.problem(error.found, error.expected))
        return Value(place, column, tree)


def _source(name: str, source: written.WrittenSource) -> Source:
    layout = Layout(
        source.kind,
        source.delimiter,
        source.quote,
        source.encoding,
        source.header,
        source.columns,
        source.missing,
    )
    return Source(name, source.files, layout)
