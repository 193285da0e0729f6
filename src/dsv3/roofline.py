"""How long work takes at least and at most, from FLOP, bytes and a chip's rates.

A kernel must do its arithmetic and move its bytes. If the two overlap perfectly it
takes the longer of the two times; if they do not overlap at all it takes their sum. The
truth lies between, and the bounds differ by a factor of two at most.
"""

from dataclasses import dataclass

from dsv3 import accounting
from explorables.arithmetic import Number, maximum, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Time of a piece of work, from below and from above."""

    compute_seconds: Number
    """At peak."""

    memory_seconds: Number
    """At full bandwidth."""

    lower_seconds: Number
    """Time if both overlap perfectly: the longer of the two."""

    upper_seconds: Number
    """Time if nothing overlaps: the sum."""


def ridge_flop_per_byte(*, peak_flop_per_s: Number, bytes_per_s: Number) -> Number:
    """Arithmetic intensity above which a chip is bound by compute.

    The peak is the dense one at the precision of the work.

    Examples
    --------
    >>> ridge_flop_per_byte(peak_flop_per_s=990e12, bytes_per_s=3.3e12)
    300.0
    """
    require("bytes_per_s", bytes_per_s, bytes_per_s > 0, "must be above 0")
    return peak_flop_per_s / bytes_per_s


def time_bounds(
    *, flop: Number, moved_bytes: Number, peak_flop_per_s: Number, bytes_per_s: Number
) -> Bounds:
    """Bound the time of work that does some FLOP and moves some bytes.

    Examples
    --------
    >>> bounds = time_bounds(
    ...     flop=2e15, moved_bytes=3e12, peak_flop_per_s=1e15, bytes_per_s=3e12
    ... )
    >>> bounds.lower_seconds, bounds.upper_seconds
    (2.0, 3.0)
    """
    require("flop", flop, flop >= 0, "must not be negative")
    require("moved_bytes", moved_bytes, moved_bytes >= 0, "must not be negative")
    require("peak_flop_per_s", peak_flop_per_s, peak_flop_per_s > 0, "must be above 0")
    require("bytes_per_s", bytes_per_s, bytes_per_s > 0, "must be above 0")
    compute, memory = flop / peak_flop_per_s, moved_bytes / bytes_per_s
    return Bounds(
        compute_seconds=compute,
        memory_seconds=memory,
        lower_seconds=maximum(compute, memory),
        upper_seconds=compute + memory,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a kernel must do at least: arithmetic, and bytes read and written once."""

    flop: Number
    moved_bytes: Number

    @property
    def flop_per_byte(self) -> Number:
        """Arithmetic intensity."""
        return self.flop / self.moved_bytes


def matmul_work(
    *,
    tokens: Number,
    outputs: Number,
    inputs: Number,
    operand_bytes: Number,
    result_bytes: Number,
) -> Work:
    """Count the work of a matrix product: tokens x inputs by inputs x outputs.

    2 M N K FLOP for M tokens, N outputs and K inputs; both operands and the result
    moved once.

    Examples
    --------
    >>> work = matmul_work(
    ...     tokens=2, outputs=3, inputs=4, operand_bytes=1, result_bytes=2
    ... )
    >>> work.flop, work.moved_bytes
    (48, 32)
    """
    for name, size in (("tokens", tokens), ("outputs", outputs), ("inputs", inputs)):
        require(name, size, size > 0, "must be above 0")
    read = operand_bytes * inputs * (tokens + outputs)
    return Work(
        flop=2 * tokens * outputs * inputs,
        moved_bytes=read + result_bytes * tokens * outputs,
    )


def latent_decode_work(
    *,
    heads: Number,
    new_tokens: Number,
    context_tokens: Number,
    kv_lora_rank: Number,
    qk_rope_head_dim: Number,
    element_bytes: Number,
) -> Work:
    """Count absorbed latent attention over a cache: scores, and values gathered.

    Each head and new token meets the whole cache, which is read once for all of them,
    so the intensity grows with heads times new tokens and not with the context. Heads
    are those on this GPU, new tokens those of a sequence that look back at once; the
    bytes are the cache's, queries and results are left out.

    Examples
    --------
    >>> work = latent_decode_work(
    ...     heads=1, new_tokens=1, context_tokens=1, kv_lora_rank=4,
    ...     qk_rope_head_dim=2, element_bytes=2,
    ... )
    >>> work.flop, work.moved_bytes
    (20, 12)
    """
    for name, size in (
        ("heads", heads),
        ("new_tokens", new_tokens),
        ("context_tokens", context_tokens),
        ("kv_lora_rank", kv_lora_rank),
    ):
        require(name, size, size > 0, "must be above 0")
    flop = accounting.absorbed_score_flop(
        heads, new_tokens * context_tokens, kv_lora_rank, qk_rope_head_dim
    )
    cached = accounting.latent_elements(kv_lora_rank, qk_rope_head_dim)
    return Work(flop=flop, moved_bytes=element_bytes * context_tokens * cached)


def attainable_flop_per_s(
    *, flop_per_byte: Number, peak_flop_per_s: Number, bytes_per_s: Number
) -> tuple[Number, Number]:
    """Rate of a kernel of an intensity if nothing overlaps, and if all does.

    FLOP/s at least and at most, of a kernel that wastes no time otherwise.

    Examples
    --------
    At the ridge the two differ most, by half:

    >>> attainable_flop_per_s(
    ...     flop_per_byte=300.0, peak_flop_per_s=900.0, bytes_per_s=3.0
    ... )
    (450.0, 900.0)
    """
    bounds = time_bounds(
        flop=flop_per_byte,
        moved_bytes=1,
        peak_flop_per_s=peak_flop_per_s,
        bytes_per_s=bytes_per_s,
    )
    return flop_per_byte / bounds.upper_seconds, flop_per_byte / bounds.lower_seconds
