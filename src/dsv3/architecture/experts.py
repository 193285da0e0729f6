"""Reading experts: how many, in which groups, and in which layers.

The rules hold whatever the family; :mod:`dsv3.architecture.families` brings the
family's own defaults.
"""

from collections.abc import Sequence

from dsv3.architecture.attention import layer_counts
from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.sizes import SCORING_FUNCTIONS, Experts
from dsv3.architecture.values import refuse, whole

V3_SCORING = ("sigmoid", "softmax")
"""What makes scores in the families up to DeepSeek-V3.2."""


def grouped_experts(
    fields: ConfigFields,
    *,
    default_groups: tuple[int, int],
    default_scale: float,
    default_scoring: str,
    default_norm: bool,
    methods: Sequence[str],
    dense_layers: int | None = None,
) -> Experts:
    """Read DeepSeek's experts: routed in groups, shared, after dense layers.

    The defaults are the family's where ``n_group`` and ``topk_group``,
    ``routed_scaling_factor``, ``scoring_func`` and ``norm_topk_prob`` are absent;
    `methods` is what its ``topk_method`` may be, the default first. A null
    ``n_shared_experts`` means none. `dense_layers` is their number where
    ``first_k_dense_replace`` does not say it.
    """
    n_group, topk_group = expert_groups(fields, default_groups)
    scale = fields.number("routed_scaling_factor")
    return Experts(
        n_routed_experts=fields.size("n_routed_experts", "num_local_experts"),
        num_experts_per_tok=fields.size("num_experts_per_tok"),
        moe_intermediate_size=fields.size("moe_intermediate_size"),
        n_shared_experts=fields.size_or_null("n_shared_experts", at_least=0) or 0,
        first_k_dense_replace=leading_dense_layers(fields)
        if dense_layers is None
        else dense_layers,
        moe_layer_freq=fields.size_or(1, "moe_layer_freq"),
        n_group=n_group,
        topk_group=topk_group,
        routed_scaling_factor=default_scale if scale is None else scale,
        scoring_func=fields.word("scoring_func", V3_SCORING, default=default_scoring),
        topk_method=fields.word("topk_method", methods, default=methods[0]),
        norm_topk_prob=fields.flag("norm_topk_prob", default=default_norm),
    )


def biased_experts(
    fields: ConfigFields,
    *,
    default_groups: tuple[int, int] = (1, 1),
    default_scale: float = 1.0,
    default_norm: bool = True,
    dense_layers: int | None = None,
) -> Experts:
    """Read experts as DeepSeek-V3 routes: sigmoid scores, and a bias in the choice."""
    return grouped_experts(
        fields,
        default_groups=default_groups,
        default_scale=default_scale,
        default_scoring="sigmoid",
        default_norm=default_norm,
        methods=["noaux_tc"],
        dense_layers=dense_layers,
    )


def expert_groups(fields: ConfigFields, default: tuple[int, int]) -> tuple[int, int]:
    """Read ``n_group``, and how many of the groups one token may reach: ``topk_group``.

    Null for both means that experts are not grouped, which is 1 and 1; null for one of
    them is refused.
    """
    groups = fields.optional_size("n_group", default=default[0])
    kept = fields.optional_size("topk_group", default=default[1])
    if (groups is None) != (kept is None):
        name = "n_group" if groups is None else "topk_group"
        refuse(name, None, "n_group and topk_group must be null together")
    return groups or 1, kept or 1


