"""Results of experiments in words, in both languages: outcomes, reasons, states."""

from __future__ import annotations

from collections.abc import Mapping

from metrics.experiments.records import Reason

Words = Mapping[str, tuple[str, str]]

OUTCOMES: Words = {
    "ship": ("ship", "上线"),
    "roll_back": ("roll back", "回滚"),
    "keep_running": ("keep running", "继续运行"),
    "inconclusive": ("inconclusive", "无法判断"),
    "invalid": ("invalid", "无效"),
}
STAGES: Words = {
    "draft": ("draft", "草稿"),
    "running": ("running", "运行中"),
    "stopped": ("stopped", "已停止"),
    "decided": ("decided", "已决定"),
}
HEALTH: Words = {
    "good": ("good", "正常"),
    "warned": ("warned", "有警告"),
    "invalid": ("invalid", "无效"),
}
ROLES: Words = {
    "primary": ("primary", "主要"),
    "secondary": ("secondary", "次要"),
    "guardrail": ("guardrail", "护栏"),
}
GUARDS: Words = {
    "passed": ("passed", "通过"),
    "breached": ("breached", "被突破"),
    "not_shown": ("not shown", "未能证明"),
    "unknown": ("unknown", "未知"),
}
ACTIONS: Words = {
    "register": ("registered", "登记"),
    "change": ("plan changed", "修改方案"),
    "start": ("started", "启动"),
    "deviate": ("deviation from the plan", "偏离方案"),
    "stop": ("stopped", "停止"),
    "decide": ("decided", "决定"),
}
REASONS: Words = {
    "no_users": ("{arm} has no users", "{arm} 组没有用户"),
    "few_users": (
        "{arm} has {users} users, {needed} are needed",
        "{arm} 组有 {users} 位用户，至少需要 {needed}",
    ),
    "few_conversions": (
        "{arm} has {conversions} conversions, {needed} are needed",
        "{arm} 组有 {conversions} 次转化，至少需要 {needed}",
    ),
    "no_variance": ("all users have the same value", "所有用户的数值相同"),
    "not_finite": ("a value is not finite", "存在非有限数值"),
    "out_of_range": (
        "column {column} of a proportion holds other values than 0 and 1",
        "比例指标的列 {column} 含有 0 和 1 以外的值",
    ),
    "missing_column": ("column {column} is missing", "缺少列 {column}"),
    "zero_denominator": ("the denominator of {arm} is 0", "{arm} 组的分母为 0"),
    "control_not_positive": (
        "a lift needs a control above 0", "对照组须大于 0 才能计算相对提升",
    ),
    "control_near_zero": (
        "the control is too near 0 for a lift's interval", "对照组过于接近 0，相对提升没有区间",
    ),
    "margin_missing": ("the guardrail has no margin", "护栏指标没有设定界限"),
    "sample_ratio_broken": (
        "the split is broken: p {p} is below {limit}, so no result is shown",
        "分流比例异常：p {p} 低于 {limit}，因此不显示结果",
    ),
    "users_in_two_arms": (
        "{users} users were seen in two arms ({share}, limit {limit})",
        "{users} 位用户出现在两个组中（{share}，上限 {limit}）",
    ),
    "unplanned_arm": ("arm {arm} is not planned", "方案中没有 {arm} 组"),
    "invalid": ("the experiment is invalid: its results are withheld", "实验无效：结果不予显示"),
    "sample_ratio_warning": (
        "the split is suspicious: p {p} is below {limit}; no shipping while this stands",
        "分流比例可疑：p {p} 低于 {limit}；问题未解除前不得上线",
    ),
    "duplicated_users": (
        "{users} users came more than once and count once", "{users} 位用户重复出现，只计一次",
    ),
    "outcome_before_exposure": (
        "{users} users had the outcome before the exposure ({share})",
        "{users} 位用户的结果早于曝光（{share}）",
    ),
    "missing_values": ("{users} users lack a value", "{users} 位用户缺少数值"),
    "negative_values": ("{metric} holds negative values", "{metric} 含有负值"),
    "less_than_a_week": (
        "{days} days are less than a whole week ({needed})", "{days} 天不足完整一周（{needed} 天）",
    ),
    "covariate_unused": (
        "the covariate of {metric} is missing or constant", "{metric} 的协变量缺失或为常数",
    ),
    "plan_incomplete": ("the plan lacks {field}", "方案缺少 {field}"),
    "primary_missing": ("there is no primary metric", "没有主要指标"),
    "primary_unknown": ("{metric} cannot be judged", "{metric} 无法判断"),
    "primary_better": ("{metric} is better in {arm}", "{arm} 组的 {metric} 更好"),
    "primary_worse": ("{metric} is worse in {arm}", "{arm} 组的 {metric} 更差"),
    "primary_not_significant": (
        "{metric} does not differ significantly in {arm}", "{arm} 组的 {metric} 没有显著差异",
    ),
    "guardrail_passed": ("guardrail {metric} holds in {arm}", "{arm} 组的护栏指标 {metric} 通过"),
    "guardrail_breached": (
        "guardrail {metric} is breached in {arm}", "{arm} 组的护栏指标 {metric} 被突破",
    ),
    "guardrail_not_shown": (
        "{arm} is not shown to hold guardrail {metric}", "尚不能证明 {arm} 组守住护栏指标 {metric}",
    ),
    "guardrail_unknown": (
        "guardrail {metric} cannot be judged in {arm}", "{arm} 组的护栏指标 {metric} 无法判断",
    ),
    "before_horizon": (
        "day {day} of {horizon}: this look may not decide",
        "第 {day} 天（共 {horizon} 天）：此时不可下结论",
    ),
    "look_not_planned": (
        "no look is planned now; the next one is on day {next}",
        "此时不是计划的查看时点，下一次为第 {next} 天",
    ),
    "horizon_reached": ("the horizon is reached", "已到计划的结束日"),
    "simpson": (
        "{metric}: the segments point the other way than the whole",
        "{metric}：各分群的方向与整体相反",
    ),
    "novelty": ("the effect on {metric} changes with time", "{metric} 的效果随时间变化"),
}  # fmt: skip


def said(words: Words, kind: str, lang: str) -> str:
    """The words for a kind; a kind without words is said as it is.

    >>> said(OUTCOMES, "ship", "zh"), said(OUTCOMES, "roll_back", "en")
    ('上线', 'roll back')
    """
    pair = words.get(kind)
    return kind if pair is None else pair[1 if lang == "zh" else 0]


def reason_words(reason: Reason, lang: str, names: Mapping[str, str] | None = None) -> str:
    """A reason as a sentence; ``names`` gives the metrics' names.

    >>> reason_words(Reason.of("few_users", arm="B", users=12, needed=200), "en")
    'B has 12 users, 200 are needed'
    """
    fields = {name: _shown(name, value, names or {}) for name, value in reason.fields}
    pattern = said(REASONS, reason.kind, lang)
    try:
        return pattern.format(**fields)
    except KeyError:
        told = ", ".join(f"{name} {value}" for name, value in fields.items())
        return f"{reason.kind} ({told})" if told else reason.kind


def _shown(name: str, value: str | float, names: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return names.get(value, value) if name == "metric" else value
    if name == "share":
        return f"{100 * value:.2f}%"
    return f"{value:.2g}" if isinstance(value, float) else f"{value:,}"
