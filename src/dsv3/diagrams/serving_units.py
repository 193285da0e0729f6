"""Prefill and decode as two services: their GPUs, the cache between them, two clocks.

The finding: reading a prompt and writing an answer are done by different GPUs, of which
the second service takes several times as many, and each has a clock of its own.
"""

from dataclasses import dataclass

from dsv3.accounting import kv_cache_bytes_per_token
from dsv3.architecture import preset
from dsv3.diagrams.sizes import cluster
from dsv3.facts import fact
from explorables import trimmed
from explorables.diagram import (
    Diagram,
    Layout,
    Mark,
    Point,
    States,
    bar,
    bars,
    diagram,
    dimension,
    enclosure,
    grids,
    idle_lane,
    lines,
    linked,
    only,
    placed,
    text,
    token,
    wire,
)
from explorables.quantities import format_quantity, unit_of

Marks = tuple[Mark, ...]

REPORT, DAY = 0, 1

PROMPT_TOKENS = 4096
"""Tokens of the prompt whose cache is handed over: an example."""

NODES_A_BLOCK = 8
SECONDS_A_DAY = 24 * 3600

CAPTION = """
Prefill reads a prompt on {prefill} GPUs and hands its KV cache to decode, which writes
the answer on {decode} GPUs in the report and on {decode_day} in the later overview.
"""

NOTE = """
A square is a GPU and a row of eight a node; the tokens of the answer are to scale in
time. The prompt is an example: at the rate of one InfiniBand link its cache takes
{handover:.0f} ms. On the published day both units ran V3 and R1: its tokens, at the
published rates, take {prefill_nodes:.0f} prefill and {decode_nodes:.0f} decode nodes,
together the published average of {nodes:.0f}.
"""

DESCRIPTION = """
Two services beside each other. The prefill unit has {prefill} GPUs in 4 nodes, with
attention in tensor parallelism and experts spread over all of them. It hands the KV
cache of a prompt, {cache} for {prompt:,} tokens, to the decode unit: {decode} GPUs in
the report, {decode_day} in the later overview. Below, the time of one request: up to
its first token, the TTFT, a length that was not published, then the tokens of the
answer at {speeds} tokens a second, a TPOT of {times}. Decode takes {ratio:g} or
{ratio_day:g} times the GPUs of prefill.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the two units and the time line stand."""

    pitch: float
    decode: Point
    decode_size: Point
    prefill_size: Point
    clock: float
    first_token: float
    px_per_s: float


PAGE = Places(
    pitch=10,
    prefill_size=(176, 198),
    decode=(276, 0),
    decode_size=(443, 198),
    clock=236,
    first_token=276,
    px_per_s=420,
)
PHONE = Places(
    pitch=7,
    prefill_size=(350, 100),
    decode=(1, 174),
    decode_size=(350, 164),
    clock=374,
    first_token=110,
    px_per_s=440,
)


def serving_units() -> Diagram:
    """Draw the prefill and the decode unit, the cache handed over, and two clocks."""
    prefill, decode = _gpus("v3.serving.prefill_ep"), _gpus("v3.serving.decode_gpus")
    day = _gpus("inference.decode_ep")
    said = {
        "prefill": prefill,
        "decode": decode,
        "decode_day": day,
        "ratio": decode / prefill,
        "ratio_day": day / prefill,
        "cache": _cache(),
        "prompt": PROMPT_TOKENS,
        "handover": 1000 * _cache_bytes() / fact("v3.infiniband_bytes_per_s").number,
        "prefill_nodes": _busy_nodes("input", "prefill"),
        "decode_nodes": _busy_nodes("output", "decode"),
        "nodes": fact("inference.nodes_average").number,
        "speeds": _speeds(),
        "times": _times(),
    }
    return diagram(
        _draw,
        name="serving-units",
        page="economics/deployment",
        states=States(
            question="Units of",
            names=("the report, December 2024", "the overview, March 2025"),
            default=REPORT,
        ),
        title="Prefill and decode units of DeepSeek-V3",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="DeepSeek-V3 report, section 3.4; DeepSeek's inference system overview",
    )


def _gpus(name: str) -> int:
    return round(fact(name).number)


def _cache_bytes() -> float:
    return PROMPT_TOKENS * float(kv_cache_bytes_per_token(preset("deepseek-v3")))


def _cache() -> str:
    return trimmed(format_quantity(_cache_bytes(), unit_of("memory_bytes"), digits=3))


def _busy_nodes(tokens: str, phase: str) -> float:
    """Return the nodes that the published day's tokens take at the published rate."""
    per_s = fact(f"inference.{tokens}_tokens_per_day").number / SECONDS_A_DAY
    return per_s / fact(f"inference.{phase}_tokens_per_s_per_node").number


def _speeds() -> str:
    low, high = fact("inference.tokens_per_s_per_user").numbers
    return f"{low:g} to {high:g}"


def _times() -> str:
    low, high = fact("inference.tokens_per_s_per_user").numbers
    return f"{1000 / high:.0f} to {1000 / low:.0f} ms"


def _draw(*, wide: bool) -> Layout:
    places = PAGE if wide else PHONE
    return Layout(
        height=places.clock + 84,
        marks=(
            *_prefill(places, wide=wide),
            *_handover(wide=wide),
            *_decode(places),
            *_clocks(places, wide=wide),
        ),
    )


