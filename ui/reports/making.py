"""Making reports: one with its steps in sight, or all of a view with progress; both can be stopped.

Any click while work is going on stops it between two steps: what was issued until then stands,
what was not is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import streamlit as st

from data.slice import Slice
from data.state import StateError
from data.state.reports import IssuedReport, fetch_report
from reports.issue.bundle import bundle, newest_of
from reports.issue.differences import Differences, told
from reports.issue.issue import GATHER, KEEP, WRITE, ChangedReportError, Outcome, issue
from reports.month.refused import ReportError
from ui import export
from ui.frame import Here
from ui.load import reports as read
from ui.reports import words
from words import numbers
from words.i18n import LANGUAGE_NAMES, LANGUAGES, _, _n, language, message
from words.text import plain, safe

DONE, STOP = "reports_done", "reports_stop"
REASON, CHOSEN = "reports_reason", "reports_chosen"
LANGUAGE = "reports_language"


@dataclass(frozen=True)
class Done:
    """What the last work led to: markdown that is safe, and what needs a reason."""

    good: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def report_language() -> str:
    """The language of reports: the reader's until another is chosen."""
    kept = st.session_state.get(LANGUAGE)
    return kept if kept in LANGUAGES else language()


def outcome() -> None:
    """Say once what the last work did, or that it was stopped."""
    if st.session_state.get(STOP):
        st.info(_("Stopped: what was issued until then stands, of the rest nothing is kept."))
    done: Done | None = st.session_state.pop(DONE, None)
    if done is None:
        return
    if done.good:
        st.session_state[REASON] = ""
        st.session_state.pop(CHOSEN, None)
        st.success("  \n".join(done.good))
    if done.open:
        st.warning("  \n".join(done.open))


def panel(here: Here, last: IssuedReport | None, scopes: Sequence[str]) -> None:
    """Language, reason, and the buttons; no button for who may only read."""
    lang = _language()
    if not here.viewer.may(words.MAY_ISSUE):
        st.info(_("You may read and download reports. Who may comment on numbers may issue them."))
        return
    reason = ""
    if last is not None:
        reason = st.text_input(
            _("Reason"), key=REASON, max_chars=2000, persist_state="session",
            help=_("Needed where the report would say something else than the version issued."),
        )  # fmt: skip
    one, many = _buttons(last, len(scopes))
    if one:
        again(here, here.view.scope, lang, reason)
    elif many:
        _every(here, scopes, lang, reason)


def _buttons(last: IssuedReport | None, scopes: int) -> tuple[bool, bool]:
    """Make one, make all; while one of them works, a third to stop it."""
    with st.container(horizontal=True, gap="small"):
        kind: Literal["primary", "secondary"] = "primary" if last is None else "secondary"
        one = st.button(_("Make the month's report"), type=kind, key="reports_make")
        many = scopes > 1 and st.button(
            _n("All {count} scopes", "All {count} scopes", scopes).format(count=scopes),
            key="reports_all", help=_("The scope above and every branch below it, a report each."),
        )  # fmt: skip
        if one or many:
            st.button(_("Stop"), key=STOP)
    return one, many


def _language() -> str:
    st.segmented_control(
        _("Language of the report"), LANGUAGES, key=LANGUAGE, default=report_language(),
        required=True, format_func=lambda one: LANGUAGE_NAMES[one], persist_state="session",
    )  # fmt: skip
    return report_language()


def again(here: Here, about: Slice, lang: str, reason: str) -> None:
    """Issue one report with its steps in sight, then show the page anew."""
    steps = {
        GATHER: _("Reading the month's data…"),
        WRITE: _("Writing the workbook…"),
        KEEP: _("Keeping it in the history…"),
    }
    with st.status(_("The report is being made"), expanded=True) as status:
        st.write(steps[GATHER])
        done = _one(here, about, lang, reason, lambda step: _step(step, steps))
        status.update(state="complete" if done.good else "error")
    st.session_state[DONE] = done
    st.rerun()


def _step(step: str, steps: Mapping[str, str]) -> None:
    """Name a step that begins; the first was named while the connection was opened."""
    if step != GATHER:
        st.write(steps[step])


