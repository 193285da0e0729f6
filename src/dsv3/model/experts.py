"""Feed-forwards: dense, shared and routed.

Owns equations 12 and 13 of the report [deepseekai2024v3]_: a gated feed-forward,
and the sum of the shared experts and the few routed ones. Each token visits only
the experts that were chosen for it. Knows nothing of how they are chosen.

Twin: accounting/experts.py.
"""

from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear, silu

from dsv3.model.configuration import ExpertsSettings
from dsv3.model.routing import Gate, Routing

Stack: TypeAlias = Tensor | tuple[Tensor, ...]
"""One weight of all experts, indexed by an expert's number."""


class FeedForward(nn.Module):
    """A gated feed-forward, W_down (silu(W_gate x) · W_up x).

    Parameters
    ----------
    hidden_size
        Size of the residual stream.
    inner_size
        Size between the projections.
    """

    def __init__(self, hidden_size: int, inner_size: int) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(hidden_size, inner_size, bias=False)
        self.up_proj = nn.Linear(hidden_size, inner_size, bias=False)
        self.down_proj = nn.Linear(inner_size, hidden_size, bias=False)

    def forward(self, hidden: Float[Tensor, "... D"]) -> Float[Tensor, "... D"]:
        """Return what is to be added to the residual stream."""
        inner = silu(self.gate_proj(hidden)) * self.up_proj(hidden)
        output: Tensor = self.down_proj(inner)
        return output


def tokens_per_expert(routing: Routing, num_experts: int) -> list[int]:
    """Return how many tokens each expert is given.

    Parameters
    ----------
    routing
        The gate's decisions.
    num_experts
        Experts in the layer.

    Returns
    -------
    list of int
        Tokens, by expert.
    """
    counts_E: list[int] = (
        routing.experts_MA.flatten().bincount(minlength=num_experts).tolist()
    )
    return counts_E


class RoutedExperts(nn.Module):
    """All routed experts of one layer.

    Their weights are stacked, so that an optimizer sees two tensors; on disk each
    expert has three of its own. ``gate_up_proj`` is an expert's gate above its
    up projection: one product reads the tokens once for both.

    Parameters
    ----------
    settings
        The layer's sizes.
    """

    def __init__(self, settings: ExpertsSettings) -> None:
        super().__init__()
        experts = settings.routing.n_routed_experts
        hidden, inner = settings.hidden_size, settings.moe_intermediate_size
        self.gate_up_proj = nn.Parameter(torch.empty(experts, 2 * inner, hidden))
        self.down_proj = nn.Parameter(torch.empty(experts, hidden, inner))

    def forward(
        self, hidden_MD: Float[Tensor, "M D"], routing: Routing
    ) -> Float[Tensor, "M D"]:
        """Return each token's weighted sum over its own experts.

        Copies of the tokens are sorted by expert, so that each expert works on
        one slice; an expert without tokens does nothing.

        Parameters
        ----------
        hidden_MD
            Tokens.
        routing
            Their experts and gate values.

        Returns
        -------
        Tensor
            One row for each token.
        """
        chosen = routing.experts_MA.shape[1]
        # Each row of this sorted list is one token's visit to one expert.
        visits = routing.experts_MA.flatten().argsort(stable=True)
        token_of_visit = visits // chosen
        gate_of_visit = routing.gates_MA.flatten()[visits, None].to(hidden_MD.dtype)
        counts = tokens_per_expert(routing, len(self.down_proj))
        visited = [expert for expert, count in enumerate(counts) if count]
        rows_MD = hidden_MD.index_select(0, token_of_visit)
        slices = rows_MD.split([counts[expert] for expert in visited])
        gate_up, down = self._weights()
        outputs = [
            _expert(rows_XD, gate_up[expert], down[expert])
            for rows_XD, expert in zip(slices, visited, strict=True)
        ]
        weighted = torch.cat(outputs) * gate_of_visit
        return torch.zeros_like(hidden_MD).index_add(0, token_of_visit, weighted)

    def _weights(self) -> tuple[Stack, Stack]:
        """Return both stacks in the form that is cheap to index."""
        if torch.is_grad_enabled():
            # Unbound once: indexing a stack in the loop would give every expert a
            # gradient as large as the whole stack.
            return self.gate_up_proj.unbind(), self.down_proj.unbind()
        # Without gradients, views of the few experts in use are all it takes.
        return self.gate_up_proj, self.down_proj


def _expert(rows_XD: Tensor, gate_up_proj: Tensor, down_proj: Tensor) -> Tensor:
    """Return one expert's output for the tokens that visit it."""
    gate_XF, up_XF = linear(rows_XD, gate_up_proj).chunk(2, dim=-1)
    return linear(silu(gate_XF) * up_XF, down_proj)


class ExpertLayer(nn.Module):
    """The feed-forward of an expert layer: gate, routed and shared experts.

    Parameters
    ----------
    settings
        The layer's sizes.
    """

    def __init__(self, settings: ExpertsSettings) -> None:
        super().__init__()
        hidden = settings.hidden_size
        shared = settings.n_shared_experts * settings.moe_intermediate_size
        self.gate = Gate(hidden, settings.routing)
        self.experts = RoutedExperts(settings)
        # Several shared experts are one feed-forward as wide as all of them.
        self.shared_experts = FeedForward(hidden, shared) if shared else None

    def forward(
        self, hidden_BSD: Float[Tensor, "B S D"]
    ) -> tuple[Float[Tensor, "B S D"], Routing]:
        """Return what to add to the residual stream, and the gate's decisions.

        Parameters
        ----------
        hidden_BSD
            The normalised residual stream.

        Returns
        -------
        tuple
            Output and routing; the caller may balance load with the latter.
        """
        hidden_MD = hidden_BSD.flatten(0, 1)
        routing = self.gate(hidden_MD)
        output_BSD = self.experts(hidden_MD, routing).view_as(hidden_BSD)
        if self.shared_experts is not None:
            output_BSD = output_BSD + self.shared_experts(hidden_BSD)
        return output_BSD, routing
