"""Broken trees: every message names file, line, key, what was found and the nearest valid name."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.configuration import ConfigurationError, Problem
from metrics.tree import PointInfo, load_tree
from metrics.tree.documents import SHIPPED, read_documents
from tests.metrics.tree.broken_trees import CASES, MAU_KEY, Broken


def _broken(case: Broken, folder: Path) -> int:
    """Write the broken file; the line in which its problem is expected."""
    text = (SHIPPED / f"{case.file}.yaml").read_text("utf-8")
    start = text.index(case.after)
    edit = text.index(case.old, start)
    broken = text[:edit] + case.new + text[edit + len(case.old) :]
    (folder / f"{case.file}.yaml").write_text(broken, "utf-8")
    place = edit if case.at is None else broken.index(case.at, start)
    return broken.count("\n", 0, place) + 1


def _problems(folder: Path, points: dict[str, PointInfo]) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as caught:
        load_tree(folder, points)
    assert str(caught.value).count("\n") + 1 == len(caught.value.problems)
    return caught.value.problems


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_broken_tree_is_refused_with_the_place(
    case: Broken, tmp_path: Path, points: dict[str, PointInfo]
) -> None:
    line = _broken(case, tmp_path)
    problems = _problems(tmp_path, points)
    told = "\n".join(map(str, problems))
    named = [problem for problem in problems if problem.key == case.key]
    assert named, told
    problem = named[0]
    assert problem.file.endswith(f"{case.file}.yaml"), told
    assert problem.line == line, told
    assert case.says in str(problem), told
    if case.nearest is not None:
        assert problem.nearest == case.nearest, told
        assert str(problem).endswith(f"did you mean {case.nearest}?")


def test_at_least_forty_broken_trees() -> None:
    assert len(CASES) >= 40


def test_all_problems_of_all_files_are_reported_together(
    tmp_path: Path, points: dict[str, PointInfo]
) -> None:
    for name in ("unknown point", "target below base", "red line on no node", "unknown team"):
        _broken(CASES[name], tmp_path)
    found = {(Path(p.file).stem, p.key) for p in _problems(tmp_path, points)}
    assert found == {
        ("user_scale", f"{MAU_KEY}.formula"),
        ("brand", "themes[0].indicators[1].target"),
        ("red_lines", "red_lines[1].caps.stablity"),
        ("modules", "modules[0].team"),
    }


def test_schema_and_reference_problems_are_reported_together(
    tmp_path: Path, points: dict[str, PointInfo]
) -> None:
    named = ("unknown direction", "unknown team", "target below base", "red line on no node")
    for name in named:
        _broken(CASES[name], tmp_path)
    found = {(Path(p.file).stem, p.key) for p in _problems(tmp_path, points)}
    assert found == {(CASES[name].file, CASES[name].key) for name in named}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_no_check_complains_of_what_stands_for_a_wrong_value(
    case: Broken, tmp_path: Path, points: dict[str, PointInfo]
) -> None:
    _broken(case, tmp_path)
    try:
        alone = read_documents(tmp_path).problems
    except ConfigurationError as error:
        alone = error.problems
    if alone:
        assert set(_problems(tmp_path, points)) == set(alone)


def test_files_that_cannot_be_read_are_reported_together(
    tmp_path: Path, points: dict[str, PointInfo]
) -> None:
    (tmp_path / "risk.yaml").write_bytes(b"perspective: \xff\xfe")
    (tmp_path / "bands.yaml").write_text("", "utf-8")
    _broken(CASES["unknown direction"], tmp_path)
    found = {Path(p.file).stem for p in _problems(tmp_path, points)}
    assert found == {"risk", "bands", "user_scale"}


def test_a_misnamed_file_is_not_overlooked(tmp_path: Path, points: dict[str, PointInfo]) -> None:
    (tmp_path / "red_line.yaml").write_text("red_lines: []\n", "utf-8")
    (problem,) = _problems(tmp_path, points)
    assert problem.nearest == "red_lines.yaml"


def test_a_missing_folder_is_not_overlooked(tmp_path: Path, points: dict[str, PointInfo]) -> None:
    (problem,) = _problems(tmp_path / "nowhere", points)
    assert problem.found == "no such folder"


def test_a_folder_may_replace_one_file_only(tmp_path: Path, points: dict[str, PointInfo]) -> None:
    text = (SHIPPED / "red_lines.yaml").read_text("utf-8")
    own = text.replace("breached: {above: 2}", "breached: {above: 1.5}")
    assert own != text
    (tmp_path / "red_lines.yaml").write_text(own, "utf-8")
    tree = load_tree(tmp_path, points)
    assert tree.red_lines["npl_limit"].above == 1.5
    assert len(tree.indicators) == 78
