"""Two ways of balancing experts, side by side: what a reader may ask, and the panel."""

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from dsv3.load_balance.router_run import BALANCINGS, router_run
from explorables import Argument, calculator
from explorables.arithmetic import require
from explorables.arrays import Run
from explorables.arrays.panel import LiveRun, Side

STEPS = 240

BALANCING_WORDS = {"none": "none", "loss": "auxiliary loss", "bias": "bias"}

MEASURES = {
    "max_violation": "MaxVio",
    "starved_experts": "Under-used experts",
    "error_share": "Task error",
    "nodes_per_token": "Nodes per token",
    "bias_mean": "Bias, mean",
    "bias_spread": "Bias, standard deviation",
}
"""What a step is told by, with labels."""

SIDES = (Side(name="left"), Side(name="right", prefix="against_"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterComparison:
    """Two runs at their last step; results of the right one begin with `against`."""

    max_violation: float
    """MaxVio: how far the fullest expert's load passes the mean."""

    starved_experts: float
    """Experts with less than a tenth of the mean load."""

    error_share: float
    """Squared error of the toy task, as a share of doing nothing."""

    nodes_per_token: float
    """Nodes that a token is sent to, the mean."""

    bias_mean: float
    bias_spread: float
    """Standard deviation of the bias over experts."""

    against_max_violation: float
    against_starved_experts: float
    against_error_share: float
    against_nodes_per_token: float
    against_bias_mean: float
    against_bias_spread: float


def router_history(**changes: str | float) -> Run:
    """Return `router_run` for changes against its defaults; the same run only once.

    Examples
    --------
    >>> router_history(steps=1.0) is router_history(steps=1.0, seed=0.0)
    True
    """
    signature = inspect.signature(router_run).parameters.items()
    return _kept_run(**{name: one.default for name, one in signature} | changes)


@cache
def _kept_run(**settings: str | float) -> Run:
    return router_run(**settings)


@calculator(
    command="",
    title="A mixture of experts learns, and a topic turns hot",
    summary="Load and error of two toy mixtures of experts after training.",
    finding="The bias wins the balance back within dozens of steps; without balancing "
    "the load stays uneven.",
    outputs={
        f"{side.prefix}{name}": f"{label}, {side.name}"
        for side in SIDES
        for name, label in MEASURES.items()
    },
)
def router_comparison(
    *,
    balancing: Annotated[
        str,
        Argument(
            "Left: balancing", "What keeps the experts busy.", options=BALANCING_WORDS
        ),
    ] = "bias",
    strength: Annotated[
        float,
        Argument(
            "Left: strength",
            "The loss's factor, or by how much the bias moves a step.",
            0.001,
            1,
        ),
    ] = 0.02,
    against_balancing: Annotated[
        str,
        Argument(
            "Right: balancing",
            "What keeps the experts of the right run busy.",
            options=BALANCING_WORDS,
        ),
    ] = "none",
    against_strength: Annotated[
        float, Argument("Right: strength", "The same for the right run.", 0.001, 1)
    ] = 0.02,
    experts: Annotated[
        str, Argument("Experts", "Experts of the layer.", options=("8", "16", "32"))
    ] = "32",
    top_k: Annotated[
        float,
        Argument(
            "Experts per token",
            "Experts that a token is sent to.",
            1,
            8,
            step=1,
            unit="count",
        ),
    ] = 4.0,
    groups: Annotated[
        str,
        Argument("Nodes", "Nodes that the experts stand on.", options=("2", "4", "8")),
    ] = "8",
    node_limit: Annotated[
        float,
        Argument(
            "Node limit", "Nodes that a token may reach.", 1, 8, step=1, unit="count"
        ),
    ] = 2.0,
    learning_rate: Annotated[
        float,
        Argument(
            "Learning rate",
            "Adam's, for gate and experts.",
            0,
            0.1,
            step=0.005,
            unit="value",
        ),
    ] = 0.02,
    hot_step: Annotated[
        float,
        Argument(
            "Topic turns hot at step",
            "From then on two tokens in five are about one topic.",
            0,
            STEPS,
            step=10,
            unit="count",
        ),
    ] = 120.0,
    seed: Annotated[
        float,
        Argument("Seed", "Chooses weights and tokens.", 0, 1000, step=1, unit="count"),
    ] = 0.0,
) -> RouterComparison:
    """Train two toy mixtures of experts, and return their last step.

    Both have the same weights at the start and the same tokens; see `router_run`.
    """
    results: dict[str, float] = {}
    ways = {
        "": (balancing, strength),
        "against_": (against_balancing, against_strength),
    }
    for prefix, (way, by) in ways.items():
        name = f"{prefix}balancing"
        rule = f"must be one of {', '.join(BALANCINGS)}"
        require(name, way, way in BALANCINGS, rule)
        run = router_history(
            balancing=way,
            strength=by,
            experts=float(experts),
            top_k=top_k,
            groups=float(groups),
            node_limit=node_limit,
            learning_rate=learning_rate,
            hot_step=hot_step,
            seed=seed,
            steps=float(STEPS),
        )
        results |= {f"{prefix}{one}": float(run.told[one][-1]) for one in MEASURES}
    return RouterComparison(**results)


def router_comparison_panel() -> LiveRun:
    """Return the panel that trains both in the page."""
    return LiveRun(
        **router_comparison.parts(),
        run=router_run,
        sides=SIDES,
        measures=MEASURES,
        steps=STEPS,
        bars="load_ratio",
        bar_label="Load of experts over the mean, by node; lines at the nodes’ means",
        groups="groups",
        named=("balancing",),
        now=("hot_step", "Turn a topic hot now"),
        trouble="a weight grew too large: a smaller learning rate keeps it small",
    )
