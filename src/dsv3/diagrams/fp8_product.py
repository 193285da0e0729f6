"""A matrix product in FP8: tiles, blocks, their scales, and where sums are kept.

The finding: scales and promotion share one step of 128 channels, so few numbers depend
on an outlier and few products on the accumulator of the Tensor Core.
"""

from dataclasses import dataclass

from dsv3.architecture import Experts, preset
from dsv3.diagrams.sizes import released_sizes
from dsv3.facts import fact
from explorables.diagram import (
    NARROW,
    WIDE,
    Diagram,
    Layout,
    Mark,
    Texture,
    bars,
    diagram,
    grids,
    lines,
    linked,
    text,
    wire,
)

Marks = tuple[Mark, ...]

TOKENS = 4
"""Tokens of the activation that are drawn."""

STEP = 50
"""The step of the sum that is singled out."""

CAPTION = """
Every {step} channels a product of DeepSeek-V3 takes a new scale of the activation and
of the weight, and its sum leaves the Tensor Core's {bits} bits for FP32.
"""

NOTE = """
Left to right, at one scale: the {channels:,} channels that an expert's up-projection
sums over. A block is as wide as it is high; rows of tokens are drawn higher. Heights of
the sums are those of equal products of one sign.
"""

DESCRIPTION = """
Four rows over the same {channels:,} channels. First the activation, {tokens} tokens,
cut in {tiles} tiles of 1 by {step} channels with a scale each. Then the weight,
{outputs:,} outputs, in {tiles} by {blocks} blocks of {step} by {step} with a scale
each. One step of {step} channels is singled out: there a token's tile meets a column
of blocks. Below, the sum in the Tensor Core, of about {bits} bits, grows in {groups}
additions of {aligned} products and starts anew after {step}. Last the sum in FP32,
which takes each such part times both scales: {tiles} additions. No sum in few bits is
longer than {step} products.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Sizes of the product that is drawn, in numbers and in steps."""

    channels: int
    outputs: int
    step: int
    """Side of a block, length of a tile, and products between promotions."""
    aligned: int
    """Products that the Tensor Core adds at once."""

    @property
    def steps(self) -> int:
        """Steps of a sum: tiles of a token, blocks across."""
        return self.channels // self.step

    @property
    def blocks(self) -> int:
        """Blocks of the weight along its outputs."""
        return self.outputs // self.step

    @property
    def groups(self) -> int:
        """Additions in the Tensor Core between promotions."""
        return self.step // self.aligned


def _product() -> Product:
    experts = preset("deepseek-v3").experts
    tile = round(fact("v3.fp8.activation_tile").numbers[1])
    side = {round(one) for one in fact("v3.fp8.weight_block").numbers}
    promoted = round(fact("v3.fp8.promotion_interval").number)
    if not isinstance(experts, Experts) or side != {tile} or promoted != tile:
        message = "tile, block and promotion have not one step: nothing to draw"
        raise TypeError(message)
    return Product(
        channels=released_sizes().hidden_size,
        outputs=round(experts.moe_intermediate_size),
        step=tile,
        aligned=round(fact("v3.fp8.aligned_products").number),
    )


def fp8_product() -> Diagram:
    """Draw a product of FP8 matrices along the channels that it sums over."""
    product = _product()
    said = {
        "channels": product.channels,
        "outputs": product.outputs,
        "step": product.step,
        "tiles": product.steps,
        "blocks": product.blocks,
        "aligned": product.aligned,
        "groups": product.groups,
        "bits": round(fact("v3.fp8.accumulation_bits").number),
        "tokens": TOKENS,
    }
    return diagram(
        _draw,
        name="fp8-product",
        page="training-system/fp8",
        title="A matrix product in FP8, with its scales and sums",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="DeepSeek-V3 report, section 3.3.2; sizes of an expert",
    )


ROW = 11
"""Height of a token."""


