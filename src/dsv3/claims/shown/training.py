"""What bears on statements about the training run and what it was done with."""

from dsv3 import hardware, training
from dsv3.claims.recomputed import pipeline
from dsv3.facts import fact


def h800_over_h100_link() -> float:
    """Bandwidth of an H800 to its node over that of an H100."""
    ours, theirs = _chips()
    mine = ours.scale_up_bytes_per_s_per_direction
    return mine / theirs.scale_up_bytes_per_s_per_direction


def h800_over_h100_peak() -> float:
    """Dense BF16 peak of an H800 over that of an H100."""
    ours, theirs = _chips()
    return ours.peak_flop_per_s("bf16") / theirs.peak_flop_per_s("bf16")


def _chips() -> tuple[hardware.Accelerator, hardware.Accelerator]:
    return hardware.accelerator("H800 SXM"), hardware.accelerator("H100 SXM")


def dual_pipe_over_plain_bubble() -> float:
    """Idle time of DualPipe over that of 1F1B, 16 equal stages, simulated."""
    return float(pipeline.dual_pipe_bubble()) / float(pipeline.one_way_bubble())


def tokens_from_hours() -> float:
    """Tokens that the hours of pre-training make at the published pace."""
    hours = fact("v3.gpu_hours.pre_training").number
    trillions = hours / fact("v3.gpu_hours_per_trillion_tokens").number
    return trillions * training.TOKENS_PER_TRILLION


def context_growth() -> float:
    """Length of a sequence after the second extension over that before the first."""
    last = fact("v3.context_extension.second_sequence_tokens").number
    return last / fact("v3.sequence_tokens").number


def context_extension_share() -> float:
    """Share of all GPU-hours that went into extending the context."""
    extension = fact("v3.gpu_hours.context_extension").number
    return extension / fact("v3.gpu_hours.total").number


def r1_over_post_training_hours() -> float:
    """GPU-hours of making R1, the teacher's kind, over those of V3's post-training."""
    own = fact("v3.gpu_hours.post_training").number
    return fact("r1.gpu_hours.total").number / own


def laboratories_with_latent_attention() -> float:
    """Laboratories besides DeepSeek on record with latent attention."""
    return float(len(training.adopters("latent attention").users))


def laboratories_with_other_attention() -> float:
    """Laboratories besides DeepSeek whose models on record all have another."""
    return float(len(training.adopters("latent attention").others))


def laboratories_with_bias_balancing() -> float:
    """Laboratories besides DeepSeek on record with balancing by a bias."""
    return float(len(training.adopters("bias balancing").users))


def laboratories_with_eight_bit_training() -> float:
    """Laboratories besides DeepSeek on record with training in eight bits."""
    return float(len(training.adopters("8-bit training").users))
