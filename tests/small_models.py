"""Models small enough to run in a moment, and shape checks at every door."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from jaxtyping import install_import_hook

os.environ.setdefault("HF_HUB_OFFLINE", "1")
# Before the first import of the package: its annotations are checked while it runs.
# A whole number is accepted where a float is asked for, as Python's typing has it.
CHECKER = "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"
ROOMS = ["dsv3.model", "dsv3.low_precision", "dsv3.learning", "dsv3.parallel.pipeline"]
with install_import_hook(ROOMS, CHECKER):
    import dsv3.learning
    import dsv3.low_precision
    import dsv3.model
    import dsv3.parallel  # noqa: F401

import torch  # noqa: E402

from dsv3.architecture import Architecture, read_config  # noqa: E402
from dsv3.model import Transformer, tiny  # noqa: E402
from dsv3.model.configuration import config_fields  # noqa: E402

YARN = {
    "type": "yarn",
    "factor": 8,
    "original_max_position_embeddings": 16,
    "beta_fast": 32,
    "beta_slow": 1,
    "mscale": 0.7,
    "mscale_all_dim": 0.7,
}
ONE_GROUP = {"n_group": 1, "topk_group": 1, "n_routed_experts": 12}
MANY_GROUPS = {"n_group": 8, "topk_group": 4, "n_routed_experts": 32}

VARIANTS: Mapping[str, Mapping[str, object]] = {
    "plain": {"rope_scaling": None},
    "yarn": {"rope_scaling": YARN, "max_position_embeddings": 128},
    "no query compression": {"q_lora_rank": None},
    "one group": ONE_GROUP,
    "many groups": MANY_GROUPS | {"num_experts_per_tok": 8},
    "negative bias": MANY_GROUPS | {"rope_scaling": None},
    "biases, two shared experts": {"attention_bias": True, "n_shared_experts": 2},
}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def _architecture(name: str) -> Architecture:
    return read_config(config_fields(tiny()) | dict(VARIANTS[name]))


def perturbed(architecture: Architecture, seed: int) -> Transformer:
    """Return a model in which no norm is 1 and no bias 0, so that none can hide."""
    generator = torch.Generator().manual_seed(seed)
    model = Transformer(architecture, generator)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() == 1:
                weight.add_(torch.randn(weight.shape, generator=generator) * 0.2)
            else:
                # Wider than published, so that logits are about 5 and routing varies.
                weight.mul_(2)
        for name, buffer in model.named_buffers():
            assert name.endswith("e_score_correction_bias")
            buffer.add_(torch.randn(buffer.shape, generator=generator) * 0.1)
    return model


@pytest.fixture(scope="session", params=VARIANTS, ids=str)
def variant(request: pytest.FixtureRequest) -> str:
    """Return the name of each variant in turn."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def build() -> Callable[..., Transformer]:
    """Return a function that builds a variant from a seed."""

    def built(name: str, seed: int = 0) -> Transformer:
        model = perturbed(_architecture(name), seed)
        if name == "negative bias":
            for bias in model.buffers():
                bias.sub_(3.0)
        return model

    return built


@pytest.fixture
def small() -> Transformer:
    """Return the tiny model with two layers."""
    return perturbed(replace(tiny(), num_hidden_layers=2), 0)


@pytest.fixture
def tokens() -> torch.Tensor:
    """Return two sequences of 19 tokens."""
    generator = torch.Generator().manual_seed(7)
    return torch.randint(0, 257, (2, 19), generator=generator)
