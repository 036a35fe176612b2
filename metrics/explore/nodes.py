"""Nodes that have values: indicators, and module KPIs, which are indicators of one module."""

from __future__ import annotations


def parted(node: str) -> tuple[str, str]:
    """The indicator and the module of a node; '' for no module.

    >>> parted("mau@transfer"), parted("mau")
    (('mau', 'transfer'), ('mau', ''))
    """
    indicator, _, module = node.partition("@")
    return indicator, module
