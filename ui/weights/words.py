"""Weight sets in words: their names, what state they are in, whom they are for."""

from __future__ import annotations

from collections.abc import Sequence

from data.state import WeightSet
from metrics.scorecard.rules import BRANCHES
from metrics.tree import ROOT, Tree
from ui import load
from ui.frame import Here
from words import numbers
from words.i18n import _, language
from words.text import plain

CHILD_LEVELS = 3


def set_name(one: WeightSet) -> str:
    """The set's name in the reader's language, as plain text."""
    return plain(one.name_zh if language() == "zh" else one.name_en, 60)


def state_words(state: str) -> str:
    """Draft, submitted or published, with a sign."""
    return {
        "draft": _("○ draft"),
        "submitted": _("▲ handed in"),
        "published": _("● published"),
    }[state]


def method_words(method: str) -> str:
    """A method's name."""
    return {
        "hand": _("By hand"),
        "ahp": _("In pairs (AHP)"),
        "entropy": _("By data: entropy"),
        "critic": _("By data: CRITIC"),
        "mix": _("Mixed"),
    }[method]


def kind_words(kind: str) -> str:
    """Whom a set is for."""
    return _("branches") if kind == BRANCHES else _("the bank")


def code_words(here: Here, code: str, sets: Sequence[WeightSet]) -> str:
    """A set or a profile in one line, as the chooser shows it."""
    found = next((one for one in sets if str(one.id) == code), None)
    if found is None:
        name = load.weights_name(here.token, code, language())
        return _("Profile: {name}").format(name=plain(name, 60))
    return _("{state} · No. {number} {name} · from {day}").format(
        state=state_words(found.state),
        number=found.id,
        name=set_name(found),
        day=numbers.day(found.effective_from),
    )


def parents(tree: Tree) -> tuple[str, ...]:
    """Nodes whose children have weights, from the root down."""
    return tuple(node for node in tree.nodes() if tree.level(node) < CHILD_LEVELS)


def parent_words(tree: Tree, node: str) -> str:
    """A parent with what is above it."""
    names = [plain(tree.name(one, language()), 40) for one in tree.path(node) if one != ROOT]
    return " › ".join(names) or _("Perspectives of the total")


def child_words(tree: Tree, node: str) -> str:
    """A child's name as plain text."""
    return plain(tree.name(node, language()), 60)
