"""The alphabet of the book: which letter stands for which axis of a tensor.

The model's annotations use the letters, and a test finds every axis of every annotation
here.
"""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from dsv3.architecture import preset_record
from dsv3.facts import RECORD_RULES, read_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter: the axis it names, and how long that axis is in a model."""

    __pydantic_config__: ClassVar[dict[str, object]] = dict(RECORD_RULES)
    letter: str
    meaning: str

    field: str = ""
    """Field of a ``config.json`` that gives its length; empty where none does."""

    half_of: str = ""
    """Field of which it is the half."""

    sum_of: tuple[str, ...] = ()
    """Fields of which it is the sum."""

    @property
    def fields(self) -> str:
        """How the length follows from the fields of a ``config.json``, in words.

        Examples
        --------
        >>> [one.fields for one in alphabet() if one.letter in "DrK"]
        ['hidden_size', 'qk_rope_head_dim / 2', 'kv_lora_rank + qk_rope_head_dim']
        """
        half = [f"{self.half_of} / 2"] if self.half_of else []
        return " + ".join([*filter(None, [self.field]), *half, *self.sum_of])

    def length(self, model: str = "deepseek-v3") -> int | None:
        """Return how long the axis is in a preset of `dsv3.architecture`.

        None where no field gives it: the reader's own batch, for example.

        Examples
        --------
        >>> {one.letter: one.length() for one in alphabet() if one.letter in "BDrK"}
        {'B': None, 'D': 7168, 'r': 32, 'K': 576}
        """
        config = preset_record(model).config
        named = [*filter(None, [self.field, self.half_of]), *self.sum_of]
        for field in named:
            if field not in config:
                message = f"field is {field!r}: the config of {model} has no such field"
                raise ValueError(message)
        lengths = [int(str(config[field])) for field in named]
        return sum(lengths) // (2 if self.half_of else 1) if named else None


@cache
def alphabet() -> tuple[Letter, ...]:
    """Return every letter, in the order in which a token meets them.

    Examples
    --------
    >>> alphabet()[4].meaning
    'width of the model'
    """
    return read_records("notation.yaml", Letter, name_field="letter")
