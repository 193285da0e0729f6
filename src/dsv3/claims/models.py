"""Formulas behind claims on models: what is counted of them, and how they score."""

from dsv3 import accounting, architecture, claims
from dsv3.accounting import ActiveConvention
from dsv3.facts import Fact, benchmark_rows, facts

COMES_OUT = (claims.Verdict.REPRODUCED, claims.Verdict.WITHIN_TOLERANCE)

LLAMA_COLUMN, V3_COLUMN = 2, 5
"""Places of Llama 3.1 405B and DeepSeek-V3 among the six models of Table 6."""


def active_parameters(
    *, model: str, convention: str = ActiveConvention.WITHOUT_INPUT_EMBEDDING
) -> float:
    """Count the weights that work on a token.

    Examples
    --------
    >>> active_parameters(model="deepseek-v3")
    36625618432.0
    """
    count = accounting.parameter_count(architecture.preset(model))
    return float(count.active(convention))


def equivalent_query_groups(*, model: str) -> float:
    """Count the key-value groups whose cache is as large as the latent's."""
    attention = architecture.preset(model).latent_attention
    cached = accounting.attention_count(attention).cached_elements
    return float(cached) / (2 * float(attention.v_head_dim))


def benchmark_lead(*, name: str) -> float:
    """Points by which V3 leads the next best in the report's table of chat models."""
    return next(row.lead for row in benchmark_rows("chat") if row.name == name)


def benchmarks_against_llama(*, won: bool = False) -> tuple[Fact, ...]:
    """Benchmarks of Table 6 with a score for both models, or those V3 scores higher at.

    Examples
    --------
    >>> len(benchmarks_against_llama()), len(benchmarks_against_llama(won=True))
    (22, 21)
    """
    both = [
        one
        for one in facts("v3.benchmark.chat.")
        if one.locator == "Table 6" and len(one.numbers) > V3_COLUMN
    ]
    return tuple(
        one
        for one in both
        if not won or one.numbers[V3_COLUMN] > one.numbers[LLAMA_COLUMN]
    )


def reproduced_share(*, source: str) -> float:
    """Share of a source's recomputed figures that come out, or nearly do."""
    found = [
        claims.check(claim).verdict
        for claim in claims.claims()
        if claim.source.key == source
    ]
    return sum(verdict in COMES_OUT for verdict in found) / len(found)
