"""The smallest config of every family, each as a folder holds it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

CONFIGS = Path(__file__).parent / "configs"

Config = dict[str, object]
"""A parsed ``config.json``."""


@pytest.fixture(scope="session")
def config_folders() -> dict[str, Path]:
    """Return the folder of each family's smallest config."""
    return {folder.name: folder for folder in sorted(CONFIGS.iterdir())}


@pytest.fixture(scope="session")
def tiny(config_folders: dict[str, Path]) -> Callable[..., Config]:
    """Return a maker of a family's smallest config, with some fields changed.

    Fields whose new value is ``...`` are left out.
    """

    def make(family: str, **changes: object) -> Config:
        text = (config_folders[family] / "config.json").read_text(encoding="utf-8")
        changed: Config = json.loads(text) | changes
        return {name: value for name, value in changed.items() if value is not ...}

    return make
