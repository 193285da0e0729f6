"""A layer's time follows its links, and the published trace lies where it should."""

from typing import Any

import pytest

from dsv3 import accounting, architecture, calculators
from dsv3.facts import fact
from dsv3.measurements import record
from dsv3.training import (
    LAYOUTS,
    ExpertLayer,
    cut_link,
    expert_layer,
    forward_flop_per_token,
    traced_network_bytes_per_s,
    traced_waiting_milliseconds,
)


def layer(**changed: float | str) -> ExpertLayer:
    given: dict[str, Any] = calculators.expert_layer.defaults() | changed
    return expert_layer(**given)


def test_dispatch_takes_four_copies_over_the_network() -> None:
    assert layer().dispatch_milliseconds == pytest.approx(4096 * 4 * 7392 / 50e6)
    assert layer().combine_milliseconds == pytest.approx(4096 * 4 * 14336 / 50e6)


def test_up_to_twelve_experts_cost_no_more_communication_and_thirteen_do() -> None:
    eight, twelve, thirteen = (
        layer(num_experts_per_tok=number, communication_sms=30.0)
        for number in (8.0, 12.0, 13.0)
    )
    assert twelve.communication_milliseconds == eight.communication_milliseconds
    assert thirteen.communication_milliseconds > eight.communication_milliseconds
    assert twelve.compute_milliseconds > eight.compute_milliseconds


def test_twenty_multiprocessors_feed_both_links_at_the_balance() -> None:
    # 12.8 experts is where both links are full; the assumption was fixed there.
    full = layer(num_experts_per_tok=12.0)
    assert full.dispatch_milliseconds == pytest.approx(layer().dispatch_milliseconds)
    short = layer(num_experts_per_tok=12.0, communication_sms=18.0)
    assert short.dispatch_milliseconds > full.dispatch_milliseconds


def test_a_faster_link_inside_the_node_changes_nothing_as_built() -> None:
    assert (
        layer(nvlink_bytes_per_s=360e9).layer_milliseconds == layer().layer_milliseconds
    )


def test_in_turn_takes_the_sum() -> None:
    made = layer(overlap="one after the other")
    parts = made.communication_milliseconds + made.compute_milliseconds
    assert made.layer_milliseconds == pytest.approx(parts)


def test_a_layer_is_counted_as_the_model_is() -> None:
    v3 = architecture.preset("deepseek-v3")
    count = accounting.flop_per_token(v3)
    outside = count.head_flop_per_token + count.dense_feed_forward_flop_per_token
    attention = count.attention_projections_flop_per_token
    attention += count.attention_scores_flop_per_token
    layers = count.forward_flop_per_token - outside - attention * 3 / 61
    assert float(forward_flop_per_token(8)) == pytest.approx(float(layers) / 58)


def test_the_trace_gives_back_its_own_ratio() -> None:
    times = record("training_trace").measures["milliseconds"]
    made = layer(
        network_bytes_per_s=traced_network_bytes_per_s(),
        waiting_milliseconds=traced_waiting_milliseconds(),
    )
    ratio = times["communication stream"] / times["compute stream"]
    assert made.communication_to_compute_ratio == pytest.approx(ratio)
    assert 4 * float(made.compute_milliseconds) == pytest.approx(
        times["compute stream"]
    )


def test_the_trace_splits_the_chip_as_the_report_says() -> None:
    trace = record("training_trace").measures
    sms = fact("v3.communication_sms").number
    assert trace["kernels"]["dispatch"]["blocks"] == [sms]
    assert trace["kernels"]["combine"]["blocks"] == [sms]
    assert trace["matrix products"]["blocks"] == [trace["multiprocessors"] - sms]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("communication_sms", 0.0),
        ("communication_sms", 132.0),
        ("topk_group", 9.0),
        ("topk_group", 0.0),
        ("num_experts_per_tok", 17.0),
        ("nvlink_bytes_per_s", 0.0),
        ("network_bytes_per_s", -1.0),
        ("waiting_milliseconds", -1.0),
        ("compute_flop_per_s", 0.0),
        ("tokens", 0.0),
        ("dispatch_format", "fp9"),
        ("counting", "sometimes"),
        ("overlap", "perhaps"),
    ],
)
def test_what_cannot_be_is_named(name: str, value: str | float) -> None:
    with pytest.raises(ValueError, match=repr(value)):
        layer(**{name: value})


def test_the_cut_costs_nothing_until_attention_is_split() -> None:
    extra = [cut_link(name).extra_gpu_hours for name in LAYOUTS]
    assert extra[:2] == [0, 0]
    assert extra[2] > 0


def test_an_unknown_layout_is_named() -> None:
    with pytest.raises(ValueError, match="layout is 'as dreamt'"):
        cut_link("as dreamt")
