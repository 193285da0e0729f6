"""How this package arrives at published figures about where experts stand."""

import numpy as np

from dsv3.architecture import preset
from dsv3.facts import fact
from dsv3.load_balance import place_experts


def eplb_first_layer_slots() -> int:
    """Slots of the worked example's first layer that hold the published expert."""
    return _slots_as_published(layer=0)


def eplb_second_layer_slots() -> int:
    """Slots of its second layer that do."""
    return _slots_as_published(layer=1)


def _slots_as_published(layer: int) -> int:
    sizes = fact("eplb.example_replicas_groups_nodes_gpus").numbers
    replicas, groups, nodes, gpus = (int(size) for size in sizes)
    placed = place_experts(
        np.array(fact("eplb.example_loads").value),
        replicas=replicas,
        groups=groups,
        nodes=nodes,
        gpus=gpus,
    )
    published = np.array(fact("eplb.example_placement").value)
    return int((placed.physical_to_logical[layer] == published[layer]).sum())


def prefill_experts_per_gpu() -> float:
    """Routed experts of a GPU that reads prompts, redundant ones included."""
    return _experts_per_gpu(fact("inference.prefill_ep").number)


def decode_experts_per_gpu() -> float:
    """Routed experts of a GPU that writes answers, redundant ones included."""
    return _experts_per_gpu(fact("inference.decode_ep").number)


def _experts_per_gpu(gpus: float) -> float:
    experts = preset("deepseek-v3").experts
    assert experts is not None
    redundant = fact("v3.serving.prefill_redundant").number
    return (float(experts.n_routed_experts) + redundant) / gpus
