"""Formulas: what they accept, what they compute, how they read."""

from __future__ import annotations

import dataclasses
import operator
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.formula import Floats, Formula, FormulaError, Node, Number, Term, parse

NAMES = ("aum", "sessions", "d1_due")

values = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, float("nan")]))
held = st.fixed_dictionaries(dict.fromkeys(NAMES, values))
numbers = st.floats(0, 1e6).map(lambda value: round(value, 4))

Points = Mapping[str, float]
Meaning = Callable[[Points], float]
SIGNS: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@dataclass(frozen=True)
class Sample:
    """A formula's text beside the same arithmetic done by Python itself."""

    text: str
    meaning: Meaning


def _named(name: str) -> Sample:
    return Sample(name, operator.itemgetter(name))


def _numbered(value: float) -> Sample:
    return Sample(repr(value), lambda points: value)


def _joined(left: Sample, sign: str, right: Sample) -> Sample:
    def meaning(points: Points) -> float:
        try:
            return SIGNS[sign](left.meaning(points), right.meaning(points))
        except ZeroDivisionError:
            return float("nan")

    return Sample(f"({left.text} {sign} {right.text})", meaning)


def _samples(leaves: st.SearchStrategy[float]) -> st.SearchStrategy[Sample]:
    signs = st.sampled_from(sorted(SIGNS))
    bracketed = st.recursive(
        st.one_of(st.sampled_from(NAMES).map(_named), leaves.map(_numbered)),
        lambda inner: st.builds(_joined, inner, signs, inner),
        max_leaves=8,
    )
    # a formula needs a point
    return bracketed.map(lambda sample: _joined(_named("aum"), "*", sample))


samples = _samples(numbers)


def _exact(node: Node, points: Mapping[str, Fraction]) -> Fraction | None:
    """The node's value without rounding; None where it divides by zero."""
    if isinstance(node, Number):
        return Fraction(node.value)
    if isinstance(node, Term):
        return points[node.point]
    left, right = _exact(node.left, points), _exact(node.right, points)
    if left is None or right is None or (node.sign == "/" and right == 0):
        return None
    results = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
    return Fraction(results[node.sign](left, right))


def _lookup(points: dict[str, float]) -> dict[Term, Floats]:
    return {Term("total", name): np.array([value]) for name, value in points.items()}


@given(samples, held)
def test_a_formula_evaluates_like_arithmetic(sample: Sample, points: dict[str, float]) -> None:
    found = parse(sample.text, NAMES).evaluate(_lookup(points).__getitem__)[0]
    expected = sample.meaning(points)
    if np.isfinite(expected):
        assert found == expected
    else:
        assert np.isnan(found)


@given(samples, st.lists(held, min_size=1, max_size=5))
def test_a_formula_is_elementwise(sample: Sample, rows: list[dict[str, float]]) -> None:
    formula = parse(sample.text, NAMES)
    columns = {Term("total", name): np.array([row[name] for row in rows]) for name in NAMES}
    together = formula.evaluate(columns.__getitem__)
    alone = [formula.evaluate(_lookup(row).__getitem__)[0] for row in rows]
    np.testing.assert_array_equal(together, np.array(alone))


@given(samples, st.lists(st.sampled_from([0.0, np.nan, np.inf, -np.inf, 1e308]), min_size=3))
def test_nothing_is_raised_and_nothing_is_infinite(sample: Sample, row: list[float]) -> None:
    formula = parse(sample.text, NAMES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = formula.evaluate(lambda term: np.array(row))
    assert not np.isinf(found).any()
    assert found.dtype == np.float64


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    try:
        formula = parse(text, NAMES)
    except FormulaError as error:
        assert str(error).startswith(f"column {error.column}: found ")
    else:
        assert formula.points <= set(NAMES)


@given(
    _samples(st.integers(0, 10**9).map(float)),
    st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(-99, 99).map(Fraction))),
)
def test_words_keep_the_meaning(sample: Sample, points: dict[str, Fraction]) -> None:
    """The words, read back as a formula, have exactly the value of the formula itself."""
    formula = parse(sample.text, NAMES)
    said = formula.words("zh", {name: name for name in NAMES})
    for shown, sign in (("×", "*"), ("÷", "/"), ("−", "-"), ("（", "("), ("）", ")"), (",", "")):
        said = said.replace(shown, sign)
    assert _exact(parse(said, NAMES).root, points) == _exact(formula.root, points)


def test_terms_of_every_kind() -> None:
    formula = parse(
        "user_months(a) + user_days(b) + quantile(0.95, c) + year_ago(d) + e * days / e"
    )
    assert formula.calls == (
        Term("user_months", "a"),
        Term("user_days", "b"),
        Term("quantile", "c", 0.95),
        Term("year_ago", "d"),
        Term("total", "e"),
        Term("days"),
    )
    assert formula.points == frozenset("abcde")
    assert formula.divides
    assert not parse("a - b").divides


@pytest.mark.parametrize(
    ("text", "divides", "linear"),
    [
        ("a - b", False, True),
        ("a / 60000 + 2 * b", False, True),
        ("a / b", True, False),
        ("1 + 2 / a", True, False),
        ("a * b", False, False),
        ("a / (2 * days)", True, False),
        ("3 * (a * (1 + b))", False, False),
    ],
)
def test_ratios_and_sums_are_told_apart(text: str, divides: bool, linear: bool) -> None:
    assert (parse(text).divides, parse(text).linear) == (divides, linear)


