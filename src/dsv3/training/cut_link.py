"""The same run on chips whose links differ: what the cut of NVLink cost, by layout."""

from dataclasses import dataclass

from dsv3.facts import fact
from dsv3.training.chip_layer import (
    PUBLISHED_CHIP,
    chip_layer_seconds,
    default_bf16_gain_ratio,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutLink:
    """One layer of experts on a chip with its own link and with a full one."""

    cut_seconds: float
    """A layer on the chip's own link."""

    full_seconds: float
    """A layer on the other chip's link, all else equal."""

    extra_gpu_hours: float
    """Pre-training hours that the cut adds, in proportion to the layer as built."""

    @property
    def extra_share(self) -> float:
        """Time that the cut adds, over the time with the full link."""
        return self.cut_seconds / self.full_seconds - 1


def cut_link(
    layout: str, *, cut: str = PUBLISHED_CHIP, full: str = "H100 SXM"
) -> CutLink:
    """Compare one layout on the cut link and on a full one, with equal compute.

    `cut` computes with its own link, then with that of `full`. With attention split,
    two sums over the node stand in the layer's way, one forward and one backward.

    Examples
    --------
    >>> cut_link("as built").extra_gpu_hours
    0.0
    """
    own, given = (
        float(
            chip_layer_seconds(
                cut,
                layout,
                bf16_gain_ratio=default_bf16_gain_ratio(),
                linked_as=linked_as,
            )
        )
        for linked_as in (cut, full)
    )
    published = float(
        chip_layer_seconds(PUBLISHED_CHIP, "as built", bf16_gain_ratio=1.0)
    )
    hours = fact("v3.gpu_hours.pre_training").number
    return CutLink(
        cut_seconds=own,
        full_seconds=given,
        extra_gpu_hours=hours * (own - given) / published,
    )
