"""A step's time: what is read once, what is read for each, what is multiplied."""

import random

import pytest

from dsv3 import accounting, architecture
from dsv3.facts import fact
from dsv3.hardware import accelerator
from dsv3.serving import StepLoad, released_loads, step_seconds

V3 = architecture.preset("deepseek-v3")
CHIP = accelerator("H800 SXM")


def seconds(load: StepLoad, tokens: float, context: float = 0.0) -> float:
    """Return the time of a step in which every sequence has one new token."""
    found = step_seconds(load, tokens=tokens, sequences=tokens, context_tokens=context)
    return float(found)


def test_the_loads_are_the_model_and_its_module() -> None:
    loads, count = released_loads(), accounting.parameter_count(V3)
    model = loads.model.common_parameters + loads.model.routed_parameters
    assert model == count.total_parameters - count.embedding_parameters
    module = loads.module.common_parameters + loads.module.routed_parameters
    own = count.multi_token_prediction.total_parameters
    assert module == own + count.head_parameters


def test_one_token_meets_the_published_active_parameters() -> None:
    model = released_loads().model
    met = model.common_parameters + model.chosen_share * model.routed_parameters
    assert round(met, -9) == fact("v3.active_parameters").number


def test_one_token_waits_for_its_weights() -> None:
    model = released_loads().model
    met = model.common_parameters + model.chosen_share * model.routed_parameters
    assert seconds(model, 1) == pytest.approx(met / CHIP.hbm_bytes_per_s)


def test_a_full_step_is_bound_by_arithmetic() -> None:
    model, tokens = released_loads().model, 1e6
    met = model.common_parameters + model.chosen_share * model.routed_parameters
    work = 2 * met * tokens
    assert seconds(model, tokens) == pytest.approx(work / CHIP.peak_flop_per_s("fp8"))


def test_the_cache_of_every_sequence_is_read() -> None:
    model, cache = released_loads().model, accounting.kv_cache_bytes_per_token(V3)
    longer = seconds(model, 8, 2048.0) - seconds(model, 8, 1024.0)
    assert longer == pytest.approx(8 * 1024 * float(cache) / CHIP.hbm_bytes_per_s)


def test_experts_that_are_read_are_those_that_were_drawn() -> None:
    """Draw experts for every token and count the different ones."""
    chance, tokens, rounds, experts = random.Random(0), 20, 400, range(256)
    drawn = 0
    for _ in range(rounds):
        chosen = (chance.sample(experts, 8) for _ in range(tokens))
        drawn += len({expert for some in chosen for expert in some})
    load = released_loads().model
    only_experts = StepLoad(
        common_parameters=0.0,
        routed_parameters=load.routed_parameters,
        chosen_share=load.chosen_share,
        cache_bytes_per_token=0.0,
        score_flop_per_token_squared=0.0,
    )
    whole = load.routed_parameters / CHIP.hbm_bytes_per_s
    share = seconds(only_experts, tokens) / whole
    assert share == pytest.approx(drawn / rounds / 256, abs=0.005)


@pytest.mark.parametrize(
    "given", [{"tokens": 0.0}, {"sequences": 0.0}, {"context_tokens": -1.0}]
)
def test_what_cannot_be_is_named(given: dict[str, float]) -> None:
    asked = {"tokens": 1.0, "sequences": 1.0, "context_tokens": 0.0} | given
    with pytest.raises(ValueError, match=next(iter(given))):
        step_seconds(released_loads().model, **asked)
