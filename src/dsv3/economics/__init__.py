"""What a training run costs: GPU-hours and a rate to dollars, stage by stage.

Which prices are right is not known here: `dsv3.prices` has dated ones, and every rate
is an argument. Functions take plain numbers or recorded ones (see
`explorables.arithmetic`).
"""

from dsv3.economics.accountings import (
    ACCOUNTINGS as ACCOUNTINGS,
    BOUGHT as BOUGHT,
    FINAL_RUN as FINAL_RUN,
    RENTED as RENTED,
    SCOPES as SCOPES,
    WITH_RESEARCH as WITH_RESEARCH,
    WITH_STAFF as WITH_STAFF,
    WRITTEN_OFF as WRITTEN_OFF,
    Accountings as Accountings,
    ProgramCost as ProgramCost,
    accountings as accountings,
    cost_assumptions as cost_assumptions,
    ownership_assumptions as ownership_assumptions,
    program_cost as program_cost,
    server_watts_per_gpu as server_watts_per_gpu,
)
from dsv3.economics.api_comparison import (
    COMPARED_ON as COMPARED_ON,
    PROMOTION_ON as PROMOTION_ON,
    TheoreticalDay as TheoreticalDay,
    api_comparison as api_comparison,
    published_day_cost_usd as published_day_cost_usd,
    published_day_mix as published_day_mix,
    rival_offers as rival_offers,
    theoretical_day as theoretical_day,
    v3_offers as v3_offers,
)
from dsv3.economics.bill import (
    Bill as Bill,
    RentalCost as RentalCost,
    bill as bill,
    rental_cost as rental_cost,
)
from dsv3.economics.break_even import (
    OWN_PRICE as OWN_PRICE,
    BreakEven as BreakEven,
    api_offers as api_offers,
    break_even as break_even,
)
from dsv3.economics.budget import (
    OFFERS as OFFERS,
    ORGANISATIONS as ORGANISATIONS,
    TrainedModel as TrainedModel,
    assumed_run_share as assumed_run_share,
    budget_assumptions as budget_assumptions,
    published_budget_utilization as published_budget_utilization,
    trained_on as trained_on,
    v3_ablation_flop as v3_ablation_flop,
    v3_pretraining_flop as v3_pretraining_flop,
)
from dsv3.economics.comparison import Gap as Gap, MeasuredRun as MeasuredRun, gap as gap
from dsv3.economics.conditions import Conditions as Conditions, solve_for as solve_for
from dsv3.economics.estimates import (
    Growth as Growth,
    RunEstimate as RunEstimate,
    cost_growth as cost_growth,
    published_growth as published_growth,
    run_estimate as run_estimate,
    run_estimates as run_estimates,
)
from dsv3.economics.gap_parts import (
    GapParts as GapParts,
    SizedRun as SizedRun,
    gap_parts as gap_parts,
    v3_against_llama as v3_against_llama,
)
from dsv3.economics.mix_regions import (
    BandRegions as BandRegions,
    area_share as area_share,
    band_regions as band_regions,
)
from dsv3.economics.other_runs import (
    OtherRun as OtherRun,
    other_run as other_run,
    other_runs as other_runs,
    pace_flop_per_gpu_hour as pace_flop_per_gpu_hour,
)
from dsv3.economics.ownership import (
    Ownership as Ownership,
    annual_capital_usd as annual_capital_usd,
    ownership as ownership,
    staff_usd as staff_usd,
)
from dsv3.economics.plan import (
    ACTIVE_PARAMETERS as ACTIVE_PARAMETERS,
    PRECISIONS as PRECISIONS,
    PRETRAINING_CONTEXT_TOKENS as PRETRAINING_CONTEXT_TOKENS,
    TrainingCost as TrainingCost,
    peak_flop_per_s as peak_flop_per_s,
    preset_training_flop_per_token as preset_training_flop_per_token,
    published_utilization as published_utilization,
    training_cost as training_cost,
    training_flop_per_token as training_flop_per_token,
)
from dsv3.economics.price_over_cost import (
    PriceOverCost as PriceOverCost,
    peak_nodes_ratio as peak_nodes_ratio,
    price_lists as price_lists,
    price_over_cost as price_over_cost,
)
from dsv3.economics.price_range import (
    CORNERS as CORNERS,
    RatioRange as RatioRange,
    positive_share as positive_share,
    ratio_range as ratio_range,
)
from dsv3.economics.ratio_on_day import (
    PRICED_FROM as PRICED_FROM,
    PRICED_UNTIL as PRICED_UNTIL,
    SEEN_AGAIN as SEEN_AGAIN,
    SELLERS as SELLERS,
    VOUCHED_UNTIL as VOUCHED_UNTIL,
    day_rivals as day_rivals,
    ratio_on_day as ratio_on_day,
)
from dsv3.economics.recipe import (
    PretrainingMoment as PretrainingMoment,
    recipe as recipe,
)
from dsv3.economics.serving_cost import (
    ServingCost as ServingCost,
    serving_cost as serving_cost,
)
from dsv3.economics.token_prices import (
    OFTEN_QUOTED as OFTEN_QUOTED,
    ComparedPrice as ComparedPrice,
    TokenRates as TokenRates,
    TrafficMix as TrafficMix,
    blended_usd_per_million_tokens as blended_usd_per_million_tokens,
    chosen_rates as chosen_rates,
    compare_rates as compare_rates,
    mix_of_shares as mix_of_shares,
    price_ratio as price_ratio,
    rates as rates,
    traffic_mix as traffic_mix,
)
from dsv3.economics.utilization import (
    Utilization as Utilization,
    called_peak_flop_per_s as called_peak_flop_per_s,
    counted_gpu_hours as counted_gpu_hours,
    credited_flop_per_token as credited_flop_per_token,
    stated_utilization as stated_utilization,
    utilization as utilization,
)
