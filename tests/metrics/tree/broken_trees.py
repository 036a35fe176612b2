"""Edits of the shipped tree that must be refused, and what each refusal must say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """One edit of a shipped file and the problem that it must give.

    The edit replaces `old` by `new` at its first place after the text `after`; the problem must
    be in the line of `at` (by default the edit's own first line), counted after `after` too.
    """

    file: str
    after: str
    old: str
    new: str
    key: str
    says: str
    nearest: str | None = None
    at: str | None = None


MAU = "- id: mau\n"
DWELL = "- id: dwell_minutes\n"
MAU_KEY = "themes[0].indicators[2]"
DWELL_KEY = "themes[1].indicators[2]"

CASES = {
    # the text itself
    "unknown key": Broken(
        "user_scale", MAU, "weight: 30", "wieght: 30", f"{MAU_KEY}.wieght", "unknown key", "weight"
    ),
    "missing key": Broken(
        "user_scale",
        MAU,
        "        owner: user_operations\n",
        "",
        f"{MAU_KEY}.owner",
        "found nothing, expected the key 'owner'",
        at="id: mau",
    ),
    "duplicate key": Broken(
        "user_scale",
        MAU,
        "tag: growth",
        "tag: growth\n        unit: users",
        f"{MAU_KEY}.unit",
        "the same key again",
        at="unit: users\n        formula",
    ),
    "number as text": Broken(
        "user_scale", MAU, "weight: 30", 'weight: "30"', f"{MAU_KEY}.weight", "expected a number"
    ),
    "truth for a number": Broken(
        "user_scale", MAU, "weight: 30", "weight: true", f"{MAU_KEY}.weight", "found true"
    ),
    "weight above 100": Broken(
        "user_scale", MAU, "weight: 30", "weight: 130", f"{MAU_KEY}.weight", "at most 100"
    ),
    "negative weight": Broken(
        "user_scale", MAU, "weight: 30", "weight: -30", f"{MAU_KEY}.weight", "at least 0"
    ),
    "infinite weight": Broken(
        "user_scale", MAU, "weight: 30", "weight: .inf", f"{MAU_KEY}.weight", "a finite number"
    ),
    "unknown direction": Broken(
        "user_scale", MAU, "better: up", "better: upp", f"{MAU_KEY}.better", "one of", "up"
    ),
    "unknown period": Broken(
        "user_scale",
        "- id: retention_d1\n",
        "over_time: cohort",
        "over_time: cohorts",
        "themes[2].indicators[0].over_time",
        "expected one of",
        "cohort",
    ),
    "unknown curve": Broken(
        "risk",
        "- id: availability\n",
        "curve: downtime",
        "curve: downtimes",
        "themes[3].indicators[0].curve",
        "expected one of",
        "downtime",
    ),
    "name in one language": Broken(
        "user_scale",
        MAU,
        "{zh: 月活跃用户（MAU）, en: Monthly active users}",
        "{zh: 月活跃用户（MAU）}",
        f"{MAU_KEY}.name.en",
        "the key 'en'",
    ),
    "empty description": Broken(
        "business",
        "- id: cac\n",
        "zh: 获客类活动费用除以期内新增用户数。只计用途为获客的活动支出，其他营销费用不计入。",
        'zh: ""',
        "themes[3].indicators[0].description.zh",
        "at least 1 character",
    ),
    "id with a capital": Broken(
        "brand", "themes:", "- id: nps\n", "- id: NPS\n", "themes[0].indicators[0].id", "'NPS'"
    ),
    "goal of no form": Broken(
        "user_scale",
        MAU,
        "{of_customers: 48}",
        "{of_customer: 48}",
        f"{MAU_KEY}.target.of_customer",
        "unknown key",
        "of_customers",
    ),
    "goal of two forms": Broken(
        "user_scale",
        MAU,
        "{of_customers: 48}",
        "{of_customers: 48, scaled: 2}",
        f"{MAU_KEY}.target",
        "exactly one of",
    ),
    "goal as text": Broken(
        "user_scale", MAU, "{of_customers: 48}", "48 %", f"{MAU_KEY}.target", "expected a number"
    ),
    "tag of YAML": Broken(
        "user_scale",
        MAU,
        "weight: 30",
        "weight: !!python/name:os.system 30",
        f"{MAU_KEY}.weight",
        "plain data without tags",
    ),
    "tab": Broken("bands", "leaves:", "  - {id: good", "\t- {id: good", "", "found a tab"),
    "list for keys": Broken(
        "modules", "", "modules:", "modules: []\nmodule:", "modules", "at least 1 item"
    ),
    # counts, ids, weights
    "theme missing": Broken(
        "user_scale",
        "",
        "  - id: structure\n    name: {zh: 客群结构, en: Customer structure}\n    weight: 10\n"
        "    indicators:\n",
        "",
        "themes",
        "found 4 themes, expected 5 themes",
        at="themes:",
    ),
    "perspective renamed": Broken(
        "risk", "", "{id: risk,", "{id: risks,", "perspective.id", "as its file is called"
    ),
    "id used twice": Broken(
        "user_scale", "", MAU, "- id: dau\n", "themes[0].indicators[3].id", "also at",
        at="id: dau\n        name: {zh: 日活",
    ),
    "id used in two files": Broken(
        "brand", "", "- id: nps\n", "- id: mau\n", "themes[0].indicators[0].id", "user_scale.yaml:"
    ),
    "id of the root": Broken(
        "brand", "", "- id: nps\n", "- id: total\n", "themes[0].indicators[0].id", "the root"
    ),
    "weights of perspectives": Broken(
        "user_scale",
        "",
        "weight: 25, cap",
        "weight: 26, cap",
        "perspective.weight",
        "26 + 30 + 20 + 15 + 10 = 101",
    ),
    "weights of themes": Broken(
        "brand",
        "",
        "en: Awareness}\n    weight: 15",
        "en: Awareness}\n    weight: 14",
        "themes",
        "35 + 14 + 25 + 10 + 15 = 99",
        at="themes:",
    ),
    "weights of indicators": Broken(
        "user_scale",
        "",
        "        weight: 30",
        "        weight: 31",
        "themes[0].indicators",
        "the indicators of core_users that add up to 100",
        at="indicators:",
    ),
    # words
    "unknown unit": Broken(
        "user_scale", MAU, "unit: users", "unit: user", f"{MAU_KEY}.unit", "units of", "users"
    ),
    "unknown tag": Broken(
        "user_scale", MAU, "tag: growth", "tag: grwoth", f"{MAU_KEY}.tag", "tags of", "growth"
    ),
    "unknown owner": Broken(
        "user_scale",
        MAU,
        "owner: user_operations",
        "owner: user_operation",
        f"{MAU_KEY}.owner",
        "owners of",
        "user_operations",
    ),
    "direction without words": Broken(
        "vocabulary", "", "  band: {zh: 区间内最好", "  bands: {zh: 区间内最好", "directions.bands",
        "unknown key 'bands'", "band",
    ),
    # formulas
    "unknown point": Broken(
        "user_scale",
        MAU,
        "formula: active_users",
        "formula: active_user",
        f"{MAU_KEY}.formula",
        "found 'active_user', expected a data point",
        "active_users",
    ),
    "unknown function": Broken(
        "user_scale",
        "- id: dau\n",
        "user_days(active_users)",
        "user_day(active_users)",
        "themes[0].indicators[3].formula",
        "expected one of user_months",
        "user_days",
    ),
    "formula that runs code": Broken(
        "user_scale",
        MAU,
        "formula: active_users",
        "formula: __import__('os').system('true')",
        f"{MAU_KEY}.formula",
        "expected one of user_months",
    ),
    "formula that does not parse": Broken(
        "user_scale", MAU, "formula: active_users", "formula: active_users *", f"{MAU_KEY}.formula",
        "expected numbers, points, days",
    ),
    "quantile of a flow": Broken(
        "risk",
        "- id: api_p95\n",
        "quantile(0.95, api_latency)",
        "quantile(0.95, api_calls)",
        "themes[3].indicators[1].formula",
        "quantile of api_calls, which adds up as flow",
    ),
    "quantile of no probability": Broken(
        "risk",
        "- id: api_p95\n",
        "quantile(0.95,",
        "quantile(95,",
        "themes[3].indicators[1].formula",
        "a probability between 0 and 1",
    ),
    "user-days of a flow": Broken(
        "user_scale",
        "- id: dau\n",
        "user_days(active_users)",
        "user_days(sessions)",
        "themes[0].indicators[3].formula",
        "a distinct point in user_days",
    ),
    "sum of a stock": Broken(
        "business",
        "- id: fee_income\n",
        "formula: fee_income",
        "formula: aum",
        "themes[1].indicators[0].formula",
        "aum, which adds up as stock, expected only flow points with over_time sum",
    ),
    "sum of distinct users": Broken(
        "user_scale", MAU, "over_time: mau", "over_time: sum", f"{MAU_KEY}.formula",
        "active_users, which adds up as distinct", at="formula: active_users\n",
    ),
    "average of a ratio": Broken(
        "brand",
        "- id: csat\n",
        "over_time: ratio",
        "over_time: sum",
        "themes[0].indicators[1].formula",
        "points divided or multiplied by each other, expected a sum of points",
        at="formula: 100 * csat",
    ),
    "flow as a cohort": Broken(
        "user_scale",
        "- id: retention_d1\n",
        "d1_kept / d1_due",
        "d1_kept / registrations",
        "themes[2].indicators[0].formula",
        "only cohort points with over_time cohort",
    ),
    # modules
    "unknown module": Broken(
        "user_scale", DWELL, "[community, wealth]", "[community, welth]", f"{DWELL_KEY}.modules[1]",
        "expected a module", "wealth",
    ),
    "unknown group": Broken(
        "user_scale", MAU, "modules: all", "modules: transactng", f"{MAU_KEY}.modules",
        "a group's name", "transacting",
    ),
    "points that no module splits": Broken(
        "brand",
        "- id: search_index\n",
        "over_time: mean",
        "over_time: mean\n        modules: all",
        "themes[1].indicators[0].modules",
        "modules of search_index_days",
        at="modules: all",
    ),
    "scored by modules it has not": Broken(
        "brand",
        "- id: task_completion\n",
        "modules: all",
        "modules: selling",
        "themes[0].indicators[2].scored_by_modules.modules",
        "transfer, account, bill_payment, qr_payment without a module KPI",
        at="scored_by_modules:",
    ),
    "weighted by no point": Broken(
        "brand",
        "- id: task_completion\n",
        "weighted_by: tasks_started",
        "weighted_by: task_started",
        "themes[0].indicators[2].scored_by_modules.weighted_by",
        "a data point",
        "tasks_started",
        at="scored_by_modules:",
    ),
    "unknown scene": Broken(
        "modules", "", "scene: wealth", "scene: wealthy", "modules[5].scene", "one of", "wealth"
    ),
    "unknown team": Broken(
        "modules", "", "team: payments}", "team: payment}", "modules[0].team", "owner", "payments"
    ),
    "module twice": Broken(
        "modules", "", "{id: account,", "{id: transfer,", "modules[1].id", "also at"
    ),
    "group of no module": Broken(
        "modules", "", "selling: [wealth,", "selling: [weath,", "groups.selling[0]", "a module",
        "wealth",
    ),
    # goals, paths, curves
    "target below base": Broken(
        "brand",
        "- id: csat\n",
        "target: 90",
        "target: 70",
        "themes[0].indicators[1].target",
        "base 80, target 70, expected a target above the base",
    ),
    "target above base where less is better": Broken(
        "business",
        "- id: cac\n",
        "target: 30",
        "target: 60",
        "themes[3].indicators[0].target",
        "a target below the base, because better is down",
    ),
    "share of target above one": Broken(
        "user_scale",
        "- id: new_users\n",
        "{share_of_target: 0.7}",
        "{share_of_target: 1.2}",
        "themes[0].indicators[1].target",
        "base 1.2, target 1",
        at="target: {scaled",
    ),
    "target as its own share": Broken(
        "user_scale",
        "- id: new_users\n",
        "{scaled: 5800000}",
        "{share_of_target: 1.2}",
        "themes[0].indicators[1].target",
        "a target of its own",
    ),
    "standard that depends on last year": Broken(
        "compliance",
        "- id: compliance_pass\n",
        "target: 98",
        "target: {last_year: 1.1}",
        "themes[1].indicators[0].target",
        "a standard holds every day",
    ),
    "start of year for a flow": Broken(
        "business",
        "- id: txn_count\n",
        "{last_year: 1.2}",
        "{start_of_year: 1.2}",
        "themes[0].indicators[2].target",
        "only with over_time last",
    ),
    "customers for an amount": Broken(
        "business",
        "- id: txn_amount\n",
        "{scaled: 850000000000}",
        "{of_customers: 50}",
        "themes[0].indicators[0].target",
        "only with the unit users",
    ),
    "scaled ratio": Broken(
        "brand", "- id: csat\n", "target: 90", "target: {scaled: 90}",
        "themes[0].indicators[1].target", "a ratio does not grow with the bank",
    ),
    "path of a standard": Broken(
        "risk",
        "- id: npl_ratio\n",
        "standard: true",
        "standard: true\n        path: seasonal",
        "themes[2].indicators[0].path",
        "no path, because a standard holds every day",
        at="path: seasonal",
    ),
    "no path": Broken(
        "business",
        "- id: fee_growth\n",
        "path: calendar",
        "path: none",
        "themes[1].indicators[1].path",
        "seasonal or calendar, or standard: true",
    ),
    "band without a band": Broken(
        "user_scale",
        DWELL,
        "        band: {full: [6, 9], outer: [4, 11]}\n",
        "",
        f"{DWELL_KEY}.band",
        "band together with better band",
        at="id: dwell_minutes",
    ),
    "band inside out": Broken(
        "user_scale", DWELL, "outer: [4, 11]", "outer: [4, 8]", f"{DWELL_KEY}.band",
        "full 6–9, outer 4–8",
    ),
    "band of one number": Broken(
        "user_scale", DWELL, "outer: [4, 11]", "outer: [4]", f"{DWELL_KEY}.band.outer[1]",
        "found nothing, expected at least 2 items",
    ),
    "goals beside their band": Broken(
        "user_scale", DWELL, "base: 4", "base: 3", f"{DWELL_KEY}.band",
        "base 4 and target 6, the lower limits", at="band: {full",
    ),
    "step that goes up": Broken(
        "compliance",
        "- id: data_leaks\n",
        "target: 0",
        "target: 0.5",
        "themes[0].indicators[1].curve",
        "better down and target 0 with a step",
        at="curve: step",
    ),
    "downtime of a perfect goal": Broken(
        "risk",
        "- id: availability\n",
        "target: 99.99",
        "target: 100",
        "themes[3].indicators[0].curve",
        "goals under 100 with downtime",
        at="curve: downtime",
    ),
    # red lines and bands
    "red line on no node": Broken(
        "red_lines", "", "{stability: 60}", "{stablity: 60}", "red_lines[1].caps.stablity",
        "expected a node", "stability",
    ),
    "red line of no point": Broken(
        "red_lines", "", "formula: leak_events", "formula: leak_event", "red_lines[0].formula",
        "a data point", "leak_events",
    ),
    "red line twice": Broken(
        "red_lines", "", "id: npl_limit", "id: data_leak", "red_lines[2].id", "also at"
    ),
    "red line with two limits": Broken(
        "red_lines", "", "{below: 99.9}", "{below: 99.9, above: 1}", "red_lines[1].breached",
        "exactly one of above, below",
    ),
    "cap above 100": Broken(
        "red_lines", "", "total: 80", "total: 180", "red_lines[0].caps.total", "at most 100"
    ),
    "bands out of order": Broken(
        "bands", "parents:", "at_least: 85", "at_least: 99", "parents[1].at_least", "less than 95"
    ),
    "bands without a floor": Broken(
        "bands", "parents:", "at_least: 0", "at_least: 10", "parents[3].at_least", "0 for the last"
    ),
    "bands of other names": Broken(
        "bands", "parents:", "id: watch", "id: wach", "parents[2].id", "leaves' bands", "watch"
    ),
}  # fmt: skip
