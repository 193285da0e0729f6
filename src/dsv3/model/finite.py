"""Refusing weights that are not finite, wherever they would come in or go out."""

from collections.abc import Mapping

from torch import Tensor

from explorables.arithmetic import require

MOST_NAMED = 8
"""A message names so many tensors and counts the rest."""


def require_finite(name: str, value: object, tensors: Mapping[str, Tensor]) -> None:
    """Refuse tensors that hold NaN or an infinity; `name` and `value` say whose.

    Examples
    --------
    >>> import torch
    >>> require_finite("model", "mine", {"norm": torch.tensor([1.0, torch.nan])})
    Traceback (most recent call last):
        ...
    ValueError: model is 'mine': weights must be finite; not finite are norm
    """
    bad = [key for key, tensor in tensors.items() if not _is_finite(tensor)]
    named = ", ".join(bad[:MOST_NAMED])
    if len(bad) > MOST_NAMED:
        named += f" and {len(bad) - MOST_NAMED} more"
    require(name, value, not bad, f"weights must be finite; not finite are {named}")


def _is_finite(tensor: Tensor) -> bool:
    if not tensor.numel() or not tensor.is_floating_point():
        return True
    # The extremes carry NaN along, and take one pass without a tensor of flags.
    lowest, highest = tensor.detach().aminmax()
    return bool(lowest.isfinite() & highest.isfinite())
