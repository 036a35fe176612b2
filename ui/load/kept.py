"""What was worked out month by month, so that the next view reads only what is new to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(eq=False)
class Kept(Generic[Key, Value]):
    """Values by key, the most used ones; one for each token, in a function that is cached by it.

    Several sessions may fill it at once: then a value is worked out twice, and is the same.

    >>> squares: Kept[int, int] = Kept(2)
    >>> squares.all_of([1, 2], lambda keys: [key * key for key in keys])
    [1, 4]
    >>> squares.all_of([2, 3], lambda keys: [print(key) or key * key for key in keys])
    3
    [4, 9]
    >>> squares.all_of([1], lambda keys: [print(key) or key * key for key in keys])
    1
    [1]
    """

    most: int
    _values: dict[Key, Value] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all_of(
        self, keys: Sequence[Key], work: Callable[[Sequence[Key]], Sequence[Value]]
    ) -> list[Value]:
        """The values of ``keys``; ``work`` is asked once for those that are missing, in order."""
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
        missing = [key for key in keys if key not in found]
        if missing:
            found |= zip(missing, work(missing), strict=True)
        with self._lock:
            for key in keys:
                self._values.pop(key, None)
                self._values[key] = found[key]
            for key in [*self._values][: max(len(self._values) - self.most, 0)]:
                del self._values[key]
        return [found[key] for key in keys]
