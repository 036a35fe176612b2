"""Sessions of readers with different rights in one process: each sees what is theirs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.runtime.context import ContextProxy, StreamlitHeaders
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Node

from tests.conftest import DemoBank
from tests.pages.conftest import PAGES, Open, shown
from tests.reach import outside
from ui.serve import PEERS_AS_THEY_ARE
from ui.viewer import CHOOSER

CONFIG = """
viewers:
  source: header
  trusted_proxies: [10.1.0.7]
  people:
    - {id: chief, roles: [admin]}
    - {id: li, roles: [branch], branch: B01}
    - {id: wu, roles: [branch, risk], branch: B00}
    - {id: lost, roles: [branch], branch: B99}
"""
PROXY = "10.1.0.7"
BEIJING = {"B01"}
BROKEN = "Something went wrong on this screen"
CLOSED = "Canopy is not open to you here"
As = Callable[..., None]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file for all tests, so that what was worked out stays cached."""
    file = tmp_path_factory.mktemp("config") / "config.yaml"
    file.write_text(CONFIG, encoding="utf-8")
    return file


@pytest.fixture
def signed_in(config: Path, monkeypatch: pytest.MonkeyPatch) -> As:
    """Make all requests from now on come through the sign-in server, for a person."""
    monkeypatch.setenv("CANOPY_CONFIG", str(config))
    monkeypatch.setenv(PEERS_AS_THEY_ARE, "")

    def as_person(name: str, peer: str = PROXY) -> None:
        headers = StreamlitHeaders([("X-Forwarded-User", name), ("Accept-Language", "en")])
        monkeypatch.setattr(ContextProxy, "ip_address", property(lambda _self: peer))
        monkeypatch.setattr(ContextProxy, "headers", property(lambda _self: headers))

    return as_person


def nodes(block: Block) -> Iterator[Node]:
    for child in block.children.values():
        yield child
        if isinstance(child, Block):
            yield from nodes(child)


def said(test: AppTest) -> str:
    """Everything that is sent to the browser for the main part, options and tables included."""
    parts = [str(getattr(node, "proto", "")) for node in nodes(test.main)]
    return "\n".join([*parts, *(frame.value.to_string() for frame in test.dataframe)])


def strangers(demo_bank: DemoBank) -> frozenset[str]:
    """English names of branches that are not Beijing's, and that are in no other text."""
    return frozenset(one for one in outside(demo_bank.url, BEIJING) if "ranch" in one)


def named(test: AppTest, demo_bank: DemoBank) -> set[str]:
    everything = said(test)
    return {name for name in strangers(demo_bank) if name in everything}


@pytest.mark.parametrize("name", sorted(PAGES) if os.environ.get("CI") else ["overview", "tree"])
def test_a_branch_sees_nothing_of_what_the_administrator_saw_before(
    screen: Open, signed_in: As, demo_bank: DemoBank, name: str
) -> None:
    signed_in("chief")
    chief = screen(name)
    assert len(named(chief, demo_bank)) > 20
    assert "branch" not in chief.query_params
    signed_in("li")
    li = screen(name)
    assert not li.exception
    assert CLOSED not in shown(li)
    assert BROKEN not in shown(li)
    assert named(li, demo_bank) == set()
    assert "Beijing Branch" in shown(li)
    assert li.query_params["branch"] == "B01"
    options = next(one.options for one in li.selectbox if one.key == "branch")
    assert options == ["Beijing Branch"]
    signed_in("chief")
    assert len(named(chief.run(), demo_bank)) > 20


def test_an_address_of_another_branch_says_so_and_shows_the_own(
    screen: Open, signed_in: As, demo_bank: DemoBank
) -> None:
    signed_in("li")
    for asked in ("B02", "B99"):
        test = screen("overview", branch=asked)
        told = f"The branch {asked} of the address is not open to you; you see Beijing Branch"
        assert told in shown(test)
        assert test.query_params["branch"] == "B01"
        assert named(test, demo_bank) == set()
    signed_in("wu")
    below = screen("overview", branch="B02")
    assert below.query_params["branch"] == "B02"
    assert "not open to you" not in shown(below)


@pytest.mark.parametrize(
    ("person", "peer"), [("li", "10.1.0.8"), ("nobody", PROXY), ("", PROXY), ("lost", PROXY)]
)
def test_who_is_not_vouched_for_gets_nothing(
    screen: Open, signed_in: As, person: str, peer: str
) -> None:
    signed_in(person, peer)
    test = screen("overview", lang="en")
    assert CLOSED in shown(test)
    assert [*test.selectbox, *test.dataframe, *test.get("page_link")] == []
    assert "here" not in test.session_state


def test_another_person_in_the_same_session_starts_anew(
    screen: Open, signed_in: As, demo_bank: DemoBank
) -> None:
    signed_in("chief")
    test = screen("overview", branch="B02", tier="vip")
    assert test.session_state["view"].branch == "B02"
    test.session_state["list_of_users"] = ["U1"]
    signed_in("li")
    test.run()
    assert "list_of_users" not in test.session_state
    assert test.session_state["view"].branch == "B01"
    assert named(test, demo_bank) == set()


def test_the_demo_lets_choose_and_an_address_carries_no_rights(
    screen: Open, demo_bank: DemoBank
) -> None:
    test = screen("overview", lang="en", branch="B02")
    assert test.session_state["viewer"].roles == ("head_office",)
    test.sidebar.selectbox(key=CHOOSER).set_value("branch B01").run()
    assert test.session_state["viewer"].subtree == "B01"
    assert test.query_params["branch"] == "B01"
    assert "not open to you" not in shown(test)
    assert named(test, demo_bank) == set()
    assert not {"B01", "branch B01"} & {
        value for key, value in test.query_params.items() if key != "branch"
    }
    link = {key: value[0] for key, value in test.query_params.items()}
    other = screen("overview", **link)
    assert other.session_state["viewer"].roles == ("head_office",)
    assert other.session_state["view"].rights.subtree == ""
    test.sidebar.selectbox(key=CHOOSER).set_value("planner").run()
    assert "branch" not in test.query_params
    assert len(named(test, demo_bank)) > 20
