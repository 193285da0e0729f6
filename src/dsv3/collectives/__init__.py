"""Sending tokens to their experts and back: who sends what to whom, and how long.

Over two links: NVLink between the GPUs of a node, a slower network between nodes.
"""

from dsv3.collectives.all_reduce import ring_all_reduce_bytes
from dsv3.collectives.all_to_all import AllToAll, adapter_bytes_per_s, all_to_all
from dsv3.collectives.expectation import (
    COUNTINGS,
    MOST_CHOSEN,
    CopiesPerToken,
    copies_per_token,
    expected_visits,
    experts_at_equal_time,
)
from dsv3.collectives.messages import round_trip_bytes, token_bytes
from dsv3.collectives.placement import Placement, even_placement
from dsv3.collectives.topology import (
    Network,
    Prices,
    dragonfly,
    fitted_prices,
    slim_fly,
    three_layer_fat_tree,
    two_layer_fat_tree,
)
from dsv3.collectives.traffic import (
    DEDUPLICATIONS,
    Deduplication,
    Traffic,
    combine_bytes,
    dispatch_bytes,
    dispatch_copies,
    nodes_visited,
)
from dsv3.formats import WIRE_FORMATS

__all__ = [
    "COUNTINGS",
    "DEDUPLICATIONS",
    "MOST_CHOSEN",
    "WIRE_FORMATS",
    "AllToAll",
    "CopiesPerToken",
    "Deduplication",
    "Network",
    "Placement",
    "Prices",
    "Traffic",
    "adapter_bytes_per_s",
    "all_to_all",
    "combine_bytes",
    "copies_per_token",
    "dispatch_bytes",
    "dispatch_copies",
    "dragonfly",
    "even_placement",
    "expected_visits",
    "experts_at_equal_time",
    "fitted_prices",
    "nodes_visited",
    "ring_all_reduce_bytes",
    "round_trip_bytes",
    "slim_fly",
    "three_layer_fat_tree",
    "token_bytes",
    "two_layer_fat_tree",
]
