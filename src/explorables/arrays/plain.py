"""What each operation is on NumPy arrays: the definition that the page must repeat.

Sums start at 0 and add their terms one after another, first to last. NumPy's own sum
adds in pairs, its matrix product in blocks with fused multiplications, and its exp
differs from one machine to the next; none of them is used. Square roots are exact to
the last bit everywhere.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = Any
"""A NumPy array or a single number; typed loosely because recorded arrays stand in."""


def compute(
    operation: str, operands: Sequence[Array], attribute: tuple[Any, ...]
) -> Array:
    """Do one operation; infinities and NaN come without a warning, as in the page."""
    with np.errstate(all="ignore"):
        return NUMPY[operation](*[_floats(x) for x in operands], *attribute)


def _floats(x: Array) -> Array:
    made = np.asarray(x)
    return made if made.dtype in (bool, np.float64) else made.astype(np.float64)


def _total(x: Array, axis: int) -> Array:
    parts = np.ascontiguousarray(np.moveaxis(x, axis, 0))
    if parts.ndim == 1 and parts.size:
        # Adds in order too, but from the first term: 0 makes a 0 of -0.
        return np.add.accumulate(parts)[-1] + 0.0
    result = np.zeros(parts.shape[1:])
    for part in parts:
        result += part
    return result


def _largest(x: Array, axis: int) -> Array:
    result = np.full(x.shape[:axis] + x.shape[axis + 1 :], -np.inf)
    for part in np.moveaxis(x, axis, 0):
        # np.maximum takes -0 and 0 in any order, and hands NaN on.
        result = np.where(result < part, part, result)
    return result


def _cumulative(x: Array, axis: int) -> Array:
    result = np.zeros_like(x)
    places, now = np.moveaxis(result, axis, 0), 0.0
    for at, part in enumerate(np.moveaxis(x, axis, 0)):
        now = now + part
        places[at] = now
    return result


def _product(a: Array, b: Array, *, sparse: bool) -> Array:
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    result = np.zeros((*batch, a.shape[-2], b.shape[-1]))
    term = np.empty_like(result)
    # Without infinities a term of 0 changes no sum that starts at 0.
    masked = sparse and not np.isfinite(b).all()
    for k in range(a.shape[-1]):
        left = a[..., k, None]
        np.multiply(left, b[..., k, None, :], out=term)
        result += np.where(left == 0, 0.0, term) if masked else term
    return result


def _product_of_rows(a: Array, b: Array, rows: Array, *, sparse: bool) -> Array:
    batch = rows.shape[:-1]
    result = np.zeros((*rows.shape, b.shape[-1]))
    left = np.broadcast_to(a, (*batch, *a.shape[-2:]))[rows]
    right = np.broadcast_to(b, (*batch, *b.shape[-2:]))[np.nonzero(rows)[:-1]]
    # Each row of the result is a product of its own: one row by one matrix.
    result[rows] = _product(left[:, None], right, sparse=sparse)[:, 0]
    return result


def _product_given(a: Array, b: Array, *rest: Array) -> Array:
    *rows, sparse = rest
    if rows:
        return _product_of_rows(a, b, rows[0], sparse=sparse)
    return _product(a, b, sparse=sparse)


def _ranks(x: Array) -> Array:
    # Whether j stands before i: larger if it comes later, not smaller if earlier.
    larger = x[..., None, :] > x[..., :, None]
    at = np.arange(x.shape[-1])
    later, earlier = at > at[:, None], at < at[:, None]
    before = (larger & later) | (~np.swapaxes(larger, -1, -2) & earlier)
    return np.count_nonzero(before, axis=-1).astype(np.float64)


def _order(ranks: Array) -> Array:
    result = np.zeros_like(ranks)
    for i in range(ranks.shape[-1]):
        place = ranks[..., i, None].astype(np.int64)
        np.put_along_axis(result, place, float(i), axis=-1)
    return result


def places(index: Array, size: int) -> Array:
    """Return whole places inside an axis: floored, bounded, 0 for NaN."""
    bounded = np.clip(np.where(index > 0, index, 0.0), 0, size - 1)
    return np.floor(bounded).astype(np.int64)


def _scaled(x: Array, n: Array) -> Array:
    half = np.floor(n / 2)
    first = np.ldexp(1.0, half.astype(np.int64))
    return x * first * np.ldexp(1.0, (n - half).astype(np.int64))


def _index(x: Array, *entries: Any) -> Array:
    key = tuple(
        slice(e[0], e[0] + e[1] * e[2] if e[0] + e[1] * e[2] >= 0 else None, e[1])
        if isinstance(e, tuple)
        else e
        for e in entries
    )
    return x[key]


NUMPY: dict[str, Callable[..., Array]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negative": np.negative,
    "absolute": np.abs,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "less": np.less,
    "less_equal": np.less_equal,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "both": np.logical_and,
    "either": np.logical_or,
    "negated": np.logical_not,
    "where": np.where,
    "scaled": _scaled,
    "exponent": lambda x: np.frexp(x)[1] - 1.0,
    "total": _total,
    "largest": _largest,
    "cumulative": _cumulative,
    "product": _product_given,
    "ranks": _ranks,
    "order": _order,
    "take": lambda x, i, axis: np.take(x, places(i, x.shape[axis]), axis=axis),
    "take_along": lambda x, i: np.take_along_axis(x, places(i, x.shape[-1]), axis=-1),
    "reshape": lambda x, *shape: np.reshape(x, shape),
    "transpose": lambda x, *axes: np.transpose(x, axes),
}
"""Every operation but those that only a program has."""
