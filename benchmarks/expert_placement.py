"""Expert placement: how even it leaves the load, and how long it takes.

Every layer of a model of DeepSeek-V3's shape is placed under loads of several laws,
in the sizes of two published deployments. The peer is the published algorithm written
plainly, layer by layer and item by item, as its authors' code goes about it; it must
come to the same evenness. Times are CPU time on one thread, taken in turns.

    python benchmarks/expert_placement.py [--rounds N] [--seeds N] [--upstream eplb.py]

With the file of the authors (from deepseek-ai/EPLB; it needs torch), theirs too.
"""

import argparse
import importlib.util
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from turns import medians

from dsv3.load_balance import max_over_mean, place_experts, popularity
from dsv3.measurements import write_record

LAYERS, EXPERTS, TOKENS = 58, 256, 2_000_000
"""Routed layers and experts of the model; choices of tokens in a layer."""

LAWS: dict[str, tuple[str, float]] = {
    "even": ("log-normal", 0.0),
    "log-normal 0.5": ("log-normal", 0.5),
    "log-normal 1": ("log-normal", 1.0),
    "zipf 0.5": ("zipf", 0.5),
    "zipf 1": ("zipf", 1.0),
}

SIZES: Mapping[str, Mapping[str, Any]] = {
    "prefill, 4 nodes": {"replicas": 288, "groups": 8, "nodes": 4, "gpus": 32},
    "decode, 18 nodes": {"replicas": 288, "groups": 8, "nodes": 18, "gpus": 144},
}

Floats = NDArray[np.float64]


def drawn_loads(law: str, seed: int) -> Floats:
    """Return how many choices fall on each expert of each layer."""
    source = np.random.default_rng(seed)
    rows = [popularity(*LAWS[law], EXPERTS, seed * LAYERS + at) for at in range(LAYERS)]
    return source.poisson(TOKENS / EXPERTS * np.array(rows)).astype(np.float64)


def plainly_packed(weights: Sequence[float], packs: int) -> list[list[int]]:
    """Return the items of each pack, found one item after another."""
    size = len(weights) // packs
    if size == 1:
        return [[item] for item in range(packs)]
    held: list[list[int]] = [[] for _ in range(packs)]
    load = [0.0] * packs
    for item in sorted(range(len(weights)), key=lambda at: -weights[at]):
        free = (pack for pack in range(packs) if len(held[pack]) < size)
        lightest = min(free, key=load.__getitem__)
        held[lightest].append(item)
        load[lightest] += weights[item]
    return held


def plainly_copied(weights: Sequence[float], items: int) -> list[int]:
    """Return the item that each copy is of, one copy after another."""
    item_of = list(range(len(weights)))
    counts = [1] * len(weights)
    while len(item_of) < items:
        heaviest = max(range(len(weights)), key=lambda at: weights[at] / counts[at])
        item_of.append(heaviest)
        counts[heaviest] += 1
    return item_of


