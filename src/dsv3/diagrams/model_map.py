"""The map: parameters stored and used, one MoE block, and the training cluster.

The finding: a token uses the thin edge of what is stored.
"""

from dsv3.diagrams.sizes import block_sizes, cluster, released_sizes
from explorables.diagram import (
    Diagram,
    Layout,
    Mark,
    Point,
    bar,
    bars,
    box,
    diagram,
    dimension,
    fork,
    frame,
    grids,
    lens,
    lines,
    linked,
    pill,
    placed,
    plate,
    plus,
    socket,
    text,
    wire,
)
from explorables.quantities import format_number, unit_of

EXAMPLE = ((4, 1), (19, 1), (11, 2), (2, 4), (7, 4), (27, 4), (15, 7), (22, 7))
"""Column and row of eight experts in four groups: an example of a choice."""

BARS = 100
"""Where the bars of the model begin."""

WIDE_BAR = 172
"""Length of an MoE block on a page."""

FIRST_BLOCK, PITCH, THICKNESS = 138, 4, 2.6
"""Where the MoE blocks begin, how far apart they are, and how thick one is drawn."""

Marks = tuple[Mark, ...]


CAPTION = """
DeepSeek-V3 at a glance: of {stored} parameters one token uses {used}, the coloured
edge.
"""

NOTE = """
A bar is as long as its parameters are many; a small square is an expert above and a GPU
below. The selected experts are an example. That each pipeline rank has {groups} groups
follows from the published sizes.
"""

DESCRIPTION = """
An embedding of {vocabulary} parameters, {dense} dense blocks of {dense_size}, {moe} MoE
blocks of {moe_size} and an output head, to scale; beside them a module for multi- token
prediction. In an MoE block the token passes RMSNorm, MLA attention, RMSNorm and a
router, which picks {chosen} of {experts} experts; a shared expert always works. Below,
{gpus:,} GPUs: {ranks} pipeline ranks of {groups} groups of {group_gpus} GPUs, with
ZeRO-1 and no tensor parallelism. One token uses {used} of the {stored} parameters.
"""


def model_map() -> Diagram:
    """Draw DeepSeek-V3 with its parameters to scale, one MoE block, and the cluster."""
    v3, sizes, gpus = released_sizes(), block_sizes(), cluster()
    said = {
        "stored": _short(sizes.total_parameters),
        "used": _short(sizes.active_parameters),
        "vocabulary": _short(sizes.vocabulary_parameters),
        "dense": v3.num_dense_layers,
        "dense_size": _short(sizes.dense_block_parameters),
        "moe": v3.num_expert_layers,
        "moe_size": _short(sizes.moe_block_parameters),
        "chosen": v3.num_experts_per_tok,
        "experts": v3.n_routed_experts,
        "gpus": gpus.gpus,
        "ranks": gpus.pipeline_ranks,
        "groups": gpus.groups,
        "group_gpus": gpus.expert_ranks,
    }
    return diagram(
        _draw,
        name="model-map",
        page="index",
        title="DeepSeek-V3 and its training cluster",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="released configuration; DeepSeek-V3 report, sections 3.1 and 3.2; "
        "dsv3.accounting.parameter_count",
    )


def _short(parameters: float) -> str:
    return format_number(parameters, unit_of("parameters"), digits=3)


def _draw(*, wide: bool) -> Layout:
    model, block, gpus = _model(wide=wide), _block(), _cluster(wide=wide)
    if wide:
        first = FIRST_BLOCK - 2, FIRST_BLOCK + THICKNESS + 2
        edge, block_edge = BARS + WIDE_BAR + 4, 318
        enlarged = lens(
            ((edge, first[0]), (edge, first[1])), ((block_edge, 40), (block_edge, 512))
        )
        parts = (*model, enlarged, placed(324, 0, *block), placed(0, 548, *gpus))
        return Layout(height=826, marks=parts)
    parts = (*model, placed(0, 500, *block), placed(0, 1046, *gpus))
    return Layout(height=1428, marks=parts)


