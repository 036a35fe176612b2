"""Number formats by unit and language; a scaled format shows less and keeps the exact value."""

from __future__ import annotations

import math

WHOLE = {"users": 0.0, "count": 100.0}
"""Units of things that are counted, and from where on decimals would mean nothing."""
NEAR_ALL = 99.5
"""From where on what is missing from 100 % counts: 99.99 is not 100."""
SIGNS = {"CNY": '"¥"'}
SUFFIXES = {"%": '"%"', "pp": '" pp"'}
DAY, MOMENT, MONTH, TEXT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "yyyy-mm", "@"
SCORE, WEIGHT = "0.0", "0.0##"
_SCALES = {
    "zh": ((1e8, r"#0\.00,,", '"亿"'), (1e4, r"#0\.0,", '"万"')),
    "en": ((1e9, "0.00,,,", '"B"'), (1e6, "0.00,,", '"M"'), (1e4, "0.0,", '"K"')),
}
"""From which size on a number is shown how. Spreadsheets scale by thousands only: 万 and 亿 come
from thousands and millions with a point written before the last digits."""


def number_format(
    unit: str, size: float | None, lang: str, *, signed: bool = False, digits: int | None = None
) -> str:
    """The format of a number of about this size, in its unit.

    ``signed`` puts + before gains; ``digits`` fixes the decimals and leaves the size unscaled.

    >>> number_format("CNY", 123456789.0, "zh"), number_format("CNY", 123456789.0, "en")
    ('"¥"#0\\\\.00,,"亿"', '"¥"0.00,,"M"')
    >>> number_format("%", 1.5, "en", signed=True)
    '+0.00"%";-0.00"%";0.00"%"'
    >>> number_format("%", 99.99, "zh"), number_format("%", 85.0, "zh")
    ('0.00"%"', '0.0"%"')
    """
    body = _body(unit, abs(size or 0.0), lang, digits)
    if signed:
        return f"+{body};-{body};{body}"
    return body


def _body(unit: str, size: float, lang: str, digits: int | None) -> str:
    before, after = SIGNS.get(unit, ""), SUFFIXES.get(unit, "")
    if digits is None and not after:
        for least, form, word in _SCALES[lang]:
            if size >= least:
                return f"{before}{form}{word}"
    places = _places(unit, size) if digits is None else digits
    form = f"#,##0.{'0' * places}" if places else "#,##0"
    if size < 1000:
        form = form.replace("#,##0", "0")
    return f"{before}{form}{after}"


def _places(unit: str, size: float) -> int:
    """Decimals that leave three significant digits."""
    if unit in WHOLE and size >= WHOLE[unit]:
        return 0
    if size == 0 or size >= 1000:
        return 0
    if size >= 1:
        return 2 if size < 10 or (unit == "%" and NEAR_ALL < size < 100) else 1
    return min(5, 2 - math.floor(math.log10(size)))
