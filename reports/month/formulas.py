"""Scores as formulas of a spreadsheet: the same rules as in metrics/scoring, cell by cell.

Only functions that every spreadsheet has, no array formulas, nothing volatile, no text but '' in
them. Arguments are addresses of cells. An empty text stands for what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.scoring.leaf import (
    BASE_SCORE,
    DOWNTIME_FLOOR,
    FALLBACK,
    SMALLEST_BAND,
    TARGET_SCORE,
)
from metrics.scoring.rollup import ROUNDING

FALL = TARGET_SCORE - BASE_SCORE
NOTHING = '""'
UNCAPPED = 1000.0


@dataclass(frozen=True)
class LeafCells:
    """Addresses of what a leaf's score is made from: facts and goals, then the steps."""

    value: str
    base: str
    target: str
    known: str
    v: str
    b: str
    t: str
    way: str
    ceiling: str


@dataclass(frozen=True)
class BandCells:
    """Addresses of a band's limits as defined, and as its own base and target move them."""

    outer_low: str
    low: str
    high: str
    outer_high: str


def same(cell: str) -> str:
    """What another cell holds, '' where it holds no number.

    >>> same("D5")
    '=IF(ISNUMBER(D5),D5,"")'
    """
    return f"=IF(ISNUMBER({cell}),{cell},{NOTHING})"


def known(value: str, base: str, target: str) -> str:
    """1 where value, base and target are there, else 0.

    >>> known("D5", "H5", "I5")
    '=IF(AND(ISNUMBER(D5),ISNUMBER(H5),ISNUMBER(I5)),1,0)'
    """
    return f"=IF(AND(ISNUMBER({value}),ISNUMBER({base}),ISNUMBER({target})),1,0)"


def turned(known_cell: str, given: str, sign: str) -> str:
    """A number on an axis where more is better.

    >>> turned("K5", "D5", "E5")
    '=IF(K5=1,E5*D5,"")'
    """
    return f"=IF({known_cell}=1,{sign}*{given},{NOTHING})"


def downtime(known_cell: str, given: str) -> str:
    """An availability in per cent on the logarithm of its downtime, more is better.

    >>> downtime("K5", "D5")
    '=IF(K5=1,-LOG10(MAX(100-D5,0.001)),"")'
    """
    return f"=IF({known_cell}=1,-LOG10(MAX(100-{given},{_number(DOWNTIME_FLOOR)})),{NOTHING})"


def way(cells: LeafCells, *, logarithm: bool) -> str:
    """From base to target; where the target is not better, a fifth of the target stands for it.

    >>> cells = LeafCells("D5", "H5", "I5", "K5", "L5", "M5", "N5", "O5", "P5")
    >>> way(cells, logarithm=False)
    '=IF(K5=1,IF(N5>M5,N5-M5,0.2*ABS(I5)),"")'
    """
    worsened = f"LOG10({_number(1 + FALLBACK)})" if logarithm else f"{FALLBACK}*ABS({cells.target})"
    inside = f"IF({cells.t}>{cells.b},{cells.t}-{cells.b},{worsened})"
    return f"=IF({cells.known}=1,{inside},{NOTHING})"


def ceiling(cells: LeafCells, cap: str) -> str:
    """The highest score: the cap, or 100 where the target is not better than the base."""
    return f"=IF({cells.known}=1,IF({cells.t}>{cells.b},{cap},{TARGET_SCORE:g}),{NOTHING})"


def line(cells: LeafCells) -> str:
    """The score on the line through (base, 60) and (target, 100), from 0 to the ceiling.

    >>> cells = LeafCells("D5", "H5", "I5", "K5", "L5", "M5", "N5", "O5", "P5")
    >>> line(cells)
    '=IF(K5=1,IF(O5=0,IF(L5>=N5,100,0),MAX(0,MIN(P5,100+(L5-N5)/O5*40))),"")'
    """
    v, t, full = cells.v, cells.t, f"{TARGET_SCORE:g}"
    sloped = f"MAX(0,MIN({cells.ceiling},{full}+({v}-{t})/{cells.way}*{FALL:g}))"
    return f"=IF({cells.known}=1,IF({cells.way}=0,IF({v}>={t},{full},0),{sloped}),{NOTHING})"


def step(cells: LeafCells) -> str:
    """100 at none, 0 at any.

    >>> step(LeafCells("D5", "H5", "I5", "K5", "L5", "M5", "N5", "O5", "P5"))
    '=IF(K5=1,IF(D5<=0,100,0),"")'
    """
    return f"=IF({cells.known}=1,IF({cells.value}<=0,{TARGET_SCORE:g},0),{NOTHING})"


def band_scale(cells: LeafCells, band: BandCells) -> str:
    """How far a target of its own moves the entire band: its ratio to the band's lower limit."""
    ratio = f"{cells.target}/{band.low}"
    moved = f"IF({band.low}>0,IF({ratio}>{_number(SMALLEST_BAND)},{ratio},1),1)"
    return f"=IF({cells.known}=1,{moved},{NOTHING})"


def band_lower(cells: LeafCells, band: BandCells, scale: str) -> str:
    """The lower outer limit: the base where it lies below the band, else the band's own."""
    low = f"{band.low}*{scale}"
    inside = f"IF({cells.base}<{low},{cells.base},{band.outer_low}*{scale})"
    return f"=IF({cells.known}=1,{inside},{NOTHING})"


