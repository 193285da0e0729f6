"""How this package arrives at the published figures of links and networks."""

from dsv3 import calculators, collectives, serving
from dsv3.facts import fact
from dsv3.measurements import record

_NVL72_BYTES_PER_S = 900e9
"""One direction of a GB200's NVLink, as the paper counts it."""


def v3_link_ratio() -> float:
    """NVLink over InfiniBand, in the bandwidths the report counts with."""
    nvlink = fact("v3.nvlink_bytes_per_s").number
    return nvlink / fact("v3.infiniband_bytes_per_s").number


def v3_experts_at_equal_communication() -> float:
    """Experts of a token at which four nodes fill NVLink and network alike."""
    return float(
        collectives.experts_at_equal_time(
            topk_group=fact("v3.topk_group").number,
            nvlink_bytes_per_s=fact("v3.nvlink_bytes_per_s").number,
            network_bytes_per_s=fact("v3.infiniband_bytes_per_s").number,
        )
    )


def isca_link_ratio_nominal() -> float:
    """NVLink over InfiniBand, both as rated."""
    nvlink = fact("isca.nvlink_nominal_bytes_per_s").number
    return nvlink / fact("v3.infiniband_bytes_per_s").number


def v3_communication_to_compute_traced() -> float:
    """Busy time of the trace's communication stream over its compute stream's."""
    times = record("training_trace").measures["milliseconds"]
    return float(times["communication stream"] / times["compute stream"])


def v3_communication_to_compute_counted() -> float:
    """Communication over compute of a layer, links at the report's full bandwidth."""
    return float(calculators.expert_layer().communication_to_compute_ratio)


def v3_blocks_of_communication() -> float:
    """Blocks of the dispatch and combine kernels in the published trace."""
    kernels = record("training_trace").measures["kernels"]
    (blocks,) = {*kernels["dispatch"]["blocks"], *kernels["combine"]["blocks"]}
    return float(blocks)


def v3_channels() -> float:
    """Channels, at two multiprocessors for each: one that sends, one that receives."""
    return v3_blocks_of_communication() / 2


def isca_multi_plane_gpus() -> float:
    """Endpoints of eight two-layer trees of 64-port switches."""
    return float(_networks()["mpft"].endpoints)


def isca_decode_communication() -> float:
    """Seconds of dispatch and combine over 400G InfiniBand, as the paper counts."""
    return float(
        serving.published_decode_limit(
            fact("v3.infiniband_bytes_per_s").number
        ).communication_seconds
    )


def isca_decode_token() -> float:
    """Seconds for a written token over 400G InfiniBand, by the network alone."""
    return float(
        serving.published_decode_limit(
            fact("v3.infiniband_bytes_per_s").number
        ).token_seconds
    )


def isca_decode_speed() -> float:
    """Tokens per second over 400G InfiniBand, by the network alone."""
    return float(
        serving.published_decode_limit(
            fact("v3.infiniband_bytes_per_s").number
        ).tokens_per_s
    )


def isca_decode_gb200_communication() -> float:
    """Seconds of dispatch and combine over GB200 NVL72, as the paper counts."""
    return float(
        serving.published_decode_limit(_NVL72_BYTES_PER_S).communication_seconds
    )


def isca_decode_gb200_token() -> float:
    """Seconds for a written token over GB200 NVL72, by the network alone."""
    return float(serving.published_decode_limit(_NVL72_BYTES_PER_S).token_seconds)


def isca_decode_gb200_speed() -> float:
    """Tokens per second over GB200 NVL72, by the network alone."""
    return float(serving.published_decode_limit(_NVL72_BYTES_PER_S).tokens_per_s)


def isca_ft2_endpoints() -> float:
    """Endpoints of a two-layer fat-tree."""
    return float(_networks()["ft2"].endpoints)


def isca_ft2_switches() -> float:
    """Switches of a two-layer fat-tree."""
    return float(_networks()["ft2"].switches)


