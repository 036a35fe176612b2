"""demo, load, refresh and maintain: what they do, say and refuse."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.contract import CONTRACT
from data.engines import open_warehouse
from data.engines.maintenance import MaintenanceReport
from data.points.refresh import RefreshReport
from tests.cli.conftest import Run, command
from tests.conftest import DemoBank

SMALL = ("--users", "300", "--days", "120", "--until", "2026-10-31")


def lake(folder: Path) -> str:
    return f"ducklake:///{folder / 'lake'}"


def users(url: str) -> int:
    with open_warehouse(url, read_only=True).reading() as connection:
        table = CONTRACT.tables["dim_user"]
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def table_file(folder: Path, table: str, *rows: dict[str, str]) -> Path:
    file = folder / f"{table}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def branch_file(folder: Path, **more: str) -> Path:
    row = {"branch_id": "B1", "level": "总行", "name_zh": "总行", "name_en": "Head office"}
    return table_file(folder, "dim_branch", {**row, "valid_from": "2020-01-01", **more})


@pytest.fixture(scope="module")
def small_bank(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A demo bank made by the command, with its state beside it."""
    folder = tmp_path_factory.mktemp("made")
    state = f"sqlite:///{folder / 'state.sqlite'}"
    made = command("demo", *SMALL, "--warehouse", lake(folder), "--state", state)
    assert made.code == 0
    return lake(folder)


def test_a_demo_bank_can_be_asked_at_once(small_bank: str, run: Run) -> None:
    found = run("value", "dau", "--period", "2026-10", "--warehouse", small_bank, "--json").json
    assert found["as_of"] == "2026-10-31"
    assert found["rows"][0]["value"] > 0


def test_its_truth_lies_in_the_folder_of_the_warehouse(small_bank: str) -> None:
    file = Path(small_bank.removeprefix("ducklake:///")) / "truth.json"
    truth = json.loads(file.read_text(encoding="utf-8"))
    assert (truth["users"], truth["seed"], truth["until"]) == (300, 7, "2026-10-31")
    assert truth["effects"]


def test_if_missing_leaves_a_bank_as_it_is(small_bank: str, run: Run) -> None:
    before = open_warehouse(small_bank, read_only=True).snapshot()
    ran = run("demo", "--if-missing", "--users", "900", "--warehouse", small_bank)
    assert (ran.code, ran.out) == (0, "")
    assert open_warehouse(small_bank, read_only=True).snapshot() == before


def test_if_missing_makes_up_for_a_filling_that_was_broken_off(tmp_path: Path, run: Run) -> None:
    url = lake(tmp_path)
    open_warehouse(url).create(CONTRACT)
    assert run("demo", "--if-missing", "--no-refresh", *SMALL, "--warehouse", url).code == 0
    assert users(url) == 300


def test_a_second_refresh_has_nothing_to_do(small_bank: str, run: Run) -> None:
    report = run("refresh", "--warehouse", small_bank, "--json").json
    assert set(report) == set(RefreshReport.__dataclass_fields__)
    assert (report["full"], report["source_days"]) == (False, 0)
    assert report["last_day"] == "2026-10-31"


def test_progress_goes_to_standard_error(small_bank: str, run: Run) -> None:
    ran = run("refresh", "--warehouse", small_bank, "--lang", "en")
    assert "daily points" in ran.err
    assert "daily points" not in ran.out


def test_maintenance_keeps_every_number(small_bank: str, run: Run) -> None:
    asked = ("value", "txn_amount", "--period", "2026-10", "--by", "module", "--json")
    before = run(*asked, "--warehouse", small_bank).json["rows"]
    done = run("maintain", "--warehouse", small_bank, "--json").json
    assert set(done) == set(MaintenanceReport.__dataclass_fields__)
    assert done["snapshots_expired"] == 0, "the last seven days stay"
    after = run(*asked, "--warehouse", small_bank).json["rows"]
    assert [row["module"] for row in after] == [row["module"] for row in before]
    values = [row["value"] for row in before]
    assert [row["value"] for row in after] == pytest.approx(values)


