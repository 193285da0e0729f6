"""Speed of a service: measured ones beside the bounds, and what must always hold."""

import random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from dsv3 import calculators, hardware
from dsv3.facts import fact
from dsv3.serving import (
    EXPERT,
    SPREADS,
    TENSOR,
    Service,
    ServicePlan,
    decode_limit,
    decode_time,
    measured_speeds,
    prefill_time,
    rated,
    service,
    step_seconds,
    token_demand,
)
from explorables.arithmetic import NUMBER, evaluate, trace

NETWORK = 50e9
H800 = rated(gpu="H800 SXM", precision="fp8", network_bytes_per_s=NETWORK)
H200 = rated(gpu="H200 SXM", precision="fp8", network_bytes_per_s=NETWORK)
DEMAND = token_demand("deepseek-v3", "fp8")
PLAN: dict[str, Any] = {
    name: calculators.serving_cost.defaults()[name]
    for name in ServicePlan.__required_keys__
}
INT8_CHIPS = {
    name: rating.dense_value
    for name in hardware.accelerator_names()
    for rating in hardware.accelerator(name).ratings
    if rating.kind == "integer_matrix_peak" and rating.precision == "int8"
}


def on_one_box(**changed: object) -> Service:
    box = {
        "gpu": "H200 SXM",
        "prefill_gpus": 8.0,
        "decode_gpus": 8.0,
        "sequences": 32.0,
        "context_tokens": 2048.0,
    }
    return service(**PLAN | box | changed)


def test_no_measured_speed_is_beyond_the_faster_bound() -> None:
    speeds = measured_speeds()
    assert len(speeds) == 8
    for one in speeds:
        assert one.measured_tokens_per_s < one.phased_tokens_per_s, one
        assert one.phased_tokens_per_s <= one.fastest_tokens_per_s, one
        assert one.slowest_tokens_per_s < one.fastest_tokens_per_s, one


def test_decode_was_measured_within_a_tenth_of_the_bound_without_overlap() -> None:
    decode = [one.reached_share for one in measured_speeds() if one.phase == "decode"]
    assert len(decode) == 3
    assert all(0.9 < share < 1.1 for share in decode)


def test_shorter_prompts_have_faster_prefill_measured_and_bounded() -> None:
    sglang = [one for one in measured_speeds() if one.name.startswith("SGLang, ")][1:]
    measured = [one.measured_tokens_per_s for one in sglang]
    bounds = [one.slowest_tokens_per_s for one in sglang]
    assert measured == sorted(measured, reverse=True)
    assert bounds == sorted(bounds, reverse=True)


@pytest.mark.parametrize("name", INT8_CHIPS)
def test_integers_run_at_the_rate_on_the_datasheet(name: str) -> None:
    rates = rated(gpu=name, precision="int8", network_bytes_per_s=NETWORK)
    assert rates.weight_flop_per_s == pytest.approx(INT8_CHIPS[name], rel=2e-3)


@given(st.floats(1, 512), st.floats(0, 20_000))
def test_one_gpu_reads_and_multiplies_what_a_step_alone_does(
    sequences: float, context: float
) -> None:
    """The same step from two rooms; bytes of scales and of the head differ."""
    found = decode_time(
        DEMAND,
        H800,
        layout=EXPERT,
        gpus=1.0,
        sequences_per_gpu=sequences,
        context_tokens=context,
        drafted_tokens=0.0,
    )
    alone = step_seconds(
        DEMAND.model, tokens=sequences, sequences=sequences, context_tokens=context
    )
    assert found.network_seconds == 0
    assert found.phased_seconds == pytest.approx(float(alone), rel=0.03)


@given(
    st.sampled_from(SPREADS), st.floats(1, 512), st.floats(0, 100_000), st.booleans()
)
def test_work_in_turn_lies_between_full_overlap_and_none(
    layout: str, sequences: float, context: float, drafts: bool
) -> None:
    step = decode_time(
        DEMAND,
        H200,
        layout=layout,
        gpus=8.0,
        sequences_per_gpu=sequences,
        context_tokens=context,
        drafted_tokens=float(drafts),
    )
    assert step.lower_seconds <= step.phased_seconds * (1 + 1e-12)
    assert step.phased_seconds <= step.upper_seconds
    longest = max(step.compute_seconds, step.memory_seconds)
    assert max(longest, step.network_seconds) == step.lower_seconds


def test_attention_that_computes_does_not_hide_behind_weights_that_are_read() -> None:
    """Worked by hand: with drafts attention multiplies, while weights are read."""
    found = decode_time(
        DEMAND,
        H800,
        layout=EXPERT,
        gpus=8.0,
        sequences_per_gpu=64.0,
        context_tokens=8192.0,
        drafted_tokens=1.0,
    )
    # Two tokens each, 128 heads on 512 and 64 channels of one latent, 61 layers.
    multiplied = 2 * 64 * 8192 * 128 * 2 * (576 + 512) * 61 / 989.4e12
    read = 64 * 8192 * 576 * 2 * 61 / 3.35e12
    assert found.lower_seconds == found.memory_seconds
    assert found.phased_seconds - found.lower_seconds == pytest.approx(
        multiplied - read, rel=0.01
    )


