"""Who may do what: the closed table of roles, and the rights that follow from it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import Period
from data.slice import Rights, Slice
from data.viewer import MAY, OPERATOR, PERMISSIONS, ROLES, Permission, Role, Viewer, permitted

MONTH = Period.parse("2026-10")
SOME_ROLES = st.lists(st.sampled_from(ROLES), min_size=1, unique=True).map(tuple)


def test_every_role_is_in_the_table_with_known_permissions() -> None:
    assert set(MAY) == set(ROLES)
    assert {one for found in MAY.values() for one in found} == set(PERMISSIONS)


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        ("rows", {"head_office", "branch", "risk"}),
        ("publish", {"planner", "admin"}),
        ("close", {"planner", "admin"}),
        ("audit", {"risk", "auditor", "admin"}),
        ("people", {"admin"}),
        ("data", {"data", "admin"}),
        ("bank", set(ROLES) - {"branch"}),
    ],
)
def test_who_may(permission: Permission, roles: set[Role]) -> None:
    assert {role for role in ROLES if permission in MAY[role]} == roles


@given(SOME_ROLES)
def test_more_roles_never_take_a_permission_away(roles: tuple[Role, ...]) -> None:
    for role in roles:
        assert MAY[role] <= permitted(roles)


@given(SOME_ROLES)
def test_equal_rights_are_equal_whoever_has_them_in_whatever_order(
    roles: tuple[Role, ...],
) -> None:
    one = Viewer("li.na", roles, "B01").rights
    other = Viewer("wang", tuple(reversed(roles)), "B01").rights
    assert one == other
    assert hash(one) == hash(other)
    assert "li.na" not in repr(one)


@given(SOME_ROLES, SOME_ROLES)
def test_other_permissions_make_another_slice(
    roles: tuple[Role, ...], others: tuple[Role, ...]
) -> None:
    one, other = (Viewer("li", some, "B01").rights for some in (roles, others))
    data_alike = permitted(roles) - {"bank"} == permitted(others) - {"bank"}
    assert (Slice(MONTH, rights=one) == Slice(MONTH, rights=other)) == data_alike


def test_a_branch_narrows_every_role() -> None:
    assert Viewer("li", ("head_office",), "B01").rights.subtree == "B01"


def test_branch_staff_without_a_branch_are_refused() -> None:
    with pytest.raises(ValueError, match="needs a branch"):
        Viewer("li", ("branch",))


def test_nobody_is_without_a_role() -> None:
    with pytest.raises(ValueError, match="executive, head_office"):
        Viewer("li", ())


def test_the_operator_sees_everything() -> None:
    assert OPERATOR.rights.subtree == ""
    assert all(OPERATOR.may(one) for one in PERMISSIONS)


def test_a_viewer_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        OPERATOR.subtree = "B01"  # type: ignore[misc]  # that it is refused is the test


def test_whoever_is_nobody_in_particular_sees_no_rows() -> None:
    assert Slice(MONTH).rights == Rights("", rows=False, may=())
