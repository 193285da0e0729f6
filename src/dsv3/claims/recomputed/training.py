"""How this package arrives at a run's work, hours, utilisation and dollars."""

from dsv3 import accounting, architecture, economics, training
from dsv3.facts import fact


def v3_training_flop() -> float:
    """Training FLOP per token of DeepSeek-V3 at 4,096 tokens, causal."""
    return economics.preset_training_flop_per_token()["deepseek-v3"]


def v2_training_flop() -> float:
    """Training FLOP per token of DeepSeek-V2 at 4,096 tokens, causal."""
    return economics.preset_training_flop_per_token()["deepseek-v2"]


def qwen_training_flop() -> float:
    """Training FLOP per token of Qwen2.5 72B at 4,096 tokens, causal."""
    return economics.preset_training_flop_per_token()["qwen2.5-72b"]


def llama_training_flop() -> float:
    """Training FLOP per token of Llama 3.1 405B at 4,096 tokens, causal."""
    return economics.preset_training_flop_per_token()["llama-3.1-405b"]


def v3_tokens_per_day() -> float:
    """Tokens per day at the published step time on the multi-plane network."""
    return _tokens_per_day(0)


def v3_tokens_per_day_multi_rail() -> float:
    """Tokens per day at the published step time on the multi-rail network."""
    return _tokens_per_day(1)


def _tokens_per_day(column: int) -> float:
    return float(
        training.tokens_per_day_from_step(
            batch_sequences=fact("v3.batch_sequences").number,
            sequence_tokens=fact("v3.sequence_tokens").number,
            step_seconds=fact("isca.training.step_seconds").numbers[column],
        )
    )


def v3_gpu_hours_per_trillion_tokens() -> float:
    """GPU-hours per trillion tokens at the later published pace."""
    return float(
        training.gpu_hours_per_trillion_tokens(
            tokens_per_day=v3_tokens_per_day(),
            cluster_gpus=fact("v3.gpus").number,
        )
    )


def v3_days_per_trillion_tokens() -> float:
    """Days per trillion tokens on the published cluster at the published hours."""
    return float(
        training.wall_clock_days(
            gpu_hours=fact("v3.gpu_hours_per_trillion_tokens").number,
            cluster_gpus=fact("v3.gpus").number,
        )
    )


def v3_pretraining_gpu_hours() -> float:
    """Tokens in trillions times the published hours per trillion."""
    trillions = fact("v3.tokens").number / training.TOKENS_PER_TRILLION
    return trillions * fact("v3.gpu_hours_per_trillion_tokens").number


def v3_total_gpu_hours() -> float:
    """Hours of the three stages together."""
    return float(economics.bill(**economics.published_stages()).total_gpu_hours)


def v3_pretraining_usd() -> float:
    """Dollars for pre-training at the assumed rate."""
    return float(economics.bill(**economics.published_stages()).pretraining_usd)


def v3_context_extension_usd() -> float:
    """Dollars for context extension at the assumed rate."""
    return float(economics.bill(**economics.published_stages()).context_extension_usd)


def v3_post_training_usd() -> float:
    """Dollars for post-training at the assumed rate."""
    return float(economics.bill(**economics.published_stages()).post_training_usd)


def v3_total_usd() -> float:
    """Dollars for the three stages at the assumed rate."""
    return float(economics.bill(**economics.published_stages()).total_usd)


def v3_causal_flop_per_s() -> float:
    """FLOP per second per GPU from the step time, lower triangle of attention only."""
    return _step_flop_per_s(causal=True)


def v3_non_causal_flop_per_s() -> float:
    """FLOP per second per GPU from the step time, full attention matrix counted."""
    return _step_flop_per_s(causal=False)


def v3_causal_utilization() -> float:
    """Share of the dense BF16 peak, lower triangle of attention only."""
    return v3_causal_flop_per_s() / _bf16_peak()


def v3_non_causal_utilization() -> float:
    """Share of the dense BF16 peak, full attention matrix counted."""
    return v3_non_causal_flop_per_s() / _bf16_peak()


def _step_flop_per_s(*, causal: bool) -> float:
    flop_per_token = accounting.flop_per_token(
        architecture.preset("deepseek-v3"),
        context_tokens=fact("v3.sequence_tokens").number,
        causal=causal,
    ).training_flop_per_token
    tokens_per_step = (
        fact("v3.batch_sequences").number * fact("v3.sequence_tokens").number
    )
    gpu_seconds = fact("isca.training.step_seconds").numbers[0] * fact("v3.gpus").number
    return float(flop_per_token) * tokens_per_step / gpu_seconds


def _bf16_peak() -> float:
    return float(economics.peak_flop_per_s(gpu="H800 SXM", precision="bf16"))


def v2_saving_against_67b() -> float:
    """Share of GPU-hours per trillion tokens that V2 saved against the 67B model."""
    later = fact("v2.gpu_hours_per_trillion_tokens").number
    earlier = fact("deepseek_67b.gpu_hours_per_trillion_tokens").number
    return 1 - later / earlier
