"""How often rotary pairs turn, and which of them YaRN slows.

Twin: model/rotary.py.
"""

import math
from dataclasses import dataclass

from explorables.arithmetic import (
    Number,
    both,
    ceil,
    floor,
    log,
    maximum,
    minimum,
    power,
    require,
    total,
    where,
)

LARGEST_ROTARY_SIZE = 4096
"""Parts of a rotary key that are looped over at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaryPair:
    """One pair of a rotary key, plain and stretched."""

    period_tokens: Number
    """Tokens in which it turns once, as trained first."""

    stretched_share: Number
    """0 where it keeps its pace, 1 where it is slowed by the whole factor."""

    stretched_period_tokens: Number
    """Tokens in which it turns once, after YaRN."""

    trained_turns: Number

    turns: Number
    """Turns over the context, after YaRN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaryStretch:
    """What YaRN does to all pairs, and to one of them looked at."""

    new_angle_count: Number
    """Pairs that reach angles in the context which training never showed."""

    kept_count: Number

    blended_count: Number
    """Pairs on the ramp."""

    slowed_count: Number

    temperature_ratio: Number
    """Factor on the scores before the softmax."""

    period_tokens: Number
    """This and the rest: the pair looked at, as in `RotaryPair`."""

    stretched_share: Number
    stretched_period_tokens: Number
    trained_turns: Number
    turns: Number


def rotary_ramp(
    *,
    qk_rope_head_dim: Number,
    rope_theta: Number,
    trained_tokens: Number,
    beta_fast: Number,
    beta_slow: Number,
) -> tuple[Number, Number]:
    """Return the last pair that keeps its pace and the first that is slowed whole.

    Pair i, from 0 for the fastest, turns L theta^(-2i/R) / 2 pi times over the trained
    length L, R being the parts that rotate, two for each pair; the pair that turns b
    times is i = R ln(L / 2 pi b) / (2 ln theta) [peng2023yarn]_ (section 3.2). From
    `beta_fast` turns on a pair is kept, up to `beta_slow` it is slowed by the whole
    factor. Whole indices, and R - 1 as their limit, are the released code's.

    Examples
    --------
    >>> rotary_ramp(
    ...     qk_rope_head_dim=64,
    ...     rope_theta=10000,
    ...     trained_tokens=4096,
    ...     beta_fast=32,
    ...     beta_slow=1,
    ... )
    (10.0, 23.0)
    """
    reach = trained_tokens / (2 * math.pi)
    pairs_per_e = qk_rope_head_dim / (2 * log(rope_theta))
    first = floor(pairs_per_e * log(reach / beta_fast))
    last = ceil(pairs_per_e * log(reach / beta_slow))
    return maximum(first, 0), minimum(last, qk_rope_head_dim - 1)


def rotary_pair(
    *,
    pair: Number,
    factor: Number,
    beta_fast: Number,
    beta_slow: Number,
    context_tokens: Number,
    qk_rope_head_dim: Number,
    rope_theta: Number,
    trained_tokens: Number,
) -> RotaryPair:
    """Count the turns of one pair, before and after YaRN.

    Index 0 is the fastest; `factor` is how many times the trained length is reached, 1
    for no stretching; turns after YaRN are counted over `context_tokens`.

    Examples
    --------
    The fastest pair turns by one radian a token, whatever is stretched:

    >>> fast = rotary_pair(
    ...     pair=0,
    ...     factor=40,
    ...     beta_fast=32,
    ...     beta_slow=1,
    ...     context_tokens=4096,
    ...     qk_rope_head_dim=64,
    ...     rope_theta=10000,
    ...     trained_tokens=4096,
    ... )
    >>> round(fast.stretched_period_tokens, 2), round(fast.turns)
    (6.28, 652)
    """
    first, last = rotary_ramp(
        qk_rope_head_dim=qk_rope_head_dim,
        rope_theta=rope_theta,
        trained_tokens=trained_tokens,
        beta_fast=beta_fast,
        beta_slow=beta_slow,
    )
    place = (pair - first) / maximum(last - first, 0.001)
    share = maximum(minimum(place, 1.0), 0.0)
    period = 2 * math.pi * power(rope_theta, 2 * pair / qk_rope_head_dim)
    slowed = period / (1 - share + share / factor)
    return RotaryPair(
        period_tokens=period,
        stretched_share=share,
        stretched_period_tokens=slowed,
        trained_turns=trained_tokens / period,
        turns=context_tokens / slowed,
    )


