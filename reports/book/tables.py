"""Tables with typed columns, and marks that show a course of figures within a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from openpyxl.utils import get_column_letter

Kind = Literal["text", "number", "score", "weight", "day", "moment", "month"]
BLOCKS = "▁▂▃▄▅▆▇█"
GAP = "·"


@dataclass(frozen=True)
class Column:
    """A column: its key for charts and formulas, its heading, and how its cells are shown.

    ``unit`` formats numbers (a ``Cell`` may name its own); ``signed`` puts + before gains;
    ``digits`` fixes decimals; ``width`` in figures, None: as wide as its texts; ``wrap`` lets long
    texts take several lines; ``bar`` adds a data bar; ``missing`` stands for None.
    """

    key: str
    title: str
    kind: Kind = "text"
    unit: str = ""
    signed: bool = False
    digits: int | None = None
    width: float | None = None
    wrap: bool = False
    bar: bool = False
    missing: str | None = "—"


@dataclass(frozen=True)
class Table:
    """Where a table was written: ``sheet`` by its title, rows and columns from 1.

    ``first`` > ``last`` when it has no rows.
    """

    sheet: str
    head: int
    first: int
    last: int
    columns: tuple[Column, ...]
    left: int

    def column(self, key: str) -> int:
        """Number of a column by its key; KeyError for an unknown one."""
        for place, column in enumerate(self.columns):
            if column.key == key:
                return self.left + place
        raise KeyError(key)

    def letter(self, key: str) -> str:
        """Letter of a column by its key."""
        return str(get_column_letter(self.column(key)))

    def cell(self, row: int, key: str) -> str:
        """Address of a cell by the number of its row in the table, from 0.

        >>> Table("T", 3, 4, 9, (Column("a", "A"), Column("b", "B")), 2).cell(1, "b")
        'C5'
        """
        return f"{self.letter(key)}{self.first + row}"

    def span(self, key: str) -> str:
        """Address of a column's cells.

        >>> Table("T", 3, 4, 9, (Column("a", "A"), Column("b", "B")), 2).span("a")
        'B4:B9'
        """
        letter = self.letter(key)
        return f"{letter}{self.first}:{letter}{max(self.first, self.last)}"


def spark(values: Sequence[float | None]) -> str:
    """A course of figures as bars within one line of text; what is missing is a dot.

    >>> spark([1, 2, None, 4]), spark([3, 3]), spark([])
    ('▁▃·█', '▄▄', '')
    """
    known = [value for value in values if value is not None]
    if not known:
        return GAP * len(values)
    low, high = min(known), max(known)
    return "".join(_block(value, low, high) for value in values)


def _block(value: float | None, low: float, high: float) -> str:
    if value is None:
        return GAP
    if high == low:
        return BLOCKS[3]
    return BLOCKS[round((value - low) / (high - low) * (len(BLOCKS) - 1))]
