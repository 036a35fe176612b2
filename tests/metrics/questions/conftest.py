"""A small bank that questions are about: branches, modules, channels, and its last data day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from data.contract.vocabulary import AGE_BANDS, TIERS, USER_CHANNELS
from data.period import Period
from data.settings import read_settings
from metrics.cockpit import load_definitions
from metrics.explore.view import Known
from metrics.questions.records import Asked
from metrics.questions.understand import understand
from metrics.questions.vocabulary import Vocabulary
from metrics.questions.written import load_words
from metrics.tree import Tree

LAST_DAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Branch:
    """A branch as a question can name it."""

    id: str
    name_zh: str
    name_en: str
    parent: str = ""
    depth: int = 0


BRANCHES = (
    Branch("B00", "总行", "Head Office"),
    Branch("B01", "北京分行", "Beijing Branch", "B00", 1),
    Branch("B0101", "朝阳分行", "Chaoyang Branch", "B01", 2),
    Branch("B09", "上海分行", "Shanghai Branch", "B00", 1),
    Branch("B0903", "静安支行", "Jing'an Sub-branch", "B09", 2),
    Branch("B10", "江苏分行", "Jiangsu Branch", "B00", 1),
    Branch("B1004", "南通支行", "Nantong Sub-branch", "B10", 2),
    Branch("B11", "浙江分行", "Zhejiang Branch", "B00", 1),
    Branch("B1106", "南通支行", "Nantong Sub-branch", "B11", 2),
)


@dataclass(frozen=True)
class Asking:
    """Asks questions of the small bank."""

    known: Known
    vocabulary: Vocabulary

    def __call__(self, question: str) -> Asked:
        return understand(question, self.vocabulary, self.known, LAST_DAY)


def known_of(tree: Tree, branches: tuple[Branch, ...] = BRANCHES) -> Known:
    """What codes may name in the small bank; without a period October 2026."""
    values = {
        "module": tuple(tree.modules), "app": ("app", "mini"), "channel": USER_CHANNELS,
        "tier": TIERS, "age_band": AGE_BANDS, "new_user": ("new", "existing"),
    }  # fmt: skip
    return Known(tree, [one.id for one in branches], values, Period.parse("2026-10"))


@pytest.fixture(scope="session")
def tree() -> Tree:
    return load_definitions(read_settings()).tree


@pytest.fixture(scope="session")
def ask(tree: Tree) -> Asking:
    known = known_of(tree)
    return Asking(known, Vocabulary(load_words(None, tree), known, BRANCHES))
