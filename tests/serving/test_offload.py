"""Experts outside the GPU: the bound on one reader, and machines that were timed."""

import pytest

from dsv3 import accounting, architecture
from dsv3.facts import fact
from dsv3.serving import offloaded_decode, token_demand

V3 = architecture.preset("deepseek-v3")
DEMAND = token_demand(V3, "fp8")
ONE_SOCKET = 8.0 * fact("ktransformers.memory_channels").number * 4.8e9
"""Eight bytes a transfer over every channel."""


def test_one_token_reads_its_active_weights_and_no_more() -> None:
    found = offloaded_decode(DEMAND, expert_bytes_per_s=1.0, hbm_bytes_per_s=1.0)
    read = found.experts_bytes + found.other_bytes
    active = float(accounting.parameter_count(V3).active())
    # Scales, and the output head in two bytes, are the few percent above one a weight.
    assert active < read < 1.04 * active
    assert found.tokens_per_s == pytest.approx(1 / read)


def test_machines_that_were_timed_stay_below_the_bound() -> None:
    four_bit = token_demand(V3, "int4")
    for sockets, measured in ((1, "one"), (2, "two")):
        bound = offloaded_decode(
            four_bit, expert_bytes_per_s=sockets * ONE_SOCKET, hbm_bytes_per_s=1e12
        ).tokens_per_s
        speed = fact(f"ktransformers.{measured}_socket_tokens_per_s").number
        assert 0.2 * bound < speed < bound


def test_faster_memory_for_the_experts_helps_until_the_gpu_binds() -> None:
    speeds = [
        offloaded_decode(
            DEMAND, expert_bytes_per_s=rate, hbm_bytes_per_s=3.35e12
        ).tokens_per_s
        for rate in (64e9, 300e9, 1e15)
    ]
    assert speeds == sorted(speeds)
    other = float(
        offloaded_decode(
            DEMAND, expert_bytes_per_s=1e15, hbm_bytes_per_s=3.35e12
        ).other_bytes
    )
    assert speeds[-1] == pytest.approx(3.35e12 / other, rel=0.01)


@pytest.mark.parametrize("name", ["expert_bytes_per_s", "hbm_bytes_per_s"])
def test_a_rate_of_nothing_is_named(name: str) -> None:
    rates = {"expert_bytes_per_s": 1e11, "hbm_bytes_per_s": 1e12} | {name: 0.0}
    with pytest.raises(ValueError, match=f"{name} is 0.0: must be above 0"):
        offloaded_decode(DEMAND, **rates)
