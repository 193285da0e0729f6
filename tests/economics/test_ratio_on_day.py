"""Ratios on any day: the printed lists, the gap, and what must be refused."""

import dataclasses
import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3 import calculators, economics
from dsv3.economics import SELLERS, day_rivals, ratio_on_day
from dsv3.prices import token_price
from explorables.arithmetic import NUMBER, evaluate, trace
from explorables.quantities import day_number

UNCACHED = {"output_share": 0.25, "cache_hit_share": 0.0}

# DeepSeek's printed input and output, and when: dollars per million tokens.
PRINTED = {
    "2024-12-26": (0.14, 0.28),
    "2025-02-07": (0.14, 0.28),
    "2025-02-08": (0.27, 1.10),
    "2025-09-04": (0.27, 1.10),
    "2025-09-05": (0.56, 1.68),
    "2025-09-28": (0.56, 1.68),
    "2025-09-29": (0.28, 0.42),
    "2026-04-23": (0.28, 0.42),
    "2026-04-24": (0.14, 0.28),
    "2026-06-28": (0.14, 0.28),
    "2026-10-27": (0.30, 1.20),
}


def asked(**changed: Any) -> economics.ComparedPrice:
    return calculators.api_price_on_day(**changed)


@pytest.mark.parametrize("day", PRINTED)
def test_the_price_of_a_day_is_the_one_printed_for_it(day: str) -> None:
    fresh, out = PRINTED[day]
    found = asked(day=day_number(day))
    assert found.offer_usd_per_million_tokens == pytest.approx(
        0.75 * fresh + 0.25 * out, rel=1e-12
    )
    assert found.rival_usd_per_million_tokens == pytest.approx(4.375)


def test_cheap_hours_are_half_price_while_there_were_any() -> None:
    cheap = SELLERS[1]
    night = asked(day=day_number("2025-03-01"), seller=cheap)
    assert night.price_ratio == pytest.approx(2 * asked().price_ratio)
    before, after = (day_number(day) for day in ("2025-02-25", "2025-09-05"))
    for day in (before, after):
        assert asked(day=day, seller=cheap) == asked(day=day)
    last = day_number("2026-10-27")
    assert asked(day=last, seller=cheap).price_ratio == pytest.approx(
        2 * asked(day=last).price_ratio
    )


def test_the_ratios_of_the_other_panel_are_found_again() -> None:
    for rival in ("GPT-4o", "Claude 3.5 Sonnet", "Gemini 1.5 Pro", "GPT-4o mini"):
        for host, offer in (
            (SELLERS[0], "DeepSeek, list price"),
            (SELLERS[1], "DeepSeek, off-peak"),
            ("Fireworks", "Fireworks"),
            ("Together", "Together"),
        ):
            there = economics.api_comparison(rival=rival, offer=offer, **UNCACHED)
            assert asked(rival=rival, seller=host) == there


TAPE = trace(
    ratio_on_day,
    {
        "rival": tuple(day_rivals()),
        "seller": SELLERS,
        "day": NUMBER,
        "output_share": NUMBER,
        "cache_hit_share": NUMBER,
    },
)


@given(
    rival=st.sampled_from(tuple(day_rivals())),
    seller=st.sampled_from(SELLERS),
    day=st.dates(min_value=economics.PRICED_FROM, max_value=economics.PRICED_UNTIL),
    output_share=st.floats(0, 1),
    cache_hit_share=st.floats(0, 1),
)
def test_the_traced_ratio_is_the_plain_one_and_refuses_the_same_days(
    **given_: Any,
) -> None:
    state = given_ | {"day": day_number(given_["day"])}
    found = evaluate(TAPE, state)
    try:
        plain = dataclasses.asdict(ratio_on_day(**state))
    except ValueError:
        assert found.complaint
        return
    assert not found.complaint
    for name, value in plain.items():
        assert math.isclose(found.outputs[name], value, rel_tol=1e-13)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"day": "2024-12-25"}, "must not be before the weights were released"),
        ({"day": "2026-11-25"}, "must not be after the last price on record"),
        ({"day": "2026-06-29"}, "no price of DeepSeek's is known from 2026-06-29"),
        ({"day": "2026-10-26"}, "no price of DeepSeek's is known from 2026-06-29"),
        ({"day": "2025-06-30", "rival": "Kimi K2"}, "no price of this rival"),
        ({"day": "2026-07-01", "rival": "GPT-5.5", "seller": "Together"}, "so early"),
        ({"day": "2024-12-31", "seller": "Fireworks"}, "no price of a host is used"),
    ],
)
def test_a_day_without_a_price_is_refused(changed: dict[str, Any], rule: str) -> None:
    changed |= {"day": day_number(changed["day"])}
    with pytest.raises(ValueError, match=rule):
        asked(**changed)


def test_a_host_goes_on_selling_where_the_maker_s_price_is_unknown() -> None:
    found = asked(day=day_number("2026-08-01"), seller="Fireworks")
    flat = token_price("DeepSeek-V3", host="Fireworks", on=date(2026, 8, 1))
    assert found.offer_usd_per_million_tokens == flat.input_usd_per_million_tokens
