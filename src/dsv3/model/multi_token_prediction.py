"""Predicting a token further ahead, and what that adds to training.

Section 2.2 of the report [deepseekai2024v3]_, equations 21 to 25. Report and release
differ twice, and the released weights decide: equation 21 puts the hidden state before
the embedding, while the weights of ``eh_proj`` have the embedding first; and the state
that is handed on is the one after the final norm, as serving engines and transformers
do, where the report does not say.

Twin: accounting/multi_token_prediction.py.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dsv3.architecture import Architecture
from dsv3.model.attention import Context
from dsv3.model.block import Block
from dsv3.model.normalization import RmsNorm
from dsv3.model.routing import Routing


class MultiTokenPrediction(nn.Module):
    """One module, `depth` from 0; embedding and head are the main model's."""

    def __init__(self, architecture: Architecture, depth: int) -> None:
        super().__init__()
        hidden, eps = int(architecture.hidden_size), architecture.rms_norm_eps
        self.enorm = RmsNorm(hidden, eps)
        self.hnorm = RmsNorm(hidden, eps)
        self.eh_proj = nn.Linear(2 * hidden, hidden, bias=False)
        self.block = Block(architecture, int(architecture.num_hidden_layers) + depth)
        self.norm = RmsNorm(hidden, eps)

    def forward(
        self,
        hidden_BSD: Float[Tensor, "B S D"],
        embedding_BSD: Float[Tensor, "B S D"],
        context: Context,
    ) -> tuple[Float[Tensor, "B S D"], Routing | None]:
        """Return the states from which the head reads one token further, and routing.

        `hidden_BSD` are the states one prediction nearer, after their norm;
        `embedding_BSD` is of the tokens that those states predict.
        """
        joined = (self.enorm(embedding_BSD), self.hnorm(hidden_BSD))
        hidden_BSD = self.eh_proj(torch.cat(joined, dim=-1))  # equation 21
        hidden_BSD, routing = self.block(hidden_BSD, context)  # equation 22
        return self.norm(hidden_BSD), routing


def prediction_loss(
    logits_BSW: Float[Tensor, "B S W"], tokens_BT: Int[Tensor, "B T"], ahead: int
) -> Float[Tensor, ""]:
    """Return the mean cross-entropy of predicting some tokens ahead, in nats.

    The sum over all predictions that have an answer, divided as in equation 24 by the
    T-1 predictions of one token ahead, whatever the depth. `ahead` is 1 for the main
    model and k + 1 for module k; predictions without an answer are ignored.

    Examples
    --------
    Knowing nothing of four tokens costs log 4:

    >>> tokens = torch.tensor([[0, 1, 2]])
    >>> round(float(prediction_loss(torch.zeros(1, 3, 4), tokens, 1)), 4)
    1.3863
    """
    batch, size = tokens_BT.shape
    made = size - ahead
    predicted_MW = logits_BSW[:, :made].flatten(0, 1)
    answers_M = tokens_BT[:, ahead:].flatten()
    total = cross_entropy(predicted_MW, answers_M, reduction="sum")
    return total / (batch * (size - 1))


def training_loss(
    logits: Sequence[Float[Tensor, "B _ W"]],
    tokens_BT: Int[Tensor, "B T"],
    weight: float,
) -> Float[Tensor, ""]:
    """Return the main loss with the modules' added, in nats, equation 25.

    L = L_main + weight / D · (L_1 + ... + L_D), from the main model's logits, then each
    module's. The weight is lambda, 0.3 for V3's first 10T tokens and 0.1 after.
    """
    main, *further = (
        prediction_loss(logits_BSW, tokens_BT, ahead)
        for ahead, logits_BSW in enumerate(logits, start=1)
    )
    if not further:
        return main
    return main + weight / len(further) * torch.stack(further).sum()
