"""Scales follow the published recipe, and an outlier hurts its own tile only."""

import pytest
import torch
from hypothesis import given, strategies as st

from dsv3.facts import fact
from dsv3.formats import E4M3, E5M6, FLOAT_FORMATS, FloatFormat
from dsv3.low_precision.float_formats import code_values, decoded
from dsv3.low_precision.quantization import (
    ACTIVATION_TILE,
    LEAST_MAXIMUM,
    WEIGHT_BLOCK,
    lost_share,
    quantized,
    relative_error,
    tile_errors,
    tile_maximum,
)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    """Return normal numbers."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_tiles_blocks_floor_and_largest_number_are_the_published_ones() -> None:
    assert fact("v3.fp8.activation_tile").value == ACTIVATION_TILE
    assert fact("v3.fp8.weight_block").value == WEIGHT_BLOCK
    assert fact("v3.fp8.scale_floor").value == LEAST_MAXIMUM
    assert fact("v3.fp8.largest_e4m3").value == E4M3.largest
    assert fact("v3.fp8.format").value == E4M3.name
    assert fact("v3.fp8.e5m6").value == E5M6.name


@pytest.mark.parametrize("tile", [ACTIVATION_TILE, WEIGHT_BLOCK, (3, 50), None])
def test_every_tile_has_the_scale_of_its_own_maximum(
    tile: tuple[int, int] | None,
) -> None:
    values = normal(130, 300)
    made = quantized(values, tile=tile)
    rows, columns = made.tile
    for at in range(made.scale.shape[0]):
        for beside in range(made.scale.shape[1]):
            part = values[at * rows :, beside * columns :][:rows, :columns]
            assert made.scale[at, beside] == part.abs().max() / 448
    assert made.scale.dtype == torch.float32
    assert made.codes.shape == values.shape


def test_codes_are_those_of_torchs_own_cast() -> None:
    values = normal(8, 256, seed=1)
    made = quantized(values)
    scaled = values / made.scale.repeat_interleave(128, dim=1)
    theirs = scaled.clamp(-448, 448).to(torch.float8_e4m3fn)
    assert torch.equal(made.codes, theirs.view(torch.uint8).int())
    assert torch.equal(
        made.dequantized(), theirs.float() * made.scale.repeat_interleave(128, dim=1)
    )


@pytest.mark.parametrize("form", FLOAT_FORMATS.values(), ids=lambda form: form.name)
def test_the_error_of_a_number_is_at_most_half_a_step(form: FloatFormat) -> None:
    values = normal(16, 512, seed=2)
    made = quantized(values, form=form)
    scale = made.scale.repeat_interleave(128, dim=1)
    error = (made.dequantized() - values).abs()
    half_step = 2.0 ** -(made.form.mantissa_bits + 1)
    floor = scale * made.form.smallest / 2
    assert bool(
        (error <= 1.000001 * torch.maximum(half_step * values.abs(), floor)).all()
    )


def test_scales_of_powers_of_two_are_the_next_above_and_scale_exactly() -> None:
    values = normal(4, 256, seed=3)
    plain, power = quantized(values), quantized(values, power_of_two=True)
    mantissa, _ = torch.frexp(power.scale)
    assert bool((mantissa == 0.5).all())
    assert bool(((power.scale >= plain.scale) & (power.scale < 2 * plain.scale)).all())
    exact = quantized(448 * torch.ones(1, 128), power_of_two=True)
    assert exact.scale.item() == 1.0
    # Numbers of the format, times a power of two, come back as they were.
    grid = code_values(E4M3).float()
    grid = grid[grid.isfinite()][None] / 64
    assert torch.equal(
        quantized(grid, tile=None, power_of_two=True).dequantized(), grid
    )


def test_a_tile_of_zeros_has_the_floor_as_its_maximum() -> None:
    made = quantized(torch.zeros(2, 256))
    assert bool((made.scale == torch.tensor(LEAST_MAXIMUM) / 448).all())
    assert torch.equal(made.dequantized(), torch.zeros(2, 256))


@given(
    place=st.integers(0, 511),
    row=st.integers(0, 3),
    size=st.floats(10, 1e30),
    power_of_two=st.booleans(),
    form=st.sampled_from(list(FLOAT_FORMATS.values())),
)
def test_an_outlier_hurts_its_own_tile_only(
    place: int, row: int, size: float, power_of_two: bool, form: FloatFormat
) -> None:
    values = normal(4, 512, seed=4)
    before = quantized(values, form=form, power_of_two=power_of_two)
    values[row, place] = size
    after = quantized(values, form=form, power_of_two=power_of_two)
    others = torch.ones(4, 512, dtype=torch.bool)
    others[row, place // 128 * 128 : place // 128 * 128 + 128] = False
    assert torch.equal(before.codes[others], after.codes[others])
    scale_differs = before.scale != after.scale
    assert scale_differs.sum() == 1
    assert scale_differs[row, place // 128]


def test_an_outlier_costs_the_others_more_with_one_scale_for_all() -> None:
    values = normal(1, 1024, seed=5)
    values[0, 100] = 300_000.0
    tiled, whole = quantized(values), quantized(values, tile=None)
    in_tiles = tile_errors(values, tiled.dequantized())[0]
    in_whole = tile_errors(values, whole.dequantized())[0]
    assert in_tiles[1:].max() < 0.04
    assert in_whole[1:].min() > 0.1
    assert in_tiles[0] == pytest.approx(float(in_whole[0]))
    assert lost_share(values[:, 128:], whole.dequantized()[:, 128:]) > 0.01
    assert lost_share(values[:, 128:], tiled.dequantized()[:, 128:]) < 0.002


def test_errors_by_tile_add_up_to_the_error_of_all() -> None:
    values = normal(3, 300, seed=6)
    made = quantized(values).dequantized()
    lengths = torch.stack([part.norm(dim=1) for part in values.split(128, dim=1)], 1)
    errors = tile_errors(values, made) * lengths
    assert float(errors.norm() / values.norm()) == pytest.approx(
        relative_error(values, made), rel=1e-5
    )


def test_the_codes_of_a_bfloat16_matrix_are_those_of_its_float32() -> None:
    values = normal(2, 256, seed=7).bfloat16()
    assert torch.equal(quantized(values).codes, quantized(values.float()).codes)


def test_edges_may_be_cut_off() -> None:
    values = normal(5, 7, seed=8)
    assert tile_maximum(values, (2, 4)).shape == (3, 2)
    assert tile_maximum(values, (2, 4))[2, 1] == values[4:, 4:].abs().max()
    assert decoded(quantized(values).codes, E4M3).abs().max() == 448


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf])
def test_what_is_not_finite_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="values is 'not finite everywhere'"):
        quantized(torch.tensor([[1.0, wrong]]))


def test_a_tile_or_a_floor_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tile is \(0, 128\): must have rows"):
        quantized(torch.ones(1, 1), tile=(0, 128))
    with pytest.raises(ValueError, match=r"least_maximum is 0.0: must be above 0"):
        quantized(torch.ones(1, 1), least_maximum=0.0)
