"""One step is AdamW, clipping and an average as written down, done by hand in NumPy."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from dsv3.learning.corpus import windows
from dsv3.learning.training_loop import Training
from dsv3.learning.training_settings import TrainingSettings, published_settings
from dsv3.model import Transformer, prediction_loss, tiny, training_loss

TEXT = torch.arange(4000) % 251
SHORT = TrainingSettings(steps=12, batch=2, context=24)
NAMES = ("lm_head.weight", "norm.weight")


def small() -> Transformer:
    architecture = replace(tiny(), num_hidden_layers=2)
    return Transformer(architecture, torch.Generator().manual_seed(0))


def weights(training: Training) -> dict[str, np.ndarray]:
    named = dict(training.model.named_parameters())
    return {n: named[n].detach().numpy().astype(np.float64).copy() for n in NAMES}


def gradients(training: Training) -> dict[str, np.ndarray]:
    named = dict(training.model.named_parameters())
    found = {}
    for name in NAMES:
        gradient = named[name].grad
        assert gradient is not None
        found[name] = gradient.numpy().astype(np.float64).copy()
    return found


def test_the_optimizer_is_adamw_as_its_paper_writes_it() -> None:
    # Loshchilov and Hutter's decoupled decay; betas and decay of the report's 4.2.
    how = replace(published_settings(steps=12), batch=2, context=24)
    training = Training(small(), TEXT, how)
    expected = weights(training)
    first = {name: np.zeros_like(value) for name, value in expected.items()}
    second = {name: np.zeros_like(value) for name, value in expected.items()}
    for step in range(1, 6):
        rate = training.advance().learning_rate
        for name, gradient in gradients(training).items():
            first[name] = 0.9 * first[name] + 0.1 * gradient
            second[name] = 0.95 * second[name] + 0.05 * gradient**2
            upward = first[name] / (1 - 0.9**step)
            scale = np.sqrt(second[name] / (1 - 0.95**step)) + 1e-8
            expected[name] -= rate * (upward / scale + 0.1 * expected[name])
    found = weights(training)
    for name in NAMES:
        np.testing.assert_allclose(found[name], expected[name], rtol=2e-5, atol=1e-7)


def test_a_gradient_is_scaled_to_the_norm_allowed_and_no_shorter() -> None:
    for allowed in (0.25, 1e9):
        training = Training(small(), TEXT, replace(SHORT, clip_norm=allowed))
        told = training.advance().gradient_norm
        parts = [w.grad for w in training.model.parameters() if w.grad is not None]
        norm = math.sqrt(sum(float((p.double() ** 2).sum()) for p in parts))
        assert told > 0.25
        assert norm == pytest.approx(min(told, allowed), rel=1e-4)


def test_clipping_keeps_the_gradients_direction() -> None:
    free, clipped = (
        Training(small(), TEXT, replace(SHORT, clip_norm=norm))
        for norm in (math.inf, 0.25)
    )
    free.advance()
    clipped.advance()
    for name, gradient in gradients(free).items():
        ratio = 0.25 / free_norm(free)
        np.testing.assert_allclose(
            gradients(clipped)[name], gradient * ratio, rtol=1e-3, atol=1e-9
        )


def free_norm(training: Training) -> float:
    parts = [w.grad for w in training.model.parameters() if w.grad is not None]
    return math.sqrt(sum(float((p.double() ** 2).sum()) for p in parts))


def test_the_average_is_a_plain_mean_and_then_forgets() -> None:
    decay = 0.75
    training = Training(small(), TEXT, replace(SHORT, average_decay=decay))
    trail = []
    for step in range(1, 9):
        training.advance()
        trail.append(weights(training)[NAMES[0]])
        if step <= 4:  # 1 / (1 - decay): until then every step counts the same
            expected = np.mean(trail, axis=0)
        else:
            expected = decay * expected + (1 - decay) * trail[-1]
        found = training.average[NAMES[0]].numpy()
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


def test_an_averaged_model_has_averaged_weights_and_the_last_biases() -> None:
    training = Training(small(), TEXT, replace(SHORT, average_decay=0.75))
    for _ in range(3):
        training.advance()
    averaged = training.averaged()
    for name, weight in averaged.named_parameters():
        assert torch.equal(weight, training.average[name])
    pairs = zip(averaged.buffers(), training.model.buffers(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
    with pytest.raises(ValueError, match=r"average_decay is 0.0: must be above 0"):
        Training(small(), TEXT, SHORT).averaged()


def test_the_loss_told_is_the_main_one_at_the_weights_before_the_step() -> None:
    training = Training(small(), TEXT, SHORT)
    chance = torch.Generator().manual_seed(SHORT.seed)
    tokens_BT = windows(TEXT, batch=2, size=24, generator=chance)
    before = small()
    with torch.inference_mode():
        logits = [made.logits_BSW for made in before.predict_all(tokens_BT)]
    main = float(prediction_loss(logits[0], tokens_BT, 1))
    assert training.advance().loss == pytest.approx(main, rel=1e-6)
    assert float(training_loss(logits, tokens_BT, 0.3)) > main


def test_the_prediction_weight_of_the_schedule_reaches_the_gradient() -> None:
    named = "multi_token_prediction.0."
    sizes = []
    for weight in (0.3, 0.1):
        how = replace(SHORT, prediction_weight=weight, balancing="none")
        training = Training(small(), TEXT, how)
        training.advance()
        parts = training.model.named_parameters()
        # Only the module's own weights: the trunk's gradient has two sources.
        grads = [w.grad for n, w in parts if n.startswith(named) and w.grad is not None]
        sizes.append(math.sqrt(sum(float((g.double() ** 2).sum()) for g in grads)))
    assert sizes[0] / sizes[1] == pytest.approx(3, rel=1e-3)


def test_a_run_learns_from_packed_rows_as_they_are() -> None:
    rows = TEXT[:96].reshape(4, 24)
    training = Training(small(), rows, SHORT)
    chance = torch.Generator().manual_seed(SHORT.seed)
    drawn = windows(rows, batch=50, size=24, generator=chance)
    assert {tuple(row) for row in drawn.tolist()} == set(map(tuple, rows.tolist()))
    assert training.advance().step == 1
