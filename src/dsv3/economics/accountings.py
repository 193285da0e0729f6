"""Three accountings of one run: rented, written off with energy, bought outright.

The same GPU-hours are a rent to one book-keeper, a slice of a cluster's life and its
electricity to another, and the price of the whole cluster to a third. None is wrong;
they answer different questions. What a laboratory spends on top of a run, on
experiments and on people, is a stated multiple here, never a fact.
"""

from dataclasses import dataclass

from dsv3.economics.bill import rental_cost, require_not_negative
from dsv3.facts import Assumption, assumption, fact
from explorables.arithmetic import Choice, Number, lookup, require
from explorables.quantities import DAYS_PER_YEAR, HOURS_PER_DAY

WATTS_PER_KILOWATT = 1000.0

RENTED = "cloud rental"
WRITTEN_OFF = "amortised hardware and energy"
BOUGHT = "hardware bought outright"
ACCOUNTINGS = (RENTED, WRITTEN_OFF, BOUGHT)
"""Ways to price one run, from what a customer pays to what an owner lays out."""

FINAL_RUN = "the final run"
WITH_RESEARCH = "with experiments"
WITH_STAFF = "with experiments and staff"
SCOPES = (FINAL_RUN, WITH_RESEARCH, WITH_STAFF)
"""How much of the work around a run is counted."""

COST_ASSUMPTIONS = {
    "usd_per_gpu_hour": "rental.hopper_usd_per_gpu_hour",
    "usd_per_gpu": "purchase.h800_usd_per_gpu",
    "network_ratio": "cluster.network_ratio",
    "life_years": "server.life_years",
    "busy_share": "cluster.busy_share",
    "power_share": "training.gpu_share_of_server_power",
    "power_usage_effectiveness_ratio": "data_centre.power_usage_effectiveness",
    "usd_per_kwh": "electricity.usd_per_kwh",
    "research_ratio": "research.compute_ratio",
    "staff_share": "research.staff_share",
}
"""Assumption behind each argument of `program_cost` that nobody published."""

