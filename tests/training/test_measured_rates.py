"""Published training rates agree with themselves, with the run and with our count."""

import pytest

from dsv3 import accounting, architecture, training
from dsv3.facts import fact, list_coverage
from dsv3.training.measured_rates import TRAINING_RATES, TrainingRate

RATES = tuple(TRAINING_RATES.by_name.values())


def _counted(*, predicts: bool) -> float:
    return float(
        accounting.flop_per_token(
            architecture.preset("deepseek-v3"),
            context_tokens=4096,
            with_multi_token_prediction=predicts,
        ).training_flop_per_token
    )


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: rate.id)
def test_the_makers_count_of_a_token_is_ours(rate: TrainingRate) -> None:
    counts = {said: _counted(predicts=said == "with") for said in ("with", "without")}
    nearest = min(counts, key=lambda said: abs(counts[said] - rate.flop_per_token))
    assert rate.flop_per_token == pytest.approx(counts[nearest], rel=0.005)
    # The two differ by four percent, so a table that does not say can be told.
    assert rate.predicts in (nearest, "not said")


def test_hours_and_pace_are_two_ways_to_say_one_thing() -> None:
    hours = fact("v3.gpu_hours.pre_training").number
    for rate in RATES:
        assert rate.pretraining_gpu_hours * rate.pace_ratio == pytest.approx(hours)


def test_the_rates_stand_in_the_order_of_time_and_may_miss_some() -> None:
    days = [rate.day for rate in RATES if rate.batch_sequences != 15_360]
    assert days == sorted(days)
    assert not list_coverage("training_rates.yaml").complete


def test_the_newest_of_each_chip_is_its_last_row() -> None:
    newest = {rate.chip: rate for rate in training.newest_training_rates()}
    for rate in RATES:
        assert newest[rate.chip].day >= rate.day
    assert newest["B200"].id == "b200_2026_04"


def test_a_rate_that_is_not_there_is_refused_in_one_line() -> None:
    with pytest.raises(ValueError, match=r"^training rate is 'tpu': there is none"):
        training.training_rate("tpu")