def leading_dense_layers(
    fields: ConfigFields, *, default_first: int | None = None
) -> int:
    """Count the dense layers of DeepSeek's rule.

    A layer has experts from ``first_k_dense_replace`` on if its index, from 0, is a
    multiple of ``moe_layer_freq``; the models' own modelling code says so.
    `default_first` is the family's where the config may leave the first out.

    Examples
    --------
    Layers 3 to 60 of DeepSeek-V3 have experts:

    >>> leading_dense_layers(
    ...     ConfigFields({"num_hidden_layers": 61, "first_k_dense_replace": 3})
    ... )
    3
    """
    layers = fields.size("num_hidden_layers")
    name = "first_k_dense_replace"
    if default_first is None:
        first = fields.size(name, at_least=0)
    else:
        first = fields.size_or(default_first, name, at_least=0)
    every = fields.size_or(1, "moe_layer_freq")
    if first > layers:
        rule = f"must be at most num_hidden_layers, {layers}"
        refuse(name, first, rule)
    # Multiples of `every` below `layers`, without those below `first`.
    return layers - ((layers - 1) // every - (first - 1) // every)


def hashed_experts(fields: ConfigFields) -> Experts:
    """Read DeepSeek-V4's experts: in every layer, the first named by a hash.

    The layers with a hash are the first ``num_hash_layers``, or those that
    ``mlp_layer_types`` names.
    """
    shared = fields.size("n_shared_experts")
    if shared != 1:
        refuse("n_shared_experts", shared, "must be 1, as every deepseek_v4 has")
    listed = layer_counts(fields, ("hash_moe", "moe"), "mlp_layer_types")
    hashed = fields.size_or(3, "num_hash_layers", at_least=0)
    scale = fields.number("routed_scaling_factor")
    return Experts(
        n_routed_experts=fields.size("n_routed_experts", "num_local_experts"),
        num_experts_per_tok=fields.size("num_experts_per_tok"),
        moe_intermediate_size=fields.size("moe_intermediate_size"),
        n_shared_experts=shared,
        num_hash_layers=hashed if listed is None else listed["hash_moe"],
        routed_scaling_factor=1.5 if scale is None else scale,
        scoring_func=fields.word(
            "scoring_func", SCORING_FUNCTIONS, default="sqrtsoftplus"
        ),
        topk_method=fields.word("topk_method", ["noaux_tc"], default="noaux_tc"),
        norm_topk_prob=fields.flag("norm_topk_prob", default=True),
    )


def scattered_dense_layers(fields: ConfigFields) -> int:
    """Count the dense layers of Qwen's rule.

    A layer has experts if its number, from 1, is a multiple of ``decoder_sparse_step``
    and its index, from 0, is not in ``mlp_only_layers``.

    Examples
    --------
    >>> scattered_dense_layers(
    ...     ConfigFields({"num_hidden_layers": 4, "mlp_only_layers": [0, 3]})
    ... )
    2
    """
    layers = fields.size("num_hidden_layers")
    step = fields.size_or(1, "decoder_sparse_step")
    name = "an entry of mlp_only_layers"
    listed = {
        whole(name, entry, at_least=0)
        for entry in fields.items("mlp_only_layers") or ()
    }
    for entry in listed:
        if entry >= layers:
            refuse(name, entry, f"must be below num_hidden_layers, {layers}")
    spared = sum(1 for entry in listed if (entry + 1) % step == 0)
    return layers - (layers // step - spared)


FEED_FORWARD_TYPES = ("dense", "sparse")
"""What ``mlp_layer_types`` may list."""


def listed_dense_layers(fields: ConfigFields, *, default_first: int) -> int:
    """Count the dense layers that ``mlp_layer_types`` lists.

    Without a list they are the first, as many as ``first_k_dense_replace`` or the
    family says.

    Examples
    --------
    >>> listed = {"num_hidden_layers": 2, "mlp_layer_types": ["dense", "sparse"]}
    >>> listed_dense_layers(ConfigFields(listed), default_first=0)
    1
    """
    leading = leading_dense_layers(fields, default_first=default_first)
    listed = layer_counts(fields, FEED_FORWARD_TYPES, "mlp_layer_types")
    if listed is None:
        return leading
    fields.switch_off("first_k_dense_replace")
    return listed["dense"]


def stepped_dense_layers(fields: ConfigFields) -> int:
    """Count the dense layers of Llama 4's rule.

    Experts stand in the layers of ``moe_layers``, or else in every layer whose number,
    from 1, is a multiple of ``interleave_moe_layer_step``.

    Examples
    --------
    >>> stepped_dense_layers(
    ...     ConfigFields({"num_hidden_layers": 4, "interleave_moe_layer_step": 2})
    ... )
    2
    """
    layers = fields.size("num_hidden_layers")
    step = fields.size("interleave_moe_layer_step")
    listed = fields.items("moe_layers")
    if listed is None:
        return layers - layers // step
    name = "an entry of moe_layers"
    with_experts = {whole(name, entry, at_least=0) for entry in listed}
    for entry in with_experts:
        if entry >= layers:
            refuse(name, entry, f"must be below num_hidden_layers, {layers}")
    return layers - len(with_experts)


def interleaved_dense_layers(fields: ConfigFields) -> int:
    """Count the dense layers of ERNIE's rule.

    A layer has experts if its index, from 0, is from ``moe_layer_start_index`` to
    ``moe_layer_end_index`` and its number, from 1, is a multiple of
    ``moe_layer_interval``.

    Examples
    --------
    >>> interleaved_dense_layers(
    ...     ConfigFields({"num_hidden_layers": 28, "moe_layer_start_index": 1,
    ...                   "moe_layer_interval": 1})
    ... )  # fmt: skip
    1
    """
    layers = fields.size("num_hidden_layers")
    first = uniform_size(fields, "moe_layer_start_index", default=1)
    last = uniform_size(fields, "moe_layer_end_index", default=layers - 1, at_least=-1)
    every = fields.size("moe_layer_interval")
    last = layers - 1 if last == -1 else min(last, layers - 1)
    sparse = (last + 1) // every - first // every
    return layers - max(sparse, 0)


def uniform_size(
    fields: ConfigFields, name: str, *aliases: str, default: int, at_least: int = 0
) -> int:
    """Read a size that may be a list with one entry a layer, all the same.

    Examples
    --------
    >>> uniform_size(ConfigFields({"moe_topk": [8, 8]}), "moe_topk", default=1)
    8
    """
    for spelling in (name, *aliases):
        if fields.is_list(spelling):
            sizes = {
                whole(spelling, one, at_least=at_least)
                for one in fields.items(spelling) or ()
            }
            if len(sizes) != 1:
                refuse(spelling, fields.items(spelling), "must be equal in every layer")
            return sizes.pop()
    return fields.size_or(default, name, *aliases, at_least=at_least)


def mtp_modules(fields: ConfigFields) -> int:
    """Read how many multi-token prediction modules follow the main model.

    One when the config does not say, as DeepSeek's does.
    """
    name = "num_nextn_predict_layers"
    return fields.size_or(1, name, "num_mtp_layers", at_least=0)
