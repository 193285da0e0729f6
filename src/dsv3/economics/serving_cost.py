"""What a million tokens cost to serve, from a plan of GPUs and the rent of one.

Owns the step from tokens per second to dollars, over a mix of traffic. Knows no price
list and no purchase price.
"""

from dataclasses import dataclass
from typing import Any

from dsv3.economics.api_comparison import published_day_mix
from dsv3.economics.bill import require_not_negative
from dsv3.economics.token_prices import TrafficMix, mix_of_shares
from dsv3.facts import fact
from dsv3.serving import (
    ServedModel,
    Service,
    chosen_service,
    planned_service,
    published_service,
)
from explorables.arithmetic import Choice, Number
from explorables.quantities import SECONDS_PER_HOUR

MILLION = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeCost:
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
    """Tokens per second that one reader sees."""

    decode_tokens_per_s_per_gpu: Number
    """Tokens written, over the GPUs that write."""

    prefill_tokens_per_s_per_gpu: Number
    """Tokens of prompts taken in, over the GPUs that do."""

    headroom_bytes: Number
    """Memory left on the fuller GPU."""

    million_tokens_gpu_seconds: Number
    """GPU time behind the first figure."""


def serve_cost(
    *,
    model: Choice,
    precision: Choice,
    usd_per_gpu_hour: Number,
    output_share: Number,
    cache_hit_share: Number,
    **plan: Any,
) -> ServeCost:
    """Price a million tokens of a mix, served by one of the package's models.

    Cached input is taken as free of GPU time. Nothing but GPUs is in the cost, and
    they are taken to be busy whenever they are paid for: idle hours belong to
    `reached_share`.

    Parameters
    ----------
    model, precision
        A preset and how its weights are held.
    usd_per_gpu_hour
        Rent of one GPU with its share of everything, not negative.
    output_share
        Share of all tokens that is output, 0 to 1.
    cache_hit_share
        Share of the input that is read from a cache, 0 to 1.
    plan
        The other arguments of `dsv3.serving.planned_service`.

    Raises
    ------
    ValueError
        If an argument is out of range, a name unknown, or the plan does not fit.

    Examples
    --------
    DeepSeek's published day, at the assumed share of the bound:

    >>> cost = serve_cost(**published_serve_cost())
    >>> round(cost.usd_per_million_tokens, 2)
    0.12
    """
    return planned_serve_cost(
        chosen_service(model, precision),
        precision=precision,
        usd_per_gpu_hour=usd_per_gpu_hour,
        output_share=output_share,
        cache_hit_share=cache_hit_share,
        **plan,
    )


def planned_serve_cost(
    served: ServedModel,
    *,
    usd_per_gpu_hour: Number,
    output_share: Number,
    cache_hit_share: Number,
    **plan: Any,
) -> ServeCost:
    """Price as `serve_cost` does, for a model of one's own: see `served_model`."""
    require_not_negative("usd_per_gpu_hour", usd_per_gpu_hour)
    mix = mix_of_shares(output_share=output_share, cache_hit_share=cache_hit_share)
    found = planned_service(served, **plan)
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
    return ServeCost(
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


def published_serve_cost() -> dict[str, Any]:
    """Arguments of `serve_cost`: the layout, load, mix and rate DeepSeek published.

    Examples
    --------
    >>> published_serve_cost()["usd_per_gpu_hour"]
    2.0
    """
    mix = published_day_mix()
    taken_in = mix.input_share + mix.cached_input_share
    return {
        **published_service(),
        "usd_per_gpu_hour": fact("v3.usd_per_gpu_hour").number,
        "output_share": float(mix.output_share),
        "cache_hit_share": float(mix.cached_input_share / taken_in),
    }
