"""The small run's schedule is the published one, squeezed into a few hundred steps."""

import math

import pytest
import torch

from dsv3 import training
from dsv3.learning.training_settings import TrainingSettings, published_settings

STEPS = 1480
"""Ten billion tokens of the large run to each step of the small one."""


def small() -> TrainingSettings:
    return published_settings(steps=STEPS)


@pytest.mark.parametrize("step", range(30, STEPS + 1, 29))
def test_every_setting_is_the_large_runs_at_the_same_share(step: int) -> None:
    pace, how = small().at(step), small()
    tokens = step * 1e10
    rate = float(training.learning_rate(tokens=tokens)) / 2.2e-4
    assert pace.learning_rate == pytest.approx(how.learning_rate * rate, rel=1e-9)
    speed = float(training.bias_update_speed(tokens=tokens)) / 0.001
    assert pace.bias_speed == pytest.approx(how.bias_speed * speed)
    assert pace.prediction_weight == training.prediction_weight(tokens=tokens)


def test_the_cosine_is_torchs_own() -> None:
    weight = torch.nn.Parameter(torch.zeros(()))
    peak = small().learning_rate
    optimizer = torch.optim.SGD([weight], lr=peak)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(
        optimizer, T_max=430, eta_min=peak / 10
    )
    for step in range(1000, 1430):
        assert small().at(step).learning_rate == pytest.approx(cosine.get_last_lr()[0])
        optimizer.step()
        cosine.step()


def test_the_rise_is_a_straight_line() -> None:
    rates = [small().at(step).learning_rate for step in range(1, 21)]
    rises = [
        later - earlier for earlier, later in zip([0.0, *rates], rates, strict=False)
    ]
    assert rises == pytest.approx([small().learning_rate / 20] * 20)


def test_what_is_not_the_small_models_own_is_published() -> None:
    # DeepSeek-V3 report, section 4.2.
    how = small()
    assert (how.weight_decay, how.clip_norm, how.balance_alpha) == (0.1, 1.0, 1e-4)
    assert TrainingSettings().clip_norm == math.inf
