"""A running cockpit and a browser; without Chromium these tests are skipped and say so."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import DemoBank

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
    "--enable-unsafe-swiftshader",  # the map is drawn by WebGL, here without a graphics card
)  # fmt: skip
PATIENCE_MS = 180_000
IDLE = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.getAttribute('data-test-script-state') === 'notRunning'
    && !app.querySelector('[data-testid="stSkeleton"]');
}"""
Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of this machine."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def server(demo_bank: DemoBank, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The cockpit on a free port of this machine, over the demo bank."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    state = tmp_path_factory.mktemp("served") / "state.sqlite"
    around = os.environ | {
        "CANOPY_WAREHOUSE": demo_bank.url,
        "CANOPY_STATE": f"sqlite:///{state}",
    }
    command = [
        sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port),
        "--server.address", "127.0.0.1", "--server.headless", "true",
        "--server.fileWatcherType", "none",
    ]  # fmt: skip
    running = subprocess.Popen(
        command, cwd=ROOT, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(port)
        yield url
    finally:
        running.terminate()
        running.wait(timeout=30)


def wait_for(port: int) -> None:
    """Until the server answers."""
    for _attempt in range(120):
        asked = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            asked.request("GET", "/_stcore/health")
            if asked.getresponse().status == HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.5)
        finally:
            asked.close()
    pytest.fail(f"the cockpit on port {port} did not answer within a minute")


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Visit]:
    """Open an address of the cockpit in a browser of its own and wait until it is complete."""
    contexts = []

    def open_at(address: str = "/", locale: str = "en-US") -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=locale)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{server}{address}")
        settle(page)
        return page

    yield open_at
    for context in contexts:
        context.close()


def settle(page: Page) -> None:
    """Until the script has run to its end and its last elements are drawn."""
    page.wait_for_timeout(600)
    page.wait_for_function(IDLE, timeout=PATIENCE_MS)
    page.wait_for_timeout(600)
