"""How this package arrives at the figures of the longer context."""

from dsv3 import training
from dsv3.facts import fact


def first_phase_batch_sequences() -> float:
    """Sequences of a step of 32K, if it takes the tokens of a pre-training step."""
    return _sequences_of_equal_steps("first")


def second_phase_batch_sequences() -> float:
    """Sequences of a step of 128K, if it takes the tokens of a pre-training step."""
    return _sequences_of_equal_steps("second")


def _sequences_of_equal_steps(phase: str) -> float:
    step_tokens = training.stage("pre-training").step_tokens
    return step_tokens / training.stage(phase).sequence_tokens


def longest_position() -> float:
    """Tokens that YaRN's factor makes of the length trained first."""
    trained = fact("v3.yarn.original_tokens").number
    return fact("v3.yarn.factor").number * trained


def extension_gpu_hours() -> float:
    """GPU-hours of both phases from their FLOP, at pre-training's pace."""
    return training.extension_hours_at_pretraining_pace()
