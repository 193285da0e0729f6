"""What is kept of every token for the tokens after it.

For each layer one vector of K = C + R numbers a token, the normalised latent beside the
turned rotary key, and nothing else. Sequences of a batch may differ in length.

Twin: accounting/attention.py and accounting/memory.py.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dsv3.architecture import Architecture, LatentAttention
from explorables.arithmetic import require


def cached_size(attention: LatentAttention) -> int:
    """Return the numbers kept of one token in one layer: latent and rotary key.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> cached_size(preset("deepseek-v3").attention)
    576
    """
    return int(attention.kv_lora_rank) + int(attention.qk_rope_head_dim)


class LatentCache:
    """The two-part cache of a batch of sequences, `capacity` positions for each.

    A token is written at its own position, and a query sees positions up to its own.
    What lies beyond a sequence's length is therefore never seen: padding needs no mask,
    and taking tokens back is setting a smaller length.

    Prediction modules keep their tokens too, for drafting, if
    `with_multi_token_prediction` is set.
    """

    def __init__(
        self,
        architecture: Architecture,
        *,
        batch: int,
        capacity: int,
        with_multi_token_prediction: bool = False,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        longest = architecture.max_position_embeddings
        rule = f"must be from 1 to max_position_embeddings, {longest}"
        require("capacity", capacity, 1 <= capacity <= longest, rule)
        modules = int(architecture.num_nextn_predict_layers)
        layers = int(architecture.num_hidden_layers)
        self.architecture = architecture
        self.num_layers = layers + (modules if with_multi_token_prediction else 0)
        self.capacity = capacity
        assert isinstance(architecture.attention, LatentAttention)
        size = cached_size(architecture.attention)
        self.entries_LBTK = torch.zeros(
            self.num_layers, batch, capacity, size, dtype=dtype, device=device
        )
        self.lengths_B = torch.zeros(batch, dtype=torch.long, device=device)
        self.shortest = self.longest = 0

    def positions(self, new: int) -> Int[Tensor, "B S"]:
        """Return the positions of the next tokens of every sequence, if they fit."""
        rule = f"must fit in the cache's {self.capacity} positions"
        end = self.longest + new
        require("the sequence's length", end, end <= self.capacity, rule)
        ahead_S = torch.arange(new, device=self.lengths_B.device)
        return self.lengths_B[:, None] + ahead_S

    def write(
        self,
        layer: int,
        latent_BSK: Float[Tensor, "B S K"],
        positions_BS: Int[Tensor, "B S"],
        end: int,
        start: int | None = None,
    ) -> Float[Tensor, "B T K"]:
        """Keep one layer's new vectors and return all that may be seen, up to `end`.

        Layers of prediction modules come after the main model's. `start` is the
        position of every sequence's first new token, if it is the same.
        """
        rule = f"the cache was made for {self.num_layers} layers"
        require("layer", layer, layer < self.num_layers, rule)
        entries_BTK = self.entries_LBTK[layer]
        if start is not None:
            # One block for all sequences, which no index has to be looked up for.
            entries_BTK[:, start:end] = latent_BSK
        else:
            rows_B = torch.arange(len(positions_BS), device=positions_BS.device)
            entries_BTK[rows_B[:, None], positions_BS] = latent_BSK
        return entries_BTK[:, :end]

    def set_lengths(self, lengths_B: Int[Tensor, " B"]) -> None:
        """Say how much of every sequence is to be kept."""
        rule = f"must be from 0 to the cache's capacity, {self.capacity}"
        lengths = lengths_B.tolist()
        shortest, longest = min(lengths), max(lengths)
        fits = shortest >= 0 and longest <= self.capacity
        require("lengths", lengths, fits, rule)
        self.lengths_B = lengths_B
        self.shortest, self.longest = shortest, longest

    def require_fits(
        self, architecture: Architecture, batch: int, weight: Tensor
    ) -> None:
        """Refuse a model or a batch that this cache was not made for, unchanged."""
        mine, rows = self.architecture, len(self.lengths_B)
        for name in ("attention", "num_hidden_layers", "rope_theta", "rope_scaling"):
            value, made_for = getattr(architecture, name), getattr(mine, name)
            rule = f"the cache was made for {made_for}"
            require(f"the model's {name}", value, value == made_for, rule)
        require("batch", batch, batch == rows, f"the cache has {rows} sequences")
        kept = self.entries_LBTK
        for name in ("dtype", "device"):
            value, made_for = getattr(weight, name), getattr(kept, name)
            rule = f"the cache was made for {made_for}"
            require(f"the model's {name}", value, value == made_for, rule)
