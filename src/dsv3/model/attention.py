"""Multi-head latent attention, in the naive and the absorbed form.

Section 2.1.1 of the report [deepseekai2024v3]_, equations 1 to 11. With the released
names: ``kv_a_proj_with_mqa`` is W^DKV above W^KR, ``kv_b_proj`` is W^UK and W^UV
interleaved by head, ``q_a_proj`` and ``q_b_proj`` are W^DQ and W^UQ with W^QR,
``o_proj`` is W^O. Where report and release differ: both latents are normalised before
they are projected up.

Twin: accounting/attention.py.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import pad, scaled_dot_product_attention

from dsv3.architecture import Architecture, LatentAttention
from dsv3.model.cache import LatentCache
from dsv3.model.normalization import RmsNorm
from dsv3.model.rotary import Rotation, rotate, score_temperature


class AttentionForm(StrEnum):
    """How keys and values are had from the latents; the result is the same."""

    NAIVE = "naive"
    """Every position's keys and values are rebuilt: least work for many queries."""

    ABSORBED = "absorbed"
    """Queries go down to the latents instead: nothing is rebuilt, so one query
    over a long context reads the cache once and that is all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every layer is told of one pass: where tokens stand, what they see."""

    positions_BS: Tensor

    start: int | None
    """Position of the first new token, None where sequences differ in it."""

    end: int
    """Positions that are written after this pass in the longest sequence."""

    rotation: Rotation

    cache: LatentCache | None
    """Earlier tokens, None when the whole sequence is at hand."""

    visible_BST: Tensor | None
    """Which kept positions each token sees; None where each of the S last ones sees
    all up to itself, and S is 1 or all there are."""

    form: AttentionForm


class MultiHeadLatentAttention(nn.Module):
    """One layer's attention; `layer` is its place in the cache.

    `heads` is H, `query_sizes` N and R, `kept_sizes` C and R, `value_size` V and
    `q_lora_rank` Q, None when queries are projected directly; `softmax_scale`, on the
    scores, is 1/sqrt(N + R) times YaRN's temperature.
    """

    def __init__(self, architecture: Architecture, layer: int) -> None:
        super().__init__()
        sizes = architecture.attention
        assert isinstance(sizes, LatentAttention)
        self.layer = layer
        self.heads = int(sizes.num_attention_heads)
        self.query_sizes = int(sizes.qk_nope_head_dim), int(sizes.qk_rope_head_dim)
        self.kept_sizes = int(sizes.kv_lora_rank), int(sizes.qk_rope_head_dim)
        self.value_size = int(sizes.v_head_dim)
        self.q_lora_rank = None if sizes.q_lora_rank is None else int(sizes.q_lora_rank)
        temperature = score_temperature(architecture.rope_scaling)
        self.softmax_scale = temperature / math.sqrt(sum(self.query_sizes))
        self._add_projections(architecture, bias=sizes.attention_bias)

    def _add_projections(self, architecture: Architecture, *, bias: bool) -> None:
        hidden, eps = int(architecture.hidden_size), architecture.rms_norm_eps
        rank, latent = self.q_lora_rank, self.kept_sizes[0]
        rebuilt = self.heads * (self.query_sizes[0] + self.value_size)
        queries = self.heads * sum(self.query_sizes)
        if rank is None:
            self.q_proj = nn.Linear(hidden, queries, bias=False)
        else:
            self.q_a_proj = nn.Linear(hidden, rank, bias=bias)
            self.q_a_layernorm = RmsNorm(rank, eps)
            self.q_b_proj = nn.Linear(rank, queries, bias=False)
        self.kv_a_proj_with_mqa = nn.Linear(hidden, sum(self.kept_sizes), bias=bias)
        self.kv_a_layernorm = RmsNorm(latent, eps)
        self.kv_b_proj = nn.Linear(latent, rebuilt, bias=False)
        self.o_proj = nn.Linear(self.heads * self.value_size, hidden, bias=bias)

    def forward(
        self, hidden_BSD: Float[Tensor, "B S D"], context: Context
    ) -> Float[Tensor, "B S D"]:
        """Return what each token gathers from the tokens that it sees.

        From the normalised residual stream, and to be added to the residual stream.
        """
        query_BSHN, query_BSHR = self.queries(hidden_BSD, context.rotation)
        seen_BTK = self.latents(hidden_BSD, context.rotation)
        if context.cache is not None:
            seen_BTK = context.cache.write(
                self.layer, seen_BTK, context.positions_BS, context.end, context.start
            )
        attend = (
            self.attend_naive
            if context.form == AttentionForm.NAIVE
            else self.attend_absorbed
        )
        values_BSHV = attend(query_BSHN, query_BSHR, seen_BTK, context.visible_BST)
        projected: Tensor = self.o_proj(values_BSHV.flatten(-2))  # equation 11
        return projected

    def queries(
        self, hidden_BSD: Float[Tensor, "B S D"], rotation: Rotation
    ) -> tuple[Float[Tensor, "B S H N"], Float[Tensor, "B S H R"]]:
        """Return every head's query: the part without and the part with position.

        Equations 6 to 9; without a query latent, one projection does.
        """
        if self.q_lora_rank is None:
            query = self.q_proj(hidden_BSD)
        else:
            query = self.q_b_proj(self.q_a_layernorm(self.q_a_proj(hidden_BSD)))
        query = query.view(*hidden_BSD.shape[:2], self.heads, sum(self.query_sizes))
        query_BSHN, query_BSHR = query.split_with_sizes(self.query_sizes, dim=-1)
        return query_BSHN, rotate(query_BSHR, rotation)

    def latents(
        self, hidden_BSD: Float[Tensor, "B S D"], rotation: Rotation
    ) -> Float[Tensor, "B S K"]:
        """Return all that is kept of each token: its latent and its rotary key.

        Equations 1 and 3; K = C + R numbers side by side.
        """
        both_BSK = self.kv_a_proj_with_mqa(hidden_BSD)
        latent_BSC, key_BSR = both_BSK.split_with_sizes(self.kept_sizes, dim=-1)
        # The key with position is one for all heads, here an axis of one head.
        turned_BSR = rotate(key_BSR[:, :, None], rotation)[:, :, 0]
        return torch.cat((self.kv_a_layernorm(latent_BSC), turned_BSR), dim=-1)

    def attend_naive(
        self,
        query_BSHN: Float[Tensor, "B S H N"],
        query_BSHR: Float[Tensor, "B S H R"],
        seen_BTK: Float[Tensor, "B T K"],
        visible_BST: Bool[Tensor, "B S T"] | None,
    ) -> Float[Tensor, "B S H V"]:
        """Rebuild each head's keys and values, then attend as always.

        Equations 2, 4, 5 and 10.
        """
        latent_BTC, key_BTR = seen_BTK.split(self.kept_sizes, dim=-1)
        rebuilt = self.kv_b_proj(latent_BTC).unflatten(-1, (self.heads, -1))
        split = (self.query_sizes[0], self.value_size)
        key_BTHN, value_BTHV = rebuilt.split(split, dim=-1)
        key_BTHR = key_BTR[:, :, None].expand(-1, -1, self.heads, -1)
        return _attend(
            torch.cat((query_BSHN, query_BSHR), dim=-1),
            torch.cat((key_BTHN, key_BTHR), dim=-1),
            value_BTHV,
            visible_BST,
            self.softmax_scale,
        )

    def attend_absorbed(
        self,
        query_BSHN: Float[Tensor, "B S H N"],
        query_BSHR: Float[Tensor, "B S H R"],
        seen_BTK: Float[Tensor, "B T K"],
        visible_BST: Bool[Tensor, "B S T"] | None,
    ) -> Float[Tensor, "B S H V"]:
        """Attend over the kept vectors themselves, without rebuilding anything.

        q · (W^UK c) = (W^UK^T q) · c, so each query goes down to the latents
        once; and the weighted sum of values is W^UV on the weighted sum of
        latents [deepseekai2024v2]_ (section 2.1.2). All heads read the same
        vectors, so heads and positions are rows of one matrix product.
        """
        lead = query_BSHN.shape[:3]
        keep, latent = self.query_sizes[0], self.kept_sizes[0]
        up_HXC = self.kv_b_proj.weight.view(lead[2], -1, latent)
        up_HNC, up_HVC = up_HXC[:, :keep], up_HXC[:, keep:]
        query_BSHC = _each_head(query_BSHN, up_HNC)
        query_BSHK = torch.cat((query_BSHC, query_BSHR), dim=-1)
        scores = query_BSHK.flatten(1, 2).bmm(seen_BTK.mT) * self.softmax_scale
        if lead[1] > 1 or visible_BST is not None:
            hidden_BST = _hidden(lead[1], visible_BST, scores.device)
            hidden_BS1T = hidden_BST[:, :, None]
            scores = scores.unflatten(1, lead[1:])
            scores = scores.masked_fill(hidden_BS1T, -torch.inf).flatten(1, 2)
        weights = scores.softmax(dim=-1)
        gathered = weights.bmm(seen_BTK[..., :latent])
        return _each_head(gathered.view(*lead, -1), up_HVC.mT)


