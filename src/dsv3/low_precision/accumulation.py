"""A matrix unit that adds few bits: what is lost in long sums, and the remedy.

The inside of a real unit is not documented by its maker. [deepseekai2024v3]_ (section
3.5.2) and [zhao2025insights]_ (section 3.1.1) describe it alike; that reading is the
default, and two others, which cut more and less, stand beside it. The remedy is the
promotion of partial sums to float32.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor

from dsv3.low_precision.float_formats import exponent_of, two_to
from explorables.arithmetic import require

REGISTER_FRACTION_BITS = 13
"""Mantissa bits of the register [zhao2025insights]_ (section 3.1.1).

With its leading 1 that makes the 14 bits of [deepseekai2024v3]_ (section 3.3.2);
with a sign and eight bits of exponent, the 22 that give FP22 its name.
"""

PRODUCTS_PER_STEP = 32
"""Products that are added at once [zhao2025insights]_ (section 3.1.1)."""

PROMOTION_INTERVAL = 128
"""Products between two promotions, the report's N_C (section 3.3.2)."""

LARGEST_FRACTION_BITS = 40
"""With more, the whole numbers in a step would pass those that float64 holds."""


Alignment = Literal["products", "products and register", "nothing"]
"""What a unit shifts to the exponent of the largest, and cuts there, before it adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixUnit:
    """How a simulated matrix unit adds.

    In every step it adds some products to its register. The sum is cut, towards
    0, to the register's bits.
    """

    fraction_bits: int = REGISTER_FRACTION_BITS
    """Bits that are kept after the leading 1, 1 to 40."""

    products_per_step: int = PRODUCTS_PER_STEP
    """Products that are added in one step, 1 to 1024."""

    aligned: Alignment = "products"
    """With ``"nothing"``, products and register are added exactly before the sum is
    cut."""

    def __post_init__(self) -> None:
        possible = 1 <= self.fraction_bits <= LARGEST_FRACTION_BITS
        require("fraction_bits", self.fraction_bits, possible, "must be from 1 to 40")
        possible = 1 <= self.products_per_step <= 1024
        rule = "must be from 1 to 1024"
        require("products_per_step", self.products_per_step, possible, rule)
        known = self.aligned in get_args(Alignment)
        rule = f"must be one of {', '.join(get_args(Alignment))}"
        require("aligned", self.aligned, known, rule)


HOPPER = MatrixUnit()
"""As [deepseekai2024v3]_ and [zhao2025insights]_ describe it."""


@torch.no_grad()
def limited_matmul(
    left_MX: Float[Tensor, "M X"],
    right_XD: Float[Tensor, "X D"],
    unit: MatrixUnit = HOPPER,
    *,
    promotion_interval: int | None = None,
) -> Float[Tensor, "M D"]:
    """Multiply two matrices as a unit with few bits would; the product is in float64.

    Products are exact for numbers of any format of eight or twelve bits. After each
    `promotion_interval` of them, a multiple of the unit's step, the register is added
    to a float32 number and cleared; None for never.

    Examples
    --------
    One is lost beside a large product of its step; the next step's 32 are kept. All are
    lost if products are shifted to the exponent of the register too.

    >>> left = torch.tensor([[2.0**15] + [1.0] * 63])
    >>> ones = torch.ones(64, 1)
    >>> limited_matmul(left, ones).item()
    32800.0
    >>> limited_matmul(left, ones, MatrixUnit(aligned="products and register")).item()
    32768.0
    """
    step = unit.products_per_step
    if promotion_interval is not None:
        multiple = promotion_interval > 0 and promotion_interval % step == 0
        rule = f"must be a multiple of the unit's step of {step}"
        require("promotion_interval", promotion_interval, multiple, rule)
    left, right = left_MX.double(), right_XD.double()
    register = left.new_zeros(left.shape[0], right.shape[1])
    promoted = register.float()
    for begin in range(0, left.shape[1], step):
        part = slice(begin, begin + step)
        register = _after_step(register, left[:, part], right[part], unit)
        if promotion_interval and (begin + step) % promotion_interval == 0:
            promoted += register.float()
            register = torch.zeros_like(register)
    if promotion_interval is None:
        return register
    return (promoted + register.float()).double()


def _after_step(
    register_MD: Float[Tensor, "M D"],
    left_MX: Float[Tensor, "M X"],
    right_XD: Float[Tensor, "X D"],
    unit: MatrixUnit,
) -> Float[Tensor, "M D"]:
    """Return the register after it has taken in the products of one step."""
    if unit.aligned == "nothing":
        return _cut(register_MD + left_MX @ right_XD, unit.fraction_bits)
    addends_MXD = left_MX[:, :, None] * right_XD
    if unit.aligned == "products and register":
        addends_MXD = torch.cat([addends_MXD, register_MD[:, None]], dim=1)
        register_MD = torch.zeros_like(register_MD)
    largest_MD = addends_MXD.abs().amax(dim=1)
    unit_MD = _last_place(largest_MD, unit.fraction_bits)
    # Whole numbers of the last place that is kept: their sum is exact.
    whole_MXD = (addends_MXD / unit_MD[:, None]).trunc_()
    return _cut(register_MD + whole_MXD.sum(dim=1) * unit_MD, unit.fraction_bits)


def _last_place(
    values: Float[Tensor, "*axes"], fraction_bits: int
) -> Float[Tensor, "*axes"]:
    """Return what the last kept bit of each number is worth."""
    # Of 0 the exponent is far below any product's; some last place is needed.
    return two_to((exponent_of(values) - fraction_bits).clamp(min=-960))


def _cut(values: Float[Tensor, "*axes"], fraction_bits: int) -> Float[Tensor, "*axes"]:
    """Return numbers without the bits after the last kept one."""
    last_place = _last_place(values, fraction_bits)
    return (values / last_place).trunc() * last_place
