"""B7: the monthly report with its looks and charts against the same cells written without any.

Both sides begin with the same gathered facts and make the same sentences, figures and formulas;
the reference puts their values into cells and saves them, without styles, widths, charts, links,
print layout, the formulas' values or a digest.

``python -m benchmarks.report ducklake:///FOLDER`` on a refreshed warehouse; JSON in
build/bench_report.json. The seconds of the whole, from the command to the file, are told beside it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from benchmarks.measure import Measured, compared, timed, write
from data.period import Period
from data.settings import read_settings
from data.slice import Slice
from metrics.cockpit import Cockpit, open_cockpit
from metrics.scorecard import default_period
from reports.book import Book, Cell, Change, Column, Formula, Link, Page, Status, Table, Value
from reports.book.charts import Chart
from reports.book.styles import Look
from reports.month.build import fill, speaking, written
from reports.month.facts import Facts, gather
from words.i18n import language

LIMIT, WHOLE_LIMIT = 2.0, 10.0
REPEATS = 5


def main(url: str) -> int:
    """Measure both; exit code 1 when a limit was passed."""
    with tempfile.TemporaryDirectory() as folder:
        state = f"sqlite:///{folder}/state.sqlite"
        result, size = measured(url, state)
        seconds = whole(url, state, Path(folder))
    size["whole_ms"] = round(1000 * seconds)
    write(Path("build/bench_report.json"), [result], size)
    print(result, f"B7: the command took {seconds:.2f} s (limit {WHOLE_LIMIT:g} s)", sep="\n")
    return 0 if result.kept and seconds <= WHOLE_LIMIT else 1


def measured(url: str, state: str) -> tuple[Measured, dict[str, int]]:
    """The report of the bank's last complete month against its cells alone, and how many."""
    facts = _facts(url, state)
    with speaking("zh"):
        bare = _bare(facts)
        sheets = load_workbook(BytesIO(bare), read_only=True).sheetnames
        pairs = [  # by turns, so that what else the machine does falls on both
            (timed(lambda: written(facts).content()), timed(lambda: _bare(facts)))
            for _ in range(REPEATS)
        ]
    here, there = (statistics.median(side) for side in zip(*pairs, strict=True))
    size = {"sheets": len(sheets)}
    told = f"monthly report, {len(sheets)} sheets, charts"
    return compared("B7", told, "the same cells without looks", here, there, LIMIT), size


def _bare(facts: Facts) -> bytes:
    book = BareBook(language(), title="bare")
    fill(book, facts)
    return book.content()[0]


def whole(url: str, state: str, folder: Path) -> float:
    """Seconds of the command, from its start to the file."""
    month = str(_opened(url, state)[1])
    command = [
        sys.executable, "cli.py", "report", "--period", month, "--out", str(folder / "report.xlsx"),
        "--warehouse", url, "--state", state,
    ]  # fmt: skip
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 our own command
    return time.perf_counter() - start


def _facts(url: str, state: str) -> Facts:
    cockpit, month = _opened(url, state)
    with cockpit.warehouse.reading() as connection:
        return gather(connection, cockpit.setup, cockpit.state, Slice(month), who="benchmark")


def _opened(url: str, state: str) -> tuple[Cockpit, Period]:
    """The bank and its last complete month."""
    cockpit = open_cockpit(read_settings(environment={}, warehouse=url, state=state))
    month = default_period(cockpit.setup)
    if month is None:
        raise SystemExit("the warehouse holds no complete month")
    return cockpit, month


class BarePage(Page):
    """A page that writes the values of its cells and nothing else."""

    def put(self, row: int, column: int, value: Value | Cell, look: Look | None = None) -> None:
        """Write one cell's value as openpyxl takes it."""
        inner = value.value if isinstance(value, Cell) else value
        self.sheet.cell(row, column, plain_value(inner))

    def table(
        self, columns: Sequence[Column], rows: Iterable[Sequence[Value | Cell]], **_looks: Any
    ) -> Table:
        """The heads and the rows."""
        head = self.row
        for at, column in enumerate(columns, self.left):
            self.put(head, at, column.title)
        last = head
        for last, row in enumerate(rows, head + 1):
            for at, value in enumerate(row, self.left):
                self.put(last, at, value)
        self.row = last + 2
        return Table(self.title, head, head + 1, last, tuple(columns), self.left)

    def chart(self, *_charts: Chart) -> None:
        """No charts."""

    def finish(self) -> None:
        """Nothing is left to do."""


class BareBook(Book):
    """A workbook of bare pages, as openpyxl saves it."""

    kind = BarePage

    def content(self) -> tuple[bytes, str]:
        """The cells in a file."""
        target = BytesIO()
        self._book.save(target)
        return target.getvalue(), ""


def plain_value(value: Value) -> str | float | date | None:
    """A value as openpyxl takes it."""
    if isinstance(value, Formula | Change):
        return value.text if isinstance(value, Formula) else value.value
    if isinstance(value, Status):
        return f"{value.sign} {value.word}"
    return value.text if isinstance(value, Link) else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
