"""Which architectures this network can run, the way back to config.json, a small one.

The rules here go beyond those that every :class:`~dsv3.architecture.Architecture`
keeps: what the code beside was not written for is refused before it is built.
"""

from dataclasses import asdict, fields

from dsv3.architecture import Architecture, Experts, LatentAttention, RopeScaling
from explorables.arithmetic import require

YARN_NUMBERS = (
    *("factor", "original_max_position_embeddings", "beta_fast", "beta_slow"),
    *("mscale", "mscale_all_dim"),
)
"""What a config must say about YaRN."""

MODEL_CLASSES = {
    "deepseek_v2": "DeepseekV2ForCausalLM",
    "deepseek_v3": "DeepseekV3ForCausalLM",
}
"""What Hugging Face calls the model classes of these families."""

NOT_IN_CONFIG = (
    *("attention", "attention_layers", "dense_layers", "expert_layers", "experts"),
    *("norms_per_layer", "hc_mult", "mlp_gated", "mtp_shared_vocabulary"),
    *("rope_scaling", "quantization", "torch_dtype", "defaulted", "left_out"),
)
"""Fields of an architecture that a ``config.json`` spells otherwise, or not at all.

Weights are written as plain tensors, whatever layout or type they were released in.
"""


def require_runnable(architecture: Architecture) -> None:
    """Refuse an architecture that the network beside does not compute."""
    attention, experts = architecture.attention, architecture.experts
    latent = isinstance(attention, LatentAttention)
    rule = "the torch model has latent attention only"
    require("model_type", architecture.model_type, latent, rule)
    _require_value(architecture, "tie_word_embeddings", value=False)
    _require_value(architecture, "mlp_bias", value=False)
    _require_value(architecture, "hidden_act", value="silu")
    _require_value(architecture, "attention_layers", value=())
    _require_value(architecture, "dense_layers", value=None)
    _require_value(architecture, "norms_per_layer", value=2)
    _require_value(architecture, "hc_mult", value=None)
    _require_value(attention, "rope_interleave", value=True)
    if experts is not None:
        _require_value(experts, "moe_layer_freq", value=1)
        _require_value(experts, "router_bias", value=False)
        _require_value(experts, "expert_bias", value=False)
        _require_value(experts, "shared_expert_intermediate_size", value=None)
        _require_value(experts, "moe_latent_size", value=None)
        _require_value(experts, "zero_expert_num", value=0)
        _require_value(experts, "num_hash_layers", value=0)
    # Below 1 the slowest pair would turn fastest, and YaRN's ramp has no place.
    base = architecture.rope_theta
    require("rope_theta", base, base > 1, "must be above 1")
    if architecture.rope_scaling is not None:
        _require_yarn(architecture.rope_scaling)


def _require_value(record: object, name: str, *, value: object) -> None:
    """Refuse a field that says anything but the one thing that is computed."""
    found = getattr(record, name)
    require(name, found, found == value, f"must be {value!r} in the torch model")


def _require_yarn(scaling: RopeScaling) -> None:
    rule = "yarn is the only stretching that DeepSeek's models have"
    require("rope_type", scaling.rope_type, scaling.rope_type == "yarn", rule)
    numbers = scaling.numbers
    missing = [name for name in YARN_NUMBERS if name not in numbers]
    require("rope_scaling", sorted(numbers), not missing, f"must give {missing}")
    factor, slow = numbers["factor"], numbers["beta_slow"]
    require("factor", factor, factor >= 1, "must be at least 1: YaRN only stretches")
    fast = numbers["beta_fast"]
    require("beta_fast", fast, fast > slow, f"must be above beta_slow, {slow}")
    # Public codes disagree by whole logits where these two differ.
    both = numbers["mscale_all_dim"]
    equal = numbers["mscale"] == both
    require("mscale", numbers["mscale"], equal, f"must equal mscale_all_dim, {both}")


def config_fields(architecture: Architecture) -> dict[str, object]:
    """Return the ``config.json`` that describes a model that can run.

    Examples
    --------
    >>> from dsv3.architecture import read_config
    >>> read_config(config_fields(tiny())) == tiny()
    True
    """
    plain = {
        field.name: getattr(architecture, field.name)
        for field in fields(architecture)
        if field.name not in NOT_IN_CONFIG
    }
    family, scaling = architecture.model_type, architecture.rope_scaling
    rope = None if scaling is None else {"type": scaling.rope_type, **scaling.numbers}
    # Every head has its own keys and values, which transformers wants to be told.
    heads = {"num_key_value_heads": architecture.attention.num_attention_heads}
    experts = {} if architecture.experts is None else asdict(architecture.experts)
    return {
        "architectures": [MODEL_CLASSES.get(family, family)],
        **plain,
        "rope_scaling": rope,
        **asdict(architecture.attention),
        **heads,
        **experts,
    }


def tiny() -> Architecture:
    """Return an architecture of the published shape, small, every size different.

    It has all that DeepSeek-V3 has: a dense layer first, query compression,
    groups of experts, a shared expert, YaRN and one prediction module. No two
    sizes of its tensors agree, so a transposed axis cannot hide. The vocabulary
    is the 256 bytes and a mark for the start of a text. The first weights'
    spread keeps the published 0.006 in proportion: both are about 0.5/sqrt(d).
    It makes about 2 million parameters.

    Examples
    --------
    >>> tiny().hidden_size, tiny().vocab_size
    (96, 257)
    """
    return Architecture(
        model_type="deepseek_v3",
        vocab_size=257,
        hidden_size=96,
        num_hidden_layers=4,
        attention=LatentAttention(
            num_attention_heads=8,
            q_lora_rank=72,
            kv_lora_rank=48,
            qk_nope_head_dim=28,
            qk_rope_head_dim=12,
            v_head_dim=20,
        ),
        intermediate_size=224,
        experts=Experts(
            n_routed_experts=30,
            num_experts_per_tok=3,
            moe_intermediate_size=44,
            n_shared_experts=1,
            first_k_dense_replace=1,
            n_group=5,
            topk_group=2,
            routed_scaling_factor=2.5,
            scoring_func="sigmoid",
            topk_method="noaux_tc",
        ),
        num_nextn_predict_layers=1,
        initializer_range=0.05,
        max_position_embeddings=512,
        rope_scaling=RopeScaling(
            rope_type="yarn",
            settings=(
                ("beta_fast", 32.0),
                ("beta_slow", 1.0),
                ("factor", 4.0),
                ("mscale", 1.0),
                ("mscale_all_dim", 1.0),
                ("original_max_position_embeddings", 128.0),
            ),
        ),
    )
