"""Each family's config means what its makers' code says it means."""

from collections.abc import Callable

import pytest

from dsv3.accounting import checkpoint_elements
from dsv3.architecture import (
    Architecture,
    CompressedAttention,
    ConfigError,
    Experts,
    GroupedQueryAttention,
    LatentAttention,
    LightningIndexer,
    SparseLatentAttention,
    read_config,
)
from dsv3.architecture.families import FAMILIES
from dsv3.formats import MXFP4_BLOCKS

Maker = Callable[..., dict[str, object]]


def experts_of(config: dict[str, object]) -> Experts:
    experts = read_config(config).experts
    assert experts is not None
    return experts


def grouped_of(config: dict[str, object]) -> GroupedQueryAttention:
    attention = read_config(config).attention
    assert isinstance(attention, GroupedQueryAttention)
    return attention


def refused(config: dict[str, object]) -> str:
    with pytest.raises(ConfigError) as caught:
        read_config(config)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_has_a_config_that_reads(family: str, tiny: Maker) -> None:
    architecture = read_config(tiny(family))
    assert isinstance(architecture, Architecture)
    assert architecture.model_type == family


def test_a_deepseek_v3_is_read_field_by_field(tiny: Maker) -> None:
    architecture = read_config(tiny("deepseek_v3"))
    assert architecture.attention == LatentAttention(
        num_attention_heads=4,
        q_lora_rank=22,
        kv_lora_rank=18,
        qk_nope_head_dim=10,
        qk_rope_head_dim=6,
        v_head_dim=14,
    )
    assert architecture.experts == Experts(
        n_routed_experts=12,
        num_experts_per_tok=3,
        moe_intermediate_size=16,
        n_shared_experts=2,
        first_k_dense_replace=2,
        n_group=4,
        topk_group=2,
        routed_scaling_factor=2.5,
        scoring_func="sigmoid",
        topk_method="noaux_tc",
    )
    assert architecture.num_nextn_predict_layers == 1
    assert (architecture.num_dense_layers, architecture.num_expert_layers) == (2, 3)


def test_rope_scaling_and_quantization_are_kept(tiny: Maker) -> None:
    architecture = read_config(tiny("deepseek_v3"))
    assert architecture.rope_scaling is not None
    assert architecture.rope_scaling.rope_type == "yarn"
    assert dict(architecture.rope_scaling.settings)["factor"] == 40
    assert architecture.quantization is not None
    assert architecture.quantization.weight_block_size == (128, 128)


def test_newer_files_keep_rope_in_one_table(tiny: Maker) -> None:
    table = {"rope_theta": 7000.0, "rope_type": "linear", "factor": 2}
    config = tiny("llama", rope_theta=..., rope_scaling=..., rope_parameters=table)
    architecture = read_config(config)
    assert architecture.rope_theta == 7000
    assert architecture.rope_scaling is not None
    assert architecture.rope_scaling.settings == (("factor", 2.0),)


def test_default_rope_is_no_scaling(tiny: Maker) -> None:
    config = tiny("llama", rope_scaling={"rope_type": "default"})
    assert read_config(config).rope_scaling is None


def test_llama_divides_the_hidden_size_among_heads(tiny: Maker) -> None:
    assert grouped_of(tiny("llama")).head_dim == 48 // 6
    assert grouped_of(tiny("llama", head_dim=12)).head_dim == 12
    assert grouped_of(tiny("llama", head_dim=None)).head_dim == 8


def test_qwen3_heads_are_128_wide_unless_said(tiny: Maker) -> None:
    assert grouped_of(tiny("qwen3", head_dim=...)).head_dim == 128


def test_gpt_oss_heads_are_64_wide_unless_said(tiny: Maker) -> None:
    assert grouped_of(tiny("gpt_oss", head_dim=...)).head_dim == 64


def test_null_key_value_heads_mean_one_for_every_head(tiny: Maker) -> None:
    config = tiny("llama", num_key_value_heads=None)
    assert grouped_of(config).num_key_value_heads == 6


def test_a_gpt_oss_alternates_beginning_with_a_window(tiny: Maker) -> None:
    attention = grouped_of(tiny("gpt_oss"))
    assert (attention.sliding_window, attention.num_sliding_layers) == (16, 4)
    default = grouped_of(tiny("gpt_oss", sliding_window=...))
    assert default.sliding_window == 128


