"""How weights are spread over packs of equal size, many rows at once.

The two greedy steps of the published algorithm, copying and packing, and an exchange
that mends what greed leaves. A row is anything whose items are placed apart from other
rows'.

Letters: X rows, N items, P packs, S slots of a pack.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_GAIN = 1e-12
"""An exchange must lower the fullest pack by this share: less is rounding."""


def copied(weights_XN: Floats, items: int) -> tuple[Ints, Ints]:
    """Give every further copy to the item whose copies are heaviest just then.

    No other choice of copies has a lighter heaviest copy, if copies of an item share
    its weight evenly. `items` is those wanted, copies included. Returned are, for every
    row, the item that each copy is of, first those that were there, then the added ones
    in their order; and the number of copies of each item.

    Examples
    --------
    Two more copies: the first of 90, then 60 is heavier than each half.

    >>> item_of, counts = copied(np.array([[90.0, 60.0, 30.0]]), 5)
    >>> item_of.tolist(), counts.tolist()
    ([[0, 1, 2, 0, 1]], [[2, 2, 1]])
    """
    rows, present = weights_XN.shape
    each_XN = weights_XN.copy()
    counts_XN = np.ones((rows, present), dtype=np.int64)
    item_of = np.tile(np.arange(items, dtype=np.int64), (rows, 1))
    row = np.arange(rows)
    for added in range(present, items):
        heaviest = each_XN.argmax(axis=1)
        item_of[:, added] = heaviest
        counts_XN[row, heaviest] += 1
        each_XN[row, heaviest] = weights_XN[row, heaviest] / counts_XN[row, heaviest]
    return item_of, counts_XN


def packed(weights_XN: Floats, packs: int) -> Ints:
    """Put items into packs of equal size, heaviest first, each where it is lightest.

    Packs of one item take the items as they come, since order changes no load. Returned
    is for every row the item in each slot, pack after pack; the packs must divide the
    items.

    Examples
    --------
    5 and 4 open a pack each, 3 joins the 4 and 1 the 5: 6 against 7.

    >>> packed(np.array([[1.0, 5.0, 3.0, 4.0]]), 2).tolist()
    [[1, 0, 3, 2]]
    """
    rows, items = weights_XN.shape
    size = items // packs
    slots_XN = np.tile(np.arange(items, dtype=np.int64), (rows, 1))
    if size == 1:
        return slots_XN
    order_XN = np.argsort(-weights_XN, axis=1, kind="stable")
    sorted_XN = np.take_along_axis(weights_XN, order_XN, axis=1)
    loads_XP = np.zeros((rows, packs))
    filled_XP = np.zeros((rows, packs), dtype=np.int64)
    first_pack_X = np.arange(rows) * packs
    loads, filled, slots = loads_XP.ravel(), filled_XP.ravel(), slots_XN.ravel()
    for at in range(items):
        pack = loads_XP.argmin(axis=1) + first_pack_X
        before = filled[pack]
        slots[pack * size + before] = order_XN[:, at]
        filled[pack] = before + 1
        # A full pack weighs more than any, so that it is never the lightest.
        loads[pack] += np.where(before + 1 == size, np.inf, sorted_XN[:, at])
    return slots_XN


def exchanged(weights_XN: Floats, slots_XN: Ints, packs: int) -> Ints:
    """Exchange items between the fullest pack and another while that helps.

    Of all exchanges with the fullest pack, the one is made after which the fuller of
    the two packs is lightest. No exchange makes a fullest pack fuller. Slots stand pack
    after pack, as in :func:`packed`.

    Examples
    --------
    With 7, 2 and 1 in one pack and 5, 4 and 4 in the other it is 10 against 13.
    Exchanging the 2 and a 4 makes 12 and 11, and nothing makes it more even.

    >>> weights = np.array([[7.0, 5.0, 4.0, 4.0, 2.0, 1.0]])
    >>> slots = exchanged(weights, np.array([[0, 4, 5, 1, 2, 3]]), 2)
    >>> np.take_along_axis(weights, slots, axis=1).reshape(2, 3).sum(axis=1).tolist()
    [12.0, 11.0]
    """
    rows, items = weights_XN.shape
    size = items // packs
    slots_XN = slots_XN.copy()
    active = np.arange(rows)
    while active.size:
        placed = np.take_along_axis(weights_XN[active], slots_XN[active], axis=1)
        mine, other, helps = _best_exchange(placed.reshape(-1, packs, size))
        active, mine, other = active[helps], mine[helps], other[helps]
        given = slots_XN[active, mine].copy()
        slots_XN[active, mine] = slots_XN[active, other]
        slots_XN[active, other] = given
    return slots_XN


def _best_exchange(placed_XPS: Floats) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Return the two slots to exchange in every row, and whether it helps."""
    rows, packs, size = placed_XPS.shape
    loads_XP = placed_XPS.sum(axis=2)
    row = np.arange(rows)
    fullest = loads_XP.argmax(axis=1)
    high = loads_XP[row, fullest]
    moved = placed_XPS[row, fullest][:, :, None] - placed_XPS.reshape(rows, 1, -1)
    theirs = np.repeat(loads_XP, size, axis=1)[:, None, :] + moved
    after = np.maximum(high[:, None, None] - moved, theirs).reshape(rows, -1)
    best = after.argmin(axis=1)
    helps = after[row, best] < high * (1 - LEAST_GAIN)
    mine, other = np.divmod(best, packs * size)
    return fullest * size + mine, other, helps
