"""Feed-forwards: dense, shared and routed.

Equations 12 and 13 of the report [deepseekai2024v3]_: a gated feed-forward, and the sum
of the shared experts and the few routed ones. Each token visits only the experts that
were chosen for it.

Twin: accounting/experts.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import linear, silu

from dsv3.architecture import Experts
from dsv3.model.routing import Gate, Routing

Stack: TypeAlias = Tensor | tuple[Tensor, ...]
"""One weight of all experts, indexed by an expert's number."""

Product: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""How rows are multiplied by a weight with one row for each output."""

PART_VISITS = 2048
"""Visits that are worked on at once.

What they write should stay in the processor's cache: memory for all visits of a
long prompt, fresh in every layer, costs a sixth of the pass in page faults.
"""


class FeedForward(nn.Module):
    """A gated feed-forward, W_down (silu(W_gate x) · W_up x)."""

    def __init__(self, hidden_size: int, inner_size: int) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(hidden_size, inner_size, bias=False)
        self.up_proj = nn.Linear(hidden_size, inner_size, bias=False)
        self.down_proj = nn.Linear(inner_size, hidden_size, bias=False)

    def forward(self, hidden: Float[Tensor, "... D"]) -> Float[Tensor, "... D"]:
        """Return what is to be added to the residual stream."""
        inner = _gated(self.gate_proj(hidden), self.up_proj(hidden))
        output: Tensor = self.down_proj(inner)
        return output


def _gated(gate: Tensor, up: Tensor) -> Tensor:
    """Return silu(gate) · up; without gradients in the memory of the gate."""
    if torch.is_grad_enabled():
        return silu(gate) * up
    # Memory that is in the cache already is written faster than the next free page.
    return silu(gate, inplace=True).mul_(up)


def tokens_per_expert(experts_MA: Int[Tensor, "M A"], num_experts: int) -> list[int]:
    """Return how many tokens each expert of a layer is given.

    Examples
    --------
    >>> tokens_per_expert(torch.tensor([[0, 2], [2, 1]]), 4)
    [1, 1, 2, 0]
    """
    counts_E: list[int] = experts_MA.flatten().bincount(minlength=num_experts).tolist()
    return counts_E


class RoutedExperts(nn.Module):
    """All routed experts of one layer.

    Their weights are stacked, so that an optimizer sees two tensors; on disk each
    expert has three of its own. `gate_up_proj` is an expert's gate above its up
    projection: one product reads the tokens once for both. Another way to multiply may
    be put in the place of `up_product` and `down_product`.
    """

    def __init__(
        self, *, n_routed_experts: int, hidden_size: int, moe_intermediate_size: int
    ) -> None:
        super().__init__()
        count, hidden, inner = n_routed_experts, hidden_size, moe_intermediate_size
        self.gate_up_proj = nn.Parameter(torch.empty(count, 2 * inner, hidden))
        self.down_proj = nn.Parameter(torch.empty(count, hidden, inner))
        self.up_product: Product = linear
        self.down_product: Product = linear

    def forward(
        self,
        hidden_MD: Float[Tensor, "M D"],
        experts_MA: Int[Tensor, "M A"],
        gates_MA: Float[Tensor, "M A"],
    ) -> Float[Tensor, "M D"]:
        """Return each token's sum over its own experts, weighted by their gates.

        Copies of the tokens are sorted by expert, so that each expert works on
        one slice; an expert without tokens does nothing.
        """
        if len(hidden_MD) == 1 and not torch.is_grad_enabled():
            return self._one_token(hidden_MD, experts_MA, gates_MA)
        gate_up, down = self._weights()
        output_MD = torch.zeros_like(hidden_MD)
        for part in _parts(_visits(experts_MA, gates_MA, len(self.down_proj))):
            rows_XD = hidden_MD.index_select(0, part.tokens_X)
            both_XF = _products(rows_XD, part, gate_up, self.up_product)
            inner_XF = _gated(*both_XF.chunk(2, dim=-1))
            # Weighed before the last product, where rows are narrower than after it.
            inner_XF = inner_XF * part.gates_X1.to(inner_XF.dtype)
            outputs_XD = _products(inner_XF, part, down, self.down_product)
            output_MD.index_add_(0, part.tokens_X, outputs_XD)
        return output_MD

    def _one_token(
        self,
        hidden_1D: Float[Tensor, "1 D"],
        experts_1A: Int[Tensor, "1 A"],
        gates_1A: Float[Tensor, "1 A"],
    ) -> Float[Tensor, "1 D"]:
        """Return the same for a single token, as in decoding.

        Nothing is to be sorted, copied or added up by token, which would take as
        long as the products; these read each expert's weights where they are.
        """
        experts: list[int] = experts_1A[0].tolist()
        gate_up, down = self._weights()
        both_AF = torch.cat(
            [self.up_product(hidden_1D, gate_up[expert]) for expert in experts]
        )
        inner_AF = _gated(*both_AF.chunk(2, dim=-1))
        inner_AF = inner_AF * gates_1A.T.to(inner_AF.dtype)
        rows = inner_AF.split_with_sizes([1] * len(experts))
        pairs = zip(rows, experts, strict=True)
        outputs = [self.down_product(row_1F, down[expert]) for row_1F, expert in pairs]
        return torch.cat(outputs).sum(dim=0, keepdim=True)

    def _weights(self) -> tuple[Stack, Stack]:
        """Return both stacks in the form that is cheap to index."""
        if torch.is_grad_enabled():
            # Unbound once: indexing a stack in the loop would give every expert a
            # gradient as large as the whole stack.
            return self.gate_up_proj.unbind(), self.down_proj.unbind()
        # Without gradients, views of the few experts in use are all it takes.
        return self.gate_up_proj, self.down_proj


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Every token's visits to its experts, in the order of the experts.

    The visited experts, how many visits each has, and for every visit its token and its
    gate value.
    """

    experts: list[int]
    sizes: list[int]
    tokens_X: Tensor
    gates_X1: Tensor


