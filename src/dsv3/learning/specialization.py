"""What experts are used for: how unevenly, and for which kind of text.

Each measure has beside it the control that it must beat.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

STARVED_SHARE = 0.1
"""An expert is starved when its load is below this share of the mean."""


def starved_experts(load_E: Int[Tensor, " E"]) -> int:
    """Return how many experts get less than a tenth of the mean load.

    They learn from next to nothing.

    Examples
    --------
    >>> starved_experts(torch.tensor([90, 5, 25, 0]))
    1
    """
    load = load_E.double()
    return int((load < STARVED_SHARE * load.mean()).sum())


def domain_information(counts_DWE: Int[Tensor, "D W E"]) -> float:
    """Return how much one routed choice tells of the kind of text, as a share.

    I(domain; expert) / H(domain), the mutual information of the kind of text and the
    chosen expert over the entropy of the kind: 0 if every kind uses experts alike, 1 if
    no expert serves two kinds. Counts are by kind of text, piece of text and expert.

    Examples
    --------
    >>> domain_information(torch.tensor([[[4, 0]], [[0, 4]]]))
    1.0
    >>> domain_information(torch.tensor([[[2, 2]], [[2, 2]]]))
    0.0
    """
    joint_DE = counts_DWE.sum(1).double()
    joint_DE = joint_DE / joint_DE.sum()
    domain_D, expert_E = joint_DE.sum(1), joint_DE.sum(0)
    entropy = _entropy(domain_D)
    return float(
        (entropy + _entropy(expert_E) - _entropy(joint_DE.flatten())) / entropy
    )


def _entropy(share: Float[Tensor, " X"]) -> Float[Tensor, ""]:
    """Return the entropy in nats; nothing contributes nothing."""
    logarithm: Tensor = torch.special.xlogy(share, share)
    return -logarithm.sum()


def shuffled_information(
    counts_DWE: Int[Tensor, "D W E"], shuffles: int, generator: torch.Generator
) -> Float[Tensor, " X"]:
    """Return the same share with pieces of text dealt to kinds at random, deal by deal.

    Whole pieces are dealt, since the tokens of one piece resemble each other: shuffling
    tokens would make any difference look real. This is what chance alone would show.
    """
    kinds, pieces, experts = counts_DWE.shape
    flat_WE = counts_DWE.reshape(kinds * pieces, experts)
    deals = (
        flat_WE[torch.randperm(len(flat_WE), generator=generator)].view_as(counts_DWE)
        for _ in range(shuffles)
    )
    return torch.tensor([domain_information(deal) for deal in deals])