@pytest.mark.parametrize("tokens", [1.0, 32.0, 256.0])
def test_the_network_takes_what_the_published_limit_counts(tokens: float) -> None:
    gpus = 144.0
    step = decode_time(
        DEMAND,
        H800,
        layout=EXPERT,
        gpus=gpus,
        sequences_per_gpu=tokens,
        context_tokens=4096.0,
        drafted_tokens=0.0,
    )
    # The limit counts every copy; one in 144 finds its expert on its own GPU.
    limit = decode_limit(
        bytes_per_s=NETWORK,
        hidden_size=7168,
        layers=58,
        tokens=tokens,
        experts=8,
        micro_batches=1,
    )
    stays = 1 - 1 / gpus
    assert step.network_seconds == pytest.approx(float(limit.token_seconds) * stays)


@pytest.mark.parametrize("nodes", [2, 4, 16])
def test_a_prompts_token_visits_as_many_other_nodes_as_drawn(nodes: int) -> None:
    chance, rounds = random.Random(nodes), 20_000
    visits = 0
    for _ in range(rounds):
        drawn = {chance.randrange(nodes) for _ in range(8)}
        visits += len(drawn - {0})
    chunk = prefill_time(
        DEMAND,
        H800,
        layout=EXPERT,
        gpus=8.0 * nodes,
        chunk_tokens=1000.0,
        prompt_tokens=1000.0,
    )
    per_visit = 1000.0 * 58 * 21_728 / NETWORK
    # No token may visit more than four groups of experts.
    expected = min(visits / rounds, fact("v3.topk_group").number)
    assert chunk.network_seconds / per_visit == pytest.approx(expected, rel=0.02)


def test_cut_matrices_send_two_sums_a_layer() -> None:
    step = decode_time(
        DEMAND,
        H200,
        layout=TENSOR,
        gpus=8.0,
        sequences_per_gpu=1.0,
        context_tokens=1.0,
        drafted_tokens=0.0,
    )
    # A ring over eight: seven eighths of eight tokens' numbers, twice, twice a layer.
    sent = 2 * 7 / 8 * 8 * 7168 * 2 * 2 * 61
    assert step.network_seconds == pytest.approx(sent / 450e9)


def test_cut_matrices_serve_one_reader_faster_and_dealt_experts_many() -> None:
    speeds = {
        (layout, readers): on_one_box(layout=layout, sequences=readers)
        for layout in SPREADS
        for readers in (1.0, 256.0)
    }
    alone = {s: speeds[s, 1.0].reader_tokens_per_s for s in SPREADS}
    many = {s: speeds[s, 256.0].decode_tokens_per_s_per_gpu for s in SPREADS}
    assert alone[TENSOR] > 3 * alone[EXPERT]
    assert many[EXPERT] > 1.1 * many[TENSOR]


def test_drafts_gain_where_weights_bind_and_lose_where_the_network_does() -> None:
    def gain(**changed: object) -> float:
        plain, drafted = (
            on_one_box(
                drafted_tokens=drafts, **changed
            ).most_decode_tokens_per_s_per_gpu
            for drafts in (0.0, 1.0)
        )
        return float(drafted / plain)

    assert gain(sequences=128.0) > 1.5
    # Eight at 5 GB/s between nodes: sending twice the tokens takes twice the time.
    slow = {"decode_gpus": 16.0, "sequences": 512.0, "network_bytes_per_s": 5e9}
    assert gain(**slow) == pytest.approx(1.875 / (2 + 1 / 58), rel=1e-3)


@given(st.sampled_from(SPREADS), st.floats(1, 200), st.floats(0.1, 2), st.booleans())
@settings(max_examples=40, deadline=None)
def test_more_reach_is_more_speed_in_proportion_and_bounds_hold(
    layout: str, sequences: float, reached: float, drafts: bool
) -> None:
    asked = {"layout": layout, "sequences": sequences, "drafted_tokens": float(drafts)}
    full = on_one_box(**asked, reached_share=1.0)
    part = on_one_box(**asked, reached_share=reached)
    ratio = part.reader_tokens_per_s / full.reader_tokens_per_s
    assert ratio == pytest.approx(reached)
    assert full.decode_tokens_per_s_per_gpu <= full.most_decode_tokens_per_s_per_gpu
    assert full.prefill_tokens_per_s_per_gpu <= full.most_prefill_tokens_per_s_per_gpu


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sequences": 4096.0}, r"headroom_bytes is -.*: must leave room"),
        ({"decode_gpus": 4.0}, r"headroom_bytes is -"),
        ({"drafted_tokens": 2.0}, "drafted_tokens is 2.0: must be 0 or 1"),
        (
            {"drafted_tokens": 1.0, "model": "kimi-k2"},
            "drafted_tokens is 1.0",
        ),
        ({"reached_share": 0.0}, "reached_share is 0.0"),
        ({"acceptance_share": 1.5}, "acceptance_share is 1.5"),
        ({"network_bytes_per_s": 0.0}, "network_bytes_per_s is 0.0"),
        ({"layout": "by layers"}, "layout is 'by layers': must be one of tensor"),
        ({"sequences": 0.0}, "tokens is 0.0"),
    ],
)
def test_bad_input_is_named(changed: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        on_one_box(**changed)


def test_the_recorded_service_is_the_plain_one() -> None:
    asked = PLAN
    moved = ("sequences", "context_tokens", "decode_gpus", "drafted_tokens")
    fixed = {name: value for name, value in asked.items() if name not in moved}
    tape = trace(lambda **given: service(**fixed | given), dict.fromkeys(moved, NUMBER))
    for drafts in (0.0, 1.0):
        given = {name: asked[name] for name in moved} | {"drafted_tokens": drafts}
        found = evaluate(tape, given).outputs
        plain = service(**fixed | given)
        assert found["reader_tokens_per_s"] == plain.reader_tokens_per_s
        assert found["headroom_bytes"] == plain.headroom_bytes
