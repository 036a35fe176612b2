"""Saved analyses on the screen: open, save, versions, duplicate, pin, link, archive."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from data.state.pins import pin_view, unpin_view
from data.state.views import (
    LONGEST_NAME,
    SavedView,
    ViewContent,
    Visibility,
    archive_view,
    create_view,
    duplicate_view,
    restore_view,
    revive_view,
    save_view,
)
from metrics.explore.view import View as Asked
from ui import lifecycle
from ui.explore import codes, report
from ui.frame import Here
from ui.load import explore as reading
from words import numbers
from words.i18n import _, _n
from words.text import plain, safe

VIEW, SEEN = "view", "explore_seen"


def opened(here: Here) -> SavedView | None:
    """The saved analysis that the address names, as it was when this reader opened it.

    None where none is named, or one that is not shared with the reader: the codes beside it still
    say what to show.
    """
    named = st.query_params.get(VIEW, "")
    if not (named.isascii() and named.isdigit() and len(named) < 10):
        st.session_state.pop(SEEN, None)
        return None
    seen: SavedView | None = st.session_state.get(SEEN)
    if seen is None or seen.id != int(named):
        seen = reading.saved(int(named), here.viewer.id)
        st.session_state[SEEN] = seen
    return seen


def changed(view: Asked, seen: SavedView) -> bool:
    """Whether the controls say something else than what is saved."""
    kept = {"as": "table"} | codes.of_text(seen.content.codes)
    now = codes.of_text(codes.as_text(view, with_period="period" in kept))
    return kept != now


def heading(here: Here, view: Asked, seen: SavedView) -> None:
    """Name, owner and version of what is open, and whether somebody saved it since."""
    last = seen.last
    told = _("version {number} · {who}, {at} UTC").format(
        number=last.number, who=plain(last.who, 40), at=numbers.moment(last.at)
    )
    state = _("changed, not saved") if changed(view, seen) else _("as saved")
    name = safe(seen.content.name, LONGEST_NAME)
    st.markdown(f"**{name}** :gray[{safe(told)} · {state}]")
    if seen.content.description:
        st.caption(safe(seen.content.description, 600))
    newest = reading.saved(seen.id, here.viewer.id)
    if newest is not None and newest.last.number > last.number:
        st.warning(
            _("{who} saved version {number} since you opened this.").format(
                who=safe(newest.last.who, 40), number=newest.last.number
            )
        )
        link_to(here, newest, _("Open the newest version"), fresh=True)


def link_to(here: Here, one: SavedView, label: str, *, fresh: bool = False) -> None:
    """A link that opens a saved analysis; ``label`` is Markdown that was made safe."""
    params = codes.link(codes.of_text(one.content.codes), here.view) | {VIEW: str(one.id)}
    if fresh:
        if st.button(label, key=f"explore_fresh_{one.id}", type="tertiary"):
            st.session_state.pop(SEEN, None)
            st.switch_page(codes.PAGE, query_params=params)
        return
    st.page_link(codes.PAGE, label=label, query_params=params, width="stretch")


def toolbar(here: Here, view: Asked, seen: SavedView | None) -> None:
    """What can be done with an analysis: buttons in the row of the caller."""
    _listed(here)
    if view.indicators:
        with st.popover(_("Save"), key="explore_save"):
            _saving(here, view, seen)
        with st.popover(_("Link"), key="explore_link"):
            _linking()
        with st.popover(_("Report"), key="explore_report"):
            report.chooser(here, view)
    if seen is not None:
        with st.popover(_("Versions"), key="explore_versions"):
            _versions(here, seen)
        _pinning(here, seen)


def _listed(here: Here) -> None:
    every = reading.every_saved(here.viewer.id)
    label = _("Saved analyses ({count})").format(count=len(every))
    with st.popover(label, key="explore_saved"):
        if not every:
            st.markdown(_("Nothing is saved yet. Choose what to show, then **Save**."))
        for one in every:
            link_to(here, one, _label(here, one))
        gone = reading.archived(here.viewer.id)
        if gone:
            st.caption(_n("{count} archived", "{count} archived", len(gone)).format(
                count=len(gone)))  # fmt: skip
        for one in gone:
            if st.button(
                _("Bring back: {name}").format(name=safe(one.content.name, 60)),
                key=f"explore_revive_{one.id}", type="tertiary",
            ):  # fmt: skip
                back = partial(revive_view, reading.state(), one, by=here.viewer.id)
                if lifecycle.acted(back, _("The analysis is back.")):
                    st.rerun()


def _label(here: Here, one: SavedView) -> str:
    own = one.owner == here.viewer.id
    shared = one.content.visibility == "shared"
    whose = (_("shared") if shared else _("private")) if own else plain(one.owner, 40)
    return f"{safe(one.content.name, 80)} :gray[· {safe(whose)}]"


def _saving(here: Here, view: Asked, seen: SavedView | None) -> None:
    """Name, description, who sees it; as the next version of what is open, or as a new one."""
    before = None if seen is None else seen.content
    key = "new" if seen is None else f"{seen.id}_{seen.last.number}"
    own = seen is None or seen.owner == here.viewer.id
    with st.form(f"explore_form_{key}", border=False):
        name = st.text_input(
            _("Name"), before.name if before else "", max_chars=LONGEST_NAME,
            key=f"explore_name_{key}",
        )  # fmt: skip
        about = st.text_area(
            _("Description"), before.description if before else "", max_chars=600, height=80,
            key=f"explore_about_{key}",
        )  # fmt: skip
        follows = st.checkbox(
            _("Follows the period chosen on top"),
            before is None or "period" not in codes.of_text(before.codes),
            key=f"explore_follows_{key}",
            help=_("Otherwise it always shows {period}.").format(
                period=numbers.period(view.about.period)
            ),
        )
        seen_by = _visibility(here, before, key, own=own)
        reason = st.text_input(_("What is new (optional)"), max_chars=200, key=f"explore_why_{key}")
        told = _("Save") if seen is None else _("Save as version {number}").format(
            number=seen.last.number + 1)  # fmt: skip
        again = st.form_submit_button(told, type="primary")
        new = seen is not None and st.form_submit_button(_("Save as a new analysis"))
    if not (again or new):
        return
    content = ViewContent(name, codes.as_text(view, with_period=not follows), about, seen_by)
    if _kept(here, content, seen if again else None, reason):
        st.rerun()


def _visibility(here: Here, before: ViewContent | None, key: str, *, own: bool) -> Visibility:
    """Who sees it: the owner's to choose, and to share only with the right to comment."""
    kept: Visibility = before.visibility if before else "private"
    if not own or not here.viewer.may("remark"):
        return kept
    told: dict[Visibility, str] = {
        "private": _("Only I"),
        "shared": _("Everybody, each as far as their rights go"),
    }
    return st.radio(
        _("Who sees it"), list(told), index=list(told).index(kept), format_func=told.__getitem__,
        key=f"explore_visible_{key}",
    )  # fmt: skip


