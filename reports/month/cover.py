"""The cover: what this is, of when, by which versions; who signs; what is where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metrics.tree import ROOT
from reports.book import Book, Cell, Link, Page, Value
from reports.month import parts, sentences
from reports.month.facts import Facts
from words import numbers
from words.i18n import _, _n, language
from words.names import band_name
from words.text import plain

WIDTHS = (26, 44, 22, 22, 30)


def write(book: Book, facts: Facts) -> None:
    """The sheet, the first; its contents lead to pages that are made after it."""
    page = book.page("cover", _("Cover"))
    page.widths(*WIDTHS)
    book.logo(page, "F1")
    bank = plain(book.look.name(language()), 80)
    if bank:
        page.heading(bank, "subheading")
    page.heading(_("Monthly report on KPIs"), "title")
    page.heading(
        _("{scope} · {period}").format(
            scope=sentences.scope_words(facts), period=numbers.period(facts.period)
        )
    )
    node = facts.card.node(ROOT, facts.branch)
    band = "" if node.band is None else " ".join(band_name(facts.tree, node.band, leaf=False))
    page.heading(
        _("Total score {score} {band}").format(score=numbers.score(node.score), band=band).strip(),
        "figure",
    )
    page.finding(sentences.headline(facts))
    page.space()
    page.facts(_facts(facts))
    page.space()
    _sign_off(page, facts)
    parts.break_before(page)
    _contents(page, facts)


def _facts(facts: Facts) -> Iterator[tuple[str, Value | Cell]]:
    card, versions = facts.card, facts.versions
    yield _("Period"), numbers.period(facts.period)
    yield _("Scope"), sentences.scope_words(facts)
    yield _("Data as of"), numbers.day(card.as_of)
    yield _("Freshness"), freshness(facts)
    yield _("State of the month"), _closed(facts)
    yield _("Weights in force"), sentences.weights_in_force(facts)
    if not facts.branch:
        told = sentences.weights_name(facts, card.branch_weight_set)
        yield _("Weights of the branches"), told
    yield _("Baselines"), _baselines(facts)
    if versions.refreshed_at is not None:
        yield _("Numbers worked out (UTC)"), Cell(numbers.moment(versions.refreshed_at), stamp=True)
    yield _("Made by"), Cell(plain(facts.who, 60), stamp=True)
    yield _("Made at (UTC)"), Cell(numbers.moment(facts.made_at), stamp=True)


def freshness(facts: Facts) -> str:
    """Whether the data reach the month's end, and whether loads wait."""
    as_of, last = facts.card.as_of, facts.period.last
    told = _("● the whole month is loaded")
    if as_of is None:
        told = _("■ nothing is loaded")
    elif as_of < last:
        days = (last - max(as_of, facts.period.first)).days
        told = _n(
            "▲ {count} day of the month is not loaded yet",
            "▲ {count} days of the month are not loaded yet",
            days,
        ).format(count=days)
    lacking = [one for one in facts.quality.tables if one.there and one.days]
    lacking = [one for one in lacking if (one.covered or 0) < (one.days or 0)]
    if lacking and as_of is not None and as_of >= last:
        told = _n(
            "▲ {count} table lacks days of the month",
            "▲ {count} tables lack days of the month",
            len(lacking),
        ).format(count=len(lacking))
    if facts.versions.pending:
        waiting = _n(
            "{count} load is not in the numbers yet",
            "{count} loads are not in the numbers yet",
            facts.versions.pending,
        ).format(count=facts.versions.pending)
        told = _("{told} · {place}").format(told=told, place=waiting)
    return told


def _closed(facts: Facts) -> str:
    closed = facts.versions.closed
    if closed is None:
        return _("○ not closed: figures may still change")
    told = _("● closed on {day} by {who}, version {number}").format(
        day=numbers.day(closed.closed_at.date()), who=plain(closed.closed_by, 40),
        number=closed.number,
    )  # fmt: skip
    if facts.restated:
        changed = _n(
            "{count} value has changed since",
            "{count} values have changed since",
            len(facts.restated),
        ).format(count=len(facts.restated))
        told = _("{told} · {place}").format(told=told, place=changed)
    return told