def _each_head(
    rows_BSHX: Float[Tensor, "B S H X"], weights_HXY: Float[Tensor, "H X Y"]
) -> Float[Tensor, "B S H Y"]:
    """Return the product of each head's rows with that head's matrix."""
    product_HMY = rows_BSHX.flatten(0, 1).transpose(0, 1).bmm(weights_HXY)
    return product_HMY.transpose(0, 1).view(*rows_BSHX.shape[:3], -1)


def _hidden(
    size: int, visible_BST: Tensor | None, device: torch.device
) -> Bool[Tensor, "#B S T"]:
    """Return what each query must not see, the upper triangle by default."""
    if visible_BST is not None:
        return ~visible_BST
    return torch.ones(1, size, size, dtype=torch.bool, device=device).triu(1)


def _attend(
    query_BSHX: Float[Tensor, "B S H X"],
    key_BTHX: Float[Tensor, "B T H X"],
    value_BTHV: Float[Tensor, "B T H V"],
    visible_BST: Bool[Tensor, "B S T"] | None,
    scale: float,
) -> Float[Tensor, "B S H V"]:
    """Return softmax(q k^T · scale) v, each query over what it sees."""
    size, wider = value_BTHV.shape[-1], query_BSHX.shape[-1] - value_BTHV.shape[-1]
    # The CPU's fused kernel wants values as wide as keys; zeros cost it less than
    # the plain path. Elsewhere, and where FLOP are counted, values stay as they are.
    if value_BTHV.device.type == "cpu" and wider > 0:
        value_BTHV = pad(value_BTHV, (0, wider))
    gathered_BHSV = scaled_dot_product_attention(
        query_BSHX.transpose(1, 2),
        key_BTHX.transpose(1, 2),
        value_BTHV.transpose(1, 2),
        attn_mask=None if visible_BST is None else visible_BST[:, None],
        is_causal=visible_BST is None and query_BSHX.shape[1] > 1,
        scale=scale,
    )
    return gathered_BHSV.transpose(1, 2)[..., :size]
