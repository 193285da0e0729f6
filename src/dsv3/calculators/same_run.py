"""DeepSeek-V3's pre-training again: on another chip, on another day."""

from typing import Annotated

from dsv3 import training
from dsv3.calculators.defaults import assumed, derived, published
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Choice, Number
from explorables.quantities import HOURS_PER_DAY

DAYS = derived(
    published("v3.gpu_hours.pre_training") / (published("v3.gpus") * HOURS_PER_DAY),
    "the published GPU-hours of pre-training on the published cluster, always busy",
)
FASTEST, SLOWEST = (
    published(f"progress.halving_months_{end}") for end in ("low", "high")
)
H20_LATER: dict[str, str | float] = {"gpu": "H20 SXM", "years_of_progress": 2.0}


@calculator(
    command="dsv3 training same-run",
    title="The same result on another chip",
    summary="DeepSeek-V3's pre-training on another chip, years later.",
    finding="At its default the panel is the published run; on H20s with the same "
    "methods it takes almost seven times as many.",
    outputs={
        "needed_gpus": "GPUs needed",
        "published_cluster_days": "Or days on as many as V3 had",
        "pretraining_gpu_hours": "GPU-hours",
        "chip_ratio": "Chip and layout, over the published",
        "making_up_years": "Years of progress that make up for it",
        "compute_left_share": "Compute still needed",
    },
    curve=Curve(x="years_of_progress", y="needed_gpus", y_scale="log"),
    presets={
        "H20, same methods": {"gpu": "H20 SXM"},
        "H20, two years on": H20_LATER,
        "at the fast end": H20_LATER | {"halving_months": FASTEST},
        "at the slow end": H20_LATER | {"halving_months": SLOWEST},
        "A800, same methods": {"gpu": "A800 SXM"},
    },
    in_view=("gpu", "layout", "days", "years_of_progress", "bf16_gain_ratio"),
)
def same_run(
    *,
    gpu: Annotated[
        Choice,
        Argument(
            "GPU",
            "Chip that the run is planned on; the link inside the node is its own.",
            options=training.COMPARED_CHIPS,
        ),
    ] = training.PUBLISHED_CHIP,
    layout: Annotated[
        Choice,
        Argument(
            "Parallelism layout",
            "How the run is laid out over chips and nodes.",
            options=training.LAYOUTS,
        ),
    ] = training.LAYOUTS[0],
    days: Annotated[
        Number,
        Argument("Days", "Days on the calendar, the cluster always busy.", 7, 730),
    ] = DAYS,
    years_of_progress: Annotated[
        Number,
        Argument("Years of progress", "Algorithmic progress since the run.", 0, 5),
    ] = 0.0,
    halving_months: Annotated[
        Number,
        Argument(
            "Compute halves every",
            "Months in which the compute for the same result halves.",
            FASTEST,
            SLOWEST,
        ),
    ] = published("progress.halving_months"),
    bf16_gain_ratio: Annotated[
        Number,
        Argument(
            "BF16 over FP8 MFU",
            "Share of its peak that a chip without FP8 reaches, over that with it.",
            assumed("training.bf16_gain_ratio", "low"),
            assumed("training.bf16_gain_ratio", "high"),
            when=("gpu", "A800 SXM"),
        ),
    ] = assumed("training.bf16_gain_ratio"),
) -> training.SameRun:
    """Plan DeepSeek-V3's pre-training again; see `training.same_run`.

    Examples
    --------
    >>> round(same_run().needed_gpus), round(same_run(gpu="H20 SXM").needed_gpus)
    (2048, 13693)
    """
    return training.same_run(
        gpu=gpu,
        layout=layout,
        days=days,
        years_of_progress=years_of_progress,
        halving_months=halving_months,
        bf16_gain_ratio=bf16_gain_ratio,
    )
