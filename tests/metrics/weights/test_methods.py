from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from metrics.weights.methods import (
    RANDOM_INDEX,
    Direction,
    ahp,
    critic_weights,
    entropy_weights,
    mix_convex,
    mix_product,
)

Floats = npt.NDArray[np.float64]

# Saaty (1977): distances of Cairo, Tokyo, Chicago, San Francisco, London, Montreal.
DISTANCES = np.array(
    [
        [1, 1 / 3, 8, 3, 3, 7],
        [3, 1, 9, 3, 3, 9],
        [1 / 8, 1 / 9, 1, 1 / 6, 1 / 5, 2],
        [1 / 3, 1 / 3, 6, 1, 1 / 3, 6],
        [1 / 3, 1 / 3, 5, 3, 1, 6],
        [1 / 7, 1 / 9, 1 / 2, 1 / 6, 1 / 6, 1],
    ]
)

# Diakoulaki et al. (1995): eight firms by profitability, market share and productivity.
FIRMS = np.array(
    [
        [61, 1.08, 4.33], [20.7, 0.26, 4.34], [16.3, 1.98, 2.53], [9, 3.29, 1.65],
        [5.4, 2.77, 2.33], [4, 4.12, 1.21], [-6.1, 3.52, 2.10], [-34.6, 3.31, 0.98],
    ]
)  # fmt: skip

# A textbook example of entropy weights: eleven wards of a hospital by nine kinds of care.
WARDS = np.array(
    [
        [100, 90, 100, 84, 90, 100, 100, 100, 100],
        [100, 100, 78.6, 100, 90, 100, 100, 100, 100],
        [75, 100, 85.7, 100, 90, 100, 100, 100, 100],
        [100, 100, 78.6, 100, 90, 100, 94.4, 100, 100],
        [100, 90, 100, 100, 100, 90, 100, 100, 80],
        [100, 100, 100, 100, 90, 100, 100, 85.7, 100],
        [100, 100, 78.6, 100, 90, 100, 55.6, 100, 100],
        [87.5, 100, 85.7, 100, 100, 100, 100, 100, 100],
        [100, 100, 92.9, 100, 80, 100, 100, 100, 100],
        [100, 90, 100, 100, 100, 100, 100, 100, 100],
        [100, 100, 92.9, 100, 90, 100, 100, 100, 100],
    ]
)

tables = arrays.arrays(np.float64, (6, 4), elements=st.integers(-50, 50).map(float))


def ups(columns: int) -> list[Direction]:
    return ["up"] * columns


def test_saatys_distances() -> None:
    found = ahp(DISTANCES)
    published = [26.3, 39.7, 3.3, 11.6, 16.4, 2.7]
    assert found.weights == pytest.approx(published, abs=0.15)
    assert found.lambda_max == pytest.approx(6.45, abs=0.005)
    assert found.consistency_index == pytest.approx(0.09, abs=0.005)
    assert found.consistency_ratio == pytest.approx(0.07, abs=0.005)


def test_contradicting_judgements_are_refused_and_the_worst_is_named() -> None:
    strengths = np.array([5.0, 3.0, 2.0, 1.0])
    judged = strengths[:, None] / strengths
    judged[0, 3], judged[3, 0] = 1 / 9, 9
    found = ahp(judged)
    assert found.weights is None
    assert found.consistency_ratio is not None
    assert found.consistency_ratio > 0.1
    assert found.worst_pair == (0, 3)
    assert "judgement (1, 4)" in str(found.reason)


@given(st.lists(st.floats(0.2, 5), min_size=1, max_size=15))
def test_consistent_judgements_give_their_strengths_back(strengths: list[float]) -> None:
    values = np.array(strengths)
    found = ahp(values[:, None] / values)
    assert found.weights == pytest.approx(list(100 * values / values.sum()), abs=1e-6)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)


