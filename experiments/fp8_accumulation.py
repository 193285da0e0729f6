"""How much a matrix unit with few bits loses: the record behind a published 2 %.

Multiplies matrices of E4M3 numbers on the simulated unit of dsv3.low_precision, for
four readings of how it adds, with and without promotion to float32, for sums of
several lengths and for several kinds of random numbers. The report gives the error of a
random product without naming the numbers or the measure, so four measures are
taken of each.

    python experiments/fp8_accumulation.py [--rows N] [--columns N]

With --device the same products are made by that device's own eight-bit matrix product
(torch's), with and without its fast accumulation, and kept in a record of their own:

    python experiments/fp8_accumulation.py --device cuda
"""

import argparse
import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Generator, Tensor
from torch.nn.functional import ScalingType, scaled_mm

from dsv3.low_precision import E4M3, MatrixUnit, limited_matmul, rounded
from dsv3.measurements import write_record

LENGTHS = (128, 256, 512, 1024, 2048, 4096, 8192)
"""Products in a sum."""

INPUTS: Mapping[str, Callable[[tuple[int, int], Generator], Tensor]] = {
    "uniform from 0 to 1": lambda size, source: torch.rand(size, generator=source),
    "normal, without sign": lambda size, source: torch.randn(
        size, generator=source
    ).abs(),
    "normal": lambda size, source: torch.randn(size, generator=source),
}
"""Kinds of random numbers, by what they are called."""

UNITS = {
    "as described": MatrixUnit(),
    "register aligned too": MatrixUnit(aligned="products and register"),
    "register aligned too, two bits more": MatrixUnit(
        aligned="products and register", fraction_bits=15
    ),
    "sum cut": MatrixUnit(aligned="nothing"),
}
"""Readings of how the unit adds, by what they are called."""

PROMOTIONS = {"never": None, "every 128": 128}
"""When the register is added to a float32 number, by what it is called."""


def errors(got: Tensor, exact: Tensor) -> dict[str, float]:
    """Return the measures of one product's error."""
    error = (got - exact).abs()
    measures = {
        "largest relative": (error / exact.abs()).max(),
        "largest over largest": error.max() / exact.abs().max(),
        "largest over mean": error.max() / exact.abs().mean(),
        "length over length": error.norm() / exact.norm(),
    }
    return {name: float(f"{value:.4g}") for name, value in measures.items()}


def operands(
    kind: str, rows: int, length: int, columns: int, seed: int
) -> tuple[Tensor, Tensor]:
    """Return two random matrices in E4M3."""
    source = Generator().manual_seed(seed)
    left = INPUTS[kind]((rows, length), source)
    right = INPUTS[kind]((length, columns), source)
    return rounded(left, E4M3), rounded(right, E4M3)


def simulated_product_errors(
    *, rows: int, columns: int, seed: int = 0, lengths: tuple[int, ...] = LENGTHS
) -> list[dict[str, Any]]:
    """Return the errors of every product, one row for each."""
    found = []
    for kind in INPUTS:
        for length in lengths:
            left, right = operands(kind, rows, length, columns, seed)
            exact = left.double() @ right.double()
            for name, unit in UNITS.items():
                for promotion, interval in PROMOTIONS.items():
                    got = limited_matmul(left, right, unit, promotion_interval=interval)
                    row = {"inputs": kind, "unit": name, "promotion": promotion}
                    found.append(row | {"length": length} | errors(got, exact))
    return found


def device_product(left: Tensor, right: Tensor, device: str, *, fast: bool) -> Tensor:
    """Return the product by the device's own unit for eight bits."""
    one = torch.ones((), device=device)
    made = scaled_mm(
        left.to(device, torch.float8_e4m3fn),
        # The unit wants the second operand laid out by columns.
        right.to(device, torch.float8_e4m3fn).T.contiguous().T,
        *(one, ScalingType.TensorWise),
        *(one, ScalingType.TensorWise),
        output_dtype=torch.float32,
        use_fast_accum=fast,
    )
    return made.double().cpu()


def device_product_errors(
    device: str, *, rows: int, columns: int, lengths: tuple[int, ...] = LENGTHS
) -> list[dict[str, Any]]:
    """Return the errors of the device's own products, one row for each."""
    found = []
    for kind in INPUTS:
        for length in lengths:
            left, right = operands(kind, rows, length, columns, seed=0)
            exact = left.double() @ right.double()
            for fast in (True, False):
                got = device_product(left, right, device, fast=fast)
                row = {"inputs": kind, "length": length, "fast": fast}
                found.append(row | errors(got, exact))
    return found


def name_of(device: str) -> str:
    """Return what a device is called."""
    cuda = device.startswith("cuda")
    return torch.cuda.get_device_name(device) if cuda else "the processor"


def main() -> None:
    """Measure, write the record, and print the rows of the published length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--columns", type=int, default=64)
    parser.add_argument("--device", help="measure a device's own products")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    begin, size = time.perf_counter(), {"rows": asked.rows, "columns": asked.columns}
    command = "python experiments/fp8_accumulation.py"
    settings: dict[str, Any] = {**size, "seed": 0}
    if asked.device:
        found = device_product_errors(asked.device, **size)
        settings["device"] = name_of(asked.device)
        command += f" --device {asked.device}"
    else:
        found = simulated_product_errors(**size)
    for row in found:
        if row["length"] == 4096:
            print(*row.values(), sep=" | ")
    write_record(
        "fp8_on_device" if asked.device else "fp8_accumulation",
        command=command,
        threads=1,
        seconds=time.perf_counter() - begin,
        settings=settings,
        measures={"rows": found},
    )


if __name__ == "__main__":
    main()
