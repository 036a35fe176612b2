"""A digital twin of one bank: made, not anybody's data, the same for the same seed."""

from __future__ import annotations

from data.demo.make import Truth, make_demo, read_truth
from data.demo.settings import DemoSettings
from data.demo.world import Effect

__all__ = ["DemoSettings", "Effect", "Truth", "make_demo", "read_truth"]
