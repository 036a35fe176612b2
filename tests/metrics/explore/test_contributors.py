"""What contributed to a change: parts add up to it, and planted changes are found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import Period
from data.slice import Slice
from metrics.decomposition import explained_ratio
from metrics.decomposition.records import Refused
from metrics.explore.cells import drill, narrowed, slice_of
from metrics.explore.contributors import Contributors, concentration, contributors, telling
from metrics.explore.records import Place
from metrics.explore.view import Against, Sort, View
from metrics.values import evaluate
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened

MONTH = Period.parse("2026-10")


def changed(
    demo: Opened, node: str, by: str, about: Slice | None = None, against: Against = "previous"
) -> Contributors | Refused:
    view = View((node,), about or Slice(MONTH))
    place = Place(node, view.about.period)
    return contributors(demo.connection, demo.setup, view, place, against, by)


@pytest.mark.parametrize(
    ("node", "by", "factors"),
    [
        ("txn_amount", "module", {"volume", "mix", "rate"}),
        ("retention_d1", "channel", {"mix", "rate", "interaction"}),
        ("fraud_rate@transfer", "tier", {"mix", "rate", "interaction"}),
        ("arpu", "branch", {"mix", "rate", "interaction"}),
        ("new_users", "branch", set()),
        ("aum", "tier", set()),
        ("dau", "channel", set()),
        ("mau", "module", set()),
        ("mau", "channel", set()),
    ],
)
def test_parts_and_what_is_left_are_the_change(
    demo: Opened, node: str, by: str, factors: set[str]
) -> None:
    found = changed(demo, node, by)
    assert isinstance(found, Contributors)
    total = sum(part.effect for part in found.parts) + found.unexplained
    assert total == pytest.approx(found.change, abs=1e-6)
    name, _, module = node.partition("@")
    about = Slice.of(MONTH, module=(module,)) if module else Slice(MONTH)
    for period, side in ((MONTH, found.after), (found.period, found.before)):
        whole = evaluate(demo.connection, demo.setup, [name], about.over(period))
        assert side == pytest.approx(whole.value[0, 0])
    for factor in ("volume", "mix", "rate", "interaction"):
        assert (found.total(factor) is not None) == (factor in factors)
    for part in found.parts:
        known = [part.volume, part.mix, part.rate, part.interaction]
        if factors:
            assert sum(one or 0.0 for one in known) == pytest.approx(part.effect, abs=1e-6)
    sizes = [abs(part.effect) for part in found.parts]
    assert sizes == sorted(sizes, reverse=True)


def test_users_of_several_parts_are_told_to_overlap(demo: Opened) -> None:
    by_module, by_branch = changed(demo, "mau", "module"), changed(demo, "new_users", "branch")
    assert isinstance(by_module, Contributors) and isinstance(by_branch, Contributors)
    assert "overlap" in {one.kind for one in by_module.warnings}
    by_channel = changed(demo, "mau", "channel")
    assert isinstance(by_channel, Contributors) and by_channel.unexplained == 0
    assert "overlap" not in {one.kind for one in by_channel.warnings}  # a user has one channel
    assert "overlap" not in {one.kind for one in by_branch.warnings}
    assert "unequal_days" in {one.kind for one in by_branch.warnings}


def test_what_has_no_parts_is_refused_with_the_reason(demo: Opened) -> None:
    cases = [
        (changed(demo, "complaint_hours", "branch"), "a quantile has no parts that add up"),
        (changed(demo, "stickiness", "branch"), "the indicator is not one sum over another"),
        (changed(demo, "mau", "tier", against="target"), "is not decomposed"),
        (changed(demo, "availability", "branch"), "Availability is not recorded by branch"),
        (changed(demo, "mau", "tier", Slice.of(MONTH, tier=("vip",))), "is one part of this"),
        (changed(demo, "mau", "tier", Slice.of("2024-09"), "year"), "there are no data of"),
    ]
    for found, words in cases:
        assert isinstance(found, Refused) and words in found.words("en")
        assert found.words("zh")


def test_a_cell_is_decomposed_within_its_own_slice(demo: Opened) -> None:
    view = View(("scene_risk_rate",), Slice(MONTH), ("channel",))
    place = Place("scene_risk_rate", MONTH, "ad")
    found = contributors(demo.connection, demo.setup, view, place, "previous", "age_band")
    about = Slice.of(MONTH, channel=("ad",))
    same = explained_ratio(
        demo.connection, demo.setup, "scene_risk_rate", about, MONTH.previous(), "age_band"
    )
    assert isinstance(found, Contributors) and not isinstance(same, Refused)
    assert found.change == pytest.approx(same.change)
    assert {p.name: p.effect for p in found.parts} == {p.name: p.effect for p in same.parts}


def test_the_dimension_that_tells_most_stands_first(demo: Opened) -> None:
    view = View(("txn_amount",), Slice(MONTH))
    found = telling(demo.connection, demo.setup, view, Place("txn_amount", MONTH), "previous")
    assert {one.by for one in found} == {
        "branch", "module", "app", "channel", "tier", "age_band", "new_user"
    }  # fmt: skip
    told = [one.concentration for one in found]
    assert told == sorted(told, reverse=True)
    one_tier = View(("txn_amount",), Slice.of(MONTH, tier=("vip",)))
    below = telling(demo.connection, demo.setup, one_tier, Place("txn_amount", MONTH), "previous")
    assert "tier" not in {one.by for one in below}


def test_planted_changes_are_found_where_they_were_planted(
    demo: Opened, demo_bank: DemoBank
) -> None:
    """An outage of one module; a burst of fraud in one module of one branch."""
    outage = demo_bank.truth.effects["outage"]
    found = changed(demo, "availability", "module", Slice.of(str(outage.start)))
    assert isinstance(found, Contributors) and found.change < 0
    assert found.parts[0].name == outage.where["module"]
    assert found.parts[0].rate == pytest.approx(found.change, rel=0.05)
    assert found.concentration > 0.9
    burst = demo_bank.truth.effects["fraud_burst"]
    days = Slice.of(f"{burst.start}..{burst.stop}")
    view, place = View(("scene_risk_rate",), days), Place("scene_risk_rate", days.period)
    every = telling(demo.connection, demo.setup, view, place, "previous")
    most = {one.by: one.parts[0].name for one in every}
    assert most["module"] == burst.where["module"]
    assert most["branch"] == burst.where["branch_id"]
    assert "branch" in [one.by for one in every][:2]


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0.01, 1e3)), min_size=1, max_size=12),
    st.floats(0.1, 10),
)
def test_concentration_is_a_share_that_knows_no_scale(
    parts: list[tuple[float, float]], scale: float
) -> None:
    effects, weights = [one for one, _ in parts], [one for _, one in parts]
    found = concentration(effects, weights)
    assert 0 <= found <= 1
    assert concentration([-one for one in effects], weights) == pytest.approx(found, abs=1e-6)
    assert concentration([one * scale for one in effects], weights) == pytest.approx(
        found, abs=1e-6
    )
    assert concentration([abs(one) * 3 for one in weights], weights) == pytest.approx(0, abs=1e-6)


def test_a_drill_asks_for_the_cell_by_another_dimension(demo: Opened) -> None:
    start = View(
        ("mau", "dau@card"), Slice.of("2026-Q3", tier=("vip", "basic")), ("branch", "tier"),
        "month", ("previous",), "heat", Sort("mau", "previous", down=True),
    )  # fmt: skip
    piece = Period.parse("2026-08")
    place = Place("dau@card", piece, "B01", "vip")
    found = drill(start, place, "channel")
    assert found.indicators == ("dau@card",) and found.by == ("channel",) and found.grain == ""
    assert found.about == Slice.of("2026-08", "B01", tier=("vip",)) == narrowed(start, place)
    assert found.sort == Sort("dau@card", "previous", down=True)
    assert slice_of(start, place).segment == {"tier": ("vip",), "module": ("card",)}
    whole = drill(start, replace(place, period=start.about.period), "channel")
    assert whole.grain == "month"
