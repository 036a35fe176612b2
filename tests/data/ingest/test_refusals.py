"""Files that are refused whole, with a message that says what to do, and nothing loaded."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import func, select

from data.contract import CONTRACT
from data.engines import Warehouse
from data.ingest import Limits, LoadRefusedError, load
from data.ingest.refusal import BadFileError
from data.ingest.tables import LOAD_RECORD

Parse = Callable[..., Any]
ZONE = "Asia/Shanghai"
GOOD = b"branch_id,name_zh\n1,a\n"


def _parquet(table: pa.Table, **how: Any) -> bytes:
    out = io.BytesIO()
    parquet.write_table(table, out, **how)
    return out.getvalue()


def _workbook(*sheets: str) -> bytes:
    book = openpyxl.Workbook()
    for name in sheets:
        book.create_sheet(name).append(("branch_id", "name_zh"))
    book.remove(book["Sheet"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


BOMB = b"x," * (40 << 20)


BROKEN = _parquet(pa.table({"branch_id": ["1"], "name_zh": ["a"]}))[:-20] + b"PAR1"
NESTED = _parquet(pa.table({"branch_id": ["1"], "name_zh": [["a"]]}))
NARROW = _parquet(pa.table({"branch_id": ["1"]}))
OLD_BOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
UNCLOSED = GOOD + b'2,"unclosed\n' + b"x,y\n" * 5_000_000
CHINESE = GOOD + "2,总行\n".encode("gb18030")
NO_GZIP_END = gzip.compress(GOOD, mtime=0)[:-9]
HUGE_PART = _archive(xl__workbook=b"", xl__x=BOMB)
NO_BOOK = _archive(**{"xl__workbook.xml": b"<x/>"})


@pytest.mark.parametrize(
    ("suffix", "content", "message"),
    [
        ("csv", b"", "it is empty"),
        ("csv", b"branch_id,city\n1,a\n", "missing columns: name_zh"),
        ("csv", b"branch_id,name_zh,nme_en\n", "column 'nme_en'; did you mean 'name_en'?"),
        ("csv", b"branch_id,name_zh,city,city\n", "columns named twice: city"),
        ("csv", b"branch_id;name_zh\n1;a\n", "separated by ';': use commas, or a mapping"),
        ("csv", b"\xef\xbb\xbf\n", "it has no header line"),
        (
            "csv",
            CHINESE,
            "or declare how it is written, such as --encoding gb18030",
        ),
        ("csv", GOOD + b"2,\x00\n", "line 3 holds a NUL byte"),
        ("csv", GOOD.decode().encode("utf-16"), "it is UTF-16 text: save it as CSV UTF-8"),
        ("csv", UNCLOSED, "an unclosed quote"),
        ("csv", b"PK\x03\x04 rest", "it claims to be csv, but its content is xlsx"),
        ("csv", b"PAR1 rest", "its content is parquet"),
        ("csv.gz", NO_GZIP_END, "it cannot be unpacked"),
        ("csv.gz", gzip.compress(BOMB, mtime=0), "decompression bomb"),
        ("parquet", b"not parquet at all", "it claims to be parquet"),
        ("parquet", b"PAR1" + bytes(100) + b"PAR1", "it is not a whole Parquet file"),
        ("parquet", BROKEN, "it is not a whole Parquet file"),
        ("parquet", b"PARE" + bytes(100), "it is encrypted"),
        ("parquet", NESTED, "name_zh (list<"),
        ("parquet", NARROW, "missing columns: name_zh"),
        ("xlsx", OLD_BOOK, "save it as .xlsx without a password"),
        ("xlsx", GOOD, "it claims to be xlsx, but its content is text"),
        ("xlsx", _archive(a=b"b"), "no workbook"),
        ("xlsx", b"PK\x03\x04" + bytes(50), "it is not a whole .xlsx file"),
        ("xlsx", HUGE_PART, "decompression bomb"),
        ("xlsx", NO_BOOK, "save it again"),
        ("xlsx", _workbook("a", "b"), "name the one to load so"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_every_refusal(parse_file: Parse, suffix: str, content: bytes, message: str) -> None:
    with pytest.raises(BadFileError) as refused:
        parse_file(f"dim_branch.{suffix}", content, "dim_branch")
    assert message in str(refused.value)


def test_a_workbook_whose_first_row_has_gaps(parse_file: Parse) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(("branch_id", None, "name_zh"))
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(BadFileError, match="the first row must name every column"):
        parse_file("dim_branch.xlsx", out.getvalue(), "dim_branch")


def test_parquet_that_declares_more_than_it_may(
    parse_file: Parse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data.ingest import parquet_file

    monkeypatch.setattr(parquet_file, "MOST_ROWS", 1000)
    table = pa.table({"branch_id": ["1"] * 1001, "name_zh": ["a"] * 1001})
    with pytest.raises(BadFileError, match="decompression bomb"):
        parse_file("dim_branch.parquet", _parquet(table), "dim_branch")


def _counts(warehouse: Warehouse) -> dict[str, int]:
    with warehouse.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in CONTRACT.tables.items()
            if name in ("dim_branch", "dim_module", "load_coverage")
        }


def test_one_bad_file_refuses_the_whole_call_and_names_all(lake: Warehouse, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "dim_branch.csv").write_bytes(GOOD)
    load(lake, [folder], zone=ZONE, who="ann")
    before = _counts(lake)
    (folder / "dim_branch.csv").write_bytes(b"branch_id,name_zh\n2,b\n")
    (folder / "dim_module.csv").write_text("module\npay\n", encoding="utf-8")
    (folder / "txn.parquet").write_bytes(b"nonsense")
    with pytest.raises(LoadRefusedError) as refused:
        load(lake, [folder], zone=ZONE, who="ann")
    assert [problem.file for problem in refused.value.problems] == ["dim_module.csv", "txn.parquet"]
    assert _counts(lake) == before
    records = lake.frame(select(LOAD_RECORD).where(LOAD_RECORD.c.sequence == 2))
    assert set(records["file"]) == {"dim_branch.csv", "dim_module.csv", "txn.parquet"}
    assert records["refused"].str.contains("missing columns: scene, grade, name_zh").all()
    assert records["rows_changed"].sum() == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("dim_brnch.csv", "did you mean 'dim_branch'?"),
        ("dim_branch_old.csv", "is no table of the contract; did you mean 'dim_branch'? Name it"),
        ("qqq.csv", "is no table of the contract. Name it like"),
        ("dim_branch.xls", "Canopy takes .csv, .csv.gz, .parquet, .xlsx"),
    ],
)
def test_a_name_that_says_no_table(
    lake: Warehouse, tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / name).write_bytes(GOOD)
    with pytest.raises(LoadRefusedError, match=message.replace(".", r"\.").replace("?", r"\?")):
        load(lake, [tmp_path / name], zone=ZONE, who="ann")


def test_what_is_not_there_is_said(lake: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(LoadRefusedError, match="there is no such file or folder"):
        load(lake, [tmp_path / "none.csv"], zone=ZONE, who="ann")
    with pytest.raises(LoadRefusedError, match="there are no files in it"):
        load(lake, [tmp_path / "empty"], zone=ZONE, who="ann")
    (tmp_path / "dim_branch.csv").write_bytes(GOOD)
    with pytest.raises(LoadRefusedError, match="unknown encoding: expected utf-8, gb18030"):
        load(lake, [tmp_path / "dim_branch.csv"], zone=ZONE, who="ann", encoding="ebcdic")
    with pytest.raises(ValueError, match="unknown zone 'China/Peking'"):
        load(lake, [tmp_path], zone="China/Peking", who="ann")


def test_a_file_that_needs_too_much_memory(lake: Warehouse, tmp_path: Path) -> None:
    """The process that reads is stopped at its limit; this one is not hurt."""
    names = pa.array(np.arange(800_000).astype(str))
    wide = pa.table({"branch_id": names, "name_zh": names, "city": names, "name_en": names})
    (tmp_path / "dim_branch.parquet").write_bytes(_parquet(wide, compression="zstd"))
    with pytest.raises(LoadRefusedError, match="memory"):
        load(
            lake, [tmp_path / "dim_branch.parquet"], zone=ZONE, who="ann",
            limits=Limits(memory=450 << 20),
        )  # fmt: skip


def test_a_file_that_takes_too_long(lake: Warehouse, tmp_path: Path) -> None:
    lines = "".join(f"{n},x\n" for n in range(3_000_000))
    (tmp_path / "dim_branch.csv").write_text("branch_id,name_zh\n" + lines, encoding="utf-8")
    with pytest.raises(LoadRefusedError, match="more than 1 s"):
        load(lake, [tmp_path / "dim_branch.csv"], zone=ZONE, who="ann", limits=Limits(seconds=1))


def test_a_file_that_changes_while_it_is_read(lake: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "dim_branch.csv"
    path.write_bytes(GOOD)

    def meddle(_stage: str, _done: int, _of: int) -> None:
        path.write_bytes(GOOD + b"2,b\n")

    with pytest.raises(LoadRefusedError, match="changed while it was read"):
        load(lake, [path], zone=ZONE, who="ann", progress=meddle)
    assert _counts(lake)["dim_branch"] == 0
