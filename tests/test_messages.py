"""Messages in both languages: every kind of refusal has Chinese words, and none is misread."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.messages import FLOORS, NUMBERS, catalogue, forms, in_language

ROOT = Path(__file__).resolve().parent.parent
CHINESE = re.compile("[\u4e00-\u9fff]")
PLACE = re.compile(r"\{(\w+)\}")
RAISED = {
    "BadFileError", "ClosingError", "PeriodError", "PlanError", "RefusedError", "ReportError",
    "SliceError", "StateConflictError", "StateError", "StateRefusedError", "UsageError",
    "WarehouseError", "WeightsError",
}  # fmt: skip
"""Errors whose first argument is what a reader is told."""
OTHERS = {"Refusal": (1,), "SourceProblem": (2, 3), "Problem": (3, 4), "problem_at": ()}
"""Records of what is wrong: where the words are among the arguments."""


@pytest.mark.parametrize("floor", FLOORS)
def test_no_chinese_message_is_empty_or_lacks_a_place(floor: str) -> None:
    for english, chinese in catalogue(floor, "zh"):
        assert chinese, english
        assert sorted(PLACE.findall(chinese)) == sorted(set(PLACE.findall(english))), english


def sample(english: str) -> str:
    return PLACE.sub(lambda place: "7" if place[1] in NUMBERS else f"'{place[1]}'", english)


def test_every_message_is_recognised_as_itself() -> None:
    """Forms that are alike are told apart: none takes the words of another."""
    wrong = []
    for form in forms("zh"):
        places = {
            name: "7" if name in NUMBERS else f"'{name}'" for name in PLACE.findall(form.english)
        }
        if in_language(sample(form.english), "zh") != form.said.format(**places):
            wrong.append((form.english, in_language(sample(form.english), "zh")))
    assert wrong == []


def test_english_stays_as_it_is_said() -> None:
    assert in_language("no tier 'vpi'. There are basic, vip", "en") == (
        "no tier 'vpi'. There are basic, vip"
    )


def told(path: Path) -> Iterator[tuple[int, str]]:
    """Lines and texts of a file's refusals, a 7 for each name or number in them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        called = function.attr if isinstance(function, ast.Attribute) else ""
        called = function.id if isinstance(function, ast.Name) else called
        places = (0,) if called in RAISED else OTHERS.get(called)
        if places is None:
            continue
        found = [node.args[place] for place in places if place < len(node.args)]
        found += [one.value for one in node.keywords if one.arg in ("expected", "found")]
        for argument in found:
            text = _written(argument)
            if text is not None:
                yield node.lineno, text


def _written(node: ast.expr) -> str | None:
    """A text as it may be said; None for one that is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = [
        str(one.value) if isinstance(one, ast.Constant) else _place(one) for one in node.values
    ]
    return "".join(parts)


def _place(node: ast.expr) -> str:
    """What may stand in a place: a 7, and a proposal where one is made."""
    name = ast.unparse(node)
    return "; did you mean '7'?" if re.search("hint|near", name) else "7"


def refusing() -> list[Path]:
    return [
        path
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def test_every_refusal_has_chinese_words() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in refusing()
        for line, text in told(path)
        if re.search("[a-z]{3}", text.replace("7", "")) and not said_in_chinese(text)
    ]
    assert silent == []


def said_in_chinese(text: str) -> bool:
    """Whether no word of the sentence is left in English but names, quoted or given."""
    return bool(CHINESE.search(in_language(text, "zh"))) or text in ("source: header",)


SEEN = (
        ("'x' is not a period: write 2026", "'x' 不是期间，请写成 2026"),
        ("no tier 'vpi'; did you mean vip? There are basic, vip",
         "没有 tier 'vpi'；是否想写 vip？可用：basic, vip"),
        ("config.yaml:1: zone: found 'Mars', expected an IANA zone such as Asia/Shanghai",
         "config.yaml:1: zone：实际为 'Mars'；应为：IANA 时区，如 Asia/Shanghai"),
        (("txn.csv:3: amount: '1,2' is not an amount such as 1280.50 (no separators); "
         "txn_id: is required and empty"),
         "txn.csv:3: amount: '1,2' 不是金额，应如 1280.50（不带分隔符）；txn_id：为必填项，但为空"),
        (("txn.csv: missing columns: a; unknown column 'usr'; did you mean 'user_id'? "
         "Table txn has the columns a, b; rename yours or use a mapping"),
         ("txn.csv：缺少列：a；未知的列 'usr'；是否想写 'user_id'？"
         "表 txn 的列为 a, b；请改列名或使用映射")),
        (("weight set 3 does not fit the tree: no node 'rsk' in the tree; did you mean 'risk'?; "
         "the children of 'total' weigh 110, not 100. Publish one that does, or name another"),
         ("权重方案 3 与指标体系不符：指标体系中没有节点 'rsk'；是否想写 'risk'？；"
         "'total' 的下级权重合计为 110，而不是 100。请发布相符的方案，或指定其他方案")),
        ("2026-11 is not over in the data: data reach 2026-11-21",
         "数据中 2026-11 尚未结束：数据截至 2026-11-21"),
        ("weight set 3 is draft: this needs a submitted one",
         "权重方案 3 的状态为草稿：此操作要求状态为已提交"),
        ("a sentence that nobody knows", "a sentence that nobody knows"),
)  # fmt: skip


@pytest.mark.parametrize(("english", "chinese"), SEEN)
def test_messages_as_a_chinese_reader_sees_them(english: str, chinese: str) -> None:
    assert in_language(english, "zh") == chinese
