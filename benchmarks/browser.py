"""Seconds until a page shows its first text and stands still, in Chromium."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

EMPTY = Path(__file__).with_name("empty_page.py")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip
TEXT = "() => !!document.querySelector('.stMain [data-testid=\"stMarkdownContainer\"]')"
STILL = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app || app.getAttribute('data-test-script-state') !== 'notRunning') return false;
  const charts = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
  return charts.every(chart => chart.querySelector('.main-svg'));
}"""
PATIENCE_MS = 180_000
VISITS = 3


@dataclass(frozen=True)
class Seen:
    """Seconds from opening an address to its first text, and to its last chart."""

    text: float
    end: float


@contextmanager
def bare_page(figures: list[Any]) -> Iterator[Path]:
    """The script of a Streamlit page with some charts and nothing else."""
    lines = (
        "import json, pathlib",
        "import plotly.graph_objects as go",
        "import streamlit as st",
        "figures = json.loads(pathlib.Path(__file__).with_name('figures.json').read_text())",
        "st.markdown('x')",
        "for number, one in enumerate(figures):",
        "    st.plotly_chart(go.Figure(one), key=str(number), theme=None)",
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "figures.json").write_text(json.dumps(figures))
        script = Path(folder) / "bare.py"
        script.write_text("\n".join(lines) + "\n")
        yield script


def seconds_in_browser(url: str) -> Seen:
    """Medians over some visits, each in a browser context of its own, after one to warm up."""
    found = next(path for name in ("chromium", "google-chrome") if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        seen = []
        for _ in range(VISITS + 1):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            seen.append(_visit(context.new_page(), url))
            context.close()
        browser.close()
    kept = seen[1:]
    return Seen(statistics.median(s.text for s in kept), statistics.median(s.end for s in kept))


def _visit(page: Page, url: str) -> Seen:
    start = time.perf_counter()
    page.goto(url)
    page.wait_for_function(TEXT, timeout=PATIENCE_MS)
    text = time.perf_counter() - start
    page.wait_for_function(STILL, timeout=PATIENCE_MS)
    return Seen(text, time.perf_counter() - start)
