"""Colours can be read and told apart: contrast of WCAG 2.2 AA, bands also by the colour-blind."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from ui.theme import DARK, LIGHT, Palette, dialog_words, ink, paired
from words.i18n import speak

TEXT, GRAPHIC = 4.5, 3.0
CONFIG = tomllib.loads(
    (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text("utf-8")
)
LOOKS = [pytest.param(LIGHT, "light", id="light"), pytest.param(DARK, "dark", id="dark")]
MEANINGS = ("green", "blue", "orange", "red", "gray")
BLIND = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
}  # fmt: skip
"""Machado, Oliveira, Fernandes 2009: what is left of linear RGB without one kind of cones."""


def linear(colour: str) -> npt.NDArray[np.float64]:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    return float(linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """CIELAB (D65) of linear RGB."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = (to_xyz @ np.clip(rgb, 0, 1)) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, kind: str) -> float:
    seen = [lab(np.array(BLIND[kind]) @ linear(colour)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def theme(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = CONFIG["theme"][kind]
    return found


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("look", "kind"), LOOKS)
def test_text_can_be_read(look: Palette, kind: str) -> None:
    made = theme(kind)
    pairs = {
        f"{name} on {ground}": contrast(made[name], made[ground])
        for name in ("textColor", "linkColor")
        for ground in ("backgroundColor", "secondaryBackgroundColor")
    }
    pairs |= {
        f"{name} on the surface": contrast(colour, look.surface)
        for name, colour in {"text": look.text, "muted": look.muted}.items()
    }
    for name in MEANINGS:
        ground = made[f"{name}BackgroundColor"]
        pairs[f"{name} badge"] = contrast(made[f"{name}TextColor"], ground)
        pairs[f"{name} text"] = contrast(made[f"{name}TextColor"], made["backgroundColor"])
    side = made["sidebar"]
    pairs["navigation"] = contrast(side["textColor"], side["backgroundColor"])
    pairs["navigation, chosen"] = contrast(side["textColor"], side["secondaryBackgroundColor"])
    assert {name: round(value, 2) for name, value in pairs.items() if value < TEXT} == {}


@pytest.mark.parametrize(("look", "kind"), LOOKS)
def test_drawings_stand_out(look: Palette, kind: str) -> None:
    grounds = {"panel": look.surface, "page": theme(kind)["backgroundColor"]}
    drawn = {"accent": look.accent, "good": look.good, "bad": look.bad, "focus": look.accent}
    drawn |= {f"series {n}": colour for n, colour in enumerate(look.series)}
    drawn |= {f"mark {name}": colour for name, colour in look.marks.items()}
    drawn |= {f"band {n}": c for n, c in look.bands.items() if n != "none"}
    weak = {
        f"{name} on {ground}": round(contrast(colour, shade), 2)
        for name, colour in drawn.items()
        for ground, shade in grounds.items()
        if contrast(colour, shade) < GRAPHIC
    }
    assert weak == {}


@pytest.mark.parametrize("kind", BLIND)
@pytest.mark.parametrize(("look", "_kind"), LOOKS)
def test_bands_and_changes_differ_for_the_colour_blind(
    look: Palette, _kind: str, kind: str
) -> None:
    near = {
        (one, other): round(apart(look.bands[one], look.bands[other], kind), 1)
        for one, other in itertools.combinations(look.bands, 2)
    }
    near["good", "bad"] = round(apart(look.good, look.bad, kind), 1)
    assert {pair: value for pair, value in near.items() if value < 15} == {}


def test_the_other_pair_swaps_good_and_bad_and_nothing_else() -> None:
    swapped = paired(LIGHT, reddish=True)
    assert (swapped.good, swapped.bad) == (LIGHT.bad, LIGHT.good)
    assert swapped.diverging == LIGHT.diverging[::-1]
    assert (swapped.bands, swapped.series) == (LIGHT.bands, LIGHT.series)
    assert paired(LIGHT, reddish=False) is LIGHT


def test_both_palettes_have_the_same_parts() -> None:
    assert set(LIGHT.bands) == set(DARK.bands)
    assert set(LIGHT.marks) == set(DARK.marks)
    for one, other in ((LIGHT.series, DARK.series), (LIGHT.sequential, DARK.sequential)):
        assert len(one) == len(other) == len(set(one))


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_what_stands_on_a_bar_or_a_cell_can_be_read(look: Palette) -> None:
    filled = [*look.bands.values(), look.good, look.bad, look.accent, look.compared]
    for colour in [*filled, *look.sequential, *look.diverging, *look.series]:
        assert contrast(ink(colour), colour) >= 4.5


@pytest.mark.parametrize(
    ("lang", "lost", "unknown"),
    [("zh", "连接已断开", "页面不存在"), ("en", "Connection lost", "No such screen")],
)
def test_the_servers_own_dialogs_speak_the_readers_language(
    lang: str, lost: str, unknown: str
) -> None:
    speak(lang)
    told = dialog_words()
    heading = next(rule for rule in told.splitlines() if f'"{lost}"' in rule)
    assert "CONNECTED" not in heading
    assert any(f'"{unknown}"' in rule and "CONNECTED" in rule for rule in told.splitlines())
    assert told.count("content:") == 4
    assert told.endswith("</style>")
    assert told.count("<") == 2
