"""The trace is counted by what its kernels are called, and when they ran."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from dsv3.measurements import record

COMPUTE, COMMUNICATION = 7, 27


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("training_trace")


def kernel(
    name: str, stream: int, start: int, spent: int, blocks: int
) -> dict[str, Any]:
    return {
        "cat": "kernel",
        "name": name,
        "ts": start,
        "dur": spent,
        "args": {"stream": stream, "grid": [blocks, 1, 1]},
    }


def small() -> dict[str, Any]:
    """Two products and one exchange, in microseconds; 2 ms of it under compute."""
    return {
        "deviceProperties": [{"numSms": 132}],
        "traceEvents": [
            {"cat": "cpu_op", "name": "noise", "ts": 0, "dur": 9000},
            kernel("grouped_gemm::cuda::fp8_a", COMPUTE, 1000, 2000, 112),
            kernel("grouped_gemm::cuda::m_grouped_fp8_b", COMPUTE, 4000, 1000, 112),
            kernel("internode::notify_dispatch<1>", COMMUNICATION, 1000, 500, 9),
            kernel("internode::dispatch<1>", COMMUNICATION, 1500, 1000, 20),
            kernel("internode::combine<1>", COMMUNICATION, 2500, 1000, 20),
        ],
    }


def test_times_are_those_of_a_trace_made_by_hand(experiment: ModuleType) -> None:
    times = experiment.trace_measures(small())["milliseconds"]
    assert times["span"] == 4
    assert times["compute stream"] == 3
    assert times["communication stream"] == 2.5
    assert times["moving"] == 2
    assert times["communication under compute"] == 2
    assert times["moving under compute"] == 1.5


def test_blocks_are_counted_by_kind(experiment: ModuleType) -> None:
    found = experiment.trace_measures(small())
    assert found["kernels"]["wait"]["blocks"] == [9]
    assert found["kernels"]["combine"] == {
        "count": 1,
        "blocks": [20],
        "milliseconds": [1.0],
        "median": 1.0,
    }
    assert found["matrix products"] == {"count": 2, "blocks": [112]}


def test_touching_spans_are_one_and_small_gaps_too(experiment: ModuleType) -> None:
    assert experiment.merged([(2, 3), (0, 1), (1, 1.5)]) == [(0, 1.5), (2, 3)]
    assert experiment.merged([(0, 1), (1.5, 2)], gap=0.5) == [(0, 2)]


def layers() -> dict[str, Any]:
    """Two layers, each a millisecond a part, one after the other, in microseconds."""
    wgrad, grouped = "grouped_gemm::cuda::fp8_dptp128c_acc", "cuda::m_grouped_fp8_p"
    events = []
    for start in (0, 6000, 12000):
        events += [
            kernel("ep::cuda::get_dispatch_layout<1>", COMMUNICATION, start, 100, 1),
            kernel("internode::dispatch<1>", COMMUNICATION, start + 200, 700, 20),
            kernel(grouped, COMPUTE, start, 1000, 112),
            kernel("internode::combine<1>", COMMUNICATION, start + 1000, 900, 20),
            kernel(wgrad, COMPUTE, start + 1000, 1000, 112),
            kernel(grouped, COMPUTE, start + 2000, 1000, 112),
            kernel("internode::combine<1>", COMMUNICATION, start + 3000, 900, 20),
            kernel("flash::FlashAttnBwd<1>", COMPUTE, start + 3000, 1000, 132),
            kernel(wgrad, COMPUTE, start + 4000, 1000, 112),
            kernel("internode::dispatch<1>", COMMUNICATION, start + 5000, 900, 20),
            kernel("flash::compute_attn_ws<1>", COMPUTE, start + 5000, 1000, 132),
        ]
    return {"traceEvents": events}


def test_a_layer_is_cut_where_its_kernels_change(experiment: ModuleType) -> None:
    pair = experiment.layer_pair(layers())
    names = ["MLP B", "MLP W", "MLP F", "attention B", "attention W", "attention F"]
    assert [row[0] for row in pair["compute"]] == names
    assert [row[1:] for row in pair["compute"]] == [[i, i + 1] for i in range(6)]
    assert pair["exchanges"] == [
        ["dispatch F", 0.2, 0.9],
        ["dispatch B", 1.0, 1.9],
        ["combine F", 3.0, 3.9],
        ["combine B", 5.0, 5.9],
    ]


def test_nothing_in_the_traced_layer_starts_before_what_it_needs() -> None:
    pair = record("training_trace").measures["layer pair"]
    starts = {name: start for rows in pair.values() for name, start, _ in rows}
    ends = {name: end for rows in pair.values() for name, _, end in rows}
    needs = {
        "MLP F": "dispatch F",
        "combine F": "MLP F",
        "attention F": "combine F",
        "dispatch B": "MLP B",
        "attention B": "dispatch B",
    }
    assert [one for one, other in needs.items() if starts[one] < ends[other]] == []


def test_the_record_is_of_the_published_trace() -> None:
    made = record("training_trace")
    # Four layers of two dispatches and two combines each.
    kernels = made.measures["kernels"]
    assert kernels["dispatch"]["count"] == kernels["combine"]["count"] == 8
    assert made.settings["device"] == "NVIDIA H800"
    assert made.settings["ranks"] == 64
