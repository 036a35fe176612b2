"""Mappings: what they can say, and how every mistake in one is told with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.contract import CONTRACT
from data.engines import Warehouse
from data.ingest import LoadRefusedError, load
from data.ingest.mapping import find_mapping, read_mapping
from data.ingest.mapping.formula import FormulaError, parse, strptime_of
from data.ingest.tables import LOAD_RECORD, QUARANTINE

ZONE = "Asia/Shanghai"
pytestmark = pytest.mark.usefixtures("in_process")
GOOD = """
name: small
about: a bank of two files
sources:
  people: {files: "people*.txt", delimiter: "|", encoding: gb18030, missing: ["", "-"]}
  visits: {files: "visits*.txt", delimiter: "|"}
ignore: "*.md"
views:
  first_visit:
    from: visits
    first: {by: who, order: [whole(at)]}
  seen:
    from: people
    join: {view: first_visit, on: {id: who}}
    where: state != 'test'
    add: {opened: first_visit.at}
  totals:
    from: visits
    group: {by: who, values: {spent: sum(decimal(amount)), often: count()}}
tables:
  dim_branch:
    rows:
      - {branch_id: B1, name_zh: 总行}
  dim_user:
    from: seen
    columns:
      user_id: {template: "U{id}"}
      branch_id: {constant: B1}
      registered_at: {moment: opened, unit: seconds}
      channel: {lookup: state, values: {a: branch, b: wechat}}
      birth_year: "1900 + whole(part(born, 1, 2)) if born is not None else None"
  user_month:
    from: totals
    where: spent > 0
    columns:
      month: {constant: 2026-10}
      user_id: {template: "U{who}"}
      aum_cny: round(spent / 3, 2)
      products: often
coverage:
  user_month: {last: 2026-09-30}