def test_a_demo_bank_is_never_made_over_data_of_others(tmp_path: Path, run: Run) -> None:
    url = lake(tmp_path)
    assert run("load", branch_file(tmp_path), "--warehouse", url).code == 0
    ran = run("demo", *SMALL, "--no-refresh", "--warehouse", url)
    assert ran.code == 4
    assert "not a demo bank" in ran.err
    assert run("demo", *SMALL, "--no-refresh", "--replace", "--warehouse", url).code == 0
    assert users(url) == 300


def test_points_that_no_longer_belong_to_the_facts_are_not_read(
    demo_bank: DemoBank, tmp_path: Path, run: Run
) -> None:
    shutil.copytree(demo_bank.folder, tmp_path / "lake")
    assert run("demo", *SMALL, "--no-refresh", "--warehouse", lake(tmp_path)).code == 0
    ran = run("value", "mau", "--period", "2026-10", "--warehouse", lake(tmp_path))
    assert ran.code == 3
    assert "run `refresh`" in ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--users", "5"), "users: 5, least 300"),
        (("--days", "3"), "days: 3, least 120"),
        (("--until", "yesterday"), "does not match the format"),
        (("--users", "many"), "is not a valid integer"),
    ],
)
def test_a_bank_that_cannot_be_is_refused(
    tmp_path: Path, run: Run, arguments: tuple[str, ...], told: str
) -> None:
    ran = run("demo", *arguments, "--warehouse", lake(tmp_path))
    assert ran.code == 2
    assert told in ran.err
    assert not (tmp_path / "lake").exists()


def test_load_tells_what_it_did(tmp_path: Path, run: Run) -> None:
    ran = run("load", branch_file(tmp_path), "--warehouse", lake(tmp_path), "--lang", "en")
    assert ran.code == 0
    assert "dim_branch.csv → dim_branch: 1 rows, 1 changed, 0 quarantined" in ran.out
    assert "Next: `refresh`." in ran.err


def test_loading_the_same_again_changes_nothing(tmp_path: Path, run: Run) -> None:
    file, url = branch_file(tmp_path), lake(tmp_path)
    first = run("load", file, "--warehouse", url, "--json").json
    again = run("load", file, "--warehouse", url, "--json").json
    changed = [report["files"][0]["changed"] for report in (first, again)]
    assert changed == [1, 0]


def test_a_bad_row_goes_to_quarantine_and_the_load_goes_on(tmp_path: Path, run: Run) -> None:
    file = branch_file(tmp_path, longitude="east")
    ran = run("load", file, "--warehouse", lake(tmp_path), "--json")
    assert ran.code == 0
    assert ran.json["files"][0]["quarantined"] == 1


def test_bad_rows_are_named_and_can_be_read(tmp_path: Path, run: Run) -> None:
    """Text from data steers no terminal, whichever way it is shown."""
    url = lake(tmp_path)
    row = {"branch_id": "B1", "name_zh": "x", "longitude": "east\x1b[2J"}
    more = [{**row, "branch_id": f"B{n}"} for n in range(2, 14)]
    file = table_file(tmp_path, "dim_branch", row, *more)
    told = run("load", file, "--warehouse", url, "--lang", "en").out
    assert "  dim_branch.csv:2: longitude: 'east" in told
    assert "and 3 more bad rows: see `quarantine --load " in told
    load_id = told.split("--load ")[1].split("`")[0]
    ran = run("quarantine", "--load", load_id, "--limit", "2", "--warehouse", url, "--lang", "en")
    assert ran.code == 0
    assert "dim_branch.csv:2 → dim_branch: longitude: " in ran.out
    assert ran.out.splitlines()[-1] == "2 of 13 rows in quarantine"
    assert "\x1b" not in told + ran.out
    found = run("quarantine", "--warehouse", url, "--json").json
    assert (found["total"], len(found["rows"])) == (13, 13)
    assert found["rows"][0]["line"] == 2
    assert json.loads(found["rows"][0]["raw"])["longitude"] == "east\x1b[2J"
    report = run("load", branch_file(tmp_path, longitude="x"), "--warehouse", url, "--json").json
    assert report["bad_rows"][0]["line"] == 2
    unknown = run("quarantine", "--load", "zzz", "--warehouse", url)
    assert (unknown.code, "there is no load 'zzz'" in unknown.err) == (4, True)


