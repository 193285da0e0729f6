"""From a sum of dollars back: what would have to be true of it, and what it trains."""

from typing import Annotated

from dsv3 import economics
from dsv3.calculators.arguments import UsdPerGpuHour
from dsv3.calculators.defaults import assumed, derived, published
from dsv3.calculators.training_cost import UTILIZATION
from dsv3.facts import assumption, fact
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Choice, Number


@calculator(
    command="dsv3 economics solve",
    title="What would have to be true",
    summary="What each factor alone would have to be for a bill of so many dollars.",
    finding="No rate that anyone asked and no utilisation a cluster has turns this run "
    "into a hundred million dollars.",
    page="economics/training-cost",
    outputs={
        "gap_ratio": "Claimed cost over the bill",
        "needed_usd_per_gpu_hour": "Rental price needed",
        "needed_gpu_hours": "GPU-hours needed",
        "needed_utilization": "MFU needed",
        "needed_hidden_ratio": "All counted, over the run",
        "needed_research_ratio": "Experiments, over the run",
    },
    presets={
        "Said of GPT-4": {"target_usd": fact("gpt_4.usd_altman").number},
        "Said of the company": {
            "target_usd": fact("semianalysis.company_spending_usd").number
        },
        "Said of its servers": {
            "target_usd": fact("semianalysis.server_capex_usd").number
        },
    },
    in_view=("target_usd", "usd_per_gpu_hour", "utilization", "hidden_ratio"),
)
def required_conditions(
    *,
    target_usd: Annotated[
        Number, Argument("Claimed cost", "Dollars that somebody states.", 1e5, 1e10)
    ] = published("gpt_4.usd_altman"),
    gpu_hours: Annotated[
        Number, Argument("GPU-hours", "Hours of the run, summed over all GPUs.")
    ] = published("v3.gpu_hours.total"),
    usd_per_gpu_hour: UsdPerGpuHour = published("v3.usd_per_gpu_hour"),
    utilization: Annotated[
        Number,
        Argument("MFU", "Share of the dense peak that the hours stand for.", 0.05, 1),
    ] = UTILIZATION,
    hidden_ratio: Annotated[
        Number,
        Argument(
            "All that is counted",
            "Everything counted, over the final run; 1 counts the run alone.",
            1,
            20,
        ),
    ] = 1.0,
    staff_share: Annotated[
        Number,
        Argument("Staff", "Share of staff in the whole; for the last answer.", 0, 0.8),
    ] = assumed("research.staff_share"),
) -> economics.Conditions:
    """Solve the bill for each factor in turn; see `economics.solve_for`.

    Examples
    --------
    >>> round(required_conditions().needed_usd_per_gpu_hour, 2)
    35.87
    """
    return economics.solve_for(
        target_usd=target_usd,
        gpu_hours=gpu_hours,
        usd_per_gpu_hour=usd_per_gpu_hour,
        utilization=utilization,
        hidden_ratio=hidden_ratio,
        staff_share=staff_share,
    )


def _budget(organisation: str) -> dict[str, float]:
    return {"budget_usd": assumption(f"budget.{organisation}_usd").central}


@calculator(
    command="dsv3 economics budget",
    title="What a budget trains",
    summary="The largest model that a budget trains to the end.",
    finding="A startup's ten million, with a quarter of it left for the run, carries a "
    "run of a third of V3's compute to its end.",
    page="economics/cost-narrative",
    outputs={
        "active_parameters": "Active parameters",
        "total_parameters": "Total parameters",
        "tokens": "Tokens",
        "compute_ratio": "Compute, over V3's",
        "wall_clock_days": "Days on the cluster",
    },
    curve=Curve(x="budget_usd", y="active_parameters"),
    presets={
        "University": _budget("university"),
        "Startup": _budget("startup"),
        "Mid-size company": _budget("midsize_company"),
        "Government laboratory": _budget("government_lab"),
    },
    in_view=("offer", "budget_usd", "run_share", "utilization"),
)
def training_budget(
    *,
    offer: Annotated[
        Choice,
        Argument(
            "Rented at",
            "A dated offer: its price and its chip.",
            options=economics.OFFERS,
        ),
    ] = "December 2024, the report's H800",
    budget_usd: Annotated[Number, Argument("Budget", "Dollars in all.", 1e5, 1e9)] = (
        published("v3.usd.pre_training")
    ),
    run_share: Annotated[
        Number,
        Argument("Left for the final run", "Share of the budget for the run.", 0.02, 1),
    ] = 1.0,
    utilization: Annotated[
        Number,
        Argument("MFU", "Share of the chip's dense BF16 peak reached.", 0.05, 0.7),
    ] = derived(
        economics.published_budget_utilization(),
        "solved from the report's hours, six FLOP for each active parameter and token",
    ),
    tokens_per_parameter: Annotated[
        Number,
        Argument(
            "Tokens per parameter",
            "Training tokens for each active parameter.",
            10,
            4000,
        ),
    ] = derived(
        fact("v3.tokens").number / fact("v3.active_parameters").number,
        "the report's tokens over its active parameters",
    ),
    total_over_active_ratio: Annotated[
        Number,
        Argument(
            "Total over active",
            "Total parameters over active ones; 1 for a dense model.",
            1,
            40,
        ),
    ] = derived(
        fact("v3.total_parameters").number / fact("v3.active_parameters").number,
        "the report's total parameters over its active ones",
    ),
    cluster_gpus: Annotated[
        Number, Argument("Cluster", "GPUs that work on the run together.", 8, 1e5)
    ] = published("v3.gpus"),
) -> economics.TrainedModel:
    """Turn a budget into the largest model it can train; see `economics.trained_on`.

    Examples
    --------
    DeepSeek-V3's own bill, tokens and utilisation give back its size:

    >>> found = training_budget()
    >>> round(found.active_parameters / 1e9), round(found.tokens / 1e12, 1)
    (37, 14.8)
    """
    return economics.trained_on(
        budget_usd=budget_usd,
        run_share=run_share,
        offer=offer,
        utilization=utilization,
        tokens_per_parameter=tokens_per_parameter,
        total_over_active_ratio=total_over_active_ratio,
        cluster_gpus=cluster_gpus,
    )
