"""The planted effects as they came out, for the truth file."""

from __future__ import annotations

from data.demo.world import World


def record(world: World) -> None:
    """Add every planted effect to ``world.effects``."""
