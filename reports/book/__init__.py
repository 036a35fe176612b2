"""Writing workbooks for people: pages, tables, native charts, one look, nothing from data alive."""

from reports.book.book import Book, Saved
from reports.book.cells import Cell, Change, Formula, Link, Status, Value
from reports.book.charts import Line, bar_chart, line_chart
from reports.book.page import Page
from reports.book.tables import Column, Table, spark

__all__ = [
    "Book",
    "Cell",
    "Change",
    "Column",
    "Formula",
    "Line",
    "Link",
    "Page",
    "Saved",
    "Status",
    "Table",
    "Value",
    "bar_chart",
    "line_chart",
    "spark",
]
