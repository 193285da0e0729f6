"""The same run on chips whose links differ: what the cut of NVLink cost, by layout.

Owns the comparison of two bandwidths with compute held equal. Knows no money.
"""

from dataclasses import dataclass
from typing import Any

from dsv3 import collectives, hardware
from dsv3.arithmetic import require
from dsv3.facts import fact
from dsv3.training.expert_layer import RANKS_PER_NODE, expert_layer, published_layer

LAYOUTS = (
    "as built",
    "as built, nothing overlapped",
    "as built, and attention split over the node",
)
"""Ways of laying out the run, the published one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutLink:
    """One layer of experts on an H800 and on an H100, in one layout."""

    cut_seconds: float
    """A layer on the H800's link."""

    full_seconds: float
    """A layer on the H100's link, all else equal."""

    extra_gpu_hours: float
    """Pre-training hours that the cut adds, in proportion to the layer as built."""

    @property
    def extra_share(self) -> float:
        """Time that the cut adds, over the time with the full link."""
        return self.cut_seconds / self.full_seconds - 1


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
    rated = hardware.accelerator("H800 SXM").scale_up_bytes_per_s_per_direction
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


def cut_link(layout: str, *, full: str = "H100 SXM") -> CutLink:
    """Compare one layout on the cut link and on a full one, with equal compute.

    Parameters
    ----------
    layout
        A name of :data:`LAYOUTS`. With attention split, two sums over the node stand
        in the layer's way, one forward and one backward.
    full
        Chip whose link is not cut.

    Returns
    -------
    CutLink
        Seconds of a layer on both, and pre-training hours that lie between.

    Raises
    ------
    ValueError
        If there is no such layout.

    Examples
    --------
    >>> cut_link("as built").extra_gpu_hours
    0.0
    """
    cut, whole = (
        _seconds(layout, achieved_nvlink_bytes_per_s(gpu)) for gpu in ("H800", full)
    )
    published = float(expert_layer(**_published()).layer_milliseconds) / 1e3
    hours = fact("v3.gpu_hours.pre_training").number
    return CutLink(
        cut_seconds=cut,
        full_seconds=whole,
        extra_gpu_hours=hours * (cut - whole) / published,
    )


def _seconds(layout: str, nvlink_bytes_per_s: float) -> float:
    """Return the time of a layer in one layout."""
    if layout not in LAYOUTS:
        message = f"layout is {layout!r}: choose among {', '.join(LAYOUTS)}"
        raise ValueError(message)
    given = _published()
    given["nvlink_bytes_per_s"] = nvlink_bytes_per_s
    if "nothing overlapped" in layout:
        given["overlap"] = "one after the other"
    seconds = float(expert_layer(**given).layer_milliseconds) / 1e3
    if "attention split" in layout:
        seconds += 2 * all_reduce_seconds(
            nvlink_bytes_per_s=nvlink_bytes_per_s, tokens=given["tokens"]
        )
    return seconds


def _published() -> dict[str, Any]:
    return dict(published_layer())
