"""Settings: what a config must say, and what it must not."""

import json
from pathlib import Path

import pytest

from dsv3.model import config_fields, preset_settings, read_settings, tiny

FIELDS = config_fields(tiny())


def test_settings_survive_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(FIELDS))
    assert read_settings(tmp_path) == tiny()
    assert read_settings(tmp_path / "config.json") == tiny()


def test_the_released_v3_is_read_as_released() -> None:
    settings = preset_settings("deepseek-v3")
    assert settings.scoring_func == "sigmoid"
    assert settings.topk_method == "noaux_tc"
    assert settings.norm_topk_prob
    assert settings.rms_norm_eps == 1e-6
    assert settings.initializer_range == 0.006
    assert settings.attention.cached_size == 576


@pytest.mark.parametrize(
    ("name", "method"),
    [("deepseek-v2", "group_limited_greedy"), ("deepseek-v2-lite", "greedy")],
)
def test_v2_is_read_with_its_own_rules(name: str, method: str) -> None:
    settings = preset_settings(name)
    assert settings.scoring_func == "softmax"
    assert settings.topk_method == method
    assert not settings.norm_topk_prob
    assert settings.num_nextn_predict_layers == 0


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
        read_settings(FIELDS | change)
    assert "\n" not in str(caught.value)


def test_unequal_scales_of_yarn_are_refused() -> None:
    scaling = FIELDS["rope_scaling"]
    assert isinstance(scaling, dict)
    unequal = scaling | {"mscale": 0.5}
    with pytest.raises(ValueError, match=r"mscale is 0.5: must equal mscale_all_dim"):
        read_settings(FIELDS | {"rope_scaling": unequal})


def test_other_attention_is_refused() -> None:
    with pytest.raises(ValueError, match="model_type is 'llama': the torch model has"):
        preset_settings("llama-3.1-8b")
