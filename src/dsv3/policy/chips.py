"""A chip in the measures the rules use; what was not published stays unknown."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsv3.facts import Amount, Catalogue, Count, Sourced, read_records
from dsv3.formats import NUMBER_FORMATS
from dsv3.hardware import Accelerator, accelerators
from explorables.arithmetic import Number, require

Measure: TypeAlias = Literal[
    "tpp",
    "performance_density",
    "io_bytes_per_s",
    "dram_bytes_per_s",
    "memory_and_io_bytes_per_s",
]

TERA = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredChip:
    """One chip as the rules measure it; None where no text we read gives a value."""

    name: str
    tpp: float
    """Total processing performance: dense TOPS times bits of an operand."""
    die_area_mm2: float | None
    io_bytes_per_s: float | None
    """Link to other chips, both directions together."""
    dram_bytes_per_s: float | None

    @property
    def performance_density(self) -> float | None:
        """Total processing performance per square millimetre, or None."""
        if self.die_area_mm2 is None:
            return None
        return float(self.tpp / self.die_area_mm2)

    @property
    def memory_and_io_bytes_per_s(self) -> float | None:
        """Bandwidths of memory and link together, or None where one is unknown."""
        if self.io_bytes_per_s is None or self.dram_bytes_per_s is None:
            return None
        return self.io_bytes_per_s + self.dram_bytes_per_s

    def measure(self, name: Measure) -> float | None:
        """Return one measure by the name a threshold uses, or None if unknown."""
        found: float | None = getattr(self, name)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedChip(Sourced):
    """A chip that only the export rules are about, with its published ratings."""

    name: str
    op_per_s: Amount
    """Dense rate whose product with its bit length is largest, per second."""
    bits: Count
    """Bit length of that rate's operands."""
    dram_bytes_per_s: Amount | None = None
    die_area_mm2: Amount | None = None
    io_bytes_per_s: Amount | None = None
    """Link to other chips, both directions together."""


def total_processing_performance(op_per_s: Number, bits: Number) -> Number:
    """Return a chip's total processing performance.

    The rule multiplies bit length by twice the multiply-accumulates a second, in tera;
    a vendor's dense TOPS already count a multiply-accumulate as two. The result is in
    the rule's own unit, TOPS times bits.

    Examples
    --------
    >>> total_processing_performance(600e12, 8)
    4800.0
    >>> total_processing_performance(300e12, 16)
    4800.0
    """
    require("op_per_s", op_per_s, op_per_s > 0, "must be above 0")
    return op_per_s / TERA * bits


def performance_density(tpp: Number, die_area_mm2: Number) -> Number:
    """Return total processing performance per square millimetre of die.

    The dies are those made in a non-planar process.

    Examples
    --------
    >>> performance_density(4736.0, 800.0)
    5.92
    """
    require("die_area_mm2", die_area_mm2, die_area_mm2 > 0, "must be above 0")
    return tpp / die_area_mm2


def _from_ratings(chip: Accelerator) -> MeasuredChip:
    """Measure a chip whose ratings `dsv3.hardware` keeps."""
    rated = [
        float(
            total_processing_performance(
                one.dense_value, NUMBER_FORMATS[one.precision].bits
            )
        )
        for one in chip.ratings
        if one.kind == "integer_matrix_peak" or (one.kind == "matrix_peak" and one.used)
    ]
    return MeasuredChip(
        name=chip.name,
        tpp=max(rated),
        die_area_mm2=chip.die_area_mm2,
        io_bytes_per_s=2 * chip.scale_up_bytes_per_s_per_direction,
        dram_bytes_per_s=chip.hbm_bytes_per_s,
    )


def _from_record(chip: RatedChip) -> MeasuredChip:
    """Measure a chip that stands only in the export rules' own list."""
    return MeasuredChip(
        name=chip.name,
        tpp=float(total_processing_performance(chip.op_per_s, chip.bits)),
        die_area_mm2=chip.die_area_mm2,
        io_bytes_per_s=chip.io_bytes_per_s,
        dram_bytes_per_s=chip.dram_bytes_per_s,
    )


def _chips() -> dict[str, MeasuredChip]:
    """Measure every chip on record, by name."""
    known = map(_from_ratings, accelerators().values())
    others = read_records("export_chips.yaml", RatedChip, name_field="name")
    return {chip.name: chip for chip in [*known, *map(_from_record, others)]}


_CHIPS: Catalogue[MeasuredChip] = Catalogue(noun="chip", read=_chips)


def measured_chip_names() -> tuple[str, ...]:
    """Return the names of all chips that can be judged.

    Examples
    --------
    >>> "L40 PCIe" in measured_chip_names()
    True
    """
    return _CHIPS.names


def measured_chip(name: str) -> MeasuredChip:
    """Return a chip in the rules' measures.

    Raises
    ------
    ValueError
        If there is no such chip; names the nearest ones.

    Examples
    --------
    >>> measured_chip("A100 SXM").tpp
    4992.0
    """
    return _CHIPS.record(name)
