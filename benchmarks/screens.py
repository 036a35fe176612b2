"""B5 and B10: what a screen costs on the server at two sizes of bank, and in the browser.

``python -m benchmarks.screens --small URL --large URL`` over two refreshed warehouses; JSON in
build/bench_screens.json. Without ``--large`` only B10 and the repeated runs are measured.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks.browser import EMPTY, bare_page, seconds_in_browser
from benchmarks.measure import Measured, compared, write

ROOT = Path(__file__).resolve().parent.parent
FROM_FACTS = ("behaviour",)
"""Screens that read user-days or events: B6 measures these, not B5."""


@dataclass(frozen=True)
class Run:
    """Seconds of a screen's first run with empty caches, and of its second."""

    first: float
    again: float


def main() -> int:
    """Measure, print, write; exit code 1 when a limit was passed."""
    parser = argparse.ArgumentParser(prog="benchmarks.screens")
    parser.add_argument("--small", required=True, help="URL of a small warehouse")
    parser.add_argument("--large", help="URL of a large one")
    parser.add_argument("--screens", nargs="*", default=screens())
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CANOPY_STATE"] = f"sqlite:///{folder}/state.sqlite"
        found = list(_server_side(options))
        if not options.no_browser:
            found += _in_browser(options.small, options.screens)
    write(ROOT / "build" / "bench_screens.json", found, {"screens": len(options.screens)})
    return 0 if all(one.kept for one in found) else 1


def screens() -> list[str]:
    """Names of all screens, the overview first."""
    names = sorted(path.stem for path in (ROOT / "pages" / "screens").glob("*.py"))
    return sorted(names, key=lambda name: name != "overview")


def _server_side(options: Any) -> Iterator[Measured]:
    for name in options.screens:
        small = _runs(options.small, name)
        yield _said(_again(name, small, "small bank"))
        if options.large:
            large = _runs(options.large, name)
            yield _said(_again(name, large, "large bank"))
            if name not in FROM_FACTS:
                text = f"{name}, first run, large bank"
                yield _said(
                    compared("B5", text, "the same, small bank", large.first, small.first, 1.5)
                )


def _again(name: str, run: Run, bank: str) -> Measured:
    work = f"{name}, repeated, {bank}"
    return compared("B5 again", work, "its first run", run.again, run.first, 0.1)


def _said(one: Measured) -> Measured:
    print(one, flush=True)
    return one


def _runs(warehouse: str, name: str) -> Run:
    """Seconds of a screen over a warehouse; Streamlit itself is warm."""
    os.environ["CANOPY_WAREHOUSE"] = warehouse
    test = opened(name)
    st.cache_resource.clear()
    st.cache_data.clear()
    first = _timed(test)
    again = sorted(_timed(test) for _ in range(3))[1]
    return Run(first, again)


def opened(name: str) -> AppTest:
    """A screen of the cockpit after its first run."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600)
    test.query_params["lang"] = "en"  # options are written outside of a run too, in English
    test.run()
    if name != "overview":
        test.switch_page(f"pages/screens/{name}.py")
        test.run()
    if test.exception:
        raise RuntimeError(f"{name}: {test.exception}")
    return test


def _timed(test: AppTest) -> float:
    start = time.perf_counter()
    test.run()
    return time.perf_counter() - start


def _in_browser(warehouse: str, names: list[str]) -> list[Measured]:
    """B10: until a screen stands still, against its own charts in a page with nothing else."""
    os.environ["CANOPY_WAREHOUSE"] = warehouse
    found = []
    with _served(ROOT / "app.py", 8721) as cockpit, _served(EMPTY, 8722) as empty:
        for name in names:
            figures = [json.loads(one.proto.spec) for one in opened(name).get("plotly_chart")]
            with bare_page(figures) as script, _served(script, 8723) as bare:
                address = "" if name == "overview" else name
                whole = seconds_in_browser(f"{cockpit}/{address}")
                nothing, charts = seconds_in_browser(empty), seconds_in_browser(bare)
            text = f"{name}: first text"
            found.append(
                _said(compared("B10", text, "an empty page", whole.text, nothing.text, 1.5))
            )
            text = f"{name}: last chart"
            found.append(
                _said(
                    compared("B10", text, "its charts in a bare page", whole.end, charts.end, 1.5)
                )
            )
    return found


@contextmanager
def _served(script: Path, port: int) -> Iterator[str]:
    command = [
        sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port),
        "--server.address", "127.0.0.1", "--server.headless", "true",
        "--server.fileWatcherType", "none",
    ]  # fmt: skip
    running = subprocess.Popen(  # noqa: S603 - the interpreter itself, with words of ours
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(6)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())
