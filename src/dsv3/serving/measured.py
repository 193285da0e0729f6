"""Speeds of services that were measured and published, beside this floor's bounds.

The bounds know nothing of the measurements: no constant in them was fitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dsv3.facts import fact
from dsv3.serving.fit import EXPERT
from dsv3.serving.rates import rated
from dsv3.serving.service import CHUNK_TOKENS, published_day_sequences
from dsv3.serving.throughput import NODE_GPUS, StepTime, decode_time, prefill_time
from dsv3.serving.token_demand import token_demand

DECODE, PREFILL = "decode", "prefill"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSpeed:
    """One published speed of a node, and the bounds for its setting."""

    name: str

    phase: str
    """`DECODE` or `PREFILL`."""

    measured_tokens_per_s: float
    """Tokens per second of a node of eight GPUs, as published."""

    slowest_tokens_per_s: float
    """The bound where nothing overlaps."""

    phased_tokens_per_s: float
    """The bound where attention and products with weights run in turn."""

    fastest_tokens_per_s: float
    """The bound where everything overlaps."""

    @property
    def reached_share(self) -> float:
        """Measured speed over the slower bound."""
        return self.measured_tokens_per_s / self.slowest_tokens_per_s


def measured_speeds() -> tuple[MeasuredSpeed, ...]:
    """Return every speed of DeepSeek-V3 on expert-parallel GPUs that we read.

    Examples
    --------
    >>> one = measured_speeds()[0]
    >>> one.name, round(one.reached_share, 2)
    ('DeepSeek, one day', 0.93)
    """
    return (*_writing(), *_taking_in())


def _writing() -> tuple[MeasuredSpeed, ...]:
    gpus = fact("inference.decode_ep").number
    readers = published_day_sequences() / gpus
    context = fact("inference.kv_tokens_per_output_token").number
    trace = [fact(f"profile.{name}").number for name in _DECODE]
    sglang = [fact(f"sglang.{name}").number for name in _DECODE[:2]]
    length = fact("sglang.decode_context_tokens").number
    speed = "decode_tokens_per_s_per_node"
    return (
        _written("DeepSeek, one day", f"inference.{speed}", (gpus, readers, context)),
        _written("DeepSeek, trace", f"profile.{speed}", trace),
        _written("SGLang, H100", f"sglang.{speed}", (*sglang, length), "H100 SXM"),
    )


_DECODE = ("decode_gpus", "decode_sequences_per_gpu", "prompt_tokens")


def _written(
    name: str,
    speed: str,
    setting: Sequence[float],
    gpu: str = "H800 SXM",
) -> MeasuredSpeed:
    gpus, sequences_per_gpu, context_tokens = setting
    step = decode_time(
        token_demand("deepseek-v3", "fp8"),
        rated(gpu=gpu, precision="fp8", network_bytes_per_s=_network()),
        layout=EXPERT,
        gpus=gpus,
        sequences_per_gpu=sequences_per_gpu,
        context_tokens=context_tokens,
        drafted_tokens=0.0,
    )
    return _beside(name, DECODE, fact(speed).number, sequences_per_gpu, step)


def _taking_in() -> tuple[MeasuredSpeed, ...]:
    speed, prompt = (
        "prefill_tokens_per_s_per_node",
        fact("profile.prompt_tokens").number,
    )
    cached = fact("inference.cached_tokens_per_day").number
    computed = 1 - cached / fact("inference.input_tokens_per_day").number
    day = fact(f"inference.{speed}").number * computed
    trace = fact(f"profile.{speed}").number
    sglang = zip((1000.0, 2000.0, 4000.0), fact(f"sglang.{speed}").numbers, strict=True)
    return (
        _taken_in("DeepSeek, one day", day, prompt),
        _taken_in("DeepSeek, trace", trace, prompt),
        *(
            _taken_in(
                f"SGLang, {length / 1000:.0f}K prompts", found, length, "H100 SXM"
            )
            for length, found in sglang
        ),
    )


def _taken_in(
    name: str, measured: float, prompt_tokens: float, gpu: str = "H800 SXM"
) -> MeasuredSpeed:
    chunk = prefill_time(
        token_demand("deepseek-v3", "fp8"),
        rated(gpu=gpu, precision="fp8", network_bytes_per_s=_network()),
        layout=EXPERT,
        gpus=fact("inference.prefill_ep").number,
        chunk_tokens=CHUNK_TOKENS,
        prompt_tokens=prompt_tokens,
    )
    return _beside(name, PREFILL, measured, CHUNK_TOKENS, chunk)


def _network() -> float:
    return fact("v3.infiniband_bytes_per_s").number


def _beside(
    name: str, phase: str, measured: float, tokens_per_gpu: float, step: StepTime
) -> MeasuredSpeed:
    node = NODE_GPUS * tokens_per_gpu
    return MeasuredSpeed(
        name=name,
        phase=phase,
        measured_tokens_per_s=measured,
        slowest_tokens_per_s=node / float(step.upper_seconds),
        phased_tokens_per_s=node / float(step.phased_seconds),
        fastest_tokens_per_s=node / float(step.lower_seconds),
    )
