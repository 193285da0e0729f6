"""What the report's text says of its benchmark tables, from the tables."""

from dsv3.facts import benchmark_rows, fact


def v3_arena_hard() -> float:
    """V3's score in the table of open-ended evaluations."""
    return fact("v3.benchmark.chat.arena_hard").numbers[-1]


def v3_aime_lead() -> float:
    """Points by which V3 leads the next best on AIME 2024."""
    return _lead("AIME 2024")


def v3_math_500_lead() -> float:
    """Points by which V3 leads the next best on MATH-500."""
    return _lead("MATH-500")


def v3_cnmo_lead() -> float:
    """Points by which V3 leads the next best on CNMO 2024."""
    return _lead("CNMO 2024")


def _lead(name: str) -> float:
    return next(row.lead for row in benchmark_rows("chat") if row.name == name)


def qwen_more_tokens() -> float:
    """Share by which Qwen2.5's tokens, as the report has them, exceed V3's."""
    return fact("v3.text.qwen_tokens").number / fact("v3.tokens").number - 1
