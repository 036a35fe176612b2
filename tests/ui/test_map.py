"""The map: every province has its shape and name, all are drawn alike, nothing is asked outside."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from ui import map as mapping
from ui.map import Region
from ui.provinces import code_of, provinces, sea_line
from words.i18n import speak

PLACES = Path(__file__).parents[2] / "data" / "demo" / "places.csv"


def places() -> list[dict[str, str]]:
    with PLACES.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_province_of_the_data_is_on_the_map() -> None:
    found = {row["province"]: code_of(row["province"]) for row in places()}
    assert len(found) == 34
    assert sorted(str(code) for code in found.values()) == sorted(provinces())


@pytest.mark.parametrize("row", places(), ids=lambda row: row["adcode"])
def test_a_province_is_known_by_each_of_its_names(row: dict[str, str]) -> None:
    for name in (row["province"], row["short"], row["adcode"]):
        assert code_of(name) == row["adcode"]


def test_what_is_no_province_is_on_no_map() -> None:
    assert [code_of(name) for name in ("", "Praha", "省", "100000_JD")] == [None] * 4


def test_rounding_keeps_every_polygon_closed_and_in_its_place() -> None:
    for one in provinces().values():
        assert one.polygons
        for polygon in one.polygons:
            for ring in polygon:
                assert len(ring) >= 4
                assert ring[0] == ring[-1]
        places = [place for polygon in one.polygons for place in polygon[0]]
        assert all(73 < x < 136 and 3 < y < 54 for x, y in places)


def drawn(regions: dict[str, Region]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(mapping.deck(regions).to_json())
    return made


def layers(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = made["layers"]
    assert isinstance(found, list)
    return {one["id"]: one for one in found}


def test_all_provinces_are_drawn_alike_taiwan_among_them() -> None:
    look = Region("110000", "#0B7A75", "★", ("83.0 ★ good",), "B01")
    taiwan = Region("710000", "#0B7A75", "★", ("83.0 ★ good",), "B32")
    made = layers(drawn({"110000": look, "710000": taiwan}))
    shapes = {one["properties"]["adcode"]: one for one in made["provinces"]["data"]}
    assert len(shapes) == 34
    assert shapes["710000"]["properties"]["fill"] == shapes["110000"]["properties"]["fill"]
    assert shapes["710000"]["told"] == "Taiwan\n83.0 ★ good"
    assert len(made["sea"]["data"]) == len(sea_line()) == 10


def test_only_bare_areas_are_looked_up_under_the_pointer() -> None:
    made = layers(drawn({"110000": Region("110000", "#0B7A75", "★", ("83.0",), "B01")}))
    assert [name for name, layer in made.items() if layer.get("pickable")] == ["provinces"]
    assert made["provinces"]["stroked"] is False
    drawn_rings = [ring["path"] for ring in made["borders"]["data"]]
    polygons = [one["geometry"]["coordinates"] for one in made["provinces"]["data"]]
    assert drawn_rings == [ring for some in polygons for polygon in some for ring in polygon]


def test_a_province_without_data_says_so_in_the_readers_language() -> None:
    speak("zh")
    try:
        made = layers(drawn({}))
    finally:
        speak("en")
    told = {one["properties"]["adcode"]: one["told"] for one in made["provinces"]["data"]}
    assert told["650000"] == "新疆\n没有数据"


def test_no_server_is_asked_for_tiles() -> None:
    made = mapping.deck({})
    assert made.map_provider is None
    assert "://" not in made.to_json()
    assert "carto" not in made.to_json()


def test_names_of_data_stay_text_in_tooltip_and_legend() -> None:
    region = Region("110000", "#0B7A75", "★", ("<img src=http://a>",))
    assert "html" not in json.loads(json.dumps(mapping.deck({"110000": region})._tooltip))
    assert "<img" not in mapping.legend_html([mapping.Key("#0B7A75", "★", "<img src=x>")])
