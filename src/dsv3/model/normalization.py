"""Root-mean-square normalisation, the one norm of the model.

It stands before attention, before the feed-forward, on both latents and before the
head.

Twin: accounting/transformer.py.
"""

from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor, nn


class RmsNorm(nn.Module):
    """Divide a vector by its root mean square, then scale each of its parts.

    y = x / sqrt(mean(x²) + eps) · w, in at least 32 bits whatever the weights' type:
    squares of a residual stream do not fit in 16. V3's eps is 1e-6.
    """

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, stream: Float[Tensor, "... D"]) -> Float[Tensor, "... D"]:
        """Return the normalised vectors, in the type they came in."""
        wide = stream if stream.element_size() >= 4 else stream.float()
        # Spelled out, since torch's rms_norm has no kernel of its own on a CPU and
        # takes twice as long. A length is one pass over the vector, its scale one
        # number, and only the last line touches all parts again.
        length = torch.linalg.vector_norm(wide, dim=-1, keepdim=True)
        eps, share = _number(self.eps, wide.dtype, wide.device), 1 / wide.shape[-1]
        scale = torch.addcmul(eps, length, length, value=share).rsqrt()
        return self.weight * (wide * scale).to(stream.dtype)


@cache
def _number(value: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Return a number as a tensor, made once: a model asks for it in every norm."""
    # An ordinary tensor, whatever mode it is first asked for in.
    with torch.inference_mode(mode=False):
        return torch.tensor(value, dtype=dtype, device=device)
