"""Known models, read from ``data/models.yaml`` with their sources.

Each preset is a ``config.json`` as somebody published it, and goes through the
same door as a reader's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from dsv3.architecture.families import build
from dsv3.architecture.sizes import Architecture
from dsv3.facts import RECORD_RULES, Catalogue, Source, read_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A known model's config and where it was read."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = RECORD_RULES

    name: str
    """What to call it by: ``deepseek-v3``."""

    title: str
    """What people call it: ``DeepSeek-V3``."""

    source: Source
    locator: str
    published: str = ""
    read: str

    via: str = ""
    """The copy read, when it was not the publisher's own."""

    note: str = ""
    config: dict[str, object]


def _presets() -> dict[str, Preset]:
    records = read_records("models.yaml", Preset, name_field="name")
    return {record.name: record for record in records}


_PRESETS: Catalogue[Preset] = Catalogue(noun="preset", read=_presets)


def preset_names() -> tuple[str, ...]:
    """Return the names of all presets, in the order of the data file.

    Examples
    --------
    >>> preset_names()[:2]
    ('deepseek-v3', 'deepseek-v2')
    """
    return _PRESETS.names


def preset_record(name: str) -> Preset:
    """Return a preset with its title and source.

    Examples
    --------
    >>> preset_record("deepseek-v3").title
    'DeepSeek-V3'
    """
    return _PRESETS.record(name)


def preset(name: str) -> Architecture:
    """Return the architecture of a known model.

    Examples
    --------
    >>> preset("deepseek-v3").num_hidden_layers
    61
    """
    return build(preset_record(name).config)
