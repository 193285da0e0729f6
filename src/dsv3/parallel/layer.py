"""The routed experts of a layer, sharded over ranks.

It takes the place of :class:`~dsv3.model.experts.RoutedExperts` when experts lie on
several ranks: the same call, the same sum, other processes in between.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dsv3.model.experts import RoutedExperts
from dsv3.parallel.dispatch import (
    Combine,
    Deduplication,
    Dispatch,
    exchange_plan,
)
from dsv3.parallel.wire import WireForm
from dsv3.parallel.world import World


class ParallelExperts(nn.Module):
    """A rank's share of the routed experts of one layer.

    Called like :class:`~dsv3.model.experts.RoutedExperts`, by all ranks at once, each
    with its own tokens; an :class:`~dsv3.model.experts.ExpertLayer` works with either.
    In the backward pass gradients are dispatched as tokens were, and combined as
    results were; rounding to FP8 or BF16 counts as the identity there. Router and
    shared experts are copies on every rank: their gradients are to be added up over
    ranks, those of the routed experts are whole.

    Rows travel to the experts in the form `dispatched` and back in `combined`. V3 has
    ``fp8`` and ``bf16`` [deepseekai2024v3]_ (section 3.3.3).
    """

    def __init__(
        self,
        world: World,
        *,
        hidden_size: int,
        moe_intermediate_size: int,
        dispatched: WireForm = "exact",
        combined: WireForm = "exact",
        deduplication: Deduplication = "node",
    ) -> None:
        super().__init__()
        self.world = world
        self.forms = (dispatched, combined)
        self.deduplication = deduplication
        self.experts = RoutedExperts(
            n_routed_experts=world.grid.experts_per_rank,
            hidden_size=hidden_size,
            moe_intermediate_size=moe_intermediate_size,
        )

    def take_share(self, whole: RoutedExperts) -> None:
        """Copy this rank's experts from a layer that has all of them."""
        count = self.world.grid.experts_per_rank
        share = slice(self.world.rank * count, (self.world.rank + 1) * count)
        with torch.no_grad():
            self.experts.gate_up_proj.copy_(whole.gate_up_proj[share])
            self.experts.down_proj.copy_(whole.down_proj[share])

    def forward(
        self,
        hidden_MD: Float[Tensor, "M D"],
        experts_MA: Int[Tensor, "M A"],
        gates_MA: Float[Tensor, "M A"],
    ) -> Float[Tensor, "M D"]:
        """Return each token's weighted sum over its experts, wherever they are.

        Tokens are this rank's; experts have their numbers among all. ConnectionError if
        a rank is gone or silent.
        """
        world = self.world
        plan = exchange_plan(experts_MA, world, deduplication=self.deduplication)
        arrived_XD, gates_V = Dispatch.apply(  # type: ignore[no-untyped-call, unused-ignore]
            hidden_MD, gates_MA.flatten(), plan, world, self.forms
        )
        visits_VD = arrived_XD.index_select(0, plan.rows_V)
        outputs_VD = self._visited(visits_VD, gates_V, plan.experts_V)
        outputs_XD = torch.zeros_like(arrived_XD)
        outputs_XD = outputs_XD.index_add(0, plan.rows_V, outputs_VD)
        output_MD: Tensor = Combine.apply(  # type: ignore[no-untyped-call, unused-ignore]
            outputs_XD, plan, world, self.forms
        )
        return output_MD

    def _visited(self, visits_VD: Tensor, gates_V: Tensor, experts_V: Tensor) -> Tensor:
        """Return what each visit to an expert of this rank yields."""
        if len(experts_V) == 0:
            # Still a function of both, so that this rank joins the backward pass.
            return visits_VD * gates_V[:, None].to(visits_VD.dtype)
        first = self.world.rank * self.world.grid.experts_per_rank
        # One expert a visit: as many tokens as visits, each with its one gate value.
        outputs_VD: Tensor = self.experts(
            visits_VD, experts_V[:, None] - first, gates_V[:, None]
        )
        return outputs_VD
