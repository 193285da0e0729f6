"""What a run costs by other accounts: rent, stages, ownership, development."""

from typing import Annotated

from dsv3 import economics
from dsv3.calculators.arguments import ClusterGpus, GpuHours, UsdPerGpuHour
from dsv3.calculators.defaults import assumed, derived, published
from dsv3.facts import fact
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Choice, Number

SERVER_WATTS = derived(
    economics.server_watts_per_gpu(),
    "largest power of an eight-GPU server, over its GPUs (vendor)",
)
ACCOUNTING = Argument(
    "Accounting",
    "How the hours are priced: rented, amortised with energy, or bought.",
    options=economics.ACCOUNTINGS,
)
SCOPE = Argument(
    "Scope",
    "What is counted: the final run, with experiments, with staff as well.",
    options=economics.SCOPES,
)
ServerWatts = Annotated[
    Number, Argument("Server power", "Largest power of a server, for each GPU.")
]
UsdPerGpu = Annotated[
    Number,
    Argument(
        "Purchase price", "Price of a GPU with its share of the server.", 5e3, 1e5
    ),
]
NetworkRatio = Annotated[
    Number,
    Argument(
        "Network and storage",
        "Price of the whole cluster over that of its servers alone.",
    ),
]
LifeYears = Annotated[
    Number,
    Argument("Depreciation", "Years of straight-line depreciation.", 1, 8),
]
BusyShare = Annotated[
    Number,
    Argument("Duty cycle", "Share of its life in which the cluster works.", 0.1, 1),
]
PowerShare = Annotated[
    Number, Argument("Average draw", "Average power over the largest power.")
]
Effectiveness = Annotated[
    Number,
    Argument(
        "PUE",
        "Power usage effectiveness (PUE): energy of the data centre over that of its "
        "servers.",
    ),
]
UsdPerKwh = Annotated[Number, Argument("Electricity", "Price of electricity.")]
ResearchRatio = Annotated[
    Number,
    Argument(
        "Experiments",
        "Compute of experiments and failed runs over that of the final run.",
        0,
        20,
    ),
]
StaffShare = Annotated[
    Number,
    Argument("Staff", "Share of research staff in the cost of development.", 0, 0.8),
]


@calculator(
    command="dsv3 economics rent",
    title="Rental cost",
    summary="What GPU-hours cost at a rental price.",
    page="index",
    outputs={"total_usd": "Total"},
)
def rental_cost(
    *,
    gpu_hours: Annotated[
        Number,
        Argument("GPU-hours", "Hours, summed over all GPUs.", 1e5, 1e8),
    ] = published("v3.gpu_hours.total"),
    usd_per_gpu_hour: UsdPerGpuHour = published("v3.usd_per_gpu_hour"),
) -> economics.RentalCost:
    """Price hours at a rate; see `economics.rental_cost`.

    Examples
    --------
    >>> rental_cost().total_usd
    5576000.0
    """
    return economics.rental_cost(gpu_hours=gpu_hours, usd_per_gpu_hour=usd_per_gpu_hour)


@calculator(
    command="dsv3 economics bill",
    title="The bill, stage by stage",
    summary="What three stages of training cost at a rental price.",
    finding="At the report's hours and rate the three stages come to the headline.",
    page="economics/training-cost",
    outputs={"total_usd": "Total", "total_gpu_hours": "GPU-hours, all stages"},
    curve=Curve(x="usd_per_gpu_hour", y="total_usd"),
)
def training_bill(
    *,
    pretraining_gpu_hours: Annotated[
        Number, Argument("Pre-training", "GPU-hours of pre-training.", 1e5, 1e8)
    ] = published("v3.gpu_hours.pre_training"),
    context_extension_gpu_hours: Annotated[
        Number,
        Argument("Context extension", "GPU-hours of training on long texts.", 1e3, 1e7),
    ] = published("v3.gpu_hours.context_extension"),
    post_training_gpu_hours: Annotated[
        Number,
        Argument(
            "Post-training",
            "GPU-hours of fine-tuning and reinforcement learning.",
            1e3,
            1e7,
        ),
    ] = published("v3.gpu_hours.post_training"),
    usd_per_gpu_hour: UsdPerGpuHour = published("v3.usd_per_gpu_hour"),
) -> economics.Bill:
    """Price the three published stages; see `economics.bill`.

    Examples
    --------
    >>> training_bill().total_gpu_hours, training_bill().total_usd
    (2788000.0, 5576000.0)
    """
    return economics.bill(
        pretraining_gpu_hours=pretraining_gpu_hours,
        context_extension_gpu_hours=context_extension_gpu_hours,
        post_training_gpu_hours=post_training_gpu_hours,
        usd_per_gpu_hour=usd_per_gpu_hour,
    )