def _draw(*, wide: bool) -> Layout:
    product = _product()
    pitch = (WIDE if wide else NARROW) / product.steps
    heads = _heads(product, wide=wide)
    above = 16 + 16 * (2 if wide else 3) - 6
    rows = TOKENS * ROW
    weight = above + rows + 14
    narrow_sum = weight + above + product.blocks * pitch + 22
    wide_sum = narrow_sum + above + 48 + 22
    bottom = wide_sum + above + 64
    x = (STEP + 0.5) * pitch
    starts = (0.0, weight, narrow_sum, wide_sum)
    bands = (
        _activation(product, above, pitch),
        _weight(product, weight + above, pitch),
        _narrow_sum(product, narrow_sum + above, pitch),
        _wide_sum(product, wide_sum + above, pitch),
    )
    ends = (above + rows, narrow_sum - 22, narrow_sum + above + 48)
    marks: list[Mark] = []
    for start, head, band in zip(starts, heads, bands, strict=True):
        marks += [*_words(start, head), *band]
    marks += [
        wire((x, end + 4), (x, start + above - 4))
        for end, start in zip(ends, starts[1:], strict=True)
    ]
    return Layout(height=bottom + 6, marks=tuple(marks))


def _heads(product: Product, *, wide: bool) -> list[tuple[str, list[str]]]:
    """Return the name of each band and its notes: one line, or two on a phone."""
    bits = round(fact("v3.fp8.accumulation_bits").number)
    step, tiles = product.step, product.steps
    said = [
        (
            "activation, FP8",
            [f"one token: {tiles} tiles of 1 × {step} channels,", "a scale for each"],
        ),
        (
            "weight of an expert, FP8",
            [
                f"{tiles} × {product.blocks} blocks of {step} × {step},",
                "a scale for each",
            ],
        ),
        (
            "sum in the Tensor Core",
            [
                f"about {bits} bits; {product.aligned} products at a time,",
                f"at most {step} in all",
            ],
        ),
        (
            "sum in FP32",
            [f"every {step} products added,", "times both scales"],
        ),
    ]
    return [(name, [" ".join(notes)] if wide else notes) for name, notes in said]


def _words(top: float, head: tuple[str, list[str]]) -> Marks:
    name, notes = head
    words = text(0, top + 14, name, "bold")
    if name.startswith("sum in the"):
        words = linked(
            "#accumulation-precision",
            f"{name}: what its few bits cost",
            words,
            target=(0, top - 3, 190, 24),
        )
    return words, lines(0, top + 31, notes)


def _activation(product: Product, top: float, pitch: float) -> Marks:
    """Draw the tiles of a few tokens; the last token's tile is in use."""
    gap = 1.5
    idle = [
        (column * pitch, top + token * ROW, pitch - gap, ROW - gap)
        for token in range(TOKENS)
        for column in range(product.steps)
        if (token, column) != (TOKENS - 1, STEP)
    ]
    used = (STEP * pitch, top + (TOKENS - 1) * ROW, pitch - gap, ROW - gap)
    return bars(idle, "faint", noun="soft"), bars([used])


def _weight(product: Product, top: float, pitch: float) -> Marks:
    """Draw the blocks of a weight; one column of them is in use."""
    gap = 1.5 if pitch > 10 else 1
    parts: tuple[tuple[int, int, Texture], ...] = (
        (0, STEP, "faint"),
        (STEP, 1, "solid"),
        (STEP + 1, product.steps - STEP - 1, "faint"),
    )
    return (
        *(
            grids(
                [(start * pitch, top)],
                texture,
                columns=count,
                rows=product.blocks,
                pitch=pitch,
                gap=gap,
            )
            for start, count, texture in parts
        ),
    )


def _narrow_sum(product: Product, top: float, pitch: float) -> Marks:
    """Draw the sum that starts anew after each step."""
    groups, high = product.groups, 48
    size = pitch / (groups + 0.5)
    areas = {
        step: [
            (
                step * pitch + group * size,
                top + high * (1 - (group + 1) / groups),
                size,
                high * (group + 1) / groups,
            )
            for group in range(groups)
        ]
        for step in range(product.steps)
    }
    others = [one for step, found in areas.items() if step != STEP for one in found]
    return bars(others, "faint", noun="soft"), bars(areas[STEP])


def _wide_sum(product: Product, top: float, pitch: float) -> Marks:
    """Draw the sum that grows by one part after each step."""
    high = 64
    areas = [
        (
            step * pitch,
            top + high * (1 - (step + 1) / product.steps),
            pitch - 1.5,
            high * (step + 1) / product.steps,
        )
        for step in range(product.steps)
    ]
    later = areas[STEP + 1 :]
    return (
        bars(areas[:STEP], "tint"),
        bars([areas[STEP]]),
        bars(later, "outline", noun="soft"),
    )
