"""The whole model: embedding, blocks, final norm, head, prediction modules.

Here are also the first weights, and the refusal of input that no model can take.

Twin: accounting/transformer.py.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import pad

from dsv3.architecture import Architecture
from dsv3.model.attention import AttentionForm, Context
from dsv3.model.block import Block
from dsv3.model.cache import LatentCache
from dsv3.model.configuration import require_runnable
from dsv3.model.multi_token_prediction import MultiTokenPrediction
from dsv3.model.normalization import RmsNorm
from dsv3.model.rotary import rotation_at
from dsv3.model.routing import Routing
from explorables.arithmetic import require


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a pass gives."""

    hidden_BSD: Tensor
    """States after the final norm."""

    logits_BSW: Tensor
    """Predictions: of the next token, or further for a prediction module."""

    routings: tuple[Routing, ...]


class Transformer(nn.Module):
    """A DeepSeek-V3 or a V2, as its architecture says.

    :func:`dsv3.architecture.read_config` reads one from a ``config.json``; one that
    this network does not compute is refused. Without a generator the first weights come
    from torch's own.
    """

    def __init__(
        self, architecture: Architecture, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        require_runnable(architecture)
        self.architecture = architecture
        vocabulary, hidden = int(architecture.vocab_size), int(architecture.hidden_size)
        layers = int(architecture.num_hidden_layers)
        modules = int(architecture.num_nextn_predict_layers)
        self.embed_tokens = nn.Embedding(vocabulary, hidden)
        self.layers = nn.ModuleList(
            Block(architecture, layer) for layer in range(layers)
        )
        self.norm = RmsNorm(hidden, architecture.rms_norm_eps)
        self.lm_head = nn.Linear(hidden, vocabulary, bias=False)
        self.multi_token_prediction = nn.ModuleList(
            MultiTokenPrediction(architecture, depth) for depth in range(modules)
        )
        self.initialize(generator)

    @torch.no_grad()
    def initialize(self, generator: torch.Generator | None = None) -> None:
        """Draw the first weights as published: normal, one spread for all.

        Norms start at 1 and biases at 0.
        """
        spread = self.architecture.initializer_range
        for weight in self.parameters():
            if weight.dim() > 1:
                weight.normal_(0, spread, generator=generator)
        for module in self.modules():
            if isinstance(module, nn.Linear) and module.bias is not None:
                module.bias.zero_()

    def forward(
        self,
        tokens_BS: Int[Tensor, "B S"],
        cache: LatentCache | None = None,
        form: AttentionForm | None = None,
        samples_BS: Int[Tensor, "_ _"] | None = None,
    ) -> Prediction:
        """Return the prediction of the next token at every position.

        Tokens are whole sequences, or with a cache those that follow it and are added
        to it. Without a `form` attention is naive on whole sequences, and absorbed
        where earlier tokens are kept.

        `samples_BS` has for each token the number of its sample, where rows hold
        several that must not see each other; each begins at position 0.
        """
        self._require_tokens(tokens_BS)
        if samples_BS is None:
            context = self._context(tokens_BS, cache, form)
        else:
            rule = "must be none: packed samples are whole sequences"
            require("cache", type(cache).__name__, cache is None, rule)
            context = self._packed_context(tokens_BS, samples_BS, form)
        hidden_BSD, routings = self.embed_tokens(tokens_BS), []
        for layer in self.layers:
            hidden_BSD, routing = layer(hidden_BSD, context)
            routings += [] if routing is None else [routing]
        if cache is not None:
            cache.set_lengths(cache.lengths_B + tokens_BS.shape[1])
        hidden_BSD = self.norm(hidden_BSD)
        return Prediction(
            hidden_BSD=hidden_BSD,
            logits_BSW=self.lm_head(hidden_BSD),
            routings=tuple(routings),
        )

    def predict_further(
        self,
        hidden_BSD: Float[Tensor, "B S D"],
        tokens_BS: Int[Tensor, "B S"],
        *,
        depth: int = 0,
        cache: LatentCache | None = None,
        start: int = 0,
    ) -> Prediction:
        """Return a prediction module's view, one token further ahead.

        States are those of the model, or of the module before; for each the token that
        it predicts is given, the true one in training. `depth` counts modules from 0,
        `start` is the position of the first state, and a cache holds the module's
        earlier tokens, at the states' positions.
        """
        modules = len(self.multi_token_prediction)
        rule = f"must be below num_nextn_predict_layers, {modules}"
        require("depth", depth, 0 <= depth < modules, rule)
        self._require_tokens(tokens_BS)
        size, states = tokens_BS.shape[1], hidden_BSD.shape[1]
        rule = f"must be one for each of the {states} states"
        require("the tokens' number", size, size == states, rule)
        context = self._context(tokens_BS, cache, None, start=start)
        embedding_BSD = self.embed_tokens(tokens_BS)
        module = self.multi_token_prediction[depth]
        hidden_BSD, routing = module(hidden_BSD, embedding_BSD, context)
        return Prediction(
            hidden_BSD=hidden_BSD,
            logits_BSW=self.lm_head(hidden_BSD),
            routings=() if routing is None else (routing,),
        )

    def predict_all(self, tokens_BS: Int[Tensor, "B S"]) -> tuple[Prediction, ...]:
        """Return the main prediction and every module's, as training needs them.

        Module k sees the states of the one before and the tokens k positions on, so it
        has k positions fewer (equations 21 to 23). Sequences are whole, and longer than
        the modules reach.
        """
        modules, size = len(self.multi_token_prediction), tokens_BS.shape[1]
        rule = f"must be above num_nextn_predict_layers, {modules}"
        require("the sequence's length", size, size > modules, rule)
        predictions = [self(tokens_BS)]
        for depth in range(modules):
            hidden_BSD = predictions[-1].hidden_BSD[:, :-1]
            following_BS = tokens_BS[:, depth + 1 :]
            further = self.predict_further(hidden_BSD, following_BS, depth=depth)
            predictions.append(further)
        return tuple(predictions)

    def new_cache(
        self, *, batch: int, capacity: int, with_multi_token_prediction: bool = False
    ) -> LatentCache:
        """Return an empty cache for this model, in its type and where it is.

        Prediction modules keep their tokens too if `with_multi_token_prediction` is
        set.
        """
        weight = self.lm_head.weight
        return LatentCache(
            self.architecture,
            batch=batch,
            capacity=capacity,
            with_multi_token_prediction=with_multi_token_prediction,
            dtype=weight.dtype,
            device=weight.device,
        )

    def _context(
        self,
        tokens_BS: Int[Tensor, "B S"],
        cache: LatentCache | None,
        form: AttentionForm | None,
        start: int | None = None,
    ) -> Context:
        """Return what every layer is told of a pass over these tokens."""
        batch, size = tokens_BS.shape
        device, dtype = tokens_BS.device, self.lm_head.weight.dtype
        if cache is not None:
            cache.require_fits(self.architecture, batch, self.lm_head.weight)
        if cache is None or start is not None:
            start = start or 0
            positions_BS = torch.arange(start, start + size, device=device)
            positions_BS, end = positions_BS.expand(batch, size), start + size
        else:
            positions_BS, end = cache.positions(size), cache.longest + size
            start = cache.longest if cache.shortest == cache.longest else None
        longest = self.architecture.max_position_embeddings
        rule = f"must be at most max_position_embeddings, {longest}"
        require("the sequence's length", end, end <= longest, rule)
        plain = start == 0 or (start is not None and size == 1)
        seen_T = torch.arange(0 if plain else end, device=device)
        default = AttentionForm.NAIVE if start == 0 else AttentionForm.ABSORBED
        return Context(
            positions_BS=positions_BS,
            start=start,
            end=end,
            rotation=rotation_at(positions_BS, self.architecture, dtype),
            cache=cache,
            visible_BST=None if plain else seen_T <= positions_BS[..., None],
            form=default if form is None else form,
        )

    def _packed_context(
        self,
        tokens_BS: Int[Tensor, "B S"],
        samples_BS: Int[Tensor, "_ _"],
        form: AttentionForm | None,
    ) -> Context:
        """Return the context of rows of samples, each alone and from position 0."""
        shape, wanted = tuple(samples_BS.shape), tuple(tokens_BS.shape)
        require("the samples' shape", shape, shape == wanted, f"must be {wanted}")
        size, device = tokens_BS.shape[1], tokens_BS.device
        place_S = torch.arange(size, device=device)
        differs_BS = samples_BS[:, 1:] != samples_BS[:, :-1]
        first_BS = pad(differs_BS, (1, 0), value=True) * place_S
        start_BS = first_BS.cummax(dim=1).values
        positions_BS = place_S - start_BS
        longest = self.architecture.max_position_embeddings
        most = int(positions_BS.max()) + 1
        rule = f"must be at most max_position_embeddings, {longest}"
        require("the longest sample's length", most, most <= longest, rule)
        same_BST = start_BS[:, :, None] == start_BS[:, None]
        return Context(
            positions_BS=positions_BS,
            start=0,
            end=size,
            rotation=rotation_at(
                positions_BS, self.architecture, self.lm_head.weight.dtype
            ),
            cache=None,
            visible_BST=same_BST & (place_S[:, None] >= place_S),
            form=AttentionForm.NAIVE if form is None else form,
        )

    def _require_tokens(self, tokens_BS: Int[Tensor, "B S"]) -> None:
        shape = tuple(tokens_BS.shape)
        rule = "must be (sequences, tokens)"
        require("the tokens' shape", shape, len(shape) == 2, rule)
        require("the sequence's length", shape[1], shape[1] > 0, "must be at least 1")
        require("batch", shape[0], shape[0] > 0, "must be at least 1")
        whole = tokens_BS.dtype in (torch.int64, torch.int32)
        require("the tokens' dtype", tokens_BS.dtype, whole, "must be int64 or int32")
        if tokens_BS.is_meta:
            return
        lowest, highest = (int(value) for value in tokens_BS.aminmax())
        last = self.embed_tokens.num_embeddings - 1
        rule = f"must be from 0 to {last}, the vocabulary's last"
        require("token", lowest, lowest >= 0, rule)
        require("token", highest, highest <= last, rule)
