"""Where experts stand, and which GPU the others wait for."""

from typing import Annotated

from dsv3 import load_balance
from dsv3.load_balance.sandbox import MOST_SPARE_SLOTS, NODES
from explorables import Argument, Map, Recording, Slider, calculator

LAWS = {
    "even": "uniform",
    "log-normal 0.5": "uneven, log-normal 0.5",
    "log-normal 1": "more uneven, log-normal 1",
    "zipf 0.5": "skewed, Zipf 0.5",
    "zipf 1": "strongly skewed, Zipf 1",
}
"""Names of `dsv3.load_balance.LOADS`, in words."""


@calculator(
    command="dsv3 training place",
    title="Expert placement and load balance",
    summary="Load of 32 GPUs when a layer's experts are placed in several ways.",
    finding="One redundant slot per GPU brings the most loaded GPU from four times the "
    "mean load to little more than the mean.",
    outputs={
        "max_over_mean_ratio": "Max/mean GPU load",
        "in_order_ratio": "Max/mean load, contiguous",
        "least_ratio": "Lower bound of any placement",
        "nodes_per_token": "Nodes per token",
    },
)
def expert_placement(
    *,
    load: Annotated[
        str,
        Argument(
            "Expert load",
            "How skewed the load of the experts is.",
            options=LAWS,
        ),
    ] = "zipf 1",
    way: Annotated[
        str,
        Argument(
            "Placement",
            "Which experts are copied, and where they are placed.",
            options=tuple(load_balance.WAYS),
        ),
    ] = "published",
    nodes: Annotated[
        str,
        Argument("Nodes", "Nodes of the 32 GPUs.", options=NODES),
    ] = "4",
    spare_slots: Annotated[
        float,
        Argument(
            "Redundant slots",
            "Redundant experts that a GPU has room for, beyond its eight.",
            0,
            MOST_SPARE_SLOTS,
            step=1,
            scale="linear",
        ),
    ] = 1.0,
    seed: Annotated[int, Argument("Seed", "Seed of the loads and of the tokens.")] = 0,
) -> load_balance.PlacedLoad:
    """Place a layer's experts and count the load; see `load_balance.placed_load`.

    Examples
    --------
    >>> even = expert_placement(way="contiguous")
    >>> even.max_over_mean_ratio == even.in_order_ratio > 4
    True
    """
    return load_balance.placed_load(
        load=load, way=way, nodes=nodes, spare_slots=spare_slots, seed=seed
    )


def expert_placement_panel() -> Recording:
    """Return the panel that draws every GPU's load over the spare slots."""
    parts = expert_placement.parts()
    parts["command"] = ""  # the command places the loads of a file instead
    return Recording(
        **parts,
        rerun=load_balance.rerun_placed_load,
        step="spare_slots",
        live=[
            Slider("strength", low=0, high=4, default=1, label="Strength of the law"),
            Slider("seed", low=0, high=1000, default=0, step=1),
        ],
        map=Map(
            field="load_G",
            label="Load of each GPU, darker for more",
            row="GPU",
            group="set",
            rows_per_group=8,
            full_ratio=3,
        ),
    )
