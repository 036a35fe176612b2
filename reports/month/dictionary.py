"""Dictionary and lineage: where every figure of the workbook comes from, and in which version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from data.contract import CONTRACT
from metrics.dictionary import goal_words
from metrics.lineage.version import definition_version
from metrics.tree.records import Indicator
from reports.book import Book, Cell, Page, Value
from reports.month import parts, sentences
from reports.month.facts import Facts
from words import numbers
from words.i18n import _, language
from words.names import adds_words

WIDTHS = (24, 36, 30, 28, 14, 16, 18, 13, 10)
POINT_WIDTHS = (34, 40, 28, 40, 12, 20, 12)


def write(book: Book, facts: Facts) -> None:
    """Two sheets: the indicators, and the data points that they are made of."""
    page = book.page("dictionary", _("Dictionary and lineage"))
    page.widths(*WIDTHS)
    page.heading(_("Dictionary and lineage"), "title")
    page.finding(
        _("Every figure of this workbook: definition, formula, data points, tables, owner and the "
          "version of its definition. Weights: {weights}.").format(
            weights=sentences.weights_in_force(facts))
    )  # fmt: skip
    _indicators(page, facts)
    _points(book, facts)


def _indicators(page: Page, facts: Facts) -> None:
    columns = (
        parts.texts("name", _("Indicator"), wrap=True),
        parts.texts("definition", _("Definition"), wrap=True),
        parts.texts("formula", _("Formula"), wrap=True),
        parts.texts("points", _("Data points"), wrap=True),
        parts.texts("tables", _("Tables"), wrap=True),
        parts.texts("time", _("Over time"), wrap=True),
        parts.texts("goal", _("Base → target"), wrap=True),
        parts.texts("owner", _("Owner"), wrap=True),
        parts.texts("version", _("Definition version"), wrap=True),
    )
    rows: list[Sequence[Value | Cell]] = []
    levels = []
    tree = facts.tree
    for theme in tree.themes.values():
        named = _("{name} · {told}").format(
            name=sentences.name(tree, theme.perspective), told=sentences.name(tree, theme.id)
        )
        rows.append([Cell(one, style="total") for one in (named, *[""] * (len(columns) - 1))])
        levels.append(0)
        for leaf in tree.leaves(theme.id):
            rows.append(_indicator(facts, tree.indicators[leaf]))
            levels.append(1)
    page.table(columns, rows, freeze=True, levels=levels)
    page.note(
        _("The version is a digest of what makes the number: formula, time rule, unit and the data "
          "points with their SQL. Equal versions mean the same calculation.")
    )  # fmt: skip


def _indicator(facts: Facts, leaf: Indicator) -> Sequence[Value | Cell]:
    zh, catalogue = language() == "zh", facts.setup.store.catalogue
    points = [catalogue.points[name] for name in sorted(leaf.formula.points)]
    names = {one.name: one.name_zh if zh else one.name_en for one in points}
    tables = dict.fromkeys(table for one in points for table in one.tables)
    goal = " → ".join(goal_words(one, language()) for one in (leaf.base, leaf.target))
    if leaf.standard:
        goal = _("{goal} (holds every day)").format(goal=goal)
    return (
        _("{name} ({id})").format(name=sentences.name(facts.tree, leaf.id), id=leaf.id),
        leaf.description_zh if zh else leaf.description_en,
        leaf.formula.words(language(), names),
        _joined(f"{names[one.name]} ({one.name})" for one in points),
        _joined(tables),
        facts.tree.vocabulary.over_time[leaf.over_time].in_(language()),
        goal,
        leaf.owner_zh if zh else leaf.owner_en,
        definition_version(facts.tree, catalogue, leaf.id),
    )


def _joined(words: Iterable[str]) -> str:
    return _("; ").join(words)


def _points(book: Book, facts: Facts) -> None:
    """The data points that the indicators are made of, with what their tables reach."""
    page = book.page("points", _("Data points"))
    page.widths(*POINT_WIDTHS)
    page.heading(_("Data points"), "title")
    columns = (
        parts.texts("name", _("Data point"), wrap=True),
        parts.texts("source", _("Counted from"), wrap=True),
        parts.texts("id", _("Id")),
        parts.texts("tables", _("Tables"), wrap=True),
        parts.texts("unit", _("Unit")),
        parts.texts("adds", _("How it adds up"), wrap=True),
        parts.texts("last", _("Last day")),
    )
    used = {name for leaf in facts.tree.indicators.values() for name in leaf.formula.points}
    page.table(columns, [_point(facts, name) for name in sorted(used)], freeze=True)


def _point(facts: Facts, name: str) -> Sequence[Value | Cell]:
    store, zh = facts.setup.store, language() == "zh"
    point, source = store.catalogue.points[name], store.catalogue.source_of(name)
    days = [store.coverage.last_day(table) for table in point.tables]
    known = [day for day in days if day is not None]
    named = [f"{one} ({_meaning(one)})" for one in point.tables]
    return (
        point.name_zh if zh else point.name_en,
        source.about_zh if zh else source.about_en,
        name,
        _joined(named),
        facts.tree.vocabulary.units[point.unit].in_(language())
        if point.unit in facts.tree.vocabulary.units
        else point.unit,
        adds_words(point.adds),
        numbers.day(min(known)) if known else None,
    )


def _meaning(table: str) -> str:
    info = CONTRACT.tables[table].info
    return str(info.get("meaning_zh" if language() == "zh" else "meaning", ""))