"""
PEOPLE = "id|state|born\n1|a|701231\n2|b|-\n3|test|\n4|z|\n5|a|x1\n6|a|\n"
VISITS = "who|at|amount\n1|1790000100|10.00\n1|1790000000|2.50\n6|1790000200|0\n2|soon|1\n"


def _bank(folder: Path, mapping: str) -> Path:
    folder.mkdir()
    (folder / "people.txt").write_bytes(PEOPLE.encode("gb18030"))
    (folder / "visits.txt").write_text(VISITS, encoding="utf-8")
    path = folder.parent / "small.yaml"
    path.write_text(mapping, encoding="utf-8")
    return path


@pytest.fixture
def loaded(lake: Warehouse, tmp_path: Path) -> Warehouse:
    path = _bank(tmp_path / "in", GOOD)
    (tmp_path / "in" / "notes.md").write_text("not data", encoding="utf-8")
    load(lake, [tmp_path / "in"], mapping=str(path), zone=ZONE, who="ann")
    return lake


def test_joins_filters_lookups_groups_and_arithmetic(loaded: Warehouse) -> None:
    users = loaded.frame(select(CONTRACT.tables["dim_user"])).set_index("user_id")
    assert sorted(users.index) == ["U1", "U6"]
    assert users.loc["U1", "registered_at"] == pd.Timestamp(1790000000, unit="s")
    assert users.loc["U1", "birth_year"] == 1970
    assert users.loc["U1", "channel"] == "branch"
    months = loaded.frame(select(CONTRACT.tables["user_month"])).set_index("user_id")
    assert {key: str(value) for key, value in months["aum_cny"].items()} == {
        "U1": "4.17", "U2": "0.33",
    }  # fmt: skip
    assert months["products"].to_dict() == {"U1": 2, "U2": 1}


def test_what_cannot_be_computed_goes_to_quarantine_with_its_line(loaded: Warehouse) -> None:
    bad = loaded.frame(select(QUARANTINE)).sort_values("line")
    found = [(row.file, row.line, row.reasons) for row in bad.itertuples()]
    assert found == [
        ("people.txt", 3, '["not a Unix time: soon"]'),
        ("people.txt", 5, '["no meaning is given for the code: z"]'),
        ("people.txt", 6, '["not a whole number: x1"]'),
    ]


def test_records_name_every_file_and_the_mapping(loaded: Warehouse) -> None:
    records = loaded.frame(select(LOAD_RECORD))
    assert set(records["file"]) == {"small.yaml", "people.txt", "visits.txt"}
    assert records["mapping"].str.endswith("small.yaml").all()
    assert (records["digest"].str.len() == 64).all()


def test_coverage_stays_within_what_the_mapping_says(loaded: Warehouse) -> None:
    assert len(loaded.frame(select(CONTRACT.tables["load_coverage"]))) == 0


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("name: small\n", "", "about:", "name: found 'nothing', expected this key"),
        ("ignore:", "ignor:", "ignor:", "ignor: found 'ignor', expected one of the keys"),
        ("ignore:", "ignor:", "ignor:", "did you mean 'ignore'?"),
        ("from: people", "from: peple", "peple", "expected a source or an earlier view"),
        ("view: first_visit", "view: first_vist", "vist,", "did you mean 'first_visit'?"),
        ("dim_user:", "dim_usr:", "dim_usr:", "expected a table of the contract; did you mean"),
        ("branch_id: {constant: B1}", "branch: {constant: B1}", "branch: {", "column of dim_user"),
        ("branch_id: {constant: B1}", "branch: {constant: B1}", "dim_user:", "also branch_id"),
        ("sum(decimal(amount))", "sum(decimal(amount)", "spent:", "expected an expression"),
        ("sum(decimal(amount))", "summ(amount)", "spent:", "did you mean 'sum'?"),
        ("sum(decimal(amount))", "__import__('os')", "spent:", "a function"),
        ("sum(decimal(amount))", "amount.__class__()", "spent:", "a function"),
        ("sum(decimal(amount))", "sum(x for x in y)", "spent:", "names, numbers, texts"),
        ("sum(decimal(amount))", "1 < 2 < 3", "spent:", "one comparison at a time"),
        ("sum(decimal(amount))", "2 ** 9", "spent:", "+ - * / // or %"),
        ("sum(decimal(amount))", "who in amount", "spent:", "a list in brackets after in"),
        ("sum(decimal(amount))", "'day(amount, who)'", "spent:", "a text in quotes"),
        ("unit: seconds", "unit: hours", "hours", "unit: found 'hours', expected 'seconds' or"),
        (", unit: seconds", "", "registered_at", "moment needs either a format or a unit"),
        (", values: {a: branch, b: wechat}", "", "lookup:", "lookup needs them"),
        ("{constant: B1}", "{constant: B1, template: x}", "template: x", "give exactly one of"),
        ("about:", "zone: Europe/Pragu\nabout:", "Pragu", "did you mean 'Europe/Prague'?"),
        ("coverage:\n  user_month", "coverage:\n  user_mont", "mont:", "mean 'user_month'?"),
        ("encoding: gb18030", "encoding: ebcdic", "ebcdic", "encoding: found 'ebcdic'"),
        ("ignore:", "  x: {files: a, header: false}\nignore:", "x: {", "give columns exactly"),
    ],
)  # fmt: skip
def test_every_mistake_is_told_with_file_line_and_key(
    tmp_path: Path, old: str, new: str, at: str, message: str
) -> None:
    path = tmp_path / "small.yaml"
    text = GOOD.replace(old, new, 1).lstrip("\n")
    path.write_text(text, encoding="utf-8")
    line = 1 + next(n for n, written in enumerate(text.splitlines()) if at in written)
    with pytest.raises(LoadRefusedError) as refused:
        read_mapping(path)
    told = [str(problem) for problem in refused.value.problems]
    assert any(one.startswith(f"small.yaml:{line}: ") and message in one for one in told), told


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("from: people", "from: peple").replace("dim_user:", "dim_usr:")
    path = tmp_path / "small.yaml"
    path.write_text(text.replace("often: count()", "often: cont()"), encoding="utf-8")
    with pytest.raises(LoadRefusedError) as refused:
        read_mapping(path)
    assert len(refused.value.problems) == 3


def test_what_is_no_yaml(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    for text in ("a: [", "a: 1\na: 2\n", "!!python/object/apply:os.system ['true']"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(LoadRefusedError):
            read_mapping(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("where: state != 'test'", "where: stat != 'test'", "did you mean 'state'?"),
        ("U{id}", "U{idd}", "did you mean 'id'?"),
        ("on: {id: who}", "on: {id: whom}", "did you mean 'who'?"),
        ("by: who, values", "by: whom, values", "did you mean 'who'?"),
        ("round(spent / 3, 2)", "sum(spent)", "only in the values of a group"),
        ("round(spent / 3, 2)", "whole(spent, 2, 3)", "other arguments"),
        ("spent > 0", "spent > 'x'", "values that fit together"),
    ],
)
def test_columns_that_the_files_do_not_have(
    lake: Warehouse, tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    path = _bank(tmp_path / "in", text)
    with pytest.raises(LoadRefusedError) as refused:
        load(lake, [tmp_path / "in"], mapping=str(path), zone=ZONE, who="ann")
    assert message in str(refused.value)
    assert "small.yaml:" in str(refused.value)


def test_files_that_do_not_fit_the_mapping(lake: Warehouse, tmp_path: Path) -> None:
    path = _bank(tmp_path / "in", GOOD)
    (tmp_path / "in" / "visits.txt").rename(tmp_path / "in" / "visit.txt")
    with pytest.raises(LoadRefusedError) as refused:
        load(lake, [tmp_path / "in"], mapping=str(path), zone=ZONE, who="ann")
    told = [problem.message for problem in refused.value.problems]
    assert told == [
        "source visits: no file is named like visits*.txt",
        "mapping small has no source for it: take it out of the call",
    ]


def test_a_mapping_that_is_not_there() -> None:
    with pytest.raises(LoadRefusedError, match="did you mean 'berka'"):
        find_mapping("berkaa")
    with pytest.raises(LoadRefusedError, match="there is no such mapping file"):
        find_mapping("none/such.yaml")


def test_shipped_mappings_are_whole() -> None:
    for name in ("berka", "mathoverflow"):
        mapping = read_mapping(find_mapping(name))
        assert mapping.name == name
        assert {part.table for part in mapping.parts} >= {"dim_branch", "dim_module", "dim_user"}


def test_tokens_of_formats() -> None:
    assert strptime_of("DD.MM.YYYY hh:mm:ss") == "%d.%m.%Y %H:%M:%S"


@given(st.text(max_size=40))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    """Whatever is written as an expression is understood or refused; nothing is run."""
    try:
        tree: Any = parse(text)
    except FormulaError as error:
        assert error.expected
    else:
        assert tree is not None
