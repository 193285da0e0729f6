"""Assumptions made up for tests, with every shape."""

from collections.abc import Callable
from typing import Any

import pytest

from dsv3.facts import Assumption


@pytest.fixture
def made_up() -> Callable[..., Assumption]:
    """Return a maker of assumptions from a shape and its ends."""

    def make(distribution: Any, low: float, central: float, high: float) -> Assumption:
        return Assumption(
            id="made.up",
            quantity="something",
            low=low,
            central=central,
            high=high,
            unit="ratio",
            distribution=distribution,
            why="a test needs it",
        )

    return make
