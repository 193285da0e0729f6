"""One transformer block: attention and a feed-forward, each beside the stream.

Owns the order of norms and sums. Knows nothing of the layers around it.

Twin: accounting/transformer.py.
"""

from jaxtyping import Float
from torch import Tensor, nn

from dsv3.model.attention import Context, LatentAttention
from dsv3.model.configuration import ModelSettings
from dsv3.model.experts import ExpertLayer, FeedForward
from dsv3.model.normalization import RmsNorm
from dsv3.model.routing import Routing


class Block(nn.Module):
    """A layer: x + attention(norm(x)), then x + feed-forward(norm(x)).

    Parameters
    ----------
    settings
        The model.
    layer
        Its index; the first few layers have a dense feed-forward, the layers
        after the main model's are those of multi-token prediction.
    """

    def __init__(self, settings: ModelSettings, layer: int) -> None:
        super().__init__()
        hidden, eps = settings.hidden_size, settings.rms_norm_eps
        experts = settings.experts
        self.input_layernorm = RmsNorm(hidden, eps)
        self.self_attn = LatentAttention(settings.attention, eps, layer)
        self.post_attention_layernorm = RmsNorm(hidden, eps)
        self.mlp: ExpertLayer | FeedForward
        # A prediction module has experts even where all layers are dense first.
        module = layer >= settings.num_hidden_layers
        if experts is not None and (module or layer >= experts.first_k_dense_replace):
            self.mlp = ExpertLayer(experts)
        else:
            self.mlp = FeedForward(hidden, settings.intermediate_size)

    def forward(
        self, hidden_BSD: Float[Tensor, "B S D"], context: Context
    ) -> tuple[Float[Tensor, "B S D"], Routing | None]:
        """Return the residual stream after this layer, and the gate's decisions.

        Parameters
        ----------
        hidden_BSD
            The residual stream.
        context
            Positions, cache and form of this pass.

        Returns
        -------
        tuple
            The stream, and the routing of an expert layer.
        """
        normed_BSD = self.input_layernorm(hidden_BSD)
        hidden_BSD = hidden_BSD + self.self_attn(normed_BSD, context)
        normed_BSD = self.post_attention_layernorm(hidden_BSD)
        if isinstance(self.mlp, FeedForward):
            return hidden_BSD + self.mlp(normed_BSD), None
        output_BSD, routing = self.mlp(normed_BSD)
        return hidden_BSD + output_BSD, routing
