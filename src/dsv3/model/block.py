"""One transformer block: attention and a feed-forward, each beside the stream.

Twin: accounting/transformer.py.
"""

from jaxtyping import Float
from torch import Tensor, nn

from dsv3.architecture import Architecture
from dsv3.model.attention import Context, MultiHeadLatentAttention
from dsv3.model.experts import ExpertLayer, FeedForward
from dsv3.model.normalization import RmsNorm
from dsv3.model.routing import Routing


class Block(nn.Module):
    """A layer: x + attention(norm(x)), then x + feed-forward(norm(x)).

    The first few layers have a dense feed-forward; indices after the main model's are
    the layers of multi-token prediction.
    """

    def __init__(self, architecture: Architecture, layer: int) -> None:
        super().__init__()
        hidden, eps = int(architecture.hidden_size), architecture.rms_norm_eps
        experts = architecture.experts
        self.input_layernorm = RmsNorm(hidden, eps)
        self.self_attn = MultiHeadLatentAttention(architecture, layer)
        self.post_attention_layernorm = RmsNorm(hidden, eps)
        self.mlp: ExpertLayer | FeedForward
        # A prediction module has experts even where all layers are dense first.
        module = layer >= int(architecture.num_hidden_layers)
        dense = int(architecture.num_dense_layers)
        if experts is not None and (module or layer >= dense):
            self.mlp = ExpertLayer(hidden, experts)
        else:
            assert architecture.intermediate_size is not None
            self.mlp = FeedForward(hidden, int(architecture.intermediate_size))

    def forward(
        self, hidden_BSD: Float[Tensor, "B S D"], context: Context
    ) -> tuple[Float[Tensor, "B S D"], Routing | None]:
        """Return the residual stream after it, and the routing of an expert layer."""
        normed_BSD = self.input_layernorm(hidden_BSD)
        hidden_BSD = hidden_BSD + self.self_attn(normed_BSD, context)
        normed_BSD = self.post_attention_layernorm(hidden_BSD)
        if isinstance(self.mlp, FeedForward):
            return hidden_BSD + self.mlp(normed_BSD), None
        output_BSD, routing = self.mlp(normed_BSD)
        return hidden_BSD + output_BSD, routing
