"""Why a whole load is refused, said so that the reader knows what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Refusal:
    """One file that cannot be taken, and what to do about it."""

    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


class LoadRefusedError(Exception):
    """Nothing of the call was loaded. ``problems`` names every file that must be put right."""

    def __init__(self, problems: Iterable[Refusal]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class BadFileError(Exception):
    """One file that cannot be taken; the message says what to do."""


def nearest(name: str, valid: Iterable[str]) -> str:
    """``; did you mean 'x'?`` with the nearest valid name, or nothing.

    >>> nearest("usr_id", ["user_id", "branch_id"])
    "; did you mean 'user_id'?"
    >>> nearest("zzz", ["user_id"])
    ''
    """
    close = get_close_matches(name, list(valid), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