def _kept(here: Here, content: ViewContent, seen: SavedView | None, reason: str) -> bool:
    made: list[SavedView] = []
    who, state = here.viewer.id, reading.state()

    def save() -> None:
        if seen is None:
            made.append(create_view(state, content, by=who, reason=reason))
        else:
            made.append(save_view(state, seen, content, by=who, reason=reason))

    if not lifecycle.acted(save, _("The analysis is saved.")):
        return False
    _go_on_with(made[0])
    return True


def _go_on_with(one: SavedView) -> None:
    st.session_state[SEEN] = one
    st.query_params[VIEW] = str(one.id)


def _linking() -> None:
    st.caption(_("Whoever opens it sees the same, as far as their rights go."))
    address = f"{st.context.url or ''}?{urlencode(st.query_params.to_dict())}"
    st.code(address, language=None, wrap_lines=True)


def _versions(here: Here, seen: SavedView) -> None:
    """Who saved what and when; an earlier version comes back as a new one."""
    st.dataframe(
        pd.DataFrame(
            {
                _("Version"): [one.number for one in seen.versions],
                _("When (UTC)"): [numbers.moment(one.at) for one in seen.versions],
                _("Who"): [plain(one.who, 40) for one in seen.versions],
                _("What"): [action_words(one.action) for one in seen.versions],
                _("What is new"): [plain(one.reason or "", 200) for one in seen.versions],
                _("Name"): [plain(one.content.name, 80) for one in seen.versions],
            }
        )[::-1],
        hide_index=True, key=f"explore_history_{seen.id}_{seen.last.number}", width=640,
    )  # fmt: skip
    who, state = here.viewer.id, reading.state()
    earlier = [one.number for one in seen.versions[:-1] if one.content != seen.content]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if earlier:
            number = st.selectbox(
                _("Version"), earlier[::-1], key=f"explore_old_{seen.id}", width=140
            )
            if st.button(_("Restore"), key="explore_restore"):
                _deed(here, lambda: restore_view(state, seen, number, by=who), opens=True)
        if st.button(_("Duplicate"), key="explore_duplicate"):
            name = _("Copy of {name}").format(name=seen.content.name)[:LONGEST_NAME]
            _deed(here, lambda: duplicate_view(state, seen, name, by=who), opens=True)
        if seen.owner == who and st.button(_("Archive"), key="explore_archive"):
            _deed(here, lambda: archive_view(state, seen, by=who), opens=False)


def _deed(here: Here, deed: Callable[[], SavedView], *, opens: bool) -> None:
    """Do it and go on with what it made; of an archived analysis nothing stays open."""
    made: list[SavedView] = []

    if not lifecycle.acted(lambda: made.append(deed()), _("Done.")):
        return
    st.session_state.pop(SEEN, None)
    if opens:
        params = codes.link(codes.of_text(made[0].content.codes), here.view)
        st.switch_page(codes.PAGE, query_params=params | {VIEW: str(made[0].id)})
    st.query_params.pop(VIEW, None)
    st.rerun()


def action_words(action: str) -> str:
    """What was done to a saved analysis."""
    return {
        "create": _("saved first"),
        "duplicate": _("duplicated"),
        "save": _("saved"),
        "restore": _("restored"),
        "archive": _("archived"),
        "revive": _("brought back"),
    }[action]


def _pinning(here: Here, seen: SavedView) -> None:
    who, state = here.viewer.id, reading.state()
    there = any(one.id == seen.id for one in reading.pinned(who))
    label = _("Unpin") if there else _("Pin to my page")
    if st.button(label, key="explore_pin"):
        deed = unpin_view if there else pin_view
        done = _("It is off your page.") if there else _("It is on your page.")
        if lifecycle.acted(lambda: deed(state, seen.id, by=who), done):
            st.rerun()
