"""A plan of memory: what it adds up to, the fewest GPUs, and who is refused."""

import math
import operator
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from dsv3 import accounting, architecture, calculators, hardware
from dsv3.serving import (
    EXPERT,
    LAYERS,
    LAYOUTS,
    TENSOR,
    WEIGHT_PRECISIONS,
    fit,
    memory_demand,
    rated,
    require_precision,
)
from explorables.arithmetic import NUMBER, TOGGLE, Choice, Number, evaluate, trace

V3 = architecture.preset("deepseek-v3")
FP8_CHIPS = [
    name for name, chip in hardware.accelerators().items() if "fp8" in chip.dense_peaks
]
PLAN: dict[str, Any] = calculators.fit.defaults()
OTHERS = [name for name in hardware.accelerator_names() if name not in FP8_CHIPS]


@pytest.mark.parametrize("name", architecture.preset_names())
@pytest.mark.parametrize("precision", WEIGHT_PRECISIONS)
def test_the_parts_of_a_model_are_its_weights(name: str, precision: str) -> None:
    model = architecture.preset(name)
    demand = memory_demand(model, precision)
    whole = accounting.weight_bytes(model, precision)
    assert demand.common_bytes + demand.routed_bytes == whole


def test_model_module_and_repeated_vocabulary_are_the_released_checkpoint() -> None:
    demand = memory_demand(V3, "fp8")
    repeated = 2 * 2 * V3.vocab_size * V3.hidden_size
    main = demand.common_bytes + demand.routed_bytes
    module = demand.module_common_bytes + demand.module_routed_bytes
    assert main + module + repeated == accounting.checkpoint_elements(V3).total_bytes


@pytest.mark.parametrize("name", ["gpt-oss-120b", "llama-3.1-8b", "deepseek-v3"])
@pytest.mark.parametrize("context", [64.0, 128.0, 5000.0])
def test_the_cache_is_the_counted_one_windows_and_all(
    name: str, context: float
) -> None:
    given = PLAN | {"model": name, "layout": LAYERS, "gpus": 1.0}
    plan = fit(**given | {"context_tokens": context, "sequences": 3.0})
    counted = accounting.kv_cache_bytes(architecture.preset(name), context, sequences=3)
    assert plan.cache_bytes == pytest.approx(float(counted))


def can_draft(plan: dict[str, Any]) -> bool:
    modules = architecture.preset(plan["model"]).num_nextn_predict_layers
    return bool(modules) or not plan["drafts"]


def multiplies(gpu: str, precision: str) -> bool:
    try:
        require_precision(precision, gpu)
    except ValueError:
        return False
    return True


PAIRS = [
    {"gpu": gpu, "precision": precision}
    for gpu in hardware.accelerator_names()
    for precision in WEIGHT_PRECISIONS
    if multiplies(gpu, precision)
]

sizes = st.fixed_dictionaries(
    {
        "model": st.sampled_from(architecture.preset_names()),
        "layout": st.sampled_from(LAYOUTS),
        "context_tokens": st.sampled_from([512.0, 4096.0, 32_768.0]),
        "sequences": st.sampled_from([0.0, 1.0, 16.0, 300.0]),
        "cache_precision": st.sampled_from(["bf16", "fp8"]),
        "chunk_tokens": st.sampled_from([512.0, 8192.0]),
        "usable_share": st.floats(0.5, 1.0),
        "drafts": st.booleans(),
    }
)
plans = st.builds(operator.or_, sizes, st.sampled_from(PAIRS)).filter(can_draft)


@given(plans)
@settings(max_examples=60, deadline=None)
def test_the_fewest_gpus_are_found_by_trying_them_one_by_one(
    plan: dict[str, object],
) -> None:
    most = 400

    def fits(gpus: int) -> bool:
        return bool(fit(gpus=float(gpus), **plan).headroom_bytes >= 0)  # type: ignore[arg-type]

    tried = next((gpus for gpus in range(1, most) if fits(gpus)), None)
    found = float(fit(gpus=1.0, **plan).minimum_gpus)  # type: ignore[arg-type]
    if tried is None:
        assert math.isnan(found) or found >= most
    else:
        assert found == tried


