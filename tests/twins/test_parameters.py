"""The torch model holds exactly the parameters that accounting counts."""

from collections import Counter
from collections.abc import Callable

import pytest
import torch

from dsv3.accounting import checkpoint_elements, kv_cache_bytes, parameter_count
from dsv3.architecture import Architecture, LatentAttention, preset, read_config
from dsv3.model import Transformer, tiny
from dsv3.model.checkpoint import checkpoint_tensors
from dsv3.model.configuration import config_fields

PARTS = {
    "embed_tokens.weight": "embedding_parameters",
    "lm_head.weight": "head_parameters",
    "q_proj.weight": "query_projection_parameters",
    "q_a_proj.weight": "query_projection_parameters",
    "q_b_proj.weight": "query_projection_parameters",
    "kv_a_proj_with_mqa.weight": "key_value_projection_parameters",
    "kv_b_proj.weight": "key_value_projection_parameters",
    "o_proj.weight": "output_projection_parameters",
    "q_a_layernorm.weight": "attention_norm_parameters",
    "kv_a_layernorm.weight": "attention_norm_parameters",
    "_proj.bias": "attention_bias_parameters",
    "_with_mqa.bias": "attention_bias_parameters",
    "norm.weight": "norm_parameters",
    "experts.gate_up_proj": "routed_experts_parameters",
    "experts.down_proj": "routed_experts_parameters",
    "gate.weight": "router_parameters",
    "e_score_correction_bias": "routing_bias_parameters",
}
"""The part of the count that a tensor belongs to, by the end of its name."""


def part_of(name: str) -> str:
    if ".shared_experts." in name:
        return "shared_experts_parameters"
    if ".mlp." in name and name.split(".mlp.")[1].count("_proj.weight"):
        return "dense_feed_forward_parameters"
    endings = [ending for ending in PARTS if name.endswith(ending)]
    return PARTS[max(endings, key=len)]


def architecture_of(name: str) -> Architecture:
    if not name.startswith("tiny"):
        return preset(name)
    change = {"attention_bias": name == "tiny with biases"}
    return read_config(config_fields(tiny()) | change)


NAMES = ["tiny", "tiny with biases", "deepseek-v3", "deepseek-v2", "deepseek-v2-lite"]


@pytest.mark.parametrize("name", NAMES)
def test_every_part_agrees_to_the_unit(
    name: str, on_paper: Callable[[Architecture], Transformer]
) -> None:
    architecture = architecture_of(name)
    count = parameter_count(architecture)
    held: Counter[str] = Counter()
    modules = 0
    for tensor_name, tensor in on_paper(architecture).state_dict().items():
        if tensor_name.startswith("multi_token_prediction."):
            modules += tensor.numel()
        else:
            held[part_of(tensor_name)] += tensor.numel()
    assert dict(held) == {part: n for part, n in count.parts().items() if n}
    assert held.total() == count.total
    assert modules == count.multi_token_prediction.total_parameters


def test_deepseek_v3_holds_671_026_419_200(
    on_paper: Callable[[Architecture], Transformer],
) -> None:
    """The figure the weights and the transformers class agree on."""
    tensors = on_paper(preset("deepseek-v3")).state_dict()
    main = {n: t for n, t in tensors.items() if not n.startswith("multi_token")}
    assert sum(tensor.numel() for tensor in main.values()) == 671_026_419_200
    biases = [n for n in main if n.endswith("e_score_correction_bias")]
    assert sum(main[name].numel() for name in biases) == 58 * 256


def test_the_checkpoint_holds_what_was_counted(
    on_paper: Callable[[Architecture], Transformer],
) -> None:
    """Without FP8 there are no scales, so every element is a weight or a bias."""
    architecture = tiny()
    counted = checkpoint_elements(architecture)
    tensors = checkpoint_tensors(on_paper(architecture))
    biases = sum(t.numel() for n, t in tensors.items() if n.endswith("_bias"))
    assert sum(tensor.numel() for tensor in tensors.values()) == counted.total_elements
    assert biases == counted.f32_elements


def test_the_released_checkpoint_has_as_many_elements(
    on_paper: Callable[[Architecture], Transformer],
) -> None:
    """684,531,386,000 elements, of which the block scales are not the model's."""
    architecture = preset("deepseek-v3")
    counted = checkpoint_elements(architecture)
    shapes = {
        name: tensor.shape
        for name, tensor in checkpoint_tensors(on_paper(architecture)).items()
    }
    fp8 = [n for n in shapes if n.endswith("_proj.weight") and "eh_proj" not in n]
    fp8 += [n for n in shapes if n.endswith("kv_a_proj_with_mqa.weight")]
    assert sum(shapes[name].numel() for name in fp8) == counted.f8_e4m3_elements
    scales = sum(-(-shapes[n][0] // 128) * -(-shapes[n][1] // 128) for n in fp8)
    weights = sum(shape.numel() for shape in shapes.values())
    assert weights + scales == counted.total_elements == 684_531_386_000
    assert any(name.startswith("model.layers.61.") for name in shapes)


@pytest.mark.parametrize("name", ["tiny", "deepseek-v3", "deepseek-v2-lite"])
def test_the_cache_takes_the_counted_bytes(
    name: str, on_paper: Callable[[Architecture], Transformer]
) -> None:
    architecture = architecture_of(name)
    model = on_paper(architecture).to(torch.bfloat16)
    cache = model.new_cache(batch=3, capacity=100)
    counted = kv_cache_bytes(architecture, 100, sequences=3)
    assert cache.entries_LBTK.nbytes == counted
    attention = architecture.attention
    assert isinstance(attention, LatentAttention)
    per_token = attention.kv_lora_rank + attention.qk_rope_head_dim
    assert cache.entries_LBTK[0, 0, 0].numel() == per_token


def test_the_config_that_is_written_counts_the_same() -> None:
    again = read_config(config_fields(tiny()))
    assert parameter_count(again) == parameter_count(tiny())
