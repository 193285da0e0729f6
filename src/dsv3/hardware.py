"""What a chip is rated for: compute by precision, memory, links and power.

The vendors' ratings with everything that is usually left off them: precision, dense or
sparse, per GPU or per node, per direction or both. How fast a chip really is stands
elsewhere.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from dsv3.facts import (
    RECORD_RULES,
    Amount,
    Catalogue,
    Sourced,
    assumption,
    read_records,
)
from dsv3.formats import OPERAND_FORMATS

Kind: TypeAlias = Literal[
    "matrix_peak",
    "integer_matrix_peak",
    "memory",
    "reported_memory",
    "memory_bandwidth",
    "scale_up_link",
    "power",
    "multiprocessors",
    "die_area",
]

_UNITS: Mapping[str, str] = {
    "matrix_peak": "flop_per_s",
    "integer_matrix_peak": "op_per_s",
    "memory": "bytes",
    "reported_memory": "bytes",
    "memory_bandwidth": "bytes_per_s",
    "scale_up_link": "bytes_per_s",
    "power": "watts",
    "multiprocessors": "sms",
    "die_area": "mm2",
}
_HALVED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating(Sourced):
    """One number a vendor, or someone quoting the vendor, gives for a chip."""

    kind: Kind
    value: Amount
    """The rating in base units, as the source means it (sparse if it says sparse)."""
    unit: str
    """``flop_per_s``, ``bytes``, ``bytes_per_s``, ``watts``, ``sms``, ``mm2`` ..."""
    precision: str
    """Format of the operands, one of `dsv3.formats.OPERAND_FORMATS`; ``none`` where
    there are none."""
    sparsity: Literal["dense", "sparse", "none"]
    """Whether the figure counts on 2:4 structured sparsity."""
    scope: Literal["gpu", "node"]
    """Whether the figure is for one GPU or for a node."""
    direction: Literal["one", "both", "none"]
    """Whether a bandwidth is per direction or the sum of both."""
    used: bool
    """Whether the package computes with it, or only keeps it in sight."""

    def __post_init__(self) -> None:
        is_peak = self.kind.endswith("matrix_peak")
        is_link = self.kind == "scale_up_link"
        known = (*OPERAND_FORMATS, "none")
        formats = (self.precision in known, f"must be one of {', '.join(known)}")
        rules = {
            "value": (self.value > 0, "a rating is positive"),
            "unit": (self.unit == _UNITS[self.kind], f"give {_UNITS[self.kind]}"),
            "precision": formats
            if not formats[0]
            else ((self.precision != "none") == is_peak, "peaks have one"),
            "sparsity": ((self.sparsity != "none") == is_peak, "peaks have one"),
            "direction": ((self.direction != "none") == is_link, "links have one"),
        }
        for field, (holds, rule) in rules.items():
            if not holds:
                message = f"{field} of {self.kind} is {getattr(self, field)!r}: {rule}"
                raise ValueError(message)
        Sourced.__post_init__(self)

    @property
    def dense_value(self) -> float:
        """The rating for dense operands: half of a sparse one."""
        return self.value * _HALVED if self.sparsity == "sparse" else self.value

    @property
    def per_direction_value(self) -> float:
        """The rating for one direction: half of a figure that sums both."""
        return self.value * _HALVED if self.direction == "both" else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedPeak:
    """A dense peak that no text we could read gives, and the assumption for it."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = RECORD_RULES

    precision: str
    """Format of the operands, one of `dsv3.formats.OPERAND_FORMATS`."""
    assumption: str
    """Id of the assumption that gives the peak, in FLOP/s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """One chip in one form factor, with its ratings per GPU."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = RECORD_RULES

    name: str
    """Chip and form factor, such as ``H800 SXM``."""
    vendor: str
    variant: Literal["SXM", "PCIe", "OAM", "NPU"]
    """Form of the module or card; NPU for Huawei's, whose form is not said."""
    architecture: str
    """The vendor's name of the generation."""
    ratings: tuple[Rating, ...]
    """Those not computed with among them."""
    assumed_peaks: tuple[AssumedPeak, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other names that people type."""
    note: str = ""

    def __post_init__(self) -> None:
        used: Counter[tuple[str, str]] = Counter(
            (rating.kind, rating.precision) for rating in self.ratings if rating.used
        )
        used.update(("matrix_peak", peak.precision) for peak in self.assumed_peaks)
        twice = [kind for kind, count in used.items() if count > 1]
        needed = ("memory", "memory_bandwidth", "scale_up_link", "power")
        missing = [kind for kind in needed if not used[(kind, "none")]]
        if twice or missing or not used[("matrix_peak", "bf16")]:
            message = (
                f"ratings of {self.name} are in use twice for {twice}, missing for "
                f"{missing}: use one each, and one BF16 peak"
            )
            raise ValueError(message)

    def _used(self, kind: Kind) -> Rating:
        """Return the rating of a kind that the package computes with."""
        return next(
            rating for rating in self.ratings if rating.kind == kind and rating.used
        )

    @property
    def memory_bytes(self) -> float:
        """Memory of one GPU, bytes, by the vendor's decimal label."""
        return self._used("memory").value

    @property
    def reported_memory_bytes(self) -> float | None:
        """Memory that the driver reports, bytes, or None where no report was read."""
        reports = [r for r in self.ratings if r.kind == "reported_memory" and r.used]
        return reports[0].value if reports else None

    @property
    def driver_memory_bytes(self) -> float:
        """Memory that a program has to fill, bytes: as reported, or else the label.

        The label counts billions where the chips hold powers of two, so it is less.

        Examples
        --------
        >>> accelerator("H200").driver_memory_bytes == 143771 * 1024**2
        True
        """
        reported = self.reported_memory_bytes
        return self.memory_bytes if reported is None else reported

    @property
    def hbm_bytes_per_s(self) -> float:
        """Bandwidth of the memory of one GPU, bytes per second."""
        return self._used("memory_bandwidth").value

    @property
    def scale_up_bytes_per_s_per_direction(self) -> float:
        """Bandwidth of one GPU to its node, bytes per second and direction."""
        return self._used("scale_up_link").per_direction_value

    @property
    def tdp_watts(self) -> float:
        """Power one GPU is rated for, watts."""
        return self._used("power").value

    @property
    def sm_count(self) -> int | None:
        """Multiprocessors (compute units at AMD), or None where none was read."""
        counts = [one for one in self.ratings if one.kind == "multiprocessors"]
        return int(counts[0].value) if counts else None

    @property
    def die_area_mm2(self) -> float | None:
        """Area of the dies, square millimetres, or None where none was read."""
        areas = [one for one in self.ratings if one.kind == "die_area" and one.used]
        return areas[0].value if areas else None

    @property
    def dense_peaks(self) -> dict[str, float]:
        """Dense peak by precision, FLOP/s per GPU."""
        peaks: dict[str, float] = {
            rating.precision: rating.dense_value
            for rating in self.ratings
            if rating.kind == "matrix_peak" and rating.used
        }
        for peak in self.assumed_peaks:
            peaks[peak.precision] = assumption(peak.assumption).central
        return peaks

    def peak_flop_per_s(self, precision: str) -> float:
        """Return the dense peak of one GPU for operands of one precision, in any case.

        A chip without such matrix units refuses, and names the precisions it has.

        Examples
        --------
        >>> accelerator("H100 SXM").peak_flop_per_s("bf16") == 989.4e12
        True
        """
        peaks = self.dense_peaks
        if precision.lower() not in peaks:
            has = ", ".join(peaks)
            message = f"precision is {precision!r}: {self.name} has {has}"
            raise ValueError(message)
        return peaks[precision.lower()]

    def rated_flop_per_s(self, precision: str) -> float:
        """Return the dense peak as `peak_flop_per_s` does; NaN where there is none.

        Examples
        --------
        >>> accelerator("A100 SXM").rated_flop_per_s("fp8")
        nan
        """
        if precision not in OPERAND_FORMATS:
            known = ", ".join(OPERAND_FORMATS)
            message = f"precision is {precision!r}: must be one of {known}"
            raise ValueError(message)
        return self.dense_peaks.get(precision, float("nan"))


def _accelerators() -> dict[str, Accelerator]:
    chips = read_records("accelerators.yaml", Accelerator, name_field="name")
    return {chip.name: chip for chip in chips}


def _spelling(name: str) -> str:
    return " ".join(name.upper().replace("-", " ").split())


def _other_names(chip: Accelerator) -> tuple[str, ...]:
    # People type the number of a GeForce card alone.
    numbers = [name.removeprefix("RTX ") for name in chip.aliases]
    short = [name for name in numbers if name.isdigit()]
    if chip.variant == "PCIe":
        return (*chip.aliases, *short)
    return (chip.name.rsplit(" ", 1)[0], *chip.aliases)


_CHIPS: Catalogue[Accelerator] = Catalogue(
    noun="accelerator", read=_accelerators, spelling=_spelling, aliases=_other_names
)


def accelerators() -> Mapping[str, Accelerator]:
    """Return every chip by name, in the order of the file.

    Examples
    --------
    >>> accelerators()["H200 SXM"].memory_bytes / 1e9
    141.0
    """
    return _CHIPS.by_name


def accelerator_names() -> tuple[str, ...]:
    """Return the names of all chips, in the order of the file.

    Examples
    --------
    >>> accelerator_names()[0]
    'H800 SXM'
    """
    return _CHIPS.names


def accelerator(name: str) -> Accelerator:
    """Return the chip with a name; the bare chip means its SXM or OAM module.

    Case does not matter.

    Examples
    --------
    >>> accelerator("h800").name
    'H800 SXM'
    >>> accelerator("H800").scale_up_bytes_per_s_per_direction == 200e9
    True
    """
    return _CHIPS.record(name)
