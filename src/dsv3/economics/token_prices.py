"""Token prices put to use: a mix of traffic, its blended price, and ratios of two.

A bill for tokens is a weighted sum of three prices, the weights being shares of the
traffic. All the mixes there are form a triangle (a simplex) with a corner for each kind
of token.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dsv3.prices import TokenPrice
from explorables.arithmetic import Choice, Number, absolute, lookup_record, require

SUM_TOLERANCE = 1e-9
"""Distance from 1 that rounding may leave to a sum of three shares."""

OFTEN_QUOTED = (5.0, 10.0)
"""The band of multiples in which DeepSeek's prices are often said to lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRates:
    """What a million tokens of each kind cost: one corner of the triangle each.

    Input is what no cache holds.
    """

    input_usd_per_million_tokens: Number
    cached_input_usd_per_million_tokens: Number
    output_usd_per_million_tokens: Number

    def corners(self) -> tuple[Number, Number, Number]:
        """Return the three prices: input, cached input, output."""
        return (
            self.input_usd_per_million_tokens,
            self.cached_input_usd_per_million_tokens,
            self.output_usd_per_million_tokens,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficMix:
    """Shares of all tokens, by what they are charged as; they sum to 1.

    Input is what no cache holds.
    """

    input_share: Number
    cached_input_share: Number
    output_share: Number

    def __post_init__(self) -> None:
        """Refuse shares below 0 and shares that do not sum to 1."""
        for name, share in zip(
            ("input_share", "cached_input_share", "output_share"),
            self.shares(),
            strict=True,
        ):
            require(name, share, share >= 0, "must not be below 0")
        whole = self.input_share + self.cached_input_share + self.output_share
        require(
            "sum of the shares",
            whole,
            absolute(whole - 1) <= SUM_TOLERANCE,
            "must be 1",
        )

    def shares(self) -> tuple[Number, Number, Number]:
        """Return the three shares: input, cached input, output."""
        return (self.input_share, self.cached_input_share, self.output_share)


def rates(price: TokenPrice) -> TokenRates:
    """Return the three rates of a dated price.

    Where no price of cached input is on record, it is charged as other input.

    Examples
    --------
    >>> from dsv3.prices import token_price
    >>> rates(token_price("GPT-4o", host="OpenAI", on="2025-03-01")).corners()
    (2.5, 1.25, 10.0)
    """
    return TokenRates(
        input_usd_per_million_tokens=price.input_usd_per_million_tokens,
        cached_input_usd_per_million_tokens=(
            price.charged_cached_input_usd_per_million_tokens
        ),
        output_usd_per_million_tokens=price.output_usd_per_million_tokens,
    )


def traffic_mix(
    *, input_tokens: Number, output_tokens: Number, cached_input_tokens: Number = 0.0
) -> TrafficMix:
    """Turn tokens, or a proportion such as 3 to 1, into shares.

    Tokens read from a cache are counted in `input_tokens` too.

    Examples
    --------
    >>> traffic_mix(input_tokens=3, output_tokens=1).shares()
    (0.75, 0.0, 0.25)
    """
    require("input_tokens", input_tokens, input_tokens > 0, "must be above 0")
    require("output_tokens", output_tokens, output_tokens >= 0, "must not be below 0")
    require(
        "cached_input_tokens",
        cached_input_tokens,
        cached_input_tokens <= input_tokens,
        "must be at most input_tokens",
    )
    whole = input_tokens + output_tokens
    return TrafficMix(
        input_share=(input_tokens - cached_input_tokens) / whole,
        cached_input_share=cached_input_tokens / whole,
        output_share=output_tokens / whole,
    )


def mix_of_shares(*, output_share: Number, cache_hit_share: Number) -> TrafficMix:
    """Turn the share of output, and that of input which a cache holds, into a mix.

    Examples
    --------
    >>> mix_of_shares(output_share=0.25, cache_hit_share=0.5).shares()
    (0.375, 0.375, 0.25)
    """
    for name, share in (
        ("output_share", output_share),
        ("cache_hit_share", cache_hit_share),
    ):
        require(name, share, share >= 0, "must not be below 0")
        require(name, share, share <= 1, "must be at most 1")
    input_share = 1 - output_share
    return TrafficMix(
        input_share=input_share * (1 - cache_hit_share),
        cached_input_share=input_share * cache_hit_share,
        output_share=output_share,
    )


def blended_usd_per_million_tokens(charged: TokenRates, mix: TrafficMix) -> Number:
    """Return what a million tokens of a mix cost: shares times rates, summed.

    Examples
    --------
    >>> charged = TokenRates(
    ...     input_usd_per_million_tokens=2.0,
    ...     cached_input_usd_per_million_tokens=1.0,
    ...     output_usd_per_million_tokens=10.0,
    ... )
    >>> blended_usd_per_million_tokens(
    ...     charged, traffic_mix(input_tokens=3, output_tokens=1)
    ... )
    4.0
    """
    blended: Number = 0.0
    for usd, share in zip(charged.corners(), mix.shares(), strict=True):
        require("usd_per_million_tokens", usd, usd > 0, "must be above 0")
        blended = blended + usd * share
    return blended


def price_ratio(rival: TokenRates, ours: TokenRates, mix: TrafficMix) -> Number:
    """Return how many times as much a rival costs for the same mix.

    Examples
    --------
    >>> cheap = TokenRates(
    ...     input_usd_per_million_tokens=1.0,
    ...     cached_input_usd_per_million_tokens=1.0,
    ...     output_usd_per_million_tokens=1.0,
    ... )
    >>> dear = TokenRates(
    ...     input_usd_per_million_tokens=4.0,
    ...     cached_input_usd_per_million_tokens=2.0,
    ...     output_usd_per_million_tokens=8.0,
    ... )
    >>> price_ratio(dear, cheap, traffic_mix(input_tokens=3, output_tokens=1))
    5.0
    """
    ours_usd = blended_usd_per_million_tokens(ours, mix)
    return blended_usd_per_million_tokens(rival, mix) / ours_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPrice:
    """One mix of traffic at two prices."""

    price_ratio: Number
    """Rival's blended price over the offer's."""

    rival_usd_per_million_tokens: Number

    offer_usd_per_million_tokens: Number


def compare_rates(
    *,
    rival: TokenRates,
    offer: TokenRates,
    output_share: Number,
    cache_hit_share: Number,
) -> ComparedPrice:
    """Price one mix of traffic twice.

    The offer's price is the divisor.
    """
    mix = mix_of_shares(output_share=output_share, cache_hit_share=cache_hit_share)
    rival_usd = blended_usd_per_million_tokens(rival, mix)
    offer_usd = blended_usd_per_million_tokens(offer, mix)
    return ComparedPrice(
        price_ratio=rival_usd / offer_usd,
        rival_usd_per_million_tokens=rival_usd,
        offer_usd_per_million_tokens=offer_usd,
    )


def chosen_rates(
    choice: Choice, offers: Mapping[str, TokenPrice], *, name: str = "offer"
) -> TokenRates:
    """Return the rates of one of several named prices; the choice may be recorded."""
    named = {offer: rates(price) for offer, price in offers.items()}
    return lookup_record(choice, named, name=name)
