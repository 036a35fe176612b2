"""The house itself: who may import whom, how long files and functions are, what is not written."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = (
    "data",
    "metrics",
    "words",
    "reports",
    "ui",
    "pages",
    "app",
)  # each may import what stands before it
LONGEST_FILE, LONGEST_TEST, LONGEST_FUNCTION = 320, 600, 60
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "breakpoint"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill"}
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError\(\)|lorem ipsum)\b")
PLACES = re.compile(r"(?<![\w.])/(work|tmp|root|home)/")
ASSISTANTS = re.compile(r"\b(claude|anthropic|openai|chatgpt|copilot|llm)\b", re.IGNORECASE)


@cache
def sources() -> tuple[Path, ...]:
    """Python files that are kept or about to be, by git's own rules."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(sorted(path for path in found if path.is_file()))


def floor_of(path: Path) -> str:
    """The floor of the house that a file is on.

    >>> floor_of(ROOT / "app.py")
    'app'
    """
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def above_of(floor: str) -> tuple[str, ...]:
    """What a floor may not import: what stands above it, and the command line beside it.

    >>> above_of("reports"), above_of("commands")
    (('ui', 'pages', 'app', 'cli', 'commands', 'tests'), ('ui', 'pages', 'app', 'tests'))
    """
    if floor not in FLOORS:
        return (*FLOORS[FLOORS.index("reports") + 1 :], "tests")
    return (*FLOORS[FLOORS.index(floor) + 1 :], "cli", "commands", "tests")


def product() -> list[Path]:
    return [path for path in sources() if floor_of(path) != "tests"]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Dotted names of the modules that a file imports."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_point_down_only() -> None:
    wrong = []
    for path in product():
        above = above_of(floor_of(path))
        wrong += [
            f"{shown(path)} imports {name}"
            for name in imported(path)
            if name.split(".")[0] in above
        ]
    assert wrong == []


def test_streamlit_stays_above_the_metrics() -> None:
    wrong = [
        shown(path)
        for path in product()
        if floor_of(path) not in ("ui", "pages", "app", "benchmarks")
        and any(name.split(".")[0] in ("streamlit", "plotly", "pydeck") for name in imported(path))
    ]
    assert wrong == []


def test_the_command_line_runs_without_streamlit() -> None:
    modules = "commands.scores, commands.demo, commands.checking, commands.documents, cli"
    code = f"import sys, {modules}; sys.exit('streamlit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_imported_by_a_relative_name() -> None:
    assert [shown(p) for p in product() for name in imported(p) if name.startswith(".")] == []


def test_screens_are_flat_and_no_page_is_found_by_itself() -> None:
    pages = ROOT / "pages"
    assert [shown(path) for path in pages.glob("*.py")] == []
    nested = [path for path in (pages / "screens").rglob("*.py") if path.parent.name != "screens"]
    assert nested == []


def test_no_file_is_named_vaguely() -> None:
    names = {part.removesuffix(".py") for path in sources() for part in path.parts}
    assert names & VAGUE_NAMES == set()


@pytest.mark.parametrize("path", sources(), ids=shown)
def test_lengths(path: Path) -> None:
    longest = LONGEST_TEST if floor_of(path) == "tests" else LONGEST_FILE
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= longest, f"{lines} lines, at most {longest}"
    long = [
        f"{node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == [], f"functions have at most {LONGEST_FUNCTION} lines"


@pytest.mark.parametrize("path", product(), ids=shown)
def test_nothing_runs_text_as_code(path: Path) -> None:
    called = {
        node.func.id
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called & FORBIDDEN_CALLS == set()
    assert {name.split(".")[0] for name in imported(path)} & FORBIDDEN_MODULES == set()
    assert "yaml.load(" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", product(), ids=shown)
def test_no_exception_is_swallowed(path: Path) -> None:
    silent = [
        node.lineno
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or all(isinstance(step, ast.Pass) for step in node.body))
    ]
    assert silent == [], "an exception is caught without a type, or nothing is done about it"


@pytest.mark.parametrize("path", product(), ids=shown)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(parsed(path))


def written() -> list[Path]:
    """Everything that people read: code, documents, configuration."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    kinds = {".py", ".md", ".yaml", ".toml", ".txt", ".css", ""}
    found = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in found if path.is_file() and path.suffix in kinds]


def test_nothing_is_left_unfinished_and_nothing_tells_of_its_making() -> None:
    wrong = []
    for path in written():
        if path == Path(__file__).resolve():
            continue
        text = path.read_text(encoding="utf-8")
        for pattern in (UNFINISHED, PLACES, ASSISTANTS):
            wrong += [f"{shown(path)}: {found.group(0)}" for found in pattern.finditer(text)]
    assert wrong == []
