"""Configuration is read strictly, and every problem is located, explained and reported."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Discriminator, Field, Tag, model_validator

from data.configuration import (
    ConfigurationError,
    Located,
    Problem,
    Written,
    attempt,
    attempt_bytes,
    problem_at,
    read,
    read_all,
    written_key,
)
from data.yaml_source import LARGEST, parse_yaml


class Theme(Written):
    """A part of the sample model."""

    id: str
    w: Annotated[float, Field(ge=0)]
    tags: tuple[str, ...] = ()


class Limits(Written):
    """Exactly one limit."""

    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one(self) -> Limits:
        if (self.above is None) == (self.below is None):
            raise ValueError("exactly one of above, below")
        return self


def _kind(value: object) -> str:
    return "limits" if isinstance(value, dict | Limits) else "number"


class Sample(Written):
    """A model with everything that configuration uses."""

    better: Literal["up", "down"] = "up"
    themes: tuple[Theme, ...] = ()
    shares: Mapping[str, Annotated[float, Field(gt=0, le=100)]] = {}
    years: Mapping[int, float] = {}
    count: int = 1
    on: bool = False
    day: dt.date | None = None
    goal: Annotated[
        Annotated[float, Tag("number")] | Annotated[Limits, Tag("limits")], Discriminator(_kind)
    ] = 0.0
    name: Annotated[str, Field(min_length=1, max_length=8)] = "Canopy"


WHOLE = """\
# a bank's file
better: down
themes:
  - id: core
    w: 30
  - {id: other, w: 70, tags: [a, b]}
