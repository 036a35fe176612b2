"""Where the cockpit listens, and whose address the server believes in."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from data.viewers import Viewers
from ui import serve
from ui.serve import PEERS_AS_THEY_ARE, configured, listen

HERE = ["--server.address", "127.0.0.1"]
EVERYWHERE = str(ip_network("0.0.0.0/0").network_address)


@pytest.mark.parametrize("source", ["demo", "none"])
@pytest.mark.parametrize(
    "asked", [["--server.address", EVERYWHERE], ["--server.address=10.1.0.9"],
              ["--server.address=::"], ["--server.address=bank"],
              ["--server.address=localhost", "--server.address=::"]],
)  # fmt: skip
def test_without_knowing_who_asks_no_other_machine_is_answered(source: Any, asked: Any) -> None:
    with pytest.raises(SystemExit, match=r"nobody is asked .* this machine alone.*") as refused:
        listen(asked, "", Viewers(source))
    assert source in str(refused.value)


@pytest.mark.parametrize("configured_as", ["", "127.0.0.1"])
def test_without_a_word_it_listens_here(configured_as: str) -> None:
    assert listen(["--server.port", "1"], configured_as, Viewers()) == ["--server.port", "1", *HERE]


@pytest.mark.parametrize("asked", ["localhost", "127.0.0.1", "::1", "127.0.0.9"])
def test_this_machine_by_any_of_its_names(asked: str) -> None:
    options = ["--server.address", asked]
    assert listen(options, EVERYWHERE, Viewers()) == options


def test_a_sign_in_server_may_be_anywhere() -> None:
    options = ["--server.address", EVERYWHERE]
    assert listen(options, "", Viewers("header")) == options
    assert listen([], "", Viewers("header")) == []


def test_the_end_of_a_socket_file_is_unknown() -> None:
    with pytest.raises(SystemExit, match="socket file"):
        listen(["--server.address=unix:///run/canopy"], "", Viewers("header"))


def test_streamlits_own_settings_are_refused_too(tmp_path: Path) -> None:
    file, last = tmp_path / "config.toml", tmp_path / "last.toml"
    file.write_text('[server]\naddress = "10.0.0.1"\n', encoding="utf-8")
    last.write_text('[server]\naddress = "10.0.0.2"\n', encoding="utf-8")
    files = [str(file), str(last), str(tmp_path / "none.toml")]
    assert configured({}, files) == "10.0.0.2"
    assert configured({}, files[:1]) == "10.0.0.1"
    assert configured({"STREAMLIT_SERVER_ADDRESS": "10.0.0.3"}, files) == "10.0.0.3"
    assert configured({}, []) == ""
    with pytest.raises(SystemExit, match=r"10\.0\.0\.2"):
        listen([], configured({}, files), Viewers())


def test_a_wrong_configuration_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("viewers:\n  source: heeder\n", encoding="utf-8")
    monkeypatch.setenv("CANOPY_CONFIG", str(file))
    with pytest.raises(SystemExit, match="did you mean header"):
        serve.serve([])


@pytest.mark.parametrize(("served", "seen"), [("", "127.0.0.1"), (None, "10.1.0.7")])
def test_a_local_peer_cannot_say_that_it_is_the_sign_in_server(
    monkeypatch: pytest.MonkeyPatch, served: str | None, seen: str
) -> None:
    """The second row is how the server behaves where the variable is not set: why it is."""
    monkeypatch.delenv(PEERS_AS_THEY_ARE, raising=False)
    if served is not None:
        monkeypatch.setenv(PEERS_AS_THEY_ARE, served)
    peers: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        peers.append(scope["client"][0])

    trusted = Config(app).forwarded_allow_ips
    scope: Any = {
        "type": "websocket",
        "client": ("127.0.0.1", 5000),
        "headers": [(b"x-forwarded-for", b"10.1.0.7"), (b"x-forwarded-user", b"ceo")],
    }
    nothing: Any = None
    asked = ProxyHeadersMiddleware(app, trusted)(scope, nothing, nothing)
    # In a thread of its own: a browser that other tests left open has a loop running in this one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, asked).result()
    assert peers == [seen]