def _model(*, wide: bool) -> Marks:
    """Draw the parts of the model; on both widths the title of the drawing."""
    v3, sizes = released_sizes(), block_sizes()
    scale = (WIDE_BAR if wide else 244) / sizes.moe_block_parameters
    vocabulary = sizes.vocabulary_parameters * scale
    dense = sizes.dense_block_parameters * scale
    module = sizes.multi_token_prediction_parameters
    beside = BARS + vocabulary + 10
    last = FIRST_BLOCK + v3.num_expert_layers * PITCH
    return (
        linked(
            "architecture/parameters",
            "The model: where its parameters are",
            text(0, 16, "The model", "title"),
            target=(0, 0, 90, 24),
        ),
        text(0, 34, "Length of a bar: its parameters", "note"),
        *_labelled(60, "embedding", _short(sizes.vocabulary_parameters)),
        bar(BARS, 58, vocabulary, THICKNESS, "faint"),
        text(beside, 64, "one row is read", "note"),
        *_labelled(
            98,
            f"{v3.num_dense_layers} dense",
            f"{_short(sizes.dense_block_parameters)} each",
        ),
        bars(
            (BARS, 94 + row * PITCH, dense, THICKNESS)
            for row in range(v3.num_dense_layers)
        ),
        text(
            beside,
            98,
            f"{_short(sizes.active_parameters)} used",
            "bold",
            noun="compute",
        ),
        text(beside, 113, "by one token", "note"),
        *_moe_blocks(scale),
        *_labelled(last + 30, "head", _short(sizes.vocabulary_parameters)),
        bar(BARS, last + 28, vocabulary, THICKNESS),
        linked(
            "architecture/multi-token-prediction",
            "MTP: the module for multi-token prediction",
            text(88, last + 74, "MTP", "bold", anchor="end"),
            target=(56, last + 56, 34, 24),
        ),
        text(88, last + 90, _short(module), "note", anchor="end"),
        socket(BARS, last + 65, module * scale, 7),
        text(BARS, last + 90, f"beside the {_short(sizes.total_parameters)}", "note"),
    )


def _labelled(y: float, name: str, size: str) -> Marks:
    return (
        text(88, y, name, anchor="end"),
        text(88, y + 15, size, "note", anchor="end"),
    )


def _moe_blocks(scale: float) -> Marks:
    """Draw the MoE blocks: of each what is used, then what is idle."""
    sizes, blocks = block_sizes(), released_sizes().num_expert_layers
    length = sizes.moe_block_parameters * scale
    used = sizes.moe_block_active_parameters * scale
    idle = sizes.total_parameters - sizes.active_parameters
    rows = [FIRST_BLOCK + index * PITCH for index in range(blocks)]
    middle = FIRST_BLOCK + blocks * PITCH / 2
    left = BARS + 34
    return (
        frame(BARS - 1.5, FIRST_BLOCK - 2, length + 3, blocks * PITCH + 2.6),
        bars(((BARS + used, y, length - used, THICKNESS) for y in rows), "faint"),
        bars((BARS, y, used, THICKNESS) for y in rows),
        plate(left - 12, middle - 33, 128, 62),
        text(left, middle - 14, "stored, idle", "bold"),
        text(left, middle + 3, f"{_short(idle)} of {_short(sizes.total_parameters)}"),
        text(left, middle + 19, "for this token", "note"),
        *_labelled(
            middle - 4, f"{blocks} MoE", f"{_short(sizes.moe_block_parameters)} each"
        ),
    )


def _block() -> Marks:
    """Draw one MoE block from its input to its output, the residual on a rail."""
    sizes, v3 = block_sizes(), released_sizes()
    centre, rail = 100, 4
    router_says = f"{v3.n_routed_experts} scores, {_short(sizes.router_parameters)}"
    norm = pill(20, 76, 160, 26, "RMSNorm")
    attention = box(
        20, 120, 160, 44, "MLA attention", _short(sizes.attention_parameters)
    )
    second = pill(20, 236, 160, 26, "RMSNorm")
    router = box(20, 280, 160, 44, "router", router_says)
    added, summed = plus(centre, 190), plus(centre, 478)
    stored, used = sizes.moe_block_parameters, sizes.moe_block_active_parameters
    return (
        text(0, 16, "One MoE block", "title"),
        text(0, 34, f"{_short(stored)} stored, {_short(used)} used", "note"),
        wire((centre, 44), norm.top),
        text(centre + 12, 54, f"x: {v3.hidden_size:,} numbers", "note"),
        fork(centre, 60),
        norm,
        wire(norm.bottom, attention.top),
        linked(
            "architecture/attention",
            "MLA attention: the KV cache and weight absorption",
            attention,
        ),
        text(192, 138, "reads the KV cache", "note"),
        text(192, 154, f"{v3.cached_elements} numbers a token", "note", noun="memory"),
        wire(attention.bottom, added.top),
        wire((centre, 60), (rail, 60), (rail, 190), added.left),
        added,
        text(centre + 18, 194, "residual added", "note"),
        wire(added.bottom, second.top),
        fork(centre, 216),
        second,
        wire(second.bottom, router.top),
        linked("architecture/routing", "router: how experts are selected", router),
        *_routed(centre, router.bottom),
        wire((centre, 449), summed.top),
        wire((centre, 216), (rail, 216), (rail, 478), summed.left),
        summed,
        text(centre + 18, 482, "weighted sum, residual added", "note"),
        wire(summed.bottom, (centre, 512)),
        text(centre + 12, 510, "to the next block", "note"),
    )


