"""Warning rules as written and as resolved: every mistake located, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.configuration import ConfigurationError
from data.points.catalogue import load_catalogue
from metrics.tree import Tree, load_tree
from metrics.warnings import load_rules

HEAD = "hours: {level_1: 72, level_2: 24, level_3: 4}\nrules:\n"
RULE = (
    "  - id: slow\n    name: {zh: 慢, en: Slow}\n    kind: threshold\n    indicators: [api_p95]\n"
    "    worse: above\n    limits: {level_1: 1, level_2: 3}\n    action: {zh: 查, en: Look}\n"
)


@pytest.fixture(scope="module")
def tree() -> Tree:
    return load_tree(None, load_catalogue().points)


def problems(folder: Path, text: str, tree: Tree) -> list[str]:
    (folder / "warnings.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_rules(folder, tree)
    return [str(one) for one in caught.value.problems]


def test_the_shipped_rules_name_what_exists(tree: Tree) -> None:
    rules = load_rules(None, tree)
    assert {rule.kind for rule in rules.values()} == {"threshold", "path", "year", "late"}
    assert "mau" in rules["off_path"].members
    assert "data_leaks" not in rules["off_path"].members
    assert "txn" in rules["data_late"].members
    assert "dim_user" not in rules["data_late"].members


def test_a_bank_replaces_them(tmp_path: Path, tree: Tree) -> None:
    (tmp_path / "warnings.yaml").write_text(HEAD + RULE, encoding="utf-8")
    rules = load_rules(tmp_path, tree)
    assert list(rules) == ["slow"]
    assert rules["slow"].limits == ((1, 1.0), (2, 3.0))
    assert rules["slow"].hours[3] == 4
    assert load_tree(tmp_path, load_catalogue().points).indicators.keys() == tree.indicators.keys()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[api_p95]", "[api_p59]", "indicators[0]: found 'api_p59'"),
        ("[api_p95]", "[api_p59]", "did you mean api_p95?"),
        ("worse: above", "worse: below", "a lower limit at each graver level"),
        ("    worse: above\n", "", "the key 'worse' (above or below)"),
        ("level_1: 1, level_2: 3", "", "a limit for at least one level"),
        ("level_1: 1", "level_9: 1", "unknown key 'level_9'"),
        ("kind: threshold", "kind: treshold", "did you mean threshold?"),
        ("kind: threshold", "kind: late", "the key 'tables'"),
        ("kind: threshold", "kind: path", "it for kind threshold only"),
        ("    worse", "    owner: paymens\n    worse", "did you mean payments?"),
        ("    worse", "    except: [mua]\n    worse", "did you mean mau?"),
        ("    worse", "    confirm_days: 0\n    worse", "a number of at least 1"),
    ],
)
def test_a_mistake_is_located(tmp_path: Path, tree: Tree, old: str, new: str, said: str) -> None:
    found = problems(tmp_path, HEAD + RULE.replace(old, new, 1), tree)
    assert any(said in one for one in found), found
    assert all("warnings.yaml:" in one for one in found)


def test_all_mistakes_come_at_once(tmp_path: Path, tree: Tree) -> None:
    text = HEAD + RULE + RULE.replace("api_p95", "api_p59").replace("worse: above", "worse: below")
    found = problems(tmp_path, text, tree)
    assert len(found) == 3  # the id again, the indicator, the order of limits
