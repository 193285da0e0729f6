"""The twins are introduced to each other here, and nowhere else."""

from collections.abc import Callable

import pytest
import torch

from dsv3.model import ModelSettings, Transformer


@pytest.fixture
def on_paper() -> Callable[[ModelSettings], Transformer]:
    """Return a function that builds a model of any size without its memory."""

    def built(settings: ModelSettings) -> Transformer:
        with torch.device("meta"):
            return Transformer(settings)

    return built
