"""The formulas of the microscope give the codes of torch, bit for bit."""

import random
from typing import Any

import pytest
import torch

from dsv3 import calculators
from dsv3.accounting import microscope
from dsv3.accounting.float_formats import (
    LARGEST,
    LOWEST_EXPONENT,
    MANTISSA_BITS,
    SIGN_CODE,
    code_of,
    in_single,
    rounded_to_format,
)
from dsv3.accounting.microscope import TILES
from dsv3.low_precision import (
    FLOAT_FORMATS,
    FloatFormat,
    code_values,
    quantized,
    rounded,
)
from dsv3.low_precision.float_formats import encoded

IN_TORCH = {"E4M3": torch.float8_e4m3fn, "E5M2": torch.float8_e5m2}
every = pytest.mark.parametrize(
    "form", FLOAT_FORMATS.values(), ids=lambda form: form.name
)


def critical(form: FloatFormat) -> list[float]:
    """Return a format's numbers and midpoints, with neighbours, and what is beyond."""
    grid = code_values(form)[: 2 ** (form.bits - 1)]
    grid = grid[grid.isfinite()]
    points = torch.cat([grid, (grid[1:] + grid[:-1]) / 2, 2 * grid[-3:]])
    infinity = torch.tensor(torch.inf, dtype=torch.float64)
    near = [points.nextafter(infinity), points.nextafter(-infinity)]
    both = torch.cat([points, *near])
    return [float(x) for x in torch.cat([both, -both[1:]])]


@every
def test_the_tables_are_the_formats(form: FloatFormat) -> None:
    assert MANTISSA_BITS[form.name] == form.mantissa_bits
    assert LOWEST_EXPONENT[form.name] == 1 - form.bias
    assert LARGEST[form.name] == form.largest
    assert SIGN_CODE[form.name] == 2 ** (form.bits - 1)


@every
def test_every_number_and_midpoint_is_rounded_like_a_tensor(form: FloatFormat) -> None:
    points = critical(form)
    values = torch.tensor(points, dtype=torch.float64)
    ours = [rounded_to_format(point, form.name) for point in points]
    assert ours == rounded(values, form).tolist()
    negative_zero = torch.tensor([p == 0 for p in points])
    codes = torch.tensor([code_of(point, form.name) for point in points]).int()
    assert torch.equal(codes[~negative_zero], encoded(values, form)[~negative_zero])


@pytest.mark.parametrize("name", IN_TORCH)
def test_codes_are_those_of_torchs_own_cast(name: str) -> None:
    values = torch.randn(2000, generator=torch.Generator().manual_seed(0))
    values = (values * 2.0 ** torch.randn(2000) * 4).clamp(-400, 400)
    theirs = values.to(IN_TORCH[name]).view(torch.uint8).tolist()
    assert [code_of(value, name) for value in values.tolist()] == theirs


def test_float32_is_torchs() -> None:
    values = torch.randn(2000, generator=torch.Generator().manual_seed(1)).double()
    values = values * 10.0 ** torch.linspace(-30, 30, 2000, dtype=torch.float64)
    singles = values.float().double().tolist()
    assert [in_single(value) for value in values.tolist()] == singles


def drawn(source: random.Random) -> dict[str, Any]:
    """Return a random state of the panel, and beyond."""
    makers = (
        lambda: round(source.uniform(-8, 8), 2),
        lambda: source.uniform(-990, 990),
        lambda: source.gauss(0, 1) * 10 ** source.uniform(-6, 0),
        lambda: 0.0,
    )
    return {f"x{place}": source.choice(makers)() for place in range(1, 9)} | {
        "shift": source.choice([0.0, round(source.uniform(-8, 8), 2)]),
        "outlier_doublings": float(source.randrange(25)),
        "form": source.choice(list(FLOAT_FORMATS)),
        "tile": source.choice(list(TILES)),
        "power_of_two": source.random() < 0.5,
    }


def test_codes_numbers_and_scales_are_those_of_the_tensors() -> None:
    source = random.Random(0)
    for _ in range(800):
        state = drawn(source)
        seen = microscope(**state)
        numbers = [state[f"x{place}"] + state["shift"] for place in range(1, 9)]
        vector = torch.tensor([numbers], dtype=torch.float64).float()
        vector[0, 7] *= 2.0 ** state["outlier_doublings"]
        tile = (1, TILES[state["tile"]])
        rule = {
            "form": FLOAT_FORMATS[state["form"]],
            "power_of_two": state["power_of_two"],
        }
        theirs = quantized(vector, tile=tile, **rule)
        codes = [getattr(seen, f"code{place}_count") for place in range(1, 9)]
        values = [getattr(seen, f"y{place}") for place in range(1, 9)]
        assert codes == theirs.codes[0].tolist(), state
        assert values == theirs.dequantized()[0].tolist(), state
        assert seen.first_scale == float(theirs.scale[0, 0]), state
        assert seen.last_scale == float(theirs.scale[0, -1]), state
        shared = quantized(vector, tile=None, **rule).dequantized()[0, :7].double()
        exact = vector[0, :7].double()
        error = (shared - exact).norm() / exact.norm() if exact.any() else 0.0
        assert seen.one_scale_error_share == pytest.approx(float(error), rel=1e-9)
        assert seen.one_scale_lost_count == int(((shared == 0) & (exact != 0)).sum())


def test_a_tile_keeps_the_outlier_from_the_first_four() -> None:
    calm = calculators.fp8(outlier_doublings=0.0)
    struck = calculators.fp8()
    assert struck.first_four_error_share == calm.first_four_error_share
    assert struck.next_three_error_share > 3 * calm.next_three_error_share
    assert struck.one_scale_error_share > struck.error_share
    whole = calculators.fp8(tile="eight")
    assert (
        whole.error_share == whole.one_scale_error_share == struck.one_scale_error_share
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"x3": 1001.0}, "x3 is 1001.0: must be from -1000 to 1000"),
        ({"shift": float("nan")}, "shift is nan: must be from -1000 to 1000"),
        ({"outlier_doublings": 25.0}, "outlier_doublings is 25.0: must be from 0 to"),
        ({"form": "E9M9"}, "E9M9"),
        ({"tile": "three"}, "three"),
    ],
)
def test_what_is_not_offered_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        calculators.fp8(**wrong)
