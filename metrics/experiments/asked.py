"""What is asked of a table from outside, checked against the names that it has."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from data.configuration import nearest_name
from metrics.experiments.cells import Flaw
from metrics.experiments.moments import ArmData
from metrics.experiments.plan import Better, Limits, Margin, MetricPlan, Plan, Policy, Role
from metrics.experiments.records import Enrolment

Form = Literal["counts", "users"]
ALIASES: Mapping[str, tuple[str, ...]] = {
    "variant": ("variant", "version", "arm", "group", "variation",
                "分组", "组别", "变体", "实验组"),
    "user": ("user_id", "user", "userid", "uid", "customer_id", "用户", "用户编号", "用户id"),
    "users": ("users", "n", "visitors", "用户数", "人数", "样本量"),
    "conversions": ("conversions", "converted", "successes", "转化", "转化数", "转化人数"),
    "metric": ("metric", "指标"),
    "exposed_at": ("exposed_at", "曝光时间", "进入时间"),
    "outcome_at": ("outcome_at", "结果时间", "转化时间"),
}  # fmt: skip
MOST_ARMS = 20
MOST_FLAWS = 20


class TableError(ValueError):
    """A table that cannot be analysed; ``flaws`` says where and why, all at once."""

    def __init__(self, flaws: Collection[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("\n".join(str(one) for one in self.flaws[:MOST_FLAWS]))


@dataclass(frozen=True)
class Asked:
    """What to do with the table.

    ``control``: the variant to compare with (default: the first in the alphabet). ``metrics``: the
    first is the primary one (default: every column that can be one): a column ``amount``, a ratio
    of two ``amount/orders``, a quantile ``amount@0.9``. ``lower``: metrics of which less is better;
    ``guardrails``: with their margin, relative to the control. ``split``: planned shares by
    variant. ``days``: full days that it ran, where the table does not tell; ``winsorised``: sums
    above this quantile of all users are capped.
    """

    control: str = ""
    metrics: tuple[str, ...] = ()
    alpha: float = 0.05
    lower: tuple[str, ...] = ()
    guardrails: tuple[tuple[str, float], ...] = ()
    split: tuple[tuple[str, float], ...] = ()
    days: int | None = None
    winsorised: float | None = None
    ratio_warned: float = 0.01
    ratio_invalid: float = 0.001


@dataclass(frozen=True)
class Outside:
    """A table as the statistics take it.

    ``rows``: of the table; ``unassigned``: rows without a variant or user, left out.
    """

    form: Form
    plan: Plan
    arms: tuple[ArmData, ...]
    enrolment: Enrolment
    rows: int
    unassigned: int = 0


@dataclass(frozen=True)
class Wanted:
    """A metric as written."""

    id: str
    columns: tuple[str, ...]
    quantile: float | None = None


def require_options(asked: Asked) -> None:
    flaws = []
    if not 0 < asked.alpha < 0.5:
        flaws.append(Flaw("bad_option", "alpha", f": {asked.alpha}"))
    # a margin is a share: 2 for two per cent would let everything pass
    flaws += [
        Flaw("bad_option", "guardrail", f": {name}={margin}")
        for name, margin in asked.guardrails
        if not 0 < margin < 1
    ]
    if any(not 0 < share < math.inf for _, share in asked.split):
        flaws.append(Flaw("bad_option", "split"))
    if asked.days is not None and asked.days < 1:
        flaws.append(Flaw("bad_option", "days", f": {asked.days}"))
    if asked.winsorised is not None and not 0.5 < asked.winsorised < 1:
        flaws.append(Flaw("bad_option", "winsorise", f": {asked.winsorised}"))
    if not 0 <= asked.ratio_invalid <= asked.ratio_warned < 1:
        flaws.append(Flaw("bad_option", "ratio limits"))
    if flaws:
        raise TableError(flaws)


def arms_of(found: Collection[str], asked: Asked) -> tuple[str, ...]:
    """The variants, the control first."""
    names = sorted(set(found))
    if len(names) < 2:
        raise TableError([Flaw("one_arm", about=", ".join(names))])
    if len(names) > MOST_ARMS:
        raise TableError([Flaw("many_arms", about=str(len(names)))])
    named = [name for name in (asked.control, *(arm for arm, _ in asked.split)) if name]
    flaws = [
        Flaw("no_such_arm", name, nearest_name(name, names) or ", ".join(names))
        for name in named
        if name not in names
    ]
    if flaws:
        raise TableError(flaws)
    control = asked.control or names[0]
    return (control, *(name for name in names if name != control))


def _split(arms: tuple[str, ...], asked: Asked) -> tuple[float, ...]:
    given = dict(asked.split)
    if given and set(given) != set(arms):
        raise TableError([Flaw("bad_option", "split", f": {sorted(set(arms) ^ set(given))}")])
    return tuple(given[arm] for arm in arms) if given else ()


def wanted_metrics(
    asked: Asked, columns: Collection[str], default: Collection[str]
) -> list[Wanted]:
    """The metrics asked for; raises TableError that names each unknown column and the nearest."""
    texts = list(dict.fromkeys((*asked.metrics, *(name for name, _ in asked.guardrails))))
    texts = texts if asked.metrics else [*default, *(one for one in texts if one not in default)]
    found, flaws = [], []
    for text in texts:
        one = metric_written(text, columns)
        found.append(one)
        flaws += [
            Flaw("no_such_column", name, nearest_name(name, columns) or ", ".join(columns))
            for name in one.columns
            if name not in columns
        ]
    ids = {one.id for one in found}
    flaws += [
        Flaw("no_such_metric", name, nearest_name(name, ids) or ", ".join(ids))
        for name in asked.lower
        if name not in ids
    ]
    if not found:
        flaws.append(Flaw("no_metric"))
    if flaws:
        raise TableError(flaws)
    return found


def metric_written(text: str, columns: Collection[str]) -> Wanted:
    """A metric as written; a column may itself hold the signs.

    >>> metric_written("amount/orders", ["amount", "orders"]).columns
    ('amount', 'orders')
    >>> metric_written("x@0.9", ["x"]).quantile
    0.9
    """
    if text in columns:
        return Wanted(text, (text,))
    above, sign, below = text.partition("/")
    if sign:
        return Wanted(text, (above.strip(), below.strip()))
    name, sign, share = text.rpartition("@")
    if sign:
        try:
            quantile = float(share)
        except ValueError:
            quantile = -1.0
        if not 0 < quantile < 1:
            raise TableError([Flaw("bad_quantile", text)])
        return Wanted(text, (name,), quantile)
    return Wanted(text, (text,))


def made_plan(
    arms: tuple[str, ...], metrics: tuple[MetricPlan, ...], asked: Asked, days: int | None
) -> Plan:
    limits = Limits(
        ratio_warned=asked.ratio_warned, ratio_invalid=asked.ratio_invalid,
        late_invalid=Limits().crossed_invalid,
    )  # fmt: skip
    policy: Policy = "fixed"
    return Plan(
        arms, metrics, _split(arms, asked), asked.alpha, policy=policy,
        horizon_days=days or Plan(arms, ()).horizon_days, limits=limits,
    )  # fmt: skip


def roles_of(metrics: Collection[Wanted], asked: Asked) -> list[tuple[Role, Better, Margin | None]]:
    """The first metric that is no guardrail is the primary one."""
    guards = {name for name, _ in asked.guardrails}
    primary = next((one.id for one in metrics if one.id not in guards), None)
    return [_role_of(one, asked, primary=one.id == primary) for one in metrics]


def _role_of(one: Wanted, asked: Asked, *, primary: bool) -> tuple[Role, Better, Margin | None]:
    margin = dict(asked.guardrails).get(one.id)
    better: Better = "lower" if one.id in asked.lower else "higher"
    if margin is not None:
        return "guardrail", better, Margin(margin)
    return ("primary" if primary else "secondary"), better, None
