"""Training the tiny model: one command, on text that is already there.

    python -m dsv3.model.train FOLDER [--steps N] [--balancing bias|auxiliary|none]

Owns the loop, its progress and its resumption: run the command again and it goes
on where it stopped, to the same result as if it had not. Everything is saved as
safetensors. Knows nothing of how layers work.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from dsv3.model.balancing import (
    auxiliary_loss,
    expert_load,
    max_violation,
    sequence_balance_loss,
    updated_bias,
)
from dsv3.model.checkpoint import load_checkpoint, save_checkpoint
from dsv3.model.config_file import tiny
from dsv3.model.configuration import require
from dsv3.model.corpus import library_corpus, windows
from dsv3.model.multi_token_prediction import prediction_loss, training_loss
from dsv3.model.routing import Gate, Routing
from dsv3.model.transformer import Prediction, Transformer

STATE_NAME = "training.safetensors"
"""The optimizer's and the generator's state, beside the weights."""

Balancing: TypeAlias = Literal["bias", "auxiliary", "none"]
"""How experts are kept busy: V3's way, the classic loss, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """How to train; rates suit the tiny model, not DeepSeek-V3."""

    steps: int = 400
    """Steps in all."""

    batch: int = 16
    """Sequences of a step."""

    context: int = 128
    """Tokens of a sequence."""

    learning_rate: float = 3e-3
    """AdamW's, constant after the first 20 steps."""

    prediction_weight: float = 0.3
    """Weight of the prediction modules' loss, lambda."""

    balancing: Balancing = "bias"
    """How load is balanced."""

    bias_speed: float = 0.003
    """The bias's step; V3's 0.001 is too slow for a few hundred steps."""

    balance_alpha: float = 1e-4
    """Factor of the sequence-wise loss that goes with the bias, V3's."""

    auxiliary_alpha: float = 0.01
    """Factor of the classic loss."""

    seed: int = 0
    """Seed of the first weights and of the order of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a step did."""

    step: int
    """Steps done."""

    loss: float
    """Cross-entropy of the next byte, in nats."""

    max_violation: float
    """MaxVio of the step, the mean over layers."""


class Training:
    """A model in training; its state is the weights, the optimizer and chance.

    Parameters
    ----------
    model
        The model.
    text
        Tokens to learn from.
    settings
        How.
    """

    def __init__(
        self, model: Transformer, text: Tensor, settings: TrainingSettings
    ) -> None:
        self.model, self.text, self.settings = model, text, settings
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.optimizer = torch.optim.AdamW(
            model.parameters(), lr=settings.learning_rate, betas=(0.9, 0.95), fused=True
        )
        self.step = 0

    def advance(self) -> Progress:
        """Do one step and return what it did."""
        how = self.settings
        tokens_BT = windows(
            self.text, batch=how.batch, size=how.context, generator=self.generator
        )
        predictions = self.model.predict_all(tokens_BT)
        logits = [prediction.logits_BSW for prediction in predictions]
        loss = training_loss(logits, tokens_BT, how.prediction_weight)
        loss = loss + self._balance_loss(predictions)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
        for group in self.optimizer.param_groups:
            group["lr"] = how.learning_rate * min(1.0, (self.step + 1) / 20)
        self.optimizer.step()
        self.step += 1
        violation = self._follow_load(predictions)
        main = float(prediction_loss(logits[0].detach(), tokens_BT, 1))
        return Progress(step=self.step, loss=main, max_violation=violation)

    def _balance_loss(self, predictions: tuple[Prediction, ...]) -> Tensor:
        how = self.settings
        loss = torch.zeros(())
        for routing in _routings(predictions):
            if how.balancing == "bias":
                alpha = how.balance_alpha
                loss = loss + sequence_balance_loss(
                    routing, batch=how.batch, alpha=alpha
                )
            elif how.balancing == "auxiliary":
                loss = loss + auxiliary_loss(routing, alpha=how.auxiliary_alpha)
        return loss

    @torch.no_grad()
    def _follow_load(self, predictions: tuple[Prediction, ...]) -> float:
        """Move each gate's bias after the step's load; return the mean MaxVio."""
        violations = []
        gates = [part for part in self.model.modules() if isinstance(part, Gate)]
        for gate, routing in zip(gates, _routings(predictions), strict=True):
            load_E = expert_load(routing.experts_MA, gate.settings.n_routed_experts)
            violations.append(max_violation(load_E))
            bias_E = gate.e_score_correction_bias
            if self.settings.balancing == "bias" and bias_E is not None:
                bias_E.copy_(updated_bias(bias_E, load_E, self.settings.bias_speed))
        return sum(violations) / max(len(violations), 1)

    def save(self, folder: Path) -> None:
        """Write weights, optimizer and chance into a folder."""
        save_checkpoint(self.model, folder)
        tensors = {
            "step": torch.tensor(self.step),
            "generator": self.generator.get_state(),
        }
        for name, weight in self.model.named_parameters():
            for kind, value in self.optimizer.state[weight].items():
                tensors[f"{name}.{kind}"] = value.clone()
        save_file(tensors, folder / STATE_NAME)

    def resume(self, folder: Path) -> None:
        """Go on from what :meth:`save` wrote.

        Raises
        ------
        ValueError
            If the weights do not fit or the state is not theirs.
        """
        load_checkpoint(self.model, folder)
        tensors = load_file(folder / STATE_NAME)
        for name, weight in self.model.named_parameters():
            kinds = ("step", "exp_avg", "exp_avg_sq")
            missing = [kind for kind in kinds if f"{name}.{kind}" not in tensors]
            require("training state", str(folder), not missing, f"lacks {name}")
            state = {kind: tensors[f"{name}.{kind}"] for kind in kinds}
            self.optimizer.state[weight] = state
        self.generator.set_state(tensors["generator"])
        self.step = int(tensors["step"])