def test_listed_layer_types_win(tiny: Maker) -> None:
    types = ["sliding_attention"] * 2 + ["full_attention"] * 5
    attention = grouped_of(tiny("gpt_oss", layer_types=types))
    assert attention.num_sliding_layers == 2


def test_qwen_windows_begin_at_max_window_layers(tiny: Maker) -> None:
    on = {"use_sliding_window": True, "sliding_window": 32, "max_window_layers": 4}
    assert grouped_of(tiny("qwen2", **on)).num_sliding_layers == 3
    off = on | {"use_sliding_window": False}
    assert grouped_of(tiny("qwen2", **off)).sliding_window is None


@pytest.mark.parametrize("family", ["mixtral", "qwen3_moe"])
def test_some_families_slide_in_every_layer(family: str, tiny: Maker) -> None:
    switch = {"use_sliding_window": True} if family == "qwen3_moe" else {}
    attention = grouped_of(tiny(family, sliding_window=8, **switch))
    assert (attention.sliding_window, attention.num_sliding_layers) == (8, 7)


@pytest.mark.parametrize(
    ("step", "listed", "dense"),
    [(1, [], 0), (1, [0, 4, 4], 2), (2, [], 4), (2, [1], 5), (2, [0], 4), (9, [], 7)],
)
def test_qwen_experts_stand_at_every_step_but_where_listed(
    step: int, listed: list[int], dense: int, tiny: Maker
) -> None:
    config = tiny("qwen3_moe", decoder_sparse_step=step, mlp_only_layers=listed)
    by_hand = [i for i in range(7) if (i + 1) % step or i in listed]
    assert experts_of(config).first_k_dense_replace == dense == len(by_hand)


@pytest.mark.parametrize("first", range(6))
@pytest.mark.parametrize("every", [1, 2, 3, 7])
def test_deepseek_experts_stand_at_every_moe_layer_freq(
    first: int, every: int, tiny: Maker
) -> None:
    config = tiny("deepseek_v3", first_k_dense_replace=first, moe_layer_freq=every)
    by_hand = [i for i in range(5) if i < first or i % every]
    assert experts_of(config).first_k_dense_replace == len(by_hand)


def test_a_deepseek_v32_selects_what_latent_attention_reads(tiny: Maker) -> None:
    attention = read_config(tiny("deepseek_v32")).attention
    assert isinstance(attention, SparseLatentAttention)
    assert attention.latent == read_config(tiny("deepseek_v3")).attention
    assert attention.indexer == LightningIndexer(
        index_n_heads=3, index_head_dim=12, index_topk=7
    )


def test_layers_of_a_glm_share_selections(tiny: Maker) -> None:
    """Of 7 layers those at 0, 1 and 4 have an indexer: one in three from the second."""
    groups = read_config(tiny("glm_moe_dsa")).layer_attention
    shared = [
        (group.layers, group.attention.shared_selection)
        for group in groups
        if isinstance(group.attention, SparseLatentAttention)
    ]
    assert shared == [(3, False), (4, True)]
    everywhere = read_config(tiny("glm_moe_dsa", index_topk_freq=...))
    assert [group.layers for group in everywhere.layer_attention] == [7]


def test_layers_of_a_deepseek_v4_are_of_three_kinds(tiny: Maker) -> None:
    groups = read_config(tiny("deepseek_v4")).layer_attention
    kinds = [
        (group.layers, group.attention.compress_rate, group.attention.indexer)
        for group in groups
        if isinstance(group.attention, CompressedAttention)
    ]
    indexer = LightningIndexer(index_n_heads=3, index_head_dim=14, index_topk=2)
    assert kinds == [(1, None, None), (2, 4, indexer), (3, 8, None)]


def test_experts_in_their_own_format_are_kept(tiny: Maker) -> None:
    table = {"quant_method": "fp8", "weight_block_size": [128, 128]}
    config = tiny("deepseek_v4", quantization_config=table, expert_dtype="fp4")
    architecture = read_config(config)
    assert architecture.quantization is not None
    assert architecture.quantization.experts_stored == MXFP4_BLOCKS
    with pytest.raises(ValueError, match="experts are in mxfp4: elements are counted"):
        checkpoint_elements(architecture)
    unknown = tiny("deepseek_v4", quantization_config=table, expert_dtype="fp3")
    assert refused(unknown) == "expert_dtype is 'fp3': must be fp8 or fp4"