def _baselines(facts: Facts) -> str:
    """Typed baselines of the year by the newest that was published; else those of the tree."""
    found = [one for one in facts.versions.baselines if one.branch_id in (None, facts.branch)]
    if not found:
        return _("those of the indicator tree, {year}").format(year=facts.period.last.year)
    newest = max(one.effective_from for one in found)
    return _n(
        "{count} published for {year}, the newest in force from {day}; others of the tree",
        "{count} published for {year}, the newest in force from {day}; others of the tree",
        len(found),
    ).format(count=len(found), year=facts.period.last.year, day=numbers.day(newest))


def _sign_off(page: Page, facts: Facts) -> None:
    """Signatures that the closing has, then empty lines for paper."""
    page.heading(_("Sign-off"), "subheading")
    columns = (
        parts.texts("role", _("Role")),
        parts.texts("name", _("Full name")),
        parts.texts("day", _("Date")),
        parts.texts("sign", _("Signature")),
        parts.texts("remark", _("Remark"), wrap=True),
    )
    signed: list[Sequence[Value | Cell]] = [
        (
            _("Signed in Canopy"), plain(one.signed_by, 60), numbers.day(one.signed_at.date()),
            _("● version {number}").format(number=one.number), plain(one.statement, 300),
        )
        for one in facts.versions.sign_offs
    ]  # fmt: skip
    roles = (_("Prepared by"), _("Reviewed by"), _("Approved by"))
    table = page.table(columns, [*signed, *((role, "", "", "", "") for role in roles)])
    for row in range(table.last - len(roles) + 1, table.last + 1):
        page.sheet.row_dimensions[row].height = 26


def _contents(page: Page, facts: Facts) -> None:
    page.heading(_("Contents"))
    columns = (parts.texts("sheet", _("Sheet")), parts.texts("what", _("What it says"), 44))
    rows = [(Link(title, key), told) for key, title, told in contents(facts)]
    page.table(columns, rows)


def contents(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Key, title and a sentence of every sheet, in order."""
    tree = facts.tree
    yield "executive", _("Executive summary"), _("The score, what moved it, what must be decided")
    yield (
        "tree",
        _("Indicator tree"),
        _("All indicators with weights and scores as live formulas: change one and see the total"),
    )
    yield (
        "inputs",
        _("Scoring inputs"),
        _("How each value becomes a score, step by step, and the red lines"),
    )
    for name in tree.perspectives:
        titles = sentences.joined([sentences.name(tree, one) for one in tree.children(name)])
        yield name, sentences.name(tree, name), titles
    yield (
        "behaviour",
        _("User behaviour"),
        _("Funnel, new and lost users, retention, tiers, silence, unused modules"),
    )
    yield (
        "business_screen",
        _("Business results"),
        _("The year's goals with forecast, what earns, what a user costs and brings"),
    )
    yield (
        "risk_screen",
        _("Risk monitoring"),
        _("Fraud, quality of loans, events against their limits, register, complaints"),
    )
    yield "campaigns", _("Campaigns"), _("Reach, cost, return with interval, reviews, attribution")
    yield "competitors", _("Competitors"), _("Figures with source and grade, features, releases")
    yield "branches", _("Branches"), _("Ranked within peers of one level and size")
    yield "experiments", _("Experiments"), _("Decided in the month: effect, decision, reason")
    yield "quality", _("Data quality"), _("Coverage, loads, quarantine, what is missing and why")
    yield (
        "dictionary",
        _("Dictionary and lineage"),
        _("Definition, formula, data points, tables, owner and version of every figure"),
    )
    yield (
        "points",
        _("Data points"),
        _("What the indicators are counted from, and how far it is loaded"),
    )
