"""How periods are spoken of: the patterns of both languages, on folded text."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from data.period import Kind

Relative: TypeAlias = Literal["", "previous", "year"]
Step: TypeAlias = tuple[Kind, int, Relative]
"""So many calendar periods back, and the comparison that this stands for."""

MONTHS = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?",
    "aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip
YEARS = {
    "今年": 0, "本年": 0, "this year": 0, "去年": -1, "上年": -1, "last year": -1, "前年": -2,
}  # fmt: skip
ORDER = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
UNITS: dict[str, Kind] = {
    "天": "day", "日": "day", "day": "day", "周": "week", "星期": "week", "week": "week",
    "月": "month", "month": "month", "季": "quarter", "季度": "quarter", "quarter": "quarter",
    "年": "year", "year": "year",
}  # fmt: skip

_MON = rf"(?P<mon>{'|'.join(MONTHS)})\.?(?![a-z])"
_CN = "[一二两三四五六七八九十]{1,3}"
_DIGITS = rf"\d{{1,2}}|{_CN}"
_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_N = rf"(?:\d{{1,3}}|{_CN}|{_WORDS})"
_4 = r"(?:19|20|21)\d\d"
_END = r"(?![a-z0-9])"
_YEAR_ZH = (
    rf"(?:(?P<y>{_4}|\d\d)\s*年度?|(?P<word>今年|本年|去年|上年|前年)"
    rf"|(?P<y3>{_4})(?=\s?[上下第q一二三四]))?\s*的?\s*"
)
_YEAR_EN = (
    rf"(?:(?:\s*,?\s*(?:of\s+)?|\s*-\s*)(?:(?P<y>{_4})(?!\d)|'(?P<y2>\d\d)(?!\d)"
    r"|(?P<word>last year|this year)(?![a-z])))?"
)
_MONTH_ZH = r"\s*月(?!均|活|户)(?:末|底|份(?!额))?"
_ORDERS = "|".join(ORDER)

PARTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(text))
    for kind, text in (
        ("iso", rf"(?P<y>{_4})[-/.](?P<m>\d{{1,2}})(?:[-/.](?P<d>\d{{1,2}}))?(?!\d)"),
        ("day", rf"{_YEAR_ZH}(?P<m>{_DIGITS})\s*月\s*(?P<d>{_DIGITS})\s*[日号]"),
        ("month", rf"{_YEAR_ZH}(?P<m>{_DIGITS}){_MONTH_ZH}"),
        ("quarter", rf"{_YEAR_ZH}(?:第?\s*(?P<m>[1-4一二三四])\s*季度?|q(?P<q>[1-4])(?!\d))"),
        ("half", rf"{_YEAR_ZH}(?P<h>[上下])半年"),
        ("year", rf"(?:(?P<y>{_4})\s*年(?:全年|度)?|(?P<word>今年|去年|前年)\s*全年)"),
        ("day", rf"{_MON}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]){_YEAR_EN}{_END}"),
        ("day", rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MON}{_YEAR_EN}{_END}"),
        ("month", rf"{_MON}{_YEAR_EN}{_END}"),
        ("month", rf"(?P<y>{_4})\s+{_MON}"),
        ("quarter", rf"q(?P<m>[1-4])(?!\d){_YEAR_EN}"),
        ("quarter", rf"(?P<m>[1-4])q{_YEAR_EN}{_END}"),
        ("quarter", rf"(?P<y>{_4})\s*-?\s*q(?P<m>[1-4])(?!\d)"),
        ("quarter", rf"(?:the\s+)?(?P<o>{_ORDERS})\s+quarter{_YEAR_EN}{_END}"),
        ("half", rf"h(?P<m>[12])(?!\d){_YEAR_EN}"),
        ("half", rf"(?P<y>{_4})\s*-?\s*h(?P<m>[12])(?!\d)"),
        (
            "half",
            rf"(?:the\s+)?(?P<o>first|second) half(?: of (?:the )?year)?{_YEAR_EN}{_END}",
        ),
        ("year", rf"(?:fy\s*|year\s+)?(?P<y>{_4}){_END}"),
    )
)
RUN = re.compile(rf"{_YEAR_ZH}(?P<a>{_DIGITS})\s*月?\s*(?:-|~|到|至)\s*(?P<b>{_DIGITS}){_MONTH_ZH}")
OPENING = re.compile(rf"{_YEAR_ZH}前\s*(?P<n>{_DIGITS})\s*(?:个\s*(?P<u>月)|(?P<u2>季度))")
TO = re.compile(r"\s*(?:-|~|到|至|\.\.|\bto\b|\bthrough\b|\buntil\b|\btill\b)\s*")
AND = re.compile(r"\s*(?:and|和|与)\s*")
FROM = re.compile(r"(?P<between>between|介于)\s*|(?:from|从|自)\s*")
SINCE_BEFORE = re.compile(r"since\s+(?:the start of\s+)?")
SINCE_AFTER = re.compile(rf"\s*(?:以来|至今)|\s+(?:to date|until now|till now){_END}")
WEEK = re.compile(rf"(?P<text>{_4}-w\d\d)(?!\d)")
LAST_N = re.compile(
    rf"(?:过去|最近|近)\s*(?:的\s*)?"
    rf"(?:(?P<n>{_N})\s*个?\s*(?P<u>天|日|周|星期|月|季度|季|年)|(?P<half>半年))"
    rf"|(?:the\s+)?(?:last|past|previous|trailing|recent)\s+(?P<n2>{_N})\s+"
    rf"(?P<u2>day|week|month|quarter|year)s?{_END}"
)
_LAST, _THIS = "(?:the )?(?:last|previous|prior)", "(?:this|the current|current)"
_AGO: tuple[tuple[str, str, Step], ...] = (
    ("上上个?月", "the month before last", ("month", 2, "")),
    ("上个?月(?!末|底)", f"{_LAST} month(?!-| ?end)", ("month", 1, "previous")),
    ("本月|这个?月|当月", f"{_THIS} month", ("month", 0, "")),
    ("上个?季度?", f"{_LAST} quarter", ("quarter", 1, "previous")),
    ("本季度?|这个?季度|当季", f"{_THIS} quarter", ("quarter", 0, "")),
    ("前年", "the year before last", ("year", 2, "")),
    ("去年|上年|上一年", f"{_LAST} year", ("year", 1, "year")),
    ("今年|本年度?|当年|全年", f"{_THIS} year", ("year", 0, "")),
    ("上个?(?:周|星期|礼拜)|上一周", f"{_LAST} week", ("week", 1, "previous")),
    ("(?:本|这|这个|当)(?:周|星期)", f"{_THIS} week", ("week", 0, "")),
    ("昨天|昨日", "yesterday", ("day", 0, "previous")),
    ("今天|今日|当天", "today", ("day", 0, "")),
    ("前天|前日", "the day before yesterday", ("day", 1, "")),
)
AGO = tuple((re.compile(f"(?:{zh}|{en}{_END})"), step) for zh, en, step in _AGO)
_SO_FAR: tuple[tuple[str, str, Kind], ...] = (
    (
        "年初至今|今年以来|本年以来|本年累计|今年累计",
        "year[ -]to[ -]date|ytd|so far this year",
        "year",
    ),
    ("季初至今|本季以来", "quarter[ -]to[ -]date|qtd", "quarter"),
    ("月初至今|本月以来|本月累计", "month[ -]to[ -]date|mtd", "month"),
)
SO_FAR = tuple((re.compile(f"(?:{zh}|(?:{en}){_END})"), kind) for zh, en, kind in _SO_FAR)
