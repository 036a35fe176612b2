"""Which province a branch is in, cached by token and rights."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from sqlalchemy import select

from data.contract import CONTRACT
from data.slice import Rights
from ui.load.bank import bank
from ui.load.opened import Token, environment, open_warehouse_once


def provinces_of(token: Token, rights: Rights) -> Mapping[str, str]:
    """The province of each branch that the reader may see, as the data name it."""
    return _provinces_of(token, rights, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _provinces_of(
    token: Token, rights: Rights, around: tuple[tuple[str, str], ...]
) -> Mapping[str, str]:
    del around
    table = CONTRACT.tables["dim_branch"]
    seen = bank(token, rights).branches
    query = select(table.c.branch_id, table.c.province).where(table.c.province.is_not(None))
    with open_warehouse_once(token.warehouse).reading() as connection:
        found = connection.execute(query).all()
    return {branch: province for branch, province in found if branch in seen}
