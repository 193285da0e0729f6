"""How long one token is on the wire, by the format it is sent in.

Owns the size of one message of dispatch and of combine, and of both together. What
goes with it (which expert, with what weight) is a few bytes in a few thousand, and is
not counted.

Functions take plain numbers or recorded ones (see `explorables.arithmetic`).
"""

from dataclasses import replace

from dsv3.accounting import tiled_bytes
from dsv3.formats import BF16, NUMBER_FORMATS, WIRE_FORMATS
from explorables.arithmetic import Choice, Number, lookup, require

__all__ = ["WIRE_FORMATS", "round_trip_bytes", "token_bytes"]


def token_bytes(
    *, hidden_size: Number, wire_format: Choice, with_scales: bool = True
) -> Number:
    """Return the bytes of one token's hidden state on the wire.

    FP8 is one byte a number and four bytes of scale for each tile of 128, as in the
    DeepEP library [deepseekai2025deepep]_: 7168 + 56 x 4 bytes for DeepSeek-V3.

    Parameters
    ----------
    hidden_size
        Numbers of a token, above 0.
    wire_format
        Name of a number format; :data:`WIRE_FORMATS` are those that libraries send.
    with_scales
        Whether scales are counted. Only a published statement that leaves them out
        is a reason not to.

    Raises
    ------
    ValueError
        If there is no such format, or the size is not above 0.

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

    Parameters
    ----------
    hidden_size, with_scales
        As in :func:`token_bytes`.
    dispatch_format, combine_format
        Formats there and back; FP8 and BF16 in DeepSeek-V3 [deepseekai2024v3]_
        (section 3.3.3).

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