def test_null_shared_experts_mean_none(tiny: Maker) -> None:
    assert experts_of(tiny("deepseek_v2", n_shared_experts=None)).n_shared_experts == 0


def test_null_groups_mean_no_groups(tiny: Maker) -> None:
    experts = experts_of(tiny("deepseek_v3", n_group=None, topk_group=None))
    assert (experts.n_group, experts.topk_group) == (1, 1)


def test_spellings_of_one_size_may_repeat_but_not_disagree(tiny: Maker) -> None:
    assert experts_of(tiny("mixtral", num_experts=5)).n_routed_experts == 5
    message = refused(tiny("mixtral", num_experts=6))
    assert message == "num_experts is 6: must agree with num_local_experts"


def test_modules_are_one_where_the_config_is_silent(tiny: Maker) -> None:
    config = tiny("deepseek_v3", num_nextn_predict_layers=...)
    assert read_config(config).num_nextn_predict_layers == 1
    spelled = tiny("glm4_moe", num_nextn_predict_layers=..., num_mtp_layers=3)
    assert read_config(spelled).num_nextn_predict_layers == 3


def test_an_unknown_family_names_the_nearest_by_its_layers(tiny: Maker) -> None:
    message = refused(tiny("deepseek_v3", model_type="unheard_of"))
    assert message.startswith("model_type is 'unheard_of': not supported; nearest")
    assert "deepseek_v3" in message
    assert "--config '{" in message
    near_by_family = {
        **{"qwen3_next": "qwen3_next", "mixtral": "mixtral"},
        **{"glm_moe_dsa": "deepseek_v32", "deepseek_v4": "deepseek_v4"},
    }
    for family, near in near_by_family.items():
        assert near in refused(tiny(family, model_type="unheard_of"))
    assert "llama" in refused({"model_type": "zzzzzz"})
    assert refused({}) == "model_type is missing: it names the family of the model"
    assert "model_type is None" in refused({"model_type": None})


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({"model_type": "mamba2", "state_size": 16}, "state-space"),
        ({"model_type": "rwkv7"}, "state-space"),
        ({"model_type": "xlm-roberta"}, "an encoder, which"),
        ({"model_type": "t5gemma2"}, "encoder with a decoder"),
        ({"model_type": "anything", "is_encoder_decoder": True}, "with a decoder"),
        ({"model_type": "whisper"}, "speech"),
        ({"model_type": "siglip2"}, "vision"),
        ({"model_type": "jamba"}, "hybrid"),
        ({"_class_name": "FluxTransformer2DModel", "_diffusers_version": "1"}, "diff"),
        ({"model_type": "new-kind", "architectures": ["XForMaskedLM"]}, "encoder"),
    ],
)
def test_another_kind_of_model_is_refused_by_its_kind(
    config: dict[str, object], kind: str
) -> None:
    assert kind in refused(config)


@pytest.mark.parametrize("family", sorted(FAMILIES))
@pytest.mark.parametrize("name", ["vocab_size", "hidden_size", "num_attention_heads"])
def test_a_missing_size_is_refused_by_name(family: str, name: str, tiny: Maker) -> None:
    expected = f"{name} is missing: a {family} config must give it"
    assert refused(tiny(family, **{name: ...})) == expected


def test_a_size_that_the_class_gives_is_optional_and_told(tiny: Maker) -> None:
    config = tiny("deepseek_v3", n_shared_experts=..., n_group=..., topk_group=...)
    told = {"n_group": 8, "topk_group": 4, "n_shared_experts": 1}
    config = config | {"n_routed_experts": 16}
    assert dict(read_config(config).defaulted) == told
    assert experts_of(config).n_shared_experts == 1


def test_a_text_model_is_opened_and_what_is_left_out_is_told(tiny: Maker) -> None:
    text = tiny("qwen3")
    wrapped: dict[str, object] = {
        "model_type": "qwen3_vl",
        "text_config": {**text, "model_type": "qwen3_vl_text"},
        "vision_config": {"depth": 3},
    }
    assert read_config(wrapped) == read_config(text)
    assert read_config(wrapped).left_out == ("vision_config",)
    beside = {**tiny("qwen2"), "model_type": "qwen2_vl", "vision_config": {"depth": 3}}
    assert read_config(beside) == read_config(tiny("qwen2"))
    assert read_config(beside).left_out == ("vision_config",)


