"""What the sheets say: both languages, dashes with reasons, what is withheld, who may see what."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from data.period import containing
from data.slice import Rights, Slice, SliceError
from data.state import State, closings, open_state, sign_off
from metrics.behaviour.cohorts import Cohort, Triangle
from metrics.behaviour.intervals import share
from metrics.behaviour.tiers import Moves
from metrics.forecast.records import Reason as NoForecast
from metrics.scorecard import close_month
from metrics.tree import ROOT
from metrics.values.reasons import Reason
from reports.month import (
    behaviour,
    branches,
    business,
    campaigns,
    cover,
    executive,
    experiments,
    perspectives,
    quality,
    risk,
)
from reports.month.build import SHEETS, speaking, written
from reports.month.business import DRAWN
from reports.month.facts import Facts, Shared, gather
from reports.month.facts_bank import without_values
from tests.metrics.scorecard.opened import Opened
from tests.reports.month.filled import COMMENT, MONTH, NOW, facts_of
from tests.reports.month.shown import HEAD, Figure, book_of, figures, texts

LATIN = re.compile(r"[A-Za-z]{4,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MINE = tuple(one for one in SHEETS if one.__module__ != "reports.month.tree")
BRANCH = "B02"


def all_text(book: Workbook) -> str:
    """Every text of a workbook."""
    return "\n".join(one for told in texts(book).values() for one in told)


def table(book: Workbook, sheet: str, heading: str) -> list[Figure]:
    """The cells under a heading."""
    return [one for one in figures(book) if one.sheet == sheet and one.heading == heading]


def test_the_cover_says_what_it_is_and_leads_to_every_sheet(facts: Facts) -> None:
    with speaking("en"):
        book = written(facts)
        listed = {key for key, _title, _told in cover.contents(facts)}
    assert listed == set(book.pages) - {"cover"}
    told = texts(book_of(facts, (cover.write,)))["Cover"]
    for part in ("Oct 2026", "Whole bank", "2026-11-10", "Balanced", "zhang", "Approved by"):
        assert any(part in one for one in told), part


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_headings_are_in_the_language(facts: Facts, lang: str) -> None:
    book = book_of(facts, MINE, lang)
    heads = [
        str(cell.value)
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
        if cell.style == HEAD and cell.value is not None
    ]
    assert len(heads) > 200
    if lang == "en":
        assert not [one for one in heads if CHINESE.search(one)]
        return
    known = {"VIP", "CAC", "UTC"}
    wrong = [
        one for one in heads if LATIN.search(one) and not CHINESE.search(one) and one not in known
    ]
    # Competitors stand under the names that the bank gave them.
    named = {one.competitor for one in facts.competitors.releases}
    assert set(wrong) <= named | {"Markov", "Shapley"}


def test_sentences_of_the_summary_are_made_from_the_data(facts: Facts) -> None:
    told = texts(book_of(facts, (executive.write,)))["Executive summary"]
    score = facts.card.node(ROOT).score
    assert score is not None
    assert any(one.startswith(f"{score:.1f} ") for one in told)
    assert facts.why is not None
    first = facts.why.movers(1, ROOT)[0]
    assert any(facts.tree.name(first.id, "en") in one and "→" in one for one in told)
    assert any(COMMENT in one and "zhao" in one for one in told)
    assert any("Growth" in one and "draft" in one for one in told)
    assert any("taken on" in one and "li, promised for 2026-11-05" in one for one in told)


def test_a_comment_stands_beside_its_indicator(facts: Facts) -> None:
    with_notes = [
        one
        for one in figures(book_of(facts, (perspectives.write,)))
        if one.heading.startswith("Comment") and COMMENT in str(one.value)
    ]
    assert [one.lead for one in with_notes] == [facts.tree.name("new_users", "en")]


def test_experiments_show_effect_rule_and_decision(facts: Facts) -> None:
    book = book_of(facts, (experiments.write,))
    decisions = [one.value for one in table(book, "Experiments", "Decision") if one.value]
    assert decisions == ["shipped", "kept as it was, inconclusive", "thrown away, invalid"]
    lifts = [one.value for one in table(book, "Experiments", "Lift")]
    assert isinstance(lifts[0], float)
    assert lifts[2] == "—"
    effect = facts.decided[0].analysis
    assert effect is not None
    primary = next(one for one in effect.effects if one.role == "primary")
    assert primary.lift.value is not None
    assert lifts[0] == pytest.approx(100 * primary.lift.value)


def test_campaigns_are_those_of_the_screen(facts: Facts) -> None:
    book = book_of(facts, (campaigns.write,))
    spent = {one.lead: one.value for one in table(book, "Campaigns", "Spent")}
    for one in facts.campaigns.results:
        name = one.campaign.name("en")
        found = next(value for lead, value in spent.items() if lead.startswith(name))
        assert found == ("—" if one.cost.spent_cny is None else one.cost.spent_cny)
    last = [one for one in table(book, "Campaigns", "Shapley") if one.lead == "All conversions"]
    assert [one.value for one in last] == [facts.campaigns.attribution.conversions] * len(last)


def test_what_is_unknown_is_a_dash_with_its_reason(facts: Facts) -> None:
    gone = Reason("not_loaded", "event")
    never = NoForecast("short_history", ("90", "180"))
    courses = tuple(
        replace(one, so_far=None, forecast=replace(one.forecast, steps=(), end=None, reason=never))
        for one in facts.business.courses
    )
    blind = replace(
        facts,
        behaviour=replace(
            facts.behaviour, visits=gone, triangle=gone, moves=gone, silence=gone, never_used=gone
        ),
        business=replace(facts.business, courses=courses, products=gone, channels=gone),
        risk=replace(
            facts.risk, fraud=gone, vintages=gone, rolls=gone, classes=gone, register=gone,
            complaints=gone,
        ),
    )  # fmt: skip
    sheets = (behaviour.write, business.write, risk.write)
    told = texts(book_of(blind, sheets))
    said = "— event is not loaded for this period"
    names = ("User behaviour", "Business results", "Risk monitoring")
    assert [told[name].count(said) for name in names] == [5, 2, 6]
    why = "Not enough history for a forecast: 90, at least 180 needed"
    assert told["Business results"].count(why) == len(DRAWN)


def test_a_table_that_is_not_loaded_leaves_dashes_and_says_which(demo: Opened, bare: State) -> None:
    first, last = date(2024, 1, 1), date(2026, 12, 31)
    found = facts_of(demo.without("survey", first, last), bare, months=2)
    book = book_of(found, (executive.write, perspectives.write, quality.write))
    values = {one.lead: one.value for one in table(book, "Brand", "Value")}
    assert values["Net promoter score"] == "—"
    why = {one.lead: one.value for one in table(book, "Data quality", "Why")}
    assert "survey" in str(why["Net promoter score"])
    days = {one.lead: one.value for one in table(book, "Data quality", "Status")}
    assert days["survey"] == "○ not loaded"
    assert any("survey" in one for one in texts(book)["Executive summary"])


def test_the_first_month_has_nothing_to_compare_with(demo: Opened, bare: State) -> None:
    begun = demo.setup.store.coverage.first_day
    assert begun is not None
    found = facts_of(demo, bare, month=containing(begun, "month"))
    assert found.before is None
    sheets = (cover.write, executive.write, perspectives.write, behaviour.write, business.write)
    book = book_of(found, sheets)
    assert "There is no month before to compare with." in all_text(book)
    changes = table(book, "User scale", "Change")
    assert changes
    assert {one.value for one in changes if one.linked} == {"—"}


def test_groups_of_fewer_than_five_are_withheld(facts: Facts) -> None:
    month = facts.period
    triangle = Triangle("month", (Cohort(month, 4, (share(4, 4), share(3, 4))),))
    moves = Moves(date(2026, 7, 31), date(2026, 10, 31), {("vip", "wealth"): 3, ("vip", "vip"): 9})
    small = replace(facts.behaviour, triangle=triangle, moves=moves)
    book = book_of(replace(facts, behaviour=small), (behaviour.write,))
    cohort = [o for o in figures(book) if o.lead == "2026-10" and o.heading in ("Users", "+1")]
    assert [one.value for one in cohort] == ["<5", "—"]
    moved = {o.heading: o.value for o in figures(book) if o.lead == "VIP"}
    assert moved["to Wealth tier"] == "<5"
    assert moved["to VIP"] == 9
    assert all_text(book).count("<5: groups of fewer than five people are withheld.") >= 1


def test_no_sheet_tells_of_one_to_four_people(facts: Facts) -> None:
    counted = {
        "User behaviour": ("Users", "New", "Recovered", "Lost", "Active", "At the start"),
        "Business results": ("New users",),
        "Campaigns": ("Exposed", "Clicked", "Joined", "Converted", "Registered"),
        "Branches": ("Registered",),
    }
    sheets = (behaviour.write, business.write, campaigns.write, branches.write)
    found = [
        one for one in figures(book_of(facts, sheets)) if one.heading in counted.get(one.sheet, ())
    ]
    assert any(one.value == "<5" for one in found)
    assert not [one for one in found if isinstance(one.value, int | float) and 0 < one.value < 5]


def test_a_branch_report_holds_the_branch_and_nothing_else(
    demo: Opened, bare: State, shared: Shared, facts: Facts
) -> None:
    about = Slice.of(MONTH, BRANCH)
    found = gather(
        demo.connection, demo.setup, bare, about, who="zhang", now=NOW, shared=shared
    )  # fmt: skip
    assert found.card.branches == tuple(
        one for one in facts.card.branches
        if one and demo.setup.store.leaves[one] <= demo.setup.store.leaves[BRANCH]
    )  # fmt: skip
    assert found.card.node(ROOT, BRANCH) == facts.card.node(ROOT, BRANCH)
    told = all_text(book_of(found, MINE))
    assert facts.places[BRANCH].name_en in told
    others = [
        one.name_en
        for key, one in facts.places.items()
        if not demo.setup.store.leaves[key] & demo.setup.store.leaves[BRANCH]
    ]
    assert others
    assert not [name for name in others if name in told]
    assert "in the report of the whole bank" in told
    assert found.quality.files is None
    assert isinstance(found.risk.register, Reason)


def test_rights_bound_what_is_gathered(demo: Opened, bare: State, shared: Shared) -> None:
    rights = Rights(subtree=BRANCH)
    mine = Slice(MONTH, "", (), rights)
    found = gather(demo.connection, demo.setup, bare, mine, who="x", now=NOW, shared=shared)
    assert found.branch == BRANCH
    with pytest.raises(SliceError, match="B03"):
        gather(demo.connection, demo.setup, bare, replace(mine, branch="B03"), who="x")
    with pytest.raises(SliceError, match="calendar month"):
        gather(demo.connection, demo.setup, bare, Slice.of("2026-Q3"), who="x")
    with pytest.raises(SliceError, match="whole scope"):
        gather(demo.connection, demo.setup, bare, Slice.of("2026-10", tier=("vip",)), who="x")


def test_branches_are_ranked_within_their_peers(facts: Facts) -> None:
    book = book_of(facts, (branches.write,))
    for heading, key in (("Rank", "rank"), ("Score", "score")):
        found = [one.value for one in table(book, "Branches", heading)]
        expected = [getattr(one, key) for one in facts.ranking]
        # Where a chart is drawn from a column, what is missing leaves its cell.
        known = [None if one == "—" else one for one in found]
        assert known == [None if one is None else pytest.approx(one) for one in expected]


def test_the_same_facts_have_one_digest_whoever_asks_when(facts: Facts) -> None:
    later = replace(facts, who="somebody else", made_at=datetime.fromisoformat("2027-01-01T00:00"))
    with speaking("zh"):
        digests = {written(one).content()[1] for one in (facts, later)}
    assert len(digests) == 1


def test_a_closed_month_is_told_as_it_was_closed(demo: Opened, tmp_path: Path) -> None:
    with open_state(f"sqlite:///{tmp_path}/state.db") as own:
        close_month(demo.connection, demo.setup, own, MONTH, by="finance")
        sign_off(own, closings(own)[0], by="cfo", statement="checked")
        late = demo.without("complaint", MONTH.last - timedelta(days=5), MONTH.last)
        found = facts_of(late, own, months=2)
    closed = found.card.node("complaint_rate").value
    live = late.cards(str(MONTH))[0].node("complaint_rate").value
    assert closed != live
    changes = {one.id: (one.closed, one.now) for one in found.restated}
    assert changes["complaint_rate"] == (closed, live)
    told = texts(book_of(found, (cover.write, quality.write)))
    assert any("closed on" in one and "finance" in one for one in told["Cover"])
    assert "cfo" in told["Cover"]
    shown = table(book_of(found, (quality.write,)), "Data quality", "As closed")
    assert [one.value for one in shown] == [pytest.approx(one.closed) for one in found.restated]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("amount_cny: '12x' is not a number", "amount_cny: … is not a number"),
        ("unknown channel “secret name”", "unknown channel …"),
        ("branch_id is missing", "branch_id is missing"),
    ],
)
def test_quarantined_values_are_left_out(reason: str, told: str) -> None:
    assert without_values(reason) == told
