"""How this package arrives at the published figures of a service."""

from dsv3 import calculators, economics, serving
from dsv3.facts import fact


def v3_speculation_without_cost() -> float:
    """Tokens of a step in the middle of the published range of acceptance."""
    shares = fact("v3.mtp_acceptance_share").numbers
    return float(
        serving.expected_tokens(
            acceptance_share=sum(shares) / len(shares), drafted_tokens=1.0
        )
    )


def v3_speculation_with_cost() -> float:
    """Speed over plain decoding at that acceptance, drafts and checking counted."""
    return float(calculators.speculation().speedup_ratio)


def inference_day_usd() -> float:
    """Dollars for the published day of service, at the authors' rate."""
    return economics.published_day_cost_usd()


def inference_theoretical_usd() -> float:
    """Dollars for the day if every token were billed at R1 prices."""
    return _day_at_r1_prices().income_usd


def inference_theoretical_margin() -> float:
    """Theoretical income over cost, less 1."""
    return _day_at_r1_prices().margin_share


def _day_at_r1_prices() -> economics.TheoreticalDay:
    cached, other, output = fact("inference.r1_usd_per_million_tokens").numbers
    return economics.theoretical_day(
        economics.TokenRates(
            input_usd_per_million_tokens=other,
            cached_input_usd_per_million_tokens=cached,
            output_usd_per_million_tokens=output,
        )
    )
