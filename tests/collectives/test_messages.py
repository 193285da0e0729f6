"""A token's way to an expert and back takes the same bytes in every room."""

from collections.abc import Callable, Mapping

import pytest
import torch

from dsv3 import accounting, calculators, collectives, parallel, serving
from dsv3.facts import fact

HIDDEN = int(fact("v3.hidden_size").number)
BYTES = 7168 * 1 + 56 * 4 + 7168 * 2
"""FP8 with a float32 scale for each 128 channels one way, BF16 the other."""


def on_the_wire() -> float:
    """Return the bytes that ranks really hand to each other."""
    row = torch.ones(1, HIDDEN)
    there, back = parallel.wire_bytes(row, "fp8"), parallel.wire_bytes(row, "bf16")
    return float(there.shape[1] + back.shape[1])


def by_the_limit() -> float:
    """Return what one token and expert take at a byte a second."""
    limit = serving.decode_limit(
        bytes_per_s=1.0, hidden_size=HIDDEN, layers=1, tokens=1, experts=1
    )
    return float(limit.communication_seconds)


def by_the_layer() -> float:
    """Return the bytes of a copy, from the time that the network takes."""
    published = calculators.expert_layer.defaults()
    layer = calculators.expert_layer()
    seconds = (layer.dispatch_milliseconds + layer.combine_milliseconds) / 1e3
    copies = published["tokens"] * published["topk_group"]
    return float(seconds * published["network_bytes_per_s"] / copies)


def by_the_token() -> float:
    """Return the bytes that a token costs a service for each expert."""
    return float(serving.token_demand("deepseek-v3", "fp8").copy_bytes)


ROOMS: Mapping[str, Callable[[], float]] = {
    "accounting": lambda: float(accounting.tiled_bytes(HIDDEN) + 2 * HIDDEN),
    "collectives": lambda: float(collectives.round_trip_bytes(hidden_size=HIDDEN)),
    "parallel": on_the_wire,
    "serving, a token's cost": lambda: float(
        serving.token_demand("deepseek-v3", "fp8").copy_bytes
    ),
    "serving, the network's limit": by_the_limit,
    "training, a layer of experts": by_the_layer,
}


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_sends_the_same_bytes(room: str) -> None:
    assert ROOMS[room]() == pytest.approx(BYTES, rel=1e-12)


def test_a_statement_without_scales_is_asked_for() -> None:
    bare = collectives.round_trip_bytes(hidden_size=HIDDEN, with_scales=False)
    assert bare == 3 * HIDDEN


@pytest.mark.parametrize(("held", "sent"), [("int8", 21_728), ("int4", 4 * 7168)])
def test_tokens_travel_as_what_weights_are_multiplied_by(held: str, sent: int) -> None:
    chosen = serving.token_demand("deepseek-v3", held)
    assert chosen.copy_bytes == sent


def test_the_last_tile_has_a_scale_of_its_own() -> None:
    assert collectives.token_bytes(hidden_size=130, wire_format="fp8") == 130 + 2 * 4


def test_an_unknown_format_is_refused_with_all_there_are() -> None:
    with pytest.raises(ValueError, match="wire_format is 'fp12': must be one of fp32"):
        collectives.token_bytes(hidden_size=7168, wire_format="fp12")
