"""Counts beside the tensors that DeepSeek released after V3."""

import pytest

from dsv3.accounting import (
    DecodeForm,
    FlopCount,
    attention_counts,
    checkpoint_elements,
    decode_flop_per_token,
    flop_per_token,
    kv_cache_bytes,
    parameter_count,
    released_weights,
)
from dsv3.accounting.memory import _linear, _linear_groups
from dsv3.architecture import preset

V4_PRO_LISTED_ELEMENTS = 861_608_274_846
"""Numbers in the 145,116 tensors of DeepSeek-V4-Pro, as a listing adds them up."""


def test_an_indexer_is_all_that_v32_adds_to_v3() -> None:
    """62 layers: queries 1536 to 64 x 128, a key of 128 with its norm, 64 weights."""
    added = 1536 * 64 * 128 + 7168 * 128 + 2 * 128 + 7168 * 64
    scales = 12 * 64 + 56 * 1
    v3, v32 = (
        checkpoint_elements(preset(name)) for name in ("deepseek-v3", "deepseek-v3.2")
    )
    assert added == 13_959_424
    assert v32.total_elements - v3.total_elements == 62 * (added + scales)


def test_an_indexer_is_released_in_fp8_but_for_its_weights_of_heads() -> None:
    """62 layers: two matrices of FP8 with scales of FP32, the rest in BF16."""
    narrow = 1536 * 64 * 128 + 7168 * 128 + 4 * (12 * 64 + 56)
    wide = 2 * (7168 * 64 + 2 * 128)
    v3, v32 = (
        released_weights(preset(name), with_multi_token_prediction=True).total_bytes
        for name in ("deepseek-v3", "deepseek-v3.2")
    )
    assert v32 - v3 == 62 * (narrow + wide)


def test_routed_experts_of_v4_pro_are_released_in_fp4() -> None:
    """Half a byte for each weight, and a byte for the scale of 32."""
    weights = 61 * 384 * 3 * 7168 * 3072
    released = released_weights(preset("deepseek-v4-pro"))
    assert released.routed_bytes == weights // 2 + weights // 32
    others = released.total_bytes - released.routed_bytes
    rest = parameter_count(preset("deepseek-v4-pro")).total - weights
    assert rest < others < 1.2 * rest


def test_v4_pro_has_the_elements_of_its_listing() -> None:
    """Routed experts are FP4, two in a byte, with a scale for 32; the rest is FP8.

    Three layers have a table of six experts for each token, and the prediction module
    has its projections in FP8, with 56 x 56 scales each.
    """
    model = preset("deepseek-v4-pro")
    count = parameter_count(model)
    module = count.multi_token_prediction.total_parameters
    routed = 62 * 384 * 3 * 7168 * 3072
    groups = _linear_groups(model, with_modules=True)
    _, scales = _linear(groups, (128, 128))
    routed_scales = 62 * 384 * 3 * (7168 // 128) * (3072 // 128)
    assert (
        count.total + module - routed + routed // 2 + routed // 32
        + scales - routed_scales + 2 * 56 * 56 + 3 * 129280 * 6
    ) == V4_PRO_LISTED_ELEMENTS  # fmt: skip


@pytest.mark.parametrize(
    ("name", "total", "active"),
    [
        ("deepseek-v3.2", 671e9, 37e9),
        ("deepseek-v4-pro", 1.6e12, 49e9),
        ("deepseek-v4-flash", 284e9, 13e9),
    ],
)
def test_totals_are_those_of_the_reports(
    name: str, total: float, active: float
) -> None:
    count = parameter_count(preset(name))
    assert count.total == pytest.approx(total, rel=0.02)
    assert count.active() == pytest.approx(active, rel=0.025)


def scores(count: FlopCount) -> float:
    """Return what attention does, an indexer's scores included."""
    both = count.attention_scores_flop_per_token + count.indexer_scores_flop_per_token
    return float(both)


def test_attention_of_v32_stops_growing_but_for_its_indexer() -> None:
    """From 2,048 tokens on only 64 x 129 multiply-adds a layer and token are added."""
    flop = [
        scores(
            decode_flop_per_token(preset("deepseek-v3.2"), tokens, DecodeForm.ABSORBED)
        )
        for tokens in (2048, 2049, 100_000)
    ]
    step = 61 * 2 * 64 * 129
    assert flop[1] - flop[0] == step
    assert flop[2] - flop[0] == step * (100_000 - 2048)


def test_v4_pro_attends_to_what_its_report_says() -> None:
    """At a million tokens: windows of 128, 1,024 of 262,144 entries, 8,192 entries."""
    tokens = 2**20
    entry = 2 * 128 * (512 + 512)
    by_hand = 30 * (entry * (128 + 1024) + 2 * 64 * 129 * tokens / 4)
    by_hand += 31 * entry * (128 + tokens / 128)
    found = decode_flop_per_token(preset("deepseek-v4-pro"), tokens)
    assert scores(found) == by_hand


def test_v4_pro_keeps_entries_and_windows() -> None:
    tokens, pro = 1000, preset("deepseek-v4-pro")
    by_hand = 61 * 128 * 512 + 30 * 250 * (512 + 128) + 31 * 7 * 512
    assert kv_cache_bytes(pro, tokens) == 2 * by_hand
    assert kv_cache_bytes(pro, 3) == 2 * 61 * 3 * 512


def test_a_mean_over_a_context_is_that_of_its_tokens() -> None:
    """Token by token the selection has fewer earlier tokens at first."""
    model, length = preset("deepseek-v3.2"), 6000
    found = scores(flop_per_token(model, length))
    ((group, one),) = attention_counts(model)
    selection = one.selection()
    assert selection is not None
    by_token = sum(
        float(one.score_flop(seen))
        + min(seen, 2048) * float(selection.score_flop_per_token)
        for seen in range(length)
    )
    assert found == pytest.approx(61 * by_token / length, rel=1e-3)
    assert group.layers == 61
