"""What a config leaves out means what transformers' config classes make of it."""

import pytest
from transformers import AutoConfig

from dsv3.architecture import preset
from dsv3.architecture.families import FAMILIES, PUBLISHED_INITIALIZER_RANGE

CLASSES = {"kimi_k2": "deepseek_v3"}
"""Families whose weights are loaded into another family's class."""


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_an_absent_number_is_the_config_classs(family: str) -> None:
    theirs = AutoConfig.for_model(CLASSES.get(family, family))
    ours = FAMILIES[family]
    assert ours.max_position_embeddings == theirs.max_position_embeddings
    assert ours.rms_norm_eps == theirs.rms_norm_eps
    # DeepSeek-V4 has another base for its compressed entries.
    rope = theirs.rope_parameters.get("main", theirs.rope_parameters)
    assert ours.rope_theta == rope["rope_theta"]
    assert theirs.hidden_act == "silu"
    published = CLASSES.get(family, family).startswith("deepseek")
    spread = PUBLISHED_INITIALIZER_RANGE if published else theirs.initializer_range
    assert ours.initializer_range == spread


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
