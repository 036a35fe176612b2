"""Draft, submitted, published: the steps that weights and baselines share on the screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from data.configuration import ConfigurationError
from data.state import AuditEntry, StateConflictError, StateError
from metrics.scorecard import PublishingError
from words import numbers
from words.i18n import _, _n, message
from words.text import plain, safe

LARGEST_MB = 4
SHOWN_PROBLEMS = 20


def acted(step: Callable[[], object], done: str) -> bool:
    """Do a step and say how it went; what is refused changes nothing.

    What was done is said after the next run: the caller reruns the page.
    """
    try:
        step()
    except StateConflictError as error:
        st.warning(
            _("Somebody else was faster. What you typed is still here. {why}").format(
                why=safe(message(error), 400)
            )
        )
        return False
    except PublishingError as error:
        refused([plain(message(one), 300) for one in error.problems])
        return False
    except StateError as error:
        refused([plain(message(error), 400)])
        return False
    st.session_state["lifecycle_done"] = done
    return True


def refused(problems: Sequence[str]) -> None:
    """All that is in the way, at once."""
    told = _n("{count} thing is in the way:", "{count} things are in the way:", len(problems))
    lines = [f"- {safe(one, 400)}" for one in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        more = _("and {count} more").format(count=len(problems) - SHOWN_PROBLEMS)
        lines.append(f"- {more}")
    st.error("\n".join([f"**{told.format(count=len(problems))}**", "", *lines]))


def problems_of(error: ConfigurationError) -> list[str]:
    """The problems of a file, each with its place."""
    return [plain(message(one), 300) for one in error.problems]


def told() -> None:
    """Say once what the last step did."""
    done = st.session_state.pop("lifecycle_done", None)
    if done:
        st.success(f"✓ {safe(done, 300)}")


def life_table(entries: Sequence[AuditEntry]) -> pd.DataFrame:
    """Who did what and when."""
    words = {
        "draft": _("drafted"),
        "edit": _("edited"),
        "submit": _("handed in"),
        "send_back": _("sent back"),
        "publish": _("published"),
        "discard": _("discarded"),
    }
    return pd.DataFrame(
        {
            _("When (UTC)"): [numbers.moment(one.at) for one in entries],
            _("Who"): [plain(one.who, 60) for one in entries],
            _("What"): [words.get(one.action, plain(one.action, 40)) for one in entries],
        }
    )
