"""Weights as released take the bytes that published indices say.

Each size is the ``total_size`` of a ``model.safetensors.index.json``, or a file's own.
"""

from typing import Any

import pytest

from dsv3.accounting import released_format, released_weights
from dsv3.architecture import preset, preset_record, read_config

Config = dict[str, Any]

LLAMA_3_70B: Config = {
    **{"model_type": "llama", "vocab_size": 128256, "hidden_size": 8192},
    **{"intermediate_size": 28672, "num_hidden_layers": 80, "torch_dtype": "float16"},
    **{"num_attention_heads": 64, "num_key_value_heads": 8},
}
QWEN3_14B: Config = {
    **{"model_type": "qwen3", "vocab_size": 151936, "hidden_size": 5120},
    **{"intermediate_size": 17408, "num_hidden_layers": 40, "head_dim": 128},
    **{"num_attention_heads": 40, "num_key_value_heads": 8},
}
AWQ: Config = {"quant_method": "awq", "bits": 4, "zero_point": True}
MLX: Config = {"group_size": 64, "bits": 4}


def total_bytes(config: Config, quantization: Config | None) -> int:
    asked = (
        config
        if quantization is None
        else config | {"quantization_config": quantization}
    )
    return released_weights(read_config(asked)).total_bytes


def test_gpt_oss_120b_is_counted_to_the_byte() -> None:
    assert released_weights(preset("gpt-oss-120b")).total_bytes == 65_248_815_744


def test_awq_of_llama_3_70b_is_counted_to_the_byte() -> None:
    assert total_bytes(LLAMA_3_70B, AWQ | {"group_size": 128}) == 39_767_785_472


def test_awq_of_deepseek_v3_is_counted_to_the_byte() -> None:
    v3 = preset_record("deepseek-v3").config | {"torch_dtype": "float16"}
    assert total_bytes(v3, AWQ | {"group_size": 64}) == 364_589_799_936


def test_mlx_of_qwen3_14b_is_counted_to_the_byte() -> None:
    assert total_bytes(QWEN3_14B, MLX) == 8_307_783_680
    assert total_bytes(QWEN3_14B | {"quantization": MLX}, None) == 8_307_783_680


def test_the_files_of_deepseek_v3_are_its_tensors_and_163_headers() -> None:
    weights = released_weights(preset("deepseek-v3"), with_multi_token_prediction=True)
    headers = 688_586_727_753 - weights.total_bytes
    assert 0 < headers < 163 * 128 * 1024


LAYER: Config = {
    **{"model_type": "llama", "vocab_size": 100, "hidden_size": 256},
    **{"intermediate_size": 512, "num_hidden_layers": 2, "num_attention_heads": 4},
}
LINEAR = 2 * (4 * 256 * 256 + 3 * 256 * 512)
"""Weights of all linear layers of that model."""
ROWS = 2 * (4 * 256 + 2 * 512 + 256)
OTHERS = 2 * (2 * 100 * 256 + 5 * 256)
MATRICES = 14


@pytest.mark.parametrize(
    ("quantization", "linear_bytes", "form"),
    [
        ({"quant_method": "fp8", "weight_block_size": [128, 128]},
         LINEAR + 4 * LINEAR // 128**2, "fp8"),
        ({"quant_method": "fp8", "activation_scheme": "static"},
         LINEAR + 8 * MATRICES, "fp8"),
        ({"quant_method": "fbgemm_fp8"}, LINEAR + 4 * ROWS, "fp8"),
        ({"quant_algo": "FP8"}, LINEAR + 8 * MATRICES, "fp8"),
        ({"quant_algo": "NVFP4", "group_size": 16},
         LINEAR // 2 + LINEAR // 16 + 8 * MATRICES, "nvfp4"),
        ({"quant_method": "modelopt", "quantization": {"quant_algo": "NVFP4"}},
         LINEAR // 2 + LINEAR // 16 + 8 * MATRICES, "nvfp4"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True},
         LINEAR // 2 + 4 * LINEAR // 64 + 64 * MATRICES, "nf4"),
        ({"load_in_8bit": True}, LINEAR + 4 * ROWS, "int8"),
        ({"quant_method": "gptq", "bits": 4, "group_size": 128},
         LINEAR // 2 + 5 * LINEAR // 256 + 4 * 2 * (6 * 256 + 512), "int4"),
        ({"quant_method": "compressed-tensors", "config_groups": {"group_0": {
            "weights": {"num_bits": 8, "type": "float", "strategy": "channel"}}}},
         LINEAR + 2 * ROWS, "fp8"),
        ({"quant_method": "compressed-tensors", "config_groups": {"group_0": {
            "weights": {"num_bits": 4, "type": "int", "group_size": 32}}}},
         LINEAR // 2 + 2 * LINEAR // 32 + 16 * MATRICES, "int4"),
    ],
    ids=str,
)  # fmt: skip
def test_codes_scales_and_what_stays_wide_add_up(
    quantization: Config, linear_bytes: int, form: str
) -> None:
    assert total_bytes(LAYER, quantization) == linear_bytes + OTHERS
    config = LAYER | {"quantization_config": quantization}
    assert released_format(read_config(config)) == form


@pytest.mark.parametrize(
    "wide",
    [
        ["lm_head", "model.layers.0"],
        ["model.layers.0*"],
        [r"re:.*layers\.0\..*"],
        ["language_model.model.layers.0.self_attn", "model.layers.0.mlp"],
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["ignore", "modules_to_not_convert"])
def test_modules_that_a_list_names_stay_wide(name: str, wide: list[str]) -> None:
    fp8: Config = {"quant_method": "fp8", "weight_block_size": [128, 128]}
    narrow = LINEAR // 2
    expected = narrow + 4 * narrow // 128**2 + 2 * narrow + OTHERS
    assert total_bytes(LAYER, fp8 | {name: wide}) == expected


def test_full_precision_is_that_of_the_type() -> None:
    assert total_bytes(LAYER, None) == 2 * LINEAR + OTHERS
    assert total_bytes(LAYER | {"dtype": "float32"}, None) == 4 * LINEAR + 2 * OTHERS


def test_a_layout_nobody_here_knows_is_refused_with_a_way_out() -> None:
    config = read_config(LAYER | {"quantization_config": {"quant_method": "aqlm"}})
    with pytest.raises(ValueError, match="'aqlm': how its weights are stored is not"):
        released_weights(config)
