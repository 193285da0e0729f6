"""What a run costs: from a model and a chip to hours, days and dollars."""

from typing import Annotated

from dsv3 import economics, prices
from dsv3.calculators.arguments import (
    MODEL,
    Gpu,
    ModelChoice,
    PretrainingTokens,
    UsdPerGpuHour,
    model_titles,
)
from dsv3.calculators.defaults import assumed, derived, published
from explorables import Argument, Curve, Otherwise, calculator
from explorables.arithmetic import Choice, Number

V3 = "deepseek-v3"

UTILIZATION = derived(
    economics.published_utilization(),
    "solved from the report's pre-training hours, with FLOP counted from the released "
    "configuration and the dense BF16 peak of the H800 SXM as 100 %",
)
LATER_STAGE_GPU_HOURS = derived(
    published("v3.gpu_hours.context_extension")
    + published("v3.gpu_hours.post_training"),
    "context extension and post-training, DeepSeek-V3 report, Table 1 (published)",
)
OTHER_MODEL = {
    "tokens": Otherwise(why=f"only {V3}'s own number is known here"),
    "gpu": Otherwise(value="H100 SXM", why="no chip was named"),
    "utilization": Otherwise(
        value=0.4,
        why="a round figure for a well-tuned run, not a measured one",
    ),
    "usd_per_gpu_hour": Otherwise(
        value=assumed("rental.hopper_usd_per_gpu_hour"),
        why="the middle of dated offers of Hopper cards",
    ),
    "later_stage_gpu_hours": Otherwise(
        value=0.0, why="nothing is known of the stages after this model's pre-training"
    ),
    "cluster_gpus": Otherwise(
        value=1.0, why="no cluster was named: the days are those of a single GPU"
    ),
}


def _models() -> dict[str, str]:
    return model_titles() | {economics.ACTIVE_PARAMETERS: "by active parameters"}


@calculator(
    command="dsv3 cost",
    title="Training cost",
    summary="A training run from model, tokens and chip to dollars.",
    finding="At its default the panel is the published run: the report's hours, days "
    "and dollars.",
    page="index",
    outputs={
        "total_usd": "Total cost",
        "pretraining_usd": "Cost of pre-training",
        "wall_clock_days": "Days on the cluster",
        "pretraining_gpu_hours": "GPU-hours of pre-training",
        "total_gpu_hours": "GPU-hours, all stages",
        "training_flop": "Training FLOP",
    },
    curve=Curve(x="utilization", y="total_usd"),
    presets={
        "At the one dated H800 quote": {
            "usd_per_gpu_hour": prices.rental_price(
                "cr8dl_h800_2024_08"
            ).usd_per_gpu_hour_low
        },
        "Against the 8-bit peak": {"precision": "fp8"},
        "Train Llama 3.1 405B instead": {"model": "llama-3.1-405b"},
    },
    scenario_of="model",
    otherwise=OTHER_MODEL,
    in_view=("model", "active_parameters", "tokens", "gpu", "utilization"),
)
def training_cost(
    *,
    model: Annotated[
        ModelChoice,
        Argument(
            MODEL.label,
            f"{MODEL.help} `{economics.ACTIVE_PARAMETERS}` counts 6 FLOP for each "
            "active parameter and token.",
            options=_models,
            file=True,
        ),
    ] = V3,
    active_parameters: Annotated[
        Number,
        Argument(
            "Active parameters",
            "Parameters that work on one token.",
            1e9,
            1e12,
            when=("model", economics.ACTIVE_PARAMETERS),
        ),
    ] = published("v3.active_parameters"),
    tokens: PretrainingTokens = published("v3.tokens"),
    gpu: Gpu = "H800 SXM",
    precision: Annotated[
        Choice,
        Argument(
            "Peak",
            "Number format whose dense peak the utilisation is a share of.",
            options=economics.PRECISIONS,
        ),
    ] = "bf16",
    utilization: Annotated[
        Number,
        Argument(
            "MFU",
            "Model FLOP utilisation: share of the dense peak reached over the run.",
            0.05,
            1,
            step=0.001,
        ),
    ] = UTILIZATION,
    usd_per_gpu_hour: UsdPerGpuHour = published("v3.usd_per_gpu_hour"),
    cluster_gpus: Annotated[
        Number,
        Argument("Cluster", "GPUs that work on the run together.", 8, 200_000),
    ] = published("v3.gpus"),
    later_stage_gpu_hours: Annotated[
        Number,
        Argument(
            "Later stages",
            "GPU-hours after pre-training: context extension and post-training.",
            0,
            1e6,
            step=1000,
        ),
    ] = LATER_STAGE_GPU_HOURS,
) -> economics.TrainingCost:
    """Plan a run from a model and a chip to dollars; see `economics.training_cost`.

    For a model other than DeepSeek-V3 nothing of its run is assumed: tokens must be
    given, and no later stages are added.

    Examples
    --------
    >>> training_cost().total_usd
    5576000.0
    >>> training_cost(model="llama-3.1-8b", tokens=1e12).total_gpu_hours < 4e4
    True
    """
    return economics.training_cost(
        model=model,
        active_parameters=active_parameters,
        tokens=tokens,
        gpu=gpu,
        precision=precision,
        utilization=utilization,
        usd_per_gpu_hour=usd_per_gpu_hour,
        cluster_gpus=cluster_gpus,
        later_stage_gpu_hours=later_stage_gpu_hours,
    )