def _prefill(places: Places, *, wide: bool) -> Marks:
    width, height = places.prefill_size
    gpus = _gpus("v3.serving.prefill_ep")
    tensor = _gpus("v3.serving.prefill_tp")
    held = _gpus("inference.prefill_experts_gpu")
    attention = f"attention TP{tensor}, DP{gpus // tensor}", f"attention DP{gpus}"
    experts = f"experts EP{gpus}:", f"{held} + 1 shared a GPU"
    x, y = (14, 148) if wide else (110, 50)
    return (
        enclosure(1, 1, width, height),
        linked(
            "#throughput-lower-and-upper-bound",
            "Prefill: its throughput",
            text(14, 22, "Prefill", "title"),
            target=(10, 4, 72, 24),
        ),
        text(width - 12, 22, f"{gpus} GPUs", "note", anchor="end"),
        *_nodes(14, 40, gpus, places.pitch),
        *(
            only(state, lines(x, y, (one, *experts)))
            for state, one in enumerate(attention)
        ),
    )


def _decode(places: Places) -> Marks:
    """Draw the decode unit of each state inside the same outline."""
    width, height = places.decode_size
    inside: list[Mark] = [
        enclosure(0, 1, width, height),
        linked(
            "#batching-throughput-against-latency",
            "Decode: throughput against latency",
            text(14, 22, "Decode", "title"),
            target=(10, 4, 72, 24),
        ),
    ]
    report, day = _gpus("v3.serving.decode_gpus"), _gpus("inference.decode_ep")
    groups = _gpus("v3.serving.decode_dp")
    experts = _gpus("inference.decode_experts_gpu")
    others = _gpus("v3.serving.decode_extra_gpus")
    both = (
        (
            report,
            (
                f"attention TP{report // groups}, DP{groups}",
                f"experts EP{report}: 1 a GPU; shared and",
                f"redundant ones on {others} of the GPUs",
            ),
        ),
        (
            day,
            (
                f"attention DP{day}",
                f"experts EP{day}:",
                f"{experts} + 1 shared a GPU",
            ),
        ),
    )
    for state, (gpus, says) in enumerate(both):
        inside.append(
            only(
                state,
                text(width - 12, 22, f"{gpus} GPUs", "note", anchor="end"),
                *_nodes(14, 40, gpus, places.pitch),
                lines(14, 40 + 8 * places.pitch + 28, says),
            )
        )
    return (placed(*places.decode, *inside),)


def _nodes(x: float, y: float, gpus: int, pitch: float) -> Marks:
    """Draw GPUs as squares, a node in a row, in blocks of as many nodes."""
    columns = cluster().gpus_per_node
    step = columns * pitch + 4
    nodes = gpus // columns
    return tuple(
        grids(
            [(x + index * step, y)],
            columns=columns,
            rows=min(NODES_A_BLOCK, nodes - index * NODES_A_BLOCK),
            pitch=pitch,
            gap=2,
        )
        for index in range(-(-nodes // NODES_A_BLOCK))
    )


def _handover(*, wide: bool) -> Marks:
    """Draw the cache of a prompt on its way from prefill to decode."""
    if wide:
        parcel = bar(204, 64, 40, 32, "hatched", noun="memory")
        return (
            wire((178, 80), (201, 80), head=False, noun="network"),
            parcel,
            wire((247, 80), (275, 80), noun="network"),
            text(224, 52, "KV cache", "bold", anchor="middle", noun="memory"),
            text(224, 118, _cache(), anchor="middle"),
            lines(224, 136, (f"{PROMPT_TOKENS:,}", "tokens"), anchor="middle"),
        )
    parcel = bar(34, 122, 40, 30, "hatched", noun="memory")
    return (
        wire((54, 102), (54, 119), head=False, noun="network"),
        parcel,
        wire((54, 155), (54, 174), noun="network"),
        text(86, 134, "KV cache", "bold", noun="memory"),
        text(86, 150, f"{_cache()}, {PROMPT_TOKENS:,} tokens", "note"),
    )


def _clocks(places: Places, *, wide: bool) -> Marks:
    """Draw one request over time: an unknown wait, then tokens at an even pace."""
    y, first = places.clock, places.first_token
    low, high = fact("inference.tokens_per_s_per_user").numbers
    step = places.px_per_s / ((low + high) / 2)
    end = 716 if wide else 350
    tokens = int((end - first - 4) / step)
    long = 1 if wide else 0.5
    seconds = long * places.px_per_s
    return (
        text(0, y, "TTFT" if not wide else "Time to first token (TTFT)", "bold"),
        text(0, y + 16, "not published", "note"),
        text(
            first,
            y,
            "Time per output token (TPOT)" if wide else "TPOT",
            "bold",
        ),
        text(
            first,
            y + 16,
            f"{_times()}: {_speeds()} tokens a second, overview",
            "note",
        )
        if wide
        else text(first, y + 16, f"{_times()}, overview", "note"),
        idle_lane((0, y + 38), (first - 8, y + 38)),
        token(first, y + 38, 9),
        bars(
            (
                (first + index * step - 4, y + 34, 8, 8)
                for index in range(1, tokens + 1)
            ),
            "tint",
        ),
        dimension((first, y + 60), (first + seconds, y + 60)),
        text(
            first + seconds / 2,
            y + 78,
            "1 second" if wide else "half a second",
            "note",
            anchor="middle",
        ),
    )
