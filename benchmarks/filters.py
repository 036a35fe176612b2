"""Seconds from a change of filter to the tiles of the new view, and until the screen stands still.

``python -m benchmarks.filters URL [SCREEN …]`` over a refreshed warehouse: in the browser another
month and another branch that nobody has asked for, against the same click on what was seen before.
JSON in build/bench_filters.json.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import ARGUMENTS, PATIENCE_MS, STILL
from benchmarks.measure import compared, write

ROOT = Path(__file__).resolve().parent.parent
SCREENS = ("overview", "behaviour", "business", "risk", "campaign", "competitor")
PORT = 8731
MOST = 2.0
"""A view that nobody asked for yet, against one that was seen."""
QUIET_S = 12
"""Until the months were read ahead: a reader looks at the first view before clicking on."""
ANSWERED = """before => {
  const strip = document.querySelector('.st-key-strip');
  const tile = document.querySelector('[class*="st-key-value-"]');
  if (!strip || !tile || strip.innerText === before) return false;
  return [strip, tile].every(one => !one.closest('[data-stale="true"]'));
}"""


@dataclass(frozen=True)
class Answer:
    """Seconds from a click to the new tiles, and until the screen stands still."""

    tiles: float
    still: float


def main() -> int:
    """Measure, print, write; exit code 1 when a limit was passed."""
    parser = argparse.ArgumentParser(prog="benchmarks.filters")
    parser.add_argument("warehouse")
    parser.add_argument("screens", nargs="*", default=SCREENS)
    options = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder, _served(options.warehouse, folder) as address:
        for name in options.screens:
            for key in ("period_month", "branch"):
                new, seen = answers(f"{address}/{'' if name == 'overview' else name}", key)
                text = f"{name}: another {key.removeprefix('period_')}"
                for what, one, other in (
                    ("tiles", new.tiles, seen.tiles), ("still", new.still, seen.still),
                ):  # fmt: skip
                    found.append(compared("filters", f"{text}, {what}", "seen", one, other, MOST))
                    print(found[-1], flush=True)
    write(ROOT / "build" / "bench_filters.json", found, {"screens": len(options.screens)})
    return 0 if all(one.kept for one in found) else 1


def answers(url: str, key: str) -> tuple[Answer, Answer]:
    """A choice that is new to the server, and the way back to the view before."""
    chromium = next(p for name in ("chromium", "google-chrome") if (p := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}?lang=en")
        page.wait_for_function(STILL, timeout=PATIENCE_MS)
        page.wait_for_timeout(QUIET_S * 1000)
        new = _chosen(page, key, 3)
        seen = _chosen(page, key, 0)
        browser.close()
    return new, seen


def _chosen(page: Page, key: str, place: int) -> Answer:
    before = page.locator(".st-key-strip").inner_text()
    page.locator(f".st-key-{key} input").click()
    option = page.get_by_role("option").nth(place)
    option.wait_for()
    start = time.perf_counter()
    option.click()
    page.wait_for_function(ANSWERED, arg=before, timeout=PATIENCE_MS, polling=20)
    tiles = time.perf_counter() - start
    page.wait_for_function(STILL, timeout=PATIENCE_MS, polling=20)
    return Answer(tiles, time.perf_counter() - start)


@contextmanager
def _served(warehouse: str, folder: str) -> Iterator[str]:
    environment = {
        **os.environ, "CANOPY_WAREHOUSE": warehouse,
        "CANOPY_STATE": f"sqlite:///{folder}/state.sqlite",
    }  # fmt: skip
    running = subprocess.Popen(  # noqa: S603 - the interpreter itself, with words of ours
        [sys.executable, "-m", "ui.serve", "--server.port", str(PORT), "--server.headless", "true"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        time.sleep(10)
        yield f"http://127.0.0.1:{PORT}"
    finally:
        running.terminate()
        running.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())