@given(st.permutations(range(6)))
def test_ahp_does_not_depend_on_the_order(order: list[int]) -> None:
    base = ahp(DISTANCES).weights
    found = ahp(DISTANCES[np.ix_(order, order)])
    assert base is not None
    assert found.weights == pytest.approx([base[at] for at in order], abs=1e-9)


def test_a_third_typed_as_0_33_is_understood() -> None:
    assert ahp(np.array([[1, 3], [0.33, 1]])).weights == pytest.approx([75.09, 24.91], abs=0.01)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[1, 2]], "as many rows as columns"),
        ([1, 2], "as many rows as columns"),
        (np.ones((16, 16)), "16 items; expected 1 to 15"),
        (np.ones((0, 0)), "0 items"),
        ([[1, -2], [-0.5, 1]], r"(1, 2), (2, 1) are not positive"),
        ([[1, np.nan], [1, 1]], "(1, 2) are not positive"),
        ([[1, 2], [2, 1]], "(1, 2) are not the reciprocal"),
        ([[2, 2], [0.5, 1]], "(1, 1) are not the reciprocal"),
    ],
)
def test_a_matrix_that_is_no_judgement_is_refused(matrix: npt.ArrayLike, words: str) -> None:
    found = ahp(matrix)
    assert found.weights is None
    assert words in str(found.reason)


def test_random_index_is_saatys() -> None:
    assert len(RANDOM_INDEX) == 15
    assert (RANDOM_INDEX[2], RANDOM_INDEX[8], RANDOM_INDEX[14]) == (0.58, 1.45, 1.59)


def test_entropy_of_the_wards() -> None:
    found = entropy_weights(WARDS, ups(9), shift=0.0)
    assert found.information is not None
    entropies = [round(1 - value, 2) for value in found.information]
    assert entropies == [0.95, 0.87, 0.84, 0.96, 0.94, 0.96, 0.96, 0.96, 0.96]
    assert found.weights is not None
    rounded = [round(weight) for weight in found.weights]
    assert rounded == [8, 22, 27, 7, 11, 7, 7, 7, 7]


def test_a_single_row_above_zero_does_not_swallow_all_weight() -> None:
    draw = np.random.default_rng(0)
    data = draw.uniform(0, 1, (30, 5))
    data[:, 0] = 0.0
    data[3, 0] = 9.0
    textbook = entropy_weights(data, ups(5), shift=0.0).weights
    shifted = entropy_weights(data, ups(5)).weights
    assert textbook is not None
    assert shifted is not None
    assert textbook[0] > 70
    assert 5 < shifted[0] < 35


def test_critic_of_diakoulaki() -> None:
    found = critic_weights(FIRMS, ups(3))
    assert found.weights == pytest.approx([20.222554, 48.090173, 31.687273], abs=1e-6)


def test_critic_respects_the_direction() -> None:
    turned = FIRMS * [1, -1, 1]
    assert critic_weights(turned, ["up", "down", "up"]).weights == pytest.approx(
        critic_weights(FIRMS, ups(3)).weights
    )
    wrong = critic_weights(turned, ups(3)).weights
    assert wrong is not None
    assert wrong[1] != pytest.approx(48.09, abs=1)


