"""Which experts work on a token, with what weight, and how load is balanced.

Section 2.1.2 of the report [deepseekai2024v3]_, equations 13 to 20: scores, the limit
to a few groups, the choice, the gate values, the bias that balances load without a
loss, and the two losses that do it otherwise; and the rules of DeepSeek-V2
[deepseekai2024v2]_ (section 2.2). Where the report and the release differ: gate values
are multiplied by ``routed_scaling_factor``, and groups are ranked by scores with their
bias.

Ties go to the expert, and to the group, of the lower index. A score that is not a
number is refused.

Twin: accounting/experts.py.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dsv3.architecture import Experts
from explorables.arithmetic import require

RANKED_PER_GROUP = 2
"""Scores added up to rank a group in ``noaux_tc``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """What the gate of one layer decided for every token."""

    scores_ME: Tensor
    """Every expert's score, without bias."""

    experts_MA: Tensor
    """The chosen experts, best first."""

    gates_MA: Tensor


class Gate(nn.Module):
    """The router of one expert layer.

    It works in at least 32 bits, because in 16 one token in fifteen chooses other
    experts. Its bias is no parameter: a rule sets it, no gradient. A rule that ranks
    groups by more experts than a group has is refused.
    """

    e_score_correction_bias: Tensor | None

    def __init__(self, hidden_size: int, rule: Experts) -> None:
        super().__init__()
        require_ranked_groups(rule)
        self.rule = rule
        experts = int(rule.n_routed_experts)
        self.weight = nn.Parameter(torch.empty(experts, hidden_size))
        steered = rule.routing_bias
        bias_E = torch.zeros(experts, dtype=torch.float32) if steered else None
        self.register_buffer("e_score_correction_bias", bias_E)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "Gate":
        """Move the gate, but keep its bias in 32 bits at least."""
        bias_E = self.e_score_correction_bias
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call, unused-ignore]
        if bias_E is not None and bias_E.device.type != "meta":
            wide = torch.promote_types(self.weight.dtype, torch.float32)
            self.e_score_correction_bias = bias_E.to(self.weight.device, wide)
        return self

    def forward(self, hidden_MD: Float[Tensor, "M D"]) -> Routing:
        """Choose experts for every token of the normalised residual stream."""
        scores_ME = self.scores(hidden_MD)
        if not scores_ME.is_meta and math.isnan(scores_ME.sum().item()):
            row = int(scores_ME.isnan().any(dim=1).nonzero()[0])
            message = f"router score of token {row} is nan: weights must be finite"
            raise ValueError(message)
        bias_E = self.e_score_correction_bias
        biased_ME = scores_ME if bias_E is None else scores_ME + bias_E
        experts_MA = choose_experts(biased_ME, self.rule)
        gates_MA = gate_values(scores_ME, experts_MA, self.rule)
        return Routing(scores_ME=scores_ME, experts_MA=experts_MA, gates_MA=gates_MA)

    def scores(self, hidden_MD: Float[Tensor, "M D"]) -> Float[Tensor, "M E"]:
        """Return how well each expert suits each token, equation 15.

        s = sigmoid(x · e) in V3, softmax over experts in V2.
        """
        weight_ED: Tensor = self.weight
        if hidden_MD.element_size() < 4:
            hidden_MD, weight_ED = hidden_MD.float(), weight_ED.float()
        logits_ME = nn.functional.linear(hidden_MD, weight_ED)
        if self.rule.scoring_func == "sigmoid":
            return logits_ME.sigmoid()
        return logits_ME.softmax(dim=-1)


def require_ranked_groups(rule: Experts) -> None:
    """Refuse a rule that ranks groups by more experts than a group has."""
    size = rule.n_routed_experts / rule.n_group
    ranked = rule.topk_method != "noaux_tc" or size >= RANKED_PER_GROUP
    words = f"must leave at least {RANKED_PER_GROUP} experts to a group"
    require("n_group", rule.n_group, ranked, words)


def _best(values: Tensor, count: int) -> Tensor:
    """Return the indices of the largest values, ties to the lower index."""
    # A stable sort, since topk leaves the order of ties to the machine.
    return values.sort(dim=-1, descending=True, stable=True).indices[..., :count]


def group_scores(
    biased_ME: Float[Tensor, "M E"], rule: Experts
) -> Float[Tensor, "M G"]:
    """Return by what each group of experts is ranked, from scores with their bias.

    V3 adds up a group's two best scores, V2 takes its best.
    """
    grouped_MGX = biased_ME.view(len(biased_ME), int(rule.n_group), -1)
    if rule.topk_method == "group_limited_greedy":
        return grouped_MGX.amax(dim=-1)
    return grouped_MGX.topk(RANKED_PER_GROUP, dim=-1).values.sum(dim=-1)


def choose_experts(
    biased_ME: Float[Tensor, "M E"], rule: Experts
) -> Int[Tensor, "M A"]:
    """Return the chosen experts of every token, best first, equation 14.

    Only experts in the ``topk_group`` best groups can be chosen: each group
    lives on one node, so a token travels to few of them.

    Examples
    --------
    Two groups of two; the token's best single expert is in the worse group:

    >>> rule = Experts(
    ...     n_routed_experts=4,
    ...     num_experts_per_tok=2,
    ...     moe_intermediate_size=8,
    ...     n_group=2,
    ...     topk_group=1,
    ...     topk_method="noaux_tc",
    ... )
    >>> choose_experts(torch.tensor([[0.9, 0.1, 0.6, 0.5]]), rule).tolist()
    [[2, 3]]
    """
    if rule.topk_method != "greedy" and rule.topk_group < rule.n_group:
        ranks_MG = group_scores(biased_ME, rule)
        kept_MG = _best(ranks_MG, int(rule.topk_group))
        # Minus infinity, not 0: biased scores can be negative.
        penalty_MG = torch.full_like(ranks_MG, -torch.inf).scatter_(1, kept_MG, 0.0)
        grouped_MGX = biased_ME.view(*ranks_MG.shape, -1)
        biased_ME = (grouped_MGX + penalty_MG[..., None]).flatten(1)
    return _best(biased_ME, int(rule.num_experts_per_tok))


def gate_values(
    scores_ME: Float[Tensor, "M E"],
    experts_MA: Int[Tensor, "M A"],
    rule: Experts,
) -> Float[Tensor, "M A"]:
    """Return the weights of the chosen experts, equations 13 and 16.

    From the scores without bias: it steers the choice and nothing else. Where the rule
    normalises them they add up to ``routed_scaling_factor``.
    """
    gates_MA = scores_ME.gather(1, experts_MA)
    if rule.norm_topk_prob:
        gates_MA = gates_MA / (gates_MA.sum(dim=-1, keepdim=True) + 1e-20)
    return gates_MA * rule.routed_scaling_factor
