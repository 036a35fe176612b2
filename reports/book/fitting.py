"""How wide a column gets: what its cells show, as they are written."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.book.cells import Cell, Formula, Link, Status, Value, harmless
from reports.book.measure import width_of, word_width
from reports.book.tables import Column

WIDEST, NARROWEST, FIGURE, ROOM = 48.0, 9.0, 9.4, 2.5
"""Widths of columns, of a number as its format shortens it, and of the space beside a text."""


@dataclass
class Fit:
    """What a column's cells need; ``wrapped`` are rows and widths of texts that may break."""

    column: Column
    widest: float
    wrapped: list[tuple[int, float]] = field(default_factory=list)

    @classmethod
    def of(cls, column: Column) -> Fit:
        """A column with its heading, which may take two lines."""
        return cls(column, max(width_of(column.title) / 2, word_width(column.title)))

    def see(self, row: int, value: Value | Cell) -> None:
        """Take a cell into account.

        >>> fit = Fit.of(Column("a", "A", wrap=True))
        >>> fit.see(2, "x" * 30)
        >>> fit.wanted, fit.wrapped
        (32.5, [(2, 30.0)])
        """
        text = _shown(value.value if isinstance(value, Cell) else value)
        if self.column.width is None:
            self.widest = max(self.widest, text)
        if self.column.wrap:
            self.wrapped.append((row, text))

    @property
    def wanted(self) -> float:
        """The width that the column should have."""
        return self.column.width or min(WIDEST, max(NARROWEST, self.widest + ROOM))


def _shown(value: Value) -> float:
    """Width of what a cell shows."""
    if isinstance(value, str):
        return width_of(harmless(value))
    if value is None:
        return 1.0
    if isinstance(value, Link):
        return width_of(harmless(value.text))
    if isinstance(value, Status):
        return width_of(harmless(f"{value.sign} {value.word}"))
    if isinstance(value, Formula) and isinstance(value.value, str):
        return width_of(value.value)
    return FIGURE
