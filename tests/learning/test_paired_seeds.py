"""Intervals of paired differences are scipy's, and a verdict asks for certainty."""

import pytest
from hypothesis import given, strategies
from scipy import stats

from dsv3.learning.paired_seeds import PairedDifference, paired_difference


@given(
    pairs=strategies.lists(
        strategies.tuples(strategies.floats(1, 3), strategies.floats(1, 3)),
        min_size=3,
        max_size=12,
    ).filter(lambda pairs: len({round(a - b, 6) for a, b in pairs}) > 1),
    confidence=strategies.sampled_from([0.9, 0.95, 0.99]),
)
def test_the_interval_is_that_of_scipys_paired_test(
    pairs: list[tuple[float, float]], confidence: float
) -> None:
    one, other = zip(*pairs, strict=True)
    found = paired_difference([a - b for a, b in pairs], confidence=confidence)
    expected = stats.ttest_rel(one, other).confidence_interval(confidence)
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=1e-9)
    assert found.standard_error == pytest.approx(
        stats.sem([a - b for a, b in pairs]), abs=1e-12
    )


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.001, 0.002, "kept"),
        (-0.0025, 0.0025, "kept"),
        (0.003, 0.004, "broken"),
        (-0.004, -0.003, "broken"),
        (-0.001, 0.003, "undecided"),
        (-0.009, 0.009, "undecided"),
    ],
)
def test_a_bound_is_kept_or_broken_only_by_a_whole_interval(
    low: float, high: float, verdict: str
) -> None:
    mean = (low + high) / 2
    found = PairedDifference(mean=mean, standard_error=0.0, low=low, high=high)
    assert found.verdict(0.0025) == verdict


def test_one_seed_has_no_interval() -> None:
    with pytest.raises(ValueError, match=r"^differences is 1: must be at least 2$"):
        paired_difference([0.1])
