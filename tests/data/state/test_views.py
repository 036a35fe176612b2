"""Saved analyses: versions that stay, readers' rights, two people at once, a page of one's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.state import (
    State,
    StateConflictError,
    StateRefusedError,
    audit_entries,
    numbers_head,
    verify_audit,
)
from data.state.pins import MOST_PINS, move_pin, pin_view, pinned_views, unpin_view
from data.state.views import (
    SavedView,
    ViewContent,
    archive_view,
    create_view,
    duplicate_view,
    restore_view,
    revive_view,
    save_view,
    saved_view,
    saved_views,
)

USERS = ViewContent("Users by tier", "i=mau&by=tier")
SHARED = replace(USERS, visibility="shared")


def test_each_save_is_a_version_and_an_old_one_comes_back_as_a_new_one(state: State) -> None:
    made = create_view(state, USERS, by="li")
    more = replace(USERS, codes="i=mau&by=tier.channel", description="for the Monday meeting")
    saved = save_view(state, made, more, by="li", reason="channels too")
    back = restore_view(state, saved, 1, by="li", reason="too many columns")
    assert [(one.number, one.action, one.reason) for one in back.versions] == [
        (1, "create", None), (2, "save", "channels too"), (3, "restore", "too many columns"),
    ]  # fmt: skip
    assert [one.content for one in back.versions] == [USERS, more, USERS]
    assert back.last.origin == f"view {made.id}, version 1"
    assert back.versions[:2] == saved.versions
    assert len(audit_entries(state, on=f"view:{made.id}")) == 3
    assert verify_audit(state).sound
    assert numbers_head(state) == 0  # no number of the cockpit moves


def test_the_second_of_two_people_is_told_and_nothing_of_theirs_is_written(state: State) -> None:
    seen = create_view(state, SHARED, by="li")
    first = save_view(state, seen, replace(SHARED, name="Tiers"), by="wang")
    with pytest.raises(StateConflictError, match=r"wang saved view .* as version 2, you saw vers"):
        save_view(state, seen, replace(SHARED, name="Mine"), by="li")
    with pytest.raises(StateConflictError, match="load it again"):
        archive_view(state, seen, by="li")
    assert saved_view(state, seen.id, "li") == first


def test_a_private_view_does_not_exist_for_others(state: State) -> None:
    own = create_view(state, USERS, by="li")
    assert saved_view(state, own.id, "wang") is None
    assert saved_views(state, "wang") == ()
    for deed in (
        lambda: save_view(state, own, SHARED, by="wang"),
        lambda: duplicate_view(state, own, "x", by="wang"),
        lambda: pin_view(state, own.id, by="wang"),
        lambda: restore_view(state, own, 1, by="wang"),
    ):
        with pytest.raises(StateConflictError, match="does not exist or is not shared with you"):
            deed()
    assert saved_views(state, "li") == (own,)


def test_only_the_owner_shares_and_archives(state: State) -> None:
    made = create_view(state, SHARED, by="li")
    with pytest.raises(StateRefusedError, match="belongs to li"):
        archive_view(state, made, by="wang")
    with pytest.raises(StateRefusedError, match="belongs to li"):
        save_view(state, made, USERS, by="wang")
    gone = archive_view(state, made, by="li", reason="out of date")
    with pytest.raises(StateRefusedError, match="is archived"):
        save_view(state, gone, replace(SHARED, name="x"), by="wang")
    with pytest.raises(StateRefusedError, match="belongs to li"):
        revive_view(state, gone, by="wang")
    assert saved_views(state, "li") == ()
    assert saved_views(state, "li", archived=True) == (gone,)
    back = revive_view(state, gone, by="li")
    assert saved_views(state, "wang") == (back,)
    with pytest.raises(StateRefusedError, match="is not archived"):
        revive_view(state, back, by="li")


def test_a_duplicate_is_ones_own_and_names_what_it_repeats(state: State) -> None:
    made = create_view(state, SHARED, by="li")
    copied = duplicate_view(state, made, "My tiers", by="wang")
    assert (copied.owner, copied.content) == ("wang", replace(USERS, name="My tiers"))
    assert copied.last.origin == f"view {made.id}, version 1"
    save_view(state, copied, replace(copied.content, codes="i=dau"), by="wang")
    assert saved_view(state, made.id, "li") == made


def test_what_is_no_content_is_refused_and_nothing_is_kept(state: State) -> None:
    made = create_view(state, USERS, by="li")
    for wrong in (
        replace(USERS, name=" "),
        replace(USERS, codes=""),
        replace(USERS, name="n" * 121),
        replace(USERS, codes="c" * 4001),
        replace(USERS, visibility="all"),  # type: ignore[arg-type]  # what a caller may pass
        USERS,
    ):
        with pytest.raises(StateRefusedError):
            save_view(state, made, wrong, by="li")
    with pytest.raises(StateRefusedError, match="has no version 7"):
        restore_view(state, made, 7, by="li")
    with pytest.raises(StateRefusedError, match="like this already"):
        restore_view(state, made, 1, by="li")
    assert saved_view(state, made.id, "li") == made


def test_a_page_keeps_its_readers_order_and_only_what_the_reader_may_open(state: State) -> None:
    views = [create_view(state, replace(SHARED, name=name), by="li") for name in "abc"]
    for one in views:
        pin_view(state, one.id, by="wang")
    pin_view(state, views[0].id, by="wang")
    pin_view(state, views[1].id, by="li")
    move_pin(state, views[2].id, -5, by="wang")
    assert names(state, "wang") == ["c", "a", "b"]
    hidden = save_view(state, views[0], replace(views[0].content, visibility="private"), by="li")
    assert names(state, "wang") == ["c", "b"]
    move_pin(state, views[2].id, 1, by="wang")
    assert names(state, "wang") == ["b", "c"]
    save_view(state, hidden, replace(hidden.content, visibility="shared"), by="li")
    assert names(state, "wang") == ["b", "c", "a"]
    archive_view(state, views[1], by="li")
    unpin_view(state, views[2].id, by="wang")
    assert (names(state, "wang"), names(state, "li")) == (["a"], [])
    with pytest.raises(StateRefusedError, match="is not pinned"):
        move_pin(state, views[2].id, 1, by="wang")
    assert verify_audit(state).sound


def names(state: State, who: str) -> list[str]:
    return [one.content.name for one in pinned_views(state, who)]


def test_a_page_is_not_endless(state: State) -> None:
    for number in range(MOST_PINS):
        pin_view(state, create_view(state, replace(USERS, name=f"{number}"), by="li").id, by="li")
    last = create_view(state, USERS, by="li")
    with pytest.raises(StateRefusedError, match="unpin one first"):
        pin_view(state, last.id, by="li")


@given(st.lists(st.tuples(st.sampled_from("srda"), st.integers(1, 4)), max_size=6))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_version_is_ever_lost_or_changed(state: State, deeds: list[tuple[str, int]]) -> None:
    """Whatever is done in whatever order: what was there is there, and the last one holds."""
    view = create_view(state, USERS, by="li")
    for deed, number in deeds:
        before = view
        try:
            view = done(state, view, deed, number)
        except StateRefusedError:
            assert saved_view(state, before.id, "li") == before
            continue
        assert view.versions[:-1] == before.versions
        assert view.last.number == len(before.versions) + 1
    assert saved_view(state, view.id, "li") == view
    assert verify_audit(state).sound


def done(state: State, view: SavedView, deed: str, number: int) -> SavedView:
    if deed == "s":
        return save_view(state, view, replace(view.content, codes=f"i={number}"), by="li")
    if deed == "r":
        return restore_view(state, view, number, by="li")
    if deed == "d":
        duplicate_view(state, view, "copy", by="li")
        return archive_view(state, view, by="li")
    return revive_view(state, view, by="li")


COLUMNS = "(view_id, number, at, who, action, name, description, codes, visibility)"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE saved_view_version SET codes = 'x'",
        "DELETE FROM saved_view_version",
        "UPDATE saved_view SET owner = 'x'",
        "DELETE FROM saved_view",
        *(
            f"INSERT INTO saved_view_version {COLUMNS} VALUES {row}"
            for row in (
                "(1, 3, '2026-01-01', 'x', 'save', 'a version left out', '', 'x', 'private')",
                "(1, 2, '2026-01-01', 'x', 'save', 'for all', '', 'x', 'all')",
                "(1, 2, '2026-01-01', 'x', 'restore', 'of nothing', '', 'x', 'private')",
            )
        ),
    ],
)
def test_the_database_refuses_what_the_code_would_never_do(state: State, statement: str) -> None:
    made = create_view(state, USERS, by="li")
    with pytest.raises(IntegrityError), state.writing() as connection:
        connection.execute(text(statement))
    assert saved_views(state, "li") == (made,)
