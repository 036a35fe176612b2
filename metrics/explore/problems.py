"""What is wrong with the codes of a view, with the place of each, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Key: TypeAlias = Literal[
    "period", "branch", "module", "app", "channel", "tier", "age_band", "new_user",
    "show", "by", "grain", "against", "as", "sort",
]  # fmt: skip
"""The codes of a view in the order in which they are read."""
Kind: TypeAlias = Literal["unknown", "many", "long", "period", "empty"]

_KEYS: dict[Key, tuple[str, str]] = {
    "period": ("period", "期间"),
    "branch": ("branch", "机构"),
    "module": ("module", "模块"),
    "app": ("app", "端"),
    "channel": ("channel", "渠道"),
    "tier": ("tier", "客户层级"),
    "age_band": ("age", "年龄段"),
    "new_user": ("new or existing", "新老用户"),
    "show": ("indicator", "指标"),
    "by": ("dimension", "拆分维度"),
    "grain": ("grain", "时间粒度"),
    "against": ("comparison", "对比方式"),
    "as": ("chart", "图表"),
    "sort": ("sort order", "排序"),
}
_WORDS: dict[Kind, tuple[str, str]] = {
    "unknown": ("{key}: there is no {found!r}", "{key}：没有 {found!r}"),
    "many": (
        "{key}: {found} are asked for, at most {near} fit",
        "{key}：选了 {found} 项，最多 {near} 项",
    ),
    "long": ("{key}: too long", "{key}：内容过长"),
    "period": (
        "{key}: {found!r} is not a period; write 2026, 2026-Q3, 2026-10, 2026-W44 or 2026-10-31",
        "{key}：{found!r} 不是期间，请写成 2026、2026-Q3、2026-10、2026-W44 或 2026-10-31",
    ),
    "empty": ("{key}: choose at least one", "{key}：请至少选择一个"),
}
_HINT = ("; did you mean {near}?", "；是否想写 {near}？")


@dataclass(frozen=True)
class ViewProblem:
    """One thing wrong with one code; ``nearest`` is the name most like it (of many: the limit).

    >>> print(ViewProblem("show", "mua", "unknown", "mau").words("en"))
    indicator: there is no 'mua'; did you mean mau?
    """

    key: Key
    found: str
    kind: Kind
    nearest: str | None = None

    def words(self, lang: str) -> str:
        """The problem in words, zh or en."""
        which = 1 if lang == "zh" else 0
        text = _WORDS[self.kind][which]
        if self.kind == "unknown" and self.nearest:
            text += _HINT[which]
        return text.format(key=_KEYS[self.key][which], found=self.found, near=self.nearest)


class ViewError(ValueError):
    """Codes that are no view; ``problems`` holds all that is wrong with them."""

    def __init__(self, problems: Iterable[ViewProblem]) -> None:
        self.problems: tuple[ViewProblem, ...] = tuple(problems)
        super().__init__(self.words("en"))

    def words(self, lang: str) -> str:
        """Every problem, a line each, zh or en."""
        return "\n".join(problem.words(lang) for problem in self.problems)
