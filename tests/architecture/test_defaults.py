"""What a config leaves out means what transformers' config classes make of it."""

from collections.abc import Callable

import pytest
from transformers import AutoConfig

from dsv3.accounting import kv_cache_bytes, parameter_count
from dsv3.architecture import preset, read_config
from dsv3.architecture.assembly import ACTIVATIONS, EPSILONS
from dsv3.architecture.class_defaults import CLASS_DEFAULTS
from dsv3.architecture.families import CLASSES, FAMILIES
from dsv3.architecture.latent_families import PUBLISHED_INITIALIZER_RANGE


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_an_absent_number_is_the_config_classs(family: str) -> None:
    theirs = AutoConfig.for_model(CLASSES.get(family, family))
    ours = FAMILIES[family]
    assert ours.max_position_embeddings == theirs.max_position_embeddings
    fields = theirs.to_dict()
    spellings = ("rms_norm_eps", *EPSILONS)
    assert ours.rms_norm_eps == next(fields[n] for n in spellings if n in fields)
    rope = fields.get("rope_parameters") or {"rope_theta": ours.rope_theta}
    # Layers with a window, or with compressed entries, may have another base.
    inner = [rope[kind] for kind in ("full_attention", "main") if kind in rope]
    assert ours.rope_theta == [*inner, rope][0]["rope_theta"]
    assert ours.hidden_act == next(fields[n] for n in ACTIVATIONS if n in fields)
    assert ours.tie_word_embeddings == theirs.tie_word_embeddings
    published = CLASSES.get(family, family).startswith("deepseek")
    spread = PUBLISHED_INITIALIZER_RANGE if published else theirs.initializer_range
    assert ours.initializer_range == spread


@pytest.mark.parametrize("family", sorted(CLASS_DEFAULTS))
def test_an_absent_size_is_the_config_classs(family: str) -> None:
    theirs = AutoConfig.for_model(family)
    for name, size in CLASS_DEFAULTS[family].items():
        given = getattr(theirs, name)
        # Null stands for a head of keys to each head, which the class derives.
        derived = theirs.num_attention_heads if name == "num_key_value_heads" else None
        assert given == (derived if size is None else size), name


@pytest.mark.parametrize(
    ("name", "scoring", "method", "normalised"),
    [
        ("deepseek-v3", "sigmoid", "noaux_tc", True),
        ("kimi-k2", "sigmoid", "noaux_tc", True),
        ("glm-4.5", "sigmoid", "noaux_tc", True),
        ("deepseek-v2", "softmax", "group_limited_greedy", False),
        ("deepseek-v2-lite", "softmax", "greedy", False),
        ("mixtral-8x7b", "softmax", "greedy", True),
        ("gpt-oss-120b", "softmax", "greedy", True),
    ],
)
def test_routers_choose_as_their_families_do(
    name: str, scoring: str, method: str, *, normalised: bool
) -> None:
    experts = preset(name).experts
    assert experts is not None
    found = (experts.scoring_func, experts.topk_method, experts.norm_topk_prob)
    assert found == (scoring, method, normalised)
    assert experts.routing_bias == (method == "noaux_tc")


@pytest.mark.parametrize("family", ["deepseek_v2", "deepseek_v3", "qwen3_moe"])
def test_gates_add_up_to_one_where_the_class_says_so(family: str) -> None:
    theirs = AutoConfig.for_model(family).norm_topk_prob
    presets = {"deepseek_v2": "deepseek-v2", "deepseek_v3": "deepseek-v3"}
    experts = preset(presets.get(family, "qwen3-235b-a22b")).experts
    assert experts is not None
    assert experts.norm_topk_prob == theirs


RESAVED = sorted(set(FAMILIES) - {"kimi_k2"})


@pytest.mark.parametrize("family", RESAVED)
@pytest.mark.parametrize("only_differences", [True, False])
def test_what_transformers_saves_again_counts_the_same(
    family: str, tiny: Callable[..., dict[str, object]], *, only_differences: bool
) -> None:
    config = tiny(family)
    saved = AutoConfig.for_model(**config).to_json_string(use_diff=only_differences)
    again, first = read_config(saved), read_config(config)
    assert parameter_count(again).total == parameter_count(first).total
    assert parameter_count(again).active() == parameter_count(first).active()
    assert kv_cache_bytes(again, 100) == kv_cache_bytes(first, 100)
    assert again.rope_theta == first.rope_theta
