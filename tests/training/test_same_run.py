"""The run on other chips: scaled as the layer is, halved as time passes."""

import dataclasses
import itertools
import math
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3 import calculators, hardware, training
from dsv3.facts import fact
from dsv3.training import COMPARED_CHIPS, LAYOUTS, same_run
from explorables.arithmetic import NUMBER, evaluate, trace

PUBLISHED: dict[str, Any] = calculators.same_run.defaults()

conditions = st.fixed_dictionaries(
    {
        "gpu": st.sampled_from(COMPARED_CHIPS),
        "layout": st.sampled_from(LAYOUTS),
        "days": st.floats(min_value=1, max_value=1000),
        "years_of_progress": st.floats(min_value=0, max_value=10),
        "halving_months": st.floats(min_value=1, max_value=60),
        "bf16_gain_ratio": st.floats(min_value=0.5, max_value=3),
    }
)


def test_the_published_conditions_give_the_published_run() -> None:
    found = same_run(**PUBLISHED)
    assert found.pretraining_gpu_hours == fact("v3.gpu_hours.pre_training").number
    assert found.needed_gpus == pytest.approx(fact("v3.gpus").number, rel=1e-12)
    assert found.chip_ratio == 1.0
    assert found.making_up_years == 0.0


def test_the_h20_takes_the_ratio_of_the_peaks() -> None:
    # What is bound by arithmetic alone scales with arithmetic alone: 1979 over 296.
    found = same_run(**(PUBLISHED | {"gpu": "H20 SXM"}))
    assert found.chip_ratio == pytest.approx(1979 / 296, rel=1e-12)
    assert found.needed_gpus == pytest.approx(2048 * 1979 / 296, rel=1e-12)


@pytest.mark.parametrize("gain", [1.0, 1.5, 2.2])
def test_the_a800_takes_the_ratio_of_its_peak_in_sixteen_bits(gain: float) -> None:
    given = PUBLISHED | {"gpu": "A800 SXM", "bf16_gain_ratio": gain}
    peak = hardware.accelerator("A800 SXM").peak_flop_per_s("bf16")
    assert same_run(**given).chip_ratio == pytest.approx(1979e12 / (gain * peak))


def test_the_h100_differs_from_the_h800_only_where_the_node_is_summed_over() -> None:
    found = {
        (chip, layout): same_run(
            **(PUBLISHED | {"gpu": chip, "layout": layout})
        ).chip_ratio
        for chip, layout in itertools.product(COMPARED_CHIPS[:2], LAYOUTS)
    }
    for layout in LAYOUTS[:2]:
        assert found["H100 SXM", layout] == found["H800 SXM", layout]
    assert found["H800 SXM", LAYOUTS[2]] > found["H100 SXM", LAYOUTS[2]] > 1


@given(given_=conditions)
def test_progress_for_the_years_that_make_up_leaves_the_published_hours(
    given_: dict[str, Any],
) -> None:
    years = same_run(**given_).making_up_years
    later = same_run(**(given_ | {"years_of_progress": max(years, 0.0)}))
    hours = fact("v3.gpu_hours.pre_training").number
    if years >= 0:
        assert later.pretraining_gpu_hours == pytest.approx(hours, rel=1e-9)
    else:
        assert later.pretraining_gpu_hours < hours


@given(given_=conditions)
def test_the_traced_run_is_the_plain_one(given_: dict[str, Any]) -> None:
    plain = dataclasses.asdict(same_run(**given_))
    found = evaluate(TAPE, given_)
    for name, value in found.outputs.items():
        assert math.isclose(value, plain[name], rel_tol=1e-13, abs_tol=1e-13), name


TAPE = trace(
    same_run,
    {
        "gpu": COMPARED_CHIPS,
        "layout": LAYOUTS,
        "days": NUMBER,
        "years_of_progress": NUMBER,
        "halving_months": NUMBER,
        "bf16_gain_ratio": NUMBER,
    },
)


def test_a_cut_link_costs_nothing_to_a_chip_whose_link_is_whole() -> None:
    for layout in LAYOUTS:
        same = training.cut_link(layout, cut="H20 SXM", full="H20 SXM")
        assert same.extra_share == 0.0


def test_a_slower_chip_feels_a_cut_link_less() -> None:
    # The same sums over the node, beside a layer that takes longer.
    fast = training.cut_link(LAYOUTS[2], cut="H800 SXM", full="H100 SXM")
    slow = training.cut_link(LAYOUTS[2], cut="A800 SXM", full="H100 SXM")
    added = [one.cut_seconds - one.full_seconds for one in (fast, slow)]
    assert added[0] == pytest.approx(added[1], rel=1e-9)
    assert fast.extra_share > slow.extra_share > 0


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"days": 0.0}, "days is 0.0: must be above 0"),
        ({"years_of_progress": -1.0}, "years_of_progress is -1.0: must not be"),
        ({"halving_months": 0.0}, "halving_months is 0.0: must be above 0"),
        ({"bf16_gain_ratio": 0.0}, "bf16_gain_ratio is 0.0: must be above 0"),
        ({"gpu": "H801 SXM"}, "H801 SXM"),
        ({"layout": "as dreamt"}, "as dreamt"),
    ],
)
def test_mistakes_are_refused_with_value_and_rule(
    change: dict[str, Any], rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        same_run(**(PUBLISHED | change))