def _routings(predictions: tuple[Prediction, ...]) -> tuple[Routing, ...]:
    return tuple(routing for made in predictions for routing in made.routings)


@torch.inference_mode()
def held_out_loss(model: Transformer, text: Tensor, *, context: int) -> float:
    """Return the cross-entropy of the next byte on other files, in nats.

    Parameters
    ----------
    model
        The model.
    text
        Tokens that it was not trained on.
    context
        Tokens of a sequence.

    Returns
    -------
    float
        The mean over 32 places.
    """
    generator = torch.Generator().manual_seed(0)
    tokens_BT = windows(text, batch=32, size=context, generator=generator)
    return float(prediction_loss(model(tokens_BT).logits_BSW, tokens_BT, 1))


def train(
    folder: Path,
    settings: TrainingSettings,
    *,
    report: Callable[[Progress], None] = lambda _progress: None,
    save_every: int = 100,
) -> Transformer:
    """Train the tiny model into a folder, or go on where an earlier run stopped.

    Parameters
    ----------
    folder
        Where weights and state are kept.
    settings
        How; the same as before when resuming.
    report
        Called after every step.
    save_every
        Steps between saves; the end is always saved.

    Returns
    -------
    Transformer
        The trained model.
    """
    model = Transformer(tiny(), torch.Generator().manual_seed(settings.seed))
    training = Training(model, library_corpus().training, settings)
    if (folder / STATE_NAME).exists():
        training.resume(folder)
    while training.step < settings.steps:
        report(training.advance())
        if training.step % save_every == 0 or training.step == settings.steps:
            training.save(folder)
    return model


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="Train the tiny DeepSeek-V3.")
    parser.add_argument("folder", type=Path, help="where weights and state are kept")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--balancing", choices=("bias", "auxiliary", "none"))
    parser.set_defaults(balancing="bias")
    given = parser.parse_args()
    settings = TrainingSettings(steps=given.steps, balancing=given.balancing)

    def report(progress: Progress) -> None:
        if progress.step % 10 == 0:
            sys.stderr.write(
                f"step {progress.step}/{settings.steps}  loss {progress.loss:.3f} nats"
                f"  MaxVio {progress.max_violation:.2f}\n"
            )

    model = train(given.folder, settings, report=report)
    held_out = library_corpus().held_out
    loss = held_out_loss(model, held_out, context=settings.context)
    sys.stderr.write(f"held-out loss {loss:.3f} nats\n")


if __name__ == "__main__":
    main()
