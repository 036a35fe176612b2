"""PDF through the Chromium of this machine, where there is one: fixed arguments, no network."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from reports.month.refused import ReportError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LIMIT_S = 40
ARGUMENTS = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--no-pings",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-domain-reliability", "--disable-breakpad",
    "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:1", "--no-pdf-header-footer",
)  # fmt: skip
_PAGE = re.compile(rb"/Type\s*/Page\b")


class NoBrowserError(ReportError):
    """There is no Chromium on this machine."""


def browser() -> Path | None:
    """The Chromium of this machine; None where there is none."""
    found = (shutil.which(name) for name in NAMES)
    return next((Path(one) for one in found if one is not None), None)


def to_pdf(page: Callable[[float], str], sizes: tuple[float, ...]) -> bytes:
    """An HTML page as PDF: ``page`` of the first of ``sizes`` at which it takes one sheet.

    Where none does, that of the last. NoBrowserError without a Chromium, ReportError where it
    fails or takes longer than it may.
    """
    program = browser()
    if program is None:
        raise NoBrowserError(
            "there is no Chromium on this machine: take the HTML page, and print it from a browser"
        )
    raw = b""
    for size in sizes:
        raw = printed(program, page(size))
        if pages_of(raw) <= 1:
            break
    return raw


def pages_of(raw: bytes) -> int:
    """Pages of a PDF that Chromium made."""
    return len(_PAGE.findall(raw))


def printed(program: Path, html: str, limit_s: float = LIMIT_S) -> bytes:
    """The PDF of a page that asks for nothing else; the browser is gone when this returns."""
    with tempfile.TemporaryDirectory(prefix="canopy-print-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target = folder / "page.html", folder / "page.pdf"
        source.write_text(html, encoding="utf-8")
        # Chromium's own sandbox cannot be had by the root user of a container.
        rootless = ["--no-sandbox"] if sys.platform != "win32" and os.geteuid() == 0 else []
        command = [
            str(program), *ARGUMENTS, *rootless, f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={target}", source.as_uri(),
        ]  # fmt: skip
        _run(command, folder, limit_s)
        raw = target.read_bytes() if target.exists() else b""
    if not raw.startswith(b"%PDF"):
        raise ReportError("Chromium made no PDF of the bulletin: take the HTML page, and print it")
    return raw


def _run(command: list[str], folder: Path, limit_s: float) -> None:
    """Run the browser with nothing of our environment, and end all of it at the time limit."""
    around = {"HOME": str(folder), "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    started = subprocess.Popen(  # noqa: S603  # fixed arguments and paths of our own
        command, cwd=folder, env=around, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        started.wait(limit_s)
    except subprocess.TimeoutExpired as error:
        raise ReportError(
            f"Chromium took longer than {limit_s:.0f} s for the bulletin: take the HTML page"
        ) from error
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
