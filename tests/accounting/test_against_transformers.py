"""Counts beside the models that transformers builds, to the last parameter.

The models stand on torch's meta device, where a tensor has a shape and no
memory, so that a trillion parameters are counted in a blink.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoConfig, AutoModelForCausalLM

from dsv3.accounting import attention_counts, flop_per_token, parameter_count
from dsv3.architecture import (
    CompressedAttention,
    GroupedQueryAttention,
    preset_names,
    preset_record,
    read_config,
)
from dsv3.architecture.families import FAMILIES

Config = dict[str, object]
Maker = Callable[..., Config]

TIED: Config = {"tie_word_embeddings": True}
BIASED: Config = {"attention_bias": True}

BLOCKS = ["linear_attention", "moe", "full_attention", "mlp"]
LAYER_TYPES = ["linear_attention"] * 6 + ["full_attention"]

VARIANTS: tuple[tuple[str, Config], ...] = (
    *((family, TIED) for family in sorted(FAMILIES)),
    *((family, BIASED) for family in ("llama", "qwen3", "qwen3_moe", "kimi_k2")),
    ("llama", {"mlp_bias": True}),
    ("llama", {"head_dim": 14}),
    ("llama", {"num_key_value_heads": None}),
    ("qwen3", {"head_dim": ...}),
    ("qwen3", {"use_sliding_window": True, "max_window_layers": 3}),
    ("qwen3_moe", {"head_dim": ..., "decoder_sparse_step": 2}),
    ("qwen3_moe", {"mlp_only_layers": ...}),
    ("mixtral", {"head_dim": 14, "sliding_window": 8}),
    ("gpt_oss", {"attention_bias": False}),
    ("gpt_oss", {"attention_bias": ..., "head_dim": ..., "sliding_window": ...}),
    ("glm4_moe", {"attention_bias": ..., "use_qk_norm": ..., "n_group": ...}),
    ("glm4_moe", {"head_dim": ..., "n_shared_experts": 3}),
    ("deepseek_v2", {"q_lora_rank": None, "mlp_bias": True}),
    ("deepseek_v2", {"attention_bias": True, "topk_method": ...}),
    ("deepseek_v3", {"q_lora_rank": None, "first_k_dense_replace": 0}),
    ("deepseek_v3", {"attention_bias": True, "first_k_dense_replace": 5}),
    ("deepseek_v3", {"topk_method": ..., "moe_layer_freq": ...}),
    *((family, BIASED) for family in ("dots1", "gemma3_text", "hunyuan_v1_moe")),
    *((family, BIASED) for family in ("llama4_text", "olmo3", "qwen3_next")),
    *((family, BIASED) for family in ("glm4_moe_lite", "qwen3_5_text")),
    ("kimi_linear", BIASED | {"q_lora_rank": 22}),
    ("kimi_linear", {"linear_attn_config": ..., "linear_num_heads": 3}),
    ("seed_oss", {"attention_bias": False, "attention_out_bias": True}),
    ("seed_oss", {"mlp_bias": True}),
    ("ernie4_5_moe", {"moe_num_shared_experts": 0}),
    ("ernie4_5_moe", {"moe_layer_end_index": -1, "moe_layer_start_index": 3}),
    ("glm4_moe_lite", {"mlp_layer_types": ["sparse"] * 2 + ["dense"] * 5}),
    ("hunyuan_v1_moe", {"moe_topk": [3] * 7}),
    ("llama4_text", {"moe_layers": [0, 5], "attention_chunk_size": None}),
    ("nemotron_h", {"use_bias": True, "mlp_bias": True, "use_conv_bias": False}),
    ("nemotron_h", {"moe_latent_size": 14, "hybrid_override_pattern": "ME*E"}),
    ("nemotron_h", {"hybrid_override_pattern": ..., "layers_block_type": BLOCKS}),
    ("qwen2_moe", {"qkv_bias": False, "decoder_sparse_step": 3}),
    ("qwen3_next", {"full_attention_interval": 2, "mlp_only_layers": [1, 4]}),
    ("qwen3_next", {"layer_types": LAYER_TYPES}),
    ("deepseek_v32", {"attention_bias": True, "first_k_dense_replace": 0}),
    ("deepseek_v32", {"layer_types": ["indexed_attention"] * 5}),
    ("deepseek_v32", {"mlp_layer_types": ["sparse"] * 2 + ["dense"] * 3}),
    ("glm_moe_dsa", {"attention_bias": True, "index_topk_freq": ...}),
    ("glm_moe_dsa", {"index_topk_freq": 2, "index_skip_topk_offset": 4}),
    ("glm_moe_dsa", {"index_topk_freq": ..., "index_topk_pattern": "FSSFSFS"}),
    ("glm_moe_dsa", {"indexer_types": ["full"] * 2 + ["shared"] * 5}),
    ("deepseek_v4", {"num_hash_layers": ..., "compress_rates": ...}),
    ("deepseek_v4", {"mlp_layer_types": ["hash_moe"] * 4 + ["moe"] * 2}),
    ("deepseek_v4", {"compress_ratios": [128] * 6, "hc_mult": 1}),
    (
        "deepseek_v4",
        {
            "compress_ratios": ...,
            "layer_types": ["sliding_attention"] * 2
            + ["compressed_sparse_attention"] * 3
            + ["heavily_compressed_attention"],
        },
    ),
)
"""Switches of every family, some of them absent (``...``)."""


def transformers_config(config: Config) -> Any:
    """Return the same config as transformers' own object.

    Kimi K2 is the DeepSeek-V3 that its weights are loaded into. A quantised
    layout and prediction modules are not what is compared.
    """
    left_out = ("quantization_config", "num_nextn_predict_layers")
    fields: Config = {"attn_implementation": "eager"} | config
    fields = {name: value for name, value in fields.items() if name not in left_out}
    if fields["model_type"] == "kimi_k2":
        fields["model_type"] = "deepseek_v3"
    # As a file would give them: lists, not a record's tuples.
    plain: dict[str, Any] = json.loads(json.dumps(fields))
    return AutoConfig.for_model(**plain, experts_implementation="eager")


def built(config: Config, device: str = "meta") -> torch.nn.Module:
    """Build a config's model; on the meta device it has shapes and no weights."""
    make = cast("Callable[..., torch.nn.Module]", AutoModelForCausalLM.from_config)
    with torch.device(device):
        return make(transformers_config(config))


