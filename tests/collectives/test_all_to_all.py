"""Bytes, bounds and sums agree with published sizes, and with message after message."""

from typing import Any

import numpy as np
import pytest

from dsv3.collectives import (
    CopiesPerToken,
    adapter_bytes_per_s,
    all_to_all,
    experts_at_equal_time,
    ring_all_reduce_bytes,
    token_bytes,
)
from dsv3.facts import fact


def test_bytes_over_latency_are_the_published_bandwidths() -> None:
    # DeepEP's table of low-latency kernels: tokens, experts a token, times, GB/s.
    tokens, chosen = 128, 8
    for kind, wire, latency, bandwidth in [
        ("dispatch", "fp8", 163e-6, 46),
        ("combine", "bf16", 318e-6, 46),
    ]:
        one = token_bytes(hidden_size=7168, wire_format=wire)
        assert int(tokens * chosen * one / latency / 1e9) == bandwidth, kind


@pytest.mark.parametrize("ranks", [1, 2, 3, 8])
def test_a_ring_sends_what_is_counted(ranks: int) -> None:
    parts = np.arange(ranks * ranks, dtype=np.int64).reshape(ranks, ranks)
    held, sent = parts.copy(), np.zeros(ranks, dtype=np.int64)
    for phase, turn in [(p, t) for p in (0, 1) for t in range(ranks - 1)]:
        passed = [(rank + phase - turn) % ranks for rank in range(ranks)]
        moved = [held[rank, passed[rank]] for rank in range(ranks)]
        for rank in range(ranks):
            after = (rank + 1) % ranks
            kept = held[after, passed[rank]] if phase == 0 else 0
            held[after, passed[rank]] = kept + moved[rank]
            sent[rank] += 1
    assert (held == parts.sum(axis=0)).all()
    counted = ring_all_reduce_bytes(ranks=ranks, message_bytes=ranks)
    assert sent.tolist() == [counted] * ranks


SIZES: Any = {
    "tokens": 4096,
    "bytes_per_copy": 7392,
    "copies": CopiesPerToken(network_copies=3, nvlink_copies=7),
    "network_bytes_per_s": 50e9,
    "nvlink_bytes_per_s": 160e9,
    "feeding_bytes_per_s": 1e12,
}


@pytest.mark.parametrize(
    ("change", "slowest"),
    [
        ({}, "network"),
        ({"nvlink_bytes_per_s": 50e9}, "nvlink"),
        ({"feeding_bytes_per_s": 60e9}, "feeding"),
    ],
)
def test_the_slowest_of_three_sets_the_time(change: Any, slowest: str) -> None:
    timed = all_to_all(**SIZES | change)
    assert timed.network_bytes == 4096 * 7392 * 3
    assert timed.nvlink_bytes == 4096 * 7392 * 7
    assert timed.seconds == getattr(timed, f"{slowest}_seconds")
    parts = (timed.network_seconds, timed.nvlink_seconds, timed.feeding_seconds)
    assert timed.seconds == max(parts)


def test_at_the_published_bandwidths_both_links_are_busy_equally_long() -> None:
    links: Any = {
        "network_bytes_per_s": fact("v3.infiniband_bytes_per_s").number,
        "nvlink_bytes_per_s": fact("v3.nvlink_bytes_per_s").number,
    }
    experts = experts_at_equal_time(topk_group=4, **links)
    assert float(experts) == pytest.approx(12.8)
    copies = CopiesPerToken(network_copies=4, nvlink_copies=experts)
    timed = all_to_all(**SIZES | links | {"copies": copies})
    assert timed.network_seconds == pytest.approx(timed.nvlink_seconds)


def test_on_one_node_no_adapter_is_crossed() -> None:
    assert adapter_bytes_per_s(counted_bytes_per_s=153e9, nodes=1) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tokens": 0}, "tokens is 0: must be above 0"),
        ({"network_bytes_per_s": 0}, "network_bytes_per_s is 0: must be above 0"),
        ({"nvlink_bytes_per_s": -1}, "nvlink_bytes_per_s is -1: must be above 0"),
        ({"feeding_bytes_per_s": 0}, "feeding_bytes_per_s is 0: must be above 0"),
    ],
)
def test_what_cannot_carry_is_refused(change: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        all_to_all(**SIZES | change)


def test_other_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="nodes is 0: must be at least 1"):
        adapter_bytes_per_s(counted_bytes_per_s=1e9, nodes=0)
    with pytest.raises(ValueError, match="ranks is 0: must be at least 1"):
        ring_all_reduce_bytes(ranks=0, message_bytes=1)
    with pytest.raises(ValueError, match="hidden_size is 0: must be above 0"):
        token_bytes(hidden_size=0, wire_format="fp8")
