"""The Reports screen: made, kept, reproduced, asked for a reason; nothing beyond one's branch."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.period import Period
from data.state import add_note, open_state
from data.state.reports import issued_reports
from tests.conftest import DemoBank
from tests.pages.conftest import ROOT, Open, shown, sound

OCTOBER = Period.parse("2026-10")


BRANCH = "B01"


def opened(demo_bank: DemoBank, monkeypatch: pytest.MonkeyPatch, url: str, who: str) -> AppTest:
    """The screen of a branch in English as a person, in a session of its own."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", url)
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=240)
    test.session_state["looks_as"] = who
    test.query_params["lang"] = "en"
    test.query_params["period"] = "2026-10"
    if not who.startswith("branch "):
        test.query_params["branch"] = BRANCH
    return test.switch_page("pages/screens/reports.py").run()


def labels(test: AppTest) -> list[str]:
    return [one.label for one in test.button] + [
        str(one.proto.label) for one in test.get("download_button")
    ]


def test_a_report_is_made_reproduced_and_issued_again_with_a_reason(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    test = opened(demo_bank, monkeypatch, url, "head_office")
    assert "Nothing was issued yet" in sound(test)
    assert not any("Download" in one for one in labels(test))

    test.button(key="reports_make").click().run()
    told = sound(test)
    assert "● Issued: No" in told.replace("&#46;", ".")
    assert any(one.startswith("Download the workbook") for one in labels(test))
    with open_state(url) as state:
        (first,) = issued_reports(state)
        assert (first.issued_by, first.via, first.language) == ("head_office", "screen", "en")
        add_note(state, "=1+1 <b>pay day</b>", author="wang", month=OCTOBER.last, indicator="mau",
                 branch_id=BRANCH)  # fmt: skip

    test.button(key="reports_make").click().run()
    told = sound(test)
    assert "Write down a reason" in told
    assert "Comments, warnings or decisions are others" in told
    test.text_input(key=f"reports_reason_{first.id}").set_value("a comment came").run()
    test.button(key=f"reports_again_{first.id}").click().run()
    assert "● Issued" in sound(test)
    with open_state(url) as state:
        assert [(one.number, one.reason) for one in issued_reports(state)] == [
            (2, "a comment came"),
            (1, None),
        ]

    test.button(key="reports_preview_button").click().run()
    text = sound(test)
    assert "Preview of the executive page" in text
    assert "What moved" in text
    assert any("HTML" in one for one in labels(test))

    # A branch's reader sees no other branch's reports; an auditor reads and cannot issue.
    others = (one for one in demo_people(test) if one.startswith("branch "))
    branch = next(one for one in others if not one.endswith(BRANCH))
    theirs = opened(demo_bank, monkeypatch, url, branch)
    assert "Nothing was issued yet" in sound(theirs)
    assert "a comment came" not in shown(theirs)
    auditor = opened(demo_bank, monkeypatch, url, "auditor")
    assert "You may read and download reports" in sound(auditor)
    assert any(one.startswith("Download the workbook") for one in labels(auditor))
    assert "Make the month's report" not in labels(auditor)


def demo_people(test: AppTest) -> list[str]:
    """Ids of those whom the reader may look as."""
    from ui.viewer import demo_people as people

    return [one.id for one in people(test.session_state["here"].bank)]


def test_a_period_that_is_no_month_says_so_and_leads_to_one(screen: Open) -> None:
    test = screen("reports", lang="zh", period="2026-Q3")
    text = sound(test)
    assert "该期间没有月报" in text
    assert "完整的自然月" in text
    assert "出具记录" in text