@pytest.mark.parametrize("method", [entropy_weights, critic_weights])
class TestMeasured:
    def test_a_constant_column_weighs_nothing(self, method: type) -> None:
        data = FIRMS.copy()
        data[:, 1] = 0.3
        found = method(data, ups(3))
        assert found.weights[1] == 0
        assert sum(found.weights) == pytest.approx(100)

    def test_noise_of_the_last_digit_is_constant(self, method: type) -> None:
        data = FIRMS.copy()
        data[:, 1] = 0.3
        data[0, 1] = 0.1 + 0.2
        assert method(data, ups(3)).weights[1] == 0

    def test_nothing_but_constants_weighs_the_same_and_says_so(self, method: type) -> None:
        found = method(np.full((4, 5), 7.0), ups(5))
        assert found.weights == pytest.approx([20] * 5)
        assert "equal weights" in found.reason

    def test_one_column_has_all(self, method: type) -> None:
        assert method([[1], [2], [4]], ["down"]).weights == (100.0,)

    @given(table=tables)
    def test_weights_are_positive_and_add_up(self, method: type, table: Floats) -> None:
        found = method(table, ["up", "down", "up", "up"])
        assert sum(found.weights) == pytest.approx(100, abs=1e-9)
        assert min(found.weights) >= 0

    @given(
        table=tables,
        scale=st.lists(st.sampled_from([0.01, 3.0, 1000.0]), min_size=4, max_size=4),
        offset=st.sampled_from([-20.0, 0.0, 40.0]),
    )
    def test_units_do_not_matter(
        self, method: type, table: Floats, scale: list[float], offset: float
    ) -> None:
        assume((np.ptp(table, axis=0) > 0).all())
        base = method(table, ups(4))
        assume(base.reason is None)
        found = method(table * scale + offset, ups(4))
        assert found.weights == pytest.approx(base.weights, abs=1e-6)

    @given(table=tables, rows=st.permutations(range(6)), columns=st.permutations(range(4)))
    def test_order_does_not_matter(
        self, method: type, table: Floats, rows: list[int], columns: list[int]
    ) -> None:
        ways: list[Direction] = ["up", "down", "up", "down"]
        base = method(table, ways)
        found = method(table[np.ix_(rows, columns)], [ways[at] for at in columns])
        assert found.weights == pytest.approx([base.weights[at] for at in columns], abs=1e-6)

    def test_missing_values_are_refused(self, method: type) -> None:
        found = method([[1, np.nan], [2, 3]], ups(2))
        assert found.weights is None
        assert "columns 2" in found.reason

    def test_one_row_is_refused(self, method: type) -> None:
        assert "at least 2" in method([[1, 2]], ups(2)).reason

    def test_wrong_directions_are_errors(self, method: type) -> None:
        with pytest.raises(ValueError, match="band"):
            method(FIRMS, ["up", "band", "up"])
        with pytest.raises(ValueError, match="expected 2 columns"):
            method(FIRMS, ups(2))


def test_a_negative_shift_is_an_error() -> None:
    with pytest.raises(ValueError, match="shift is -1"):
        entropy_weights(FIRMS, ups(3), shift=-1)


sets = st.lists(st.floats(0.1, 100), min_size=3, max_size=3)


@given(sets, sets, st.floats(0, 1))
def test_mixes_add_up_and_do_not_depend_on_scale(
    judged: list[float], measured: list[float], share: float
) -> None:
    convex, product = mix_convex(judged, measured, share), mix_product(judged, measured)
    for found in (convex.weights, product.weights):
        assert found is not None
        assert sum(found) == pytest.approx(100, abs=1e-9)
    tenth = [value / 10 for value in judged]
    assert mix_convex(tenth, measured, share).weights == pytest.approx(convex.weights)
    assert mix_product(tenth, measured).weights == pytest.approx(product.weights)


def test_ends_of_the_convex_mix_are_the_sets() -> None:
    assert mix_convex([70, 30], [10, 90], 1.0).weights == pytest.approx([70, 30])
    assert mix_convex([70, 30], [10, 90], 0.0).weights == pytest.approx([10, 90])


def test_a_product_under_equal_judgement_is_the_measured_set() -> None:
    assert mix_product([50, 50], [10, 90]).weights == pytest.approx([10, 90])


def test_mixes_that_cannot_be_are_refused() -> None:
    assert "weight 0 in one" in str(mix_product([100, 0], [0, 100]).reason)
    assert "judged weights" in str(mix_convex([-1, 2], [1, 1]).reason)
    assert "measured weights" in str(mix_product([1, 2], [0, 0]).reason)
    with pytest.raises(ValueError, match=r"judged_share is 1\.5"):
        mix_convex([1, 2], [1, 1], 1.5)
    with pytest.raises(ValueError, match="shapes"):
        mix_convex([1, 2], [1, 1, 1])