PARTS = (
    ("embed_tokens", "embedding"),
    ("lm_head", "head"),
    ("embeddings", "embedding"),
    ("e_score_correction_bias", "routing_bias"),
    ("_hc.", "hyper_connections"),
    (".hc_head.", "hyper_connections"),
    (".self_attn.", "attention"),
    (".linear_attn.", "attention"),
    (".mixer.norm", "attention"),
    ("norm", "norm"),
    (".shared_expert", "shared_experts"),
    (".shared_mlp", "shared_experts"),
    ("_latent_proj", "shared_experts"),
    (".experts.", "routed_experts"),
    (".mlp.gate.", "router"),
    (".router.", "router"),
    (".mlp.", "dense_feed_forward"),
    (".mlps.", "dense_feed_forward"),
    (".feed_forward.", "dense_feed_forward"),
    (".mixer.gate.", "router"),
    (".mixer.up_proj", "dense_feed_forward"),
    (".mixer.down_proj", "dense_feed_forward"),
    (".mixer.", "attention"),
)
"""Where a parameter belongs, by the first piece that its name has."""


def built_parts(model: torch.nn.Module) -> Counter[str]:
    """Return a model's parameters by part, the routing biases included."""
    tensors: dict[str, torch.Tensor] = dict(model.named_parameters())
    biases = "e_score_correction_bias"
    tensors |= {name: b for name, b in model.named_buffers() if name.endswith(biases)}
    parts: Counter[str] = Counter()
    for name, tensor in tensors.items():
        parts[next(part for piece, part in PARTS if piece in name)] += tensor.numel()
    parts["routed_experts"] -= rows_without_experts(model)
    return +parts


def rows_without_experts(model: torch.nn.Module) -> int:
    """Return what LongCat's class makes for experts that do nothing.

    The released files have nothing there: gate and up of the experts that work alone.
    """
    config = cast("Any", model).config
    if config.model_type != "longcat_flash":
        return 0
    inner, hidden = config.expert_ffn_hidden_size, config.hidden_size
    return int(config.num_layers * config.zero_expert_num * 2 * inner * hidden)


def counted_parts(config: Config) -> Counter[str]:
    """Return our count by the same parts, without empty ones."""
    count = parameter_count(read_config(config))
    names = {part for _, part in PARTS}
    parts = {name: getattr(count, f"{name}_parameters") for name in names}
    assert sum(parts.values()) == count.total
    return Counter({name: part for name, part in parts.items() if part})


@pytest.mark.parametrize("name", preset_names())
def test_a_real_model_is_counted_part_by_part(name: str) -> None:
    config = preset_record(name).config
    assert counted_parts(config) == built_parts(built(config))


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_small_model_is_counted_part_by_part(family: str, tiny_config: Maker) -> None:
    config = tiny_config(family)
    assert counted_parts(config) == built_parts(built(config))


@pytest.mark.parametrize(("family", "changes"), VARIANTS, ids=str)
def test_every_switch_is_counted_part_by_part(
    family: str, changes: Config, tiny_config: Maker
) -> None:
    config = tiny_config(family, **changes)
    assert counted_parts(config) == built_parts(built(config))


