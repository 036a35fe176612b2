"""The three controls above every screen, in step with the address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from data.period import COMPARISONS, Comparison, Kind, Period, comparisons, containing
from data.slice import FILTER_DIMENSIONS, Rights
from ui.address import KEYS, Known, Misread, View, read_view, start_view, with_filter
from ui.load import Bank
from words import numbers
from words.i18n import LANGUAGE_NAMES, LANGUAGES, _, language, speak
from words.names import comparison_words, dimension_words, kind_words, value_words
from words.text import plain, safe

KINDS: tuple[Kind, ...] = ("month", "quarter", "year", "week", "day", "range")
MOST = {"month": 60, "quarter": 24, "year": 10, "week": 110, "day": 120}
INDENT = "\u2003"


def shared(bank: Bank, rights: Rights, default_language: str) -> View:
    """Show the controls and return what they say; the address is read first and written last."""
    known = Known(tuple(bank.branches), bank.values, bank.default, default_language, rights)
    view, problems = _from_address(known)
    spoken = language()
    with st.container(key="filters"):
        view = _controls(view, bank)
    for problem in problems:
        st.warning(_misread_words(problem, bank, rights))
    _to_address(view)
    if language() != spoken:
        st.rerun()
    return view


def _from_address(known: Known) -> tuple[View, tuple[Misread, ...]]:
    """The session's view, changed by an address that is not the one written last.

    A new session with a bare address may be an old page whose server was started again: the
    browser still knows its controls, so these are not set before they are drawn.
    """
    params = {key: text for key, text in st.query_params.to_dict().items() if key in KEYS}
    kept: View | None = st.session_state.get("view")
    before = kept if kept is not None and kept.rights == known.rights else None
    written: Mapping[str, str] = st.session_state.get("written", {})
    if before is not None and (params == written or not params):
        _mend(before, known)
        return before, ()
    if before is None and not params:
        return replace(start_view(known), lang=language()), ()
    whole = before is None or "period" in params
    start = replace(start_view(known), lang=language()) if whole else before
    view, problems = read_view(params, known, start)
    _adopt(view)
    return view, problems


def _adopt(view: View) -> None:
    """Set the controls to a view, before they are drawn."""
    state = st.session_state
    state["branch"], state["kind"], state["compare"] = view.branch, view.period.kind, view.compare
    state[f"period_{view.period.kind}"] = str(view.period)
    state["span"] = (view.period.first, view.period.last)
    state["lang"] = view.lang
    for name in FILTER_DIMENSIONS:
        state[f"filter_{name}"] = list(dict(view.segment).get(name, ()))


def _mend(view: View, known: Known) -> None:
    """Put codes back where a control came back with a label of the language before."""
    state = st.session_state
    allowed: dict[str, tuple[Collection[str], str]] = {
        "branch": (scopes(known.branches, known.rights), view.branch),
        "kind": (KINDS, view.period.kind),
        "compare": (COMPARISONS, view.compare),
        "lang": (LANGUAGES, view.lang),
    }
    for key, (codes, code) in allowed.items():
        if state.get(key) not in codes:
            state[key] = code
    for name in FILTER_DIMENSIONS:
        kept, codes = state.get(f"filter_{name}", []), known.values.get(name, ())
        if any(one not in codes for one in kept):
            state[f"filter_{name}"] = list(dict(view.segment).get(name, ()))


def _to_address(view: View) -> None:
    params = view.params()
    changed = params != st.session_state.get("written")
    st.session_state["view"], st.session_state["written"] = view, params
    others = {k: v for k, v in st.query_params.to_dict().items() if k not in KEYS}
    if changed or st.query_params.to_dict() != params | others:
        st.query_params.from_dict(params | others)


def _controls(view: View, bank: Bank) -> View:
    places = st.columns([2.2, 1.0, 1.5, 1.5, 1.1, 0.9], vertical_alignment="bottom")
    with places[5]:  # first: the others are told apart by their words in this language
        lang = _language()
    with places[0]:
        branch = _branch(bank, view)
    with places[1]:
        kind = st.selectbox(
            _("Period"),
            KINDS,
            key="kind",
            index=_first("kind", KINDS, view.period.kind),
            format_func=_said(KINDS, kind_words),
            persist_state="session",
        )
    with places[2]:
        period = _period(view, kind, bank)
    with places[3]:
        compare = _compare(period)
    with places[4]:
        view = _segment(view, bank)
    return View(period, compare, branch, view.segment, lang, view.rights)


def _compare(period: Period) -> Comparison:
    offered = comparisons(period.kind)
    if st.session_state.get("compare", offered[0]) not in offered:
        st.session_state["compare"] = offered[0]
    return st.selectbox(
        _("Compared with"),
        offered,
        key="compare",
        format_func=_said(COMPARISONS, comparison_words),
        help=_(
            "Start of the year: the last period of this kind that was over when the year began, "
            "for a month December, for a day 31 December. Last month-end: the last that was over "
            "when the month began. Balances are those of its last day, sums and ratios those of "
            "all its days."
        ),
        persist_state="session",
    )


def _first(key: str, codes: Sequence[str], code: str) -> int:
    """Where a control begins that nobody has set yet; one that is set needs none."""
    return codes.index(code) if key not in st.session_state and code in codes else 0


def _said(codes: Iterable[str], words: Callable[[str], str]) -> Callable[[str], str]:
    """Words of codes in the language of this moment; a code without words stays as it is."""
    told = {code: words(code) for code in codes}
    return lambda code: told.get(code, code)


def _branch(bank: Bank, view: View) -> str:
    offered = scopes(bank.branches, view.rights)
    chosen = st.selectbox(
        _("Scope"),
        offered,
        key="branch",
        index=_first("branch", offered, view.branch),
        format_func=_indented(bank),
        persist_state="session",
    )
    return chosen or view.rights.subtree


def scopes(branches: Collection[str], rights: Rights) -> list[str]:
    """What a reader may choose: the whole bank ('') only with the right to it."""
    return [*branches] if rights.subtree else ["", *branches]


def _indented(bank: Bank) -> Callable[[str], str]:
    lang, whole = language(), _("Whole bank")

    def name(branch: str) -> str:
        found = bank.branches.get(branch)
        return whole if found is None else INDENT * found.depth + plain(found.name(lang), 60)

    return name


def _period(view: View, kind: Kind, bank: Bank) -> Period:
    if kind == "range":
        return _range(view.period, bank)
    key = f"period_{kind}"
    options = _periods(kind, bank, view.period)
    nearest = _nearest(view.period, kind, options)
    if st.session_state.get(key, nearest) not in options:
        st.session_state[key] = nearest
    told = {text: numbers.period(Period.parse(text)) for text in options}
    chosen = st.selectbox(
        kind_words(kind),
        options,
        key=key,
        index=_first(key, options, nearest),
        format_func=lambda text: told.get(text, text),
        persist_state="session",
    )
    return Period.parse(chosen or options[0])


def _periods(kind: Kind, bank: Bank, shown: Period) -> list[str]:
    """Periods of a kind with data, newest first, and the one shown whatever it holds."""
    first = bank.coverage.first_day or bank.as_of
    found = [containing(bank.as_of, kind)]
    while found[-1].first > first and len(found) < MOST[kind]:
        found.append(found[-1].previous())
    if shown.kind == kind and shown not in found:
        found = sorted([*found, shown], reverse=True)
    return [str(period) for period in found]


def _nearest(shown: Period, kind: Kind, options: Sequence[str]) -> str:
    """The period of another kind that holds the last day of the one shown."""
    wanted = str(containing(shown.last, kind))
    return wanted if wanted in options else options[0]


def _range(shown: Period, bank: Bank) -> Period:
    label, last = _("From – to"), _latest(bank, shown)
    picked: date | tuple[date, ...]
    if "span" in st.session_state:
        picked = st.date_input(label, key="span", max_value=last)
    else:
        picked = st.date_input(label, (shown.first, shown.last), key="span", max_value=last)
    days: tuple[date, ...] = tuple(picked) if isinstance(picked, Sequence) else (picked,)
    return Period(days[0], days[1]) if len(days) == 2 else Period(shown.first, shown.last)


def _latest(bank: Bank, shown: Period) -> date:
    return max(bank.as_of + timedelta(days=31), shown.last)


def _segment(view: View, bank: Bank) -> View:
    count = len(view.segment)
    label = _("Segment ({count})").format(count=count) if count else _("Segment")
    with st.popover(label, width="stretch"):
        st.caption(_("Filters values. Targets and scores are those of everybody in scope."))
        for name in FILTER_DIMENSIONS:
            chosen = st.multiselect(
                dimension_words(name),
                bank.values.get(name, ()),
                key=f"filter_{name}",
                format_func=_said(bank.values.get(name, ()), value_words(name)),
                placeholder=_("all"),
                persist_state="session",
            )
            view = with_filter(view, name, chosen)
    return view


def _language() -> str:
    chosen = st.selectbox(
        "语言 / Language",
        LANGUAGES,
        key="lang",
        index=_first("lang", LANGUAGES, language()),
        format_func=LANGUAGE_NAMES.__getitem__,
        on_change=_speak_chosen,
        filter_mode=None,
    )
    if chosen and chosen != language():
        speak(chosen)
    return chosen or language()


def _speak_chosen() -> None:
    speak(st.session_state["lang"])


def _misread_words(problem: Misread, bank: Bank, rights: Rights) -> str:
    if problem.key == "branch" and rights.subtree:
        told = _("The branch {found} of the address is not open to you; you see {own} instead.")
        own = safe(bank.name(rights.subtree, language()))
        return told.format(found=safe(problem.found, 60), own=own)
    told = _("The address says {key}={found}, which does not exist here; it was left out.").format(
        key=safe(problem.key), found=safe(problem.found, 60)
    )
    if problem.nearest is None:
        return told
    hint = _("Did you mean {nearest}?").format(nearest=safe(problem.nearest))
    return f"{told} {hint}"
