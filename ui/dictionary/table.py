"""The dictionary as one table for a file: what each entry is, makes and is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from metrics.lineage.entries import Entry
from metrics.tree import Indicator
from ui.dictionary import words
from ui.frame import Here
from ui.load.dictionary import Dictionary
from words.i18n import _, language
from words.names import adds_words, unit_words


def full_table(here: Here, book: Dictionary, chosen: Sequence[Entry]) -> pd.DataFrame:
    """A row an entry; what a kind of entry does not have is left empty."""
    rows = [_row(here, book, one) for one in chosen]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return pd.DataFrame(rows, columns=columns).fillna("")


def _row(here: Here, book: Dictionary, one: Entry) -> Mapping[str, str]:
    row = {
        _("Kind"): words.kind(one.kind),
        _("Id"): one.id,
        _("Chinese name"): one.name_zh,
        _("English name"): one.name_en,
        _("Definition"): one.about(language()),
    }
    name = one.id.partition("@")[0]
    if one.kind in ("indicator", "module"):
        row |= _of_indicator(here, book, here.tree.indicators[name])
    elif one.kind == "point":
        point = here.points[one.id]
        row |= {
            _("Unit"): unit_words(point.unit),
            _("Adds up as"): adds_words(point.adds),
            _("Tables"): ", ".join(point.tables),
        }
    feeds = [link.above for link in book.lineage.above.get(one.key, ())]
    return row | {_("Used directly by"): ", ".join(feeds)}


def _of_indicator(here: Here, book: Dictionary, leaf: Indicator) -> Mapping[str, str]:
    zh = language() == "zh"
    names = {key: (p.name_zh if zh else p.name_en) for key, p in here.points.items()}
    points = sorted(leaf.formula.points)
    tables = dict.fromkeys(table for name in points for table in here.points[name].tables)
    known = here.tree.vocabulary
    return {
        _("Owner"): leaf.owner_zh if zh else leaf.owner_en,
        _("Unit"): leaf.unit_zh if zh else leaf.unit_en,
        _("Direction"): known.directions[leaf.better].in_(language()),
        _("Formula"): leaf.formula.words(language(), names),
        _("As written"): leaf.formula.text,
        _("Over time"): known.over_time[leaf.over_time].in_(language()),
        _("Data points"): ", ".join(points),
        _("Tables"): ", ".join(tables),
        _("Definition version"): book.versions[leaf.id],
    }