@given(plans, st.integers(1, 64))
@settings(max_examples=60, deadline=None)
def test_as_many_sequences_fit_as_it_says_and_not_one_more(
    plan: dict[str, object], gpus: int
) -> None:
    asked = plan | {"gpus": float(gpus)}
    count = float(fit(**asked).fitting_sequences_count)  # type: ignore[arg-type]
    full = fit(**asked | {"sequences": count}).headroom_bytes  # type: ignore[arg-type]
    over = fit(**asked | {"sequences": count + 1}).headroom_bytes  # type: ignore[arg-type]
    assert over < 0
    assert full >= -1 or count == 0


def test_a_latent_is_copied_where_matrices_are_cut_and_heads_are_not() -> None:
    def cache(model: str, gpus: float) -> float:
        asked = {"model": model, "gpus": gpus, "precision": "fp8"}
        return float(fit(**PLAN | asked).cache_bytes)

    assert cache("deepseek-v3", 8.0) == cache("deepseek-v3", 1.0)
    assert cache("llama-3.1-70b", 8.0) == pytest.approx(cache("llama-3.1-70b", 1.0) / 8)
    assert cache("llama-3.1-70b", 16.0) == cache("llama-3.1-70b", 8.0)


def test_a_choice_among_chips_that_all_have_the_units_needs_no_guard() -> None:
    def peak(gpu: Choice) -> Number:
        rates = rated(gpu=gpu, precision="fp8", network_bytes_per_s=50e9)
        return rates.weight_flop_per_s

    tape = trace(peak, {"gpu": FP8_CHIPS})
    for gpu in FP8_CHIPS:
        assert evaluate(tape, {"gpu": gpu}).outputs["result"] == peak(gpu)


@pytest.mark.parametrize("gpu", OTHERS)
def test_a_chip_without_fp8_units_is_refused_fp8_and_nothing_else(gpu: str) -> None:
    asked = PLAN | {"gpu": gpu}
    with pytest.raises(ValueError, match="precision is 'as released': the chosen GPU"):
        fit(**asked)
    with pytest.raises(ValueError, match="precision is 'fp8': the chosen GPU cannot"):
        fit(**asked | {"precision": "fp8"})
    with pytest.raises(ValueError, match="precision is 'fp8': the chosen GPU cannot"):
        rated(gpu=gpu, precision="fp8", network_bytes_per_s=50e9)
    for precision in ("bf16", "int8", "int4"):
        assert fit(**asked | {"precision": precision}).layout_gpus >= 4


def test_the_chips_without_fp8_are_the_amperes_and_the_ascends() -> None:
    assert OTHERS
    old = ("A100", "A800", "RTX A6000", "Ascend 910")
    assert all(name.startswith(old) for name in OTHERS)


def test_weights_as_released_are_those_that_the_config_names() -> None:
    plans = {
        name: fit(**PLAN | {"model": name, "gpus": 1.0, "gpu": "MI355X OAM"})
        for name in ("deepseek-v3", "gpt-oss-120b", "llama-3.1-70b")
    }
    named = {"deepseek-v3": "fp8", "gpt-oss-120b": "mxfp4", "llama-3.1-70b": "bf16"}
    for name, plan in plans.items():
        same = fit(
            **PLAN
            | {"model": name, "gpus": 1.0, "gpu": "MI355X OAM"}
            | {"precision": named[name]}
        )
        assert plan.weights_bytes == pytest.approx(same.weights_bytes, rel=0.04), name
    assert plans["gpt-oss-120b"].weights_bytes == 65_248_815_744


def test_eight_bit_integers_take_what_eight_bit_floats_take() -> None:
    assert fit(**PLAN | {"precision": "int8"}) == fit(**PLAN | {"precision": "fp8"})
    assert fit(**PLAN) == fit(**PLAN | {"precision": "fp8"})


