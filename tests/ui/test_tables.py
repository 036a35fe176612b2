"""Written figures stand at the right; names, days and periods do not."""

from __future__ import annotations

import pandas as pd

from ui.tables import figures_right


def test_columns_of_written_figures_are_found() -> None:
    table = pd.DataFrame(
        {
            "figure": ["5,355 users", "—", "1.94"],
            "signed": ["+1.2 pp", "−3 %", "±0"],
            "money": ["¥4.64M", "−¥1", "¥0"],
            "number": [1.0, 2.0, 3.0],
            "name": ["MAU", "7-day", "x"],
            "day": ["2026-10-31", "2026-11", "2026"],
            "zh": ["2026年10月", "2026年", "2026-Q3"],
            "none": [None, "", "—"],
        }
    )
    assert list(figures_right(table)) == ["figure", "signed", "money"]
