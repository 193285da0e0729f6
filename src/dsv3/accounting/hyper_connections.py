"""What manifold-constrained hyper-connections (mHC) store and do.

They keep several copies of the residual stream. Before and after attention, and before
and after the feed-forward, all copies together say how they are joined and mixed
(DeepSeek-V4, section 2.2) [deepseekai2026v4]_; a last joining stands before the head.
"""

from dsv3.accounting.matrices import FLOP_PER_PARAMETER
from dsv3.architecture import Architecture
from explorables.arithmetic import Number

SITES_PER_BLOCK = 2
"""Around attention and around the feed-forward."""

GATES_PER_SITE = 3
"""One for each of the three mappings: to the layer, from the layer, and past it."""


def hyper_connections_parameters(architecture: Architecture) -> Number:
    """Return what one block stores to mix the copies of its residual stream.

    Examples
    --------
    Two of (2 + 4) 4 rows of 4 x 4,096, with as many biases and three gates:

    >>> from dsv3.architecture import preset
    >>> hyper_connections_parameters(preset("deepseek-v4-flash"))
    786486
    """
    copies = architecture.hc_mult
    if copies is None:
        return 0
    rows = (2 + copies) * copies
    weights = rows * copies * architecture.hidden_size
    return SITES_PER_BLOCK * (weights + rows + GATES_PER_SITE)


def joining_parameters(architecture: Architecture) -> Number:
    """Return what joins the copies to one before the head.

    Examples
    --------
    Four rows of 4 x 4,096, with as many biases and a gate:

    >>> from dsv3.architecture import preset
    >>> joining_parameters(preset("deepseek-v4-flash"))
    65541
    """
    copies = architecture.hc_mult
    if copies is None:
        return 0
    return copies * copies * architecture.hidden_size + copies + 1


def hyper_connections_flop(architecture: Architecture) -> Number:
    """Return the forward FLOP of one token in one block: its mappings and the mixing.

    Examples
    --------
    Two sites of 24 rows of 4 x 4,096, and of 4 x 4 numbers that mix 4,096:

    >>> from dsv3.architecture import preset
    >>> hyper_connections_flop(preset("deepseek-v4-flash"))
    1835008
    """
    copies, hidden = architecture.hc_mult, architecture.hidden_size
    if copies is None:
        return 0
    rows = (2 + copies) * copies
    site = rows * copies * hidden + copies * copies * hidden
    return FLOP_PER_PARAMETER * SITES_PER_BLOCK * site


def joining_flop(architecture: Architecture) -> Number:
    """Return the forward FLOP of one token where the copies are joined.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> joining_flop(preset("deepseek-v3"))
    0
    """
    copies = architecture.hc_mult
    if copies is None:
        return 0
    return FLOP_PER_PARAMETER * copies * copies * architecture.hidden_size
