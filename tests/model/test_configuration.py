"""What a config must say for the network to run it, and what it must not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from dsv3.architecture import LatentAttention, preset, read_config
from dsv3.model import Transformer, tiny
from dsv3.model.cache import cached_size
from dsv3.model.configuration import config_fields

FIELDS = config_fields(tiny())


def test_an_architecture_survives_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(FIELDS))
    assert read_config(tmp_path) == tiny()
    assert read_config(tmp_path / "config.json") == tiny()


def test_the_released_v3_is_read_as_released() -> None:
    released = preset("deepseek-v3")
    assert released.experts is not None
    assert released.experts.scoring_func == "sigmoid"
    assert released.experts.topk_method == "noaux_tc"
    assert released.experts.norm_topk_prob
    assert released.rms_norm_eps == 1e-6
    assert released.initializer_range == 0.006
    assert isinstance(released.attention, LatentAttention)
    assert cached_size(released.attention) == 576


@pytest.mark.parametrize(
    ("name", "method"),
    [("deepseek-v2", "group_limited_greedy"), ("deepseek-v2-lite", "greedy")],
)
def test_v2_is_read_with_its_own_rules(name: str, method: str) -> None:
    released = preset(name)
    assert released.experts is not None
    assert released.experts.scoring_func == "softmax"
    assert released.experts.topk_method == method
    assert not released.experts.norm_topk_prob
    assert released.num_nextn_predict_layers == 0


def built(fields: dict[str, object]) -> Transformer:
    with torch.device("meta"):
        return Transformer(read_config(fields))


YARN = {"rope_scaling": {"type": "yarn", "factor": 4}}
IMPOSSIBLE = [
    ({"hidden_act": "gelu"}, "hidden_act is 'gelu': must be 'silu'"),
    ({"rope_interleave": False}, "rope_interleave is False"),
    ({"moe_layer_freq": 2}, "moe_layer_freq is 2: must be 1"),
    ({"tie_word_embeddings": True}, "tie_word_embeddings is True"),
    ({"num_key_value_heads": 4}, "num_key_value_heads is 4: must equal"),
    ({"num_experts_per_tok": 13}, "num_experts_per_tok is 13: must be at most"),
    ({"qk_rope_head_dim": 13}, "qk_rope_head_dim is 13: must be even"),
    ({"n_group": 30, "topk_group": 4}, "n_group is 30: must leave at least 2"),
    ({"n_group": 7}, "n_routed_experts is 30: must be a multiple of n_group"),
    ({"scoring_func": "relu"}, "scoring_func is 'relu': must be one of"),
    ({"topk_method": "greedy"}, "topk_method is 'greedy'"),
    ({"norm_topk_prob": 1}, "norm_topk_prob is 1: must be true or false"),
    ({"rms_norm_eps": "small"}, "rms_norm_eps is 'small': must be a number"),
    ({"rms_norm_eps": -1e-6}, "rms_norm_eps is -1e-06: must be above 0"),
    ({"initializer_range": 2}, "initializer_range is 2: must be above 0 and below 1"),
    ({"rope_scaling": {"type": "linear", "factor": 2}}, "rope_type is 'linear'"),
    (YARN, "must give"),
]


@pytest.mark.parametrize(("change", "message"), IMPOSSIBLE)
def test_a_config_that_cannot_be_is_refused(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        built(FIELDS | change)
    assert "\n" not in str(caught.value)


def test_unequal_scales_of_yarn_are_refused() -> None:
    scaling = FIELDS["rope_scaling"]
    assert isinstance(scaling, dict)
    unequal = scaling | {"mscale": 0.5}
    with pytest.raises(ValueError, match=r"mscale is 0.5: must equal mscale_all_dim"):
        built(FIELDS | {"rope_scaling": unequal})


def test_other_attention_is_refused() -> None:
    with pytest.raises(ValueError, match="model_type is 'llama': the torch model has"):
        Transformer(preset("llama-3.1-8b"))


@pytest.mark.parametrize("name", ["router_bias", "expert_bias"])
def test_experts_with_biases_are_refused(name: str) -> None:
    experts = tiny().experts
    assert experts is not None
    biased = replace(tiny(), experts=replace(experts, **{name: True}))
    with pytest.raises(ValueError, match=f"{name} is True: must be False"):
        Transformer(biased)
