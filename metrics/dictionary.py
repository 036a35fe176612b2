"""The dictionary of the indicators as Markdown, made from what is declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from metrics.cockpit import Definitions
from metrics.tree import Goal, Indicator, Name, Perspective, Theme

_HEAD = """# Indicators 指标字典

Made by `make docs` from what is declared in `metrics/tree/` and `data/points/declarations/`: change
it there. Percentages are numbers from 0 to 100. The base scores 60, the target 100. A weight is in
per cent of the theme.
"""
_WORDS = {
    "scaled": ("{0} × customers / 82.9 million", "{0} × 客户数 ÷ 8290万"),
    "of_customers": ("{0} % of customers", "客户数的 {0}%"),
    "share_of_target": ("{0} × target", "目标的 {0} 倍"),
    "last_year": ("last year × {0}", "上年 × {0}"),
    "start_of_year": ("start of year × {0}", "年初 × {0}"),
}


def indicators_markdown(found: Definitions) -> str:
    """Every indicator by perspective and theme: definition, formula in words, points and tables."""
    tree = found.tree
    parts = [_HEAD]
    for perspective in tree.perspectives.values():
        parts.append(f"## {_named(perspective)} · {perspective.weight:g} %\n")
        for theme in tree.themes.values():
            if theme.perspective == perspective.id:
                parts.append(f"### {_named(theme)} · {theme.weight:g} %\n")
                leaves = (leaf for leaf in tree.indicators.values() if leaf.theme == theme.id)
                parts += [_section(leaf, found) for leaf in leaves]
    return "\n".join(parts)


def goal_words(goal: Goal, lang: str) -> str:
    """A base or target in words, zh or en.

    >>> goal_words(Goal("of_customers", 48.0), "en")
    '48 % of customers'
    """
    if goal.form == "number":
        return _number(goal.amount)
    if goal.form == "start_of_year_plus":
        english = "start of year + target of new users − closures of last year"
        return "年初 + 新增用户目标 − 上年注销" if lang == "zh" else english
    said = _WORDS[goal.form][lang == "zh"].format(_number(goal.amount))
    return said.removesuffix(" × 1")


def _number(amount: float | None) -> str:
    return "" if amount is None else f"{amount:,.12g}"


def _named(record: Perspective | Theme | Indicator) -> str:
    return f"{record.id} {record.name_zh} {record.name_en}"


def _section(leaf: Indicator, found: Definitions) -> str:
    return "\n".join([f"#### {_named(leaf)}", "", *_lines(leaf, found), ""])


def _lines(leaf: Indicator, found: Definitions) -> Iterator[str]:
    points = [found.catalogue.points[name] for name in sorted(leaf.formula.points)]
    chinese = leaf.formula.words("zh", {point.name: point.name_zh for point in points})
    english = leaf.formula.words("en", {point.name: point.name_en for point in points})
    tables = dict.fromkeys(table for point in points for table in point.tables)
    words = found.tree.vocabulary
    yield f"{leaf.description_zh}\n"
    yield f"{leaf.description_en}\n"
    yield f"- 公式：{chinese}"
    yield f"- Formula: {english}"
    yield f"- Over time 时间口径: {_both(words.over_time[leaf.over_time])}"
    yield f"- Unit 单位: {leaf.unit_zh} / {leaf.unit_en}; better 方向: {_direction(leaf, found)}"
    yield f"- Base → target 基准 → 目标: {_goals(leaf, 'zh')} / {_goals(leaf, 'en')}"
    yield f"- Weight 权重: {leaf.weight:g} %; tag 标签: {_both(words.tags[leaf.tag])}"
    yield f"- Owner 责任部门: {leaf.owner_zh} / {leaf.owner_en}"
    yield f"- Points 数据点: {_code(point.name for point in points)}"
    yield f"- Tables 数据表: {_code(tables)}"
    if leaf.modules:
        yield f"- Modules 模块: {_code(leaf.modules)}"


def _direction(leaf: Indicator, found: Definitions) -> str:
    said = _both(found.tree.vocabulary.directions[leaf.better])
    if leaf.band is None:
        return said
    low, high = leaf.band.full
    return f"{said} ({low:g}–{high:g})"


def _goals(leaf: Indicator, lang: str) -> str:
    sides = (goal_words(goal, lang) for goal in (leaf.base, leaf.target))
    standard = {True: {"zh": "（每日有效）", "en": " (holds every day)"}[lang], False: ""}
    return " → ".join(sides) + standard[leaf.standard]


def _both(name: Name) -> str:
    return f"{name.zh} / {name.en}"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
