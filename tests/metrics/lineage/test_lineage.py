"""Lineage: found in the statements, the same in both directions, and nothing that is not there."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contract import CONTRACT
from data.points.catalogue import Catalogue, Point
from data.points.origin import Origin, origins
from data.settings import ROOT, read_settings
from metrics.checks import tables_used
from metrics.cockpit import Definitions, load_definitions
from metrics.formula import parse
from metrics.lineage.entries import Entry, Used, entries, resolve
from metrics.lineage.graph import Lineage, lineage
from metrics.lineage.search import LONGEST, Index
from metrics.lineage.version import definition_version
from metrics.questions.written import aliases, load_words
from metrics.warnings.rules import load_rules


@pytest.fixture(scope="module")
def found() -> Definitions:
    return load_definitions(read_settings())


@pytest.fixture(scope="module")
def read(found: Definitions) -> Mapping[str, Origin]:
    return origins(found.catalogue)


@pytest.fixture(scope="module")
def links(found: Definitions) -> Lineage:
    used = (Used("exp_1", "实验一", "Experiment one", "more stay", ("d1_kept", "gone")),)
    return lineage(found, load_rules(None, found.tree).values(), used)


@pytest.fixture(scope="module")
def made(found: Definitions) -> Mapping[str, Entry]:
    words = aliases(load_words(None, found.tree))
    return entries(found, load_rules(None, found.tree).values(), (), words)


def test_a_plain_point_reads_its_day_its_condition_and_what_it_sums(
    found: Definitions, read: Mapping[str, Origin]
) -> None:
    """An independent derivation: from the declaration instead of the statement."""
    checked = 0
    for source in found.catalogue.sources:
        if source.build is not None:
            continue
        for point in source.points:
            named = {*point.columns, source.day, *(n for n in point.where if n != "any")}
            for option in point.where.get("any", ()):
                named |= set(option)
            user = {"user_id"} if source.table == "user_month" else set()
            wanted = {(source.table, name) for name in {*named, *user} if name}
            assert read[point.name].value == wanted, point.name
            checked += 1
    assert checked > 50


@pytest.mark.parametrize(
    ("point", "columns"),
    [
        ("d1_kept", "dim_user.registered_at event.occurred_at event.user_id"),
        ("activated", "dim_user.phone_verified_at event.action"),
        ("advanced_users", "dim_module.grade event.module"),
        ("ai_served_users", "service_session.handled_by service_session.opened_at"),
        ("npl_balance", "loan_month.class loan_month.days_past_due loan_month.balance_cny"),
        ("reports_on_time", "calendar_day.workday suspicious_case.reported_at"),
        ("ltv_predicted", "user_month.predicted_ltv_cny txn.amount_cny"),
        ("incremental_income", "txn.fee_cny campaign_member.arm dim_campaign.ends_on"),
    ],
)
def test_columns_behind_points_over_relations(found: Definitions, point: str, columns: str) -> None:
    names = {".".join(one) for one in origins(found.catalogue)[point].value}
    assert set(columns.split()) <= names


def test_every_column_that_is_read_exists(read: Mapping[str, Origin]) -> None:
    for origin in read.values():
        for table, column in frozenset().union(origin.value, *origin.splits.values()):
            assert column in CONTRACT.tables[table].columns


def test_a_count_does_not_need_what_only_another_point_reads(read: Mapping[str, Origin]) -> None:
    assert ("event", "occurred_at") not in read["registrations"].value
    assert ("txn", "fraud") not in read["txn_amount"].value
    assert ("dim_user", "birth_year") not in read["active_users"].value
    assert read["active_users"].splits["age_band"] == {("dim_user", "birth_year")}


def test_both_directions_tell_the_same(found: Definitions, links: Lineage) -> None:
    up = {
        (below, one.key)
        for below in (f"table:{name}" for name in CONTRACT.tables)
        for one in links.breaks(below)
        if one.role == "value" and one.key in found.tree.indicators
    }
    down = {
        (one.key, leaf)
        for leaf in found.tree.indicators
        for one in links.feeds(leaf)
        if one.role == "value" and one.key.startswith("table:")
    }
    assert up == down
    assert len(up) > 100


def test_what_needs_a_table_is_among_what_breaks(found: Definitions, links: Lineage) -> None:
    for table, leaves in tables_used(found).items():
        broken = {one.key: one.role for one in links.breaks(f"table:{table}")}
        assert all(broken[leaf] == "value" for leaf in leaves), table


def test_roles_of_what_breaks(links: Lineage) -> None:
    birth = {one.key: one for one in links.breaks("column:dim_user.birth_year")}
    assert birth["under25_share"].role == "value"
    assert (birth["mau"].role, birth["mau"].dimensions) == ("split", ("age_band",))
    assert "core_users" not in birth  # a theme does not lose its score by a lost split
    assert "cac" not in birth  # spend was never split by age
    customers = {one.key: one.role for one in links.breaks("point:bank_customers")}
    assert customers["mau"] == customers["registered_users"] == "target"
    module = {one.key: one.role for one in links.breaks("column:txn.module")}
    assert (module["txn_amount"], module["txn_amount@transfer"]) == ("split", "value")
    starts = {one.key: one.role for one in links.breaks("point:tasks_started")}
    assert starts["task_completion"] == "value"
    leak = {one.key: one.role for one in links.breaks("table:risk_event")}
    assert (leak["red_line:data_leak"], leak["rule:data_leaked"]) == ("value", "watched")
    late = {one.key: one.role for one in links.breaks("table:survey")}
    assert late["rule:data_late"] == "watched"
    kept = {one.key: one.role for one in links.breaks("table:event")}
    assert kept["experiment:exp_1"] == "value"
    assert kept["total"] == "score"


def test_every_indicator_is_fed_by_points_and_tables(found: Definitions, links: Lineage) -> None:
    for leaf in found.tree.indicators.values():
        fed = {one.key for one in links.feeds(leaf.id) if one.role == "value"}
        assert {f"point:{name}" for name in leaf.formula.points} <= fed
        assert any(key.startswith("table:") for key in fed)


def changed(found: Definitions, name: str, **parts: Any) -> Definitions:
    """The same definitions with another declaration of a point."""
    sources = []
    for source in found.catalogue.sources:
        points: tuple[Point, ...] = tuple(
            dataclasses.replace(one, **parts) if one.name == name else one for one in source.points
        )
        sources.append(dataclasses.replace(source, points=points))
    return Definitions(Catalogue(tuple(sources)), found.tree)


def with_leaf(found: Definitions, name: str, **parts: Any) -> Definitions:
    leaves = dict(found.tree.indicators)
    leaves[name] = dataclasses.replace(leaves[name], **parts)
    tree = dataclasses.replace(found.tree, indicators=MappingProxyType(leaves))
    return Definitions(found.catalogue, tree)


def version(found: Definitions, name: str) -> str:
    return definition_version(found.tree, found.catalogue, name)


def test_a_version_changes_with_the_number_and_with_nothing_else(found: Definitions) -> None:
    before = version(found, "retention_d1")
    same = (
        with_leaf(found, "retention_d1", name_en="Next-day", weight=1.0, owner="finance"),
        with_leaf(found, "retention_d1", formula=parse(" 100*d1_kept/d1_due ")),
        changed(found, "d1_kept", name_zh="别的名称"),
        changed(found, "d7_kept", lag=9),
    )
    assert {version(one, "retention_d1") for one in same} == {before}
    others = (
        with_leaf(found, "retention_d1", formula=parse("d1_kept / d1_due")),
        with_leaf(found, "retention_d1", over_time="ratio"),
        changed(found, "d1_kept", lag=2),
        changed(found, "d1_due", where={"referred": True}),
    )
    assert len({before, *(version(one, "retention_d1") for one in others)}) == 5
    assert version(found, "mau@transfer") == version(found, "mau")
    with pytest.raises(KeyError):
        version(found, "nothing")


def test_versions_are_the_same_in_another_process(found: Definitions) -> None:
    code = (
        "from data.settings import read_settings\n"
        "from metrics.cockpit import load_definitions\n"
        "from metrics.lineage.version import definition_version as v\n"
        "f = load_definitions(read_settings())\n"
        "print(*(v(f.tree, f.catalogue, name) for name in f.tree.indicators))\n"
    )
    around = {"PYTHONHASHSEED": "7", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env=around,
    )  # fmt: skip
    own = [version(found, name) for name in found.tree.indicators]
    assert done.stdout.split() == own
    assert len(set(own)) == 78


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("mau", "mau"),
        ("月活", "mau"),
        ("ＭＡＵ", "mau"),
        ("次日留存", "retention_d1"),
        ("流存率", "retention_d1"),
        ("retenton d1", "retention_d1"),
        ("复购", "repurchase_rate"),
        ("bad loans", "npl_ratio"),
        ("Customer satisfaction", "csat"),
        ("txn", "table:txn"),
        ("birth_year", "column:dim_user.birth_year"),
        ("data lek", "data_leaks"),
        ("overdue rectification", "red_line:overdue_rectification"),
        ("d1_kept", "point:d1_kept"),
    ],
)
def test_search_finds_what_is_meant_first(
    made: Mapping[str, Entry], query: str, first: str
) -> None:
    assert Index(made.values()).search(query)[0].key == first


def test_every_indicator_and_table_is_found_by_id_and_names(made: Mapping[str, Entry]) -> None:
    index = Index(made.values())
    for one in made.values():
        if one.kind in ("indicator", "theme", "table"):
            for text in (one.id, one.name_zh, one.name_en):
                assert one.key in [hit.key for hit in index.search(text)], (one.key, text)
    assert index.search("  ?! ") == ()
    assert index.search("zzzqqq") == ()


@settings(max_examples=40)
@given(st.text(max_size=LONGEST + 20))
def test_search_never_fails(query: str) -> None:
    index = Index([Entry("mau", "indicator", "mau", "月活跃用户", "Monthly active users", "", "")])
    assert all(0 < hit.rank <= 100 for hit in index.search(query))


def test_keys_and_what_an_address_may_write(made: Mapping[str, Entry]) -> None:
    assert resolve(made, "aum") == "aum"
    assert resolve(made, "point:aum") == "point:aum"
    assert resolve(made, "txn.fraud") == "column:txn.fraud"
    assert resolve(made, "nothing") is None
    counts = [sum(one.kind == kind for one in made.values()) for kind in ("indicator", "theme")]
    assert counts == [78, 25]
    assert all(one.name_zh and one.name_en for one in made.values())
