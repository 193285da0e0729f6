"""Formulas behind claims on the cluster: kernels, networks, schedules, placement."""

import math

import numpy as np

from dsv3 import collectives, schedule
from dsv3.collectives import Network
from dsv3.facts import fact
from dsv3.hardware import accelerator
from dsv3.load_balance import place_experts
from dsv3.measurements import record
from dsv3.roofline import ridge_flop_per_byte
from dsv3.schedule import Timeline

_GIGA = 1e9


def communication_blocks() -> float:
    """Blocks of the dispatch and combine kernels in the published trace."""
    kernels = record("training_trace").measures["kernels"]
    (blocks,) = {*kernels["dispatch"]["blocks"], *kernels["combine"]["blocks"]}
    return float(blocks)


def ridge_heads() -> float:
    """Heads at which the practical peak of an H800 meets its memory's bandwidth.

    Latent decoding does two FLOP a head for each byte of cache.
    """
    chip = accelerator("H800 SXM")
    practical = next(
        one.value for one in chip.ratings if one.printed == "about 865 TFLOPS"
    )
    ridge = ridge_flop_per_byte(
        peak_flop_per_s=practical, bytes_per_s=chip.hbm_bytes_per_s
    )
    return float(ridge) / 2


def low_latency_bytes_per_s(*, way: str, gpus: int, month: str) -> float:
    """Bytes of 128 tokens' eight copies over the printed time, cut to whole GB/s.

    Examples
    --------
    >>> low_latency_bytes_per_s(way="dispatch", gpus=8, month="february_2025") / 1e9
    46.0
    """
    seconds = fact(f"deepep.low_latency.{month}.seconds_{gpus}").numbers
    wire_format = {"dispatch": "fp8", "combine": "bf16"}[way]
    size = collectives.token_bytes(
        hidden_size=fact("v3.hidden_size").number, wire_format=wire_format
    )
    tokens = fact("deepep.low_latency.tokens").number
    moved = tokens * fact("v3.num_experts_per_tok").number * float(size)
    taken = seconds[("dispatch", "combine").index(way)]
    return math.floor(moved / taken / _GIGA) * _GIGA


def network_usd(*, network: Network) -> float:
    """Cost of a network at the prices that two columns of the paper's table imply.

    They are those of the eight-plane and of the three-layer fat-tree.
    """
    ports = int(fact("isca.switch_ports").number)
    planes = int(fact("v3.nics_per_node").number)
    usd = fact("isca.network.usd").numbers
    prices = collectives.fitted_prices(
        (collectives.two_layer_fat_tree(ports, planes=planes), usd[1]),
        (collectives.three_layer_fat_tree(ports), usd[2]),
    )
    return prices.cost_usd(network)


def equal_stages(*, name: str) -> Timeline:
    """Simulate a schedule with the run's stages and micro-batches, all chunks equal.

    Examples
    --------
    >>> max(equal_stages(name="1f1b").bubbles)
    45.0
    """
    stages = round(fact("v3.pipeline_parallel_ways").number)
    plan = schedule.schedule(name).plan(stages, schedule.published_micro_batches())
    return schedule.run(plan)


def published_step() -> Timeline:
    """Simulate the published step with the chunk times it implies."""
    stages = round(fact("v3.pipeline_parallel_ways").number)
    plan = schedule.dual_pipe(stages, schedule.published_micro_batches())
    return schedule.run(plan, schedule.implied_times())


def overlapped_seconds() -> float:
    """Seconds of the first rank's pairs, if each took as long as the traced one."""
    stages = round(fact("v3.pipeline_parallel_ways").number)
    count = schedule.tally(
        stages=stages, micro_batches=schedule.published_micro_batches()
    )
    traced = record("training_trace").measures["milliseconds"]["span"] / 1e3
    return float(count.pairs * traced)


def slots_as_published(*, layer: int) -> int:
    """Slots of the worked example's layer that hold the published expert."""
    sizes = fact("eplb.example_replicas_groups_nodes_gpus").numbers
    replicas, groups, nodes, gpus = (int(size) for size in sizes)
    placed = place_experts(
        np.array(fact("eplb.example_loads").value),
        replicas=replicas,
        groups=groups,
        nodes=nodes,
        gpus=gpus,
    )
    published = np.array(fact("eplb.example_placement").value)
    return int((placed.physical_to_logical[layer] == published[layer]).sum())
