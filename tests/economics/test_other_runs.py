"""Other makers' runs by one rule, against what others estimate for the same runs."""

import pytest

from dsv3.economics import other_run, other_runs, pace_flop_per_gpu_hour
from dsv3.facts import fact
from explorables.quantities import SECONDS_PER_HOUR

ASKED = (
    "GPT-4",
    "Gemini 1.0 Ultra",
    "Llama 3.1 405B",
    "Claude 3.5 Sonnet",
    "Grok-3",
    "GPT-4.5",
    "Llama 4 Maverick",
    "gpt-oss-120b",
    "Kimi K2",
)


def test_every_run_that_is_talked_about_is_there() -> None:
    names = [run.model for run in other_runs()]
    assert set(ASKED) <= set(names)
    assert len(names) == len(ASKED) + 2


def test_runs_that_others_price_stand_by_release() -> None:
    days = [run.estimate.released for run in other_runs() if run.estimate]
    assert days == sorted(days)


def test_the_pace_is_the_compiled_share_of_the_sixteen_bit_peak() -> None:
    # 0.345 of 989 TFLOP/s in the compiled facts.
    share = pace_flop_per_gpu_hour() / SECONDS_PER_HOUR / 989e12
    assert share == pytest.approx(0.345, abs=0.002)


@pytest.mark.parametrize(
    ("model", "millions"),
    [
        ("Llama 3.1 405B", 30.84),
        ("DeepSeek-V3", 2.788),
        ("DeepSeek-R1 on top of V3", 0.147),
        ("Llama 4 Maverick", 2.38),
        ("gpt-oss-120b", 2.1),
    ],
)
def test_published_hours_are_taken_as_they_are(model: str, millions: float) -> None:
    run = other_run(model)
    assert run.gpu_hours == millions * 1e6
    assert run.hours_from == "hours published"


def test_kimis_compute_is_the_compiled_six_n_d() -> None:
    run = other_run("Kimi K2")
    assert run.gpu_hours * pace_flop_per_gpu_hour() == pytest.approx(3.0e24, rel=0.01)
    assert run.hours_from == "size and tokens published"


def test_runs_whose_compute_is_estimated_say_so_and_carry_the_estimate() -> None:
    estimated = [run for run in other_runs() if run.hours_from == "compute estimated"]
    assert len(estimated) == 5
    for run in estimated:
        assert run.estimate is not None
        flop = run.gpu_hours * pace_flop_per_gpu_hour()
        assert flop == pytest.approx(run.estimate.flop)
        assert not run.cluster_published


def test_one_rule_is_near_epochs_for_the_run_whose_hours_are_known() -> None:
    run = other_run("Llama 3.1 405B")
    assert run.estimate is not None
    ratio = run.priced().amortized_usd / run.estimate.amortized_usd
    assert ratio == pytest.approx(1.0, abs=0.1)
    # At the report's two dollars: 61.7 in the compiled facts.
    at_two = run.gpu_hours * fact("v3.usd_per_gpu_hour").number
    assert at_two / 1e6 == pytest.approx(61.7, abs=0.05)


def test_rent_is_within_a_factor_of_two_and_a_half_of_epochs() -> None:
    for run in other_runs():
        if run.estimate and run.estimate.cloud_usd:
            ratio = run.estimate.cloud_usd / run.priced().cloud_usd
            assert 1 / 2.5 < ratio < 2.5, run.model


def test_an_unpublished_cluster_takes_the_assumed_days() -> None:
    for run in other_runs():
        days = run.gpu_hours / run.cluster_gpus / 24
        assert run.cluster_published or days == pytest.approx(90.0), run.model


def test_an_unknown_run_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^model is 'GPT-9': must be one of"):
        other_run("GPT-9")
