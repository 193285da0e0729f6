"""Training a model, step by step.

A step that goes wrong changes nothing. A run that is taken up again goes on from the
last save, to the same result as if it had not stopped
(:mod:`dsv3.learning.training_state`): bit for bit on the same machine with the same
number of threads, on which the order of sums hangs.
"""

import math
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from dsv3.learning.corpus import windows
from dsv3.learning.training_settings import (
    Pace,
    TrainingSettings,
    published_betas,
)
from dsv3.learning.training_state import (
    STATE_NAME,
    digest,
    read_state,
    require_same_run,
    write_state,
)
from dsv3.model.balancing import (
    auxiliary_loss,
    expert_load,
    max_violation,
    sequence_balance_loss,
    updated_bias,
)
from dsv3.model.checkpoint import save_checkpoint
from dsv3.model.checkpoint_files import make_folder
from dsv3.model.configuration import config_fields
from dsv3.model.multi_token_prediction import prediction_loss, training_loss
from dsv3.model.routing import Gate, Routing
from dsv3.model.transformer import Prediction, Transformer
from explorables.arithmetic import require

AVERAGE_FOLDER = "average"
"""Where the averaged weights lie, inside a run's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a step did."""

    step: int

    loss: float
    """Cross-entropy of the next byte, in nats."""

    max_violation: float
    """MaxVio of the step, the mean over layers."""

    gradient_norm: float
    """Norm of the gradient before it was clipped."""

    learning_rate: float


