"""Formulas behind claims on services: the published day, and prices of tokens."""

from dsv3 import economics, prices
from dsv3.facts import fact
from dsv3.prices import TokenPrice
from explorables.quantities import SECONDS_PER_DAY, SECONDS_PER_HOUR

_MILLION = 1e6


def nodes_of_the_published_day() -> float:
    """Nodes that the day's tokens take at the published speed of a node."""
    taken_in = fact("inference.input_tokens_per_day").number
    written = fact("inference.output_tokens_per_day").number
    node_seconds = (
        taken_in / fact("inference.prefill_tokens_per_s_per_node").number
        + written / fact("inference.decode_tokens_per_s_per_node").number
    )
    return node_seconds / SECONDS_PER_DAY


def sglang_output_usd() -> float:
    """Dollars for a million tokens written, at the rate DeepSeek assumes."""
    node_usd = fact("v3.gpus_per_node").number * fact("v3.usd_per_gpu_hour").number
    per_hour = fact("sglang.decode_tokens_per_s_per_node").number * SECONDS_PER_HOUR
    return node_usd / per_hour * _MILLION


def published_day_usd_per_million_tokens(*, price: TokenPrice) -> float:
    """Blend a price over the mix of the day whose traffic DeepSeek published."""
    mix = economics.published_day_mix()
    return float(economics.blended_usd_per_million_tokens(economics.rates(price), mix))


def days_between_first_prices(*, earlier: str, later: str) -> float:
    """Days from DeepSeek's first price of one model to that of another.

    Examples
    --------
    >>> days_between_first_prices(earlier="DeepSeek-V3", later="DeepSeek-R1")
    25.0
    """
    first = {
        model: min(one.first_day for one in prices.token_prices(model, host="DeepSeek"))
        for model in (earlier, later)
    }
    return float((first[later] - first[earlier]).days)
