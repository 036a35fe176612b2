"""Names of modules, pages, tiers and times for readers."""

from __future__ import annotations

from collections.abc import Mapping

from data.behaviour.funnel import Step
from metrics.behaviour.intervals import Share
from metrics.behaviour.routes import OTHER
from ui.frame import Here
from ui.load.behaviour import PageName
from words import numbers
from words.i18n import _, _n, language
from words.names import value_words
from words.text import plain

DO_FINISH, DO_OPEN, FINISH = "finish", "open", "task_finish"
"""Steps of a funnel that are no page: ``finish:MODULE`` and ``open``."""


def module_name(here: Here, module: str) -> str:
    """A module's name; its code where the tree does not know it."""
    found = here.tree.modules.get(module)
    if found is None:
        return plain(module, 40) or _("none")
    return plain(found.name_zh if language() == "zh" else found.name_en, 40)


def page_name(pages: Mapping[str, PageName], page: str) -> str:
    """A page's name, "other pages" for those put together."""
    if page == OTHER:
        return _("Other pages")
    found = pages.get(page)
    if found is None:
        return plain(page, 40)
    name = found.name_zh if language() == "zh" else found.name_en or found.name_zh
    return plain(name or page, 40)


def tier_name(tier: str) -> str:
    """A tier; '' is none known."""
    return value_words("tier")(tier) if tier else _("No tier")


def step_name(here: Here, pages: Mapping[str, PageName], code: str) -> str:
    """A step of a funnel as its code stands in the address."""
    if code == DO_OPEN:
        return _("Opened the App")
    if code.startswith(f"{DO_FINISH}:"):
        module = module_name(here, code.partition(":")[2])
        return _("{module}: task finished").format(module=module)
    return page_name(pages, code)


def step_of(pages: Mapping[str, PageName], code: str) -> Step:
    """The step that a code stands for."""
    if code == DO_OPEN:
        return Step(action="open")
    if code.startswith(f"{DO_FINISH}:"):
        return Step(module=code.partition(":")[2], action=FINISH)
    page = pages.get(code)
    if page is None:
        return Step(page=code)
    steps = [one for one in pages.values() if one.module == page.module and one.step]
    last = max((one.step for one in steps if one.task == page.task), default=0)
    # Runs end on the last page of a task: on another page a finish is no visit.
    ends = not steps or page.step == last > 0
    return Step(page=code, module=page.module, but="" if ends else FINISH)


def share_words(found: Share) -> str:
    """A share with its interval and how many people it is of."""
    if found.value is None:
        return numbers.MISSING
    return _("{value} ({low}–{high}, n = {n})").format(
        value=numbers.percent(found.value),
        low=numbers.number(found.low, 1),
        high=numbers.percent(found.high),
        n=numbers.number(found.whole, 0) if found.whole < 10_000 else numbers.number(found.whole),
    )


def duration(seconds: float | None) -> str:
    """A time to convert in its natural unit.

    >>> duration(45), duration(5400), duration(200_000)
    ('45 s', '1.5 h', '2.3 d')
    """
    if seconds is None:
        return numbers.MISSING
    if seconds < 90:
        return _("{count} s").format(count=numbers.number(seconds, 0))
    if seconds < 3600:
        return _("{count} min").format(count=_short(seconds / 60))
    if seconds < 86_400:
        return _("{count} h").format(count=_short(seconds / 3600))
    return _("{count} d").format(count=_short(seconds / 86_400))


def _short(value: float) -> str:
    return numbers.number(round(value, 1), None if round(value, 1) % 1 else 0)


def people(count: int) -> str:
    """So many users."""
    told = numbers.number(count, 0) if count < 10_000 else numbers.number(count)
    return _n("{count} user", "{count} users", count).format(count=told)


def stage_words(stage: str) -> str:
    """A stage of AARRR."""
    return {
        "acquisition": _("0 Acquisition"),
        "activation": _("1 Activation"),
        "retention": _("2 Retention"),
        "conversion": _("3 Conversion"),
        "revenue": _("4 Revenue"),
        "referral": _("5 Referral"),
    }[stage]


def colour_words(colour: str) -> str:
    """A colour of silence, with its sign."""
    return {
        "orange": _("◆ Orange"),
        "yellow": _("▲ Yellow"),
        "red": _("■ Red"),
        "gray": _("○ Grey"),
        "blue": _("● Blue"),
    }[colour]


def chain_words(chain: str) -> str:
    """A chain of touchpoints."""
    return {
        "payment": _("Payment chain"),
        "wealth": _("Wealth chain"),
        "credit": _("Credit chain"),
    }[chain]


def format_words(kind: str) -> str:
    """A format of content; '' is all of them."""
    return {
        "": _("All content"),
        "article": _("Article"),
        "image": _("Picture"),
        "short_video": _("Short video"),
        "live": _("Live"),
        "audio": _("Audio"),
        "quiz": _("Quiz"),
    }.get(kind, plain(kind, 30))
