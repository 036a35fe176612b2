"""Reading on after a problem, so that one start tells all problems of all files.

A value that its file's model refuses is replaced, for the checks only, by what the shipped file
has in its place; what a later check then says about that value is no finding and is left out.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from data.configuration import Problem, key_path
from data.yaml_source import KeyPath

Mended: TypeAlias = Mapping[str, Sequence[KeyPath]]
"""Places that were replaced, by file as problems name it."""

_CHECKED_TOGETHER = (
    {"better", "base", "target", "path", "curve", "band", "standard", "over_time", "unit"},
    {"formula", "over_time", "modules", "scored_by_modules"},
)
_SHARE = ("perspective", "weight")


def mended(data: Any, wrong: Sequence[KeyPath], shipped: Any) -> Any:
    """A copy of a file's data with the shipped values in the places that are wrong.

    >>> mended({"themes": [{"id": "a", "weight": "x"}]}, [("themes", 0, "weight")],
    ...        {"themes": [{"id": "b", "weight": 3}, {"id": "a", "weight": 5}]})
    {'themes': [{'id': 'a', 'weight': 5}]}
    """
    whole = copy.deepcopy(data)
    for path in sorted(wrong, key=len):
        _put(whole, shipped, path)
    return whole


def follows(problem: Problem, replaced: Mended) -> bool:
    """Whether a later check looked at a value that was replaced, or at one checked with it."""
    here = key_path(problem.key)
    if here == _SHARE and any(_SHARE in paths for paths in replaced.values()):
        return True
    return any(_depends(here, path) for path in replaced.get(problem.file, ()))


def _depends(here: KeyPath, replaced: KeyPath) -> bool:
    if here[: len(replaced)] == replaced:
        return True
    item, key = replaced[:-1], replaced[-1]
    if key == "weight":
        return here == replaced[:-2]
    if key == "at_least":
        return here[: len(replaced) - 2] == replaced[:-2]
    if here[: len(item)] != item or len(here) == len(item):
        return False
    return any({key, here[len(item)]} <= group for group in _CHECKED_TOGETHER)


def _put(whole: Any, shipped: Any, path: KeyPath) -> None:
    """Replace one place, where it can be reached."""
    here, there = whole, shipped
    for part in path[:-1]:
        if not _holds(here, part):
            return
        here = here[part]
        there = _counterpart(there, part, here)
    last = path[-1]
    if isinstance(here, dict):
        if last == "id" and len(path) > 1 and isinstance(path[-2], int):
            here[last] = f"unnamed_{path[-2]}"
        elif isinstance(there, dict) and last in there:
            here[last] = copy.deepcopy(there[last])
        else:
            here.pop(last, None)
    elif isinstance(here, list) and isinstance(there, list) and isinstance(last, int) and there:
        here[last : last + 1] = [copy.deepcopy(there[min(last, len(there) - 1)])]


def _holds(container: Any, part: str | int) -> bool:
    if isinstance(container, list):
        return isinstance(part, int) and part < len(container)
    return isinstance(container, dict) and part in container


def _counterpart(shipped: Any, part: str | int, own: Any) -> Any:
    """What the shipped file has in a place: in a list the item with its id, else a like one."""
    if isinstance(shipped, dict):
        return shipped.get(part)
    if not isinstance(shipped, list) or not shipped or not isinstance(part, int):
        return None
    name = own.get("id") if isinstance(own, dict) else None
    same = [item for item in shipped if isinstance(item, dict) and item.get("id") == name]
    return same[0] if name is not None and same else shipped[min(part, len(shipped) - 1)]
