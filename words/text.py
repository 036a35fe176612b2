"""Text from data on its way to the screen: the one place where it is made harmless."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"""[\\`*_{}\[\]()#+\-.!|~>:$<&"'=@/^]""")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
LONGEST = 200
"""Characters of a name that a screen shows."""


def plain(text: object, longest: int = LONGEST) -> str:
    """Text as one line without invisible characters, for places that take no markup.

    >>> plain("a\\n\\u202eb")
    'a b'
    """
    found = " ".join(_CONTROL.sub(" ", str(text)).split())
    return found if len(found) <= longest else f"{found[: longest - 1]}…"


def safe(text: object, longest: int = LONGEST) -> str:
    """Text that Markdown shows as it stands: no link, image, formula, colour, HTML or heading.

    Every character that could begin markup becomes an HTML entity, which Markdown turns back into
    the character after it has looked for markup.

    >>> safe("![x](http://a)")
    '&#33;&#91;x&#93;&#40;http&#58;&#47;&#47;a&#41;'
    """
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", plain(text, longest))


def safe_html(text: object, longest: int = LONGEST) -> str:
    """Text for Plotly's labels and hovers, which read a little HTML and ``%{…}`` templates.

    >>> safe_html("<b>50%{x}</b>")
    '&lt;b&gt;50%\\u200b{x}&lt;/b&gt;'
    """
    found = plain(text, longest).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return found.replace("%{", "%\u200b{")
