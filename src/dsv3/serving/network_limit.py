"""How fast one reader can be served at most, if only the network took time.

The published limit of decoding [zhao2025insights]_ (section 2.3.2) counts what dispatch
and combine must send, and nothing else.
"""

from dataclasses import dataclass

from dsv3.collectives import round_trip_bytes
from dsv3.facts import fact
from explorables.arithmetic import Number, require


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeLimit:
    """The least time of one written token, by the network alone."""

    communication_seconds: Number
    """Dispatch and combine of one layer, for one micro-batch."""

    layer_seconds: Number
    """One layer with its micro-batches in turn."""

    token_seconds: Number
    """All layers: time for each written token."""

    tokens_per_s: Number


def decode_limit(
    *,
    bytes_per_s: Number,
    hidden_size: Number,
    layers: Number,
    tokens: Number = 32,
    experts: Number = 9,
    dispatch_format: str = "fp8",
    combine_format: str = "bf16",
    micro_batches: Number = 2,
    with_scales: bool = True,
) -> DecodeLimit:
    """Bound the speed of decoding by what the network must carry.

    Every token goes to each of its experts, and back, over one link. `tokens` are those
    of one GPU and micro-batch, `layers` those that send, and the shared expert is among
    `experts`. The paper leaves out the scales of a token in FP8.

    Examples
    --------
    The published figures, which count 7,000 numbers and 61 layers:

    >>> limit = decode_limit(
    ...     bytes_per_s=50e9, hidden_size=7000, layers=61, with_scales=False
    ... )
    >>> round(limit.communication_seconds * 1e6, 2), round(limit.token_seconds * 1e3, 2)
    (120.96, 14.76)
    """
    require("bytes_per_s", bytes_per_s, bytes_per_s > 0, "must be above 0")
    require("layers", layers, layers > 0, "must be above 0")
    message = round_trip_bytes(
        hidden_size=hidden_size,
        dispatch_format=dispatch_format,
        combine_format=combine_format,
        with_scales=with_scales,
    )
    once = message * tokens * experts / bytes_per_s
    layer = micro_batches * once
    return DecodeLimit(
        communication_seconds=once,
        layer_seconds=layer,
        token_seconds=layers * layer,
        tokens_per_s=1 / (layers * layer),
    )


def published_decode_limit(bytes_per_s: float) -> DecodeLimit:
    """Return the limit as the paper counts it, for a link.

    7,000 numbers for 7,168, no scales, and all 61 layers, though 3 of them have no
    experts.

    Examples
    --------
    >>> round(published_decode_limit(900e9).communication_seconds * 1e6, 2)
    6.72
    """
    return decode_limit(
        bytes_per_s=bytes_per_s,
        hidden_size=7000,
        layers=fact("v3.num_hidden_layers").number,
        tokens=fact("isca.decode.tokens_per_device").number,
        with_scales=False,  # the paper counts 1 byte + 2 bytes for each number
    )
