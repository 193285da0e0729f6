"""Eight numbers in eight bits: what codes and shared scales leave of them."""

from typing import Annotated

from dsv3 import accounting
from dsv3.accounting.microscope import TILES
from dsv3.formats import FLOAT_FORMATS
from explorables import Argument, Codes, Curve, calculator
from explorables.arithmetic import Choice, Condition, Number

ROWS = tuple((f"v{at}", f"code{at}_count", f"y{at}") for at in range(1, 9))
"""Results for each number: what was given, its code, and what comes back."""

ROW_LABELS = {
    name: f"{at}, {words}"
    for at, row in enumerate(ROWS, start=1)
    for name, words in zip(row, ("as given", "code", "dequantised value"), strict=True)
}


def _element(at: int) -> Argument:
    return Argument(
        f"Number {at}",
        "One of the eight numbers, before the offset.",
        -4,
        4,
        step=0.01,
        scale="linear",
    )


@calculator(
    command="dsv3 training fp8",
    title="Eight numbers in eight bits",
    summary="Codes, scales and errors of eight numbers in FP8.",
    finding="The outlier costs its own tile precision and spares the other tile.",
    outputs={
        "error_share": "Error of the first seven",
        "one_scale_error_share": "Error, per-tensor scaling",
        "lost_count": "Underflows to zero",
        "one_scale_lost_count": "Underflows, per-tensor scaling",
        "first_scale": "Scale of the first tile",
        "last_scale": "Scale of the outlier's tile",
        **ROW_LABELS,
    },
    curve=Curve(
        x="outlier_doublings", y="one_scale_error_share", y_scale="linear", fixed=True
    ),
)
def fp8(
    *,
    form: Annotated[
        Choice,
        Argument(
            "Format",
            "Bits of exponent and mantissa; the sign takes one more.",
            options=tuple(FLOAT_FORMATS),
        ),
    ] = "E4M3",
    tile: Annotated[
        Choice,
        Argument(
            "Numbers per scale",
            "Neighbours that share a scale.",
            options={"two": "two", "four": "four", "eight": "all eight"},
        ),
    ] = "four",
    power_of_two: Annotated[
        Condition,
        Argument(
            "Power-of-two scales", "Whether scales are rounded up to powers of two."
        ),
    ] = False,
    outlier_doublings: Annotated[
        Number,
        Argument(
            "Outlier doublings",
            "How often the eighth number is doubled, after the offset.",
            0,
            24,
            step=1,
            scale="linear",
        ),
    ] = 18.0,
    x1: Annotated[Number, _element(1)] = 0.9,
    x2: Annotated[Number, _element(2)] = -0.31,
    x3: Annotated[Number, _element(3)] = 0.12,
    x4: Annotated[Number, _element(4)] = 0.55,
    x5: Annotated[Number, _element(5)] = -1.4,
    x6: Annotated[Number, _element(6)] = 0.07,
    x7: Annotated[Number, _element(7)] = 2.1,
    x8: Annotated[Number, _element(8)] = 1.0,
    shift: Annotated[
        Number,
        Argument(
            "Offset", "Added to each of the eight.", -4, 4, step=0.01, scale="linear"
        ),
    ] = 0.0,
) -> accounting.Microscope:
    """Quantise eight numbers; see `accounting.microscope`.

    Examples
    --------
    >>> fp8().one_scale_lost_count, fp8(outlier_doublings=0).one_scale_lost_count
    (4.0, 0.0)
    """
    return accounting.microscope(
        form=form,
        tile=tile,
        power_of_two=power_of_two,
        outlier_doublings=outlier_doublings,
        x1=x1,
        x2=x2,
        x3=x3,
        x4=x4,
        x5=x5,
        x6=x6,
        x7=x7,
        x8=x8,
        shift=shift,
    )


def fp8_panel() -> Codes:
    """Return the panel that shows every code bit by bit."""
    return Codes(
        **fp8.parts(),
        curve=fp8.curve,
        rows=ROWS,
        form="form",
        bits={name: form.parts for name, form in FLOAT_FORMATS.items()},
        tile="tile",
        sizes=TILES,
    )
