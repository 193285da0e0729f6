"""How long one decoding step takes at least, from counted bytes and FLOP.

Which weights its tokens need, and what is read and multiplied for them on a chip of a
rating.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from dsv3 import accounting, architecture, hardware
from dsv3.accounting import AttentionCount
from dsv3.architecture import Architecture
from dsv3.formats import BF16, FP8
from dsv3.roofline import time_bounds
from explorables.arithmetic import Number, minimum, power, require, total

WEIGHT_BYTES = float(FP8.element_bytes)
"""Width of a weight in FP8; vocabulary and norms are wider, which is left out."""

FLOP_PER_WEIGHT = 2
"""A multiplication and an addition for each token that meets it."""

CHIP = "H800 SXM"
"""DeepSeek-V3's own; only the proportions of its ratings matter to a ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLoad:
    """What a step of some tokens reads and multiplies."""

    common_parameters: Number
    """Weights that every token meets: read once, however many tokens there are."""

    routed_parameters: Number
    """Weights of all routed experts: read as far as some token is sent there."""

    chosen_share: Number
    """Share of the routed experts that one token is sent to."""

    cache_bytes_per_token: Number
    """Read for each earlier token of each sequence, once in a step."""

    score_flop_per_token_squared: Number
    """Attention's work for each pair of a new token and an earlier one."""

    state_bytes: Number = 0
    """Read of each sequence however long, once in a step."""

    state_flop_per_token: Number = 0
    """Attention's work for a new token however long its sequence."""

    selected_tokens: Number = 0
    """Earlier tokens at most that sparse attention selects; 0 without selection."""

    selected_score_flop: Number = 0
    """Attention's work for each pair of a new token and a selected one."""

    selected_cache_bytes: Number = 0
    """The part of `cache_bytes_per_token` that is read of selected tokens only."""

    def scores_flop(self, context_tokens: Number) -> Number:
        """Return attention's work for a new token after a context.

        Examples
        --------
        Three FLOP for each of 10 earlier tokens and five for each of 4 selected ones:

        >>> load = StepLoad(
        ...     common_parameters=0, routed_parameters=0, chosen_share=0,
        ...     cache_bytes_per_token=8, score_flop_per_token_squared=3,
        ...     selected_tokens=4, selected_score_flop=5, selected_cache_bytes=7,
        ... )  # fmt: skip
        >>> load.scores_flop(10), load.read_cache_bytes(10)
        (50, 38)
        """
        selected = minimum(self.selected_tokens, context_tokens)
        scores = self.score_flop_per_token_squared * context_tokens
        scores = scores + self.selected_score_flop * selected
        return scores + self.state_flop_per_token

    def read_cache_bytes(self, context_tokens: Number) -> Number:
        """Return what a step reads of the cache of one sequence."""
        selected = minimum(self.selected_tokens, context_tokens)
        everywhere = self.cache_bytes_per_token - self.selected_cache_bytes
        read = context_tokens * everywhere + selected * self.selected_cache_bytes
        return read + self.state_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleAndModel:
    """The loads of a prediction module and of the model that it drafts for."""

    model: StepLoad

    module: StepLoad
    """A draft, with the head that it shares."""


@functools.cache
def released_loads() -> ModuleAndModel:
    """Return DeepSeek-V3's loads, counted from its configuration.

    Examples
    --------
    >>> loads = released_loads()
    >>> loads.model.routed_parameters / loads.module.routed_parameters
    58.0
    """
    v3 = architecture.preset("deepseek-v3")
    return ModuleAndModel(model=step_load(v3), module=draft_load(v3))


NO_DRAFT = StepLoad(
    common_parameters=0,
    routed_parameters=0,
    chosen_share=0,
    cache_bytes_per_token=0,
    score_flop_per_token_squared=0,
)
"""The draft of a model without a prediction module."""


def draft_load(model: Architecture) -> StepLoad:
    """Return what a draft by one prediction module reads and multiplies.

    All is zero if the model has no such module.

    Examples
    --------
    >>> draft_load(architecture.preset("llama-3.1-70b")).common_parameters
    0
    """
    modules = model.num_nextn_predict_layers
    if not modules:
        return NO_DRAFT
    count, whole = accounting.parameter_count(model), step_load(model)
    attends = accounting.attention_count(model.attention)
    routed = count.routed_experts_parameters / max(model.num_expert_layers, 1)
    own = count.multi_token_prediction.total_parameters / modules - routed
    return StepLoad(
        common_parameters=own + count.head_parameters,
        routed_parameters=routed,
        chosen_share=whole.chosen_share,
        cache_bytes_per_token=BF16.element_bytes * attends.cached_elements,
        state_bytes=BF16.element_bytes * attends.state_elements,
        state_flop_per_token=attends.state_flop,
        score_flop_per_token_squared=attends.score_flop(1, attends.decode_form),
        **_selection(((1, attends),)),
    )


