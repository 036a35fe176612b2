"""The section ``viewers`` of config.yaml: what it says, and everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.configuration import ConfigurationError
from data.settings import read_settings
from data.viewer import Viewer
from data.viewers import Viewers

GOOD = """
viewers:
  source: header
  header: X-Bank-User
  trusted_proxies: [10.1.0.7, "fd00::/64"]
  people:
    - {id: li.na, roles: [branch], branch: B01}
    - {id: "CN=Wang Wei", roles: [planner, auditor]}
"""


def viewers(folder: Path, text: str) -> Viewers:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file, {}).viewers


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        viewers(folder, text)
    return [str(problem).replace(str(folder) + "/", "") for problem in caught.value.problems]


def test_the_shipped_file_is_the_demo() -> None:
    assert read_settings(environment={}).viewers == Viewers()
    assert Viewers().source == "demo"


def test_people_are_found_letter_by_letter(tmp_path: Path) -> None:
    found = viewers(tmp_path, GOOD)
    assert found.header == "X-Bank-User"
    assert found.person("li.na") == Viewer("li.na", ("branch",), "B01")
    assert found.person("CN=Wang Wei") == Viewer("CN=Wang Wei", ("planner", "auditor"))
    assert [found.person(name) for name in ("Li.Na", "li.na ", "", "root")] == [None] * 4


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("10.1.0.7", True),
        ("10.1.0.8", False),
        ("::ffff:10.1.0.7", True),
        ("fd00::1", True),
        ("fd01::1", False),
        ("127.0.0.1", False),
        ("10.1.0.7, 1.2.3.4", False),
        ("", False),
        ("localhost", False),
    ],
)
def test_a_peer_is_trusted_by_its_address_alone(tmp_path: Path, peer: str, trusted: bool) -> None:
    assert viewers(tmp_path, GOOD).trusts(peer) is trusted


def test_without_proxies_nobody_is_trusted() -> None:
    assert not Viewers("header").trusts("127.0.0.1")


def test_all_problems_are_told_at_once_each_with_its_place(tmp_path: Path) -> None:
    text = (
        "viewers:\n  source: header\n  header: X Forwarded\n"
        "  trusted_proxies: [10.0.0, 0.0.0.0/0]\n  people:\n"
        "  - {id: li, roles: [branch]}\n  - {id: li, roles: [planner]}\n  - {id: wu, roles: []}\n"
    )
    said = refused(tmp_path, text)
    assert [line.partition(": found")[0] for line in said] == [
        "config.yaml:3: viewers.header",
        "config.yaml:4: viewers.trusted_proxies[0]",
        "config.yaml:4: viewers.trusted_proxies[1]",
        "config.yaml:6: viewers.people[0].branch",
        "config.yaml:7: viewers.people[1].id",
        "config.yaml:8: viewers.people[2].roles",
    ]
    assert said[1].endswith("expected an address or a network such as 10.1.0.7 or 10.1.0.0/24")


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("source: haeder", "viewers.source: found 'haeder', expected one of"),
        ("source: haeder", "did you mean header?"),
        ("soruce: demo", "did you mean source?"),
        ("people: [{id: li, roles: [brnach]}]", "did you mean branch?"),
        ("people: [{id: li, roles: [data]}]", "people with source: demo, expected source: header"),
        ("trusted_proxies: [10.0.0.1]", "trusted_proxies with source: demo"),
        ("people: [{id: ' li', roles: [data]}]", "expected text of the form"),
        ("people: [{id: 李, roles: [data]}]", "expected text of the form"),
        ("people: [{id: li, role: data}]", "unknown key 'role'"),
    ],
)
def test_what_is_wrong_is_told_with_the_nearest_name(
    tmp_path: Path, section: str, told: str
) -> None:
    assert any(told in line for line in refused(tmp_path, f"viewers:\n  {section}\n"))


def test_a_header_needs_somebody_to_set_it_and_people(tmp_path: Path) -> None:
    said = refused(tmp_path, "viewers:\n  source: header\n")
    assert [line.partition(": found")[0] for line in said] == [
        "config.yaml:1: viewers.trusted_proxies",
        "config.yaml:1: viewers.people",
    ]
