"""Speculative decoding: a prediction module drafts, the model checks.

The loop yields exactly the greedy text in fewer passes of the model [deepseekai2024v3]_
(section 5.4.3). One token is drafted, as V3 has one module. Exactly means: up to two
logits that agree to rounding, since the model checks two positions in one pass where
greedy decoding has a pass for each.

Twin: accounting/multi_token_prediction.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dsv3.model.cache import LatentCache
from dsv3.model.generation import GREEDY, choose_tokens, require_prompts
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeculativeText:
    """A greedy text and what it took."""

    tokens: tuple[int, ...]

    drafted_tokens: int
    """Drafts that the model checked."""

    accepted_tokens: int
    """Drafts that were the model's own choice."""

    passes: int
    """Passes of the main model, the prompt's included."""

    @property
    def acceptance_share(self) -> float:
        """Share of drafts that were accepted; 0 when none was made."""
        return self.accepted_tokens / max(self.drafted_tokens, 1)


@torch.inference_mode()
def speculate(
    model: Transformer, prompt: Sequence[int], *, new_tokens: int
) -> SpeculativeText:
    """Return the greedy continuation of a prompt, with drafts checked on the way.

    The model needs at least one prediction module.
    """
    modules = len(model.multi_token_prediction)
    rule = "speculative decoding needs a prediction module"
    require("num_nextn_predict_layers", modules, modules > 0, rule)
    # One position more than greedy decoding: the last draft is checked there.
    require_prompts(model, [prompt], new_tokens + 1)
    capacity = len(prompt) + new_tokens + 1
    cache = model.new_cache(
        batch=1, capacity=capacity, with_multi_token_prediction=True
    )
    text, drafted, accepted, passes = [], 0, 0, 1
    device = model.lm_head.weight.device
    known, states = _choices(model, cache, torch.tensor([list(prompt)], device=device))
    # After a pass the tokens that follow each position are known: the prompt's own,
    # and last the model's choice.
    following = [*prompt[1:], known[-1]]
    while True:
        text.append(following[-1])
        if len(text) >= new_tokens:
            break
        draft = _draft(model, cache, states, following)
        pair = torch.tensor([[following[-1], draft]], device=device)
        choices, states = _choices(model, cache, pair)
        drafted, passes = drafted + 1, passes + 1
        right = choices[0] == draft
        if right:
            accepted += 1
            text.append(draft)
        else:
            cache.set_lengths(cache.lengths_B - 1)
        following = choices if right else choices[:1]
        states = states[:, : len(following)]
    return SpeculativeText(
        tokens=tuple(text[:new_tokens]),
        drafted_tokens=drafted,
        accepted_tokens=accepted,
        passes=passes,
    )


def _choices(
    model: Transformer, cache: LatentCache, tokens_BS: Tensor
) -> tuple[list[int], Tensor]:
    """Return the model's choice after each token, and its states there."""
    prediction = model(tokens_BS, cache)
    choices: list[int] = choose_tokens(prediction.logits_BSW[0], GREEDY).tolist()
    return choices, prediction.hidden_BSD


def _draft(
    model: Transformer, cache: LatentCache, states_BSD: Tensor, following: list[int]
) -> int:
    """Return the module's guess of the token after the last known one."""
    tokens_BS = torch.tensor([following], device=states_BSD.device)
    start = cache.longest - len(following)
    further = model.predict_further(states_BSD, tokens_BS, cache=cache, start=start)
    return int(choose_tokens(further.logits_BSW[:, -1], GREEDY)[0])
