"""Rotary position, plain and stretched by YaRN.

Pairs are interleaved as in the released weights: parts 2i and 2i+1 of a vector turn
together.

Twin: accounting/rotary.py, which counts turns; there are no parameters to count here,
and no matrix multiplication.
"""

import math
from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dsv3.architecture import Architecture, LatentAttention, RopeScaling


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """The turn of every pair at every position; one pair is half of R's parts."""

    turns_BS1r: Tensor
    """cos a + i sin a for each of the R/2 pairs, the same for all heads."""


@cache
def rotary_frequencies(
    size: int, theta: float, yarn: RopeScaling | None = None
) -> Float[Tensor, " r"]:
    """Return the angle by which each pair turns per position, in radians.

    Plain: f_i = theta^(-2i/R), with R the even `size`. YaRN [peng2023yarn]_ (section
    3.2, equations 17 to 20) keeps the frequency of pairs that turn often over the
    trained length, divides that of slow pairs by the factor, and blends between.

    In float64: at position 100,000 the rounding of a 32-bit frequency is visible in the
    angle.

    Examples
    --------
    >>> rotary_frequencies(4, 10000.0).tolist()
    [1.0, 0.01]
    """
    pairs_r = torch.arange(size // 2, dtype=torch.float64, device="cpu")
    plain_r = theta ** (-2 * pairs_r / size)
    if yarn is None:
        return plain_r
    keep_r = 1 - _stretched_share(pairs_r, size, theta, yarn)
    return plain_r * keep_r + plain_r / yarn.numbers["factor"] * (1 - keep_r)


def _stretched_share(
    pairs_r: Float[Tensor, " r"], size: int, theta: float, yarn: RopeScaling
) -> Float[Tensor, " r"]:
    """Return 0 for pairs to keep, 1 for pairs to stretch, a ramp between."""
    numbers = yarn.numbers

    def pair_that_turns(turns: float) -> float:
        # Solves L f_i = 2 pi turns for the pair's index i.
        reach = numbers["original_max_position_embeddings"] / (2 * math.pi * turns)
        return size * math.log(reach) / (2 * math.log(theta))

    # Whole indices and this clamp are the released code's; the paper has neither.
    first = max(math.floor(pair_that_turns(numbers["beta_fast"])), 0)
    last = min(math.ceil(pair_that_turns(numbers["beta_slow"])), size - 1)
    width = max(last - first, 0.001)
    return ((pairs_r - first) / width).clamp(0, 1)


def score_temperature(yarn: RopeScaling | None) -> float:
    """Return YaRN's factor on the scores' scale, the square of 0.1 m ln(s) + 1.

    Examples
    --------
    DeepSeek-V3's 1.3689 squared:

    >>> from dsv3.architecture import preset
    >>> round(score_temperature(preset("deepseek-v3").rope_scaling), 4)
    1.8739
    """
    if yarn is None or yarn.numbers["factor"] <= 1:
        return 1.0
    stretch = math.log(yarn.numbers["factor"])
    return (0.1 * yarn.numbers["mscale_all_dim"] * stretch + 1) ** 2


def rotation_at(
    positions_BS: Int[Tensor, "B S"], architecture: Architecture, dtype: torch.dtype
) -> Rotation:
    """Return the turns at given positions, computed in 64 bits.

    They have at least 32, whatever the model's `dtype`.
    """
    assert isinstance(architecture.attention, LatentAttention)
    size = int(architecture.attention.qk_rope_head_dim)
    theta, yarn = architecture.rope_theta, architecture.rope_scaling
    frequencies_r = rotary_frequencies(size, theta, yarn)
    frequencies_r = frequencies_r.to(positions_BS.device)
    angles_BS1r = positions_BS[..., None, None] * frequencies_r
    turns_BS1r = torch.polar(torch.ones_like(angles_BS1r), angles_BS1r)
    wide = torch.promote_types(dtype, torch.float32).to_complex()
    return Rotation(turns_BS1r=turns_BS1r.to(wide))


def rotate(
    vectors_BSHR: Float[Tensor, "B S H R"], rotation: Rotation
) -> Float[Tensor, "B S H R"]:
    """Return vectors with each pair of parts turned by its angle.

    (x, y) becomes (x cos a - y sin a, x sin a + y cos a), which is (x + iy) e^(ia).
    """
    wide_BSHR = vectors_BSHR
    if vectors_BSHR.element_size() < 4:
        wide_BSHR = vectors_BSHR.float()
    # Neighbours in memory are a complex number as they stand, so that one pass over
    # them turns all; picking out even and odd parts takes eight times as long.
    pairs_BSHr2 = wide_BSHR.view(*vectors_BSHR.shape[:-1], -1, 2)
    pairs_BSHr = torch.view_as_complex(pairs_BSHr2.contiguous())
    turned_BSHr = pairs_BSHr * rotation.turns_BS1r
    return torch.view_as_real(turned_BSHr).flatten(-2).to(vectors_BSHR.dtype)