def plainly_placed(loads: Floats, sizes: Mapping[str, Any]) -> list[list[int]]:
    """Return the expert of each replica, layer by layer."""
    groups, nodes = sizes["groups"], sizes["nodes"]
    if groups % nodes:
        groups, nodes = 1, 1
    members = loads.shape[1] // groups
    placed = []
    for layer in loads.tolist():
        by_group = [sum(layer[g * members : (g + 1) * members]) for g in range(groups)]
        row: list[int] = []
        for held in plainly_packed(by_group, nodes):
            experts = [g * members + at for g in held for at in range(members)]
            weights = [layer[expert] for expert in experts]
            copies = plainly_copied(weights, sizes["replicas"] // nodes)
            shares = [weights[item] / copies.count(item) for item in copies]
            for gpu in plainly_packed(shares, sizes["gpus"] // nodes):
                row += [experts[copies[at]] for at in gpu]
        placed.append(row)
    return placed


def authors_way(file: Path) -> Callable[[Floats, Mapping[str, Any]], NDArray[np.int64]]:
    """Return the authors' own function, from a copy of their file."""
    import torch  # noqa: PLC0415 -- only this way needs it

    torch.set_num_threads(1)
    found = importlib.util.spec_from_file_location("upstream", file)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)

    def placed(loads: Floats, sizes: Mapping[str, Any]) -> NDArray[np.int64]:
        ordered = [sizes[name] for name in ("replicas", "groups", "nodes", "gpus")]
        made = module.rebalance_experts(torch.from_numpy(loads), *ordered)
        replicas: NDArray[np.int64] = made[0].numpy()
        return replicas

    return placed


def upstream(file: Path, sizes: Mapping[str, Any], rounds: int) -> dict[str, Any]:
    """Return how the authors' code differs from ours in evenness, and its time."""
    way = authors_way(file)
    differences = []
    for law in LAWS:
        loads = drawn_loads(law, 0)
        theirs = evenness(loads, way(loads, sizes), sizes["gpus"])
        ours = place_experts(loads, **sizes).max_over_mean
        differences.append(np.abs(theirs / ours - 1).max())
    loads = drawn_loads("log-normal 0.5", 0)
    times = medians({"upstream": lambda: way(loads, sizes)}, rounds)
    return {
        "largest_relative_difference": float(f"{max(differences):.2g}"),
        "milliseconds": float(f"{1000 * times['upstream']:.4g}"),
    }


def evenness(loads: Floats, placed: NDArray[np.int64], gpus: int) -> Floats:
    """Return fullest GPU over mean of a placement, by layer."""
    found = []
    for layer, row in zip(loads, placed, strict=True):
        counts = np.bincount(row, minlength=EXPERTS)
        found.append((layer / counts)[row].reshape(gpus, -1).sum(axis=1))
    return max_over_mean(np.array(found))


def in_order(loads: Floats, gpus: int) -> Floats | None:
    """Return the same without copies, experts in order; None if they do not divide."""
    if EXPERTS % gpus:
        return None
    return max_over_mean(loads.reshape(LAYERS, gpus, -1).sum(axis=2))


def summary(values: Sequence[Floats]) -> dict[str, float]:
    """Return mean and worst over layers and seeds."""
    together = np.concatenate(values)
    return {
        "mean": float(f"{together.mean():.5g}"),
        "worst": float(f"{together.max():.5g}"),
    }


def quality(sizes: Mapping[str, Any], law: str, seeds: int) -> dict[str, Any]:
    """Return the evenness of every way of placing under loads of one law."""
    ways: dict[str, list[Floats]] = {}
    for seed in range(seeds):
        loads = drawn_loads(law, seed)
        plain = place_experts(loads, **sizes)
        refined = place_experts(loads, **sizes, refine=True)
        nodes = sizes["nodes"] if plain.policy == "hierarchical" else 1
        by_node = refined.gpu_loads.reshape(LAYERS, nodes, -1).sum(axis=2)
        found = {
            "in order": in_order(loads, sizes["gpus"]),
            "published": plain.max_over_mean,
            "refined": refined.max_over_mean,
            "nodes alone": max_over_mean(by_node),
            "bound": plain.least_max_over_mean,
        }
        assert (refined.max_over_mean <= plain.max_over_mean).all()
        if seed == 0:
            peer = np.array(plainly_placed(loads, sizes))
            same = evenness(loads, peer, sizes["gpus"])
            np.testing.assert_allclose(same, plain.max_over_mean, rtol=1e-12)
        for way, values in found.items():
            if values is not None:
                ways.setdefault(way, []).append(values)
    return {way: summary(values) for way, values in ways.items()}


def milliseconds(sizes: Mapping[str, Any], rounds: int) -> dict[str, float]:
    """Return the time to place all layers, by way."""
    loads = drawn_loads("log-normal 0.5", 0)
    times = medians(
        {
            "plain": lambda: plainly_placed(loads, sizes),
            "published": lambda: place_experts(loads, **sizes),
            "refined": lambda: place_experts(loads, **sizes, refine=True),
        },
        rounds,
        least_seconds=0.05,
    )
    return {way: float(f"{1000 * seconds:.4g}") for way, seconds in times.items()}


def main() -> None:
    """Judge and time every size, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--upstream", type=Path, metavar="FILE")
    given = parser.parse_args()
    start = time.perf_counter()
    measures: dict[str, Any] = {}
    for name, sizes in SIZES.items():
        evenness_by_law = {law: quality(sizes, law, given.seeds) for law in LAWS}
        times = milliseconds(sizes, given.rounds)
        print(name, evenness_by_law, times, flush=True)
        measures[name] = {"max_over_mean": evenness_by_law, "milliseconds": times}
        if given.upstream is not None:
            measures[name]["upstream"] = upstream(given.upstream, sizes, given.rounds)
            print(measures[name]["upstream"], flush=True)
    write_record(
        "expert_placement",
        command="python benchmarks/expert_placement.py"
        + (" --upstream eplb.py" if given.upstream else ""),
        threads=1,
        seconds=time.perf_counter() - start,
        settings={
            "layers": LAYERS,
            "experts": EXPERTS,
            "choices_per_layer": TOKENS,
            "sizes": SIZES,
            "seeds": given.seeds,
            "rounds": given.rounds,
            "timed_law": "log-normal 0.5",
        },
        measures=measures,
        packages=("numpy", "torch") if given.upstream else ("numpy",),
    )


if __name__ == "__main__":
    main()
