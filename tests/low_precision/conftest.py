"""The small models of these tests, with shape checks at every door."""

from tests.small_models import (  # noqa: F401
    _one_thread,
    build,
    small,
    tokens,
    variant,
)
