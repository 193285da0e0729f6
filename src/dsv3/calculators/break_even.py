"""The utilisation at which own servers are cheaper than an API."""

from dataclasses import replace
from typing import Annotated

from dsv3 import economics, prices, serving
from dsv3.calculators.arguments import (
    GPU,
    CacheHitShare,
    OutputShare,
    UsdPerGpuHour,
)
from dsv3.calculators.defaults import assumed, derived, published
from dsv3.calculators.ownership import ColocationRent, YearlyRate
from dsv3.calculators.serving_arguments import (
    ACCEPTANCE,
    BF16,
    DRAFTED_TOKENS,
    INFINIBAND,
    NETWORK,
    NO_ACCEPTANCE,
    TENSOR,
    AcceptanceShare,
    Layout,
    Precision,
    PromptTokens,
    ReachedShare,
    ServedModel,
    UsableShare,
)
from explorables import Argument, Curve, Otherwise, calculator
from explorables.arithmetic import Choice, Number


def _usd_per_gpu(gpu: str) -> float:
    """Return the newest dated price of a GPU with its share of a server."""
    return prices.purchase_prices(gpu)[-1].usd_per_gpu


LIST_PRICE = "DeepSeek, list price"
LISTED = {
    part: derived(
        getattr(
            economics.rates(economics.api_offers()[LIST_PRICE]),
            f"{part}_usd_per_million_tokens",
        ),
        "DeepSeek's list price of early 2025",
    )
    for part in ("input", "cached_input", "output")
}


def _price(label: str, help: str) -> Argument:
    return Argument(label, help, 0.01, 50, when=("offer", economics.OWN_PRICE))


