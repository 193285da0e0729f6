"""A router among toy experts: balance in motion, in a second.

A stream of tokens is about topics of unequal popularity, one of which turns hot on the
way, and one layer learns from it: the model's own gate, with experts that are single
matrices. Experiments run it; the page trains its counterpart without torch,
:mod:`dsv3.load_balance.router_training`.
"""

from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import mse_loss, one_hot

from dsv3.architecture import Experts
from dsv3.learning.specialization import starved_experts
from dsv3.model.balancing import (
    auxiliary_loss,
    expert_load,
    max_violation,
    updated_bias,
)
from dsv3.model.routing import Gate, Routing
from explorables.arithmetic import require

EXPERTS, CHOSEN, NODES, NODE_LIMIT = 32, 4, 8, 2
TOPICS, HIDDEN, TOKENS = 24, 16, 512
LEARNING_RATE, NOISE = 0.02, 0.5

METHODS = ("none", "loss", "bias")
"""How the sandbox can keep its experts busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterStep:
    """What one step of the sandbox did."""

    max_violation: float
    """MaxVio: excess of the most loaded expert over the mean."""

    starved_experts: int
    """Experts with less than a tenth of the mean load."""

    nodes_per_token: float
    """Nodes that a token is sent to, the mean."""

    error_share: float
    """Squared error of the toy task, as a share of doing nothing."""

    load_E: tuple[int, ...]
    """Tokens of each expert."""


class ToyExperts(nn.Module):
    """The model's gate in front of experts that are one matrix each."""

    def __init__(self, rule: Experts, generator: torch.Generator) -> None:
        super().__init__()
        self.gate = Gate(HIDDEN, rule)
        experts = torch.empty(EXPERTS, HIDDEN, HIDDEN)
        self.experts_EDX = nn.Parameter(experts)
        for weight in self.parameters():
            nn.init.normal_(weight, std=0.2, generator=generator)

    @property
    def bias_E(self) -> Float[Tensor, " E"]:
        """The gate's bias, which V3's gate always has."""
        bias_E = self.gate.e_score_correction_bias
        assert bias_E is not None
        return bias_E

    def forward(
        self, hidden_MD: Float[Tensor, "M D"]
    ) -> tuple[Float[Tensor, "M X"], Routing]:
        """Return the weighted sum over each token's experts, and the choice."""
        routing = self.gate(hidden_MD)
        # So few and so small that all may work: idle ones are weighted with 0.
        weight_ME = torch.zeros_like(routing.scores_ME).scatter(
            1, routing.experts_MA, routing.gates_MA
        )
        weighted_MED = weight_ME[:, :, None] * hidden_MD[:, None]
        return weighted_MED.flatten(1) @ self.experts_EDX.flatten(0, 1), routing


class TopicStream:
    """Tokens about topics, the first asked for most; then the last turns hot."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator
        self.centre_XD = torch.randn(TOPICS, HIDDEN, generator=generator)
        self.answer_XD = torch.randn(TOPICS, HIDDEN, generator=generator)
        # Zipf's law: the second topic is half as common as the first, and so on.
        self.popularity_X = 1 / torch.arange(1, TOPICS + 1)
        self.popularity_X /= self.popularity_X.sum()

    def batch(
        self, hot_share: float
    ) -> tuple[Float[Tensor, "M D"], Float[Tensor, "M D"]]:
        """Return tokens and their answers; a share of them is about the hot topic."""
        popularity_X = self.popularity_X * (1 - hot_share)
        popularity_X[-1] += hot_share
        topic_M = torch.multinomial(
            popularity_X, TOKENS, replacement=True, generator=self.generator
        )
        noise_MD = torch.randn(TOKENS, HIDDEN, generator=self.generator)
        return self.centre_XD[topic_M] + NOISE * noise_MD, self.answer_XD[topic_M]


def _rule(*, node_limit: bool) -> Experts:
    return Experts(
        n_routed_experts=EXPERTS,
        num_experts_per_tok=CHOSEN,
        moe_intermediate_size=HIDDEN,
        n_group=NODES,
        topk_group=NODE_LIMIT if node_limit else NODES,
        scoring_func="sigmoid",
        topk_method="noaux_tc",
    )


@cache
def router_history(
    *,
    method: str = "bias",
    strength: float = 0.01,
    node_limit: bool = True,
    steps: int = 128,
    shock_step: int = 64,
    hot_share: float = 0.4,
    seed: float = 0,
) -> tuple[RouterStep, ...]:
    """Train the sandbox and return what every step, each of 512 tokens, did.

    The method is ``none``, ``loss`` (the classic auxiliary loss) or ``bias`` (V3's
    rule); `strength` is the loss's factor, or the bias's step. With the node limit a
    token may visit two of the eight nodes only. From `shock_step` on, `hot_share` of
    the tokens are about the hot topic.
    """
    rule = f"must be one of {', '.join(METHODS)}"
    require("method", method, method in METHODS, rule)
    require("strength", strength, 0 <= strength <= 1, "must be from 0 to 1")
    require("hot_share", hot_share, 0 <= hot_share <= 1, "must be from 0 to 1")
    require("steps", steps, steps >= 1, "must be at least 1")
    require("seed", seed, seed >= 0 and seed % 1 == 0, "must be a whole number from 0")
    generator = torch.Generator().manual_seed(int(seed))
    layer = ToyExperts(_rule(node_limit=node_limit), generator)
    stream = TopicStream(generator)
    optimizer = torch.optim.AdamW(layer.parameters(), lr=LEARNING_RATE, fused=True)
    history = []
    for step in range(steps):
        tokens_MD, answers_MD = stream.batch(hot_share if step >= shock_step else 0.0)
        output_MD, routing = layer(tokens_MD)
        error = mse_loss(output_MD, answers_MD)
        loss = error
        if method == "loss":
            loss = loss + auxiliary_loss(routing, alpha=strength)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        done = _told(routing, float(error.detach() / answers_MD.square().mean()))
        history.append(done)
        if method == "bias":
            layer.gate.e_score_correction_bias = updated_bias(
                layer.bias_E, torch.tensor(done.load_E), strength
            )
    return tuple(history)


def _told(routing: Routing, error_share: float) -> RouterStep:
    load_E = expert_load(routing.experts_MA, EXPERTS)
    nodes_MA = routing.experts_MA // (EXPERTS // NODES)
    visited_MG = one_hot(nodes_MA, NODES).amax(dim=1)
    return RouterStep(
        max_violation=max_violation(load_E),
        starved_experts=starved_experts(load_E),
        nodes_per_token=float(visited_MG.sum(dim=1).double().mean()),
        error_share=error_share,
        load_E=tuple(load_E.tolist()),
    )