def test_division_by_zero_and_what_is_missing_is_nan() -> None:
    formula = parse("100 * a / b")
    columns = {
        "a": np.array([1.0, 0.0, np.nan, 4.0]),
        "b": np.array([0.0, 0.0, 2.0, 8.0]),
    }
    found = formula.evaluate(lambda term: columns[term.point])
    np.testing.assert_array_equal(found, [np.nan, np.nan, np.nan, 50.0])


def test_scalars_and_matrices_are_shaped_as_given() -> None:
    formula = parse("a / days")
    assert formula.evaluate(lambda term: np.array(6.0)).shape == ()
    sides = {"a": np.ones((3, 4)), "": np.full((1, 4), 2.0)}
    np.testing.assert_array_equal(
        formula.evaluate(lambda term: sides[term.point]), np.full((3, 4), 0.5)
    )


def test_integers_are_divided_as_floats() -> None:
    found = parse("a / b").evaluate(lambda term: np.array([1 if term.point == "a" else 2]))
    np.testing.assert_array_equal(found, [0.5])


def test_equal_texts_are_equal_and_frozen() -> None:
    formula = parse(" a / b ")
    assert formula == parse("a / b")
    assert hash(formula) == hash(parse("a / b"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        formula.text = "b / a"  # type: ignore[misc]


REFUSED = {
    "": (1, "numbers, points, days", None),
    "1 + 2": (1, "at least one data point", None),
    "days": (1, "at least one data point", None),
    "a +": (1, "numbers, points, days", None),
    "a ** 2": (1, "numbers, points, days", None),
    "a // b": (1, "numbers, points, days", None),
    "a % b": (1, "numbers, points, days", None),
    "-a": (1, "numbers, points, days", None),
    "a if b else c": (1, "numbers, points, days", None),
    "a < b": (1, "numbers, points, days", None),
    "a.b": (1, "numbers, points, days", None),
    "a[0]": (1, "numbers, points, days", None),
    "[a]": (1, "numbers, points, days", None),
    "lambda: a": (1, "numbers, points, days", None),
    "(a := 1)": (2, "numbers, points, days", None),
    "a; b": (2, "numbers, points, days", None),
    "'a'": (1, "a number below 1e15", None),
    "True * a": (1, "a number below 1e15", None),
    "1j * a": (1, "a number below 1e15", None),
    "a * 1e999": (5, "a number below 1e15", None),
    "a * 99999999999999999999": (5, "a number below 1e15", None),
    "open(a)": (1, "one of user_months", None),
    "a.b(c)": (1, "one of user_months", None),
    "user_month(a)": (1, "one of user_months", "user_months"),
    "quantil(0.5, a)": (1, "one of user_months", "quantile"),
    "user_days(a, b)": (1, "user_days(point)", None),
    "user_days()": (1, "user_days(point)", None),
    "user_days(p=a)": (1, "user_days(point)", None),
    "user_days(*a)": (11, "the name of a data point", None),
    "user_days(user_months(a))": (11, "the name of a data point", None),
    "year_ago(a + b)": (10, "the name of a data point", None),
    "quantile(a)": (1, "quantile(0.95, point)", None),
    "quantile(95, a)": (10, "a probability between 0 and 1", None),
    "quantile(0.0, a)": (10, "a probability between 0 and 1", None),
    "quantile(a, b)": (10, "a probability between 0 and 1", None),
    "b / (a + a": (5, "numbers, points, days", None),
    "(" * 300 + "a" + ")" * 300: (400, "at most 400 characters", None),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_formula_is_refused_with_its_column(text: str) -> None:
    column, expected, nearest = REFUSED[text]
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert (caught.value.column, caught.value.nearest) == (column, nearest)
    assert expected in caught.value.expected


def test_an_unknown_point_names_the_nearest() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("100 * sesions / days", NAMES)
    assert (caught.value.column, caught.value.nearest) == (7, "sessions")


WORDS: dict[str, tuple[str, str]] = {
    "100 * a / b": ("100 × 甲 ÷ 乙", "100 × “A” ÷ “B”"),
    "a - (b - a)": ("甲 − （乙 − 甲）", "“A” − (“B” − “A”)"),
    "(a - b) - a": ("甲 − 乙 − 甲", "“A” − “B” − “A”"),
    "(a / b) / (b / a)": ("甲 ÷ 乙 ÷ （乙 ÷ 甲）", "“A” ÷ “B” ÷ (“B” ÷ “A”)"),
    "a * (b + 1)": ("甲 × （乙 + 1）", "“A” × (“B” + 1)"),
    "a + (b + 1)": ("甲 + 乙 + 1", "“A” + “B” + 1"),
    "user_days(a) / days": ("甲·用户日 ÷ 天数", "user-days of “A” ÷ days"),
    "a / user_months(b)": ("甲 ÷ 乙·用户月", "“A” ÷ user-months of “B”"),
    "year_ago(a)": ("去年同期甲", "“A” a year before"),
    "quantile(0.5, a)": ("甲的中位数", "median of “A”"),
    "quantile(0.95, a)": ("甲的95%分位数", "95th percentile of “A”"),
    "dwell / 60000": ("停留 ÷ 60,000", "“Dwell” ÷ 60,000"),
}


@pytest.mark.parametrize("text", WORDS)
def test_words_in_both_languages(text: str) -> None:
    formula: Formula = parse(text)
    zh, en = WORDS[text]
    assert formula.words("zh", {"a": "甲", "b": "乙", "dwell": "停留"}) == zh
    assert formula.words("en", {"a": "A", "b": "B", "dwell": "Dwell"}) == en
