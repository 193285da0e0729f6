"""Portable functions: how far from the exact value, and equal bits in the engine."""

import decimal
import json
import math
import random
import statistics
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from py_mini_racer import MiniRacer
from tests.explorables.bits import calls, python_bits

from explorables import arrays as ar

EXACT = decimal.Context(prec=60, Emax=10**6, Emin=-(10**6))
POINTS = 4000


def ulps(found: float, exact: Decimal) -> float:
    """Return how far a number is from an exact one, in units in its last place."""
    return float(abs(Decimal(found) - exact) / Decimal(math.ulp(float(exact))))


def exact_exp(x: float) -> Decimal:
    return EXACT.exp(Decimal(x))


def exact_log(x: float) -> Decimal:
    return EXACT.ln(Decimal(x))


def exact_sigmoid(x: float) -> Decimal:
    return EXACT.divide(Decimal(1), 1 + exact_exp(-x))


def exact_tanh(x: float) -> Decimal:
    twice = EXACT.exp(EXACT.multiply(Decimal(2), Decimal(x)))
    return EXACT.divide(EXACT.subtract(twice, Decimal(1)), EXACT.add(twice, Decimal(1)))


def exact_softplus(x: float) -> Decimal:
    return EXACT.ln(EXACT.add(Decimal(1), exact_exp(x)))


def between(low: float, high: float) -> list[float]:
    source = random.Random(low)
    return [source.uniform(low, high) for _ in range(POINTS)]


def halves_of_the_logarithm_of_two() -> list[float]:
    """Return points where the reduction to a small argument is at its worst."""
    source = random.Random(0)
    ks = [source.randrange(-1000, 1000) for _ in range(POINTS)]
    return [(k + 0.5) * math.log(2) * (1 + source.uniform(-1e-12, 1e-12)) for k in ks]


MEASURED: list[
    tuple[Callable[..., Any], Callable[[float], Decimal], list[float], float]
] = [
    (ar.exp, exact_exp, between(-1, 1), 1.0),
    (ar.exp, exact_exp, between(-708, 709.7), 1.0),
    (ar.exp, exact_exp, halves_of_the_logarithm_of_two(), 1.0),
    (ar.exp, exact_exp, between(-745, -709), 1.0),
    (ar.log, exact_log, [2.0**x for x in between(-1021, 1023)], 1.0),
    (ar.log, exact_log, between(0.5, 2), 1.0),
    (ar.log, exact_log, [5e-324 * (1 + abs(x)) for x in between(0, 1e14)], 1.0),
    (ar.sigmoid, exact_sigmoid, between(-700, 40), 2.0),
    (ar.sigmoid, exact_sigmoid, between(-4, 4), 2.0),
    (ar.tanh, exact_tanh, between(-1, 1), 3.0),
    (ar.tanh, exact_tanh, [1e-9 * x for x in between(-1.5, 1.5)], 3.0),
    (ar.tanh, exact_tanh, between(-25, 25.5), 3.0),
    (ar.softplus, exact_softplus, between(-0.7, 30.5), 3.0),
]


@pytest.mark.parametrize("at", range(len(MEASURED)))
def test_error_is_within_what_is_documented(at: int) -> None:
    function, exact, points, limit = MEASURED[at]
    found = function(np.array(points)).tolist()
    worst = max(ulps(y, exact(x)) for x, y in zip(points, found, strict=True))
    assert worst < limit


def test_quantiles_are_those_of_the_standard_library() -> None:
    exponents = between(-300, -0.31)
    low = [10**x for x in exponents]
    points = low + between(0.001, 0.999) + [1 - 10**x for x in exponents if x > -15]
    theirs = statistics.NormalDist()
    for p, found in zip(points, ar.normal_quantile(np.array(points)), strict=True):
        assert math.isclose(found, theirs.inv_cdf(p), rel_tol=1e-14, abs_tol=1e-15), p


def test_limits() -> None:
    x = np.array([math.inf, -math.inf, math.nan, 709.9, -746.0, 0.0, -0.0, -1.0])
    expected = [math.inf, 0.0, math.nan, math.inf, 0.0, 1.0, 1.0]
    np.testing.assert_array_equal(ar.exp(x)[:7], expected)
    logs = [math.inf, math.nan, math.nan, -math.inf, -math.inf, math.nan]
    np.testing.assert_array_equal(ar.log(x[[0, 1, 2, 5, 6, 7]]), logs)
    np.testing.assert_array_equal(ar.tanh(x[[0, 1, 2]]), [1.0, -1.0, math.nan])
    np.testing.assert_array_equal(ar.sigmoid(x[[0, 1, 2]]), [1.0, 0.0, math.nan])


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((2**32 - 1,) * 2, (2**32 - 1,) * 2, (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_the_published_vectors_of_threefry(key: Any, counter: Any, words: Any) -> None:
    assert tuple(map(int, ar.threefry(key, counter))) == words


def test_random_numbers_are_spread_as_they_should_be() -> None:
    even = ar.uniform(7, 3, (100_000,), stream=0)
    assert 0 < even.min() < 1e-4
    assert 1 - 1e-4 < even.max() < 1
    counts = np.histogram(even, bins=20, range=(0, 1))[0]
    assert ((counts - 5000) ** 2 / 5000).sum() < 43.8  # chi-squared, 19, one in 1,000
    bell = ar.normal(7, 3, (100_000,), stream=1)
    assert abs(bell.mean()) < 0.01
    assert abs(bell.std() - 1) < 0.01
    assert abs((bell**4).mean() - 3) < 0.1
    other = ar.normal(7, 4, (100_000,), stream=1)
    assert abs((bell * other).mean()) < 0.01


def test_the_engine_has_the_same_bits() -> None:
    def function(x: Any) -> Any:
        up, even = ar.iota(2000), ar.uniform(x, 3, (2000,), stream=5)
        wide = (even - 0.5) * 1500.0
        return {
            "uniform": even,
            "normal": ar.normal(x, up[7], (50, 40), stream=2),
            "exp": ar.exp(wide),
            "log": ar.log(ar.exp(wide)),
            "tanh": ar.tanh(even - 0.5),
            "sigmoid": ar.sigmoid(wide),
            "softplus": ar.softplus(wide),
            "tiny": even * 5e-324 * up,
            "quantile": ar.normal_quantile(even * 1e-300),
        }

    program = ar.trace(function, {"x": "number"})
    rows = [[0], [1], [2**31], [2**32 - 1], [12345]]
    found = json.loads(str(MiniRacer().eval(calls(program, rows))))
    assert found == [python_bits(function, {"x": np.float64(row[0])}) for row in rows]