@calculator(
    command="dsv3 serving break-even",
    title="Own servers against an API",
    summary="Own and rented servers against an API's price, at a utilisation.",
    finding="Eight H200s need a utilisation of two thirds, around the clock, to match "
    "DeepSeek's list price of early 2025.",
    page="economics/own-or-rent",
    outputs={
        "break_even_busy_share": "Break-even utilisation, own servers",
        "rented_break_even_busy_share": "Break-even utilisation, rented servers",
        "own_usd_per_million_tokens": "Own servers, at your utilisation",
        "api_usd_per_million_tokens": "API price",
        "own_usd_per_year": "Own servers, yearly cost",
        "rented_usd_per_year": "Rented servers, yearly cost",
        "api_usd_per_year": "API, yearly cost of your tokens",
        "served_tokens_per_day": "Tokens at your utilisation",
        "break_even_tokens_per_day": "Tokens at break-even",
        "purchase_usd": "Purchase price, all GPUs",
        "reader_tokens_per_s": "Decode speed per sequence",
    },
    curve=Curve(x="busy_share", y="own_usd_per_million_tokens"),
    presets={
        "8 B200": {
            "gpu": "B200 SXM",
            "usd_per_gpu": round(_usd_per_gpu("B200 SXM")),
            "usd_per_gpu_hour": prices.rental_prices("B200 SXM")[
                -1
            ].usd_per_gpu_hour_low,
        },
        "8 MI300X": {
            "gpu": "MI300X OAM",
            "usd_per_gpu": round(_usd_per_gpu("MI300X OAM")),
        },
        "16 H100": {
            "gpu": "H100 SXM",
            "gpus": 16,
            "usd_per_gpu": round(_usd_per_gpu("H100 SXM")),
        },
    },
    scenario_of="model",
    otherwise={
        "precision": BF16,
        "layout": TENSOR,
        "offer": Otherwise(
            value=economics.OWN_PRICE,
            why="every offer on record is for a model of DeepSeek's",
        ),
        "input_usd_per_million_tokens": Otherwise(
            why="no API's price of this model is known here"
        ),
        "output_usd_per_million_tokens": Otherwise(
            why="no API's price of this model is known here"
        ),
        "cached_input_usd_per_million_tokens": Otherwise(
            why="no API's price of this model is known here; without one give the "
            "input price"
        ),
        "network_bytes_per_s": INFINIBAND,
        "acceptance_share": NO_ACCEPTANCE,
    },
    controls=(
        "offer",
        "gpu",
        "gpus",
        "busy_share",
        "sequences",
        "output_share",
        "cache_hit_share",
        "usd_per_gpu",
        "usd_per_gpu_hour",
        "life_years",
        "yearly_rate",
        "colocation_usd_per_kw_month",
        "operations_usd_per_year",
        "usd_per_kwh",
        "reached_share",
        "input_usd_per_million_tokens",
        "cached_input_usd_per_million_tokens",
        "output_usd_per_million_tokens",
    ),
    in_view=("offer", "gpu", "busy_share", "sequences"),
)
def break_even(
    *,
    offer: Annotated[
        Choice,
        Argument(
            "API",
            "Offer that own servers are compared with, by seller and date.",
            options=lambda: [*economics.api_offers(), economics.OWN_PRICE],
        ),
    ] = LIST_PRICE,
    gpu: Annotated[
        Choice,
        replace(GPU, offered=("H200 SXM", "B200 SXM", "MI300X OAM", "H100 SXM")),
    ] = "H200 SXM",
    model: ServedModel = "deepseek-v3",
    precision: Precision = "fp8",
    layout: Layout = serving.EXPERT,
    gpus: Annotated[
        Number,
        Argument(
            "GPUs", "GPUs bought; they hold one copy of the model.", 8, 64, step=8
        ),
    ] = 8.0,
    busy_share: Annotated[
        Number,
        Argument("Utilisation", "Tokens served, over capacity.", 0.01, 1),
    ] = 0.25,
    sequences: Annotated[
        Number,
        Argument(
            "Batch size", "Concurrent sequences at full utilisation.", 8, 2048, step=1
        ),
    ] = 256.0,
    context_tokens: Annotated[
        Number,
        Argument("Context length", "Average tokens per sequence."),
    ] = 4096.0,
    prompt_tokens: PromptTokens = 4096.0,
    output_share: OutputShare = 0.25,
    cache_hit_share: CacheHitShare = 0.5,
    usd_per_gpu: Annotated[
        Number,
        Argument(
            "Purchase price", "Per GPU, with its share of the server.", 10000, 80000
        ),
    ] = derived(_usd_per_gpu("H200 SXM"), "newest dated price of an H200 server"),
    life_years: Annotated[
        Number,
        Argument(
            "Depreciation", "Years over which the annuity repays the price.", 2, 8
        ),
    ] = assumed("server.life_years"),
    yearly_rate: YearlyRate = assumed("capital.yearly_rate"),
    colocation_usd_per_kw_month: ColocationRent = assumed(
        "colocation.usd_per_kw_month"
    ),
    operations_usd_per_year: Annotated[
        Number,
        Argument(
            "Operations", "Dollars per year for staff and maintenance.", 0, 500000
        ),
    ] = assumed("serving.operations_usd_per_year"),
    usd_per_kwh: Annotated[
        Number,
        Argument("Electricity", "Price of a kilowatt-hour.", 0.03, 0.4),
    ] = assumed("electricity.usd_per_kwh"),
    usd_per_gpu_hour: UsdPerGpuHour = assumed("rental.hopper_usd_per_gpu_hour"),
    input_usd_per_million_tokens: Annotated[
        Number, _price("Input price", "Price of your own for a million input tokens.")
    ] = LISTED["input"],
    cached_input_usd_per_million_tokens: Annotated[
        Number, _price("Cached input price", "Price of your own for cached input.")
    ] = LISTED["cached_input"],
    output_usd_per_million_tokens: Annotated[
        Number, _price("Output price", "Price of your own for a million output tokens.")
    ] = LISTED["output"],
    network_bytes_per_s: Annotated[Number, NETWORK] = published(
        "v3.infiniband_bytes_per_s"
    ),
    drafted_tokens: Annotated[Number, DRAFTED_TOKENS] = 0.0,
    acceptance_share: AcceptanceShare = ACCEPTANCE,
    reached_share: ReachedShare = assumed("serving.reached_share"),
    usable_share: UsableShare = assumed("serving.usable_memory_share"),
) -> economics.BreakEven:
    """Set the cost of own servers against an API's price; see `economics.break_even`.

    For another model than DeepSeek-V3 the API's prices must be given.

    Examples
    --------
    >>> round(break_even().break_even_busy_share, 1)
    0.7
    """
    return economics.break_even(
        offer=offer,
        gpu=gpu,
        gpus=gpus,
        busy_share=busy_share,
        output_share=output_share,
        cache_hit_share=cache_hit_share,
        usd_per_gpu=usd_per_gpu,
        life_years=life_years,
        yearly_rate=yearly_rate,
        colocation_usd_per_kw_month=colocation_usd_per_kw_month,
        operations_usd_per_year=operations_usd_per_year,
        usd_per_kwh=usd_per_kwh,
        usd_per_gpu_hour=usd_per_gpu_hour,
        input_usd_per_million_tokens=input_usd_per_million_tokens,
        cached_input_usd_per_million_tokens=cached_input_usd_per_million_tokens,
        output_usd_per_million_tokens=output_usd_per_million_tokens,
        model=model,
        precision=precision,
        layout=layout,
        sequences=sequences,
        context_tokens=context_tokens,
        prompt_tokens=prompt_tokens,
        network_bytes_per_s=network_bytes_per_s,
        drafted_tokens=drafted_tokens,
        acceptance_share=acceptance_share,
        reached_share=reached_share,
        usable_share=usable_share,
    )
