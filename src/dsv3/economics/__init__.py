"""What a training run costs: GPU-hours and a rate to dollars, stage by stage.

Which prices are right is not known here: `dsv3.prices` has dated ones, and every rate
is an argument. Functions take plain numbers or recorded ones (see
`explorables.arithmetic`).
"""

from dsv3.economics.accountings import ACCOUNTINGS as ACCOUNTINGS
from dsv3.economics.accountings import BOUGHT as BOUGHT
from dsv3.economics.accountings import FINAL_RUN as FINAL_RUN
from dsv3.economics.accountings import RENTED as RENTED
from dsv3.economics.accountings import SCOPES as SCOPES
from dsv3.economics.accountings import WITH_RESEARCH as WITH_RESEARCH
from dsv3.economics.accountings import WITH_STAFF as WITH_STAFF
from dsv3.economics.accountings import WRITTEN_OFF as WRITTEN_OFF
from dsv3.economics.accountings import Accountings as Accountings
from dsv3.economics.accountings import ProgramCost as ProgramCost
from dsv3.economics.accountings import accountings as accountings
from dsv3.economics.accountings import cost_assumptions as cost_assumptions
from dsv3.economics.accountings import ownership_assumptions as ownership_assumptions
from dsv3.economics.accountings import program_cost as program_cost
from dsv3.economics.accountings import server_watts_per_gpu as server_watts_per_gpu
from dsv3.economics.api_comparison import COMPARED_ON as COMPARED_ON
from dsv3.economics.api_comparison import PROMOTION_ON as PROMOTION_ON
from dsv3.economics.api_comparison import TheoreticalDay as TheoreticalDay
from dsv3.economics.api_comparison import api_comparison as api_comparison
from dsv3.economics.api_comparison import (
    published_day_cost_usd as published_day_cost_usd,
)
from dsv3.economics.api_comparison import published_day_mix as published_day_mix
from dsv3.economics.api_comparison import rival_offers as rival_offers
from dsv3.economics.api_comparison import theoretical_day as theoretical_day
from dsv3.economics.api_comparison import v3_offers as v3_offers
from dsv3.economics.bill import Bill as Bill
from dsv3.economics.bill import RentalCost as RentalCost
from dsv3.economics.bill import bill as bill
from dsv3.economics.bill import rental_cost as rental_cost
from dsv3.economics.break_even import BreakEven as BreakEven
from dsv3.economics.break_even import api_offers as api_offers
from dsv3.economics.break_even import break_even as break_even
from dsv3.economics.budget import OFFERS as OFFERS
from dsv3.economics.budget import ORGANISATIONS as ORGANISATIONS
from dsv3.economics.budget import TrainedModel as TrainedModel
from dsv3.economics.budget import assumed_run_share as assumed_run_share
from dsv3.economics.budget import budget_assumptions as budget_assumptions
from dsv3.economics.budget import (
    published_budget_utilization as published_budget_utilization,
)
from dsv3.economics.budget import trained_on as trained_on
from dsv3.economics.budget import v3_pretraining_flop as v3_pretraining_flop
from dsv3.economics.comparison import Gap as Gap
from dsv3.economics.comparison import MeasuredRun as MeasuredRun
from dsv3.economics.comparison import gap as gap
from dsv3.economics.conditions import Conditions as Conditions
from dsv3.economics.conditions import solve_for as solve_for
from dsv3.economics.estimates import Growth as Growth
from dsv3.economics.estimates import RunEstimate as RunEstimate
from dsv3.economics.estimates import cost_growth as cost_growth
from dsv3.economics.estimates import published_growth as published_growth
from dsv3.economics.estimates import run_estimate as run_estimate
from dsv3.economics.estimates import run_estimates as run_estimates
from dsv3.economics.gap_parts import GapParts as GapParts
from dsv3.economics.gap_parts import SizedRun as SizedRun
from dsv3.economics.gap_parts import gap_parts as gap_parts
from dsv3.economics.gap_parts import v3_against_llama as v3_against_llama
from dsv3.economics.mix_regions import BandRegions as BandRegions
from dsv3.economics.mix_regions import area_share as area_share
from dsv3.economics.mix_regions import band_regions as band_regions
from dsv3.economics.other_runs import OtherRun as OtherRun
from dsv3.economics.other_runs import other_run as other_run
from dsv3.economics.other_runs import other_runs as other_runs
from dsv3.economics.other_runs import pace_flop_per_gpu_hour as pace_flop_per_gpu_hour
from dsv3.economics.plan import ACTIVE_PARAMETERS as ACTIVE_PARAMETERS
from dsv3.economics.plan import PRECISIONS as PRECISIONS
from dsv3.economics.plan import PRETRAINING_CONTEXT_TOKENS as PRETRAINING_CONTEXT_TOKENS
from dsv3.economics.plan import TrainingCost as TrainingCost
from dsv3.economics.plan import peak_flop_per_s as peak_flop_per_s
from dsv3.economics.plan import (
    preset_training_flop_per_token as preset_training_flop_per_token,
)
from dsv3.economics.plan import published_utilization as published_utilization
from dsv3.economics.plan import training_cost as training_cost
from dsv3.economics.plan import training_flop_per_token as training_flop_per_token
from dsv3.economics.price_over_cost import PriceOverCost as PriceOverCost
from dsv3.economics.price_over_cost import peak_nodes_ratio as peak_nodes_ratio
from dsv3.economics.price_over_cost import price_lists as price_lists
from dsv3.economics.price_over_cost import price_over_cost as price_over_cost
from dsv3.economics.price_range import CORNERS as CORNERS
from dsv3.economics.price_range import RatioRange as RatioRange
from dsv3.economics.price_range import positive_share as positive_share
from dsv3.economics.price_range import ratio_range as ratio_range
from dsv3.economics.ratio_on_day import PRICED_FROM as PRICED_FROM
from dsv3.economics.ratio_on_day import PRICED_UNTIL as PRICED_UNTIL
from dsv3.economics.ratio_on_day import SEEN_AGAIN as SEEN_AGAIN
from dsv3.economics.ratio_on_day import SELLERS as SELLERS
from dsv3.economics.ratio_on_day import VOUCHED_UNTIL as VOUCHED_UNTIL
from dsv3.economics.ratio_on_day import day_rivals as day_rivals
from dsv3.economics.ratio_on_day import ratio_on_day as ratio_on_day
from dsv3.economics.recipe import PretrainingMoment as PretrainingMoment
from dsv3.economics.recipe import recipe as recipe
from dsv3.economics.serving_cost import ServingCost as ServingCost
from dsv3.economics.serving_cost import serving_cost as serving_cost
from dsv3.economics.token_prices import OFTEN_QUOTED as OFTEN_QUOTED
from dsv3.economics.token_prices import ComparedPrice as ComparedPrice
from dsv3.economics.token_prices import TokenRates as TokenRates
from dsv3.economics.token_prices import TrafficMix as TrafficMix
from dsv3.economics.token_prices import (
    blended_usd_per_million_tokens as blended_usd_per_million_tokens,
)
from dsv3.economics.token_prices import chosen_rates as chosen_rates
from dsv3.economics.token_prices import compare_rates as compare_rates
from dsv3.economics.token_prices import mix_of_shares as mix_of_shares
from dsv3.economics.token_prices import price_ratio as price_ratio
from dsv3.economics.token_prices import rates as rates
from dsv3.economics.token_prices import traffic_mix as traffic_mix
from dsv3.economics.utilization import Utilization as Utilization
from dsv3.economics.utilization import called_peak_flop_per_s as called_peak_flop_per_s
from dsv3.economics.utilization import counted_gpu_hours as counted_gpu_hours
from dsv3.economics.utilization import (
    credited_flop_per_token as credited_flop_per_token,
)
from dsv3.economics.utilization import stated_utilization as stated_utilization
from dsv3.economics.utilization import utilization as utilization
