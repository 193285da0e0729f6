"""What an owned GPU-hour costs in full, beside a rented one."""

from typing import Annotated

from dsv3 import economics
from dsv3.calculators.arguments import GpuHours, UsdPerGpuHour
from dsv3.calculators.costs import (
    SERVER_WATTS,
    BusyShare,
    Effectiveness,
    LifeYears,
    NetworkRatio,
    PowerShare,
    ServerWatts,
    UsdPerGpu,
    UsdPerKwh,
)
from dsv3.calculators.defaults import assumed, published
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Number

YearlyRate = Annotated[
    Number,
    Argument(
        "Cost of capital",
        "Yearly return required on the money invested.",
        0,
        0.2,
        unit="share",
    ),
]
ColocationRent = Annotated[
    Number,
    Argument(
        "Colocation",
        "Rent per kilowatt of servers and month, electricity not included.",
        0,
        400,
    ),
]


@calculator(
    command="dsv3 economics ownership",
    title="An owned GPU-hour",
    summary="An owned GPU-hour in full: capital, colocation, operations, power.",
    finding="With cost of capital, colocation and operations an owned H800-hour "
    "costs more than the report's two dollars.",
    page="economics/own-or-rent",
    outputs={
        "owner_usd_per_gpu_hour": "Owned hour",
        "rent_ratio": "Owned over rented hour",
        "run_usd": "V3's GPU-hours at that cost",
        "depreciation_usd_per_gpu_hour": "Depreciation",
        "capital_usd_per_gpu_hour": "Cost of capital",
        "colocation_usd_per_gpu_hour": "Colocation",
        "operations_usd_per_gpu_hour": "Operations",
        "energy_usd_per_gpu_hour": "Electricity",
    },
    curve=Curve(x="busy_share", y="owner_usd_per_gpu_hour"),
    presets={
        "Total cost": {},
        "Depreciation and electricity": {
            "yearly_rate": 0.0,
            "residual_share": 0.0,
            "colocation_usd_per_kw_month": 0.0,
            "operations_share": 0.0,
        },
    },
)
def ownership(
    *,
    gpu_hours: GpuHours = published("v3.gpu_hours.total"),
    usd_per_gpu_hour: UsdPerGpuHour = published("v3.usd_per_gpu_hour"),
    usd_per_gpu: UsdPerGpu = assumed("purchase.h800_usd_per_gpu"),
    network_ratio: NetworkRatio = assumed("cluster.network_ratio"),
    life_years: LifeYears = assumed("server.life_years"),
    yearly_rate: YearlyRate = assumed("capital.yearly_rate"),
    residual_share: Annotated[
        Number,
        Argument(
            "Residual value",
            "Resale value of used hardware, over its purchase price.",
            0,
            0.5,
        ),
    ] = assumed("hardware.residual_share"),
    busy_share: BusyShare = assumed("cluster.busy_share"),
    colocation_usd_per_kw_month: ColocationRent = assumed(
        "colocation.usd_per_kw_month"
    ),
    operations_share: Annotated[
        Number,
        Argument(
            "Operations",
            "Yearly cost of staff, spares and contracts, over the cluster's price.",
            0,
            0.2,
        ),
    ] = assumed("cluster.operations_share"),
    gpu_server_watts: ServerWatts = SERVER_WATTS,
    power_share: PowerShare = assumed("training.gpu_share_of_server_power"),
    power_usage_effectiveness_ratio: Effectiveness = assumed(
        "data_centre.power_usage_effectiveness"
    ),
    usd_per_kwh: UsdPerKwh = assumed("electricity.usd_per_kwh"),
) -> economics.Ownership:
    """Price an owned GPU-hour in full; see `economics.ownership`.

    Examples
    --------
    >>> ownership().rent_ratio > 1
    True
    """
    return economics.ownership(
        gpu_hours=gpu_hours,
        usd_per_gpu_hour=usd_per_gpu_hour,
        usd_per_gpu=usd_per_gpu,
        network_ratio=network_ratio,
        life_years=life_years,
        yearly_rate=yearly_rate,
        residual_share=residual_share,
        busy_share=busy_share,
        colocation_usd_per_kw_month=colocation_usd_per_kw_month,
        operations_share=operations_share,
        gpu_server_watts=gpu_server_watts,
        power_share=power_share,
        power_usage_effectiveness_ratio=power_usage_effectiveness_ratio,
        usd_per_kwh=usd_per_kwh,
    )
