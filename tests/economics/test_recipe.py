"""The meter beside the schedules ends at the published bill."""

import random

import pytest

from dsv3 import calculators, economics, training
from explorables.arithmetic import NUMBER, evaluate, trace


def moment(**change: object) -> economics.PretrainingMoment:
    """Return a moment of the published run, its end when none is named."""
    end = {"tokens": training.scheduled_tokens()}
    given = calculators.recipe.defaults() | end | change
    return economics.recipe(**given)


def test_the_end_is_the_published_bill_of_pre_training() -> None:
    # DeepSeek-V3 report, Table 1: 2664K GPU-hours, $5.328M; under two months.
    end = moment()
    assert (end.spent_gpu_hours, end.total_usd) == (2_664_000, 5_328_000)
    assert end.cluster_days == pytest.approx(2_664_000 / 2048 / 24)
    assert float(end.cluster_days) < 60


def test_a_trillion_tokens_take_three_point_seven_days() -> None:
    # DeepSeek-V3 report, introduction.
    assert round(float(moment(tokens=1e12).cluster_days), 1) == 3.7


def test_nothing_is_spent_before_the_first_token() -> None:
    start = moment(tokens=0.0)
    assert (start.total_usd, start.spent_gpu_hours, start.step) == (0, 0, 0)
    assert start.batch_tokens == 3072 * 4096
    assert start.learning_rate == 0


def test_a_moment_holds_what_the_schedules_say() -> None:
    found = moment(tokens=200e9, batch_ramp="by steps")
    given = {"tokens": 200e9, "batch_ramp": "by steps"}
    assert found.step == training.steps(**given)  # type: ignore[arg-type]
    assert found.batch_sequences == training.batch_sequences(**given)  # type: ignore[arg-type]
    assert found.learning_rate == training.learning_rate(**given)  # type: ignore[arg-type]


def test_the_traced_recipe_agrees_with_the_plain_one() -> None:
    kinds = dict.fromkeys(calculators.recipe.defaults(), NUMBER)
    tape = trace(economics.recipe, kinds | {"batch_ramp": list(training.BATCH_RAMPS)})
    source = random.Random(5)
    for _ in range(300):
        given: dict[str, float | str] = {
            "tokens": source.random() ** 3 * 14.8e12,
            "gpu_hours_per_trillion_tokens": 1e5 * (1 + source.random()),
            "usd_per_gpu_hour": 5 * source.random(),
            "batch_ramp": source.choice(list(training.BATCH_RAMPS)),
        }
        plain = economics.recipe(**given)  # type: ignore[arg-type]
        found = evaluate(tape, given)
        for name, value in found.outputs.items():
            assert value == pytest.approx(getattr(plain, name), rel=1e-12), name


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"tokens": 15e12}, "tokens is 15000000000000.0: must be from 0 to"),
        ({"gpu_hours_per_trillion_tokens": 0.0}, "must be above 0"),
        ({"usd_per_gpu_hour": -1.0}, "usd_per_gpu_hour is -1.0"),
        ({"batch_ramp": "at once"}, "batch_ramp is 'at once': must be one of"),
    ],
    ids=str,
)
def test_bad_input_is_refused(change: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        moment(**change)