class Training:
    """A model in training; its state is the weights, the optimizer and chance.

    The text is tokens end to end, or rows of packed ones.
    """

    def __init__(
        self, model: Transformer, text: Tensor, settings: TrainingSettings
    ) -> None:
        self.model, self.text, self.settings = model, text, settings
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.optimizer = torch.optim.AdamW(
            model.parameters(),
            lr=settings.learning_rate,
            betas=published_betas(),
            weight_decay=settings.weight_decay,
            fused=True,
        )
        self.step = 0
        self.average: dict[str, Tensor] = {}
        if settings.average_decay:
            named = model.named_parameters()
            self.average = {name: weight.detach().clone() for name, weight in named}

    def advance(self) -> Progress:
        """Do one step and return what it did.

        If the loss or its gradient is not finite the step is not taken: weights,
        optimizer and chance are as they were.
        """
        chance, pace = self.generator.get_state(), self.settings.at(self.step + 1)
        try:
            main, norm, predictions = self._learn(pace)
        except ValueError as error:
            self.generator.set_state(chance)
            self.optimizer.zero_grad()
            rule = f"step {self.step + 1} was not taken, and the last save is whole"
            message = f"{error}; {rule}"
            raise ValueError(message) from None
        for group in self.optimizer.param_groups:
            group["lr"] = pace.learning_rate
        self.optimizer.step()
        self.step += 1
        self._follow_weights()
        return Progress(
            step=self.step,
            loss=main,
            max_violation=self._follow_load(predictions, pace.bias_speed),
            gradient_norm=norm,
            learning_rate=pace.learning_rate,
        )

    def _learn(self, pace: Pace) -> tuple[float, float, tuple[Prediction, ...]]:
        """Draw text and leave its gradient; return main loss, norm and passes."""
        how = self.settings
        tokens_BT = windows(
            self.text, batch=how.batch, size=how.context, generator=self.generator
        )
        predictions = self.model.predict_all(tokens_BT)
        logits = [prediction.logits_BSW for prediction in predictions]
        loss = training_loss(logits, tokens_BT, pace.prediction_weight)
        loss = loss + self._balance_loss(predictions)
        self._require_finite("loss", float(loss.detach()))
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
        norm = self._clip()
        main = float(prediction_loss(logits[0].detach(), tokens_BT, 1))
        return main, norm, predictions

    def _clip(self) -> float:
        """Scale the gradient to the norm allowed; return the norm it had."""
        weights = [w for w in self.model.parameters() if w.grad is not None]
        norm = get_total_norm([w.grad for w in weights if w.grad is not None])
        self._require_finite("gradient's norm", float(norm))
        if self.settings.clip_norm < math.inf:
            clip_grads_with_norm_(weights, self.settings.clip_norm, norm)
        return float(norm)

    @torch.no_grad()
    def _follow_weights(self) -> None:
        """Move the average towards the weights; early on it is their plain mean."""
        decay = min(self.settings.average_decay, (self.step - 1) / self.step)
        weights = dict(self.model.named_parameters())
        for name, average in self.average.items():
            average.lerp_(weights[name], 1 - decay)

    @torch.no_grad()
    def averaged(self) -> Transformer:
        """Return a copy of the model with the average of its weights, if one is kept.

        The biases of the gates are the last ones: a sum of signs is no noise.
        """
        decay = self.settings.average_decay
        require("average_decay", decay, decay > 0, "must be above 0 for an average")
        model = deepcopy(self.model)
        for name, weight in model.named_parameters():
            weight.copy_(self.average[name])
        return model

    def _require_finite(self, name: str, value: float) -> None:
        rate = self.settings.learning_rate
        rule = f"must be finite; a new run may need a learning_rate below {rate}"
        require(name, value, math.isfinite(value), rule)

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
    def _follow_load(
        self, predictions: tuple[Prediction, ...], bias_speed: float
    ) -> float:
        """Move each gate's bias after the step's load; return the mean MaxVio."""
        violations = []
        gates = [part for part in self.model.modules() if isinstance(part, Gate)]
        for gate, routing in zip(gates, _routings(predictions), strict=True):
            load_E = expert_load(routing.experts_MA, len(gate.weight))
            violations.append(max_violation(load_E))
            bias_E = gate.e_score_correction_bias
            if self.settings.balancing == "bias" and bias_E is not None:
                bias_E.copy_(updated_bias(bias_E, load_E, bias_speed))
        return sum(violations) / max(len(violations), 1)

    def run(self) -> dict[str, dict[str, object]]:
        """Return what a resumption must have in common with this run.

        All settings, the model's config, and a digest of the text. The number of
        steps may differ where the schedule does not hang on it.
        """
        settings = asdict(self.settings)
        if self.settings.schedule == "constant":
            del settings["steps"]
        text: dict[str, object] = {"text": digest(self.text)}
        return {
            "settings": settings,
            "config": config_fields(self.model.architecture),
            "text": text,
        }

    def save(self, folder: Path) -> None:
        """Write weights, optimizer and chance into a folder.

        What :meth:`resume` needs is one file and changes in one step; the checkpoint
        beside it is for use, and is written after it. If a weight is not finite, what
        was saved before stays as it is.
        """
        write_state(
            make_folder(folder) / STATE_NAME,
            model=self.model,
            optimizer=self.optimizer,
            average=self.average,
            generator=self.generator,
            step=self.step,
            run=self.run(),
        )
        save_checkpoint(self.model, folder)
        if self.average:
            save_checkpoint(self.averaged(), folder / AVERAGE_FOLDER)

    def resume(self, folder: Path) -> None:
        """Go on from what :meth:`save` wrote.

        Raises
        ------
        ValueError
            If the file is missing, truncated, corrupt, of another model, other
            settings or another text, or already past the last step. Nothing is
            changed then, here or on disk.
        """
        file = folder / STATE_NAME
        require_same_run(file, self.run())
        step = read_state(
            file,
            model=self.model,
            optimizer=self.optimizer,
            average=self.average,
            generator=self.generator,
            most_steps=self.settings.steps,
        )
        self.step = step


def _routings(predictions: tuple[Prediction, ...]) -> tuple[Routing, ...]:
    return tuple(routing for made in predictions for routing in made.routings)


@torch.inference_mode()
def held_out_loss(model: Transformer, text: Tensor, *, context: int) -> float:
    """Return the cross-entropy of the next byte on other files, in nats.

    The mean over 32 places, in sequences of `context` tokens.
    """
    generator = torch.Generator().manual_seed(0)
    tokens_BT = windows(text, batch=32, size=context, generator=generator)
    return float(prediction_loss(model(tokens_BT).logits_BSW, tokens_BT, 1))
