"""Does it fit? A model, its cache and its activations in the memory of some GPUs."""

from dataclasses import dataclass

from dsv3 import hardware
from dsv3.architecture import Architecture
from dsv3.formats import BF16
from dsv3.serving.cache import BYTES_PER_ELEMENT
from dsv3.serving.memory_demand import MemoryDemand, memory_demand, require_module
from dsv3.serving.rates import require_precision
from explorables.arithmetic import (
    Choice,
    Condition,
    Number,
    both,
    ceil,
    floor,
    lookup,
    lookup_record,
    maximum,
    minimum,
    require,
    require_option,
    where,
)

TENSOR, EXPERT, LAYERS = "tensor parallel", "expert parallel", "by layers"
LAYOUTS = (TENSOR, EXPERT, LAYERS)
"""Ways to split a model: each matrix over all GPUs; routed experts over all GPUs with
the rest copied to each; or layers over GPUs."""

ACTIVATION_BYTES = float(BF16.element_bytes)

WIDTHS = tuple(2**power for power in range(11))
"""Powers of two: what engines that cut heads and matrices evenly are started with."""

NEVER = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The memory of one GPU by what it holds, and how many GPUs it takes."""

    headroom_bytes: Number
    """What is left; negative if the plan does not fit."""

    weights_bytes: Number

    cache_bytes: Number
    """All sequences at their full length."""

    activations_bytes: Number
    """Working space of one chunk of a prompt."""

    reserved_bytes: Number
    """Memory that the plan leaves to driver, buffers and allocator."""

    fitting_sequences_count: Number
    """Sequences of this length that fit on all GPUs together."""

    minimum_gpus: Number
    """GPUs that hold the plan; NaN if no number does."""

    layout_gpus: Number
    """The next power of two, which engines are started with; NaN beyond 1024."""


def fit(
    *,
    model: Choice | Architecture,
    precision: Choice,
    gpu: Choice,
    gpus: Number,
    layout: Choice,
    context_tokens: Number,
    sequences: Number,
    cache_precision: Choice,
    chunk_tokens: Number,
    usable_share: Number,
    drafts: Condition = False,
    gpu_memory: Number = 0.0,
) -> Fit:
    """Plan the memory of a service.

    A part is either cut among the GPUs or copied to each. Cutting every matrix divides
    a cache by its heads of keys at most, so a latent, which has none, is copied to
    every GPU; dealing out experts copies everything else. `precision` is how weights
    are held, as released or in a format, and FP8 needs a chip with matrix units for it.
    `chunk_tokens` of prompts are computed at once: on each GPU, or on all of them
    together where every matrix is cut. With `drafts` the module that drafts is held
    too. `gpu_memory`, in bytes, takes the place of the memory that the chip's driver
    reports; 0 leaves that.

    Raises
    ------
    ValueError
        If the weights are FP8 and the chip cannot multiply in it, or the model has no
        module to draft with.

    Examples
    --------
    DeepSeek-V3 on one node of H200s, sixteen sequences at once:

    >>> plan = fit(
    ...     model="deepseek-v3", precision="fp8", gpu="H200 SXM", gpus=8.0,
    ...     layout=TENSOR, context_tokens=4096.0, sequences=16.0,
    ...     cache_precision="bf16", chunk_tokens=8192.0, usable_share=0.9,
    ... )  # fmt: skip
    >>> round(plan.headroom_bytes / 1e9, 1), plan.layout_gpus
    (46.3, 8)
    """
    demand = memory_demand(model, precision)
    require_option("layout", layout, LAYOUTS)
    require_option("cache_precision", cache_precision, tuple(BYTES_PER_ELEMENT))
    require_module("drafts", drafts, drafts, demand)
    require_precision(precision, gpu, model)
    _require_sizes(gpus, context_tokens, sequences, chunk_tokens, usable_share)
    chip = lookup_record(gpu, hardware.accelerators(), name="gpu")
    rule = "must not be negative; 0 is what the chip's driver reports"
    require("gpu_memory", gpu_memory, gpu_memory >= 0, rule)
    memory = where(gpu_memory > 0, gpu_memory, chip.driver_memory_bytes)
    usable = usable_share * memory
    sequence = _cache_bytes(demand, context_tokens, cache_precision)
    parts = _parts(demand, layout, chunk_tokens, drafts)
    ways = _where_tensor(layout, minimum(gpus, demand.cache_shards), gpus)
    weights = parts.cut_weights_bytes / gpus + parts.copied_weights_bytes
    active = parts.cut_activations_bytes / gpus + parts.copied_activations_bytes
    cache = sequences * sequence / ways
    room = maximum(usable - weights - active, 0.0) * ways
    least = _least_gpus(demand, parts, layout, usable, sequences * sequence)
    return Fit(
        headroom_bytes=usable - weights - active - cache,
        weights_bytes=weights,
        cache_bytes=cache,
        activations_bytes=active,
        reserved_bytes=memory - usable,
        fitting_sequences_count=floor(room / sequence),
        minimum_gpus=least,
        layout_gpus=_next_width(least),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Weights and activations by what a layout does with them."""

    cut_weights_bytes: Number
    copied_weights_bytes: Number
    cut_activations_bytes: Number
    copied_activations_bytes: Number


