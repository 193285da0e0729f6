"""The modules after the main model, of DeepSeek-V3 and of countable size."""

import dataclasses
from collections.abc import Callable

import pytest

from dsv3.accounting import parameter_count
from dsv3.architecture import Architecture, preset

Maker = Callable[..., Architecture]


def test_deepseek_v3s_module_by_part() -> None:
    module = parameter_count(preset("deepseek-v3")).multi_token_prediction
    assert module.projection_parameters == 2 * 7168**2
    assert module.norm_parameters == 3 * 7168
    assert module.total_parameters == 11_610_068_224
    # The report's 11.5 billion (README_WEIGHTS.md) leaves the projection out.
    assert module.total_parameters - module.projection_parameters == 11_507_307_776


def test_deepseek_v3s_module_ships_its_own_vocabulary() -> None:
    count = parameter_count(preset("deepseek-v3"))
    module = count.multi_token_prediction
    assert module.vocabulary_copies_parameters == 2 * 129_280 * 7_168
    assert count.total + module.shipped_parameters == 684_489_845_504


def test_a_module_is_an_expert_block_a_projection_and_three_norms(tiny: Maker) -> None:
    architecture = tiny("deepseek_v3")
    # One block more, of the kind with experts, in the main model.
    grown = dataclasses.replace(architecture, num_hidden_layers=6)
    block = parameter_count(grown).total - parameter_count(architecture).total
    module = parameter_count(architecture).multi_token_prediction
    assert module.block_parameters == block
    assert module.total_parameters == block + 2 * 40 * 40 + 3 * 40
    assert module.active_parameters == module.shipped_parameters - 9 * 3 * 40 * 16


def test_modules_multiply(tiny: Maker) -> None:
    one = parameter_count(tiny("glm4_moe")).multi_token_prediction
    architecture = tiny("glm4_moe", num_nextn_predict_layers=3)
    three = parameter_count(architecture).multi_token_prediction
    assert three.shipped_parameters == 3 * one.shipped_parameters


def test_no_modules_have_no_parameters(tiny: Maker) -> None:
    module = parameter_count(tiny("kimi_k2")).multi_token_prediction
    assert module.total_parameters == module.shipped_parameters == 0


def test_parts_that_do_not_add_up_are_refused(tiny: Maker) -> None:
    module = parameter_count(tiny("deepseek_v3")).multi_token_prediction
    with pytest.raises(ValueError, match="total_parameters is 1: its parts add up to"):
        dataclasses.replace(module, total_parameters=1)
