"""What every command and screen starts from: settings, warehouse, state, tree and points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from data.configuration import ConfigurationError, Problem, problem_at
from data.engines import Warehouse, WarehouseError, open_warehouse
from data.engines.warehouse import column_names, table_names
from data.points.catalogue import Catalogue, load_catalogue
from data.points.clock import Clock
from data.points.kept import kept_metadata, layout_of, read_layout
from data.points.read import open_store
from data.points.tables import REFRESHED
from data.settings import Settings
from data.state import State, open_state
from metrics.tree import Tree, load_tree
from metrics.values import Setup


@dataclass(frozen=True)
class Definitions:
    """What is declared: the points and the tree over them; needs no database."""

    catalogue: Catalogue
    tree: Tree


@dataclass(frozen=True)
class Cockpit:
    """An open cockpit. ``setup`` holds coverage as of its opening: open again when data change."""

    settings: Settings
    warehouse: Warehouse
    state: State
    setup: Setup

    def close(self) -> None:
        """Give all connections back."""
        self.warehouse.engine.dispose()
        self.state.close()


def load_definitions(settings: Settings) -> Definitions:
    """Points and tree, checked; raises ConfigurationError with every problem at once.

    >>> from data.settings import read_settings
    >>> len(load_definitions(read_settings()).tree.indicators)
    78
    """
    catalogue = load_catalogue()
    tree = load_tree(settings.tree, catalogue.points)
    problems = list(_switched_off_problems(settings, tree))
    if problems:
        raise ConfigurationError(problems)
    return Definitions(catalogue, tree)


def _switched_off_problems(settings: Settings, tree: Tree) -> Iterator[Problem]:
    allowed = [leaf.id for leaf in tree.indicators.values() if leaf.may_be_off]
    for number, name in enumerate(settings.written.value.switched_off):
        if name not in allowed:
            yield problem_at(
                settings.written,
                ("switched_off", number),
                expected=f"an indicator that may be switched off ({', '.join(allowed)})",
                choices=tree.indicators,
            )


def open_cockpit(settings: Settings, *, read_only: bool = True) -> Cockpit:
    """Open everything that ``settings`` name.

    ``read_only`` locks the warehouse down; the state can always be written. Raises
    ConfigurationError, WarehouseError (also where nothing was refreshed yet) or StateError.
    """
    found = load_definitions(settings)
    warehouse = open_warehouse(settings.warehouse, read_only=read_only)
    with warehouse.reading() as connection:
        if not is_refreshed(connection):
            raise WarehouseError(
                f"{warehouse.url} holds no daily points: run `refresh` "
                "(or `demo` for a demo bank, `load` for your own files, first)"
            )
        if not as_declared(connection, found.catalogue):
            raise WarehouseError(
                f"{warehouse.url} holds daily points of another version of Canopy: run `refresh`"
            )
        setup = setup_of(connection, settings, found)
    return Cockpit(settings, warehouse, open_state(settings.state), setup)


def is_refreshed(connection: Connection) -> bool:
    """Whether the daily points have been worked out and still belong to the facts."""
    if REFRESHED.name not in table_names(connection):
        return False
    return bool(connection.execute(select(func.count()).select_from(REFRESHED)).scalar_one())


def as_declared(connection: Connection, catalogue: Catalogue) -> bool:
    """Whether the kept points lie in the columns that are declared now."""
    there = column_names(connection)
    kept = kept_metadata(catalogue).sorted_tables
    if not all(set(table.columns.keys()) <= set(there.get(table.name, ())) for table in kept):
        return False
    return read_layout(connection) == layout_of(catalogue)


def setup_of(connection: Connection, settings: Settings, found: Definitions) -> Setup:
    """What every calculation needs, as the last refresh left it."""
    return Setup(
        open_store(connection, found.catalogue, Clock(settings.zone)),
        found.tree,
        settings.minimum_coverage,
        settings.switched_off,
    )
