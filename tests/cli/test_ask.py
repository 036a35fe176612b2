"""`ask`: a question in words gets the numbers that `value` gives, or says what it lacks."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run


def test_the_answer_is_that_of_value(on_bank: Run) -> None:
    asked = on_bank("ask", "MAU by channel,", "July", "--json")
    assert asked.code == 0, asked.err
    assert asked.json["view"] == {
        "show": "mau", "by": "channel", "as": "table", "period": "2026-07",
    }  # fmt: skip
    value = on_bank("value", "mau", "--period", "2026-07", "--by", "channel", "--json")
    wanted = {row["channel"]: row["value"] for row in value.json["rows"]}
    got = {row["row"]: row["value"] for row in asked.json["rows"] if row["row"] is not None}
    assert len(got) > 1
    assert got == pytest.approx(wanted)
    told = [one["meaning"]["en"] for one in asked.json["understood"]]
    assert told == ["Monthly active users", "channel", "2026-07"]


def test_what_was_understood_stands_before_the_table(on_bank: Run) -> None:
    ran = on_bank("ask", "上海分行 9月 月活 环比", "--lang", "zh")
    assert ran.code == 0, ran.err
    assert (
        "已理解: 上海分行 → 上海分行; 9月 → 2026-09; 月活 → 月活跃用户（MAU）; 环比 → 环比"
        in ran.out
    )
    assert "默认: 未说明年份，取最近的 2026-09" in ran.out


def test_a_question_without_an_indicator_is_refused(on_bank: Run) -> None:
    ran = on_bank("ask", "flurbl\x1b[2J by channel", "--lang", "en")
    assert ran.code == 4
    assert "not understood: flurbl" in ran.out
    assert "\x1b" not in ran.out
    assert "no indicator was recognised" in ran.out
    undefined = on_bank("ask", "ROI by module", "--lang", "en")
    assert "problems: Marketing return on spend is not recorded by module" in undefined.out
