"""How long one token is on the wire, by the format it is sent in.

Owns the size of one message of dispatch and of combine. What goes with it (which
expert, with what weight) is a few bytes in a few thousand, and is not counted.

Functions take plain numbers or recorded ones (see `explorables.arithmetic`).
"""

from collections.abc import Mapping

from dsv3.accounting import tiled_bytes
from explorables.arithmetic import Number, RecordedChoice, lookup, require

WIRE_FORMATS = ("fp8", "bf16", "fp32")
"""Formats a token is sent in: FP8 in tiles of 128 with an FP32 scale each, or plain."""

_PLAIN_BYTES: Mapping[str, float] = {"bf16": 2.0, "fp32": 4.0}


def token_bytes(*, hidden_size: Number, wire_format: str | RecordedChoice) -> Number:
    """Return the bytes of one token's hidden state on the wire.

    FP8 is one byte a number and four bytes of scale for each tile of 128, as in the
    DeepEP library [deepseekai2025deepep]_: 7168 + 56 x 4 bytes for DeepSeek-V3.

    Parameters
    ----------
    hidden_size
        Numbers of a token, above 0; in FP8 a multiple of 128.
    wire_format
        One of :data:`WIRE_FORMATS`.

    Returns
    -------
    Number
        Bytes.

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
    sizes = {"fp8": tiled_bytes(hidden_size)}
    sizes |= {name: width * hidden_size for name, width in _PLAIN_BYTES.items()}
    return lookup(wire_format, sizes)
