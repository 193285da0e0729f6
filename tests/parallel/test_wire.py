"""Rows travel in the bytes that are counted, and arrive rounded as another type is."""

import ml_dtypes
import numpy as np
import pytest
import torch

from dsv3.collectives import token_bytes
from dsv3.parallel import WIRE_FORMS, WireForm, wire_bytes, wire_rows


def drawn(rows: int, size: int) -> torch.Tensor:
    source = torch.Generator().manual_seed(0)
    spread = torch.logspace(-3, 3, rows)[:, None]
    return spread * torch.randn(rows, size, generator=source)


@pytest.mark.parametrize("size", [128, 896, 7168])
@pytest.mark.parametrize(
    ("form", "counted"), [("exact", "fp32"), ("bf16", "bf16"), ("fp8", "fp8")]
)
def test_a_row_is_as_long_as_counted(size: int, form: WireForm, counted: str) -> None:
    width = wire_bytes(drawn(2, size), form).shape[1]
    assert width == token_bytes(hidden_size=size, wire_format=counted)


@pytest.mark.parametrize("kind", [torch.float64, torch.float32, torch.bfloat16])
def test_exact_rows_come_back_bit_for_bit(kind: torch.dtype) -> None:
    rows = drawn(5, 24).to(kind)
    assert torch.equal(wire_rows(wire_bytes(rows, "exact"), "exact", rows), rows)


def test_bf16_rows_come_back_as_the_other_librarys_bf16() -> None:
    rows = drawn(7, 40)
    back = wire_rows(wire_bytes(rows, "bf16"), "bf16", rows).numpy()
    assert (back == rows.numpy().astype(ml_dtypes.bfloat16).astype(np.float32)).all()


def test_fp8_codes_and_scales_are_the_other_librarys() -> None:
    rows = drawn(6, 384)
    travelled = wire_bytes(rows, "fp8").numpy()
    tiles = rows.numpy().reshape(6, 3, 128)
    scales = np.abs(tiles).max(axis=2) / np.float32(448)
    codes = (tiles / scales[:, :, None]).astype(ml_dtypes.float8_e4m3fn)
    assert (travelled[:, :384] == codes.view(np.uint8).reshape(6, 384)).all()
    assert (travelled[:, 384:].copy().view(np.float32) == scales).all()


def test_fp8_rows_come_back_within_half_a_step() -> None:
    rows = drawn(9, 256)
    back = wire_rows(wire_bytes(rows, "fp8"), "fp8", rows)
    largest = rows.view(9, 2, 128).abs().amax(dim=2).repeat_interleave(128, dim=1)
    # Three bits of fraction: half a step is a sixteenth, and the least step is 2^-9.
    slack = torch.maximum(rows.abs() / 16, largest / 448 * 2**-10)
    assert ((back - rows).abs() <= slack * (1 + 1e-6)).all()


@pytest.mark.parametrize("form", WIRE_FORMS)
def test_no_rows_are_no_bytes(form: WireForm) -> None:
    rows = torch.zeros(0, 256)
    travelled = wire_bytes(rows, form)
    assert travelled.numel() == 0
    assert wire_rows(travelled, form, rows).shape == (0, 256)


def test_a_row_of_zeros_travels_in_fp8() -> None:
    rows = torch.zeros(1, 128)
    assert torch.equal(wire_rows(wire_bytes(rows, "fp8"), "fp8", rows), rows)


def test_what_cannot_travel_is_refused() -> None:
    rows = torch.ones(1, 128)
    with pytest.raises(ValueError, match="form is 'fp4': must be one of exact"):
        wire_bytes(rows, "fp4")
    rows[0, 5] = torch.inf
    with pytest.raises(ValueError, match="rows is not finite everywhere"):
        wire_bytes(rows, "fp8")