def rotary_stretch(
    *,
    pair: Number,
    factor: Number,
    beta_fast: Number,
    beta_slow: Number,
    context_tokens: Number,
    qk_rope_head_dim: float,
    rope_theta: Number,
    trained_tokens: Number,
) -> RotaryStretch:
    """Say which pairs YaRN slows, and whether a context shows them new angles.

    A pair that turns at least once over the trained length has shown every angle. One
    that does not has shown angles up to some part of a turn, and new ones come when it
    turns further over the context. `pair` is the one looked at.

    Examples
    --------
    Of DeepSeek-V3's 32 pairs 11 keep their pace:

    >>> found = rotary_stretch(
    ...     pair=31,
    ...     factor=40,
    ...     beta_fast=32,
    ...     beta_slow=1,
    ...     context_tokens=131072,
    ...     qk_rope_head_dim=64,
    ...     rope_theta=10000,
    ...     trained_tokens=4096,
    ... )
    >>> found.kept_count, found.blended_count, found.slowed_count
    (11, 12, 9)
    """
    _require_pairs(qk_rope_head_dim)
    last = qk_rope_head_dim / 2 - 1
    rule = f"must be from 0 to {last:.0f}"
    require("pair", pair, both(pair >= 0, pair <= last), rule)
    require("factor", factor, factor >= 1, "must be at least 1: YaRN only stretches")
    require("rope_theta", rope_theta, rope_theta > 1, "must be above 1")
    require("beta_slow", beta_slow, beta_slow > 0, "must be above 0")
    rule = "must be above beta_slow"
    require("beta_fast", beta_fast, beta_fast > beta_slow, rule)
    rule = "must be above 0"
    require("context_tokens", context_tokens, context_tokens > 0, rule)

    def pair_at(index: Number) -> RotaryPair:
        return rotary_pair(
            pair=index,
            factor=factor,
            beta_fast=beta_fast,
            beta_slow=beta_slow,
            context_tokens=context_tokens,
            qk_rope_head_dim=qk_rope_head_dim,
            rope_theta=rope_theta,
            trained_tokens=trained_tokens,
        )

    pairs = [pair_at(index) for index in range(int(qk_rope_head_dim) // 2)]
    kept = total(where(found.stretched_share <= 0, 1, 0) for found in pairs)
    slowed = total(where(found.stretched_share >= 1, 1, 0) for found in pairs)
    looked_at = pair_at(pair)
    return RotaryStretch(
        new_angle_count=total(_shows_new_angles(found) for found in pairs),
        kept_count=kept,
        blended_count=len(pairs) - kept - slowed,
        slowed_count=slowed,
        temperature_ratio=temperature_ratio(factor=factor),
        period_tokens=looked_at.period_tokens,
        stretched_share=looked_at.stretched_share,
        stretched_period_tokens=looked_at.stretched_period_tokens,
        trained_turns=looked_at.trained_turns,
        turns=looked_at.turns,
    )


def _require_pairs(qk_rope_head_dim: float) -> None:
    even = qk_rope_head_dim % 2 == 0
    within = 2 <= qk_rope_head_dim <= LARGEST_ROTARY_SIZE
    rule = f"must be an even whole number from 2 to {LARGEST_ROTARY_SIZE:,}"
    require("qk_rope_head_dim", qk_rope_head_dim, even and within, rule)


def _shows_new_angles(found: RotaryPair) -> Number:
    # The slack keeps 4096 tokens at factor 1 from differing in the last bit.
    further = found.turns > found.trained_turns * (1 + 1e-9)
    return where(both(found.trained_turns < 1, further), 1, 0)


def temperature_ratio(*, factor: Number, coefficient: Number = 0.1) -> Number:
    """Return what YaRN multiplies attention's scores by, before the softmax.

    Query and key are each made longer by c ln(s) + 1 [peng2023yarn]_ (equation 22), s
    being how many times the trained length is reached and c 0.1 in the paper and in
    DeepSeek-V3, so their product grows by its square.

    Examples
    --------
    >>> round(temperature_ratio(factor=40), 4)
    1.8739
    """
    longer = coefficient * log(factor) + 1
    return longer * longer
