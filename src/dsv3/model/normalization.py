"""Root-mean-square normalisation.

Owns the one norm of the model: before attention, before the feed-forward, on
both latents and before the head. Knows nothing of what it normalises.

Twin: accounting/transformer.py.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class RmsNorm(nn.Module):
    """Divide a vector by its root mean square, then scale each of its parts.

    y = x / sqrt(mean(x²) + eps) · w, in at least 32 bits whatever the weights'
    type: squares of a residual stream do not fit in 16.

    Parameters
    ----------
    size
        Parts of the vector.
    eps
        Added to the mean square, V3's 1e-6.
    """

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, stream: Float[Tensor, "... D"]) -> Float[Tensor, "... D"]:
        """Return the normalised vectors, in the type they came in."""
        wide = stream.to(torch.promote_types(stream.dtype, torch.float32))
        # The kernel is the formula above.
        normed = nn.functional.rms_norm(wide, self.weight.shape, None, self.eps)
        return self.weight * normed.to(stream.dtype)
