"""What several sheets are built from: values with their units, changes, bands, months, breaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl.worksheet.pagebreak import Break

from metrics.findings import goodness
from metrics.scorecard import NodeResult, ScoreCard
from metrics.tree import Tree
from metrics.tree.records import Indicator
from metrics.values.reasons import Reason
from reports.book import Cell, Change, Column, Link, Page, Status, Value, spark
from reports.book.charts import Chart
from reports.month.sentences import name
from words import numbers
from words.codes import opened, reason_words
from words.i18n import _, language
from words.names import band_name

SMALLEST, NARROW = 5, 8.0
"""People that a group needs to be told of; the least width of a column."""
SHOWN_BY_FORMAT = frozenset({"%", "CNY", "ratio", "index", "score", "1–5"})
"""Units that a number's format shows, or that have no word."""
PALE = "B8C4D4"
"""The colour of what a month is compared with."""
CHART_ROWS = 16
"""Rows that a chart of usual height covers, with the empty one below it."""


def indicator_of(tree: Tree, node: str) -> Indicator:
    """The indicator of a node of level 3 or 4."""
    return tree.indicators[node.partition("@")[0]]


def unit_cell(tree: Tree, node: str) -> str:
    """The unit in words where the number's format does not show it."""
    found = indicator_of(tree, node)
    if found.unit in SHOWN_BY_FORMAT:
        return ""
    return found.unit_zh if language() == "zh" else found.unit_en


def value_cell(tree: Tree, node: str, value: float | None) -> Cell:
    """A value of an indicator as a number in its unit."""
    return Cell(value, unit=indicator_of(tree, node).unit)


def change_cell(tree: Tree, node: str, new: float | None, old: float | None) -> Cell:
    """A change between two values: in percentage points for shares, else in per cent.

    A change from nothing has no per cent.
    """
    indicator = indicator_of(tree, node)
    if new is None or old is None:
        return Cell(None)
    step, share = new - old, indicator.unit == "%"
    if not share and old == 0:
        return Cell(None)
    told = step if share else 100 * step / abs(old)
    good = 0 if abs(told) < 0.05 or indicator.better == "band" else 1 if step > 0 else -1
    if indicator.better == "down":
        good = -good
    return Cell(Change(told, good), unit="pp" if share else "%", digits=1)


def score_change(new: float | None, old: float | None) -> Cell:
    """The change of a score in points."""
    if new is None or old is None:
        return Cell(None)
    return Cell(Change(new - old, goodness(new - old)), digits=1)


def status(tree: Tree, node: NodeResult) -> Status | None:
    """The band of a node; None without a score."""
    if node.band is None:
        return None
    return Status(node.band, *band_name(tree, node.band, leaf=node.level >= 3))


def why_cell(node: NodeResult) -> str:
    """Why a node has no value or score, or how many days are missing; '' where nothing is."""
    if node.reason is not None:
        return opened(reason_words(node.reason))
    if node.days and node.covered < node.days:
        return _("{covered} of {days} days loaded").format(covered=node.covered, days=node.days)
    return ""


def of_card(card: ScoreCard | None, node: str, branch: str) -> NodeResult | None:
    """A node in a card that there may not be; a branch that was not there yet has none."""
    if card is None or branch not in card.branches:
        return None
    return card.node(node, branch) if _has(card, node) else None


def _has(card: ScoreCard, node: str) -> bool:
    return node.partition("@")[0] in card.tree.nodes()


def value_of(found: NodeResult | None) -> float | None:
    """The value of a node that there may not be."""
    return None if found is None else found.value


def score_of(found: NodeResult | None) -> float | None:
    """The score of a node that there may not be."""
    return None if found is None else found.score


def marks(course: Sequence[float | None]) -> Cell:
    """The course of some months as bars within a cell, in grey."""
    return Cell(spark(course), style="key")


def scored(cards: Sequence[ScoreCard], node: str, branch: str) -> bool:
    """Whether a node has a score in the newest month or in two others: then it can be drawn."""
    found = [score_of(of_card(card, node, branch)) is not None for card in cards]
    return found[-1] or sum(found) > 1


def months_of(cards: Sequence[ScoreCard]) -> list[str]:
    """The months of cards, for the axis of a chart."""
    return [f"{card.period.first:%Y-%m}" for card in cards]


def node_link(tree: Tree, node: str, page: str | None = None) -> Value:
    """An indicator's name, leading to its line in the dictionary or to a page."""
    return Link(name(tree, node), page or "dictionary")


def people(count: float | None) -> Value:
    """A number of people; a group of one to four is withheld.

    >>> people(4), people(5), people(0)
    ('<5', 5, 0)
    """
    if count is None:
        return None
    whole = round(count)
    return f"<{SMALLEST}" if 0 < whole < SMALLEST else whole


def withheld_note(values: Iterable[object]) -> str:
    """What a table says under it that withholds something; '' otherwise."""
    if f"<{SMALLEST}" in {one for one in values if isinstance(one, str)}:
        return _("<5: groups of fewer than five people are withheld.")
    return ""


def break_before(page: Page) -> None:
    """Begin a new printed page at the next free row."""
    page.sheet.row_breaks.append(Break(id=page.row - 1))


def charts_at(page: Page, row: int, charts: Sequence[Chart]) -> int:
    """Draw charts side by side in rows that were left for them; returns the row below."""
    kept, page.row = page.row, row
    page.chart(*charts)
    below = page.row
    page.row = max(kept, below)
    return below


def no_value(page: Page, reason: Reason) -> None:
    """Say in the place of a table why there is none."""
    page.note(f"{numbers.MISSING} {opened(reason_words(reason))}")


def texts(key: str, title: str, width: float | None = None, *, wrap: bool = False) -> Column:
    """A column of texts. One that wraps keeps to the page's own widths."""
    return Column(key, title, width=width or (NARROW if wrap else None), wrap=wrap)


def number(
    key: str, title: str, unit: str = "", *, digits: int | None = None, width: float | None = None,
    signed: bool = False, bar: bool = False,
) -> Column:  # fmt: skip
    """A column of numbers."""
    return Column(
        key, title, "number", unit, signed=signed, digits=digits, width=width, bar=bar
    )  # fmt: skip


def score(key: str, title: str, width: float | None = None) -> Column:
    """A column of scores."""
    return Column(key, title, "score", width=width)


def change(key: str, title: str, width: float | None = None) -> Column:
    """A column of changes, each cell with its unit."""
    return Column(key, title, "number", signed=True, digits=1, width=width)


def largest(values: Iterable[float | None]) -> float:
    """About how large the numbers of a chart are."""
    return max((abs(one) for one in values if one is not None), default=100.0)