def test_a_part_of_another_config_may_leave_any_size_to_its_class() -> None:
    small = {"hidden_size": 2560, "num_hidden_layers": 34, "intermediate_size": 10240}
    wrapped = {"model_type": "gemma3", "text_config": {**small, "sliding_window": 1024}}
    architecture = read_config(wrapped)
    assert architecture.vocab_size == 262208
    assert dict(architecture.defaulted)["num_attention_heads"] == 8


BAD_SIZES = [True, False, "61", 61.0, 61.5, 0, -3, None, [61], {"a": 1}, float("nan")]


@pytest.mark.parametrize("value", BAD_SIZES, ids=repr)
def test_a_size_is_a_positive_whole_number(value: object, tiny: Maker) -> None:
    message = refused(tiny("llama", num_hidden_layers=value))
    assert message.startswith("num_hidden_layers is ")
    assert "must be a whole number" in message


@pytest.mark.parametrize(
    ("family", "changes", "expected"),
    [
        (
            "llama",
            {"num_key_value_heads": 4},
            "num_attention_heads is 6: must be",
        ),
        ("llama", {"num_attention_heads": 7}, "hidden_size is 48: must be a multiple"),
        ("qwen3", {"head_dim": 7}, "head_dim is 7: must be even"),
        ("llama", {"rope_theta": 0}, "rope_theta is 0: must be a positive finite"),
        (
            "llama",
            {"rope_theta": float("inf")},
            "rope_theta is inf: must be",
        ),
        ("llama", {"rope_scaling": {"type": 3}}, "rope_type is 3: must be the name"),
        ("llama", {"rope_scaling": "yarn"}, "rope_scaling is 'yarn': must be an"),
        ("llama", {"attention_bias": 1}, "attention_bias is 1: must be true or false"),
        ("llama", {"vocab_size": 10**30}, "vocab_size is 1000"),
        ("llama", {"vocab_size": 10**99}, "vocab_size is a number of 329 bits: must"),
        ("deepseek_v3", {"n_group": 5}, "n_routed_experts is 12: must be a multiple"),
        ("deepseek_v3", {"topk_group": 5}, "topk_group is 5: must be at most n_group"),
        ("deepseek_v3", {"n_group": None}, "n_group is None: n_group and topk_group"),
        (
            "deepseek_v3",
            {"num_experts_per_tok": 7},
            "num_experts_per_tok is 7: must",
        ),
        ("deepseek_v3", {"qk_rope_head_dim": 7}, "qk_rope_head_dim is 7: must be even"),
        (
            "deepseek_v3",
            {"num_key_value_heads": 2},
            "num_key_value_heads is 2: must",
        ),
        (
            "deepseek_v3",
            {"first_k_dense_replace": 6},
            "first_k_dense_replace is 6: ",
        ),
        (
            "qwen3_moe",
            {"mlp_only_layers": [7]},
            "an entry of mlp_only_layers is 7",
        ),
        (
            "qwen3_moe",
            {"mlp_only_layers": [True]},
            "an entry of mlp_only_layers is",
        ),
        ("qwen3_moe", {"mlp_only_layers": 3}, "mlp_only_layers is 3: must be a list"),
        ("qwen3_moe", {"decoder_sparse_step": 0}, "decoder_sparse_step is 0: must be"),
        ("gpt_oss", {"layer_types": ["full_attention"]}, "layer_types is a list of 1"),
        ("gpt_oss", {"layer_types": ["linear"] * 7}, "an entry of layer_types is"),
        ("gpt_oss", {"sliding_window": None}, "sliding_window is None: must be given"),
        (
            "mixtral",
            {"layer_types": ["sliding_attention"] * 7},
            "sliding_window is None: must be given, because 7 layers",
        ),
        (
            "mixtral",
            {"sliding_window": 8, "layer_types": ["full_attention"] * 7},
            "layer_types is a list of 7: must name sliding_attention",
        ),
        (
            "deepseek_v32",
            {"q_lora_rank": None},
            "q_lora_rank is None: must be given: the indexer",
        ),
        (
            "deepseek_v32",
            {"layer_types": ["full_attention"] * 5},
            "an entry of layer_types is 'full_attention': must be indexed_attention",
        ),
        (
            "deepseek_v32",
            {"mlp_layer_types": ["sparse"] * 4},
            "mlp_layer_types is a list of 4: must have one entry for each of the 5",
        ),
        (
            "deepseek_v32",
            {"mlp_layer_types": ["moe"] * 5},
            "an entry of mlp_layer_types is 'moe': must be dense or sparse",
        ),
        (
            "glm_moe_dsa",
            {"indexer_types": ["shared"] * 7},
            "indexer_types is a list of 7: must begin with full",
        ),
        (
            "glm_moe_dsa",
            {"index_topk_pattern": "FSF"},
            "indexer_types is a list of 3: must have one entry for each of the 7",
        ),
        (
            "deepseek_v4",
            {"num_key_value_heads": 2},
            "num_key_value_heads is 2: must be 1",
        ),
        (
            "deepseek_v4",
            {"o_groups": 3},
            "num_attention_heads is 4: must be a multiple",
        ),
        ("deepseek_v4", {"n_shared_experts": 2}, "n_shared_experts is 2: must be 1"),
        (
            "deepseek_v4",
            {"num_hash_layers": 7},
            "num_hash_layers is 7: must be at most",
        ),
        (
            "deepseek_v4",
            {"compress_ratios": [4, 64, 0, 0, 0, 0]},
            "an entry of compress_ratios is 64: must be one of 0, 4, 128",
        ),
        ("deepseek_v4", {"compress_ratios": [4]}, "compress_ratios is a list of 1: "),
        ("deepseek_v4", {"compress_ratios": ...}, "compress_ratios is missing: "),
        (
            "deepseek_v3",
            {"quantization_config": {"quant_method": 8}},
            "quant_method is 8: must be the name of a method",
        ),
        (
            "deepseek_v3",
            {"quantization_config": {"quant_method": "fp8", "weight_block_size": 128}},
            "weight_block_size is 128: must be two whole numbers",
        ),
    ],
)
def test_a_broken_rule_is_named(
    family: str, changes: dict[str, object], expected: str, tiny: Maker
) -> None:
    assert refused(tiny(family, **changes)).startswith(expected)


