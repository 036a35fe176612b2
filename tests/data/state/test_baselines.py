"""Baselines: versions by effective day, as known at a moment, all or none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from data.state import (
    Baseline,
    BaselineDraft,
    State,
    StateConflictError,
    StateRefusedError,
    audit_entries,
    baselines,
    baselines_in_force,
    close_month,
    discard_baselines,
    draft_baselines,
    edit_baseline,
    publish_baselines,
    send_back_baselines,
    submit_baselines,
)

Publish = Callable[..., Baseline]
NPS = BaselineDraft("nps", 2026, Decimal("32"), Decimal("50"))


def drafted(state: State, *drafts: BaselineDraft) -> tuple[Baseline, ...]:
    return draft_baselines(
        state, drafts, author="li", reason="plan", effective_from=date(2026, 2, 1)
    )


def test_a_baseline_comes_back_exactly(state: State) -> None:
    wanted = BaselineDraft(
        "txn_amount", 2026, Decimal("595000000000.01"), Decimal("850000000000.10"),
        "B01", "transfer", "proposed", "trailing_median",
    )  # fmt: skip
    (made,) = drafted(state, wanted)
    assert (str(made.base), str(made.target)) == ("595000000000.01", "850000000000.10")
    assert (made.branch_id, made.module, made.method) == ("B01", "transfer", "trailing_median")
    assert baselines(state, indicator="txn_amount") == (made,)
    assert baselines(state, indicator="nps") == ()


def test_none_is_no_target_and_wins_over_an_older_one(
    state: State, published_baseline: Publish
) -> None:
    published_baseline(NPS)
    published_baseline(BaselineDraft("nps", 2026, None, None), date(2026, 4, 1))
    assert [row.target for row in baselines_in_force(state, date(2026, 3, 31))] == [Decimal(50)]
    assert [row.target for row in baselines_in_force(state, date(2026, 4, 1))] == [None]


def test_each_indicator_year_branch_and_module_has_its_own(
    state: State, published_baseline: Publish
) -> None:
    keys = [("nps", 2026, None, None), ("nps", 2027, None, None), ("nps", 2026, "B01", None),
            ("nps", 2026, "B01", "transfer"), ("nps", 2026, None, "transfer"),
            ("mau", 2026, None, None)]  # fmt: skip
    for number, (indicator, year, branch, module) in enumerate(keys):
        target = Decimal(50 + number)
        published_baseline(BaselineDraft(indicator, year, Decimal(1), target, branch, module))
    found = baselines_in_force(state, date(2026, 12, 31))
    assert {(row.indicator, row.year, row.branch_id, row.module): row.target for row in found} == {
        key: Decimal(50 + number) for number, key in enumerate(keys)
    }
    only = baselines_in_force(state, date(2026, 12, 31), year=2027)
    assert [row.year for row in only] == [2027]


def test_a_new_version_leaves_the_old_one_and_its_past(
    state: State, published_baseline: Publish
) -> None:
    old = published_baseline(NPS)
    new = published_baseline(BaselineDraft("nps", 2026, Decimal(30), Decimal(45)))
    assert baselines_in_force(state, date(2026, 3, 1)) == (new,)
    assert baselines_in_force(state, date(2026, 3, 1), as_known_at=old.published_at) == (old,)
    assert baselines(state) == (old, new)


def test_all_or_none(state: State) -> None:
    good, other = drafted(state, NPS, BaselineDraft("mau", 2026, None, Decimal(5)))
    edit_baseline(state, other, by="zhao", base=None, target=Decimal(6))
    before = len(audit_entries(state))
    with pytest.raises(StateConflictError, match="changed by zhao"):
        submit_baselines(state, [good, other], by="li")
    assert {row.state for row in baselines(state)} == {"draft"}
    assert len(audit_entries(state)) == before


def test_lifecycle_edit_send_back_discard(state: State) -> None:
    (made,) = drafted(state, NPS)
    submitted = submit_baselines(state, [made], by="li")
    with pytest.raises(StateRefusedError, match="is submitted"):
        edit_baseline(state, submitted[0], by="li", base=None, target=None)
    (back,) = send_back_baselines(state, submitted, by="wang", reason="check the base")
    edited = edit_baseline(state, back, by="li", base=Decimal("31.5"), target=Decimal(50))
    assert (edited.base, edited.reason) == (Decimal("31.5"), "plan")
    discard_baselines(state, [edited], by="li", reason="not needed")
    assert baselines(state) == ()


def test_two_people(state: State) -> None:
    submitted = submit_baselines(state, drafted(state, NPS), by="zhao")
    for same in ("li", "zhao"):
        with pytest.raises(StateRefusedError, match="another person"):
            publish_baselines(state, submitted, by=same, two_people=True)
    (published,) = publish_baselines(state, submitted, by="wang", two_people=True)
    assert published.published_by == "wang"


def test_nothing_takes_effect_in_a_closed_month(state: State) -> None:
    submitted = submit_baselines(state, drafted(state, NPS), by="li")
    close_month(state, date(2026, 2, 3), {}, by="li", configuration_digest="c", weight_set_id=None)
    with pytest.raises(StateRefusedError, match="2026-02 is closed"):
        publish_baselines(state, submitted, by="wang")
    assert baselines_in_force(state, date(2026, 12, 31)) == ()


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (BaselineDraft("nps", 2026, None, None, origin="guessed"), "typed, proposed"),
        (BaselineDraft("nps", 2026, None, None, origin="proposed"), "names its method"),
        (BaselineDraft("nps", 2026, None, None, method="median"), "names its method"),
        (BaselineDraft("", 2026, None, None), "indicator is empty"),
        (BaselineDraft("nps", 2026, Decimal("Infinity"), None), "finite"),
    ],
)
def test_what_is_no_baseline_is_refused(state: State, bad: BaselineDraft, said: str) -> None:
    with pytest.raises(StateRefusedError, match=said):
        drafted(state, bad)


def test_the_same_key_twice_is_refused(state: State) -> None:
    with pytest.raises(StateRefusedError, match="two baselines"):
        drafted(state, NPS, BaselineDraft("nps", 2026, None, None))
