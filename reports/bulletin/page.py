"""The bulletin as one HTML page that prints on A4 portrait: no script, nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence

from data.report_look import ReportLook
from reports.bulletin.content import Bulletin, Place, Section
from reports.bulletin.markup import Markup, joined, tag
from words.i18n import _, _n, language

SIZES = (9.2, 8.6, 8.0, 7.4, 6.9)
"""Points of the running text, from what is read best to what is just read in print."""
FONTS = {
    "zh": '"Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "WenQuanYi Zen Hei"',
    "en": '"Helvetica Neue", "Liberation Sans", Arial, "Noto Sans CJK SC"',
}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
CSS = """
@page {{ size: A4 portrait; margin: 11mm 12mm; }}
* {{ box-sizing: border-box; margin: 0; padding: 0; }}
body {{ font: {size}pt/1.38 {font}, sans-serif; color: #1B2430; width: 186mm; margin: 0 auto;
  font-variant-numeric: tabular-nums; print-color-adjust: exact;
  -webkit-print-color-adjust: exact; }}
header {{ display: flex; justify-content: space-between; align-items: center; color: #5B6675;
  border-bottom: 2pt solid #{accent}; padding-bottom: 1.5mm; margin-bottom: 2.5mm; }}
header img {{ height: 9mm; }}
h1 {{ font-size: 1.75em; line-height: 1.2; color: #14284B; }}
h2 {{ font-size: 1.08em; color: #{accent}; margin: 2.2mm 0 0.6mm; }}
.lead {{ display: flex; gap: 5mm; align-items: center; margin: 1.5mm 0 2mm; }}
.figure {{ font-size: 2.9em; font-weight: 700; line-height: 1; white-space: nowrap; }}
.figure span {{ font-size: 0.4em; font-weight: 600; margin-left: 1.5mm; }}
.red {{ border-left: 2.5pt solid #{bad}; padding: 0.4mm 2mm; margin: 0.8mm 0; font-weight: 600; }}
table {{ width: 100%; border-collapse: collapse; }}
th {{ text-align: left; background: #EAF0F8; color: #14284B; font-weight: 600; }}
th, td {{ padding: 0.7mm 1.4mm; border-bottom: 0.4pt solid #C5CCD6; vertical-align: top; }}
.n {{ text-align: right; white-space: nowrap; }} .w {{ white-space: nowrap; }}
.first td {{ font-weight: 700; }} .good {{ color: #{good}; }} .bad {{ color: #{bad}; }}
.marks {{ color: #5B6675; white-space: nowrap; font-weight: 400;
  font-family: "Noto Sans CJK SC", "Source Han Sans SC", "DejaVu Sans Mono", monospace; }}
.two {{ display: grid; grid-template-columns: 1fr 1fr; gap: 0 6mm; }}
li {{ list-style: none; padding-left: 2.5mm; text-indent: -2.5mm; overflow-wrap: anywhere; }}
.more, footer {{ color: #5B6675; }}
section {{ break-inside: avoid; }}
footer {{ border-top: 0.6pt solid #C5CCD6; margin-top: 2.5mm; padding-top: 1mm;
  font-size: 0.88em; }}
@media screen {{ body {{ margin: 10mm auto; }} }}
"""


def page(found: Bulletin, look: ReportLook, size: float = SIZES[0]) -> str:
    """The page in the language that is spoken; ``size`` in points."""
    lang = language()
    fonts = f'"{_fit(look.font(lang))}", {FONTS[lang]}'
    css = CSS.format(size=size, font=fonts, accent=look.accent, good=look.good, bad=look.bad)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("title", found.title),
        Markup(f"<style>{css}</style>"),
    )
    whole = tag("html", head, tag("body", *_body(found, look)), lang=lang)
    return f"<!DOCTYPE html>\n{whole.text}\n"


def _fit(font: str) -> str:
    """A typeface's name as CSS takes it: letters, figures, blanks and hyphens."""
    return "".join(sign for sign in font if sign.isalnum() or sign in " -")


def _body(found: Bulletin, look: ReportLook) -> Iterator[Markup]:
    logo = () if look.logo is None else (tag("img", src=_inline(look), alt=""),)
    bank = tag("span", look.name(language()) or "Canopy")
    yield tag("header", tag("div", *logo, bank), tag("span", _("Bulletin for the meeting")))
    yield tag("h1", found.title)
    band = (tag("span", found.band),) if found.band else ()
    figure = tag("div", found.figure, *band, class_="figure")
    yield tag("div", figure, tag("p", found.headline), class_="lead")
    for line in found.red_lines:
        yield tag("p", line, class_="red")
    yield _perspectives(found)
    yield tag("div", *(_section(one) for one in _sections(found)), class_="two")
    if found.best or found.worst:
        yield _places(found)
    yield tag("footer", " · ".join(found.about))


def _inline(look: ReportLook) -> str:
    raw = b"" if look.logo is None else look.logo.read_bytes()
    kind = "png" if raw.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{b64encode(raw).decode()}"


def _perspectives(found: Bulletin) -> Markup:
    heads = (
        (_("Perspective"), ""), (_("13 months"), ""), (_("Score"), "n"), (_("Change"), "n"),
        (_("Last year"), "n"), (_("Status"), ""), (_("In a sentence"), ""),
    )  # fmt: skip
    rows = [
        tag(
            "tr",
            tag("td", one.name, class_="w"), tag("td", one.marks, class_="marks"),
            tag("td", one.score, class_="n"), tag("td", one.change, class_=_change(one.good)),
            tag("td", one.year, class_="n"), tag("td", one.band, class_="w"), tag("td", one.told),
            class_="first" if place == 0 else "",
        )
        for place, one in enumerate(found.rows)
    ]  # fmt: skip
    return tag("table", tag("tr", *(tag("th", name, class_=kind) for name, kind in heads)), *rows)


def _change(good: int) -> str:
    return f"n {('', 'good', 'bad')[good]}".strip()


def _sections(found: Bulletin) -> Iterator[Section]:
    yield from found.sections
    if found.courses:
        yield Section(_("On the way to the year's goals"), found.courses)


def _section(one: Section) -> Markup:
    lines = [tag("li", line) for line in one.lines]
    if one.more:
        told = _n("{count} more in the workbook", "{count} more in the workbook", one.more)
        lines.append(tag("li", told.format(count=one.more), class_="more"))
    return tag("section", tag("h2", one.heading), tag("ul", *lines))


def _places(found: Bulletin) -> Markup:
    best = tag("section", tag("h2", _("Best branches")), _ranked(found.best))
    worst = tag("section", tag("h2", _("Weakest branches")), _ranked(found.worst))
    return tag("div", best, worst, class_="two")


def _ranked(places: Sequence[Place]) -> Markup:
    heads = ((_("Branch"), ""), (_("Score"), "n"), (_("Change"), "n"), (_("Rank"), "n"))
    rows = (
        tag(
            "tr", tag("td", one.name), tag("td", one.score, class_="n"),
            tag("td", one.change, class_=_change(one.good)), tag("td", one.rank, class_="n"),
        )
        for one in places
    )  # fmt: skip
    head = tag("tr", *(tag("th", name, class_=kind) for name, kind in heads))
    return joined(tag("table", head, *rows))
