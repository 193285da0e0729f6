"""Who trains like DeepSeek-V3: published techniques in other laboratories' models.

A cell that no text we read fills stays empty. Models and laboratories are counted;
nobody's motives are judged.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from dsv3.facts import Amount, Sourced, read_records, source
from dsv3.training.hours import six_n_flop_per_token
from explorables.quantities import format_number, unit_of

Technique: TypeAlias = Literal["latent attention", "bias balancing", "8-bit training"]
TECHNIQUES: tuple[Technique, ...] = (
    "latent attention",
    "bias balancing",
    "8-bit training",
)
"""The three techniques of DeepSeek-V3 that the table follows."""

Use: TypeAlias = Literal["yes", "no", "not read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption(Sourced):
    """One released model, and which of the techniques it is said to use."""

    id: str
    model: str
    laboratory: str
    from_date: str
    """Day, month or year of release, ISO 8601, as fine as is known."""
    total_parameters: Amount | None = None
    active_parameters: Amount | None = None
    attention: str
    """Kind of attention, in our words; empty where not read."""
    balancing: str
    """How experts are balanced, in our words; empty where not read."""
    precision: str
    """What training multiplied in, in our words; empty where not published."""
    latent_attention: Use
    """Whether the cache is a latent vector, as in DeepSeek-V2 and V3."""
    bias_balancing: Use
    """Whether a bias moved by a rule balances the experts."""
    eight_bit_training: Use
    """Whether pre-training multiplied in eight bits or fewer."""
    gpu_hours: Amount | None = None
    """GPU-hours, where somebody publishes them."""
    gpu: str = ""
    """Chip of those hours, or a chip reported without hours."""
    tokens: Amount | None = None
    sources: tuple[str, ...] = ()
    """Keys of further sources that the row leans on."""

    def __post_init__(self) -> None:
        """Refuse hours without a chip, and a source that is not known."""
        if self.gpu_hours is not None and not self.gpu:
            message = f"gpu is {self.gpu!r}: hours need the chip they are of"
            raise ValueError(message)
        for key in self.sources:
            source(key)
        Sourced.__post_init__(self)

    @property
    def flop(self) -> float | None:
        """Training FLOP by the 6N rule, or None where size or tokens are unknown."""
        if self.active_parameters is None or self.tokens is None:
            return None
        return self.tokens * float(
            six_n_flop_per_token(active_parameters=self.active_parameters)
        )

    def uses(self, technique: Technique) -> Use:
        """Say whether the model uses a technique, as far as we read."""
        found: dict[Technique, Use] = {
            "latent attention": self.latent_attention,
            "bias balancing": self.bias_balancing,
            "8-bit training": self.eight_bit_training,
        }
        return found[technique]

    def hours_shown(self) -> str:
        """Return GPU-hours with their chip as a table prints them.

        Examples
        --------
        >>> adoption_records()[1].hours_shown()
        '2.788M, H800'
        """
        if self.gpu_hours is None:
            return f"not given, {self.gpu}" if self.gpu else ""
        return f"{format_number(self.gpu_hours, unit_of('gpu_hours'))}, {self.gpu}"

    def sources_shown(self) -> str:
        """Return the sources of the row as a table names them."""
        keys = (self.source.key, *self.sources)
        return "; ".join(source(key).short for key in keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopters:
    """How far one technique has travelled outside the laboratory it came from."""

    technique: Technique
    users: tuple[str, ...]
    """Laboratories with a model that uses it."""
    others: tuple[str, ...]
    """Laboratories whose models on record all do without."""
    unread_models: int
    """Models of which no text we read says."""


@cache
def adoption_records() -> tuple[Adoption, ...]:
    """Return every model on record, earliest first.

    Examples
    --------
    >>> adoption_records()[0].model
    'DeepSeek-V2'
    """
    found = read_records("adoption.yaml", Adoption)
    return tuple(sorted(found, key=lambda one: one.from_date))


def adopters(technique: Technique, *, outside: str = "DeepSeek") -> Adopters:
    """Count the laboratories that use a technique, but for the one it came from.

    `outside` is the laboratory that is not counted.

    Examples
    --------
    >>> "Moonshot AI" in adopters("latent attention").users
    True
    """
    models = [one for one in adoption_records() if one.laboratory != outside]
    said: dict[str, list[Use]] = {one.laboratory: [] for one in models}
    for one in models:
        said[one.laboratory].append(one.uses(technique))
    return Adopters(
        technique=technique,
        users=tuple(sorted(name for name, uses in said.items() if "yes" in uses)),
        others=tuple(
            sorted(name for name, uses in said.items() if set(uses) == {"no"})
        ),
        unread_models=sum(one.uses(technique) == "not read" for one in models),
    )
