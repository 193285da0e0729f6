"""Whether the published phases of pre-training add up to the tokens of the run."""

from dsv3 import training
from dsv3.facts import fact


def learning_rate_tokens() -> float:
    """Tokens of the learning rate's phases: constant, cosine and both tails."""
    return training.scheduled_tokens()


def bias_tokens() -> float:
    """Tokens with the first and with the last bias update speed."""
    return _added("v3.bias_update_until_tokens", "v3.bias_update_tail_tokens")


def prediction_tokens() -> float:
    """Tokens with the first and with the last weight of the second prediction."""
    return _added("v3.mtp_loss_weight_until_tokens", "v3.mtp_loss_weight_tail_tokens")


def _added(*names: str) -> float:
    return float(sum(fact(name).number for name in names))
