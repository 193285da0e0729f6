"""What a million tokens cost to serve, from a plan of GPUs and the rent of one."""

from dataclasses import dataclass
from typing import Unpack

from dsv3.economics.bill import require_not_negative
from dsv3.economics.token_prices import TrafficMix, mix_of_shares
from dsv3.serving import Service, ServicePlan, service
from explorables.arithmetic import Number
from explorables.quantities import SECONDS_PER_HOUR

MILLION = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingCost:
    """Dollars for a million tokens, and the speed that they buy."""

    usd_per_million_tokens: Number
    """Of the whole mix, cached tokens counted."""

    output_usd_per_million_tokens: Number
    """Of tokens written."""

    input_usd_per_million_tokens: Number
    """Of tokens of prompts that no cache held."""

    least_usd_per_million_tokens: Number
    """Of the mix if everything overlapped perfectly at full rates: the floor."""

    reader_tokens_per_s: Number

    decode_tokens_per_s_per_gpu: Number
    """Tokens written, over the GPUs that write."""

    prefill_tokens_per_s_per_gpu: Number
    """Tokens of prompts taken in, over the GPUs that do."""

    headroom_bytes: Number
    """Memory left on the fuller GPU."""

    million_tokens_gpu_seconds: Number
    """GPU time behind the first figure."""


def serving_cost(
    *,
    usd_per_gpu_hour: Number,
    output_share: Number,
    cache_hit_share: Number,
    **plan: Unpack[ServicePlan],
) -> ServingCost:
    """Price a million tokens of a mix, served by a plan of GPUs.

    Cached input is taken as free of GPU time. Nothing but GPUs is in the cost, and they
    are taken to be busy whenever they are paid for: idle hours belong to
    `reached_share`. `plan` holds the arguments of `dsv3.serving.service`.

    Raises
    ------
    ValueError
        If the plan does not fit.

    Examples
    --------
    Eight H200s at two dollars an hour, which only write:

    >>> cost = serving_cost(
    ...     usd_per_gpu_hour=2.0, output_share=1.0, cache_hit_share=0.0,
    ...     model="deepseek-v3", precision="fp8", gpu="H200 SXM",
    ...     layout="expert parallel", prefill_gpus=8.0, decode_gpus=8.0,
    ...     sequences=256.0, context_tokens=4096.0, prompt_tokens=4096.0,
    ...     network_bytes_per_s=50e9, drafted_tokens=0.0, acceptance_share=0.0,
    ...     reached_share=0.7, usable_share=0.9,
    ... )  # fmt: skip
    >>> cost.usd_per_million_tokens == cost.output_usd_per_million_tokens
    True
    """
    require_not_negative("usd_per_gpu_hour", usd_per_gpu_hour)
    mix = mix_of_shares(output_share=output_share, cache_hit_share=cache_hit_share)
    found = service(**plan)
    usd_per_second = usd_per_gpu_hour / SECONDS_PER_HOUR
    seconds = _gpu_seconds_per_million(
        mix, found.prefill_tokens_per_s_per_gpu, found.decode_tokens_per_s_per_gpu
    )
    least = _gpu_seconds_per_million(
        mix,
        found.most_prefill_tokens_per_s_per_gpu,
        found.most_decode_tokens_per_s_per_gpu,
    )
    million = MILLION * usd_per_second
    return ServingCost(
        usd_per_million_tokens=seconds * usd_per_second,
        output_usd_per_million_tokens=million / found.decode_tokens_per_s_per_gpu,
        input_usd_per_million_tokens=million / found.prefill_tokens_per_s_per_gpu,
        least_usd_per_million_tokens=least * usd_per_second,
        million_tokens_gpu_seconds=seconds,
        **_speeds(found),
    )


def _gpu_seconds_per_million(
    mix: TrafficMix, prefill_tokens_per_s: Number, decode_tokens_per_s: Number
) -> Number:
    taken_in = mix.input_share / prefill_tokens_per_s
    return MILLION * (taken_in + mix.output_share / decode_tokens_per_s)


def _speeds(found: Service) -> dict[str, Number]:
    return {
        "reader_tokens_per_s": found.reader_tokens_per_s,
        "decode_tokens_per_s_per_gpu": found.decode_tokens_per_s_per_gpu,
        "prefill_tokens_per_s_per_gpu": found.prefill_tokens_per_s_per_gpu,
        "headroom_bytes": found.headroom_bytes,
    }
