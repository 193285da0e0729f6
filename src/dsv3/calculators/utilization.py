"""How well a run used its chips, under conventions that may be chosen."""

from typing import Annotated

from dsv3 import economics
from dsv3.calculators.arguments import Gpu, Model, PretrainingTokens
from dsv3.calculators.defaults import published
from explorables import Argument, Otherwise, calculator
from explorables.arithmetic import Choice, Number


@calculator(
    command="dsv3 economics utilization",
    title="Utilisation, as you define it",
    summary="DeepSeek-V3's MFU under a choice of each convention.",
    finding="By the counting closest to the authors' own, the run reached about two "
    "fifths of the 16-bit peak.",
    page="economics/training-cost",
    outputs={
        "model_flop_utilization": "MFU",
        "achieved_flop_per_s": "Achieved per GPU",
    },
)
def utilization(
    *,
    gpu_hours: Annotated[
        Choice,
        Argument(
            "GPU-hours",
            "Which hours the work is spread over.",
            options=lambda: list(economics.counted_gpu_hours()),
        ),
    ] = "pre-training",
    training_flop_per_token: Annotated[
        Choice,
        Argument(
            "FLOP per token",
            "Work that a token is credited with.",
            options=lambda: list(economics.credited_flop_per_token()),
        ),
    ] = "counted, causal",
    peak_flop_per_s: Annotated[
        Choice,
        Argument(
            "Peak",
            "Dense peak that is called 100 %.",
            options=lambda: list(economics.called_peak_flop_per_s()),
        ),
    ] = "BF16, H800 SXM",
) -> economics.Utilization:
    """Rate the published run; see `economics.stated_utilization`.

    Examples
    --------
    >>> round(utilization().model_flop_utilization, 2)
    0.39
    """
    return economics.stated_utilization(
        gpu_hours=gpu_hours,
        training_flop_per_token=training_flop_per_token,
        peak_flop_per_s=peak_flop_per_s,
    )


@calculator(
    command="dsv3 economics implied-utilization",
    title="Utilisation implied by GPU-hours",
    summary="The MFU that a run's tokens and GPU-hours imply.",
    outputs={
        "model_flop_utilization": "MFU",
        "achieved_flop_per_s": "Achieved per GPU",
        "training_flop": "Training FLOP",
    },
    scenario_of="model",
    otherwise={
        name: Otherwise(why="only deepseek-v3's own number is known here")
        for name in ("tokens", "gpu_hours", "gpu")
    },
)
def implied_utilization(
    *,
    model: Model = "deepseek-v3",
    tokens: PretrainingTokens = published("v3.tokens"),
    gpu_hours: Annotated[
        Number, Argument("GPU-hours", "Hours of pre-training.", 1e5, 1e8)
    ] = published("v3.gpu_hours.pre_training"),
    gpu: Gpu = "H800 SXM",
    precision: Annotated[
        Choice,
        Argument(
            "Peak",
            "Number format whose dense peak is called 100 %.",
            options=economics.PRECISIONS,
        ),
    ] = "bf16",
) -> economics.Utilization:
    """Find the utilisation of a run from its hours; see `economics.utilization`.

    Examples
    --------
    Llama 3.1 405B: 15.6T tokens in 30.84M H100-hours, by its model card.

    >>> found = implied_utilization(
    ...     model="llama-3.1-405b", tokens=15.6e12, gpu_hours=30.84e6, gpu="H100 SXM"
    ... )
    >>> round(found.model_flop_utilization, 3)
    0.351
    """
    return economics.utilization(
        tokens=tokens,
        training_flop_per_token=economics.training_flop_per_token(model),
        gpu_hours=gpu_hours,
        peak_flop_per_s=economics.peak_flop_per_s(gpu=gpu, precision=precision),
    )