shares: {growth: 17.5, quality: 17.5}
years: {2025: 1, 2026: 1.5}
count: 3
on: true
day: 2026-02-17
goal: {above: 2}
name: 中文
"""


def _document(text: str) -> Located[Sample]:
    document, problems = attempt_bytes(text.encode(), "config.yaml", Sample)
    assert problems == ()
    assert document is not None
    return document


def _problems(text: str) -> tuple[Problem, ...]:
    document, problems = attempt_bytes(text.encode(), "config.yaml", Sample)
    assert document is None
    assert problems
    return problems


def test_a_good_file_is_read_with_the_lines_of_its_keys() -> None:
    document = _document(WHOLE)
    value = document.value
    assert value.better == "down"
    assert [(theme.id, theme.w, theme.tags) for theme in value.themes] == [
        ("core", 30, ()),
        ("other", 70, ("a", "b")),
    ]
    assert value.years == {2025: 1, 2026: 1.5}
    assert value.day == dt.date(2026, 2, 17)
    assert value.goal == Limits(above=2)
    assert value.name == "中文"
    paths = [("better",), ("themes", 0, "w"), ("themes", 1, "tags", 1), ("shares", "quality")]
    assert [document.line(path) for path in paths] == [2, 5, 6, 7]


def test_a_key_that_was_not_written_has_the_line_of_its_parent() -> None:
    document = _document(WHOLE)
    assert document.line(("themes", 0, "tags")) == 4
    assert document.line(("nothing", "here")) == 2


def test_a_later_check_names_file_line_and_nearest() -> None:
    problem = problem_at(
        _document(WHOLE), ("themes", 1, "id"), expected="a theme", choices=["others", "core"]
    )
    told = "config.yaml:6: themes[1].id: found 'other', expected a theme; did you mean others?"
    assert str(problem) == told


BROKEN: dict[str, tuple[str, str]] = {
    "unknown key": (
        "better: up\ntheems: []\n",
        (
            "config.yaml:2: theems: found unknown key 'theems', expected one of better, themes, "
            "shares, years, count, on, day, goal, name; did you mean themes?"
        ),
    ),
    "unknown inner key": (
        "themes:\n  - id: core\n    w: 1\n    tga: [a]\n",
        (
            "config.yaml:4: themes[0].tga: found unknown key 'tga', expected one of id, w, tags; "
            "did you mean tags?"
        ),
    ),
    "unknown key inside a choice of forms": (
        "goal:\n  abov: 2\n",
        (
            "config.yaml:2: goal.abov: found unknown key 'abov', expected one of above, below; "
            "did you mean above?"
        ),
    ),
    "missing key": (
        "themes:\n  - w: 3\n",
        "config.yaml:2: themes[0].id: found nothing, expected the key 'id'",
    ),
    "wrong choice": (
        "better: doen\n",
        "config.yaml:1: better: found 'doen', expected one of 'up' or 'down'; did you mean down?",
    ),
    "quoted number": (
        'themes: [{id: a, w: "3"}]\n',
        "config.yaml:1: themes[0].w: found '3', expected a number",
    ),
    "truth as number": (
        "shares: {a: yes, b: true}\n",
        "config.yaml:1: shares.a: found 'yes', expected a number",
    ),
    "number as text": (
        "themes: [{id: 3, w: 3}]\n",
        "config.yaml:1: themes[0].id: found 3, expected text",
    ),
    "part of a number": (
        "count: 1.5\n",
        "config.yaml:1: count: found 1.5, expected a whole number",
    ),
    "word as truth": ("on: maybe\n", "config.yaml:1: on: found 'maybe', expected true or false"),
    "nothing for a number": (
        "count:\nbetter: up\n",
        "config.yaml:1: count: found nothing, expected a whole number",
    ),
    "text for a list": ("themes: core\n", "config.yaml:1: themes: found 'core', expected a list"),
    "list for keys": (
        "shares: [1, 2]\n",
        "config.yaml:1: shares: found a list of 2, expected keys with values",
    ),
    "keys for a number": (
        "count: {a: 1}\n",
        "config.yaml:1: count: found the keys a, expected a whole number",
    ),
    "list at the top": ("- 1\n", "config.yaml:1: found a list of 1, expected keys with values"),
    "key of another kind": (
        "years:\n  soon: 1\n",
        "config.yaml:2: years.soon: found 'soon', expected a whole number",
    ),
    "too small": (
        "shares: {a: 0}\n",
        "config.yaml:1: shares.a: found 0, expected a number above 0.0",
    ),
    "too large": (
        "shares: {a: 101}\n",
        "config.yaml:1: shares.a: found 101, expected a number of at most 100.0",
    ),
    "below its least": (
        "themes: [{id: a, w: -1}]\n",
        "config.yaml:1: themes[0].w: found -1, expected a number of at least 0.0",
    ),
    "empty text": (
        'name: ""\n',
        "config.yaml:1: name: found '', expected text of at least 1 character(s)",
    ),
    "long text": (
        "name: a name that is too long\n",
        (
            "config.yaml:1: name: found 'a name that is too long', "
            "expected text of at most 8 characters"
        ),
    ),
    "no date": ("day: soon\n", "config.yaml:1: day: found 'soon', expected a date"),
    "a day that does not exist": (
        "day: 2026-02-30\n",
        "config.yaml:1: day: found '2026-02-30', expected a number or date that exists",
    ),
    "two forms": (
        "goal: {above: 1, below: 2}\n",
        "config.yaml:1: goal: found the keys above, below, expected exactly one of above, below",
    ),
    "infinite": ("count: .inf\n", "config.yaml:1: count: found '.inf', expected a finite number"),
    "not a number": ("count: .nan\n", "config.yaml:1: count: found '.nan', expected a finite"),
    "duplicate key": (
        "count: 1\nbetter: up\ncount: 2\n",
        "config.yaml:3: count: found the same key again, expected it once (line 1)",
    ),
    "duplicate inner key": (
        "shares:\n  a: 1\n  a: 2\n",
        "config.yaml:3: shares.a: found the same key again, expected it once (line 2)",
    ),
    "tab": ("shares:\n\ta: 1\n", "config.yaml:2: found a tab, expected spaces"),
    "unclosed": ("themes: [1, 2\ncount: 1\n", "config.yaml:2: found YAML that cannot be read"),
    "empty": ("", "config.yaml:1: found an empty file, expected keys with values"),
    "only remarks": ("# nothing\n\n", "config.yaml:1: found an empty file"),
    "two documents": ("count: 1\n---\ncount: 2\n", "config.yaml:2: found YAML that cannot be"),
    "code": (
        "name: !!python/object/apply:os.system [echo]\n",
        (
            "config.yaml:1: name: found the tag tag:yaml.org,2002:python/object/apply:os.system, "
            "expected plain data without tags"
        ),
    ),
    "tag on a value": ("name: !secret a\n", "config.yaml:1: name: found the tag !secret"),
    "merge key": (
        "shares: &s {a: 1}\nyears:\n  <<: *s\n",
        "config.yaml:3: years.<<: found a merge key '<<', expected the keys written out",
    ),
    "unknown alias": ("name: *nobody\n", "config.yaml:1: found YAML that cannot be read"),
    "list as key": (
        "shares:\n  ? [a, b]\n  : 1\n",
        "config.yaml:2: shares: found a key that is a list or a mapping, expected a name as key",
    ),
    "control character": ("count: 1\nname: \x07\n", "config.yaml:2: found a control character"),
    "anchor again": (
        "shares: {a: &x 1, b: &x 2, c: *x, d: x}\n",
        "config.yaml:1: shares.d: found 'x', expected a number",
    ),
    "alias of itself": ("shares: &s [*s]\n", "config.yaml:1: shares[0][0]: found nested too"),
    "nested without end": ("[" * 3000, "config.yaml:1: found nested too deeply"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_the_place(name: str) -> None:
    text, told = BROKEN[name]
    assert str(_problems(text)[0]).startswith(told)


def test_all_problems_of_a_file_are_reported_in_the_order_of_its_lines() -> None:
    text = "count: x\nbeter: up\nthemes:\n  - id: 1\n    w: '2'\n"
    assert [(p.line, p.key) for p in _problems(text)] == [
        (1, "count"),
        (2, "beter"),
        (4, "themes[0].id"),
        (5, "themes[0].w"),
    ]


def test_an_alias_bomb_is_refused_quickly() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    (problem,) = parse_yaml("\n".join(lines)).problems
    assert problem.expected == f"at most {LARGEST} values"


def test_plain_aliases_are_allowed() -> None:
    assert _document("shares: &s {a: 1}\nyears: {}\nthemes: []\n").value.shares == {"a": 1}
    document = _document("themes:\n  - &t {id: a, w: 1}\n  - *t\n")
    assert document.value.themes[0] == document.value.themes[1]


def test_text_that_is_not_utf8_is_located() -> None:
    document, (problem,) = attempt_bytes("count: 1\nname: 中\n".encode("gb18030"), "c.yaml", Sample)
    assert document is None
    assert (problem.line, problem.expected) == (2, "text in UTF-8")


def test_a_byte_order_mark_is_no_problem() -> None:
    document, problems = attempt_bytes(b"\xef\xbb\xbfcount: 2\n", "c.yaml", Sample)
    assert problems == ()
    assert document is not None
    assert document.value.count == 2


def test_a_missing_file_names_its_nearest_neighbour(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("count: 1\n", "utf-8")
    document, (problem,) = attempt(tmp_path / "confg.yaml", Sample)
    assert document is None
    assert (problem.line, problem.nearest) == (None, "config.yaml")
    assert "expected a readable file" in str(problem)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected a readable file"):
        read(tmp_path, Sample)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(5_000_000)
    with pytest.raises(ConfigurationError, match="a file of 5000000 bytes"):
        read(path, Sample)


def test_problems_of_all_files_are_raised_together(tmp_path: Path) -> None:
    texts = {"a.yaml": "count: x\n", "b.yaml": "count: 1\n", "c.yaml": "cuont: 1\n\ton: x"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_all([tmp_path / name for name in texts], Sample)
    assert [Path(p.file).name for p in caught.value.problems] == ["a.yaml", "c.yaml"]
    assert str(caught.value).count("\n") == 1


def test_good_files_are_read_in_order(tmp_path: Path) -> None:
    for count in (1, 2):
        (tmp_path / f"{count}.yaml").write_text(f"count: {count}\n", "utf-8")
    documents = read_all([tmp_path / "2.yaml", tmp_path / "1.yaml"], Sample)
    assert [document.value.count for document in documents] == [2, 1]


def test_a_file_below_the_working_folder_is_shown_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("count: x\n", "utf-8")
    _, (problem,) = attempt(tmp_path / "config.yaml", Sample)
    assert problem.file == "config.yaml"


def test_written_models_are_frozen() -> None:
    value = _document("count: 2\n").value
    with pytest.raises(ValueError, match="frozen"):
        value.count = 3


def test_long_values_are_shortened_and_control_characters_are_shown_as_text() -> None:
    (problem,) = _problems(f'count: "{"x" * 500}"\n')
    assert len(problem.found) <= 60
    (problem,) = _problems('count: "\\e[31mred"\n')
    assert "\x1b" not in str(problem)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    document, problems = attempt_bytes(text.encode("utf-8", "replace"), "any.yaml", Sample)
    assert (document is None) == bool(problems)
    assert all(problem.line is not None and problem.line >= 1 for problem in problems)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    document, problems = attempt_bytes(raw, "any.yaml", Sample)
    assert (document is None) == bool(problems)


plain = st.recursive(
    st.one_of(st.integers(-99, 99), st.booleans(), st.none(), st.text("abc中", max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), plain, min_size=1, max_size=4))
def test_data_survives_writing_and_reading(data: dict[str, object]) -> None:
    source = parse_yaml(json.dumps(data, ensure_ascii=False))
    assert source.problems == ()
    assert source.data == data
    assert all(source.line((key,)) == 1 for key in data)


def test_key_paths_read_as_people_write_them() -> None:
    assert written_key(("a", 0, "b", "c")) == "a[0].b.c"
    assert written_key(()) == ""
