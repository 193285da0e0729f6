"""Which experts tokens ask for, when some experts are liked more than others.

Popularities are made up; tokens choose as DeepSeek-V3's gate does, at its sizes.
"""

from typing import TypeAlias

import numpy as np

from dsv3.load_balance.bin_packing import Floats, Ints
from explorables.arithmetic import require

EXPERTS, CHOSEN, GROUPS, GROUP_LIMIT = 256, 8, 8, 4

Law: TypeAlias = tuple[str, float]
"""A law of popularity and its strength."""


def popularity(law: str, strength: float, experts: int, seed: int) -> Floats:
    """Return how much each expert is liked, in random order, the mean being 1.

    By the law ``log-normal``, whose strength is the standard deviation of the
    logarithm, or ``zipf``, by which the n-th expert is liked n to the power of minus
    the strength times as much as the first; 0 is even.

    Examples
    --------
    >>> popularity("zipf", 0.0, 4, seed=0).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    require("law", law, law in {"log-normal", "zipf"}, "must be log-normal or zipf")
    require("strength", strength, 0 <= strength <= 4, "must be from 0 to 4")
    generator = np.random.default_rng(seed)
    liked: Floats
    if law == "zipf":
        liked = generator.permutation(np.arange(1.0, experts + 1) ** -strength)
    else:
        liked = np.exp(strength * generator.standard_normal(experts))
    liked /= liked.mean()
    return liked


def chosen_experts(liked_E: Floats, tokens: int, seed: int) -> Ints:
    """Draw tokens, and return the eight experts of each under V3's limit on groups.

    A token's score of an expert is the logarithm of its popularity plus noise of
    Gumbel's law, so that without a limit experts would be drawn by popularity. The four
    groups with the largest sum of two scores stay, and eight experts of them.
    """
    noise_TE = np.random.default_rng(seed).gumbel(size=(tokens, EXPERTS))
    return chosen_by_score(np.log(liked_E) + noise_TE)


def chosen_by_score(scores_TE: Floats) -> Ints:
    """Return each token's experts: best groups by their two best, then the best.

    Twin: the gate of `dsv3.model.routing`, which needs torch.
    """
    grouped_TGI = scores_TE.reshape(len(scores_TE), GROUPS, -1)
    best_two_TG = np.partition(grouped_TGI, -2, axis=2)[:, :, -2:].sum(axis=2)
    left_out_TG = np.argsort(best_two_TG, axis=1)[:, : GROUPS - GROUP_LIMIT]
    kept_TGI = grouped_TGI.copy()
    kept_TGI[np.arange(len(scores_TE))[:, None], left_out_TG] = -np.inf
    kept_TE = kept_TGI.reshape(scores_TE.shape)
    return np.argpartition(kept_TE, -CHOSEN, axis=1)[:, -CHOSEN:]
