"""What sizes must be, for plain numbers and for recorded ones.

Each rule refuses in one line with name, value and rule; for a recorded number it
becomes a guard on the page.
"""

from explorables.arithmetic import Number, both, floor, require

LARGEST_SIZE = 2**31 - 1
"""The largest single size accepted; tensor libraries index axes in 32 bits."""


def whole_rule(at_least: int = 1) -> str:
    """Return in words what a size must be."""
    return f"must be a whole number from {at_least} to {LARGEST_SIZE}"


def require_whole(name: str, value: Number, *, at_least: int = 1) -> None:
    """Refuse a size that is not a whole number within reach of a tensor axis.

    From ``at_least`` to 2**31 - 1.

    Examples
    --------
    >>> require_whole("hidden_size", 7168)
    >>> require_whole("hidden_size", 0)
    Traceback (most recent call last):
        ...
    ValueError: hidden_size is 0: must be a whole number from 1 to 2147483647
    """
    rule = whole_rule(at_least)
    # Two steps, because the floor of an infinite number does not exist.
    require(name, value, both(value >= at_least, value <= LARGEST_SIZE), rule)
    require(name, value, floor(value) == value, rule)


def require_multiple(name: str, value: Number, divisor_name: str, of: Number) -> None:
    """Refuse a size that another size does not divide; both are positive.

    Examples
    --------
    >>> require_multiple("num_attention_heads", 64, "num_key_value_heads", 8)
    """
    rule = f"must be a multiple of {divisor_name}"
    require(name, value, floor(value / of) * of == value, rule)


def require_pairs(name: str, value: Number) -> None:
    """Refuse a rotated size that does not fall into pairs.

    Examples
    --------
    >>> require_pairs("qk_rope_head_dim", 64)
    """
    rule = "must be even, because rotary position turns pairs"
    require(name, value, floor(value / 2) * 2 == value, rule)
