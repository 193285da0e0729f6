"""E4M3 and E5M2 are those of torch and of ml_dtypes, bit for bit."""

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

from dsv3.formats import E4M3, E5M2, E5M6, E8M7, E8M23, FLOAT_FORMATS, FloatFormat
from dsv3.low_precision.float_formats import (
    code_values,
    decoded,
    encoded,
    exponent_of,
    rounded,
    two_to,
)

IN_TORCH = {"E4M3": torch.float8_e4m3fn, "E5M2": torch.float8_e5m2}
IN_ML_DTYPES = {"E4M3": ml_dtypes.float8_e4m3fn, "E5M2": ml_dtypes.float8_e5m2}
EIGHT_BITS = [E4M3, E5M2]

named = pytest.mark.parametrize("form", EIGHT_BITS, ids=lambda form: form.name)
every = pytest.mark.parametrize(
    "form", FLOAT_FORMATS.values(), ids=lambda form: form.name
)


def finite(form: FloatFormat) -> torch.Tensor:
    """Return a format's numbers from 0 up, in float32."""
    values = code_values(form)[: 2 ** (form.bits - 1)].float()
    return values[values.isfinite()]


def critical(form: FloatFormat) -> torch.Tensor:
    """Return numbers and midpoints, with their neighbours in float32, both signs."""
    grid = finite(form)
    step = grid[-1] - grid[-2]
    beyond = torch.stack([grid[-1] + step / 2, grid[-1] + step, 4 * grid[-1]])
    middles = (grid[1:] + grid[:-1]) / 2
    points = torch.cat([grid, middles, grid[1:2] / 4, beyond])
    infinity = torch.tensor(torch.inf)
    points = torch.cat(
        [points, points.nextafter(infinity), points.nextafter(-infinity)]
    )
    return torch.cat([points, -points])


def drawn(seed: int, count: int = 400_000) -> torch.Tensor:
    """Return random numbers of every size that float32 has."""
    generator = torch.Generator().manual_seed(seed)
    bits = torch.randint(-(2**31), 2**31, (count,), generator=generator)
    wild = bits.to(torch.int32).view(torch.float32)
    tame = torch.randn(count, generator=generator) * 2.0 ** torch.randint(
        -18, 18, (count,), generator=generator
    )
    return torch.cat([wild, tame])


def same(ours: torch.Tensor, theirs: torch.Tensor) -> bool:
    """Return whether two tensors have the same bits, all kinds of NaN being one."""
    numbers = ~ours.isnan()
    equal = torch.equal(
        ours[numbers].view(torch.int32), theirs[numbers].view(torch.int32)
    )
    return equal and bool(theirs[~numbers].isnan().all())


@named
def test_every_code_means_what_torch_and_ml_dtypes_say(form: FloatFormat) -> None:
    codes = torch.arange(256)
    in_torch = codes.to(torch.uint8).view(IN_TORCH[form.name]).float()
    as_bytes = np.arange(256, dtype=np.uint8)
    in_ml_dtypes = as_bytes.view(IN_ML_DTYPES[form.name]).astype(np.float32)
    assert same(decoded(codes, form), in_torch)
    assert same(decoded(codes, form), torch.from_numpy(in_ml_dtypes))


@every
def test_codes_of_all_numbers_come_back(form: FloatFormat) -> None:
    codes = torch.arange(2**form.bits)
    values = decoded(codes, form)
    kept = values.isfinite()
    assert torch.equal(encoded(values[kept], form).long(), codes[kept])
    count = 2**form.mantissa_bits
    assert int((~kept).sum()) == 2 * (count if form.has_infinity else 1)


@named
@pytest.mark.parametrize("kind", ["critical", "drawn"])
def test_rounding_is_that_of_ml_dtypes_without_saturation(
    form: FloatFormat, kind: str
) -> None:
    values = critical(form) if kind == "critical" else drawn(0)
    with np.errstate(over="ignore", invalid="ignore"):
        theirs = values.numpy().astype(IN_ML_DTYPES[form.name]).astype(np.float32)
    assert same(rounded(values, form, saturating=False), torch.from_numpy(theirs))


