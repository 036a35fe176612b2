"""The readers of a bank: the section ``viewers`` of config.yaml, as written and as resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Literal

from pydantic import Field

from data.configuration import Located, Problem, Written, problem_at
from data.viewer import ROLES, Role, Viewer, sees_bank

Source = Literal["demo", "header", "none"]
Network = IPv4Network | IPv6Network

ID = r"^[!-~]([ -~]*[!-~])?$"
"""Printable ASCII: a header carries nothing else unchanged."""
HEADER = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")


class WrittenPerson(Written):
    """One person as written."""

    id: str = Field(pattern=ID, max_length=200)
    roles: tuple[Role, ...]
    branch: str = ""


class WrittenViewers(Written):
    """The section as written; every key may be left out."""

    source: Source = "demo"
    header: str = "X-Forwarded-User"
    trusted_proxies: tuple[str, ...] = ()
    people: tuple[WrittenPerson, ...] = ()


@dataclass(frozen=True)
class Viewers:
    """How it is known who asks: by whom, from which peers, and what each person may see."""

    source: Source = "demo"
    header: str = "X-Forwarded-User"
    proxies: tuple[Network, ...] = ()
    people: tuple[Viewer, ...] = field(default=(), repr=False)

    @property
    def asked(self) -> bool:
        """Whether readers are told apart; if not, the cockpit is for this machine alone."""
        return self.source == "header"

    def person(self, name: str) -> Viewer | None:
        """The person of an id, letter by letter; None for one who is not listed."""
        return next((one for one in self.people if one.id == name), None)

    def trusts(self, peer: str) -> bool:
        """Whether a peer's word about who asks counts.

        >>> near = Viewers("header", proxies=(ip_network("10.1.0.0/24"),))
        >>> near.trusts("10.1.0.7"), near.trusts("::ffff:10.1.0.7"), near.trusts("10.2.0.7")
        (True, True, False)
        """
        found = address(peer)
        return found is not None and any(found in network for network in self.proxies)


def address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, one of version 4 also where it was written as version 6; None for other text."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def resolve_viewers(written: WrittenViewers) -> Viewers:
    """The section in force; only for one without ``viewer_problems``."""
    people = tuple(Viewer(one.id, one.roles, one.branch) for one in written.people)
    proxies = tuple(ip_network(one) for one in written.trusted_proxies)
    return Viewers(written.source, written.header, proxies, people)


def viewer_problems(document: Located[Any], written: WrittenViewers) -> Iterator[Problem]:
    """What cannot hold, each with its place; keys are those below ``viewers``."""
    if written.source == "header":
        yield from _missing(document, written)
    else:
        yield from _unused(document, written)
    if not HEADER.fullmatch(written.header):
        expected = "the name of a header such as X-Forwarded-User"
        yield problem_at(document, ("viewers", "header"), expected=expected)
    for place, text in enumerate(written.trusted_proxies):
        expected = _wrong_network(text)
        if expected:
            path = ("viewers", "trusted_proxies", place)
            yield problem_at(document, path, expected=expected)
    yield from _people_problems(document, written)


def _missing(document: Located[Any], written: WrittenViewers) -> Iterator[Problem]:
    wanted = {
        "trusted_proxies": "the address of the sign-in server that sets the header",
        "people": "at least one person with id and roles",
    }
    for key, expected in wanted.items():
        if not getattr(written, key):
            found = "nothing with source: header"
            yield problem_at(document, ("viewers", key), expected=expected, found=found)


def _unused(document: Located[Any], written: WrittenViewers) -> Iterator[Problem]:
    """Rights that somebody wrote down and nobody would ask for are worse than an error."""
    for key in ("trusted_proxies", "people"):
        if getattr(written, key):
            found, expected = f"{key} with source: {written.source}", "source: header"
            yield problem_at(document, ("viewers", key), expected=expected, found=found)


def _wrong_network(text: str) -> str:
    """What is expected instead of a text that is no network to trust; '' where it is one."""
    try:
        network = ip_network(text)
    except ValueError:
        return "an address or a network such as 10.1.0.7 or 10.1.0.0/24"
    return "a network smaller than every address there is" if network.prefixlen == 0 else ""


def _people_problems(document: Located[Any], written: WrittenViewers) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for place, person in enumerate(written.people):
        path = ("viewers", "people", place)
        if person.id in seen:
            expected = f"each id once (people[{seen[person.id]}] has it)"
            yield problem_at(document, (*path, "id"), expected=expected)
        seen.setdefault(person.id, place)
        if not person.roles:
            yield problem_at(document, (*path, "roles"), expected=f"one of {', '.join(ROLES)}")
        elif not person.branch and not sees_bank(person.roles):
            expected = f"a branch: {', '.join(person.roles)} does not see the whole bank"
            key = (*path, "branch")
            yield problem_at(document, key, expected=expected, found="none")
