"""One layer of the published run on another chip: what its rate and its link change."""

from dsv3 import collectives, hardware
from dsv3.facts import assumption, fact
from dsv3.training.expert_layer import (
    RANKS_PER_NODE,
    expert_layer,
    traced_compute_flop_per_s,
)
from explorables.arithmetic import Number, require

PUBLISHED_CHIP = "H800 SXM"
"""What the run was trained on."""

LAYOUTS = (
    "as built",
    "as built, nothing overlapped",
    "as built, and attention split over the node",
)
"""Ways of laying out the run, the published one first."""

_THOUSAND = 1e3


def achieved_nvlink_bytes_per_s(gpu: str) -> float:
    """NVLink per direction at the share of its rating that the report counts with.

    The report's 160 GB/s are 0.8 of the H800's 200; for another chip the same share
    is assumed.

    Examples
    --------
    >>> achieved_nvlink_bytes_per_s("H800") / 1e9
    160.0
    >>> achieved_nvlink_bytes_per_s("H100") / 1e9
    360.0
    """
    rated = hardware.accelerator(PUBLISHED_CHIP).scale_up_bytes_per_s_per_direction
    share = fact("v3.nvlink_bytes_per_s").number / rated
    return share * hardware.accelerator(gpu).scale_up_bytes_per_s_per_direction


def all_reduce_seconds(*, nvlink_bytes_per_s: float, tokens: float) -> float:
    """Time to sum a layer's hidden states over the eight GPUs of a node, in BF16.

    The eight work on eight times the tokens of one.

    Examples
    --------
    >>> round(1e3 * all_reduce_seconds(nvlink_bytes_per_s=160e9, tokens=4096), 2)
    5.14
    """
    require("tokens", tokens, tokens > 0, "must be above 0")
    message = collectives.token_bytes(
        hidden_size=fact("v3.hidden_size").number, wire_format="bf16"
    )
    sent = collectives.ring_all_reduce_bytes(
        ranks=RANKS_PER_NODE, message_bytes=RANKS_PER_NODE * tokens * message
    )
    return float(sent / nvlink_bytes_per_s)


def has_fp8(gpu: str) -> bool:
    """Say whether a chip multiplies in FP8, as the published run does.

    Examples
    --------
    >>> has_fp8("H20"), has_fp8("A800")
    (True, False)
    """
    return "fp8" in hardware.accelerator(gpu).dense_peaks


def chip_compute_flop_per_s(gpu: str, *, bf16_gain_ratio: Number) -> Number:
    """FLOP/s that a chip would sustain in the published layer.

    With FP8, the share of the FP8 peak is that of the H800 in the published trace.
    Without it, the share is of the BF16 peak and larger by a factor, since a chip with
    less to do at a time is easier to keep busy. That factor is `bf16_gain_ratio`.

    Examples
    --------
    >>> round(chip_compute_flop_per_s("H20", bf16_gain_ratio=1.5) / 1e12)
    98
    """
    require("bf16_gain_ratio", bf16_gain_ratio, bf16_gain_ratio > 0, "must be above 0")
    peak = hardware.accelerator(PUBLISHED_CHIP).peak_flop_per_s("fp8")
    share = traced_compute_flop_per_s() / peak
    if has_fp8(gpu):
        return share * hardware.accelerator(gpu).peak_flop_per_s("fp8")
    return bf16_gain_ratio * share * hardware.accelerator(gpu).peak_flop_per_s("bf16")


def chip_layer_seconds(
    gpu: str, layout: str, *, bf16_gain_ratio: Number, linked_as: str = ""
) -> Number:
    """Time of one layer of the published run on a chip, forward and backward.

    Nodes, network and tokens stay as published; the chip brings its arithmetic and the
    link inside the node. Without FP8, tokens travel in BF16 both ways. With attention
    split, two sums over the node stand in the layer's way, one forward and one
    backward. `linked_as` names the chip whose link it is given, its own when empty.

    Examples
    --------
    >>> round(1e3 * chip_layer_seconds("H800", "as built", bf16_gain_ratio=1.5), 2)
    29.54
    """
    if layout not in LAYOUTS:
        message = f"layout is {layout!r}: choose among {', '.join(LAYOUTS)}"
        raise ValueError(message)
    nvlink = achieved_nvlink_bytes_per_s(linked_as or gpu)
    tokens = fact("v3.sequence_tokens").number
    apart = "nothing overlapped" in layout
    made = expert_layer(
        nvlink_bytes_per_s=nvlink,
        network_bytes_per_s=fact("v3.infiniband_bytes_per_s").number,
        communication_sms=fact("v3.communication_sms").number,
        topk_group=fact("v3.topk_group").number,
        num_experts_per_tok=fact("v3.num_experts_per_tok").number,
        dispatch_format="fp8" if has_fp8(gpu) else "bf16",
        combine_format="bf16",
        counting="at most",
        overlap="one after the other" if apart else "overlapped",
        waiting_milliseconds=0.0,
        compute_flop_per_s=chip_compute_flop_per_s(
            gpu, bf16_gain_ratio=bf16_gain_ratio
        ),
        tokens=tokens,
    )
    seconds = made.layer_milliseconds / _THOUSAND
    if "attention split" in layout:
        seconds = seconds + 2 * all_reduce_seconds(
            nvlink_bytes_per_s=nvlink, tokens=tokens
        )
    return seconds


def default_bf16_gain_ratio() -> float:
    """Return the assumed gain in share of peak of a chip without FP8.

    Examples
    --------
    >>> default_bf16_gain_ratio()
    1.5
    """
    return assumption("training.bf16_gain_ratio").central
