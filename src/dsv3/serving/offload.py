"""One reader at home: how fast a model decodes whose experts are not on the GPU.

Routed experts lie in the machine's memory, all else on one GPU.
"""

from dataclasses import dataclass

from dsv3.serving.token_demand import TokenDemand
from explorables.arithmetic import Number, require


@dataclass(frozen=True, slots=True, kw_only=True)
class OffloadedDecode:
    """What one sequence reads for a token, and the speed that allows at most."""

    experts_bytes: Number
    """Weights of the chosen experts, read where they lie."""

    other_bytes: Number
    """All other weights, read from the GPU's memory."""

    tokens_per_s: Number
    """Tokens per second at most, one read after the other."""


def offloaded_decode(
    demand: TokenDemand,
    *,
    expert_bytes_per_s: Number,
    hbm_bytes_per_s: Number,
) -> OffloadedDecode:
    """Bound the speed of one sequence whose experts lie outside the GPU.

    A layer's experts are known only once its router has spoken, so their bytes wait for
    the rest and the times add. Arithmetic and the cache are left out.
    `expert_bytes_per_s` is the bandwidth at which chosen experts reach what multiplies
    them.

    Examples
    --------
    >>> from dsv3.serving import token_demand
    >>> found = offloaded_decode(
    ...     token_demand("deepseek-v3", "fp8"),
    ...     expert_bytes_per_s=100e9,
    ...     hbm_bytes_per_s=1e12,
    ... )
    >>> round(found.experts_bytes / 1e9, 1), round(found.tokens_per_s, 1)
    (20.4, 4.5)
    """
    given = {
        "expert_bytes_per_s": expert_bytes_per_s,
        "hbm_bytes_per_s": hbm_bytes_per_s,
    }
    for name, value in given.items():
        require(name, value, value > 0, "must be above 0")
    load = demand.model
    chosen = load.chosen_share * load.routed_parameters
    experts = demand.routed_bytes_per_parameter * chosen
    other = demand.common_bytes_per_parameter * load.common_parameters
    seconds = experts / expert_bytes_per_s + other / hbm_bytes_per_s
    return OffloadedDecode(
        experts_bytes=experts, other_bytes=other, tokens_per_s=1 / seconds
    )
