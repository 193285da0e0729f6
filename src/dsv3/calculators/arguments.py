"""Arguments that several calculators share, each described once."""

from typing import Annotated, TypeAlias

from dsv3 import architecture, hardware
from dsv3.architecture import Architecture
from explorables import Argument
from explorables.arithmetic import Choice, Number

ModelChoice: TypeAlias = Choice | Architecture
"""The name of a preset, or a model read from a ``config.json``."""


def model_titles() -> dict[str, str]:
    """Return the presets, with the names that people read."""
    return {
        name: architecture.preset_record(name).title
        for name in architecture.preset_names()
    }


def architecture_of(model: ModelChoice) -> Architecture:
    """Return a model by its name, or as it is."""
    return model if isinstance(model, Architecture) else architecture.preset(str(model))


MODEL = Argument(
    "Model",
    "A preset (`dsv3 models` lists them).",
    options=model_titles,
    file=True,
)

Model = Annotated[ModelChoice, MODEL]

PANEL_GPUS = (
    *("H800 SXM", "H800 PCIe", "H100 SXM", "H100 PCIe", "H200 SXM", "H20 SXM"),
    *("A100 SXM", "A100 PCIe", "A800 SXM", "A800 PCIe", "B200 SXM", "MI300X OAM"),
)
"""Accelerators that a panel offers; a command takes every one."""

GPU = Argument(
    "GPU",
    "An accelerator and its form (`dsv3 gpus` lists them).",
    options=hardware.accelerator_names,
    offered={name: name for name in PANEL_GPUS},
)

Gpu = Annotated[Choice, GPU]

ContextTokens = Annotated[
    Number,
    Argument("Context length", "Tokens of a sequence, all counted.", 1024, 131072),
]

UsdPerGpuHour = Annotated[
    Number,
    Argument("Rental price", "Price of one GPU for one hour.", 0.5, 15, step=0.01),
]

PretrainingTokens = Annotated[
    Number, Argument("Tokens", "Tokens of pre-training.", 1e11, 1e14)
]

GpuHours = Annotated[
    Number, Argument("GPU-hours", "Hours of the run, summed over all GPUs.", 1e4, 1e9)
]

ClusterGpus = Annotated[
    Number, Argument("Cluster", "GPUs that work on the run together.", 8, 3e5)
]

OutputShare = Annotated[
    Number,
    Argument("Output tokens", "Share of output in all tokens.", 0, 1),
]

CacheHitShare = Annotated[
    Number,
    Argument("Cache hits", "Share of input tokens billed as cache hits.", 0, 1),
]
