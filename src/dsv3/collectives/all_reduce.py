"""Summing over a group of GPUs: the bytes that tensor parallelism sends."""

from explorables.arithmetic import Number, require


def ring_all_reduce_bytes(*, ranks: Number, message_bytes: Number) -> Number:
    """Return the bytes each rank sends to sum a message over a ring.

    Every part of the message goes round twice, once to be summed and once to be
    known: 2 (n - 1) / n of it leaves each rank.

    Examples
    --------
    >>> ring_all_reduce_bytes(ranks=2, message_bytes=100)
    100.0
    """
    require("ranks", ranks, ranks >= 1, "must be at least 1")
    return 2 * (ranks - 1) / ranks * message_bytes
