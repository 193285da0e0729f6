"""What a network of switches needs: endpoints, switches and links by its shape."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network's parts, each counted once."""

    endpoints: int
    """Adapters it joins."""

    switches: int

    switch_links: int
    """Cables between switches; those to adapters are as many as endpoints."""


def two_layer_fat_tree(switch_ports: int, planes: int = 1) -> Network:
    """Count a full two-layer fat-tree of k-port switches, or several side by side.

    k leaves carry k/2 adapters each and one cable to each of k/2 spines: k²/2
    endpoints, 3k/2 switches and k²/2 cables. With several planes each adapter of a node
    is in a plane of its own.

    Examples
    --------
    >>> two_layer_fat_tree(4)
    Network(endpoints=8, switches=6, switch_links=8)
    """
    _check(switch_ports)
    if planes < 1:
        message = f"planes is {planes}: must be at least 1"
        raise ValueError(message)
    half = switch_ports // 2
    return Network(
        endpoints=planes * switch_ports * half,
        switches=planes * (switch_ports + half),
        switch_links=planes * switch_ports * half,
    )


def three_layer_fat_tree(switch_ports: int) -> Network:
    """Count a full three-layer fat-tree: k pods of k switches under (k/2)² cores.

    With k ports a switch it has k³/4 endpoints, 5k²/4 switches and k³/2 cables.

    Examples
    --------
    >>> three_layer_fat_tree(4)
    Network(endpoints=16, switches=20, switch_links=32)
    """
    _check(switch_ports)
    half = switch_ports // 2
    pods = switch_ports
    return Network(
        endpoints=pods * half * half,
        switches=pods * switch_ports + half * half,
        switch_links=2 * pods * half * half,
    )


def slim_fly(order: int) -> Network:
    """Count a Slim Fly on a McKay-Miller-Siran graph of an order q divisible by four.

    2q² switches, each with 3q/2 cables to others and half as many to adapters.

    Examples
    --------
    >>> slim_fly(4)
    Network(endpoints=96, switches=32, switch_links=96)
    """
    if order < 4 or order % 4:
        message = f"order is {order}: must be a multiple of four and at least 4"
        raise ValueError(message)
    switches, degree = 2 * order * order, 3 * order // 2
    return Network(
        endpoints=switches * degree // 2,
        switches=switches,
        switch_links=switches * degree // 2,
    )


def dragonfly(*, groups: int, switches_per_group: int) -> Network:
    """Count a balanced Dragonfly: groups wired in full, and to each other evenly.

    A switch of a group of a, which is even, has a - 1 cables within it, a/2 to other
    groups and a/2 to adapters. One cable each can join a²/2 + 1 groups at most.

    Examples
    --------
    >>> dragonfly(groups=3, switches_per_group=2)
    Network(endpoints=6, switches=6, switch_links=6)
    """
    if switches_per_group < 2 or switches_per_group % 2:
        message = (
            f"switches_per_group is {switches_per_group}: must be even and at least 2"
        )
        raise ValueError(message)
    half = switches_per_group // 2
    most = switches_per_group * half + 1
    if not 2 <= groups <= most:
        message = f"groups is {groups}: must be from 2 to {most}"
        raise ValueError(message)
    inside = switches_per_group * (switches_per_group - 1) // 2
    return Network(
        endpoints=groups * switches_per_group * half,
        switches=groups * switches_per_group,
        switch_links=groups * inside + groups * switches_per_group * half // 2,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a network costs by its parts."""

    usd_per_switch: float
    """Dollars for a switch, with what serves its adapters."""

    usd_per_switch_link: float

    def cost_usd(self, network: Network) -> float:
        """Return the cost of a network, US dollars."""
        return (
            self.usd_per_switch * network.switches
            + self.usd_per_switch_link * network.switch_links
        )


def fitted_prices(one: tuple[Network, float], other: tuple[Network, float]) -> Prices:
    """Find the prices of a switch and of a cable that give two networks' costs.

    Costs are in US dollars. The networks differ in shape: with equally many cables for
    a switch they are refused.

    Examples
    --------
    Six switches and eight cables for 20, twenty and 32 for 72:

    >>> fitted_prices((two_layer_fat_tree(4), 20), (three_layer_fat_tree(4), 72))
    Prices(usd_per_switch=2.0, usd_per_switch_link=1.0)
    """
    (first, first_usd), (second, second_usd) = one, other
    a, b = first.switches, second.switches
    c, d = first.switch_links, second.switch_links
    determinant = a * d - b * c
    if determinant == 0:
        message = "networks are of one shape: they do not tell switch from cable"
        raise ValueError(message)
    return Prices(
        usd_per_switch=(first_usd * d - second_usd * c) / determinant,
        usd_per_switch_link=(a * second_usd - b * first_usd) / determinant,
    )


def _check(switch_ports: int) -> None:
    if switch_ports < 2 or switch_ports % 2:
        message = f"switch_ports is {switch_ports}: must be even and at least 2"
        raise ValueError(message)
