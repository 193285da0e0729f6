"""Networks have the published numbers of parts, and of cables when wired up."""

import itertools

import pytest

from dsv3.collectives import (
    Network,
    dragonfly,
    fitted_prices,
    slim_fly,
    three_layer_fat_tree,
    two_layer_fat_tree,
)
from dsv3.facts import fact

# Insights into DeepSeek-V3, Table 3, in its order.
PUBLISHED = (
    two_layer_fat_tree(64),
    two_layer_fat_tree(64, planes=8),
    three_layer_fat_tree(64),
    slim_fly(28),
    dragonfly(groups=511, switches_per_group=32),
)


def test_the_parts_are_those_of_the_published_table() -> None:
    columns = {
        "endpoints": [one.endpoints for one in PUBLISHED],
        "switches": [one.switches for one in PUBLISHED],
        "links": [one.switch_links for one in PUBLISHED],
    }
    for name, found in columns.items():
        assert tuple(found) == tuple(fact(f"isca.network.{name}").numbers), name


@pytest.mark.parametrize("ports", [2, 4, 8])
def test_no_switch_has_more_cables_than_ports(ports: int) -> None:
    for network in (two_layer_fat_tree(ports), three_layer_fat_tree(ports)):
        assert 2 * network.switch_links + network.endpoints == network.switches * ports


def test_a_dragonfly_wired_by_hand_has_the_counted_cables() -> None:
    groups, size = 5, 4
    switches = list(itertools.product(range(groups), range(size)))
    inside = [
        pair for pair in itertools.combinations(switches, 2) if pair[0][0] == pair[1][0]
    ]
    # Every switch has two ends of cables to other groups.
    across = len(switches) * 2 // 2
    made = dragonfly(groups=groups, switches_per_group=size)
    assert made.switch_links == len(inside) + across
    assert made.switches == len(switches)


def test_two_published_costs_foretell_the_others() -> None:
    usd = fact("isca.network.usd").numbers
    prices = fitted_prices((PUBLISHED[1], usd[1]), (PUBLISHED[2], usd[2]))
    for network, published in zip(PUBLISHED, usd, strict=True):
        assert prices.cost_usd(network) == pytest.approx(published, rel=0.02)


def test_one_shape_twice_tells_no_prices() -> None:
    with pytest.raises(ValueError, match="one shape"):
        fitted_prices((PUBLISHED[0], 9e6), (PUBLISHED[1], 72e6))


@pytest.mark.parametrize(
    ("build", "given", "message"),
    [
        (two_layer_fat_tree, {"switch_ports": 3}, "switch_ports is 3"),
        (two_layer_fat_tree, {"switch_ports": 4, "planes": 0}, "planes is 0"),
        (three_layer_fat_tree, {"switch_ports": 0}, "switch_ports is 0"),
        (slim_fly, {"order": 6}, "order is 6"),
        (dragonfly, {"groups": 10, "switches_per_group": 4}, "groups is 10"),
        (dragonfly, {"groups": 2, "switches_per_group": 3}, "switches_per_group is 3"),
    ],
)
def test_networks_that_cannot_be_built_are_refused(
    build: object, given: dict[str, int], message: str
) -> None:
    assert callable(build)
    with pytest.raises(ValueError, match=message):
        build(**given)


def test_a_network_is_a_value() -> None:
    assert two_layer_fat_tree(4) == Network(endpoints=8, switches=6, switch_links=8)
