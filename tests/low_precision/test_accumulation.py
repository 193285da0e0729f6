"""The simulated unit adds as an exact one in whole fractions does, bit by bit."""

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings, strategies as st

from dsv3.facts import fact
from dsv3.formats import E4M3
from dsv3.low_precision.accumulation import (
    HOPPER,
    PROMOTION_INTERVAL,
    Alignment,
    MatrixUnit,
    limited_matmul,
)
from dsv3.low_precision.float_formats import rounded

REGISTER_ONLY = MatrixUnit(aligned="nothing")
ALL_ALIGNED = MatrixUnit(aligned="products and register")
ALIGNMENTS = ("products", "products and register", "nothing")


def cut(value: Fraction, last_place: Fraction) -> Fraction:
    """Return a number without what lies beyond its last place."""
    return Fraction(math.trunc(value / last_place)) * last_place


def last_place(value: Fraction, bits: int) -> Fraction:
    """Return what the last of a number's bits is worth."""
    if value == 0:
        return Fraction(1, 2**200)
    power = Fraction(1)
    while power > abs(value):
        power /= 2
    while 2 * power <= abs(value):
        power *= 2
    return power * Fraction(1, 2**bits)


def exact_unit(left: list[float], right: list[float], unit: MatrixUnit) -> Fraction:
    """Return one dot product, with fractions and one product after the other."""
    products = [Fraction(a) * Fraction(b) for a, b in zip(left, right, strict=True)]
    register = Fraction(0)
    for begin in range(0, len(products), unit.products_per_step):
        addends = products[begin : begin + unit.products_per_step]
        if unit.aligned == "products and register":
            addends, register = [*addends, register], Fraction(0)
        if unit.aligned != "nothing":
            place = last_place(max(addends, key=abs), unit.fraction_bits)
            addends = [cut(addend, place) for addend in addends]
        total = sum(addends, register)
        register = cut(total, last_place(total, unit.fraction_bits))
    return register


def drawn(
    rows: int, columns: int, seed: int, *, positive: bool = False
) -> torch.Tensor:
    """Return random numbers of E4M3."""
    source = torch.Generator().manual_seed(seed)
    if positive:
        return rounded(torch.rand(rows, columns, generator=source), E4M3)
    return rounded(torch.randn(rows, columns, generator=source), E4M3)


def worst(length: int, unit: MatrixUnit = HOPPER, interval: int | None = None) -> float:
    """Return the largest relative error of sums of uniform numbers."""
    left = drawn(16, length, 0, positive=True)
    right = drawn(length, 16, 1, positive=True)
    exact = left.double() @ right.double()
    got = limited_matmul(left, right, unit, promotion_interval=interval)
    return float(((got - exact) / exact).abs().max())


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    length=st.integers(1, 150),
    spread=st.integers(0, 6),
    unit=st.builds(
        MatrixUnit,
        fraction_bits=st.integers(2, 20),
        products_per_step=st.sampled_from([1, 4, 32]),
        aligned=st.sampled_from(ALIGNMENTS),
    ),
)
def test_a_dot_product_is_that_of_exact_fractions(
    seed: int, length: int, spread: int, unit: MatrixUnit
) -> None:
    source = torch.Generator().manual_seed(seed)
    sizes = 2.0 ** torch.randint(-spread, spread + 1, (length,), generator=source)
    left = rounded(torch.randn(length, generator=source) * sizes, E4M3)
    right = rounded(torch.randn(length, generator=source), E4M3)
    got = limited_matmul(left[None], right[:, None], unit)
    assert Fraction(got.item()) == exact_unit(left.tolist(), right.tolist(), unit)


@pytest.mark.parametrize("aligned", ALIGNMENTS)
def test_with_enough_bits_the_sum_is_exact(aligned: Alignment) -> None:
    left, right = drawn(5, 700, 2), drawn(700, 6, 3)
    unit = MatrixUnit(fraction_bits=40, aligned=aligned)
    assert torch.equal(
        limited_matmul(left, right, unit), left.double() @ right.double()
    )


def test_every_number_of_a_matrix_is_its_own_dot_product() -> None:
    left, right = drawn(3, 96, 4), drawn(96, 2, 5)
    got = limited_matmul(left, right)
    for row in range(3):
        for column in range(2):
            alone = exact_unit(left[row].tolist(), right[:, column].tolist(), HOPPER)
            assert Fraction(got[row, column].item()) == alone


def test_promotion_adds_the_parts_in_float32() -> None:
    left, right = drawn(4, 512, 6), drawn(512, 4, 7)
    parts = [
        limited_matmul(left[:, at : at + 128], right[at : at + 128]).float()
        for at in range(0, 512, 128)
    ]
    expected = parts[0] + parts[1] + parts[2] + parts[3]
    got = limited_matmul(left, right, promotion_interval=128)
    assert torch.equal(got, expected.double())


def test_a_rest_after_the_last_promotion_is_not_lost() -> None:
    ones = torch.ones(1, 160)
    assert limited_matmul(ones, ones.T, promotion_interval=128).item() == 160.0


def test_the_register_holds_the_published_bits() -> None:
    sign, exponent, mantissa = fact("isca.fp8.accumulator_bits").numbers
    assert mantissa == HOPPER.fraction_bits
    assert mantissa + 1 == fact("v3.fp8.accumulation_bits").value
    assert sign + exponent + mantissa == 22
    assert fact("v3.fp8.promotion_interval").value == PROMOTION_INTERVAL
    steps = PROMOTION_INTERVAL / HOPPER.products_per_step
    assert steps == fact("v3.fp8.promotion_wgmmas").value


def test_the_error_of_positive_sums_grows_about_linearly() -> None:
    growth = worst(4096, ALL_ALIGNED) / worst(512, ALL_ALIGNED)
    assert 4 < growth < 16  # eight times the length


def test_promotion_keeps_the_error_flat_and_ten_times_smaller() -> None:
    promoted = {n: worst(n, ALL_ALIGNED, interval=128) for n in (512, 4096)}
    assert promoted[4096] < 1.5 * promoted[512]
    assert worst(4096, ALL_ALIGNED) > 10 * promoted[4096]


def test_the_published_two_percent_lies_between_the_mechanisms() -> None:
    published = fact("v3.fp8.accumulation_error_share").number
    assert worst(4096, REGISTER_ONLY) < published < worst(4096, ALL_ALIGNED)


def test_the_unit_as_described_stays_far_below_the_published_two_percent() -> None:
    published = fact("v3.fp8.accumulation_error_share").number
    assert worst(4096, REGISTER_ONLY) <= worst(4096) < published / 4


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="fraction_bits is 41: must be from 1 to 40"):
        MatrixUnit(fraction_bits=41)
    with pytest.raises(ValueError, match="products_per_step is 0: must be from 1"):
        MatrixUnit(products_per_step=0)
    with pytest.raises(ValueError, match="promotion_interval is 100: must be a mult"):
        limited_matmul(torch.ones(1, 1), torch.ones(1, 1), promotion_interval=100)
