"""Who asks: a person with roles, what each role may do, and the rights that follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from data.slice import Rights

Role = Literal["executive", "head_office", "branch", "risk", "planner", "data", "auditor", "admin"]
Permission = Literal["bank", "rows", "remark", "publish", "close", "data", "audit", "people"]
ROLES: tuple[Role, ...] = get_args(Role)
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)

MAY: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        "executive": frozenset({"bank", "remark"}),
        "head_office": frozenset({"bank", "rows", "remark"}),
        "branch": frozenset({"rows", "remark"}),
        "risk": frozenset({"bank", "rows", "remark", "audit"}),
        "planner": frozenset({"bank", "remark", "publish", "close"}),
        "data": frozenset({"bank", "data"}),
        "auditor": frozenset({"bank", "audit"}),
        "admin": frozenset({"bank", "remark", "publish", "close", "data", "audit", "people"}),
    }
)
"""What each role may do.

``bank``: see the whole bank where no branch is named; ``rows``: see lists of users; ``remark``:
comment, dispute, keep actions; ``publish``: weights and baselines; ``close``: close months;
``data``: loads and quarantined rows; ``audit``: the audit log; ``people``: who has which rights.
"""


@dataclass(frozen=True)
class Viewer:
    """A person who looks: id, roles, and the branch subtree (empty: the whole bank).

    >>> Viewer("li", ("branch",), "B01").rights
    Rights(subtree='B01', rows=True, may=('remark',))
    >>> Viewer("wang", ("auditor",)).may("rows")
    False
    """

    id: str
    roles: tuple[Role, ...]
    subtree: str = ""

    def __post_init__(self) -> None:
        if not self.roles:
            raise ValueError(f"{self.id!r} has no role: there are {', '.join(ROLES)}")
        if not self.subtree and not sees_bank(self.roles):
            raise ValueError(f"{self.id!r} needs a branch: no role of theirs sees the whole bank")

    def may(self, permission: Permission) -> bool:
        """Whether a role of this person allows it."""
        return permission in permitted(self.roles)

    @property
    def rights(self) -> Rights:
        """What every slice and every cache key carries: the same for all with equal rights."""
        found = permitted(self.roles)
        deeds = tuple(one for one in PERMISSIONS if one in found and one not in ("bank", "rows"))
        return Rights(self.subtree, "rows" in found, deeds)


def permitted(roles: Collection[Role]) -> frozenset[Permission]:
    """What any of the roles allows.

    >>> sorted(permitted(("data", "auditor")))
    ['audit', 'bank', 'data']
    """
    return frozenset[Permission]().union(*(MAY[role] for role in roles))


def sees_bank(roles: Collection[Role]) -> bool:
    """Whether a person with these roles sees the whole bank unless a branch is named."""
    return "bank" in permitted(roles)


OPERATOR = Viewer("operator", ROLES)
"""Whoever runs the command line, or the only reader of a cockpit that asks nobody: everything."""
