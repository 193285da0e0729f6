"""What a reader can move: sliders, choices and switches.

A control stands for one argument of the explored function; what its name alone decides
are label, unit and colour.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

from explorables.arithmetic import NUMBER, TOGGLE
from explorables.quantities import Unit, format_number, format_quantity, unit_of

Noun = Literal["compute", "memory", "network", "money", ""]
"""A colour with a meaning in the whole book, or none."""

Scale = Literal["log", "linear"]
"""How a slider's travel relates to its value."""

LOG_FROM_RATIO = 50
"""Sliders that span at least this factor are logarithmic unless told otherwise."""

NOUN_OF_WORD: Mapping[str, Noun] = {
    "usd": "money",
    "hbm_bytes": "memory",
    "bytes_per_s": "network",
    "bytes": "memory",
    "flop": "compute",
    "gpu": "compute",
    "utilization": "compute",
    "communication": "network",
    "compute": "compute",
}
"""Words in a name that give it a colour; the first one found decides."""

CAPITALS = {
    "gpu": "GPU",
    "gpus": "GPUs",
    "flop": "FLOP",
    "kv": "KV",
    "hbm": "HBM",
    "usd": "USD",
}
"""Words that a label writes in capitals."""

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_IDLE_ZEROS = re.compile(r"\.0+(?!\d)|(\.\d*?[1-9])0+(?!\d)", re.ASCII)
_CENTS = re.compile(r"−?\$[\d,]+\.\d\d(?!\w)", re.ASCII)


def noun_of(name: str) -> Noun:
    """Return the noun whose colour a quantity takes, from its name.

    Examples
    --------
    >>> noun_of("total_usd"), noun_of("cache_bytes_per_token"), noun_of("tokens")
    ('money', 'memory', '')
    """
    return next((noun for word, noun in NOUN_OF_WORD.items() if word in name), "")


def label_of(name: str, unit: Unit) -> str:
    """Return a readable label: the name without its unit, as words.

    Examples
    --------
    >>> label_of("wall_clock_days", unit_of("wall_clock_days"))
    'Wall clock'
    >>> label_of("cluster_gpus", unit_of("cluster_gpus"))
    'Cluster'
    >>> label_of("tokens", unit_of("tokens"))
    'Tokens'
    >>> label_of("usd_per_gpu_hour", unit_of("usd_per_gpu_hour"))
    'Price per GPU-hour'
    """
    kept = f"_{name}".removesuffix(unit.suffix).removeprefix("_") or name
    if kept == name and unit.style == "money" and unit.label:
        return f"Price {unit.label}"
    text = " ".join(CAPITALS.get(word, word) for word in kept.split("_"))
    return text[:1].upper() + text[1:]


def trimmed(text: str) -> str:
    """Drop the zeros after a decimal point that say nothing; keep cents.

    Examples
    --------
    >>> trimmed("14.80T tokens"), trimmed("2,000"), trimmed("$2.00 per GPU-hour")
    ('14.8T tokens', '2,000', '$2.00 per GPU-hour')
    """
    if _CENTS.match(text):
        return text
    return _IDLE_ZEROS.sub(lambda found: found[1] or "", text)


