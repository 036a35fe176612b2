"""Screens are run as Streamlit runs them, against the shared demo bank."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import DemoBank

ROOT = Path(__file__).parents[2]
PAGES = {
    "overview": None,
    "tree": "pages/screens/tree.py",
    "behaviour": "pages/screens/behaviour.py",
    "business": "pages/screens/business.py",
    "risk": "pages/screens/risk.py",
    "campaign": "pages/screens/campaign.py",
    "competitor": "pages/screens/competitor.py",
    "experiments": "pages/screens/experiments.py",
    "explore": "pages/screens/explore.py",
    "dictionary": "pages/screens/dictionary.py",
    "mine": "pages/screens/mine.py",
    "weights": "pages/screens/weights.py",
    "baselines": "pages/screens/baselines.py",
    "reports": "pages/screens/reports.py",
}
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def state_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One state database for all screens, so that what was worked out stays cached."""
    return f"sqlite:///{tmp_path_factory.mktemp('state')}/state.sqlite"


@pytest.fixture
def screen(demo_bank: DemoBank, state_url: str, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a screen by name with an address; runs it to its end."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", state_url)

    def run(name: str, warehouse: str | None = None, **address: str) -> AppTest:
        if warehouse is not None:
            os.environ["CANOPY_WAREHOUSE"] = warehouse
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=240)
        page = PAGES[name]
        if page is not None:
            test.switch_page(page)
        for key, text in address.items():
            test.query_params[key] = text
        return test.run()

    return run


def shown(test: AppTest) -> str:
    """Everything that the main part says, as Markdown."""
    kinds = ("header", "subheader", "markdown", "caption", "error", "warning", "info", "success")
    return "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in test.get(kind))


BROKEN = ("Something went wrong on this screen", "本页出现错误")


def sound(test: AppTest) -> str:
    """What the screen says, after making sure that nothing failed on the way."""
    assert not test.exception, test.exception
    text = shown(test)
    assert not any(word in text for word in BROKEN), text
    return text


def chosen(test: AppTest, control: str, value: str) -> str:
    """What the screen says after a choice in one of its rows of buttons."""
    row: Any = next(one for one in test.get("button_group") if one.key == control)
    row.set_value(value)
    return sound(test.run())