def _parts(
    demand: MemoryDemand, layout: Choice, chunk_tokens: Number, drafts: Condition
) -> _Parts:
    common = demand.common_bytes + where(drafts, demand.module_common_bytes, 0.0)
    routed = demand.routed_bytes + where(drafts, demand.module_routed_bytes, 0.0)
    chunk = ACTIVATION_BYTES * chunk_tokens
    residual, widest = chunk * demand.residual_elements, chunk * demand.widest_elements
    copied = lookup(layout, {TENSOR: 0.0, EXPERT: common, LAYERS: 0.0}, name="layout")
    return _Parts(
        cut_weights_bytes=common + routed - copied,
        copied_weights_bytes=copied,
        cut_activations_bytes=_where_tensor(layout, widest, 0.0),
        copied_activations_bytes=_where_tensor(layout, residual, residual + widest),
    )


def _least_gpus(
    demand: MemoryDemand,
    parts: _Parts,
    layout: Choice,
    usable: Number,
    cache_bytes: Number,
) -> Number:
    """Solve for the number of GPUs: cut / g + copied + cache / min(g, ways) = usable.

    The cache term is the larger of cache / g and cache / ways, so the number is the
    larger of two solutions.
    """
    cut = parts.cut_weights_bytes + parts.cut_activations_bytes
    copied = parts.copied_weights_bytes + parts.copied_activations_bytes
    unshared = _where_tensor(layout, cache_bytes / demand.cache_shards, 0.0)
    room, narrow = usable - copied, usable - copied - unshared
    least = maximum(
        (cut + cache_bytes) / where(room > 0, room, 1.0),
        cut / where(narrow > 0, narrow, 1.0),
    )
    return where(both(room > 0, narrow > 0), maximum(ceil(least), 1.0), NEVER)


def _next_width(least: Number) -> Number:
    """Return the first of `WIDTHS` that is no smaller; NaN if none is."""
    found: Number = NEVER
    for width in reversed(WIDTHS):
        found = where(least <= width, width, found)
    return found


def _cache_bytes(
    demand: MemoryDemand, context_tokens: Number, precision: Choice
) -> Number:
    """Return the cache of one sequence."""
    kept = minimum(demand.window_tokens, context_tokens)
    in_bf16 = (
        demand.full_cache_bytes_per_token * context_tokens
        + demand.windowed_cache_bytes_per_token * kept
        + demand.state_bytes
    )
    return in_bf16 * (
        lookup(precision, BYTES_PER_ELEMENT, name="cache_precision")
        / BYTES_PER_ELEMENT["bf16"]
    )


def _where_tensor(layout: Choice, cut: Number, otherwise: Number) -> Number:
    """Return one number where every matrix is cut, and another elsewhere."""
    return lookup(
        layout, {TENSOR: cut, EXPERT: otherwise, LAYERS: otherwise}, name="layout"
    )


def _require_sizes(
    gpus: Number,
    context_tokens: Number,
    sequences: Number,
    chunk_tokens: Number,
    usable_share: Number,
) -> None:
    whole = "must be a whole number, at least 1"
    require("gpus", gpus, gpus >= 1, whole)
    require("gpus", gpus, floor(gpus) == gpus, whole)
    require("context_tokens", context_tokens, context_tokens > 0, "must be above 0")
    require("sequences", sequences, sequences >= 0, "must not be negative")
    require("chunk_tokens", chunk_tokens, chunk_tokens > 0, "must be above 0")
    rule = "must be above 0 and at most 1"
    require("usable_share", usable_share, usable_share > 0, rule)
    require("usable_share", usable_share, usable_share <= 1, rule)