def isca_ft2_links() -> float:
    """Links of a two-layer fat-tree."""
    return float(_networks()["ft2"].switch_links)


def isca_ft2_usd_per_endpoint() -> float:
    """Cost of a two-layer fat-tree over its endpoints, from the printed cost."""
    return _usd_per_endpoint(0)


def isca_ft2_usd() -> float:
    """Cost of a two-layer fat-tree at the prices that two other columns imply."""
    return _usd_at_fitted_prices("ft2")


def isca_mpft_switches() -> float:
    """Switches of eight planes of it."""
    return float(_networks()["mpft"].switches)


def isca_mpft_links() -> float:
    """Links of eight planes of it."""
    return float(_networks()["mpft"].switch_links)


def isca_mpft_usd_per_endpoint() -> float:
    """Cost of eight planes of it over its endpoints, from the printed cost."""
    return _usd_per_endpoint(1)


def isca_ft3_endpoints() -> float:
    """Endpoints of a three-layer fat-tree."""
    return float(_networks()["ft3"].endpoints)


def isca_ft3_switches() -> float:
    """Switches of a three-layer fat-tree."""
    return float(_networks()["ft3"].switches)


def isca_ft3_links() -> float:
    """Links of a three-layer fat-tree."""
    return float(_networks()["ft3"].switch_links)


def isca_ft3_usd_per_endpoint() -> float:
    """Cost of a three-layer fat-tree over its endpoints, from the printed cost."""
    return _usd_per_endpoint(2)


def isca_slim_fly_endpoints() -> float:
    """Endpoints of a Slim Fly."""
    return float(_networks()["slim_fly"].endpoints)


def isca_slim_fly_switches() -> float:
    """Switches of a Slim Fly."""
    return float(_networks()["slim_fly"].switches)


def isca_slim_fly_links() -> float:
    """Links of a Slim Fly."""
    return float(_networks()["slim_fly"].switch_links)


def isca_slim_fly_usd_per_endpoint() -> float:
    """Cost of a Slim Fly over its endpoints, from the printed cost."""
    return _usd_per_endpoint(3)


def isca_slim_fly_usd() -> float:
    """Cost of a Slim Fly at the prices that two other columns imply."""
    return _usd_at_fitted_prices("slim_fly")


def isca_dragonfly_endpoints() -> float:
    """Endpoints of a Dragonfly."""
    return float(_networks()["dragonfly"].endpoints)


def isca_dragonfly_switches() -> float:
    """Switches of a Dragonfly."""
    return float(_networks()["dragonfly"].switches)


def isca_dragonfly_links() -> float:
    """Links of a Dragonfly."""
    return float(_networks()["dragonfly"].switch_links)


def isca_dragonfly_usd_per_endpoint() -> float:
    """Cost of a Dragonfly over its endpoints, from the printed cost."""
    return _usd_per_endpoint(4)


def isca_dragonfly_usd() -> float:
    """Cost of a Dragonfly at the prices that two other columns imply."""
    return _usd_at_fitted_prices("dragonfly")


def _networks() -> dict[str, collectives.Network]:
    ports = int(fact("isca.switch_ports").number)
    planes = int(fact("v3.nics_per_node").number)
    return {
        "ft2": collectives.two_layer_fat_tree(ports),
        "mpft": collectives.two_layer_fat_tree(ports, planes=planes),
        "ft3": collectives.three_layer_fat_tree(ports),
        "slim_fly": collectives.slim_fly(28),
        "dragonfly": collectives.dragonfly(groups=511, switches_per_group=32),
    }


def _usd_per_endpoint(column: int) -> float:
    usd, endpoints = (
        fact(f"isca.network.{name}").numbers[column] for name in ("usd", "endpoints")
    )
    return usd / endpoints


def _usd_at_fitted_prices(name: str) -> float:
    networks, usd = _networks(), fact("isca.network.usd").numbers
    prices = collectives.fitted_prices(
        (networks["mpft"], usd[1]), (networks["ft3"], usd[2])
    )
    return prices.cost_usd(networks[name])
