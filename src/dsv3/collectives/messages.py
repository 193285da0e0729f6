"""The bytes of one token on the wire, by the format it is sent in.

What goes with it (which expert, with what weight) is a few bytes in a few thousand, and
is not counted.
"""

from dataclasses import replace

from dsv3.accounting import tiled_bytes
from dsv3.formats import BF16, NUMBER_FORMATS
from explorables.arithmetic import Choice, Number, lookup, require


def token_bytes(
    *, hidden_size: Number, wire_format: Choice, with_scales: bool = True
) -> Number:
    """Return the bytes of one token's hidden state on the wire.

    FP8 is one byte a number and four bytes of scale for each tile of 128, as in the
    DeepEP library [deepseekai2025deepep]_: 7168 + 56 x 4 bytes for DeepSeek-V3. The
    format is any number format; libraries send :data:`dsv3.formats.WIRE_FORMATS`.
    Only a published statement that leaves scales out is a reason to do so.

    Examples
    --------
    >>> token_bytes(hidden_size=7168, wire_format="fp8")
    7392.0
    >>> token_bytes(hidden_size=7168, wire_format="bf16")
    14336.0
    """
    require("hidden_size", hidden_size, hidden_size > 0, "must be above 0")
    sizes = {
        name: tiled_bytes(
            hidden_size, form if with_scales else replace(form, scale_bytes=0)
        )
        for name, form in NUMBER_FORMATS.items()
    }
    return lookup(wire_format, sizes, name="wire_format")


def round_trip_bytes(
    *,
    hidden_size: Number,
    dispatch_format: Choice = "fp8",
    combine_format: Choice = BF16.name,
    with_scales: bool = True,
) -> Number:
    """Return the bytes of one token sent to one expert of one layer and back.

    FP8 there and BF16 back in DeepSeek-V3 [deepseekai2024v3]_ (section 3.3.3).

    Examples
    --------
    >>> round_trip_bytes(hidden_size=7168)
    21728.0
    """
    return token_bytes(
        hidden_size=hidden_size, wire_format=dispatch_format, with_scales=with_scales
    ) + token_bytes(
        hidden_size=hidden_size, wire_format=combine_format, with_scales=with_scales
    )
