"""Running commands as a shell does, in this process: exit code, standard output, standard error."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cli
from commands import scores
from commands.language import LOCALE
from commands.options import Call
from data.period import Period
from metrics.scorecard import ScoreCard
from tests.conftest import DemoBank


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be JSON and nothing else."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that names no language, whoever runs the tests."""
    for name in LOCALE:
        monkeypatch.delenv(name, raising=False)


def command(*arguments: object) -> Ran:
    """Runs a command with the options that are given."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.main([*map(str, arguments)])
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command on a state database of its own."""

    def ran(*arguments: object) -> Ran:
        return command(*arguments, *_state(arguments, tmp_path))

    return ran


def _state(arguments: tuple[object, ...], folder: Path) -> list[str]:
    if not arguments or "--help" in arguments or "--state" in arguments:
        return []
    return ["--state", f"sqlite:///{folder / 'state.sqlite'}"]


@pytest.fixture
def on_bank(run: Run, demo_bank: DemoBank) -> Run:
    """Runs a command on the demo bank."""

    def ran(*arguments: object) -> Ran:
        return run(*arguments, "--warehouse", demo_bank.url)

    return ran


@pytest.fixture(scope="session")
def cards() -> dict[tuple[Period, str | None], ScoreCard]:
    """Cards of the demo bank that were worked out before."""
    return {}


@pytest.fixture
def quick_cards(
    cards: dict[tuple[Period, str | None], ScoreCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands work each card out once for all tests that ask for the same."""
    worked_out = scores.work_out

    def kept(call: Call, periods: Sequence[Period], weights: str | None) -> list[ScoreCard]:
        missing = [period for period in periods if (period, weights) not in cards]
        if missing:
            made = worked_out(call, missing, weights)
            cards.update({(card.period, weights): card for card in made})
        return [cards[period, weights] for period in periods]

    monkeypatch.setattr(scores, "work_out", kept)
