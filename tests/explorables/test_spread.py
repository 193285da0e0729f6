"""A panel that draws in the page: the engine's quantiles are Python's."""

import json
import math
import random
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from explorables import Choice, Slider, Spread
from explorables.arithmetic import Number, lookup, require

COUNT = 64
STEPS = {"at_x": 0.618033988749895, "at_y": 0.414213562373095}
SHARES = (0.05, 0.95)


def drawn(
    *, sign: Any, low: Number, high: Number, at_x: Number, at_y: Number
) -> dict[str, Number]:
    """Draw one sum of two values between the ends, or its opposite."""
    factor = lookup(sign, {"plus": 1.0, "minus": -1.0})
    require("high", high, high >= low, "must not be below the low end")
    return {"total_usd": factor * (low + (high - low) * at_x + at_y)}


def quantiles(
    *, sign: str, low: float, high: float, probability: float
) -> dict[str, float]:
    """Return quantiles of the same draws, computed by Python alone."""
    values = sorted(
        float(
            drawn(
                sign=sign,
                low=low,
                high=high,
                **{name: k * step % 1 for name, step in STEPS.items()},
            )["total_usd"]
        )
        for k in range(1, COUNT + 1)
    )

    def at(share: float) -> float:
        place = share * (COUNT - 1)
        below = min(math.floor(place), COUNT - 2)
        return values[below] + (place - below) * (values[below + 1] - values[below])

    shares = zip(("chosen", "low", "high"), (probability, *SHARES), strict=True)
    return {f"{name}_usd": at(share) for name, share in shares}


def spread(**changes: Any) -> Spread:
    settings: dict[str, Any] = {
        "id": "spread",
        "title": "Spread",
        "function": quantiles,
        "draw": drawn,
        "steps": STEPS,
        "count": COUNT,
        "shares": SHARES,
        "fixed": {},
        "controls": [
            Choice("sign", options=["plus", "minus"], default="plus"),
            Slider("low", low=1, high=10, default=2),
            Slider("high", low=1, high=10, default=5),
            Slider("probability", low=0, high=1, default=0.5),
        ],
        "outputs": ["chosen_usd", "low_usd", "high_usd"],
    }
    return Spread(**(settings | changes))


def played(panel: Spread, states: list[list[float]]) -> list[Any]:
    """Run the panel's script in an engine without a page."""
    program = (
        f"(() => {{const f = {panel.javascript()};"
        f"return JSON.stringify({json.dumps(states)}.map(row => f(...row)))}})()"
    )
    return list(json.loads(str(MiniRacer().eval(program))))


def test_the_page_reads_the_quantiles_that_python_reads() -> None:
    panel, source = spread(), random.Random(2)
    states = [panel.state(), *(panel.random_state(source) for _ in range(300))]
    rows = [
        [
            ["plus", "minus"].index(str(state["sign"])),
            *(float(state[name]) for name in ("low", "high", "probability")),
        ]
        for state in states
    ]
    refused = 0
    for state, (found, broken) in zip(states, played(panel, rows), strict=True):
        if float(state["high"]) < float(state["low"]):
            refused += 1
            assert broken
            continue
        assert not broken
        expected = list(quantiles(**state).values())  # type: ignore[arg-type]
        assert found == pytest.approx(expected, rel=1e-12)
    assert 50 < refused < 250


def test_the_ends_of_the_probability_are_the_least_and_the_greatest_draw() -> None:
    least, greatest = (
        found[0] for found, _ in played(spread(), [[0, 2, 5, 0], [0, 2, 5, 1]])
    )
    values = [
        2 + 3 * (k * STEPS["at_x"] % 1) + k * STEPS["at_y"] % 1
        for k in range(1, COUNT + 1)
    ]
    assert (least, greatest) == pytest.approx((min(values), max(values)))


def test_moving_only_the_share_reads_the_same_draws_again() -> None:
    panel = spread()
    counted = panel.javascript().replace("draw(...given", "(calls++,draw)(...given", 1)
    assert counted != panel.javascript()
    program = (
        f"(() => {{let calls = 0; const f = {counted};"
        "for (const q of [0, .25, .5]) f(0, 2, 5, q); return calls})()"
    )
    assert MiniRacer().eval(program) == COUNT


def test_a_rule_that_is_broken_is_said_in_words() -> None:
    [(_, broken)] = played(spread(), [[0, 5, 2, 0.5]])
    place, value = broken
    assert spread().guards()[place - 1] == ["high", "must not be below the low end"]
    assert value == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"controls": []}, "the last control must be the slider of the share"),
        ({"outputs": ["chosen_usd"]}, "must be the chosen quantile and one for each"),
    ],
)
def test_a_spread_that_cannot_be_read_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        spread(**changes)


def test_a_draw_must_use_every_coordinate() -> None:
    with pytest.raises(ValueError, match=r"draw of spread: must use all of \['at_z'\]"):
        spread(
            draw=lambda *, at_z, **given: (at_z, drawn(**given))[1],
            steps=STEPS | {"at_z": 0.3},
        ).tape()
