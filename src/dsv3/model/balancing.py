"""Keeping experts equally busy: by a bias, or by a loss.

The load of experts, its imbalance, the bias update of the report [deepseekai2024v3]_
(section 2.1.2), its sequence-wise loss (equations 17 to 20) and the classic auxiliary
loss of DeepSeek-V2 [deepseekai2024v2]_ (section 2.2.3).

Twin: accounting/experts.py.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dsv3.model.routing import Routing


def expert_load(experts_MA: Int[Tensor, "M A"], num_experts: int) -> Int[Tensor, " E"]:
    """Return how many tokens each expert works on.

    Examples
    --------
    >>> expert_load(torch.tensor([[0, 2], [2, 1]]), 4).tolist()
    [1, 1, 2, 0]
    """
    return experts_MA.flatten().bincount(minlength=num_experts)


def max_violation(load_E: Int[Tensor, " E"]) -> float:
    """Return MaxVio: by what share the fullest expert passes the mean load.

    0 for perfect balance [wang2024balancing]_ (section 4.1).

    Examples
    --------
    >>> max_violation(torch.tensor([1, 1, 2, 0]))
    1.0
    """
    return float(load_E.max() / load_E.double().mean() - 1)


def updated_bias(
    bias_E: Float[Tensor, " E"], load_E: Int[Tensor, " E"], speed: float
) -> Float[Tensor, " E"]:
    """Return the routing bias after a step: more for the idle, less for the busy.

    b + speed · sign(mean load - load), with the load of the whole batch; the speed is
    gamma, V3's 0.001, then 0.

    Examples
    --------
    >>> updated_bias(torch.zeros(3), torch.tensor([4, 2, 0]), 0.5).tolist()
    [-0.5, 0.0, 0.5]
    """
    load = load_E.to(bias_E.dtype)
    return bias_E + speed * (load.mean() - load).sign()


def sequence_balance_loss(
    routing: Routing, *, batch: int, alpha: float
) -> Float[Tensor, ""]:
    """Return the sequence-wise balance loss, averaged over sequences of one length.

    L = alpha · sum_e f_e P_e, where f_e is E/(A T) times how often e is among a token's
    A best scores, without bias or groups, and P_e is the mean over the sequence of its
    share of all scores (equations 17 to 20). It is alpha, V3's 0.0001, when perfectly
    balanced.
    """
    chosen = routing.experts_MA.shape[-1]
    scores_BSE = routing.scores_ME.unflatten(0, (batch, -1))
    best_BSA = scores_BSE.detach().topk(chosen, dim=-1).indices
    share_BSE = scores_BSE / scores_BSE.sum(dim=-1, keepdim=True)
    return alpha * _frequency_times_share(best_BSA, share_BSE)


def auxiliary_loss(routing: Routing, *, alpha: float) -> Float[Tensor, ""]:
    """Return the classic expert-level balance loss over the whole batch.

    L = alpha · sum_e f_e P_e with the experts that were in fact chosen and the
    mean score P_e [deepseekai2024v2]_ (equations 23 to 25). Scores are made to
    add up to 1, which softmax's already do.
    """
    share_ME = routing.scores_ME / routing.scores_ME.sum(dim=-1, keepdim=True)
    return alpha * _frequency_times_share(routing.experts_MA[None], share_ME[None])


def _frequency_times_share(
    chosen_BSA: Int[Tensor, "B S A"], share_BSE: Float[Tensor, "B S E"]
) -> Float[Tensor, ""]:
    """Return sum_e f_e P_e for each row of tokens, averaged over rows."""
    tokens, experts = share_BSE.shape[1:]
    ones_BSA = torch.ones_like(chosen_BSA, dtype=share_BSE.dtype)
    times_BE = torch.zeros_like(share_BSE[:, 0]).scatter_add(
        1, chosen_BSA.flatten(1), ones_BSA.flatten(1)
    )
    frequency_BE = times_BE * experts / (chosen_BSA.shape[-1] * tokens)
    return (frequency_BE * share_BSE.mean(dim=1)).sum(dim=-1).mean()