def unit_specification(unit: Unit) -> list[Any]:
    """Return a unit as the runtime reads it: label, style, significant digits."""
    return [unit.label, unit.style, unit.digits]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        message = f"name is {name!r}: must be lower-case words joined by underscores"
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Slider:
    """A number between two bounds, with an entry for exact values beside it.

    Examples
    --------
    >>> tokens = Slider("tokens", low=1e12, high=1e14, default=14.8e12)
    >>> tokens.shown(14.8e12), tokens.scale_used
    ('14.8T tokens', 'log')
    """

    name: str
    """Argument it moves; what is left out below is made from it."""

    _: KW_ONLY

    low: float
    high: float
    default: float

    label: str = ""
    """What readers see."""

    unit: str = ""
    """A name whose ending says the unit."""

    scale: Scale | None = None
    """Decided by the span when left out."""

    step: float | None = None
    """Distance between the values that the slider stops at."""

    noun: Noun | None = None
    """Colour."""

    shared: str = ""
    """Controls of one page with the same word here move together."""

    when: tuple[str, str] | None = None
    """Choice and option under which the slider is shown; always when left out."""

    def __post_init__(self) -> None:
        _check_name(self.name)
        finite = all(map(math.isfinite, (self.low, self.high, self.default)))
        if not finite or not self.low < self.high:
            message = f"{self.name} spans {self.low} to {self.high}: low must be lower"
            raise ValueError(message)
        if self.scale == "log" and self.low <= 0:
            message = f"low is {self.low} for {self.name}: must be above 0 to be log"
            raise ValueError(message)
        if self.step is not None and self.step <= 0:
            message = f"step is {self.step} for {self.name}: must be above 0"
            raise ValueError(message)
        self.check(self.default)

    @property
    def measure(self) -> Unit:
        """Unit of the value."""
        return unit_of(self.unit or self.name)

    @property
    def title(self) -> str:
        """Label that readers see."""
        return self.label or label_of(self.name, self.measure)

    @property
    def scale_used(self) -> Scale:
        """Scale as given, or as the span suggests."""
        wide = self.low > 0 and self.high / self.low >= LOG_FROM_RATIO
        return self.scale or ("log" if wide else "linear")

    @property
    def argument(self) -> str:
        """Kind of argument for a trace."""
        return NUMBER

    @property
    def counts(self) -> bool:
        """Whether it stops at whole numbers only, from a whole one on."""
        return bool(self.step) and all(
            float(number).is_integer() for number in (self.low, self.step or 0)
        )

    def check(self, value: object) -> None:
        """Refuse a value that the slider cannot take."""
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not self.low <= value <= self.high:  # type: ignore[operator]
            message = (
                f"{self.name} is {value!r}: must be from {self.low} to {self.high}"
            )
            raise ValueError(message)

    def shown(self, value: object, *, bare: bool = False) -> str:
        """Return a value as the panel writes it, bare without its unit."""
        assert isinstance(value, int | float)
        write = format_number if bare else format_quantity
        return trimmed(write(value, self.measure))

    def specification(self) -> dict[str, Any]:
        """Return what the runtime needs to know."""
        noun = noun_of(self.unit or self.name) if self.noun is None else self.noun
        return {
            "kind": "slider",
            "name": self.name,
            "label": self.title,
            "unit": unit_specification(self.measure),
            "noun": noun,
            "low": self.low,
            "high": self.high,
            "default": self.default,
            "log": self.scale_used == "log",
            "step": self.step or 0,
            "shared": self.shared,
            "when": self.when,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few names.

    Examples
    --------
    >>> gpu = Choice("gpu", options=["H800 SXM", "A100 SXM"], default="H800 SXM")
    >>> gpu.title, gpu.argument
    ('GPU', ('H800 SXM', 'A100 SXM'))
    """

    name: str
    _: KW_ONLY

    options: Sequence[str] | Mapping[str, str]
    """Names, or names with the words that readers see for them."""

    default: str
    label: str = ""

    shared: str = ""
    """As in `Slider`."""

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(set(self.argument)) != len(self.argument):
            message = f"options of {self.name} repeat a name: each must be different"
            raise ValueError(message)
        self.check(self.default)

    @property
    def title(self) -> str:
        """Label that readers see."""
        return self.label or label_of(self.name, unit_of(""))

    @property
    def argument(self) -> tuple[str, ...]:
        """Kind of argument for a trace: the names."""
        return tuple(self.options)

    def check(self, value: object) -> None:
        """Refuse a name that is not offered."""
        if value not in self.argument:
            names = ", ".join(map(repr, self.argument))
            message = f"{self.name} is {value!r}: must be one of {names}"
            raise ValueError(message)

    def shown(self, value: object, *, bare: bool = False) -> str:
        """Return the words that readers see for a name."""
        del bare
        name = str(value)
        return self.options[name] if isinstance(self.options, Mapping) else name

    def specification(self) -> dict[str, Any]:
        """Return what the runtime needs to know."""
        return {
            "kind": "choice",
            "name": self.name,
            "label": self.title,
            "default": self.default,
            "options": [[name, self.shown(name)] for name in self.argument],
            "shared": self.shared,
        }


@dataclass(frozen=True, slots=True)
class Toggle:
    """Yes or no.

    Examples
    --------
    >>> Toggle("causal", default=True).shown(True)
    'yes'
    """

    name: str
    _: KW_ONLY

    default: bool
    label: str = ""
    shared: str = ""

    def __post_init__(self) -> None:
        _check_name(self.name)
        self.check(self.default)

    @property
    def title(self) -> str:
        """Label that readers see."""
        return self.label or label_of(self.name, unit_of(""))

    @property
    def argument(self) -> str:
        """Kind of argument for a trace."""
        return TOGGLE

    def check(self, value: object) -> None:
        """Refuse anything but a truth value."""
        if not isinstance(value, bool):
            message = f"{self.name} is {value!r}: must be True or False"
            raise ValueError(message)

    def shown(self, value: object, *, bare: bool = False) -> str:
        """Return a truth value as the panel writes it."""
        del bare
        return "yes" if value else "no"

    def specification(self) -> dict[str, Any]:
        """Return what the runtime needs to know."""
        return {
            "kind": "toggle",
            "name": self.name,
            "label": self.title,
            "default": self.default,
            "shared": self.shared,
        }


Control = Slider | Choice | Toggle
"""Anything a reader can move."""
