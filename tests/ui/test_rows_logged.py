"""Rows behind points: every look is in the audit log, with who, what for and how narrowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.period import Period
from data.slice import Rights, Slice, SliceError
from data.state import audit_entries, open_state
from tests.conftest import DemoBank
from ui import load
from ui.load.rows import rows

MONTH = Period.parse("2026-10")


def test_a_look_is_logged_and_a_refused_one_shows_nothing(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", url)
    token = load.now().token
    seeing = Slice(MONTH, "B01", rights=Rights(rows=True))
    found = rows(token, "active_users", seeing, 0, who="li", purpose="fraud case")
    assert found.cells and all("*****" in str(row) for row in found.cells)
    with pytest.raises(SliceError):
        rows(token, "active_users", Slice(MONTH, "B01"), 0, who="wang", purpose="curious")
    with open_state(url) as state:
        (entry,) = audit_entries(state, action="access_rows")
    assert (entry.who, entry.object) == ("li", "active_users")
    detail = json.loads(entry.detail)
    assert (detail["purpose"], detail["rows"]) == ("fraud case", len(found.cells))
    assert "B01" in detail["query"]["slice"]
