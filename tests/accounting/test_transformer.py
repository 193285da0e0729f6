"""Whole models: published totals, and what counts as active."""

import dataclasses
from collections.abc import Callable

import pytest

from dsv3.accounting import ActiveConvention, parameter_count
from dsv3.architecture import Architecture, preset, preset_names

Maker = Callable[..., Architecture]

TOTALS = {
    "deepseek-v3": 671_026_419_200,
    "deepseek-v2": 235_741_434_880,
    "deepseek-v2-lite": 15_706_484_224,
    "deepseek-v3.2": 671_877_944_064,
    "deepseek-v4-pro": 1_572_997_201_763,
    "deepseek-v4-flash": 284_332_240_471,
    "llama-3.1-405b": 405_853_388_800,
    "llama-3.1-70b": 70_553_706_496,
    "llama-3.1-8b": 8_030_261_248,
    "qwen2.5-72b": 72_706_203_648,
    "mixtral-8x7b": 46_702_792_704,
    "kimi-k2": 1_026_408_232_448,
    "qwen3-235b-a22b": 235_093_634_560,
    "gpt-oss-120b": 116_829_156_672,
    "glm-4.5": 352_797_829_024,
}
"""Totals, equal to those of the models that transformers builds."""

NAMED_BILLIONS = {
    "deepseek-v3": (671, 37),
    "deepseek-v2": (236, 21),
    "deepseek-v2-lite": (16, 2.4),
    "deepseek-v3.2": (671, 37),
    "deepseek-v4-pro": (1600, 49),
    "deepseek-v4-flash": (284, 13),
    "llama-3.1-405b": (405, 405),
    "qwen2.5-72b": (72.7, 72.7),
    "mixtral-8x7b": (46.7, 12.9),
    "kimi-k2": (1000, 32),
    "qwen3-235b-a22b": (235, 22),
    "gpt-oss-120b": (117, 5.1),
    "glm-4.5": (355, 32),
}
"""Totals and active parameters as the makers round them, in billions."""


def test_every_preset_has_a_total() -> None:
    assert set(TOTALS) == set(preset_names())


@pytest.mark.parametrize("name", TOTALS)
def test_total(name: str) -> None:
    assert parameter_count(preset(name)).total == TOTALS[name]


@pytest.mark.parametrize("name", NAMED_BILLIONS)
def test_makers_round_the_same_totals(name: str) -> None:
    total, active = NAMED_BILLIONS[name]
    count = parameter_count(preset(name))
    assert count.total == pytest.approx(total * 1e9, rel=0.03)
    assert count.active() == pytest.approx(active * 1e9, rel=0.03)


def test_deepseek_v3_by_part() -> None:
    # The fact sheet's reconstruction, 61 layers of which 3 are dense.
    count = parameter_count(preset("deepseek-v3"))
    assert count.embedding_parameters == count.head_parameters == 926_679_040
    assert count.attention_parameters == 61 * (187_105_280 + 2_048)
    assert count.norm_parameters == (2 * 61 + 1) * 7_168
    assert count.dense_feed_forward_parameters == 3 * 396_361_728
    assert count.routed_experts_parameters == 58 * 256 * 44_040_192
    assert count.shared_experts_parameters == 58 * 44_040_192
    assert count.router_parameters == 58 * 1_835_008
    assert count.routing_bias_parameters == 58 * 256


@pytest.mark.parametrize(
    ("convention", "active"),
    [
        (ActiveConvention.BOTH_VOCABULARY_MATRICES, 37_552_297_472),
        (ActiveConvention.WITHOUT_INPUT_EMBEDDING, 36_625_618_432),
        (ActiveConvention.NEITHER, 35_698_939_392),
    ],
)
def test_deepseek_v3_is_active_in_three_ways(
    convention: ActiveConvention, active: int
) -> None:
    assert parameter_count(preset("deepseek-v3")).active(convention) == active


def test_a_dense_model_is_active_throughout(tiny: Maker) -> None:
    count = parameter_count(tiny("llama"))
    assert count.active(ActiveConvention.BOTH_VOCABULARY_MATRICES) == count.total
    assert count.idle_experts_parameters == 0


def test_a_tied_head_is_counted_once_and_works_as_the_head(tiny: Maker) -> None:
    separate = parameter_count(tiny("qwen3"))
    tied = parameter_count(tiny("qwen3", tie_word_embeddings=True))
    vocabulary = 97 * 48
    assert separate.total - tied.total == vocabulary
    assert tied.head_parameters == 0
    both, without_input, neither = (tied.active(each) for each in ActiveConvention)
    assert both == without_input == tied.total
    assert neither == tied.total - vocabulary
    assert neither == separate.active(ActiveConvention.NEITHER)


def test_an_unknown_convention_is_refused_with_the_nearest(tiny: Maker) -> None:
    with pytest.raises(ValueError, match="neither vocabulary matrix"):
        parameter_count(tiny("llama")).active("neither vocabulary matrices")


@pytest.mark.parametrize("name", preset_names())
def test_parts_are_whole_and_add_up(name: str) -> None:
    count = parameter_count(preset(name))
    assert all(type(part) is int for part in count.parts().values())
    assert sum(count.parts().values()) == count.total


def test_every_field_but_the_sums_is_a_part() -> None:
    count = parameter_count(preset("deepseek-v3"))
    names = {field.name for field in dataclasses.fields(count)}
    sums = {"total_parameters", "idle_experts_parameters"}
    assert names - {"multi_token_prediction", "tied"} - sums == set(count.parts())


def test_parts_that_do_not_add_up_are_refused() -> None:
    count = parameter_count(preset("llama-3.1-8b"))
    with pytest.raises(ValueError, match="total_parameters is 1: its parts add up to"):
        dataclasses.replace(count, total_parameters=1)
