"""What DeepSeek's published training trace says of one pair of chunks.

Reads train.json of https://github.com/deepseek-ai/profile-data (3 MB, made by the
PyTorch profiler on a rank of 64 H800) and writes how long each stream of the GPU was
busy, with what, on how many blocks, and how much of the communication ran under
compute. The trace itself is not kept here.

    python experiments/training_trace.py TRACE
"""

import argparse
import hashlib
import json
import re
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from dsv3.measurements import write_record

COMMUNICATION, COMPUTE = 27, 7
"""Streams that carry the all-to-all kernels and most of the computation."""

KINDS = {
    "combine": r"internode::combine<",
    "dispatch": r"internode::dispatch<",
    "wait": r"internode::(cached_)?notify",
}
"""Kernels of the communication stream, by what they are called here."""

MATMUL = r"grouped_gemm::cuda::(m_grouped_)?fp8_"
"""FP8 matrix products, grouped or not."""

PERIOD = r"get_dispatch_layout"
"""The kernel with which a layer's forward dispatch begins: one for each layer."""

WEIGHT_GRADIENT = r"fp8_dptp128c_acc"
"""Matrix products that add to the gradients of weights."""

GROUPED = r"m_grouped_fp8"
"""Matrix products of the routed experts."""

ATTENTION_BACKWARD = r"FlashAttnBwd<"

EXCHANGES = ("dispatch F", "dispatch B", "combine F", "combine B")
"""The exchanges of a layer forward and a layer backward, in the order of Figure 4 of
the report: the backward of a dispatch is a combine, and the other way round."""

GAP = 0.05
"""Milliseconds without compute that a picture of the trace cannot show."""

Span = tuple[float, float]


