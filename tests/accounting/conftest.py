"""Configs and models that the counts are compared on."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dsv3.architecture import Architecture, read_config

CONFIGS = Path(__file__).parents[1] / "architecture" / "configs"

Config = dict[str, object]
"""A parsed ``config.json``."""


@pytest.fixture(scope="session")
def tiny_config() -> Callable[..., Config]:
    """Return a maker of a family's smallest config, with some fields changed.

    Fields whose new value is ``...`` are left out.
    """

    def make(family: str, **changes: object) -> Config:
        text = (CONFIGS / family / "config.json").read_text(encoding="utf-8")
        changed: Config = json.loads(text) | changes
        return {name: value for name, value in changed.items() if value is not ...}

    return make


@pytest.fixture(scope="session")
def tiny(tiny_config: Callable[..., Config]) -> Callable[..., Architecture]:
    """Return a maker of a family's smallest architecture."""

    def make(family: str, **changes: object) -> Architecture:
        return read_config(tiny_config(family, **changes))

    return make