def test_no_card_holds_the_model_though_any_would_hold_the_active_set() -> None:
    memory = [
        hardware.accelerator(name).memory_bytes for name in hardware.accelerator_names()
    ]
    active = float(accounting.parameter_count(V3).active())
    data_centre = [size for size in memory if size >= 64e9]
    assert active < min(data_centre)
    assert max(memory) < float(memory_demand(V3, "int4").routed_bytes)


def test_where_all_else_is_copied_too_little_memory_never_fits() -> None:
    given = {"model": "llama-3.1-405b", "gpu": "H100 SXM", "layout": EXPERT}
    plan = fit(**PLAN | given)
    assert math.isnan(float(plan.minimum_gpus))
    assert math.isnan(float(plan.layout_gpus))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"gpus": 1.5}, "gpus is 1.5: must be a whole number"),
        ({"gpus": 0.0}, "gpus is 0.0"),
        ({"context_tokens": 0.0}, "context_tokens is 0.0"),
        ({"sequences": -1.0}, "sequences is -1.0"),
        ({"chunk_tokens": 0.0}, "chunk_tokens is 0.0"),
        ({"usable_share": 1.01}, "usable_share is 1.01"),
        ({"layout": "tensor"}, "must be one of tensor parallel, expert parallel"),
        ({"layout": "tensor"}, "layout is 'tensor'"),
        ({"gpu": "H200"}, "gpu is 'H200': .*H200 SXM"),
        ({"model": "deepseek-v1"}, "model is 'deepseek-v1': .*deepseek-v"),
        ({"precision": "fp4"}, "precision is 'fp4': must be one of"),
    ],
)
def test_bad_input_is_named(changed: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fit(**PLAN | changed)


def test_a_precision_nobody_knows_is_named() -> None:
    with pytest.raises(
        ValueError, match="precision is 'fp4': must be one of as released"
    ):
        memory_demand(V3, "fp4")


def test_the_recorded_plan_is_the_plain_one() -> None:
    chips, precisions = ("A100 SXM", "H20 SXM"), ("bf16", "int4")
    fixed: dict[str, Any] = {
        "model": "glm-4.5",
        "cache_precision": "fp8",
        "usable_share": 0.9,
    }
    tape = trace(
        lambda **moved: fit(**fixed | moved),
        {
            "precision": precisions,
            "gpu": chips,
            "gpus": NUMBER,
            "layout": LAYOUTS,
            "context_tokens": NUMBER,
            "sequences": NUMBER,
            "chunk_tokens": NUMBER,
            "drafts": TOGGLE,
        },
    )
    moved = {"gpus": 12.0, "context_tokens": 9000.0, "chunk_tokens": 4096.0}
    for gpu in chips:
        for layout in LAYOUTS:
            asked = {"precision": "int4", "gpu": gpu, "layout": layout}
            given: dict[str, Any] = asked | moved | {"sequences": 40.0, "drafts": True}
            found = evaluate(tape, given).outputs
            plain = fit(**fixed | given)
            assert found["headroom_bytes"] == plain.headroom_bytes
            assert found["minimum_gpus"] == plain.minimum_gpus


def test_a_model_of_ones_own_is_planned_like_a_preset() -> None:
    assert fit(**PLAN | {"model": V3}) == fit(**PLAN)


@pytest.mark.parametrize("model", ["llama-3.1-8b", architecture.preset("mixtral-8x7b")])
def test_a_model_without_a_module_is_refused_drafts(model: object) -> None:
    with pytest.raises(ValueError, match="drafts is True: the model has no module"):
        fit(**PLAN | {"model": model, "precision": "bf16", "drafts": True})


def test_cut_matrices_leave_a_share_and_dealt_experts_a_copy() -> None:
    demand = memory_demand(V3, "fp8")
    weights = {
        layout: float(fit(**PLAN | {"layout": layout}).weights_bytes)
        for layout in LAYOUTS
    }
    whole = float(demand.common_bytes + demand.routed_bytes)
    assert weights[TENSOR] == weights[LAYERS] == pytest.approx(whole / 8)
    assert weights[EXPERT] == pytest.approx(
        float(demand.common_bytes) + float(demand.routed_bytes) / 8
    )
