"""The data dictionary: entries, lineage, search, and how far each table is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st
from sqlalchemy import func, select

from data.contract import CONTRACT
from data.engines.warehouse import table_names
from data.ingest.tables import LOAD_RECORD
from data.points.origin import Origin, origins
from data.state.experiments import experiments
from metrics.lineage.entries import Entry, Used, entries
from metrics.lineage.graph import Lineage, lineage
from metrics.lineage.search import Index
from metrics.lineage.version import definition_version
from metrics.questions.written import aliases, load_words
from metrics.warnings.rules import Rule, load_rules
from ui.load.opened import (
    Token,
    definitions,
    environment,
    open_state_once,
    open_warehouse_once,
    settings,
    setup,
)

Environment = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Dictionary:
    """Everything with a definition by its key, what hangs on what, and the search over it."""

    entries: Mapping[str, Entry]
    lineage: Lineage
    index: Index
    rules: Mapping[str, Rule]
    versions: Mapping[str, str]
    origins: Mapping[str, Origin]


@dataclass(frozen=True)
class TableFacts:
    """How far a table is loaded: its last complete day, and when rows of it last came.

    ``there`` is False for a table without any row; ``last_day`` None also for one without days.
    """

    there: bool
    last_day: date | None
    loaded_at: datetime | None


def dictionary() -> Dictionary:
    """The dictionary of what is declared, and of the experiments that the register has now."""
    return _dictionary(_experiments(), environment())


@st.cache_resource(show_spinner=False, max_entries=4)
def _dictionary(used: tuple[Used, ...], around: Environment) -> Dictionary:
    del around
    found, chosen = definitions(), settings()
    rules = load_rules(chosen.tree, found.tree)
    words = aliases(load_words(chosen.tree, found.tree))
    made = entries(found, rules.values(), used, words)
    versions = {
        name: definition_version(found.tree, found.catalogue, name)
        for name in found.tree.indicators
    }
    links = lineage(found, rules.values(), used)
    return Dictionary(made, links, Index(made.values()), rules, versions, origins(found.catalogue))


def _experiments() -> tuple[Used, ...]:
    register = experiments(open_state_once(settings().state))
    return tuple(
        Used(
            one.id, one.plan.name_zh, one.plan.name_en, one.plan.hypothesis,
            tuple(dict.fromkeys(point for metric in one.plan.metrics for point in metric.points)),
        )
        for one in register
    )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=4)
def table_facts(token: Token) -> Mapping[str, TableFacts]:
    """Every table of the contract with how far it is loaded."""
    coverage, loaded = setup(token).store.coverage, _loaded(token)
    return {
        name: TableFacts(coverage.has(name), coverage.last_day(name), loaded.get(name))
        for name in CONTRACT.tables
    }


def _loaded(token: Token) -> Mapping[str, datetime]:
    """When rows of each table last came: by the loads' records, else by what covers the days."""
    cover = CONTRACT.tables["load_coverage"]
    with open_warehouse_once(token.warehouse).reading() as connection:
        there = set(table_names(connection))
        covered = select(cover.c.table, func.max(cover.c.loaded_at)).group_by(cover.c.table)
        found = {str(row[0]): row[1] for row in connection.execute(covered) if row[1] is not None}
        if LOAD_RECORD.name in there:
            table, at = LOAD_RECORD.c.table, LOAD_RECORD.c.finished_at
            taken = LOAD_RECORD.c.refused.is_(None)
            rows = connection.execute(select(table, func.max(at)).where(taken).group_by(table))
            found |= {str(row[0]): row[1] for row in rows if row[0]}
    return found
