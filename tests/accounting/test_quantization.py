import pytest
import torch

from dsv3.accounting.quantization import (
    optimizer_bytes_per_parameter,
    swiglu_input_elements_per_token,
    tiled_bytes,
)
from dsv3.low_precision.quantization import quantized


def test_counted_bytes_are_those_of_quantised_numbers() -> None:
    made = quantized(torch.ones(3, 512))
    stored = made.codes.to(torch.uint8)
    assert tiled_bytes(3 * 512) == stored.nbytes + made.scale.nbytes


def test_moments_in_half_the_bits_save_a_third_of_the_optimizer() -> None:
    before = optimizer_bytes_per_parameter(moment_bytes=4)
    assert optimizer_bytes_per_parameter() / before == pytest.approx(2 / 3)


def test_every_expert_keeps_gate_and_up() -> None:
    kept = swiglu_input_elements_per_token(
        moe_intermediate_size=2048, experts_per_token=9
    )
    assert kept == 36_864
