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
) -> Experts:
    """Read DeepSeek's experts: routed in groups, shared, after dense layers.

    The defaults are the family's where ``n_group`` and ``topk_group``,
    ``routed_scaling_factor``, ``scoring_func`` and ``norm_topk_prob`` are absent;
    `methods` is what its ``topk_method`` may be, the default first. A null
    ``n_shared_experts`` means none.
    """
    n_group, topk_group = expert_groups(fields, default_groups)
    scale = fields.number("routed_scaling_factor")
    return Experts(
        n_routed_experts=fields.size("n_routed_experts", "num_local_experts"),
        num_experts_per_tok=fields.size("num_experts_per_tok"),
        moe_intermediate_size=fields.size("moe_intermediate_size"),
        n_shared_experts=fields.size_or_null("n_shared_experts", at_least=0) or 0,
        first_k_dense_replace=leading_dense_layers(fields),
        moe_layer_freq=fields.size_or(1, "moe_layer_freq"),
        n_group=n_group,
        topk_group=topk_group,
        routed_scaling_factor=default_scale if scale is None else scale,
        scoring_func=fields.word("scoring_func", V3_SCORING, default=default_scoring),
        topk_method=fields.word("topk_method", methods, default=methods[0]),
        norm_topk_prob=fields.flag("norm_topk_prob", default=default_norm),
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


def leading_dense_layers(fields: ConfigFields) -> int:
    """Count the dense layers of DeepSeek's rule.

    A layer has experts from ``first_k_dense_replace`` on if its index, from 0, is a
    multiple of ``moe_layer_freq``; the models' own modelling code says so.

    Examples
    --------
    Layers 3 to 60 of DeepSeek-V3 have experts:

    >>> leading_dense_layers(
    ...     ConfigFields({"num_hidden_layers": 61, "first_k_dense_replace": 3})
    ... )
    3
    """
    layers = fields.size("num_hidden_layers")
    first = fields.size("first_k_dense_replace", at_least=0)
    every = fields.size_or(1, "moe_layer_freq")
    if first > layers:
        rule = f"must be at most num_hidden_layers, {layers}"
        refuse("first_k_dense_replace", first, rule)
    # Multiples of `every` below `layers`, without those below `first`.
    dense = layers - ((layers - 1) // every - (first - 1) // every)
    listed = layer_counts(fields, ("dense", "sparse"), "mlp_layer_types")
    if listed is not None and listed["dense"] != dense:
        rule = f"must name the {dense} dense layers of first_k_dense_replace"
        refuse("mlp_layer_types", fields.items("mlp_layer_types"), rule)
    return dense


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


def mtp_modules(fields: ConfigFields) -> int:
    """Read how many multi-token prediction modules follow the main model.

    One when the config does not say, as DeepSeek's does.
    """
    name = "num_nextn_predict_layers"
    return fields.size_or(1, name, "num_mtp_layers", at_least=0)