def _routed(centre: float, router: Point) -> Marks:
    """Draw the routed experts, a row for each group, and the shared one beside them."""
    experts, size = released_sizes(), _short(block_sizes().expert_parameters)
    left, top, pitch = 22, 379, 8
    columns = experts.n_routed_experts // experts.n_group
    width, height = columns * pitch, experts.n_group * pitch
    chosen = [(left + column * pitch, top + row * pitch) for column, row in EXAMPLE]
    return (
        wire(router, (centre, top - 3)),
        lines(
            centre + 12,
            343,
            (
                f"{experts.num_experts_per_tok} of {experts.n_routed_experts} experts,",
                f"in {experts.topk_group} of {experts.n_group} groups (rows) at most",
            ),
        ),
        frame(left - 3, top - 3, width + 4.5, height + 4.5),
        grids(
            [(left, top)],
            "faint",
            columns=columns,
            rows=experts.n_group,
            pitch=pitch,
            gap=1.5,
        ),
        bars((x, y, pitch - 1.5, pitch - 1.5) for x, y in chosen),
        bar(left + width + 14, top, pitch - 1.5, pitch - 1.5),
        lines(left + width + 14, top + 22, ("shared,", "always on"), leading=14),
        lines(left + width + 14, top + 54, (size, "each"), leading=14),
    )


def _cluster(*, wide: bool) -> Marks:
    """Draw every GPU: a column is a pipeline rank, a row of eight a node."""
    gpus = cluster()
    left, pitch = (56, 4.6) if wide else (2, 2.4)
    step = (664 if wide else 350) / gpus.pipeline_ranks
    side = gpus.gpus_per_node * pitch
    tops = [62 + group * (side + 10) for group in range(gpus.groups)]
    corners = [
        (left + rank * step, top) for top in tops for rank in range(gpus.pipeline_ranks)
    ]
    below = tops[-1] + side + 16
    span = (gpus.pipeline_ranks - 1) * step + side
    framed = left + 5 * step
    return (
        linked(
            "training-system/h800",
            f"The cluster: {gpus.gpus:,} H800, their links and their roofline",
            text(0, 16, f"The cluster: {gpus.gpus:,} H800", "title"),
            target=(0, 0, 190, 24),
        ),
        text(
            0,
            34,
            f"{gpus.pipeline_ranks} pipeline ranks × {gpus.groups} groups × "
            f"{gpus.expert_ranks} GPUs ({gpus.expert_nodes} nodes of "
            f"{gpus.gpus_per_node})",
            "note",
        ),
        *_ranks(left, step, side, wide=wide),
        *(
            text(0, top + side / 2 + 4, f"group {name}", "note")
            for name, top in zip("AB", tops, strict=True)
            if wide
        ),
        grids(
            corners,
            columns=gpus.gpus_per_node,
            rows=gpus.expert_nodes,
            pitch=pitch,
            gap=1 if wide else 0.6,
            noun="soft",
        ),
        frame(framed - 3, tops[0] - 3, side + 5, side + 5, strong=True),
        dimension((left, below), (left + span, below), noun="network"),
        text(
            left,
            below + 20,
            f"PP{gpus.pipeline_ranks}: micro-batches enter at both ends",
            noun="network",
        ),
        *_layout_notes(below + 52, wide=wide),
    )


def _ranks(left: float, step: float, side: float, *, wide: bool) -> Marks:
    """Write the numbers of the pipeline ranks: all, or the first and the last."""
    last = cluster().pipeline_ranks - 1
    if not wide:
        return (
            text(left, 54, "0", "note"),
            text(left + last * step / 2, 54, "pipeline rank", "note", anchor="middle"),
            text(left + last * step + side, 54, f"{last}", "note", anchor="end"),
        )
    numbers = (
        text(left + rank * step + side / 2, 54, f"{rank}", "note", anchor="middle")
        for rank in range(last + 1)
    )
    return (text(0, 54, "rank", "note"), *numbers)


def _layout_notes(y: float, *, wide: bool) -> Marks:
    """Say what each kind of parallelism shares out, with a link to its chapter."""
    gpus = cluster()
    per_gpu = released_sizes().n_routed_experts // gpus.expert_ranks
    notes = (
        (
            f"EP{gpus.expert_ranks}",
            "training-system/expert-parallelism",
            "expert parallelism",
            (
                "framed: one group. Each of its",
                f"GPUs has {per_gpu} of the {released_sizes().n_routed_experts}",
                "experts of a layer",
            ),
        ),
        (
            "DualPipe",
            "training-system/pipeline",
            "pipeline parallelism",
            ("each pipeline rank has two", "stages, one of each direction"),
        ),
        (
            "ZeRO-1",
            "training-system/pipeline",
            "memory of a pipeline rank",
            (
                f"data parallelism over {gpus.data_parallel_ranks}",
                "GPUs: optimizer states are",
                "sharded. No tensor parallelism",
            ),
        ),
    )
    step = (240, 0) if wide else (0, 74)
    return tuple(
        mark
        for index, (name, address, says, note) in enumerate(notes)
        for mark in (
            placed(
                index * step[0],
                y + index * step[1],
                linked(
                    address,
                    f"{name}: {says}",
                    text(0, 0, name, "bold"),
                    target=(0, -17, 70, 24),
                ),
                lines(0, 18, note),
            ),
        )
    )