def test_an_empty_warehouse_has_an_empty_quarantine(tmp_path: Path, run: Run) -> None:
    open_warehouse(lake(tmp_path)).create(CONTRACT)
    found = run("quarantine", "--warehouse", lake(tmp_path), "--json").json
    assert (found["total"], found["rows"]) == (0, [])


@pytest.mark.parametrize(
    "arguments",
    [
        ("refresh",),
        ("maintain",),
        ("check",),
        ("quarantine",),
        ("score", "--period", "2026-10"),
        ("value", "mau", "--period", "2026-10"),
        ("close", "2026-10"),
    ],
)
def test_only_demo_and_load_make_a_warehouse(
    tmp_path: Path, run: Run, arguments: tuple[str, ...]
) -> None:
    for folder in (tmp_path / "lake", tmp_path / "empty" / "lake"):
        (tmp_path / "empty" / "lake").mkdir(parents=True, exist_ok=True)
        ran = run(*arguments, "--warehouse", f"ducklake:///{folder}")
        assert (ran.code, ran.out) == (3, "")
        assert f"no warehouse in {folder}: make one with `demo` or `load`" in ran.err
    assert not (tmp_path / "lake").exists()
    assert list((tmp_path / "empty" / "lake").iterdir()) == []


def test_numbers_say_that_loads_are_not_in_them(
    demo_bank: DemoBank, tmp_path: Path, run: Run
) -> None:
    shutil.copytree(demo_bank.folder, tmp_path / "lake")
    row = {"day": "2026-10-01", "link": "new", "delay_min": "1"}
    at = ("--warehouse", lake(tmp_path), "--lang", "en")
    assert run("load", table_file(tmp_path, "sync_day", row), *at).code == 0
    ran = run("value", "mau", "--period", "2026-10", "--json", *at)
    assert ran.json["pending_loads"] == 1
    assert "1 loads are not in these numbers: run `refresh`" in ran.err
    ran = run("score", "--period", "2026-10", "--json", *at)
    assert ran.json["pending_loads"] == 1
    assert "not in these numbers" in ran.err


def test_files_that_cannot_be_taken_are_refused_and_named(tmp_path: Path, run: Run) -> None:
    strange = table_file(tmp_path, "dim_brnch", {"branch_id": "B1"})
    ran = run("load", strange, "--warehouse", lake(tmp_path))
    assert ran.code == 4
    assert "dim_brnch.csv" in ran.err
    assert "did you mean" in ran.err


def test_an_unknown_mapping_is_refused(tmp_path: Path, run: Run) -> None:
    file = branch_file(tmp_path)
    ran = run("load", file, "--mapping", "brka", "--warehouse", lake(tmp_path))
    assert ran.code == 4
    assert "did you mean 'berka'?" in ran.err


def test_load_may_refresh_as_well(tmp_path: Path, run: Run) -> None:
    url = lake(tmp_path)
    day = {"day": "2026-10-01", "branch_id": "B1", "customers": "10"}
    more = {"txn_amount_cny": "5.00", "txn_count": "2"}
    files = [branch_file(tmp_path), table_file(tmp_path, "bank_day", {**day, **more})]
    report = run("load", *files, "--refresh", "--warehouse", url, "--json").json
    assert report["refresh"]["last_day"] == "2026-10-01"
