"""Arguments that several calculators of serving share, each described once."""

from dataclasses import replace
from typing import Annotated

from dsv3 import serving
from dsv3.calculators.arguments import GPU, MODEL, ModelChoice, model_titles
from dsv3.calculators.defaults import derived
from dsv3.facts import fact
from dsv3.formats import RELEASED
from explorables import Argument, Otherwise
from explorables.arithmetic import Choice, Number

SMALL_MODELS = ("deepseek-v2-lite", "llama-3.1-8b")
"""Presets that any card holds."""


def _large_models() -> dict[str, str]:
    titles = model_titles()
    return {name: title for name, title in titles.items() if name not in SMALL_MODELS}


ServedModel = Annotated[
    ModelChoice,
    replace(MODEL, offered=_large_models),
]

GPUS = (
    "H200 SXM",
    "H100 SXM",
    "H800 SXM",
    "H20 SXM",
    "A100 SXM",
    "B200 SXM",
    "MI300X OAM",
)
"""Accelerators that models of this size are served on."""

SERVING_GPU = replace(GPU, offered=GPUS)

PARALLELISM = {
    serving.TENSOR: "tensor parallel (TP)",
    serving.EXPERT: "expert parallel (EP)",
    serving.LAYERS: "pipeline parallel (PP)",
}

LAYOUT = Argument(
    "Parallelism",
    "How weights are split: each matrix over all GPUs (TP), or routed experts over all "
    "GPUs with the rest copied to each (EP).",
    options={layout: PARALLELISM[layout] for layout in serving.SPREADS},
)

Layout = Annotated[Choice, LAYOUT]

Precision = Annotated[
    Choice,
    Argument(
        "Weight precision",
        "How weights are stored; FP8 needs a GPU that multiplies in it.",
        options={name: name.upper() for name in serving.WEIGHT_PRECISIONS},
    ),
]

HeldPrecision = Annotated[
    Choice,
    Argument(
        "Weight precision",
        "How weights are held: as released, by the model's config, or in a format; FP8 "
        "needs a GPU that multiplies in it.",
        options={
            name: name if name == RELEASED else name.upper()
            for name in serving.HELD_PRECISIONS
        },
        offered=(RELEASED, *serving.WEIGHT_PRECISIONS),
    ),
]

PromptTokens = Annotated[
    Number,
    Argument("Prompt length", "Tokens of a prompt, which prefill processes."),
]

NETWORK = Argument(
    "Network per GPU", "Bandwidth of one GPU to other nodes, one direction.", 5e9, 4e11
)

DRAFTED_TOKENS = Argument(
    "Drafted tokens",
    "Tokens that the prediction module (MTP) drafts in each step; 0 or 1, and 0 for a "
    "model without one.",
    0,
    1,
    step=1,
)

AcceptanceShare = Annotated[
    Number,
    Argument("Acceptance rate", "Share of drafted tokens that the model accepts."),
]

ReachedShare = Annotated[
    Number,
    Argument(
        "Efficiency against roofline",
        "Speed over the roofline's with compute, memory and network one after the "
        "other; above 1 they overlap.",
        0.2,
        1.5,
    ),
]

UsableShare = Annotated[
    Number,
    Argument(
        "Usable memory",
        "Share of the reported memory that may be filled; driver, buffers and "
        "allocator take the rest.",
        0.5,
        1,
    ),
]

_PUBLISHED_ACCEPTANCE = fact("v3.mtp_acceptance_share")

ACCEPTANCE = derived(
    sum(_PUBLISHED_ACCEPTANCE.numbers) / 2,
    f"middle of the published range, {_PUBLISHED_ACCEPTANCE.source.short}, "
    f"{_PUBLISHED_ACCEPTANCE.locator}",
)

BF16 = Otherwise(value="bf16", why="most models are released in BF16")

NO_ACCEPTANCE = Otherwise(
    value=0.0, why="the acceptance rate of this model's drafts is not known"
)

ONE_NODE = Otherwise(value=8.0, why="one node; no deployment of this model is known")

EXAMPLE_CONTEXT = Otherwise(value=4096.0, why="an example")

INFINIBAND = Otherwise(
    value=50e9, why="a network card of 400 Gbit/s for each GPU, as is common"
)

TENSOR = Otherwise(
    value=serving.TENSOR, why="every model can be spread so over the GPUs of a node"
)
