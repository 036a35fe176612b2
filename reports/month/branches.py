"""Branches: ranked within peers of one level and size, with their perspectives."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.peers import FEWEST_USERS, Ranked, extremes
from metrics.tree import ROOT
from reports.book import Book, Cell, Column, Page, Table, Value, bar_chart
from reports.month import parts, sentences
from reports.month.facts import Facts
from words import codes, numbers
from words.i18n import _

WIDTHS = (30, 10, 9, 9, 12, 10, 10, 13, *(11,) * 5, 10, 10)
MOST_DRAWN = 40


def write(book: Book, facts: Facts) -> None:
    """The sheet."""
    page = book.page("branches", _("Branches"))
    page.widths(*WIDTHS)
    page.heading(_("Branches"), "title")
    if not facts.ranking:
        page.note(_("There are no branches below this one."))
        return
    page.finding(_finding(facts))
    page.note(
        _("Peers are branches of one level and of similar size: of nine or more, the third with "
          "most users is large, the third with fewest small. Under {least} users a branch is not "
          "ranked.").format(least=FEWEST_USERS)
    )  # fmt: skip
    table = _ranking(page, facts)
    scored = [one for one in facts.ranking if one.score is not None]
    if scored:
        parts.break_before(page)
        _chart(page, facts, table)


def _finding(facts: Facts) -> str:
    best, worst = extremes(facts.ranking)
    if not best or not worst:
        return _("{count} branches, too few to rank").format(count=len(facts.ranking))
    return _("{best} leads with {high}; {worst} is last with {low}").format(
        best=sentences.place_name(facts, best[0].branch),
        high=numbers.score(best[0].score),
        worst=sentences.place_name(facts, worst[0].branch),
        low=numbers.score(worst[0].score),
    )


def _ranking(page: Page, facts: Facts) -> Table:
    tree = facts.tree
    columns = (
        parts.texts("name", _("Branch"), wrap=True),
        parts.texts("peers", _("Peers")),
        parts.number("rank", _("Rank"), digits=0),
        parts.number("of", _("of"), digits=0),
        parts.number("users", _("Registered"), "users"),
        parts.score("score", _("Score")),
        Column("change", _("Change"), "number", signed=True, digits=1),
        Column("band", _("Status")),
        *(parts.score(one, sentences.name(tree, one)) for one in tree.perspectives),
        parts.number("coverage", _("Coverage"), "%", digits=0),
        parts.number("lines", _("Red lines"), digits=0),
    )
    return page.table(columns, [_row(facts, one) for one in facts.ranking], filters=True)


def _row(facts: Facts, one: Ranked) -> Sequence[Value | Cell]:
    card, node = facts.card, facts.card.node(ROOT, one.branch)
    then = parts.score_of(parts.of_card(facts.before, ROOT, one.branch))
    return (
        sentences.place_name(facts, one.branch),
        codes.size_words(one.size),
        one.rank,
        one.of if one.rank is not None else None,
        parts.people(one.users),
        node.score,
        parts.score_change(node.score, then),
        parts.status(facts.tree, node),
        *(card.node(name, one.branch).score for name in facts.tree.perspectives),
        node.coverage,
        len(card.breached(one.branch)),
    )


def _chart(page: Page, facts: Facts, table: Table) -> None:
    count = min(len(facts.ranking), MOST_DRAWN)
    rows = (table.first, table.first + count - 1)
    title = _("Scores of the branches, by peers and rank")
    height = max(6.0, min(17.0, 2.5 + 0.42 * count))
    page.chart(
        bar_chart(
            table, "name", ("score",), title, horizontal=True, size=80.0, low=0.0, rows=rows,
            height=height, width=26.0,
        )
    )  # fmt: skip
