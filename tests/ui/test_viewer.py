"""Who asks: believed from the sign-in server alone, and nobody from elsewhere without it."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import get_args

import pytest
from streamlit.runtime.context import ContextProxy, StreamlitHeaders

from data.viewer import OPERATOR, ROLES, Viewer
from data.viewers import Viewers
from ui.serve import PEERS_AS_THEY_ARE
from ui.viewer import NoRightError, Refusal, named, refusal_words, role_words
from words.i18n import LANGUAGES, speak

LI = Viewer("li", ("branch",), "B01")
BANK = Viewers("header", "X-Bank-User", (ip_network("10.1.0.0/24"),), (LI,))
Request = Callable[..., None]


@pytest.fixture
def request_of(monkeypatch: pytest.MonkeyPatch) -> Request:
    """Make the request that asks: its peer (None: this machine) and its headers."""
    monkeypatch.setenv(PEERS_AS_THEY_ARE, "")

    def set_up(peer: str | None, *headers: tuple[str, str]) -> None:
        monkeypatch.setattr(ContextProxy, "ip_address", property(lambda _self: peer))
        found = StreamlitHeaders(headers)
        monkeypatch.setattr(ContextProxy, "headers", property(lambda _self: found))

    return set_up


def refusal(viewers: Viewers) -> str:
    with pytest.raises(NoRightError) as refused:
        named(viewers)
    return refused.value.kind


def test_the_sign_in_server_is_believed(request_of: Request) -> None:
    request_of("10.1.0.7", ("X-Bank-User", "li"))
    assert named(BANK) == LI


@pytest.mark.parametrize("peer", ["10.2.0.7", "8.8.8.8", None, "nonsense"])
def test_nobody_else_is(request_of: Request, peer: str | None) -> None:
    request_of(peer, ("X-Bank-User", "li"), ("X-Forwarded-For", "10.1.0.7"))
    assert refusal(BANK) == "not_proxy"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("X-Bank-User", "")],
        [("X-Bank-User", "LI")],
        [("X-Bank-User", "li,")],
        [("X-Forwarded-User", "li")],
        [("X-Bank-User", "li"), ("x-bank-user", "li")],
        [("X-Bank-User", "wang"), ("X-Bank-User", "li")],
    ],
)
def test_who_is_not_on_the_list_or_said_twice_gets_nothing(
    request_of: Request, headers: list[tuple[str, str]]
) -> None:
    request_of("10.1.0.7", *headers)
    assert refusal(BANK) == "unknown"


def test_a_server_that_believes_local_peers_is_not_enough(
    request_of: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_of("10.1.0.7", ("X-Bank-User", "li"))
    monkeypatch.delenv(PEERS_AS_THEY_ARE)
    assert refusal(BANK) == "not_served"


@pytest.mark.parametrize("peer", [None, "::ffff:127.0.0.1", "127.0.0.3"])
@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "LOCALHOST"])
def test_on_this_machine_the_reader_chooses_or_sees_all(
    request_of: Request, peer: str | None, host: str
) -> None:
    request_of(peer, ("Host", host))
    assert named(Viewers("demo")) is None
    assert named(Viewers("none")) == OPERATOR


@pytest.mark.parametrize("source", ["demo", "none"])
@pytest.mark.parametrize(
    ("peer", "header"),
    [
        ("10.1.0.7", ("Host", "localhost")),
        (None, ("Host", "evil.example:8501")),
        (None, ("Host", "localhost.evil.example")),
        (None, ("X-Forwarded-For", "10.9.9.9")),
        (None, ("Forwarded", "for=10.9.9.9")),
        (None, ("X-Real-IP", "10.9.9.9")),
    ],
)
def test_from_elsewhere_nobody_gets_in_without_a_sign_in(
    request_of: Request, source: str, peer: str | None, header: tuple[str, str]
) -> None:
    request_of(peer, header)
    assert refusal(Viewers("none" if source == "none" else "demo")) == "elsewhere"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_role_and_refusal_has_words(lang: str) -> None:
    speak(lang)
    assert set(role_words()) == set(ROLES)
    assert len({refusal_words(kind)[1] for kind in get_args(Refusal)}) == len(get_args(Refusal))
    speak("en")
