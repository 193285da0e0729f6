"""What bears on statements about the model, its weights and its benchmarks."""

from dsv3 import accounting, architecture, claims, prices
from dsv3.facts import facts

REPORT = "deepseekai2024v3"
COMES_OUT = (claims.Verdict.REPRODUCED, claims.Verdict.WITHIN_TOLERANCE)

LLAMA_COLUMN, V3_COLUMN = 2, 5
"""Places of Llama 3.1 405B and DeepSeek-V3 among the six models of Table 6."""


def dense_over_active_flop() -> float:
    """Work of one token if all weights took part, over the work of the active ones."""
    count = accounting.parameter_count(architecture.preset("deepseek-v3"))
    active = count.active(accounting.ActiveConvention.WITHOUT_INPUT_EMBEDDING)
    return float(count.total_parameters) / float(active)


def days_from_v3_to_r1() -> float:
    """Days from the first price of DeepSeek-V3 to that of DeepSeek-R1."""
    first = {
        model: min(one.first_day for one in prices.token_prices(model, host="DeepSeek"))
        for model in ("DeepSeek-V3", "DeepSeek-R1")
    }
    return float((first["DeepSeek-R1"] - first["DeepSeek-V3"]).days)


def reproduced_share_of_the_report() -> float:
    """Share of the report's recomputed figures that come out, or nearly do."""
    found = [
        claims.check(claim).verdict
        for claim in claims.claims()
        if claim.source.key == REPORT
    ]
    return sum(verdict in COMES_OUT for verdict in found) / len(found)


def facts_of_the_report() -> float:
    """Facts that this package reads from the report."""
    return float(sum(one.source.key == REPORT for one in facts()))


def benchmarks_against_llama() -> float:
    """Benchmarks of the report's Table 6 with a score for both models."""
    return float(len(_scores()))


def benchmarks_won_against_llama() -> float:
    """Benchmarks among them at which DeepSeek-V3 scores higher."""
    return float(sum(v3 > llama for llama, v3 in _scores()))


def share_won_against_llama() -> float:
    """Share of those benchmarks at which DeepSeek-V3 scores higher."""
    return benchmarks_won_against_llama() / benchmarks_against_llama()


def _scores() -> list[tuple[float, float]]:
    rows = [
        one.numbers
        for one in facts("v3.benchmark.chat.")
        if one.locator == "Table 6" and len(one.numbers) > V3_COLUMN
    ]
    return [(row[LLAMA_COLUMN], row[V3_COLUMN]) for row in rows]
