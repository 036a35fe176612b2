"""Self-service in a real browser: a copied link shows the same table, back goes back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, Visit, settle

GRID = '[data-testid="stDataFrame"] table'


def table(page: Page) -> list[str]:
    """The cells of the pivot table as a screen reader finds them."""
    page.locator(GRID).first.wait_for(state="attached")
    return page.locator(GRID).first.locator("th, td").all_text_contents()


def test_a_copied_link_shows_the_same_table_in_a_fresh_browser(visit: Visit, server: str) -> None:
    visit("/mine?lang=en")  # the first page of a server that Streamlit starts has a dialog over it
    page = visit("/explore?lang=en&period=2026-09&compare=year&show=mau&by=channel&tier=basic")
    page.locator(".st-key-explore_against input").click()
    page.get_by_role("option", name="Previous period").click()
    settle(page)
    page.keyboard.press("Escape")
    page.locator(".st-key-explore_sort input").click()
    page.get_by_role("option", name="Monthly active users ↓").click()
    page.wait_for_url("**sort=-mau**")
    settle(page)
    shown = table(page)
    assert "Total" in shown
    assert any("vs previous" in one for one in shown)
    other = visit(page.url.removeprefix(server), locale="zh-CN")
    assert table(other) == shown
    assert other.url == page.url


def test_back_shows_the_split_that_was_there_before(visit: Visit) -> None:
    page = visit("/explore?lang=en&period=2026-09&show=mau&by=channel")
    page.locator(".st-key-explore_by input").click()
    page.get_by_role("option", name="Tier").click()
    page.wait_for_url("**by=channel%2Ctier**")
    settle(page)
    page.keyboard.press("Escape")
    page.go_back()
    page.wait_for_url("**by=channel&**")
    settle(page)
    expect(page.locator(".st-key-explore_by")).not_to_contain_text("Tier", timeout=PATIENCE_MS)