def _one(here: Here, about: Slice, lang: str, reason: str, step: Callable[[str], None]) -> Done:
    try:
        with read.source(here.token, about) as source:
            found = issue(
                source, about, lang, who=here.viewer.id, via="screen", reason=reason or None,
                told=step,
            )  # fmt: skip
    except ChangedReportError as error:
        return Done(open=_changed(here, error.issued, error.found))
    except (ReportError, StateError) as error:
        return Done(open=(safe(message(error), 400),))
    return Done(good=_made(here, found))


def _made(here: Here, found: Outcome) -> tuple[str, ...]:
    named = safe(words.full_name(here, found.issued), 200)
    if not found.new:
        by = safe(words.issued_words(found.issued), 200)
        same = _("Reproduced: it says the same as {report}, issued by {who}. Nothing new is kept.")
        return (f"● {same.format(report=named, who=by)}",)
    lines = [_("● Issued: {report}").format(report=named)]
    if found.found is not None:
        lines += [safe(line, 400) for line in told(found.found)]
    return tuple(lines)


def _changed(here: Here, issued: IssuedReport, found: Differences) -> tuple[str, ...]:
    asked = _("{report} says something else than the data do now. Write down a reason to issue the "
              "next version; what was issued stays.").format(
        report=safe(words.full_name(here, issued), 200)
    )  # fmt: skip
    return (f"▲ {asked}", *(safe(line, 400) for line in told(found)))


def _every(here: Here, scopes: Sequence[str], lang: str, reason: str) -> None:
    """A report for each scope, one after the other, with what was read for all of them."""
    bar, made, open_ones = st.progress(0.0, text=_("Reading the month's data…")), 0, list[str]()
    about = here.view.scope
    try:
        with read.source(here.token, about) as source:
            for place, branch in enumerate(scopes):
                named = safe(words.scope_name(here, branch), 60)
                bar.progress(place / len(scopes), text=f"{place + 1} / {len(scopes)} · {named}")
                try:
                    issue(
                        source, replace(about, branch=branch), lang, who=here.viewer.id,
                        via="screen", reason=reason or None,
                    )  # fmt: skip
                except ChangedReportError:
                    open_ones.append(named)
                else:
                    made += 1
    except (ReportError, StateError) as error:
        open_ones.append(safe(message(error), 400))
    good = _n("{count} report is ready", "{count} reports are ready", made).format(count=made)
    told_open = _("▲ These need a reason, because they would say something else than was issued:")
    waiting = (told_open, _(", ").join(open_ones)) if open_ones else ()
    st.session_state[DONE] = Done((f"● {good}",) if made else (), waiting)
    st.rerun()


def downloads(
    here: Here, last: IssuedReport | None, issued: Sequence[IssuedReport], lang: str
) -> None:
    """The newest workbook of the view, and all of it as one file; read when they are asked for."""
    every = newest_of(issued, lang)
    with st.container(horizontal=True, gap="small"):
        if last is not None:
            label = _("Download the workbook ({size})")
            download(here, last, label, key="reports_get", primary=True)
        if len(every) > 1:
            label = _n("All {count} workbooks (zip)", "All {count} workbooks (zip)", len(every))
            name = f"Canopy_{here.view.period}_{plain(here.view.branch, 40) or 'all'}_{lang}.zip"
            st.download_button(
                label.format(count=len(every)),
                data=partial(bundle, read.state(), every, by=here.viewer.id),
                file_name=name, mime="application/zip", key="reports_zip", on_click="ignore",
            )  # fmt: skip


def download(here: Here, one: IssuedReport, label: str, *, key: str, primary: bool = False) -> None:
    """A report's file as it was issued; who takes it stands in the audit log."""
    st.download_button(
        label.format(size=words.size_words(one.size)),
        data=partial(fetch_report, read.state(), one, by=here.viewer.id),
        file_name=one.file_name, mime=export.EXCEL, key=key, on_click="ignore",
        type="primary" if primary else "secondary",
        help=words.issued_words(one),
    )  # fmt: skip


def day_words(one: IssuedReport) -> str:
    """Until which day the data of a report go."""
    return numbers.day(one.made_from.as_of)