@pytest.mark.parametrize(
    ("family", "name", "value"),
    [
        ("mixtral", "attention_bias", True),
        ("mixtral", "mlp_bias", True),
        ("qwen2", "attention_bias", False),
        ("qwen3", "mlp_bias", True),
        ("deepseek_v3", "mlp_bias", True),
        ("deepseek_v3", "topk_method", "greedy"),
        ("deepseek_v3", "index_topk", 2048),
        ("deepseek_v3", "scoring_func", "sqrtsoftplus"),
        ("deepseek_v32", "compress_ratios", [4] * 5),
        ("deepseek_v32", "indexer_types", ["full"] * 5),
        ("deepseek_v4", "attention_bias", True),
        ("deepseek_v2", "topk_method", "noaux_tc"),
        ("deepseek_v2", "num_nextn_predict_layers", 1),
        ("llama", "num_local_experts", 8),
        ("llama", "sliding_window", 4096),
        ("llama", "use_qk_norm", True),
        ("qwen3_moe", "shared_expert_intermediate_size", 512),
        ("glm4_moe", "vision_config", {"depth": 3}),
    ],
)
def test_a_switch_that_makes_another_model_is_refused(
    family: str, name: str, value: object, tiny: Maker
) -> None:
    assert refused(tiny(family, **{name: value})).startswith(f"{name} is ")


def test_switches_that_are_off_and_unknown_fields_are_let_through(tiny: Maker) -> None:
    config = tiny("mixtral", attention_bias=False, mlp_bias=None, hidden_act="silu")
    assert read_config(config) == read_config(tiny("mixtral"))


def test_a_model_too_large_to_count_exactly_is_refused(tiny: Maker) -> None:
    config = tiny("llama", vocab_size=2**31 - 1, hidden_size=6 * 2**26)
    assert refused(config).startswith("the model's size is ")