def merged(spans: Iterable[Span], gap: float = 0.0) -> list[Span]:
    """Return spans of time with those made one that are no more than a gap apart."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1] + gap:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def length(spans: Sequence[Span]) -> float:
    """Return the time that merged spans cover."""
    return sum(end - start for start, end in spans)


def common(one: Sequence[Span], other: Sequence[Span]) -> float:
    """Return the time that two lists of merged spans share."""
    return sum(
        max(0.0, min(end, last) - max(start, first))
        for start, end in one
        for first, last in other
    )


def kind_of(name: str) -> str:
    """Return what a kernel of the communication stream is called here."""
    return next(
        (kind for kind, said in KINDS.items() if re.search(said, name)), "other"
    )


def trace_measures(trace: Mapping[str, Any]) -> dict[str, Any]:
    """Return the measures of a trace; times in milliseconds."""
    kernels = [e for e in trace["traceEvents"] if e.get("cat") == "kernel"]
    start = min(e["ts"] for e in kernels)
    spans = [
        ((e["ts"] - start) / 1e3, (e["ts"] - start + e["dur"]) / 1e3) for e in kernels
    ]
    rows = list(zip(kernels, spans, strict=True))

    def of(stream: int | None, kind: str = "") -> list[Span]:
        return merged(
            span
            for e, span in rows
            if (
                e["args"]["stream"] == stream
                if stream
                else e["args"]["stream"] != COMMUNICATION
            )
            and (not kind or kind_of(e["name"]) == kind)
        )

    compute, every, sent = of(COMPUTE), of(None), of(COMMUNICATION)
    moving = merged(of(COMMUNICATION, "dispatch") + of(COMMUNICATION, "combine"))
    by_kind = {
        kind: [
            e
            for e in kernels
            if e["args"]["stream"] == COMMUNICATION and kind_of(e["name"]) == kind
        ]
        for kind in (*KINDS, "other")
    }
    products = [e for e in kernels if re.search(MATMUL, e["name"])]
    blocks = [e["args"]["grid"][0] * e["args"]["grid"][1] for e in products]
    return {
        "milliseconds": {
            "span": round(max(end for _, end in spans), 3),
            "compute stream": round(length(compute), 3),
            "compute, every stream": round(length(every), 3),
            "communication stream": round(length(sent), 3),
            "moving": round(length(moving), 3),
            "communication under compute stream": round(common(sent, compute), 3),
            "communication under compute": round(common(sent, every), 3),
            "moving under compute": round(common(moving, every), 3),
        },
        "kernels": {
            kind: {
                "count": len(found),
                "blocks": sorted({e["args"]["grid"][0] for e in found}),
                "milliseconds": [e["dur"] / 1e3 for e in found],
                "median": round(statistics.median(e["dur"] for e in found) / 1e3, 4),
            }
            for kind, found in by_kind.items()
            if kind != "other"
        },
        "matrix products": {"count": len(products), "blocks": sorted(set(blocks))},
        "multiprocessors": trace["deviceProperties"][0]["numSms"],
        "lanes": {
            "compute": [[round(a, 2), round(b, 2)] for a, b in merged(every, GAP)],
            **{
                kind: [[round(a, 2), round(b, 2)] for a, b in of(COMMUNICATION, kind)]
                for kind in KINDS
            },
        },
    }


def layer_pair(trace: Mapping[str, Any], index: int = 1) -> dict[str, Any]:
    """Return when each part of a layer forward beside a layer backward ran.

    Milliseconds from the start of the layer's forward dispatch to that of the next. A
    part of the compute stream ends where the first kernel of the next begins, so small
    kernels between them count.
    """
    kernels = sorted(
        (e for e in trace["traceEvents"] if e.get("cat") == "kernel"),
        key=lambda e: e["ts"],
    )
    starts = [e["ts"] for e in kernels if re.search(PERIOD, e["name"])]
    first, last = starts[index], starts[index + 1]
    inside = [e for e in kernels if first <= e["ts"] < last]

    def of(stream: int, said: str) -> list[Span]:
        return [
            (e["ts"], e["ts"] + e["dur"])
            for e in inside
            if e["args"]["stream"] == stream and re.search(said, e["name"])
        ]

    backward = of(COMPUTE, ATTENTION_BACKWARD)[0][0]
    weights = of(COMPUTE, WEIGHT_GRADIENT)
    of_experts = [span for span in weights if span[0] < backward]
    of_attention = [span for span in weights if span[0] > backward]
    moments = (
        ("MLP B", first),
        ("MLP W", of_experts[0][0]),
        ("MLP F", of_experts[-1][1]),
        ("attention B", of(COMPUTE, GROUPED)[-1][1]),
        ("attention W", of_attention[0][0]),
        ("attention F", of_attention[-1][1]),
        ("", last),
    )
    sent = of(COMMUNICATION, f"{KINDS['dispatch']}|{KINDS['combine']}")

    def row(name: str, start: float, end: float) -> list[Any]:
        return [name, round((start - first) / 1e3, 2), round((end - first) / 1e3, 2)]

    return {
        "compute": [
            row(name, start, end) for (name, start), (_, end) in pairwise(moments)
        ],
        "exchanges": [
            row(name, *span) for name, span in zip(EXCHANGES, sent, strict=True)
        ],
    }


def main() -> None:
    """Read the trace and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trace", type=Path, help="train.json of profile-data")
    chosen = parser.parse_args()
    start = time.perf_counter()
    content = chosen.trace.read_bytes()
    trace = json.loads(content)
    write_record(
        "training_trace",
        command="python experiments/training_trace.py train.json",
        threads=1,
        # A record keeps tenths of a second; this takes about one.
        seconds=max(0.1, time.perf_counter() - start),
        settings={
            "sha256": hashlib.sha256(content).hexdigest(),
            "device": trace["deviceProperties"][0]["name"],
            "ranks": trace["distributedInfo"]["world_size"],
            "sequence_tokens": 4096,
            "layers": 4,
        },
        measures=trace_measures(trace) | {"layer pair": layer_pair(trace)},
        packages=(),
    )


if __name__ == "__main__":
    main()
