"""What drafted tokens bring: tokens of a step, what they cost, and the speed of both.

How long a step takes is :mod:`dsv3.serving.step`'s business; drafting itself is done in
:mod:`dsv3.model.speculation`, which this room must not know.
"""

from dataclasses import dataclass

from dsv3.serving.step import released_loads, step_seconds
from explorables.arithmetic import Number, floor, require, where

MOST_DRAFTED_TOKENS = 8
"""Tokens drafted for one step at most."""


def expected_tokens(*, acceptance_share: Number, drafted_tokens: Number) -> Number:
    """Tokens that one step yields on average: the model's own and accepted drafts.

    A draft counts only if all before it were right, so k drafts that are each
    right with the same chance p, whatever came before, yield 1 + p + ... + p^k =
    (1 - p^(k+1)) / (1 - p) [leviathan2023speculative]_ (equation 1). For a single
    draft nothing is assumed: the mean is 1 + p by definition.

    Examples
    --------
    >>> expected_tokens(acceptance_share=0.5, drafted_tokens=1)
    1.5
    >>> expected_tokens(acceptance_share=0.5, drafted_tokens=3)
    1.875
    """
    share, drafts = acceptance_share, drafted_tokens
    require("acceptance_share", share, share >= 0, "must be from 0 to 1")
    require("acceptance_share", share, share <= 1, "must be from 0 to 1")
    rule = f"must be whole, from 0 to {MOST_DRAFTED_TOKENS}"
    require("drafted_tokens", drafts, drafts >= 0, rule)
    require("drafted_tokens", drafts, drafts <= MOST_DRAFTED_TOKENS, rule)
    require("drafted_tokens", drafts, floor(drafts) == drafts, rule)
    # Term by term, because the closed form divides by zero where p is 1.
    tokens, chance = 1.0 + 0.0 * share, 1.0 + 0.0 * share
    for number in range(1, MOST_DRAFTED_TOKENS + 1):
        chance = chance * share
        tokens = tokens + where(drafts >= number, chance, 0.0)
    return tokens


def implied_overhead_share(
    *, acceptance_share: Number, drafted_tokens: Number, speedup_ratio: Number
) -> Number:
    """Time that drafts and their checking must have cost, over a step without drafts.

    From speed-up = expected tokens / (1 + overhead). It is negative if the speed-up is
    more than drafts can give.

    Examples
    --------
    >>> implied_overhead_share(
    ...     acceptance_share=0.5, drafted_tokens=1, speedup_ratio=1.25
    ... )
    0.19999999999999996
    """
    rule = "must be above 0"
    require("speedup_ratio", speedup_ratio, speedup_ratio > 0, rule)
    tokens = expected_tokens(
        acceptance_share=acceptance_share, drafted_tokens=drafted_tokens
    )
    return tokens / speedup_ratio - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Speculation:
    """What drafting brings to a service, and what it costs."""

    tokens_per_s: Number

    speedup_ratio: Number
    """That speed over plain decoding's."""

    step_tokens: Number
    """Tokens that a step yields to one sequence on average."""

    draft_share: Number
    """Time of all drafts of a step, over a step without drafts."""

    checked_step_ratio: Number
    """Time of a step that checks drafts, over a step without drafts."""


def speculation(
    *,
    acceptance_share: Number,
    drafted_tokens: Number,
    sequences: Number,
    context_tokens: Number,
    plain_tokens_per_s: Number,
) -> Speculation:
    """Say how much faster DeepSeek-V3 decodes when its module drafts.

    speed-up = expected tokens / (checked step + drafts), both in plain steps and from
    `step_seconds`. The module drafts again from its own state for each further token,
    and every draft is right with the same chance: for the second it will be less, so
    more than one is a bound. `plain_tokens_per_s` is the speed of one sequence without
    drafts, as measured.

    Examples
    --------
    >>> found = speculation(
    ...     acceptance_share=0.875,
    ...     drafted_tokens=1,
    ...     sequences=256,
    ...     context_tokens=4096,
    ...     plain_tokens_per_s=20,
    ... )
    >>> round(found.speedup_ratio, 2), found.step_tokens
    (1.73, 1.875)
    """
    require("sequences", sequences, sequences >= 1, "must be at least 1")
    rule = "must be above 0"
    require("plain_tokens_per_s", plain_tokens_per_s, plain_tokens_per_s > 0, rule)
    tokens = expected_tokens(
        acceptance_share=acceptance_share, drafted_tokens=drafted_tokens
    )
    loads = released_loads()
    work = {"sequences": sequences, "context_tokens": context_tokens}
    plain = step_seconds(loads.model, tokens=sequences, **work)
    checked = sequences * (1 + drafted_tokens)
    checked_ratio = step_seconds(loads.model, tokens=checked, **work) / plain
    draft = step_seconds(loads.module, tokens=sequences, **work) / plain
    speedup = tokens / (checked_ratio + drafted_tokens * draft)
    return Speculation(
        tokens_per_s=plain_tokens_per_s * speedup,
        speedup_ratio=speedup,
        step_tokens=tokens,
        draft_share=drafted_tokens * draft,
        checked_step_ratio=checked_ratio,
    )
