"""experiment: the register from draft to decision, results, and tables from outside."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

import pytest
from openpyxl import Workbook

from commands.experiment_words import REASONS
from metrics.experiments import records
from tests.cli.conftest import Run
from tests.metrics.experiments.test_metrics import FILE

REAL = os.environ.get("CANOPY_REAL_DATA")
COUNTS = "variant,users,conversions\nA,1000,100\nB,1010,150\n"


def counts(folder: Path, text: str = COUNTS) -> Path:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(REASONS) == set(get_args(records.ReasonKind))
    for english, chinese in REASONS.values():
        assert english != chinese


def test_an_experiment_goes_through_the_register(on_bank: Run, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(FILE, encoding="utf-8")
    made = on_bank("experiment", "register", file, "--reason", "try it", "--json")
    assert (made.code, made.json["stage"]) == (0, "draft"), made.err
    assert made.json["plan"]["metrics"][0]["id"] == "paid"
    again = on_bank("experiment", "register", file, "--reason", "try it")
    assert again.code == 3
    assert "registered already" in again.err
    asked = ("--reason", "go", "--day", "2026-07-01", "--json")
    assert on_bank("experiment", "start", "X7", *asked).json["stage"] == "running"
    early = on_bank("experiment", "decide", "X7", "ship", "--reason", "x")
    assert early.code == 4
    assert on_bank("experiment", "stop", "X7", *asked).json["stage"] == "stopped"
    done = on_bank(
        "experiment", "decide", "X7", "inconclusive", "--reason", "nobody came", "--json"
    )
    assert (done.json["stage"], len(done.json["steps"])) == ("decided", 4)
    listed = on_bank("experiment", "list", "--lang", "zh")
    assert "已决定" in listed.out
    assert "无法判断" in listed.out
    shown = on_bank("experiment", "show", "X7", "--json")
    assert (shown.code, shown.json["enrolled"]) == (0, 0)
    missing = on_bank("experiment", "show", "X8", "--lang", "zh")
    assert missing.code == 2
    assert "登记簿中没有实验 'X8'；可用：X7" in missing.err


def test_a_plan_with_problems_is_told_with_its_lines(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(FILE.replace("txn_count", "txn_cout"), encoding="utf-8")
    ran = run("experiment", "register", file, "--reason", "x")
    assert ran.code == 2
    assert "plan.yaml:14: metrics[0].point: found 'txn_cout'" in ran.err


def test_a_table_of_counts_is_judged(run: Run, tmp_path: Path) -> None:
    ran = run("experiment", "check", counts(tmp_path), "--json")
    assert ran.code == 0, ran.err
    verdict = ran.json["analysis"]["verdict"]
    assert (verdict["outcome"], verdict["words"]) == ("ship", "上线")
    assert ran.json["analysis"]["effects"][0]["difference"]["value"] == pytest.approx(
        150 / 1010 - 0.1
    )
    told = run("experiment", "check", counts(tmp_path), "--lang", "en")
    assert "verdict B: ship" in told.out
    assert "conversions is better in B" in told.out


def test_a_workbook_is_read_as_well(run: Run, tmp_path: Path) -> None:
    book = Workbook()
    for row in (("分组", "用户数", "转化数"), ("旧版", 1000, 100), ("新版", 1010, 150)):
        book.active.append(row)
    book.save(tmp_path / "table.xlsx")
    ran = run("experiment", "check", tmp_path / "table.xlsx", "--control", "旧版", "--json")
    assert [arm["users"] for arm in ran.json["arms"]] == [1000, 1010]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (
            COUNTS.replace("1010", "ten"),
            (),
            "counts.csv:3: users: 'ten' 不是不小于 0 的整数",
        ),
        (COUNTS, ("--control", "C"), "表中没有分组 'C'"),
        (COUNTS, ("--metric", "conversion"), "没有列 'conversion'：最接近或已有的为 conversions"),
        (COUNTS, ("--split", "A"), "请写成 NAME=NUMBER"),
        (COUNTS + "C,1\n", (), "counts.csv:4：该行的单元格数与表头不一致"),
        ("variant,users,users\nA,1,2\n", (), "重复命名的列：users"),
    ],
)
def test_what_cannot_be_read_is_refused(
    run: Run, tmp_path: Path, text: str, options: tuple[str, ...], said: str
) -> None:
    ran = run("experiment", "check", counts(tmp_path, text), *options, "--lang", "zh")
    assert ran.code in (2, 4)
    assert said in ran.err
    assert ran.out == ""


@pytest.mark.skipif(not REAL, reason="CANOPY_REAL_DATA is unset: no cookie_cats to check")
def test_cookie_cats_through_the_command_line(run: Run) -> None:
    path = Path(REAL or "") / "cookie_cats" / "cookie_cats.csv.gz"
    asked = ("experiment", "check", path, "--control", "gate_30", "--metric", "retention_7")
    found = run(*asked, "--json").json
    assert [arm["users"] for arm in found["arms"]] == [44_700, 45_489]
    assert [arm["totals"]["retention_7"] for arm in found["arms"]] == pytest.approx([8502, 8279])
    assert found["analysis"]["health"]["ratio_p"] == pytest.approx(0.0086, abs=5e-5)
    assert found["analysis"]["effects"][0]["p"] == pytest.approx(0.00155, abs=1e-5)
    assert found["analysis"]["verdict"]["outcome"] == "roll_back"
    strict = run(*asked, "--ratio-invalid", "0.01", "--json").json["analysis"]
    assert strict["verdict"]["outcome"] == "invalid"
    assert strict["effects"][0]["difference"]["value"] is None
