"""What commands print: JSON alone on standard output, or tables; progress on standard error."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from tqdm import tqdm

from commands.language import said
from commands.width import padded, width_of
from metrics.tree import ROOT, Tree

MISSING = "–"


def show_json(found: Mapping[str, Any]) -> None:
    """Print as JSON; numbers that do not exist are null."""
    text = json.dumps(found, ensure_ascii=False, allow_nan=False, default=str, indent=2)
    click.echo(re.sub("[\x7f-\x9f]", lambda sign: f"\\u{ord(sign[0]):04x}", text))


def number_or_none(value: float | None) -> float | None:
    """The number as JSON knows it.

    >>> number_or_none(float("nan")), number_or_none(2.5)
    (None, 2.5)
    """
    return None if value is None or not math.isfinite(value) else float(value)


def show_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; numbers to the right, Chinese as wide as it is."""
    for line in table_lines(head, rows):
        click.echo(line)


def table_lines(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """The lines of a table.

    >>> list(table_lines(["维度", "score"], [["合规", 98.25], ["risk", None]]))
    ['维度  score', '合规  98.25', 'risk      –']
    """
    cells = [list(head), *([_cell(value) for value in row] for row in rows)]
    right = [any(isinstance(row[k], int | float) for row in rows) for k in range(len(head))]
    widths = [max(width_of(row[k]) for row in cells) for k in range(len(head))]
    for row in cells:
        parts = zip(row, widths, right, strict=True)
        yield "  ".join(padded(text, width, at_right) for text, width, at_right in parts).rstrip()


def depth_first(tree: Tree, node: str = ROOT) -> Iterator[str]:
    """The nodes as people read them: each followed by those below it."""
    yield node
    for child in tree.children(node):
        yield from depth_first(tree, child)


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else printable(str(value))


def printable(text: str) -> str:
    """Text from data without what would steer a terminal.

    >>> printable("a\\x1b[2Jb")
    'a�[2Jb'
    """
    return "".join(sign if sign.isprintable() else "�" for sign in text)


@contextmanager
def progress(title: str, lang: str) -> Iterator[Callable[[float, str], None]]:
    """A bar on standard error; the function takes the share done and a word about it,
    which is shown in the language ``lang``."""
    form = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}{postfix}"
    with tqdm(total=100, desc=title, file=sys.stderr, bar_format=form, mininterval=0.2) as bar:

        def told(share: float, text: str) -> None:
            bar.set_postfix_str(said(text, lang), refresh=False)
            bar.update(max(0.0, 100 * share - bar.n))

        yield told
