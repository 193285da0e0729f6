"""Rotary position: what turning must keep, and the published stretching."""

import math

import pytest
import torch
from transformers import DeepseekV3Config
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3Attention

from dsv3 import accounting
from dsv3.architecture import RopeScaling, preset
from dsv3.model import tiny
from dsv3.model.attention import MultiHeadLatentAttention
from dsv3.model.configuration import config_fields
from dsv3.model.rotary import (
    rotary_frequencies,
    rotate,
    rotation_at,
    score_temperature,
)


def turned(vector: torch.Tensor, position: int) -> torch.Tensor:
    rotation = rotation_at(torch.tensor([[position]]), tiny(), torch.float64)
    return rotate(vector[None, None, None], rotation)[0, 0, 0]


def attention_of(name: str) -> MultiHeadLatentAttention:
    with torch.device("meta"):
        return MultiHeadLatentAttention(preset(name), 0)


def test_neighbouring_parts_turn_together() -> None:
    vector = torch.zeros(12, dtype=torch.float64)
    vector[0] = 1.0
    expected = [math.cos(3.0), math.sin(3.0)]
    assert turned(vector, 3)[:2].tolist() == pytest.approx(expected)
    assert turned(vector, 3)[2:].abs().max() == 0


def test_only_the_distance_of_two_positions_matters() -> None:
    generator = torch.Generator().manual_seed(0)
    query, key = torch.randn(2, 12, dtype=torch.float64, generator=generator)
    near = turned(query, 9) @ turned(key, 5)
    far = turned(query, 109) @ turned(key, 105)
    assert float(near) == pytest.approx(float(far), abs=1e-12)


def test_turning_keeps_lengths() -> None:
    vector = torch.arange(12, dtype=torch.float64)
    assert float(turned(vector, 77).norm()) == pytest.approx(float(vector.norm()))


def test_deepseek_v3_keeps_its_fast_pairs_and_slows_the_rest() -> None:
    released = preset("deepseek-v3")
    plain = rotary_frequencies(64, 10000.0)
    stretched = rotary_frequencies(64, 10000.0, released.rope_scaling)
    ratio = (stretched / plain).tolist()
    # The reference code's ramp lies over pairs 10 to 23 of 32.
    assert ratio[:11] == pytest.approx([1.0] * 11)
    assert ratio[23:] == pytest.approx([1 / 40] * 9)
    assert all(1 / 40 < share < 1 for share in ratio[11:23])


def test_deepseek_v3_scales_its_scores_as_released() -> None:
    scale = attention_of("deepseek-v3").softmax_scale
    assert scale == pytest.approx(0.1352338, abs=1e-7)
    plain = attention_of("deepseek-v2").softmax_scale
    assert plain == pytest.approx(192**-0.5)


def test_frequencies_are_those_of_transformers() -> None:
    released = preset("deepseek-v3")
    config = DeepseekV3Config(**config_fields(released))
    theirs, on_angles = ROPE_INIT_FUNCTIONS["yarn"](config, "cpu")
    # The temperature is on the scores, and not on the angles.
    assert on_angles == 1.0
    ours = rotary_frequencies(64, 10000.0, released.rope_scaling)
    assert ours.tolist() == pytest.approx(theirs.tolist(), rel=2e-6)


def test_scores_are_scaled_as_by_transformers() -> None:
    released = preset("deepseek-v3")
    config = DeepseekV3Config(**config_fields(released))
    with torch.device("meta"):
        theirs = DeepseekV3Attention(config, 0)
    assert attention_of("deepseek-v3").softmax_scale == pytest.approx(theirs.scaling)


@pytest.mark.parametrize("window", [4096, 64])
@pytest.mark.parametrize(("size", "theta"), [(64, 10000.0), (16, 256.0), (8, 3.0)])
def test_pairs_turn_as_they_are_counted_to(
    window: int, size: int, theta: float
) -> None:
    for factor, fast, slow in [(40, 32, 1), (8, 4, 0.3), (2, 5, 4.5)]:
        numbers = {
            "beta_fast": fast,
            "beta_slow": slow,
            "factor": factor,
            "mscale_all_dim": 1,
            "original_max_position_embeddings": window,
        }
        yarn = RopeScaling(rope_type="yarn", settings=tuple(numbers.items()))
        turned = rotary_frequencies(size, theta, yarn).tolist()
        counted = [
            accounting.rotary_pair(
                pair=pair,
                factor=factor,
                beta_fast=fast,
                beta_slow=slow,
                context_tokens=1.0,
                qk_rope_head_dim=size,
                rope_theta=theta,
                trained_tokens=window,
            ).turns
            for pair in range(size // 2)
        ]
        assert [angle / (2 * math.pi) for angle in turned] == pytest.approx(counted)
        assert score_temperature(yarn) == pytest.approx(
            accounting.temperature_ratio(factor=factor)
        )
