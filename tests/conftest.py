"""Settings and places that all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The first call of a compiled library is slow once; a deadline would blame the test.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the root of the checkout."""
    return Path(__file__).parents[1]