@calculator(
    command="dsv3 economics accountings",
    title="One run in three accountings",
    summary="What a run costs rented, amortised with energy, and bought outright.",
    finding="To an owner the published run costs about as much as its rent; the "
    "cluster costs sixteen times as much.",
    page="economics/training-cost",
    outputs={
        "cloud_usd": "Rented",
        "amortized_usd": "Amortised, with energy",
        "purchase_usd": "Bought outright",
    },
    curve=Curve(x="busy_share", y="amortized_usd"),
    presets={
        "DeepSeek-V3": {},
        "Llama 3.1 405B": {
            "gpu_hours": fact("llama_3_1_405b.gpu_hours").number,
            "cluster_gpus": fact("llama_3_1_405b.gpus").number,
        },
    },
    in_view=("cluster_gpus", "usd_per_gpu_hour", "usd_per_gpu", "life_years"),
)
def accountings(
    *,
    gpu_hours: GpuHours = published("v3.gpu_hours.total"),
    cluster_gpus: ClusterGpus = published("v3.gpus"),
    gpu_server_watts: ServerWatts = SERVER_WATTS,
    usd_per_gpu_hour: UsdPerGpuHour = published("v3.usd_per_gpu_hour"),
    usd_per_gpu: UsdPerGpu = assumed("purchase.h800_usd_per_gpu"),
    network_ratio: NetworkRatio = assumed("cluster.network_ratio"),
    life_years: LifeYears = assumed("server.life_years"),
    busy_share: BusyShare = assumed("cluster.busy_share"),
    power_share: PowerShare = assumed("training.gpu_share_of_server_power"),
    power_usage_effectiveness_ratio: Effectiveness = assumed(
        "data_centre.power_usage_effectiveness"
    ),
    usd_per_kwh: UsdPerKwh = assumed("electricity.usd_per_kwh"),
) -> economics.Accountings:
    """Price one run in three accountings; see `economics.accountings`.

    Examples
    --------
    >>> accountings().cloud_usd
    5576000.0
    """
    return economics.accountings(
        gpu_hours=gpu_hours,
        cluster_gpus=cluster_gpus,
        gpu_server_watts=gpu_server_watts,
        usd_per_gpu_hour=usd_per_gpu_hour,
        usd_per_gpu=usd_per_gpu,
        network_ratio=network_ratio,
        life_years=life_years,
        busy_share=busy_share,
        power_share=power_share,
        power_usage_effectiveness_ratio=power_usage_effectiveness_ratio,
        usd_per_kwh=usd_per_kwh,
    )


@calculator(
    command="dsv3 economics development",
    title="Development cost",
    summary="What a run costs with experiments and staff, in one accounting.",
    finding="At the report's rate, with experiments and staff at our central "
    "assumptions, V3 is about $30M.",
    page="economics/cost-narrative",
    outputs={
        "total_usd": "Everything counted",
        "run_usd": "The final run",
        "research_usd": "Experiments",
        "staff_usd": "Staff",
    },
    in_view=("accounting", "scope", "usd_per_gpu_hour", "research_ratio"),
)
def development_cost(
    *,
    accounting: Annotated[Choice, ACCOUNTING] = economics.RENTED,
    scope: Annotated[Choice, SCOPE] = economics.WITH_STAFF,
    gpu_hours: GpuHours = published("v3.gpu_hours.total"),
    cluster_gpus: ClusterGpus = published("v3.gpus"),
    usd_per_gpu_hour: UsdPerGpuHour = published("v3.usd_per_gpu_hour"),
    research_ratio: ResearchRatio = assumed("research.compute_ratio"),
    staff_share: StaffShare = assumed("research.staff_share"),
    gpu_server_watts: ServerWatts = SERVER_WATTS,
    usd_per_gpu: UsdPerGpu = assumed("purchase.h800_usd_per_gpu"),
    network_ratio: NetworkRatio = assumed("cluster.network_ratio"),
    life_years: LifeYears = assumed("server.life_years"),
    busy_share: BusyShare = assumed("cluster.busy_share"),
    power_share: PowerShare = assumed("training.gpu_share_of_server_power"),
    power_usage_effectiveness_ratio: Effectiveness = assumed(
        "data_centre.power_usage_effectiveness"
    ),
    usd_per_kwh: UsdPerKwh = assumed("electricity.usd_per_kwh"),
) -> economics.ProgramCost:
    """Add experiments and staff to a run; see `economics.program_cost`.

    Examples
    --------
    >>> development_cost(scope="with experiments").run_usd
    5576000.0
    """
    return economics.program_cost(
        accounting=accounting,
        scope=scope,
        research_ratio=research_ratio,
        staff_share=staff_share,
        gpu_hours=gpu_hours,
        cluster_gpus=cluster_gpus,
        gpu_server_watts=gpu_server_watts,
        usd_per_gpu_hour=usd_per_gpu_hour,
        usd_per_gpu=usd_per_gpu,
        network_ratio=network_ratio,
        life_years=life_years,
        busy_share=busy_share,
        power_share=power_share,
        power_usage_effectiveness_ratio=power_usage_effectiveness_ratio,
        usd_per_kwh=usd_per_kwh,
    )
