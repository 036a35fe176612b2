"""The bank's configuration: as written in config.yaml, and as resolved for the program.

An option of the command line goes before the environment, the environment before the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import Field
from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from data.configuration import (
    ConfigurationError,
    Located,
    Problem,
    Written,
    attempt_partly,
    problem_at,
)
from data.report_look import ReportLook, WrittenReport, look_problems, resolve_look
from data.viewers import Viewers, WrittenViewers, resolve_viewers, viewer_problems

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "config.yaml"
POSTGRES = ("postgresql", "postgresql+psycopg")
WAREHOUSES = "ducklake:///FOLDER or postgresql+psycopg://…"
STATES = "sqlite:///FILE or postgresql+psycopg://…"
Language = Literal["zh", "en"]


class WrittenSettings(Written):
    """config.yaml as a bank writes it; every key may be left out."""

    zone: str = "Asia/Shanghai"
    language: Language = "zh"
    warehouse: str = "ducklake:///var/warehouse"
    state: str = "sqlite:///var/state.sqlite"
    tree: str | None = None
    switched_off: tuple[str, ...] = ()
    minimum_coverage: float = Field(50.0, ge=0, le=100)
    late_after_days: int = Field(2, ge=0)
    two_people: bool = True
    viewers: WrittenViewers = WrittenViewers()
    report: WrittenReport = WrittenReport()


@dataclass(frozen=True)
class Settings:
    """The configuration in force: URLs with absolute paths, names looked up.

    ``minimum_coverage`` is in per cent; ``written`` lets later checks name file and line.
    """

    zone: str
    language: Language
    warehouse: str = field(repr=False)
    state: str = field(repr=False)
    tree: Path | None
    switched_off: frozenset[str]
    minimum_coverage: float
    late_after_days: int
    two_people: bool
    viewers: Viewers
    report: ReportLook
    written: Located[WrittenSettings] = field(repr=False, compare=False)

    @property
    def lake_folder(self) -> Path | None:
        """The folder of an embedded warehouse; None for a server's."""
        url = make_url(self.warehouse)
        return Path(str(url.database)) if url.get_backend_name() == "ducklake" else None


def read_settings(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    warehouse: str | None = None,
    state: str | None = None,
) -> Settings:
    """The settings of ``file`` (None: CANOPY_CONFIG, else the shipped one), overridden.

    ``warehouse`` and ``state`` are options of the command line. Raises ConfigurationError with
    every problem at once.

    >>> read_settings(environment={}, warehouse="ducklake:////srv/lake").lake_folder.as_posix()
    '/srv/lake'
    """
    around = environment or {}
    path = file or Path(around.get("CANOPY_CONFIG") or SHIPPED)
    document, found_wrong = attempt_partly(path, WrittenSettings)
    if document is None:
        raise ConfigurationError(found_wrong)
    folder = path.resolve().parent
    problems = [*found_wrong, *_problems(document, folder)]
    urls = {}
    for kind, option in (("warehouse", warehouse), ("state", state)):
        found = _url(kind, option, around, document, folder)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            urls[kind] = found
    if problems:
        raise ConfigurationError(sorted(problems, key=lambda problem: problem.line or 0))
    return _resolved(document, folder, urls["warehouse"], urls["state"])


def _resolved(
    document: Located[WrittenSettings], folder: Path, warehouse: str, state: str
) -> Settings:
    written = document.value
    return Settings(
        zone=written.zone,
        language=written.language,
        warehouse=warehouse,
        state=state,
        tree=None if written.tree is None else folder / written.tree,
        switched_off=frozenset(written.switched_off),
        minimum_coverage=written.minimum_coverage,
        late_after_days=written.late_after_days,
        two_people=written.two_people,
        viewers=resolve_viewers(written.viewers),
        report=resolve_look(written.report, folder),
        written=document,
    )


def _problems(document: Located[WrittenSettings], folder: Path) -> Iterator[Problem]:
    written = document.value
    try:
        ZoneInfo(written.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        names = sorted(available_timezones())
        expected = "an IANA zone such as Asia/Shanghai"
        yield problem_at(document, ("zone",), expected=expected, choices=names)
    if written.tree is not None and not (folder / written.tree).is_dir():
        yield problem_at(document, ("tree",), expected="a folder with tree files")
    yield from viewer_problems(document, written.viewers)
    yield from look_problems(document, written.report, folder)


def _url(
    kind: str,
    option: str | None,
    environment: Mapping[str, str],
    document: Located[WrittenSettings],
    folder: Path,
) -> str | Problem:
    """The URL that counts, with an absolute path, or what is wrong with it."""
    variable = f"CANOPY_{kind.upper()}"
    file, line, key = document.file, document.line((kind,)), kind
    text = str(getattr(document.value, kind))
    if option is not None:
        file, line, key, text, folder = "command line", None, f"--{kind}", option, Path.cwd()
    elif environment.get(variable):
        text, folder = environment[variable], Path.cwd()
        file, line, key = "environment", None, variable
    url = _read_url(text)
    embedded, expected = ("ducklake", WAREHOUSES) if kind == "warehouse" else ("sqlite", STATES)
    if url is None:
        return Problem(file, line, key, "text that is not a URL", expected)
    if url.drivername in POSTGRES:
        return text
    if url.drivername != embedded:
        return Problem(file, line, key, f"a URL of the kind {url.drivername}", expected)
    if url.database in (None, "", ":memory:"):
        return Problem(file, line, key, f"{url.drivername} without a place", expected)
    return f"{embedded}:///{folder / str(url.database)}"


def _read_url(text: str) -> URL | None:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        return None
