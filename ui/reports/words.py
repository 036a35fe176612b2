"""Words of the screen Reports that several of its parts use."""

from __future__ import annotations

from data.state.reports import IssuedReport
from data.viewer import Permission
from ui.frame import Here
from words import numbers
from words.i18n import LANGUAGE_NAMES, _, language
from words.text import plain

SHORT = 12
MAY_ISSUE: Permission = "remark"
"""The permission that issuing needs: whoever may comment on a month's numbers."""


def scope_name(here: Here, branch: str) -> str:
    """A scope by its name; the id of a branch that is not known any more."""
    if not branch:
        return _("Whole bank")
    return plain(here.bank.name(branch, language()) or branch, 60)


def version_words(one: IssuedReport) -> str:
    """Which version of a report."""
    return _("version {number}").format(number=one.number)


def way_words(one: IssuedReport) -> str:
    """From where a report was issued."""
    return {"screen": _("screen"), "command": _("command line")}[one.via]


def full_name(here: Here, one: IssuedReport) -> str:
    """A version of a report in one line."""
    return " · ".join(
        (
            _("No. {id}").format(id=one.id),
            f"{one.month:%Y-%m}",
            scope_name(here, one.branch),
            LANGUAGE_NAMES[one.language],
            version_words(one),
        )
    )


def size_words(size: int) -> str:
    """The size of a file.

    >>> size_words(222_801)
    '218 KB'
    """
    return f"{numbers.number(size / 1024, 0)} KB"


def issued_words(one: IssuedReport) -> str:
    """Who issued it, and when."""
    return _("{who}, {moment} UTC").format(
        who=plain(one.issued_by, 60), moment=numbers.moment(one.issued_at)
    )
