"""Outlines of the 34 provinces of China for thematic maps, and their names in the data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "assets" / "china" / "china_province_simplified.geojson"
GRID = 0.1
"""Degrees to which outlines are rounded: about half a pixel of the map on a screen."""
SUFFIXES = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
Ring = list[list[float]]
ENGLISH = {
    "110000": "Beijing", "120000": "Tianjin", "130000": "Hebei", "140000": "Shanxi",
    "150000": "Inner Mongolia", "210000": "Liaoning", "220000": "Jilin", "230000": "Heilongjiang",
    "310000": "Shanghai", "320000": "Jiangsu", "330000": "Zhejiang", "340000": "Anhui",
    "350000": "Fujian", "360000": "Jiangxi", "370000": "Shandong", "410000": "Henan",
    "420000": "Hubei", "430000": "Hunan", "440000": "Guangdong", "450000": "Guangxi",
    "460000": "Hainan", "500000": "Chongqing", "510000": "Sichuan", "520000": "Guizhou",
    "530000": "Yunnan", "540000": "Xizang", "610000": "Shaanxi", "620000": "Gansu",
    "630000": "Qinghai", "640000": "Ningxia", "650000": "Xinjiang", "710000": "Taiwan",
    "810000": "Hong Kong", "820000": "Macao",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Province:
    """A province: its code, names, a point inside it, its polygons (rings of places)."""

    adcode: str
    name_zh: str
    name_en: str
    center: tuple[float, float]
    polygons: tuple[tuple[Ring, ...], ...]

    def name(self, lang: str) -> str:
        """The short name in a language.

        >>> provinces()["650000"].name("zh"), provinces()["650000"].name("en")
        ('新疆', 'Xinjiang')
        """
        return short(self.name_zh) if lang == "zh" else self.name_en


@lru_cache
def provinces() -> Mapping[str, Province]:
    """All provinces by code.

    >>> len(provinces())
    34
    """
    return {
        feature["properties"]["adcode"]: Province(
            feature["properties"]["adcode"],
            feature["properties"]["name"],
            ENGLISH[feature["properties"]["adcode"]],
            tuple(feature["properties"]["center"]),
            tuple(
                tuple(_rounded(ring) for ring in polygon)
                for polygon in feature["geometry"]["coordinates"]
            ),
        )
        for feature in _features()
        if feature["geometry"]["type"] == "MultiPolygon"
    }


@lru_cache
def sea_line() -> tuple[Ring, ...]:
    """The dashes of the line in the South China Sea."""
    return tuple(
        line
        for feature in _features()
        if feature["geometry"]["type"] == "MultiLineString"
        for line in feature["geometry"]["coordinates"]
    )


def code_of(name: str) -> str | None:
    """The code of a province as the data name it: in full, in short, or by its code.

    >>> code_of("内蒙古自治区"), code_of("内蒙古"), code_of("150000"), code_of("Praha")
    ('150000', '150000', '150000', None)
    """
    return _names().get(name.strip())


def short(name: str) -> str:
    """A province's name without its kind.

    >>> short("广西壮族自治区"), short("北京市")
    ('广西', '北京')
    """
    return next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), name)


@lru_cache
def _names() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, one in provinces().items():
        found |= {code: code, one.name_zh: code, short(one.name_zh): code, one.name_en: code}
    return found


def _features() -> list[dict[str, Any]]:
    read = json.loads(SOURCE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = read["features"]
    return found


def _rounded(ring: Sequence[Sequence[float]]) -> Ring:
    """A ring on the grid without points that say nothing; one too small for it stays as it is.

    Neighbours share their points, so that rounding leaves no gaps between them.
    """
    kept: Ring = []
    for x, y in ring:
        place = [round(x / GRID) * GRID, round(y / GRID) * GRID]
        place = [round(place[0], 1), round(place[1], 1)]
        if kept and kept[-1] == place:
            continue
        if len(kept) > 1 and _straight(kept[-2], kept[-1], place):
            kept.pop()
        kept.append(place)
    return kept if len(kept) >= 4 else [[round(x, 2), round(y, 2)] for x, y in ring]


def _straight(one: Sequence[float], two: Sequence[float], three: Sequence[float]) -> bool:
    first = (two[0] - one[0], two[1] - one[1])
    second = (three[0] - two[0], three[1] - two[1])
    turned = abs(first[0] * second[1] - first[1] * second[0]) > 1e-9
    return not turned and first[0] * second[0] + first[1] * second[1] > 0
