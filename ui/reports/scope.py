"""Whether the view is one that a monthly report can be made of, and what to do where it is not."""

from __future__ import annotations

import streamlit as st

from data.period import Period, containing
from reports.month.build import require_complete
from reports.month.refused import ReportError
from ui import links
from ui.frame import Here
from ui.load import Bank
from words import numbers
from words.i18n import _, message
from words.text import safe

MONTHS_BACK = 36


def fits(here: Here) -> bool:
    """Say what is in the way of a report, with a link that helps; True where nothing is."""
    view = here.view
    try:
        require_complete(here.bank.coverage, view.period)
    except ReportError as error:
        with st.container(border=True, key="state-report"):
            st.subheader(_("There is no report of this period"), anchor=False)
            st.markdown(safe(message(error), 400))
            month = last_month(here.bank)
            if month is not None and month != view.period:
                label = _("Go to {period}").format(period=numbers.period(month))
                links.to_page(view, links.REPORTS, label, {"period": str(month)})
        return False
    if view.segment:
        st.info(_("A report is of a whole scope: the segment above is left out of it."))
    return True


def last_month(bank: Bank) -> Period | None:
    """The newest month that can be reported, of those of the last years."""
    month = containing(bank.as_of, "month")
    for _back in range(MONTHS_BACK):
        if month.last <= bank.as_of and bank.has_data(month):
            return month
        month = month.previous()
    return None
