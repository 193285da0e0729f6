"""The memory of training, against what others counted, published and simulated."""

import math
from dataclasses import replace

import pytest

from dsv3 import accounting, hardware, schedule, training
from dsv3.architecture import GroupedQueryAttention, preset
from dsv3.facts import fact
from dsv3.training.memory_recipe import NF4_BYTES
from dsv3.training.saved_activations import (
    NOTHING,
    SELECTIVE,
    TokenLayout,
    saved_bytes_per_token,
)

GB = 1e9
PRESETS = training.trained_model_names()


@pytest.mark.parametrize("name", PRESETS)
def test_the_ranks_of_a_pipeline_hold_the_whole_model_once(name: str) -> None:
    model, stages = preset(name), 4
    count = accounting.parameter_count(model)
    ranks = training.memory_by_rank(
        {
            **training.published_layout(),
            "model": name,
            "schedule": "gpipe",
            "stages": float(stages),
            "data_parallel_ways": 1.0,
            "expert_parallel_ways": 1.0,
        }
    )
    whole = count.total + count.multi_token_prediction.total_parameters
    again = model.num_nextn_predict_layers > 0 or model.tie_word_embeddings
    wanted = whole + again * model.vocab_size * model.hidden_size
    assert sum(one.local_parameters for one in ranks) == wanted


@pytest.mark.parametrize("ranks", [2, 4, 8, 16])
@pytest.mark.parametrize("name", ["1f1b", "zb1p", "gpipe", "dualpipe"])
def test_micro_batches_in_flight_are_those_of_the_simulator(
    name: str, ranks: int
) -> None:
    count = 4 * ranks
    timeline = schedule.run(schedule.SCHEDULES[name].plan(ranks, count))
    sizes = {"stages": float(ranks), "micro_batches": float(count)}
    layout = {**training.published_layout(), **sizes, "schedule": name}
    layout |= {"data_parallel_ways": 64.0}
    found = [one.in_flight_count for one in training.memory_by_rank(layout)]
    assert found == list(timeline.peak_chunks)


def _state_bytes(**changes: object) -> float:
    found = training.published_memory(**changes)
    parts = (
        found.weights_bytes,
        found.gradients_bytes,
        found.master_weights_bytes,
        found.moments_bytes,
    )
    return float(sum(parts) / found.local_parameters)


def test_the_paper_on_zero_has_the_same_bytes() -> None:
    dense = {
        "model": "llama-3.1-8b",
        "recipe": "zero",
        "schedule": "1f1b",
        "stages": 1.0,
        "rank": 0.0,
        "expert_parallel_ways": 1.0,
        "data_parallel_ways": 64.0,
    }
    parameters = 7.5e9
    printed = fact("zero.state_bytes_by_stage").numbers
    for stage, wanted in zip("0123", printed, strict=True):
        found = parameters * _state_bytes(**dense, zero_stage=stage)
        assert math.isclose(found, wanted, rel_tol=0.02), stage


def test_mixed_precision_has_the_bytes_of_megatron() -> None:
    wanted = fact("megatron_lm.bytes_per_parameter").number
    assert training.MEMORY_RECIPES["megatron"].parameter_bytes == wanted


def _plain(intermediate: int) -> training.TrainedModel:
    """Return a model with plain attention and a feed-forward that is four wide."""
    model = replace(
        preset("llama-3.1-8b"),
        attention=GroupedQueryAttention(
            num_attention_heads=96, num_key_value_heads=96, head_dim=128
        ),
        hidden_size=12288,
        intermediate_size=intermediate,
    )
    return training.trained_model(model)


@pytest.mark.parametrize(
    ("ways", "divided"),
    [(1, False), (8, False), (8, True)],
)
def test_a_plain_layer_saves_what_megatron_counts(ways: int, divided: bool) -> None:
    whole, copied, cut = fact("megatron_lm.activation_bytes").numbers
    wanted = whole / ways if divided else copied + cut / ways
    hidden = 12288
    formats = training.ACTIVATION_FORMATS["bf16"]
    tensors = [
        one
        for one in training.dense_tensors(_plain(4 * hidden), formats)
        if one.tensor != "softmax statistics"
    ]
    layout = TokenLayout(
        tensor_parallel_ways=ways, sequence_parallel=divided, expert_load_ratio=1
    )
    found = saved_bytes_per_token(tensors, NOTHING, layout) / hidden
    # GPT has two masks of dropout, a byte each, along the stream; and no gate beside
    # the feed-forward's other half: 2 bytes times 4.
    masks = 2 / (ways if divided else 1)
    gate = 2 * 4 / ways
    assert math.isclose(found + masks - gate, wanted)


def test_megatron_core_finds_as_much_in_deepseek_v3() -> None:
    # Within a tenth: its ranks are cut otherwise, and its table is of one of them.
    parts = fact("megatron_core.v3_memory_bytes").numbers
    layout = {
        "recipe": "megatron",
        "schedule": "1f1b",
        "stages": 4.0,
        "data_parallel_ways": 64.0,
        "recomputed": NOTHING,
        "micro_batches": 64.0,
    }
    found = training.published_memory(**layout, rank=1.0)
    states, optimizer, activations = parts
    ours = found.weights_bytes + found.gradients_bytes
    assert math.isclose(ours, states, rel_tol=0.1)
    ours = found.master_weights_bytes + found.moments_bytes
    assert math.isclose(ours, optimizer, rel_tol=0.1)
    # Interleaved stages keep (p - 1) / (p v) more than the four micro-batches here.
    first = training.published_memory(**layout, rank=0.0)
    interleaved = 1 + 3 / (4 * 4)
    assert math.isclose(first.activations_bytes * interleaved, activations, rel_tol=0.1)


