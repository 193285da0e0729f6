"""The model against transformers, with shared weights.

The reference reads our checkpoint from disk, so the names are tested too. A
routing decision that hangs on rounding would decide a test, so tokens are taken
whose every decision has a margin far above it. The differences are logged: ask for
them with ``--log-cli-level=INFO``.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor
from transformers import DeepseekV3ForCausalLM
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from dsv3.model import Transformer, save_checkpoint
from dsv3.model.routing import group_scores

LOGGER = logging.getLogger(__name__)
TOLERANCE = 2e-5
MARGIN = 5e-5
"""Routing scores are about 0.5; their rounding is a thousand times less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    ours: Transformer
    theirs: DeepseekV3ForCausalLM
    tokens: Tensor


def gap(values: Tensor, kept: int) -> float:
    """Return the least distance between the last kept and the first left out."""
    if kept == values.shape[-1]:
        return float("inf")
    ranked = values.sort(dim=-1, descending=True).values
    return float((ranked[:, kept - 1] - ranked[:, kept]).min())


def routing_margin(model: Transformer, tokens: Tensor) -> float:
    with torch.no_grad():
        routings = model(tokens).routings
    gates = [layer.mlp.gate for layer in model.layers if hasattr(layer.mlp, "gate")]
    margins = []
    for gate, routing in zip(gates, routings, strict=True):
        biased = routing.scores_ME + gate.e_score_correction_bias
        rule = gate.rule
        if rule.topk_group < rule.n_group:
            groups = group_scores(biased, rule)
            margins.append(gap(groups, rule.topk_group))
            kept = groups >= groups.topk(rule.topk_group).values[:, -1:]
            size = rule.n_routed_experts // rule.n_group
            outside = ~kept.repeat_interleave(size, dim=1)
            biased = biased.masked_fill(outside, -torch.inf)
        margins.append(gap(biased, rule.num_experts_per_tok))
    return min(margins)


def clear_tokens(model: Transformer) -> Tensor:
    for seed in range(50):
        generator = torch.Generator().manual_seed(seed)
        tokens = torch.randint(0, 257, (2, 24), generator=generator)
        if routing_margin(model, tokens) > MARGIN:
            return tokens
    message = "no tokens with a clear routing were found"
    raise AssertionError(message)


@pytest.fixture(scope="module")
def pair(
    variant: str,
    build: Callable[..., Transformer],
    tmp_path_factory: pytest.TempPathFactory,
) -> Pair:
    folder = tmp_path_factory.mktemp("checkpoint")
    # It reports the prediction module's weights, which its main class leaves out.
    set_verbosity_error()
    disable_progress_bar()
    ours = build(variant)
    save_checkpoint(ours, folder)
    theirs = DeepseekV3ForCausalLM.from_pretrained(folder, attn_implementation="eager")
    return Pair(ours=ours, theirs=theirs.eval(), tokens=clear_tokens(ours))


def difference(ours: Tensor, theirs: Tensor) -> float:
    return float((ours - theirs).detach().abs().max())


def test_logits_and_hidden_states_agree(pair: Pair, variant: str) -> None:
    states: list[Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda _m, _i, out: states.append(out[0]))
        for layer in pair.ours.layers
    ]
    prediction = pair.ours(pair.tokens)
    for hook in hooks:
        hook.remove()
    reference = pair.theirs(pair.tokens, output_hidden_states=True)
    # The reference lists the embedding first and normalises the last state.
    pairs = zip(states[:-1], reference.hidden_states[1:-1], strict=True)
    hidden = [difference(one, other) for one, other in pairs]
    hidden.append(difference(prediction.hidden_BSD, reference.hidden_states[-1]))
    logits = difference(prediction.logits_BSW, reference.logits)
    LOGGER.info("%s: logits %.1e, hidden states %.1e", variant, logits, max(hidden))
    assert prediction.logits_BSW.abs().max() > 2, "logits too small to show a mistake"
    assert logits < TOLERANCE
    assert max(hidden) < TOLERANCE


def test_decoding_with_a_cache_agrees(pair: Pair, variant: str) -> None:
    cache = pair.ours.new_cache(batch=2, capacity=24)
    past, worst = None, 0.0
    for start, end in (
        (0, 10),
        (10, 11),
        (11, 15),
        *((t, t + 1) for t in range(15, 24)),
    ):
        part = pair.tokens[:, start:end]
        with torch.inference_mode():
            ours = pair.ours(part, cache).logits_BSW
            reference = pair.theirs(part, past_key_values=past, use_cache=True)
        past = reference.past_key_values
        worst = max(worst, difference(ours, reference.logits))
    LOGGER.info("%s: cached decode %.1e", variant, worst)
    assert worst < TOLERANCE


def test_gradients_agree(pair: Pair, variant: str) -> None:
    pair.ours.zero_grad()
    pair.theirs.zero_grad()
    answers = pair.tokens.roll(1, dims=1).flatten()
    for logits in (pair.ours(pair.tokens).logits_BSW, pair.theirs(pair.tokens).logits):
        torch.nn.functional.cross_entropy(logits.flatten(0, 1), answers).backward()
    theirs = dict(pair.theirs.named_parameters())
    compared, worst = 0, 0.0
    for name, weight in pair.ours.named_parameters():
        if name.startswith("multi_token_prediction"):
            continue
        other = theirs[name if name.startswith("lm_head") else f"model.{name}"]
        assert weight.grad is not None
        assert other.grad is not None
        worst = max(worst, difference(weight.grad, other.grad))
        compared += 1
    LOGGER.info("%s: gradients %.1e", variant, worst)
    assert compared == len(theirs)
    assert worst < TOLERANCE


def test_a_wrong_rule_is_seen(pair: Pair) -> None:
    """The same comparison fails when only the norms' eps is another."""
    for module in pair.ours.modules():
        if hasattr(module, "eps"):
            module.eps = 1e-4
    try:
        ours = pair.ours(pair.tokens).logits_BSW
    finally:
        for module in pair.ours.modules():
            if hasattr(module, "eps"):
                module.eps = 1e-6
    assert difference(ours, pair.theirs(pair.tokens).logits) > TOLERANCE


def test_the_prediction_module_agrees(pair: Pair) -> None:
    from transformers.modeling_layers import MtpModel  # noqa: PLC0415 - heavy

    module = pair.ours.multi_token_prediction[0]
    reference = MtpModel(pair.theirs, 1)
    names = {"block.": "mtp_block.", "norm.": "post_norm."}
    state = {}
    for name, weight in module.state_dict().items():
        start = next((old for old in names if name.startswith(old)), "")
        state[f"layers.0.{names.get(start, '')}{name.removeprefix(start)}"] = weight
    own = {name for name in reference.state_dict() if name.startswith("layers.")}
    assert own == set(state)
    reference.load_state_dict(state, strict=False)
    hidden = pair.ours(pair.tokens).hidden_BSD[:, :-1]
    further = pair.ours.predict_further(hidden, pair.tokens[:, 1:])
    layer = reference.layers[0]
    positions = torch.arange(23)[None]
    rotary = reference.rotary_emb(hidden, positions)
    mask = torch.full((23, 23), -torch.inf).triu(1)[None, None]
    other = layer(
        inputs_embeds=reference.embed_tokens(pair.tokens[:, 1:]),
        previous_hidden_state=hidden,
        position_embeddings=rotary,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=None,
    )
    assert difference(further.hidden_BSD, other) < TOLERANCE