def _selection(
    kinds: Iterable[tuple[Number, AttentionCount]],
) -> dict[str, Number]:
    """Add up what layers, counted by kind, do with the tokens that they select."""
    selections = [
        (layers, found)
        for layers, one in kinds
        if (found := one.selection(one.decode_form)) is not None
    ]
    return {
        "selected_tokens": max((found.tokens for _, found in selections), default=0),
        "selected_score_flop": total(
            layers * found.score_flop_per_token for layers, found in selections
        ),
        "selected_cache_bytes": total(
            BF16.element_bytes * layers * found.cached_elements
            for layers, found in selections
        ),
    }


def step_load(model: Architecture) -> StepLoad:
    """Return what a decoding step of any model reads and multiplies.

    Latent attention reads its cache in the absorbed form. Layers with a sliding
    window are counted as if they attended to everything; sparse attention to what it
    selects, and its indexer to everything.

    Examples
    --------
    >>> llama = step_load(architecture.preset("llama-3.1-70b"))
    >>> llama.routed_parameters, llama.cache_bytes_per_token
    (0, 327680)
    """
    count, experts = accounting.parameter_count(model), model.experts
    kinds = accounting.attention_counts(model)
    scores = total(
        group.layers * one.score_flop(1, one.decode_form) for group, one in kinds
    )
    routed = count.routed_experts_parameters
    lookups = 0 if count.tied else count.embedding_parameters
    return StepLoad(
        common_parameters=count.total_parameters - lookups - routed,
        routed_parameters=routed,
        chosen_share=0.0
        if experts is None
        else experts.num_experts_per_tok / experts.n_routed_experts,
        cache_bytes_per_token=accounting.kv_cache_bytes_per_token(model),
        state_bytes=accounting.state_bytes(model),
        state_flop_per_token=total(
            group.layers * one.state_flop for group, one in kinds
        ),
        score_flop_per_token_squared=scores,
        **_selection((group.layers, one) for group, one in kinds),
    )


def step_seconds(
    load: StepLoad, *, tokens: Number, sequences: Number, context_tokens: Number
) -> Number:
    """Least time of one step on an H800's ratings, in GPU-seconds.

    Attention and the products with weights run one after the other; each takes the
    longer of reading and multiplying. Each weight that is needed is read once; a routed
    expert is needed if one of the step's tokens is sent to it, and they are sent evenly
    and without regard to each other: of n tokens' experts the share read is 1 -
    (1 - A/E)^n. Weights are multiplied in FP8, scores in BF16. `context_tokens` are
    earlier tokens of each sequence. What passes between GPUs is left out.

    Examples
    --------
    One token alone waits for its weights: 36.6 GB at 3.35 TB/s are 10.9 ms.

    >>> model = released_loads().model
    >>> round(step_seconds(model, tokens=1, sequences=1, context_tokens=0), 4)
    0.0109
    """
    require("tokens", tokens, tokens > 0, "must be above 0")
    require("sequences", sequences, sequences > 0, "must be above 0")
    require("context_tokens", context_tokens, context_tokens >= 0, "must be 0 or more")
    needed = 1 - power(1 - load.chosen_share, tokens)
    read = WEIGHT_BYTES * (load.common_parameters + needed * load.routed_parameters)
    met = load.common_parameters + load.chosen_share * load.routed_parameters
    chip = hardware.accelerator(CHIP)
    products = time_bounds(
        flop=tokens * FLOP_PER_WEIGHT * met,
        moved_bytes=read,
        peak_flop_per_s=chip.peak_flop_per_s("fp8"),
        bytes_per_s=chip.hbm_bytes_per_s,
    )
    attention = time_bounds(
        flop=tokens * load.scores_flop(context_tokens),
        moved_bytes=sequences * load.read_cache_bytes(context_tokens),
        peak_flop_per_s=chip.peak_flop_per_s("bf16"),
        bytes_per_s=chip.hbm_bytes_per_s,
    )
    return products.lower_seconds + attention.lower_seconds
