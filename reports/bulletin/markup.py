"""HTML out of parts: whatever is text is escaped in one place, nothing of it can become a tag."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from words.text import plain

LONGEST = 2000
_NAME = re.compile(r"^[a-z][a-z0-9]*$")
_EMPTY = ("meta", "img", "polyline", "circle", "br")
"""Elements that hold nothing and have no end."""


@dataclass(frozen=True)
class Markup:
    """HTML that is made already; only ``tag`` makes it."""

    text: str


Part = Markup | str


def tag(name: str, *parts: Part, **attributes: str) -> Markup:
    """An element; texts inside of it and in its attributes are escaped. ``_`` in names is ``-``.

    ValueError for a name that is none: names come from the code, never from data.

    >>> tag("p", "5 < 6 & <script>", tag("b", "x"), title='say "no"').text
    '<p title="say &quot;no&quot;">5 &lt; 6 &amp; &lt;script&gt;<b>x</b></p>'
    """
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is no element's name")
    named = ((key.strip("_").replace("_", "-"), value) for key, value in attributes.items())
    written = "".join(f' {key}="{escaped(value)}"' for key, value in named)
    if name in _EMPTY:
        return Markup(f"<{name}{written}>")
    inside = "".join(one.text if isinstance(one, Markup) else escaped(one) for one in parts)
    return Markup(f"<{name}{written}>{inside}</{name}>")


def joined(*parts: Part) -> Markup:
    """Parts one after the other."""
    return Markup("".join(x.text if isinstance(x, Markup) else escaped(x) for x in parts))


def escaped(text: str) -> str:
    """Text as HTML shows it, on one line and without what steers a reader's program.

    >>> escaped("a\\x00<b>")
    'a &lt;b&gt;'
    """
    return escape(plain(text, LONGEST), quote=True)
