"""What heads look at: a trained model's attention weights, and what they fall on.

A head is said to look at something by its share of attention there, beside what a head
that knew nothing but distance would put there.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dsv3.model.attention import Context, MultiHeadLatentAttention
from dsv3.model.transformer import Transformer


@torch.inference_mode()
def attention_weights(
    model: Transformer, tokens_BS: Int[Tensor, "B S"]
) -> Float[Tensor, "L B H S T"]:
    """Return how much each token of a sequence attends to each before it.

    For every head of the main model's layers; each row over T adds up to 1, and is 0
    after the token itself. The model is not changed.
    """
    seen: list[Tensor] = []

    def look(
        attention: MultiHeadLatentAttention, given: tuple[Tensor, Context]
    ) -> None:
        seen.append(head_weights(attention, *given))

    parts = model.layers.modules()
    attentions = [part for part in parts if isinstance(part, MultiHeadLatentAttention)]
    hooks = [attention.register_forward_pre_hook(look) for attention in attentions]
    try:
        model(tokens_BS)
    finally:
        for hook in hooks:
            hook.remove()
    return torch.stack(seen)


def head_weights(
    attention: MultiHeadLatentAttention,
    hidden_BSD: Float[Tensor, "B S D"],
    context: Context,
) -> Float[Tensor, "B H S T"]:
    """Return one layer's attention weights over whole sequences.

    Equation 10 of the report [deepseekai2024v3]_ without its values, from the
    normalised residual stream, in a pass without earlier tokens.
    """
    query_BSHN, query_BSHR = attention.queries(hidden_BSD, context.rotation)
    kept_BTK = attention.latents(hidden_BSD, context.rotation)
    latent_BTC, key_BTR = kept_BTK.split(attention.kept_sizes, dim=-1)
    rebuilt = attention.kv_b_proj(latent_BTC)
    rebuilt = rebuilt.unflatten(-1, (attention.heads, -1))
    key_BTHN = rebuilt[..., : attention.query_sizes[0]]
    scores_BHST = torch.einsum("bshn,bthn->bhst", query_BSHN, key_BTHN)
    scores_BHST = scores_BHST + torch.einsum("bshr,btr->bhst", query_BSHR, key_BTR)
    later_ST = torch.ones_like(scores_BHST[0, 0], dtype=torch.bool).triu(1)
    scores_BHST = scores_BHST * attention.softmax_scale
    return scores_BHST.masked_fill(later_ST, -torch.inf).softmax(dim=-1)


def at_distance(tokens_BS: Int[Tensor, "B S"], distance: int) -> Bool[Tensor, "B S T"]:
    """Return for each token the one so many places back.

    Examples
    --------
    >>> at_distance(torch.tensor([[5, 6, 7]]), 1).int().tolist()
    [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]
    """
    batch, size = tokens_BS.shape
    places_S = torch.arange(size)
    back_ST = places_S[:, None] - places_S
    return (back_ST == distance).expand(batch, size, size)


def last_of(
    tokens_BS: Int[Tensor, "B S"], wanted: Int[Tensor, " X"]
) -> Bool[Tensor, "B S T"]:
    """Return for each token the last one before it that is of a kind, if there is one.

    Examples
    --------
    >>> last_of(torch.tensor([[5, 6, 7]]), torch.tensor([5])).int().tolist()
    [[[0, 0, 0], [1, 0, 0], [1, 0, 0]]]
    """
    size = tokens_BS.shape[1]
    before_ST = torch.ones(size, size, dtype=torch.bool).tril(-1)
    of_kind_BST = torch.isin(tokens_BS, wanted)[:, None] & before_ST
    later_BST = of_kind_BST.flip(-1).cumsum(-1).flip(-1)
    return of_kind_BST & (later_BST == 1)


def after_same(tokens_BS: Int[Tensor, "B S"]) -> Bool[Tensor, "B S T"]:
    """Return for each token those that followed its earlier occurrences.

    A head that looks there can repeat what came after a token the last time.

    Examples
    --------
    >>> after_same(torch.tensor([[5, 6, 7, 5]]))[0, 3].int().tolist()
    [0, 1, 0, 0]
    """
    size = tokens_BS.shape[1]
    same_BST = tokens_BS[:, :, None] == tokens_BS[:, None].roll(1, dims=-1)
    # The token itself follows the one before it, which says nothing.
    return same_BST & torch.ones(size, size, dtype=torch.bool).tril(-1).index_fill(
        1, torch.tensor([0]), value=False
    )


def attended_share(
    weights_LBHST: Float[Tensor, "L B H S T"], places_BST: Bool[Tensor, "B S T"]
) -> Float[Tensor, "L H"]:
    """Return every head's mean attention on certain places, from 0 to 1.

    Tokens that have no such place do not count.
    """
    asking_BS = places_BST.any(dim=-1)
    on_LBHS = (weights_LBHST * places_BST[:, None]).sum(dim=-1)
    on_LBHS = on_LBHS * asking_BS[:, None]
    return on_LBHS.sum(dim=(1, 3)) / asking_BS.sum()


def weights_by_distance(
    weights_LBHST: Float[Tensor, "L B H S T"],
) -> Float[Tensor, "L B H S T"]:
    """Return what heads would do that knew how far back to look, and nothing else.

    Each head's weight for a token so far back is its mean over all tokens with as many
    before them: the same table of distances for every text.
    """
    return weights_LBHST.mean(dim=1, keepdim=True).expand_as(weights_LBHST)