def test_the_published_run_fits_and_two_sequences_would_not() -> None:
    ranks = training.memory_by_rank(training.published_layout())
    assert all(one.headroom_bytes > 0 for one in ranks)
    twice = {"micro_batch_sequences": 2.0, "micro_batches": 60.0}
    assert training.published_memory(**twice).headroom_bytes < 0
    memory = hardware.accelerators()["H800 SXM"].memory_bytes
    assert training.published_memory(**twice).activations_bytes > memory


def test_every_trick_saves_and_the_run_needs_the_large_ones() -> None:
    headroom = training.fullest_rank(training.published_layout()).headroom_bytes
    saved = {one.name: one.saved_bytes for one in training.savings()}
    assert all(size > 0 for size in saved.values())
    assert {name for name, size in saved.items() if size > headroom} >= {
        "recomputation",
        "ZeRO-1",
        "FP8 and E5M6 activations",
    }


def test_recomputation_makes_again_what_it_does_not_keep() -> None:
    kept = training.published_memory()
    all_kept = training.published_memory(recomputed=NOTHING)
    model = training.trained_model("deepseek-v3")
    tensors = training.expert_tensors(model, training.ACTIVATION_FORMATS["fp8"])
    tokens = fact("v3.sequence_tokens").number
    made = sum(one.bytes_per_token for one in tensors if one.remade_by) * tokens
    assert kept.recomputed_bytes == made
    assert all_kept.recomputed_bytes == 0
    saved = all_kept.activations_bytes - kept.activations_bytes
    # Rank 1 keeps four expert layers for each of the micro-batches in flight.
    assert saved == kept.in_flight_count * 4 * made


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stages": 15.0}, "stages is 15.0: must be even under DualPipe"),
        ({"rank": 16.0}, "rank is 16.0: must be a whole number from 0, below stages"),
        ({"expert_parallel_ways": 48.0}, "expert_parallel_ways is 48.0: must divide"),
        ({"micro_batches": 16.0}, "micro_batches is 16.0: must be two for each stage"),
        ({"zero_stage": "4"}, "zero_stage is '4': must be one of 0, 1, 2, 3"),
        ({"tensor_parallel_ways": 256.0}, "tensor_parallel_ways is 256.0: must be at"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        training.published_memory(**changes)


def test_the_recipe_on_the_fewest_nodes_fits_and_half_of_them_would_not() -> None:
    # Layout and precision of the recipe: PP8, TP2 with the sequence divided, EP32,
    # BF16 gradients and moments, whole layers recomputed.
    nodes = fact("megatron_bridge.v3_minimal_nodes").number
    half = training.MEMORY_RECIPES["zero"]
    layout = {
        **training.published_layout(),
        "gpu": "H100 SXM",
        "recipe": replace(half, moments_bytes=half.moments_bytes / 2),
        "schedule": "1f1b",
        "stages": 8.0,
        "data_parallel_ways": 16.0,
        "tensor_parallel_ways": 2.0,
        "sequence_parallel": True,
        "expert_parallel_ways": 32.0,
        "recomputed": "whole layers",
    }
    found = training.fullest_rank(layout)
    assert found.training_gpus == nodes * 8
    assert found.headroom_bytes > 0
    halved = {"data_parallel_ways": 8.0, "expert_parallel_ways": 16.0}
    assert training.fullest_rank({**layout, **halved}).headroom_bytes < 0


@pytest.mark.parametrize("sequence_ways", [1, 4])
def test_what_ran_out_of_memory_does_not_fit(sequence_ways: int) -> None:
    # ZeRO-3 over all GPUs, no expert parallelism, one sequence of 32K tokens that is
    # divided over one GPU or four.
    nodes = fact("scienceone.v3_exhausted_nodes").number
    found = training.published_memory(
        gpu="H100 SXM",
        recipe="zero",
        schedule="1f1b",
        stages=1.0,
        rank=0.0,
        data_parallel_ways=nodes * 8,
        expert_parallel_ways=1.0,
        zero_stage="3",
        recomputed="whole layers",
        micro_batches=1.0,
        sequence_tokens=32768.0 / sequence_ways,
    )
    assert found.headroom_bytes < 0


def test_adapters_on_four_bits_fit_on_a_node_or_a_gpu() -> None:
    assert _smallest("deepseek-v3", "qlora").training_gpus == 8
    assert _smallest("llama-3.1-70b", "qlora").training_gpus == 1


def _smallest(model: str, method: str) -> training.SmallestRun:
    return training.smallest_run(
        model=model,
        gpu="H100 SXM",
        recipe="zero",
        method=method,
        adapter_rank=16.0,
        reference=False,
        zero_stage="3",
        recomputed="whole layers",
        sequence_tokens=4096.0,
        micro_batch_sequences=1.0,
        reserved_bytes=4e9,
    )


def test_selective_keeps_what_nothing_makes_again() -> None:
    model = training.trained_model("deepseek-v3")
    tensors = training.expert_tensors(model, training.ACTIVATION_FORMATS["bf16"])
    alone = TokenLayout(
        tensor_parallel_ways=1, sequence_parallel=False, expert_load_ratio=1
    )
    kept = saved_bytes_per_token(tensors, SELECTIVE, alone)
    everything = saved_bytes_per_token(tensors, NOTHING, alone)
    # Norms 2 x 7168 and 2048; up-projections 128 x (192 + 192 + 128); SwiGLU 9 x 2048.
    assert everything - kept == 2 * (2 * 7168 + 2048 + 128 * 512 + 9 * 2048)


def test_four_bits_have_the_scales_of_qlora() -> None:
    wanted = fact("qlora.scale_bits_per_parameter").number
    assert math.isclose(8 * NF4_BYTES - 4, wanted, abs_tol=5e-4)
