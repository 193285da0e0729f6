"""The twins are introduced to each other here, and nowhere else."""

from collections.abc import Callable

import pytest
import torch

from dsv3.architecture import Architecture
from dsv3.model import Transformer


@pytest.fixture
def on_paper() -> Callable[[Architecture], Transformer]:
    """Return a function that builds a model of any size without its memory."""

    def built(architecture: Architecture) -> Transformer:
        with torch.device("meta"):
            return Transformer(architecture)

    return built
