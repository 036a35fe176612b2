"""Running commands as a shell does, in this process: exit code, standard output, standard error."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cli
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


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command on a state database of its own."""

    def ran(*arguments: object) -> Ran:
        capsys.readouterr()
        code = cli.main([*map(str, arguments), *_state(arguments, tmp_path)])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

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
