"""The memory of training by formula, against the bytes that torch keeps."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.utils.checkpoint import checkpoint

from dsv3 import model, parallel, schedule, training
from dsv3.architecture import LatentAttention
from dsv3.training.saved_activations import (
    LAYERS,
    NOTHING,
    TokenLayout,
    saved_bytes_per_token,
)

ALONE = TokenLayout(
    tensor_parallel_ways=1, sequence_parallel=False, expert_load_ratio=1
)
FLOAT, INTEGER, COMPLEX = 4, 8, 8
SEQUENCES, TOKENS = 2, 16
SIZES = model.tiny()
FORMATS = training.ACTIVATION_FORMATS["fp32"]


def network() -> model.Transformer:
    return model.Transformer(SIZES, torch.Generator().manual_seed(0))


def tokens() -> Tensor:
    random = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (SEQUENCES, TOKENS), generator=random)


def saved_bytes(run: Callable[[], object], net: model.Transformer) -> int:
    """Return the bytes that autograd keeps of a pass, weights aside, each once."""
    weights = {one.untyped_storage().data_ptr() for one in net.parameters()}
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        place = tensor.untyped_storage().data_ptr()
        if place not in weights:
            kept[place] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        output = run()
    del output
    return sum(one.untyped_storage().nbytes() for one in kept.values())


def unfused_attention() -> int:
    """Bytes of a token that torch keeps because its operations are not fused."""
    kind = SIZES.attention
    assert isinstance(kind, LatentAttention)
    hidden, rank = int(SIZES.hidden_size), int(kind.q_lora_rank or 0)
    latent, turned = int(kind.kv_lora_rank), int(kind.qk_rope_head_dim)
    # A norm keeps the scaled vector, its length and its scale beside in and output.
    norms = sum(size + 2 for size in (hidden, hidden, rank, latent))
    heads, query, value = (
        int(kind.num_attention_heads),
        int(kind.qk_head_dim),
        int(kind.v_head_dim),
    )
    # The CPU's kernel takes values as wide as keys, and gives sums as wide.
    padded = heads * (query - value) + heads * query
    # The rotary key lies beside the normed latent, in the same memory.
    turns = turned // 2 * COMPLEX
    return FLOAT * (norms + padded + turned) + turns


def test_every_saved_byte_of_a_dense_layer_is_accounted_for() -> None:
    net, ids = network(), tokens()
    context, stream = net._context(ids, None, None), net.embed_tokens(ids)
    found = saved_bytes(lambda: net.layers[0](stream, context), net)
    counted = training.dense_tensors(training.trained_model(SIZES), FORMATS)
    assert SIZES.intermediate_size is not None
    silu = FLOAT * int(SIZES.intermediate_size)
    wanted = saved_bytes_per_token(counted, NOTHING, ALONE) + unfused_attention() + silu
    assert found == wanted * SEQUENCES * TOKENS


def test_every_saved_byte_of_an_expert_layer_is_accounted_for() -> None:
    net, ids = network(), tokens()
    context, stream = net._context(ids, None, None), net.embed_tokens(ids)
    found = saved_bytes(lambda: net.layers[1](stream, context), net)
    counted = training.expert_tensors(training.trained_model(SIZES), FORMATS)
    experts = SIZES.experts
    assert experts is not None
    visits, inner = int(experts.num_experts_per_tok), int(experts.moe_intermediate_size)
    groups, count = int(experts.n_group), int(experts.n_routed_experts)
    # Of a visit: silu, the product before its gate value, the output, and the gate
    # value twice; of the shared expert: silu.
    rows = visits * (2 * inner + int(SIZES.hidden_size) + 1) + inner
    # Order of groups by their two best, of groups, and of experts; the gates' sum.
    ranks = INTEGER * (2 * groups + groups + count) + FLOAT
    # A visit's place and its token in eight bytes each, where four are counted once.
    places = visits * (2 * INTEGER - FLOAT)
    extra = unfused_attention() + FLOAT * rows + ranks + places
    wanted = saved_bytes_per_token(counted, NOTHING, ALONE) + extra
    assert found == wanted * SEQUENCES * TOKENS


def test_a_layer_that_is_recomputed_keeps_its_input_and_nothing_else() -> None:
    net, ids = network(), tokens()
    context, stream = net._context(ids, None, None), net.embed_tokens(ids)
    weighed = training.trained_model(SIZES)
    tensors = training.dense_tensors(weighed, FORMATS)

    def run() -> object:
        return checkpoint(net.layers[0], stream, context, use_reentrant=False)

    wanted = saved_bytes_per_token(tensors, LAYERS, ALONE) * SEQUENCES * TOKENS
    assert saved_bytes(run, net) == wanted


def test_the_loss_keeps_one_number_for_each_logit() -> None:
    net = network()
    logits = torch.zeros(SEQUENCES, TOKENS, int(SIZES.vocab_size), requires_grad=True)
    answers = tokens().flatten()
    found = saved_bytes(lambda: cross_entropy(logits.flatten(0, 1), answers), net)
    one = training.published_memory(**_on_one_gpu())
    # Beside them the answers, and the sum of weights that the mean divides by.
    assert found == one.logits_bytes / 2 + INTEGER * SEQUENCES * TOKENS + FLOAT


def _on_one_gpu() -> dict[str, object]:
    return {
        "model": SIZES,
        "recipe": "fp32",
        "schedule": "1f1b",
        "stages": 1.0,
        "rank": 0.0,
        "data_parallel_ways": 1.0,
        "expert_parallel_ways": 1.0,
        "zero_stage": "0",
        "recomputed": NOTHING,
        "micro_batches": 1.0,
        "micro_batch_sequences": float(SEQUENCES),
        "sequence_tokens": float(TOKENS),
    }


def _nbytes(tensors: object) -> int:
    return sum(one.nbytes for one in tensors)  # type: ignore[attr-defined]


def test_weights_gradients_and_moments_have_the_bytes_of_torch() -> None:
    net, ids = network(), tokens()
    optimizer = torch.optim.AdamW(net.parameters())
    predictions = net.predict_all(ids)
    logits = [one.logits_BSW for one in predictions]
    model.training_loss(logits, ids, 0.3).backward()
    optimizer.step()
    moments = [
        one
        for state in optimizer.state.values()
        for name, one in state.items()
        if name.startswith("exp_avg")
    ]
    found = training.published_memory(**_on_one_gpu())
    assert found.weights_bytes == _nbytes(net.state_dict().values())
    gradients = [one.grad for one in net.parameters() if one.grad is not None]
    assert found.gradients_bytes == _nbytes(gradients)
    assert found.moments_bytes == _nbytes(moments)
    assert found.master_weights_bytes == found.fp8_copies_bytes == 0


@pytest.mark.parametrize("name", ["1f1b", "zb1p", "gpipe"])
def test_a_stage_keeps_as_many_micro_batches_as_a_step_in_pieces_does(
    name: str,
) -> None:
    net = network()
    random = torch.Generator().manual_seed(1)
    batches = [torch.randint(0, 256, (1, 8), generator=random) for _ in range(8)]
    order = schedule.run(schedule.SCHEDULES[name].plan(4, 8)).in_order()
    kept = parallel.pipeline_step(net, batches, order, stages=4).most_kept
    counted = [
        training.in_flight_count(name, stage=stage, stages=4, micro_batches=8)
        for stage in range(4)
    ]
    assert list(kept) == counted
