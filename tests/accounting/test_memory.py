"""Bytes of weights, of released checkpoints and of the cache."""

import dataclasses
from collections.abc import Callable

import pytest

from dsv3.accounting import (
    checkpoint_elements,
    kv_cache_bytes,
    kv_cache_bytes_per_token,
    multi_head_kv_cache_bytes_per_token,
    parameter_count,
    weight_bytes,
)
from dsv3.architecture import Architecture, preset
from dsv3.formats import WEIGHT_FORMATS

Maker = Callable[..., Architecture]


def test_deepseek_v3s_checkpoint_is_counted_to_the_element() -> None:
    # Hugging Face's safetensors metadata [huggingface2024safetensors].
    elements = checkpoint_elements(preset("deepseek-v3"))
    assert elements.f8_e4m3_elements == 680_571_043_840
    assert elements.bf16_elements == 3_918_786_560
    assert elements.f32_elements == 41_555_600
    assert elements.total_elements == 684_531_386_000


def test_deepseek_v3s_scales_are_all_but_the_routing_biases() -> None:
    elements = checkpoint_elements(preset("deepseek-v3"))
    assert elements.f32_elements - 59 * 256 == 41_540_496


def test_the_fp8_layout_is_the_released_one() -> None:
    v3 = preset("deepseek-v3")
    released = checkpoint_elements(v3).total_bytes
    assert weight_bytes(v3, "fp8", with_multi_token_prediction=True) == released
    assert released == 688_574_839_360


def test_an_unquantised_release_is_in_two_bytes_but_for_the_bias(tiny: Maker) -> None:
    architecture = tiny("glm4_moe")
    elements = checkpoint_elements(architecture)
    assert elements.f8_e4m3_elements == 0
    assert elements.f32_elements == (5 + 1) * 12
    count = parameter_count(architecture)
    shipped = count.total + count.multi_token_prediction.shipped_parameters
    assert elements.total_elements == shipped


@pytest.mark.parametrize(
    "quantization",
    [{"quant_method": "mxfp4"}, {"quant_method": "fp8"}, {"quant_method": "awq"}],
)
def test_other_low_precision_layouts_are_refused(
    quantization: dict[str, object], tiny: Maker
) -> None:
    architecture = tiny("deepseek_v3", quantization_config=quantization)
    with pytest.raises(ValueError, match=r"^quant_method is '.*only fp8 in blocks"):
        checkpoint_elements(architecture)


def test_elements_that_do_not_add_up_are_refused() -> None:
    elements = checkpoint_elements(preset("deepseek-v3"))
    with pytest.raises(ValueError, match="total_elements is 1: its parts add up to"):
        dataclasses.replace(elements, total_elements=1)


def test_whole_precisions_multiply_the_parameters() -> None:
    v3 = preset("deepseek-v3")
    total = parameter_count(v3).total
    assert weight_bytes(v3, "bf16") == 2 * total
    assert weight_bytes(v3, "fp32") == 4 * total


def test_low_precisions_by_hand(tiny: Maker) -> None:
    # 7 layers of 2 x 48 x 48 + 2 x 48 x 16 and 3 x 48 x 56 weights; every matrix
    # is smaller than a block of 128 by 128, and every row than one of 128.
    architecture = tiny("llama")
    attention, feed_forward = 2 * 48 * 48 + 2 * 48 * 16, 3 * 48 * 56
    linear = 7 * (attention + feed_forward)
    rest = 2 * (parameter_count(architecture).total - linear)
    rows = 7 * (48 + 2 * 16 + 48 + 56 + 56 + 48)
    assert weight_bytes(architecture, "fp8") == linear + rest + 4 * 7 * (4 + 3)
    assert weight_bytes(architecture, "int4") == linear / 2 + rest + 2 * rows


def test_fewer_bits_take_fewer_bytes() -> None:
    sizes = [weight_bytes(preset("kimi-k2"), precision) for precision in WEIGHT_FORMATS]
    assert sizes == sorted(sizes, reverse=True)


def test_an_unknown_precision_is_refused_with_the_nearest(tiny: Maker) -> None:
    with pytest.raises(ValueError, match=r"fp16.*bf16"):
        weight_bytes(tiny("llama"), "fp16")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("deepseek-v3", 70_272), ("qwen2.5-72b", 327_680), ("llama-3.1-405b", 516_096)],
)
def test_the_isca_papers_cache_sizes(name: str, expected: int) -> None:
    # Table 1 [zhao2025insights].
    assert kv_cache_bytes_per_token(preset(name)) == expected


def test_plain_attention_would_keep_57_times_as_much() -> None:
    v3 = preset("deepseek-v3")
    plain = multi_head_kv_cache_bytes_per_token(v3)
    assert plain == 2 * 128 * (128 + 128) * 61 == 3_997_696
    assert plain / kv_cache_bytes_per_token(v3) == pytest.approx(56.9, abs=0.02)


def test_plain_attention_keeps_what_heads_share(tiny: Maker) -> None:
    llama = tiny("llama")
    plain = multi_head_kv_cache_bytes_per_token(llama)
    assert plain == 3 * kv_cache_bytes_per_token(llama)


def test_a_context_multiplies_what_a_token_keeps() -> None:
    v3 = preset("deepseek-v3")
    cache = kv_cache_bytes(v3, 128_000, sequences=3, bytes_per_element=1)
    assert cache == 128_000 * 3 * 70_272 / 2


def test_a_windowed_layer_keeps_no_more_than_its_window(tiny: Maker) -> None:
    # 7 layers, 4 of them with a window of 16; 2 x 2 heads x 10 elements.
    architecture = tiny("gpt_oss")
    assert kv_cache_bytes(architecture, 100) == (3 * 100 + 4 * 16) * 40 * 2
    short = kv_cache_bytes(architecture, 10)
    assert short == 10 * kv_cache_bytes_per_token(architecture)


@pytest.mark.parametrize("value", [0, -1, float("nan")])
@pytest.mark.parametrize("name", ["context_tokens", "sequences", "bytes_per_element"])
def test_quantities_of_cache_are_positive(name: str, value: float, tiny: Maker) -> None:
    amounts = {"context_tokens": 1.0, "sequences": 1.0, "bytes_per_element": 1.0}
    with pytest.raises(ValueError, match=f"^{name} is .*: must be above 0"):
        kv_cache_bytes(tiny("llama"), **amounts | {name: value})