HARDWARE_ARGUMENTS = tuple(COST_ASSUMPTIONS)[1:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accountings:
    """One run under three accountings."""

    cloud_usd: Number

    amortized_usd: Number
    """Slice of the cluster's life, and electricity; the parts follow."""

    purchase_usd: Number
    """Dollars to buy the whole cluster."""

    depreciation_usd: Number
    energy_usd: Number

    energy_kwh: Number
    """Cooling included."""

    owner_usd_per_gpu_hour: Number
    """`amortized_usd` over the hours."""


def accountings(
    *,
    gpu_hours: Number,
    cluster_gpus: Number,
    gpu_server_watts: Number,
    usd_per_gpu_hour: Number,
    usd_per_gpu: Number,
    network_ratio: Number,
    life_years: Number,
    busy_share: Number,
    power_share: Number,
    power_usage_effectiveness_ratio: Number,
    usd_per_kwh: Number,
) -> Accountings:
    """Price one run as rent, as a slice of owned hardware with energy, and outright.

    An owned hour costs ``price x network / (life in hours x busy share)`` for the
    hardware, written off in a straight line, and ``watts x share x PUE x tariff`` for
    electricity. `gpu_server_watts` and `usd_per_gpu` are a GPU's part of its server,
    and `power_share` is the average draw over the largest power. `network_ratio` is the
    cluster with network and storage over its servers alone, and
    `power_usage_effectiveness_ratio` the building's energy over the servers'.

    Examples
    --------
    A thousand hours of a card of $8,766 that lives one year, always busy, cost $1,000
    of hardware; 1 kW for as long at $0.10 costs $100:

    >>> found = accountings(
    ...     gpu_hours=1000.0, cluster_gpus=10.0, gpu_server_watts=1000.0,
    ...     usd_per_gpu_hour=2.0, usd_per_gpu=8766.0, network_ratio=1.0,
    ...     life_years=1.0, busy_share=1.0, power_share=1.0,
    ...     power_usage_effectiveness_ratio=1.0, usd_per_kwh=0.1,
    ... )  # fmt: skip
    >>> found.cloud_usd, found.amortized_usd, found.purchase_usd
    (2000.0, 1100.0, 87660.0)
    """
    require("gpu_hours", gpu_hours, gpu_hours > 0, "must be above 0")
    require("cluster_gpus", cluster_gpus, cluster_gpus >= 1, "must be at least 1")
    depreciation = gpu_hours * _hardware_usd_per_gpu_hour(
        usd_per_gpu=usd_per_gpu,
        network_ratio=network_ratio,
        life_years=life_years,
        busy_share=busy_share,
    )
    kilowatt_hours = gpu_hours * _building_kilowatts(
        gpu_server_watts=gpu_server_watts,
        power_share=power_share,
        power_usage_effectiveness_ratio=power_usage_effectiveness_ratio,
    )
    require_not_negative("usd_per_kwh", usd_per_kwh)
    energy = kilowatt_hours * usd_per_kwh
    rent = rental_cost(gpu_hours=gpu_hours, usd_per_gpu_hour=usd_per_gpu_hour)
    return Accountings(
        cloud_usd=rent.total_usd,
        amortized_usd=depreciation + energy,
        purchase_usd=cluster_gpus * usd_per_gpu * network_ratio,
        depreciation_usd=depreciation,
        energy_usd=energy,
        energy_kwh=kilowatt_hours,
        owner_usd_per_gpu_hour=(depreciation + energy) / gpu_hours,
    )


def _hardware_usd_per_gpu_hour(
    *,
    usd_per_gpu: Number,
    network_ratio: Number,
    life_years: Number,
    busy_share: Number,
) -> Number:
    require_not_negative("usd_per_gpu", usd_per_gpu)
    require("network_ratio", network_ratio, network_ratio >= 1, "must be at least 1")
    require("life_years", life_years, life_years > 0, "must be above 0")
    require("busy_share", busy_share, busy_share > 0, "must be above 0")
    require("busy_share", busy_share, busy_share <= 1, "must be at most 1")
    hours = life_years * DAYS_PER_YEAR * HOURS_PER_DAY * busy_share
    return usd_per_gpu * network_ratio / hours


def _building_kilowatts(
    *,
    gpu_server_watts: Number,
    power_share: Number,
    power_usage_effectiveness_ratio: Number,
) -> Number:
    require_not_negative("gpu_server_watts", gpu_server_watts)
    require_not_negative("power_share", power_share)
    require("power_share", power_share, power_share <= 1, "must be at most 1")
    require(
        "power_usage_effectiveness_ratio",
        power_usage_effectiveness_ratio,
        power_usage_effectiveness_ratio >= 1,
        "must be at least 1",
    )
    watts = gpu_server_watts * power_share * power_usage_effectiveness_ratio
    return watts / WATTS_PER_KILOWATT


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramCost:
    """A run with the work around it, under one accounting and scope."""

    run_usd: Number

    research_usd: Number
    """Experiments and failed runs that the scope counts."""

    staff_usd: Number
    """Research staff that the scope counts."""

    total_usd: Number

    hidden_ratio: Number
    """Everything over the final run."""


def program_cost(
    *,
    accounting: Choice,
    scope: Choice,
    research_ratio: Number,
    staff_share: Number,
    **run: Number,
) -> ProgramCost:
    """Add experiments and staff to a run, under one accounting.

    Experiments cost ``research_ratio`` times the run where hours are paid for. Bought
    hardware runs them too, so there they add nothing. Staff is a share of the cost of
    developing the model with hardware written off, which is how Epoch AI counts it: the
    same people cost the same under every accounting. `run` holds the arguments of
    `accountings`.

    Examples
    --------
    >>> cost = program_cost(
    ...     accounting="cloud rental", scope="with experiments", research_ratio=2.0,
    ...     staff_share=0.3, gpu_hours=1e6, cluster_gpus=1e3, gpu_server_watts=1275.0,
    ...     usd_per_gpu_hour=2.0, **ownership_assumptions(),
    ... )  # fmt: skip
    >>> cost.total_usd / cost.run_usd
    3.0
    """
    require_not_negative("research_ratio", research_ratio)
    require_not_negative("staff_share", staff_share)
    require("staff_share", staff_share, staff_share < 1, "must be below 1")
    priced = accountings(**run)
    run_usd = lookup(
        accounting,
        {
            RENTED: priced.cloud_usd,
            WRITTEN_OFF: priced.amortized_usd,
            BOUGHT: priced.purchase_usd,
        },
        name="accounting",
    )
    counted = lookup(
        scope, {FINAL_RUN: 0.0, WITH_RESEARCH: 1.0, WITH_STAFF: 1.0}, name="scope"
    )
    paid_by_hour = lookup(
        accounting, {RENTED: 1.0, WRITTEN_OFF: 1.0, BOUGHT: 0.0}, name="accounting"
    )
    research_usd = run_usd * research_ratio * counted * paid_by_hour
    staffed = lookup(
        scope, {FINAL_RUN: 0.0, WITH_RESEARCH: 0.0, WITH_STAFF: 1.0}, name="scope"
    )
    developed_usd = priced.amortized_usd * (1 + research_ratio)
    staff_usd = developed_usd * staff_share / (1 - staff_share) * staffed
    total = run_usd + research_usd + staff_usd
    return ProgramCost(
        run_usd=run_usd,
        research_usd=research_usd,
        staff_usd=staff_usd,
        total_usd=total,
        hidden_ratio=total / run_usd,
    )


def cost_assumptions() -> dict[str, Assumption]:
    """Assumption behind each argument of `program_cost` that nobody published.

    Examples
    --------
    >>> cost_assumptions()["research_ratio"].high
    10.0
    """
    return {name: assumption(id) for name, id in COST_ASSUMPTIONS.items()}


def server_watts_per_gpu() -> float:
    """Largest power of a server of eight GPUs, for each of them.

    Examples
    --------
    >>> server_watts_per_gpu()
    1275.0
    """
    return fact("dgx_h100.max_watts").number / fact("v3.gpus_per_node").number


def ownership_assumptions() -> dict[str, float]:
    """Arguments of `accountings` that describe an owner, in the middle of their ends.

    Examples
    --------
    >>> ownership_assumptions()["life_years"]
    4.0
    """
    assumed = cost_assumptions()
    return {name: assumed[name].central for name in HARDWARE_ARGUMENTS}
