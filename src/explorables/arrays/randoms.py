"""Random numbers that need no state and are the same bits in Python and in the page.

Threefry-2x32 with 20 rounds [1]_: a counter, encrypted under a key by additions,
rotations and exclusive or of 32 bits. The key is (seed, stream), the counter (step,
place), so that any step can be drawn alone. Every use needs a stream of its own.

References
----------
.. [1] J. K. Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, SC11, 2011.
"""

import math
from collections.abc import Sequence

import numpy as np

from explorables.arrays.functions import normal_quantile
from explorables.arrays.plain import Array
from explorables.arrays.recorded import RecordedArray

ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
PARITY = 0x1BD11BDA


def threefry(key: Sequence[Array], counter: Sequence[Array]) -> tuple[Array, Array]:
    """Return two 32-bit words, each as an unsigned integer of NumPy.

    Examples
    --------
    The vector that the authors published:

    >>> [hex(word) for word in threefry((0, 0), (0, 0))]
    ['0x6b200159', '0x99ba4efe']
    """
    words = [np.asarray(word, np.uint32) for word in (*key, *counter)]
    *keys, a, b = words
    keys.append(np.uint32(PARITY) ^ keys[0] ^ keys[1])
    with np.errstate(over="ignore"):
        a, b = a + keys[0], b + keys[1]
        for turn in range(20):
            a, shift = a + b, ROTATIONS[turn % 8]
            b = ((b << np.uint32(shift)) | (b >> np.uint32(32 - shift))) ^ a
            if turn % 4 == 3:
                at = turn // 4 + 1
                a, b = a + keys[at % 3], b + keys[(at + 1) % 3] + np.uint32(at)
    return a, b


def uniform(seed: Array, step: Array, shape: Sequence[int], *, stream: int) -> Array:
    """Return numbers spread evenly between 0 and 1, neither of which they reach.

    `seed` and `step` are single whole numbers below 2**32.

    Examples
    --------
    >>> float(uniform(0, 0, (1,), stream=0)[0])
    0.41845711470393965
    """
    attribute = (stream, tuple(shape))
    for given in (seed, step):
        if isinstance(given, RecordedArray):
            return given.recorder.step("uniform", (seed, step), attribute)
    place = np.arange(math.prod(shape), dtype=np.uint32)
    high, low = threefry((_word(seed), stream), (_word(step), place))
    number = (high >> np.uint32(6)) * 67108864.0 + (low >> np.uint32(6))
    return ((number + 0.5) / 4503599627370496.0).reshape(shape)


def normal(seed: Array, step: Array, shape: Sequence[int], *, stream: int) -> Array:
    """Return standard normal numbers: quantiles of uniform ones."""
    return normal_quantile(uniform(seed, step, shape, stream=stream))


def _word(number: Array) -> int:
    return int(number) % 2**32
