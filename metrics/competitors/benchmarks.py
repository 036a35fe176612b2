"""Reference lines of the source plans, beside which the bank's own values are shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from data.configuration import ConfigurationError, Written, problem_at, read

FILE = Path(__file__).parent / "benchmarks.yaml"
Kind = Literal["industry", "peer", "reference"]


class WrittenBenchmark(Written):
    """A line as written."""

    id: str
    kind: Kind
    topic_zh: str
    topic_en: str
    value: float
    unit: str
    who: str
    plan: str
    indicator: str | None = None


class WrittenBenchmarks(Written):
    """The file."""

    benchmarks: tuple[WrittenBenchmark, ...]


@dataclass(frozen=True)
class Benchmark:
    """A figure of a plan: what the industry or a peer reaches. ``indicator``: '' if none fits."""

    id: str
    kind: Kind
    topic_zh: str
    topic_en: str
    value: float
    unit: str
    who: str
    plan: str
    indicator: str

    def topic(self, lang: str) -> str:
        """What the figure is about, in a language."""
        return self.topic_zh if lang == "zh" else self.topic_en


@lru_cache
def benchmarks(indicators: frozenset[str], path: Path = FILE) -> tuple[Benchmark, ...]:
    """All lines; ConfigurationError names every indicator that does not exist.

    >>> benchmarks(frozenset({"dau", "cross_sell_success", "ai_resolution"}))[0].value
    420000000.0
    """
    found = read(path, WrittenBenchmarks)
    wrong = [
        problem_at(
            found,
            ("benchmarks", place, "indicator"),
            expected="an indicator",
            choices=indicators,
        )
        for place, one in enumerate(found.value.benchmarks)
        if one.indicator is not None and one.indicator not in indicators
    ]
    if wrong:
        raise ConfigurationError(wrong)
    return tuple(
        Benchmark(**{**one.model_dump(), "indicator": one.indicator or ""})
        for one in found.value.benchmarks
    )