@named
@pytest.mark.parametrize("kind", ["critical", "drawn"])
def test_rounding_is_that_of_torch(form: FloatFormat, kind: str) -> None:
    values = critical(form) if kind == "critical" else drawn(1)
    clamped = values.clamp(-form.largest, form.largest)
    theirs = clamped.to(IN_TORCH[form.name])
    assert same(rounded(values, form), theirs.float())
    numbers = ~values.isnan()
    codes = theirs.view(torch.uint8)[numbers].to(torch.int32)
    assert torch.equal(encoded(values[numbers], form), codes)


def test_saturation_in_e4m3_is_what_torch_does_by_itself() -> None:
    values = torch.tensor([448.0, 464.0, 465.0, 1e30, torch.inf, -torch.inf])
    theirs = values.to(torch.float8_e4m3fn).float()
    assert torch.equal(rounded(values, E4M3), theirs)


@named
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_every_pattern_of_a_sixteen_bit_type_is_rounded_like_torch(
    form: FloatFormat, dtype: torch.dtype
) -> None:
    patterns = torch.arange(-(2**15), 2**15).to(torch.int16).view(dtype)
    values = patterns[~patterns.isnan()]
    clamped = values.float().clamp(-form.largest, form.largest)
    theirs = clamped.to(IN_TORCH[form.name]).to(dtype)
    assert rounded(values, form).dtype == dtype
    assert torch.equal(rounded(values, form), theirs)


@every
@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_nothing_in_the_format_is_nearer(form: FloatFormat, value: float) -> None:
    got = float(rounded(torch.tensor(value, dtype=torch.float64), form))
    grid = [Fraction(v) for v in finite(form).tolist()]
    size = min(abs(Fraction(value)), Fraction(form.largest))
    distances = [abs(size - point) for point in grid]
    best = min(distances)
    near = [at for at, distance in enumerate(distances) if distance == best]
    assert Fraction(abs(got)) == grid[min(near, key=lambda at: at % 2)]
    assert math.copysign(1, got) == math.copysign(1, value)


def test_a_double_is_rounded_once() -> None:
    above = 1.0625 + 2.0**-40  # float32 would make it the midpoint, which goes down
    assert float(rounded(torch.tensor(above, dtype=torch.float64), E4M3)) == 1.125


def test_e5m6_is_e5m2_with_four_more_bits() -> None:
    assert (E5M6.bits, E5M6.smallest_normal) == (12, E5M2.smallest_normal)
    assert E5M6.largest == 65024.0
    assert E5M6.smallest == 2.0**-20
    assert set(finite(E5M2).tolist()) < set(finite(E5M6).tolist())
    half = torch.tensor(1 + 2.0**-7)
    assert rounded(half, E5M6) == 1.0
    assert rounded(half + 2.0**-20, E5M6) == 1 + 2.0**-6


@every
def test_not_a_number_stays_one(form: FloatFormat) -> None:
    values = torch.tensor([torch.nan, -torch.nan])
    assert rounded(values, form).isnan().all()
    assert decoded(encoded(values, form), form).isnan().all()


def test_powers_and_exponents_are_exact() -> None:
    exponents = torch.arange(-1022, 1024)
    powers = two_to(exponents)
    assert all(
        math.ldexp(1.0, e) == p
        for e, p in zip(exponents.tolist(), powers.tolist(), strict=True)
    )
    assert torch.equal(exponent_of(powers), exponents)
    assert torch.equal(exponent_of(-1.5 * powers[:-1]), exponents[:-1])


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("exponent_bits", 1),
        ("exponent_bits", 9),
        ("mantissa_bits", 0),
        ("mantissa_bits", 24),
    ],
)
def test_a_format_that_cannot_be_is_refused(field: str, wrong: int) -> None:
    fields = {"exponent_bits": 4, "mantissa_bits": 3} | {field: wrong}
    with pytest.raises(ValueError, match=f"{field} is {wrong}: must be from"):
        FloatFormat(
            name="wrong",
            exponent_bits=fields["exponent_bits"],
            mantissa_bits=fields["mantissa_bits"],
            has_infinity=True,
        )


def test_wide_formats_are_those_of_torch_and_have_no_table() -> None:
    for form, kind in ((E8M7, torch.bfloat16), (E8M23, torch.float32)):
        known = torch.finfo(kind)
        assert (form.largest, form.smallest_normal) == (known.max, known.tiny)
    assert code_values(E8M7).isfinite().sum() == 2 * (2**15 - 2**7)
    with pytest.raises(ValueError, match="bits is 32: must be at most 19 for a table"):
        code_values(E8M23)
