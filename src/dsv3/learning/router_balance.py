"""What a reader may ask of the router among toy experts: one step, and the panel."""

from collections.abc import Callable
from typing import Annotated

from dsv3.learning.router_sandbox import RouterStep, router_history
from explorables import Argument, Curve, Map, Recording, Slider, calculator
from explorables.arithmetic import require

BALANCINGS: dict[str, tuple[str, float]] = {
    "none": ("none", 0.0),
    "loss 0.01": ("loss", 0.01),
    "loss 0.1": ("loss", 0.1),
    "bias 0.001": ("bias", 0.001),
    "bias 0.01": ("bias", 0.01),
    "bias 0.05": ("bias", 0.05),
}
"""The ways that are offered, each a method and its strength."""

BALANCING_WORDS = {
    "none": "nothing",
    "loss 0.01": "a loss, factor 0.01",
    "loss 0.1": "a loss, factor 0.1",
    "bias 0.001": "a bias, step 0.001",
    "bias 0.01": "a bias, step 0.01",
    "bias 0.05": "a bias, step 0.05",
}


@calculator(
    command="",
    title="A router learns, and its subject changes",
    summary="Load and error of a router among toy experts at a step of its training.",
    finding="A bias that moves by a hundredth a step wins the balance back after the "
    "shock.",
    outputs={
        "max_violation": "MaxVio: most loaded expert over the mean, less one",
        "starved_experts": "Under-used: below a tenth of the mean",
        "nodes_per_token": "Nodes per token",
        "error_share": "Error of the toy task",
    },
    curve=Curve(x="step", y="max_violation"),
)
def router_step(
    *,
    balancing: Annotated[
        str,
        Argument(
            "Load balancing",
            "What keeps the experts busy: a classic loss, or V3's bias.",
            options=BALANCING_WORDS,
        ),
    ] = "bias 0.01",
    node_limit: Annotated[
        bool,
        Argument(
            "Node limit", "Whether a token may visit two of the eight nodes only."
        ),
    ] = True,
    step: Annotated[
        float,
        Argument(
            "Step",
            "Step of the run, from 1, each of 512 tokens.",
            2,
            128,
            step=2,
            scale="linear",
        ),
    ] = 128.0,
) -> RouterStep:
    """Return what one step of the sandbox did under one of the offered ways."""
    _require_balancing(balancing)
    method, strength = BALANCINGS[balancing]
    history = router_history(method=method, strength=strength, node_limit=node_limit)
    return _step_of(history, step)


def rerun_router(
    *, strength: float, hot_share: float, seed: float
) -> Callable[..., RouterStep]:
    """Return `router_step` of a sandbox with other settings.

    The strength is the loss's factor, or the bias's step, whichever way is chosen.
    """

    def step_of(*, balancing: str, node_limit: bool, step: float) -> RouterStep:
        _require_balancing(balancing)
        history = router_history(
            method=BALANCINGS[balancing][0],
            strength=strength,
            node_limit=node_limit,
            hot_share=hot_share,
            seed=seed,
        )
        return _step_of(history, step)

    return step_of


def router_panel() -> Recording:
    """Return the panel that draws every expert's load over the run."""
    return Recording(
        **router_step.parts(),
        curve=router_step.curve,
        rerun=rerun_router,
        step="step",
        live=[
            Slider(
                "strength",
                low=0,
                high=1,
                default=0.01,
                label="Strength of loss or bias",
            ),
            Slider(
                "hot_share", low=0, high=1, default=0.4, label="Share of the hot topic"
            ),
            Slider("seed", low=0, high=1000, default=0, step=1),
        ],
        map=Map(
            field="load_E",
            label="Load of each expert, darker for more",
            row="expert",
            group="node",
            rows_per_group=4,
            mark_step=65,
            mark="distribution shift",
        ),
    )


def _require_balancing(balancing: str) -> None:
    rule = f"must be one of {', '.join(BALANCINGS)}"
    require("balancing", balancing, balancing in BALANCINGS, rule)


def _step_of(history: tuple[RouterStep, ...], step: float) -> RouterStep:
    rule = f"must be a whole number from 1 to {len(history)}"
    require("step", step, step in range(1, len(history) + 1), rule)
    return history[int(step) - 1]