def band(cells: LeafCells, limits: BandCells, scale: str, lower: str) -> str:
    """100 within the band, falling by 40 down to its outer limits and further at that slope."""
    low, high, outer = (f"{one}*{scale}" for one in (limits.low, limits.high, limits.outer_high))
    below = f"100-{FALL:g}*({low}-{cells.value})/({low}-{lower})"
    above = f"100-{FALL:g}*({cells.value}-{high})/({outer}-{high})"
    return f"=IF({cells.known}=1,MAX(0,MIN({below},{above},{TARGET_SCORE:g})),{NOTHING})"


def weighted(scores: Sequence[str], weights: Sequence[str]) -> str:
    """The weighted sum of what is there.

    >>> weighted(["S6", "S9"], ["Q6", "Q9"])
    'IF(ISNUMBER(S6),Q6*S6,0)+IF(ISNUMBER(S9),Q9*S9,0)'
    """
    pairs = zip(scores, weights, strict=True)
    return "+".join(f"IF(ISNUMBER({score}),{weight}*{score},0)" for score, weight in pairs)


def weight_of(scores: Sequence[str], weights: Sequence[str]) -> str:
    """The weight of what is there.

    >>> weight_of(["S6"], ["Q6"])
    'IF(ISNUMBER(S6),Q6,0)'
    """
    pairs = zip(scores, weights, strict=True)
    return "+".join(f"IF(ISNUMBER({score}),{weight},0)" for score, weight in pairs)


def mean(scores: Sequence[str], weights: Sequence[str]) -> str:
    """The weighted mean of the modules that are there, '' where none is."""
    there = weight_of(scores, weights)
    return f"=IF({there}>0,({weighted(scores, weights)})/({there}),{NOTHING})"


def parent(
    scores: Sequence[str],
    weights: Sequence[str],
    counted: Sequence[str],
    coverage: str,
    minimum: str,
    caps: Sequence[str] = (),
) -> str:
    """The weighted mean of the children that count under its caps, '' below the minimum coverage.

    ``counted`` are the children's cells that say which of them count: a score without red lines
    is there where the one with them is.

    >>> parent(["S6"], ["Q6"], ["S6"], "U5", "$D$3")
    '=IF(AND(U5>=$D$3-0.000000001,(IF(ISNUMBER(S6),Q6,0))>0),(IF(ISNUMBER(S6),Q6*S6,0))/(IF(ISNUMBER(S6),Q6,0)),"")'
    """
    there = weight_of(counted, weights)
    enough = f"AND({coverage}>={minimum}-{_number(ROUNDING)},({there})>0)"
    inside = f"({weighted(scores, weights)})/({there})"
    return f"=IF({enough},{_lowest(inside, caps)},{NOTHING})"


def leaf(score: str, caps: Sequence[str] = ()) -> str:
    """A leaf's score from the cell where it is worked out, under its caps.

    >>> leaf("V4"), leaf("V4", ["H2"])
    ('=V4', '=IF(ISNUMBER(V4),MIN(V4,H2),"")')
    """
    return f"=IF(ISNUMBER({score}),{_lowest(score, caps)},{NOTHING})" if caps else f"={score}"


def in_force(breached: str, cap: str) -> str:
    """The cap while its red line is breached, else a number above every score.

    >>> in_force("G4", "F4")
    '=IF(G4=1,F4,1000)'
    """
    return f"=IF({breached}=1,{cap},{UNCAPPED:g})"


def _lowest(score: str, caps: Sequence[str]) -> str:
    return f"MIN({','.join([score, *caps])})" if caps else score


def coverage(children: Sequence[str], weights: Sequence[str]) -> str:
    """Per cent of the weight below that has data.

    >>> coverage(["U6"], ["Q6"])
    '=IF((Q6)>0,(Q6*U6)/(Q6),0)'
    """
    total = "+".join(weights)
    parts = "+".join(f"{w}*{c}" for w, c in zip(weights, children, strict=True))
    return f"=IF(({total})>0,({parts})/({total}),0)"


def covered(score: str) -> str:
    """A leaf is covered whole or not at all."""
    return f"=IF(ISNUMBER({score}),100,0)"


def effective(above: str, own: str, siblings: Sequence[str]) -> str:
    """The share of the total: the parent's, times the own weight among its siblings.

    >>> effective("R5", "Q6", ["Q6", "Q7"])
    '=IF((Q6+Q7)>0,R5*Q6/(Q6+Q7),0)'
    """
    total = "+".join(siblings)
    return f"=IF(({total})>0,{above}*{own}/({total}),0)"


def status(score: str, bands: Sequence[tuple[str, str]]) -> str:
    """The words of the first band that a score reaches; (threshold, words) from the best down.

    >>> status("S5", [("$B$3", "$C$3")])
    '=IF(ISNUMBER(S5),IF(S5>=$B$3-0.000000001,$C$3,""),"")'
    """
    found = NOTHING
    for least, words in reversed(bands):
        found = f"IF({score}>={least}-{_number(ROUNDING)},{words},{found})"
    return f"=IF(ISNUMBER({score}),{found},{NOTHING})"


def difference(new: str, old: str) -> str:
    """What changed, '' where one side is missing."""
    return f"=IF(AND(ISNUMBER({new}),ISNUMBER({old})),{new}-{old},{NOTHING})"


def per_cent(new: str, old: str) -> str:
    """The change in per cent of the old value, '' from nothing."""
    there = f"AND(ISNUMBER({new}),ISNUMBER({old}),N({old})<>0)"
    return f"=IF({there},100*({new}-{old})/ABS({old}),{NOTHING})"


def _number(value: float) -> str:
    """A small number as every spreadsheet reads it: without an exponent."""
    return f"{value:.12f}".rstrip("0").rstrip(".")
