"""Comments and disputes on a card: who reads them, and how the year's progress is worked out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.period import Period
from data.slice import Rights, Slice
from data.state import (
    Dispute,
    Disputed,
    Note,
    add_note,
    answer_dispute,
    open_dispute,
    open_state,
    replace_note,
)
from tests.conftest import DemoBank
from ui import load
from ui.load import remarks
from ui.node_disputes import steps_table

OCTOBER = Period.parse("2026-10")
LAST = date(2026, 10, 31)


@pytest.fixture
def token(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[load.Token, str]:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", url)
    return load.now().token, url


def said(found: tuple[Note, ...]) -> list[str | None]:
    return [one.text for one in found]


def about(found: tuple[Dispute, ...]) -> list[tuple[str | None, str]]:
    return [(one.branch_id, one.period) for one in found]


def test_comments_are_read_within_scope_period_and_rights(token: tuple[load.Token, str]) -> None:
    known, url = token
    with open_state(url) as state:
        for branch in (None, "B01", "B02"):
            add_note(state, f"{branch}", author="li", indicator="mau", branch_id=branch, month=LAST)
        add_note(state, "september", author="li", indicator="mau", month=date(2026, 9, 30))
        gone = add_note(state, "gone", author="li", indicator="mau", month=LAST)
        replace_note(state, gone, None, by="li")
    bank = Slice(OCTOBER)
    assert said(remarks.notes_on(known, "mau", bank)) == ["None", "B01", "B02"]
    assert said(remarks.notes_on(known, "dau", bank)) == []
    assert said(remarks.notes_on(known, "mau", Slice(OCTOBER, "B01"))) == ["B01"]
    quarter = Slice(Period.parse("2026-Q3"))
    assert said(remarks.notes_on(known, "mau", quarter)) == ["september"]
    bound = Slice(OCTOBER, "B02", rights=Rights("B02"))
    assert said(remarks.notes_on(known, "mau", bound)) == ["B02"]


def test_open_disputes_are_read_whatever_their_period_and_closed_ones_of_it(
    token: tuple[load.Token, str],
) -> None:
    known, url = token
    with open_state(url) as state:
        open_dispute(state, Disputed("mau", "B01", "2026-08", 5.0, LAST), by="li", reason="low")
        second = Disputed("mau", "B02", "2026-09", None, None)
        made = open_dispute(state, second, by="li", reason="<b>missing</b>")
        done = answer_dispute(state, made, by="wang", outcome="corrected", reason="loaded")
        open_dispute(state, Disputed("dau", None, "2026-10", 7.0, LAST), by="li", reason="high")
    bank = Slice(OCTOBER)
    assert about(remarks.disputes_on(known, "mau", bank)) == [("B01", "2026-08")]
    september = Slice(Period.parse("2026-09"))
    found = remarks.disputes_on(known, "mau", september)
    assert about(found) == [("B02", "2026-09"), ("B01", "2026-08")]
    assert about(remarks.disputed(known, bank)) == [("B01", "2026-08"), (None, "2026-10")]
    bound = Slice(OCTOBER, "B01", rights=Rights("B01"))
    assert about(remarks.disputed(known, bound)) == [("B01", "2026-08")]
    table = steps_table(done.steps)
    assert table.iloc[:, 3].tolist() == ["<b>missing</b>", "loaded"]