NOT_DOUBLED = {
    # Doubled, these would not fit the other sizes.
    *("num_key_value_heads", "n_group", "topk_group"),
    # transformers builds neither.
    *("moe_layer_freq", "num_nextn_predict_layers"),
    # Those that are built have one, and none.
    *("num_shared_expert", "mtp_num_hidden_layers"),
}


LISTED = {
    # A list in these configs has one entry for each layer.
    "kimi_linear": {"linear_attn_config": ...},
}

NOT_DOUBLED_IN = {
    # Layers are listed, and every model of the family has one shared expert.
    "deepseek_v4": {"num_hidden_layers", "n_shared_experts"},
}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_any_size_may_double(family: str, tiny_config: Maker) -> None:
    base = tiny_config(family, **LISTED.get(family, {}))
    sizes = {name: size for name, size in base.items() if type(size) is int}
    for name in sizes.keys() - NOT_DOUBLED - NOT_DOUBLED_IN.get(family, set()):
        config = base | {name: 2 * sizes[name]}
        if name == "num_attention_heads" and "kv_lora_rank" in base:
            config["num_key_value_heads"] = config[name]
        assert counted_parts(config) == built_parts(built(config)), name


WINDOWED = ["dots1", "gemma3_text", "gpt_oss", "olmo3", "qwen2", "qwen2_moe", "qwen3"]


@pytest.mark.parametrize("family", WINDOWED)
def test_windowed_layers_are_those_that_transformers_makes(
    family: str, tiny_config: Maker
) -> None:
    on = {"use_sliding_window": True, "sliding_window": 9, "max_window_layers": 3}
    config = tiny_config(family, **on if family[0] in "dq" else {})
    attention = read_config(config).attention
    assert isinstance(attention, GroupedQueryAttention)
    layer_types = transformers_config(config).layer_types
    assert attention.num_sliding_layers == layer_types.count("sliding_attention") > 0


WORKING: dict[str, Config] = {
    # The class multiplies every token by every expert.
    "llama4_text": {"num_experts_per_tok": 9},
    # Whether an expert that does nothing is chosen hangs on the weights.
    "longcat_flash": {"zero_expert_num": 0},
}


def recurrent_flop(model: torch.nn.Module, counts: dict[str, Any]) -> int:
    """Return what layers that keep a state do beside their projections.

    torch counts the products of chunks, and we those of a step of the recurrence.
    """
    flop = {name: sum(kinds.values()) for name, kinds in counts.items()}
    mixers = [
        f"{type(model).__name__}.{name.removesuffix('.conv1d')}"
        for name, _ in model.named_modules()
        if name.endswith(".conv1d")
    ]
    projections = sum(
        sum(count for name, count in flop.items() if is_projection(name, mixer))
        for mixer in mixers
    )
    return int(sum(flop[mixer] for mixer in mixers)) - projections


def is_projection(name: str, mixer: str) -> bool:
    """Return whether a module is a linear layer of a mixer."""
    return name.startswith(f"{mixer}.") and "proj" in name.rsplit(".", 1)[1]


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_work_is_what_torch_counts(family: str, tiny_config: Maker) -> None:
    tokens = 24
    # torch multiplies masked positions too, so all must be attended to.
    limits = {"sliding_window", "index_topk"} & tiny_config(family).keys()
    changes = WORKING.get(family, {}) | dict.fromkeys(limits, tokens)
    config = tiny_config(family, **changes)
    model = built(config, device="cpu")
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.arange(tokens).unsqueeze(0))
    counts: dict[str, Any] = counter.get_flop_counts()
    # Rotary angles are made by a small product that no report counts.
    rotary = sum(
        sum(count.values())
        for module, count in counts.items()
        if module.endswith("rotary_emb")
    )
    architecture = read_config(config)
    ours = flop_per_token(architecture, tokens, causal=False)
    stateful = sum(
        group.layers * one.state_flop
        for group, one in attention_counts(architecture)
        if not isinstance(group.attention, CompressedAttention)
    )
    counted = ours.forward_flop_per_token - stateful - weighing_flop(config, tokens)
    theirs = counter.get_total_flops() - rotary - recurrent_flop(model, counts)
    assert theirs == tokens * counted


def weighing_flop(config: Config, tokens: int) -> float:
    """Return what transformers adds up number by number where V3.2 multiplies.

    DeepSeek-V4's indexer weighs the scores of its heads so; no matrix, no count.
    """
    flop = 0.0
    for group in read_config(config).layer_attention:
        kind = group.attention
        if (
            isinstance(kind, CompressedAttention)
            and kind.indexer
            and kind.compress_rate
        ):
            entries = tokens // float(kind.compress_rate)
            heads = float(kind.indexer.index_n_heads)
            flop += 2 * heads * entries * float(group.layers)
    return flop
