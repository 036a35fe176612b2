"""Nothing that screens read is read, or kept, without the reader's rights."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from data.period import Period
from data.slice import WHOLE_BANK, Rights, Slice, SliceError
from data.state import Baseline
from data.viewer import ROLES, Viewer
from tests.conftest import DemoBank
from tests.reach import outside, texts
from ui import load
from ui.load import baselines as goals
from ui.load.overview import breaches, courses
from ui.load.tiles import recent

LOADERS = sorted((Path(__file__).parents[2] / "ui" / "load").glob("*.py"))
CARRIES = {"Slice", "Rights", "Asked", "Known"}
"""Types that carry the rights: a view that is asked for has its slice."""
WITHOUT: Mapping[str, str] = {
    "settings": "the configuration",
    "_settings": "the configuration",
    "environment": "the configuration",
    "definitions": "what indicators mean",
    "_definitions": "what indicators mean",
    "open_warehouse_once": "an engine",
    "open_state_once": "an engine",
    "_past": "which token was good",
    "_looked": "a token",
    "now": "a token",
    "complete": "a token",
    "failed": "a token",
    "setup": "what readings are planned with",
    "_setup": "what readings are planned with",
    "point_facts": "what points mean, how far tables are loaded",
    "_point_facts": "what points mean, how far tables are loaded",
    "dictionary": "what everything means, which no branch owns",
    "_dictionary": "what everything means, which no branch owns",
    "table_facts": "how far tables are loaded",
    "weights_name": "the name of a weight set",
    "_whole_card": "cut to the rights by _score_card",
    "_whole_history": "cut to the rights by _history",
    "_cards_kept": "an empty place for what _whole_card and _whole_history keep",
    "_months_kept": "an empty place; one scope of it is shown by courses, after its rights",
    "profiles_applied": "the configuration",
    "_profiles_applied": "the configuration",
    "year_facts": "what goals of the bank are worked out from",
    "state": "a database",
    "campaign_names": "names of the bank's campaigns, which no branch owns",
    "_names": "names of the bank's campaigns, which no branch owns",
    "rules": "the configuration",
    "_rules": "the configuration",
    "ends": "arithmetic on what it is given",
    "earlier": "earlier words of a note that the reader was shown",
    "from_store": "an open connection; what is asked of it is its callers', who take the rights",
    "in_tree_order": "arithmetic on what it is given",
    "_pages": "names of the App's pages, which no branch owns",
    "silence_levels": "the configuration",
    "_silence_levels": "the configuration",
    "twelve_months": "arithmetic on what it is given",
    "so_far": "arithmetic on what it is given",
    "pending": "how many loads wait",
    "_coherence": "shown to readers of the whole bank by coherence",
    "register": "the register of experiments, which no branch owns",
    "unregistered": "ids of experiments, which no branch owns",
    "_seen": "ids of experiments, which no branch owns",
    "_source": "the plan of an experiment, which no branch owns",
    "_at": "the plan of an experiment, which no branch owns",
    "metric_plan": "arithmetic on what it is given",
    "catalogue": "what points mean",
    "usable_points": "what points mean",
    "plan_of_file": "a file that the reader sent",
    "outside_table": "a file that the reader sent",
    "known_figures": "published figures about competitors",
    "_figures": "published figures about competitors",
    "known_releases": "published releases of competitors",
    "_releases": "published releases of competitors",
    "whole_period": "arithmetic on what it is given",
    "period_of": "arithmetic on what it is given",
    "keep_figure": "writes, after the permission was looked at",
    "keep_release": "writes, after the permission was looked at",
    "keep_file": "writes, after the permission was looked at",
    "look_again": "a token",
    "two_people": "the configuration",
    "changed": "weight sets, which no branch owns",
    "every_set": "weight sets, which no branch owns",
    "one_set": "weight sets, which no branch owns",
    "first_open_day": "which months are closed",
    "life": "the history of a weight set, which no branch owns",
    "profiles": "the configuration",
    "_profiles": "the configuration",
    "weights_of_profile": "the configuration",
    "_weights_of_profile": "the configuration",
    "kind_of": "arithmetic on what it is given",
    "in_force": "weight sets, which no branch owns",
    "_in_force": "weight sets, which no branch owns",
    "steady": "arithmetic on cards that were cut",
    "suited": "arithmetic on what it is given",
    "_vocabularies": "an empty place, filled by rights",
    "saved": "codes without numbers, of those that the person may open",
    "every_saved": "codes without numbers, of those that the person may open",
    "archived": "codes without numbers, of the person's own",
    "pinned": "codes without numbers, of those that the person may open",
    "answering": "reads nothing",
    "begin": "fills caches that are cut to the rights where they are read",
    "chunks": "arithmetic on what it is given",
    "made_from": "versions of rules, and of a card that was cut",
    "read_cards": "fills caches that are cut to the rights where they are read",
    "_cells": "cut to the rights by the audience that is added up from it",
    "_kept": "every branch; values_of gives the row that the rights permit",
    "_recorded": "cut by happened to the scope that the rights permit",
}
"""Functions that take no rights, and why that tells nobody anything."""


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    """The public functions of ui/load and all that are cached."""
    for path in LOADERS:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                cached = any("cache" in ast.unparse(one) for one in node.decorator_list)
                if cached or not node.name.startswith("_"):
                    yield path, node


def carried(node: ast.FunctionDef) -> set[str]:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return {ast.unparse(one.annotation) for one in every if one.annotation is not None}


def test_everything_that_is_read_takes_the_rights() -> None:
    missing = [
        f"{path.name}: {node.name}"
        for path, node in functions()
        if not carried(node) & CARRIES and node.name not in WITHOUT
    ]
    assert missing == []


def test_no_cache_leaves_the_rights_out_of_its_key() -> None:
    """Streamlit leaves arguments that begin with an underscore out of the key."""
    for path, node in functions():
        for one in [*node.args.args, *node.args.kwonlyargs]:
            assert not one.arg.startswith("_"), f"{path.name}: {node.name}"


MONTH = Period.parse("2026-10")
BEFORE = MONTH.previous()
READ: Mapping[str, Callable[[load.Token, Slice], object]] = {
    "bank": lambda token, about: load.bank(token, about.rights),
    "score_card": load.score_card,
    "history": lambda token, about: load.history(token, about)[-2:],
    "moved": lambda token, about: load.moved(token, about, BEFORE),
    "breakdown": lambda token, about: load.breakdown(token, "mau", about, ("branch", "app")),
    "recent": lambda token, about: recent(token, ("mau", "txn_amount"), about, BEFORE),
    "breaches": breaches,
    "courses": lambda token, about: courses(token, about, ("aum", "txn_amount")),
}


@pytest.fixture(scope="module")
def token(demo_bank: DemoBank, tmp_path_factory: pytest.TempPathFactory) -> Iterator[load.Token]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
        patch.setenv("CANOPY_STATE", f"sqlite:///{tmp_path_factory.mktemp('rights')}/s.sqlite")
        yield load.now().token


def inside(token: load.Token, subtree: str) -> set[str]:
    return set(load.bank(token, Rights(subtree)).branches)


@pytest.mark.parametrize("subtree", ["B01", "B09"])
@pytest.mark.parametrize("name", READ)
def test_nothing_of_other_branches_is_read_after_a_reader_of_all(
    token: load.Token, demo_bank: DemoBank, name: str, subtree: str
) -> None:
    strange = outside(demo_bank.url, inside(token, subtree))
    for rights in (WHOLE_BANK, Viewer("wang", ("admin",)).rights):
        everything = READ[name](token, Slice(MONTH, "", rights=rights))
    if name not in ("recent", "breaches", "courses"):
        assert strange & set(texts(everything)) != set()
    for role in ROLES:
        about = Slice(MONTH, subtree, rights=Viewer("li", (role,), subtree).rights)
        assert strange & set(texts(READ[name](token, about))) == set(), role


@pytest.mark.parametrize("name", ["breakdown", "recent"])
def test_a_scope_outside_is_refused_also_where_it_was_read_before(
    token: load.Token, name: str
) -> None:
    READ[name](token, Slice(MONTH, "B02"))
    with pytest.raises(SliceError):
        READ[name](token, Slice(MONTH, "B02", rights=Rights("B01")))


@pytest.mark.parametrize("branch", ["B01", "B09"])
def test_numbers_are_the_same_whoever_may_see_them(token: load.Token, branch: str) -> None:
    """Rows of a cut card stand elsewhere than those of the whole one."""
    whole, own = (
        Slice(MONTH, branch, rights=rights) for rights in (WHOLE_BANK, Rights(branch, rows=True))
    )
    for name in ("breaches", "courses", "recent"):
        assert repr(READ[name](token, own)) == repr(READ[name](token, whole)), name
    assert load.score_card(token, own).nodes(branch) == load.score_card(token, whole).nodes(branch)
    assert load.moved(token, own, BEFORE).parts() == load.moved(token, whole, BEFORE).parts()


def test_the_bank_of_a_branch_begins_at_it(token: load.Token) -> None:
    own = load.bank(token, Rights("B09"))
    assert [(one.id, one.depth, one.parent) for one in own.branches.values()] == [("B09", 0, "")]
    assert [one.id for one in own.above("B09")] == ["B09"]
    assert own.name("B01", "en") == own.name("B00", "en") == ""
    assert own.below("") == ()
    with pytest.raises(SliceError):
        load.bank(token, Rights("B99"))


def test_equal_rights_share_what_was_worked_out(token: load.Token) -> None:
    one, other = (Viewer(name, ("branch",), "B01").rights for name in ("li", "wang"))
    first = load.score_card(token, Slice(MONTH, "B01", rights=one))
    assert load.score_card(token, Slice(MONTH, "B01", rights=other)) is first
    assert load.score_card(token, Slice(MONTH, "B01")) is not first


def test_goals_of_other_branches_are_not_read(
    token: load.Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [goal_of(None), goal_of("B01"), goal_of("B02")]
    monkeypatch.setattr(goals, "baselines", lambda _state: every)
    seen = goals.every_goal(token, Rights(subtree="B01"))
    assert [one.branch_id for one in seen] == ["B01"]
    assert len(goals.every_goal(token, WHOLE_BANK)) == 3
    with pytest.raises(SliceError, match="readers of the whole bank"):
        goals.coherence(token, Slice(MONTH, rights=Rights(subtree="B01")), 2026, ())


def goal_of(branch: str | None) -> Baseline:
    """A published goal of a branch or of the bank."""
    day = datetime(2026, 1, 1)  # noqa: DTZ001 - moments of the state are naive UTC
    return Baseline(
        1, "mau", 2026, branch, None, Decimal(1), Decimal(2), "typed", None, "li", "plan",
        date(2026, 1, 1), "published", 1, day, day, "li", day, "li", day, "wang",
    )  # fmt: skip
