"""The cockpit in a real browser: it keeps to itself, and its address is the whole view."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_MS, Visit, settle

LOCAL = {"127.0.0.1", "localhost"}


def test_no_request_leaves_the_machine(visit: Visit, server: str) -> None:
    page = visit("/")
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).hostname or ""))
    page.reload()
    settle(page)
    page.goto(f"{server}/tree?node=mau&lang=en")
    settle(page)
    for tab in page.locator('[data-testid="stTab"]').all():
        tab.click()
        settle(page)
    assert hosts - {""} <= LOCAL
    assert hosts & LOCAL


def test_the_map_is_drawn_without_asking_anybody(visit: Visit, server: str) -> None:
    page = visit("/?lang=en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.reload()
    settle(page)
    drawn = page.locator('[data-testid="stDeckGlJsonChart"] canvas').first
    drawn.scroll_into_view_if_needed(timeout=60_000)
    drawn.wait_for(state="visible")
    settle(page)
    outside = {
        url
        for url in asked
        if urlsplit(url).hostname not in LOCAL and urlsplit(url).scheme != "data"
    }
    assert {url for url in outside if not url.startswith("blob:")} == set()
    assert any(url.startswith(server) for url in asked)


def test_a_click_on_a_province_makes_its_branch_the_scope(visit: Visit) -> None:
    page = visit("/?lang=en")
    drawn = page.locator('[data-testid="stDeckGlJsonChart"] canvas').first
    drawn.scroll_into_view_if_needed(timeout=60_000)
    settle(page)
    box = drawn.bounding_box()
    assert box is not None
    # From the middle of the map to Xinjiang, as MapView draws them.
    x, y = box["x"] + box["width"] / 2 - 61, box["y"] + box["height"] / 2 - 46
    page.mouse.move(x - 5, y - 5)
    page.mouse.move(x, y)
    expect(page.locator(".deck-tooltip")).to_contain_text("Xinjiang", timeout=60_000)
    page.mouse.click(x, y)
    page.wait_for_url("**branch=**", timeout=60_000)
    expect(page.locator(".st-key-strip")).to_contain_text("Xinjiang", timeout=PATIENCE_MS)


def test_a_link_to_a_node_opens_the_same_view_elsewhere(visit: Visit) -> None:
    page = visit("/?period=2026-09&compare=year&branch=B01&lang=en")
    page.locator(".st-key-tile-risk a").click()
    page.wait_for_url("**/tree?**")
    settle(page)
    assert parse_qs(urlsplit(page.url).query) == {
        "period": ["2026-09"], "compare": ["year"], "branch": ["B01"], "lang": ["en"],
        "node": ["risk"],
    }  # fmt: skip
    address = page.url[page.url.index("/tree") :]
    other = visit(address, locale="zh-CN")
    for part in (".st-key-strip", ".st-key-panel-figures", ".st-key-filters"):
        text = page.locator(part).inner_text()
        assert text.count("\n") > 1
        expect(other.locator(part)).to_have_text(text, use_inner_text=True, timeout=PATIENCE_MS)
    for screen in (page, other):
        expect(screen.locator("h2")).to_have_text("Risk", timeout=PATIENCE_MS)


def test_a_step_in_the_tree_moves_the_address(visit: Visit) -> None:
    page = visit("/tree?node=fraud_rate&lang=en")
    page.locator(".st-key-list-path a").first.click()
    page.wait_for_url("**node=total**")
    settle(page)
    expect(page.locator("h2")).to_have_text("Total", timeout=PATIENCE_MS)


def test_filters_and_language_stay_across_screens(visit: Visit) -> None:
    page = visit("/?period=2026-09&lang=en")
    assert page.locator('[data-testid="stSidebarNav"]').inner_text().startswith("Cockpit")
    page.locator(".st-key-lang input").click()
    page.get_by_role("option", name="中文").click()
    page.wait_for_url("**lang=zh**")
    settle(page)
    page.get_by_role("link", name="指标体系").click()
    page.wait_for_url("**/tree?**")
    settle(page)
    query = parse_qs(urlsplit(page.url).query)
    assert query["period"] == ["2026-09"]
    assert query["lang"] == ["zh"]
    assert "2026年9月" in page.locator(".st-key-strip").inner_text()


def test_the_browser_chooses_the_language(visit: Visit) -> None:
    assert "全行" in visit("/", locale="zh-CN").locator(".st-key-strip").inner_text()
    assert "Whole bank" in visit("/", locale="en-GB").locator(".st-key-strip").inner_text()


def test_the_overview_opens_under_its_name_too(visit: Visit) -> None:
    page = visit("/overview?period=2026-09&lang=en")
    page.wait_for_url("**/?period=2026-09**")
    expect(page.locator(".st-key-strip")).to_contain_text("Sep 2026", timeout=PATIENCE_MS)


def test_the_overview_prints_on_few_pages_with_its_columns(visit: Visit) -> None:
    page = visit("/?lang=en")
    printed = page.pdf(prefer_css_page_size=True)
    assert 1 < len(re.findall(rb"/Type\s*/Page\b", printed)) <= 5
    page.emulate_media(media="print")
    tops = [
        page.locator(f".st-key-panel-{name}").evaluate("panel => panel.getBoundingClientRect().top")
        for name in ("moved", "off-target", "places")
    ]
    assert max(tops) - min(tops) < 1


def test_back_after_a_filter_shows_what_stood_there_before(visit: Visit) -> None:
    page = visit("/?period=2026-09&lang=en")
    page.locator(".st-key-compare input").click()
    page.get_by_role("option", name="Start of the year").click()
    page.wait_for_url("**compare=start**")
    expect(page.locator(".st-key-strip")).to_contain_text("Dec 2025", timeout=PATIENCE_MS)
    page.go_back()
    page.wait_for_url("**compare=previous**")
    expect(page.locator(".st-key-strip")).to_contain_text("Aug 2026", timeout=PATIENCE_MS)
    expect(page.locator(".st-key-compare input")).to_have_value("Previous period")