def _visits(experts_MA: Tensor, gates_MA: Tensor, num_experts: int) -> Visits:
    """Return the visits of all tokens, sorted so that each expert has a slice."""
    order_X = experts_MA.flatten().argsort(stable=True)
    counts = tokens_per_expert(experts_MA, num_experts)
    visited = [expert for expert, count in enumerate(counts) if count]
    return Visits(
        experts=visited,
        sizes=[counts[expert] for expert in visited],
        tokens_X=order_X // experts_MA.shape[1],
        gates_X1=gates_MA.flatten()[order_X, None],
    )


def _parts(visits: Visits) -> Iterator[Visits]:
    """Yield the visits in parts of whole experts, about ``PART_VISITS`` in each."""
    first, start, size = 0, 0, 0
    for last, count in enumerate(visits.sizes, start=1):
        size += count
        if size >= PART_VISITS or last == len(visits.sizes):
            yield Visits(
                experts=visits.experts[first:last],
                sizes=visits.sizes[first:last],
                tokens_X=visits.tokens_X[start : start + size],
                gates_X1=visits.gates_X1[start : start + size],
            )
            first, start, size = last, start + size, 0


def _products(
    rows_XI: Tensor, visits: Visits, stack: Stack, product: Product
) -> Tensor:
    """Return each visit's row times the visited expert's weight."""
    slices = rows_XI.split_with_sizes(visits.sizes)
    weights = [stack[expert] for expert in visits.experts]
    if torch.is_grad_enabled() or product is not linear:
        pairs = zip(slices, weights, strict=True)
        return torch.cat([product(rows, weight) for rows, weight in pairs])
    # Without gradients each product goes straight to its place, which saves a copy.
    products_XO = rows_XI.new_empty(len(rows_XI), weights[0].shape[0])
    places = products_XO.split_with_sizes(visits.sizes)
    for rows, weight, place in zip(slices, weights, places, strict=True):
        torch.mm(rows, weight.t(), out=place)
    return products_XO


class ExpertLayer(nn.Module):
    """The feed-forward of an expert layer: gate, routed and shared experts."""

    def __init__(self, hidden_size: int, experts: Experts) -> None:
        super().__init__()
        inner = int(experts.moe_intermediate_size)
        self.gate = Gate(hidden_size, experts)
        self.experts = RoutedExperts(
            n_routed_experts=int(experts.n_routed_experts),
            hidden_size=hidden_size,
            moe_intermediate_size=inner,
        )
        # Several shared experts are one feed-forward as wide as all of them.
        shared = int(experts.n_shared_experts) * inner
        self.shared_experts = FeedForward(hidden_size, shared) if shared else None

    def forward(
        self, hidden_BSD: Float[Tensor, "B S D"]
    ) -> tuple[Float[Tensor, "B S D"], Routing]:
        """Return what to add to the residual stream, and the gate's decisions.

        The caller may balance load with the latter.
        """
        hidden_MD = hidden_BSD.flatten(0, 1)
        routing = self.gate(hidden_MD)
        output_MD = self.experts(hidden_MD, routing.experts_MA, routing.gates_MA)
        output_BSD = output_MD.view_as(hidden_BSD)
        if self.shared_experts is not None:
            output_BSD += self.shared_experts(hidden_BSD)
        return output_BSD, routing
