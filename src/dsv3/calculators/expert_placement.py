"""Where experts stand, and which GPU the others wait for."""

from typing import Annotated

from dsv3 import load_balance
from dsv3.load_balance.sandbox import MOST_SPARE_SLOTS, NODES
from explorables import Argument, Map, Recording, Slider, calculator

LAWS = {
    "even": "all experts alike",
    "log-normal 0.5": "uneven, log-normal 0.5",
    "log-normal 1": "more uneven, log-normal 1",
    "zipf 0.5": "a few favourites, Zipf 0.5",
    "zipf 1": "strong favourites, Zipf 1",
}
"""Names of `dsv3.load_balance.LOADS`, in words."""


@calculator(
    command="dsv3 training place",
    title="Where experts stand, and who waits for whom",
    summary="Load of 32 GPUs when a layer's experts are placed in several ways.",
    finding="One spare slot a GPU takes the fullest from four times the mean to little "
    "more than the mean.",
    outputs={
        "max_over_mean_ratio": "Fullest GPU over the mean",
        "in_order_ratio": "Fullest GPU, experts in order",
        "least_ratio": "No placement can beat",
        "nodes_per_token": "Nodes that a token visits",
    },
)
def expert_placement(
    *,
    load: Annotated[
        str,
        Argument(
            "Expert popularity",
            "How unevenly the tokens ask for the experts.",
            options=LAWS,
        ),
    ] = "zipf 1",
    way: Annotated[
        str,
        Argument(
            "Placement",
            "Which experts are copied, and where they stand.",
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
            "Spare slots",
            "Experts that a GPU has room for beyond the eight that all need.",
            0,
            MOST_SPARE_SLOTS,
            step=1,
            scale="linear",
        ),
    ] = 1.0,
    seed: Annotated[
        int, Argument("Seed", "Seed of the popularities and of the tokens.")
    ] = 0,
) -> load_balance.PlacedLoad:
    """Place a layer's experts and count the load; see `load_balance.placed_load`.

    Examples
    --------
    >>> even = expert_placement(way="in order")
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
