"""One function a published figure: how this package arrives at it.

Each function takes nothing, reads its inputs from the data files and the counting
rooms, and returns one number in base units. A row of ``data/claims.yaml`` names it.
"""

from dsv3 import accounting, architecture, economics, serving, training
from dsv3.accounting import ActiveConvention, MultiTokenPredictionCount
from dsv3.architecture import Architecture
from dsv3.facts import fact


def _v3() -> Architecture:
    return architecture.preset("deepseek-v3")


def v3_total_parameters() -> float:
    """Parameters of the main model, routing biases included."""
    return float(accounting.parameter_count(_v3()).total_parameters)


def v3_active_parameters() -> float:
    """Parameters a token uses, with the output head, without the input embedding."""
    return _active("deepseek-v3", ActiveConvention.WITHOUT_INPUT_EMBEDDING)


def v3_active_parameters_with_both_vocabulary_matrices() -> float:
    """Parameters a token uses, counting input embedding and output head."""
    return _active("deepseek-v3", ActiveConvention.BOTH_VOCABULARY_MATRICES)


def v3_multi_token_prediction_unique_parameters() -> float:
    """Parameters of the prediction module that the main model does not have."""
    return float(_v3_prediction().total_parameters)


def v3_multi_token_prediction_without_projection() -> float:
    """Count the same without the matrix that joins the two input streams."""
    count = _v3_prediction()
    return float(count.total_parameters - count.projection_parameters)


def v3_multi_token_prediction_as_shipped() -> float:
    """Parameters of the module with its own copies of embedding and head."""
    return float(_v3_prediction().shipped_parameters)


def v3_multi_token_prediction_active() -> float:
    """Parameters of the module that one token uses, embedding and head included."""
    return float(_v3_prediction().active_parameters)


def v3_multi_token_prediction_active_without_projection() -> float:
    """Count the same without the matrix that joins the two input streams."""
    count = _v3_prediction()
    return float(count.active_parameters - count.projection_parameters)


def v3_speculation_without_cost() -> float:
    """Tokens of a step in the middle of the published range of acceptance."""
    shares = fact("v3.mtp_acceptance_share").numbers
    return float(
        serving.expected_tokens(
            acceptance_share=sum(shares) / len(shares), drafted_tokens=1.0
        )
    )


def v3_speculation_with_cost() -> float:
    """Speed over plain decoding at that acceptance, drafts and checking counted."""
    return float(serving.speculation(**serving.one_module_speculation()).speedup_ratio)


def _v3_prediction() -> MultiTokenPredictionCount:
    return accounting.parameter_count(_v3()).multi_token_prediction


def v3_checkpoint_elements() -> float:
    """Elements of the released checkpoint, block scales included."""
    return float(accounting.checkpoint_elements(_v3()).total_elements)


def v3_checkpoint_fp8_elements() -> float:
    """Elements stored in E4M3."""
    return float(accounting.checkpoint_elements(_v3()).f8_e4m3_elements)


def v3_checkpoint_bf16_elements() -> float:
    """Elements stored in BF16."""
    return float(accounting.checkpoint_elements(_v3()).bf16_elements)


def v3_checkpoint_fp32_elements() -> float:
    """Elements stored in FP32: block scales and routing biases."""
    return float(accounting.checkpoint_elements(_v3()).f32_elements)


def v2_total_parameters() -> float:
    """Parameters of DeepSeek-V2."""
    return float(
        accounting.parameter_count(architecture.preset("deepseek-v2")).total_parameters
    )


def v2_active_parameters() -> float:
    """Parameters a token uses in DeepSeek-V2, without the input embedding."""
    return _active("deepseek-v2", ActiveConvention.WITHOUT_INPUT_EMBEDDING)


def _active(name: str, convention: ActiveConvention) -> float:
    count = accounting.parameter_count(architecture.preset(name))
    return float(count.active(convention))


def v3_cache_bytes() -> float:
    """Bytes cached per token by DeepSeek-V3 in BF16."""
    return _cache("deepseek-v3")


def qwen_cache_bytes() -> float:
    """Bytes cached per token by Qwen2.5 72B in BF16."""
    return _cache("qwen2.5-72b")


def llama_cache_bytes() -> float:
    """Bytes cached per token by Llama 3.1 405B in BF16."""
    return _cache("llama-3.1-405b")


def qwen_cache_ratio() -> float:
    """Cache of Qwen2.5 72B over that of DeepSeek-V3."""
    return qwen_cache_bytes() / v3_cache_bytes()


def llama_cache_ratio() -> float:
    """Cache of Llama 3.1 405B over that of DeepSeek-V3."""
    return llama_cache_bytes() / v3_cache_bytes()


def _cache(name: str) -> float:
    return float(accounting.kv_cache_bytes_per_token(architecture.preset(name)))


def equivalent_query_groups() -> float:
    """Count the key-value groups whose cache is as large as the latent's."""
    attention = _v3().attention
    assert isinstance(attention, architecture.LatentAttention)
    cached = attention.kv_lora_rank + attention.qk_rope_head_dim
    return float(cached) / (2 * float(attention.v_head_dim))


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
        _v3(),
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


def teams_before_segmentation() -> float:
    """Count the sets of 2 experts out of 16."""
    return _teams(16, 2)


def teams_after_segmentation() -> float:
    """Count the sets of 8 experts out of 64."""
    return _teams(64, 8)


def _teams(experts: int, chosen: int) -> float:
    return accounting.expert_teams(
        n_routed_experts=experts, num_experts_per_tok=chosen, n_group=1, topk_group=1
    )


def inference_day_usd() -> float:
    """Dollars for the published day of service, at the authors' rate."""
    return economics.published_day_cost_usd()


def inference_theoretical_usd() -> float:
    """Dollars for the day if every token were billed at R1 prices."""
    return _day_at_r1_prices().income_usd


def inference_theoretical_margin() -> float:
    """Theoretical income over cost, less 1."""
    return _day_at_r1_prices().margin_share


def _day_at_r1_prices() -> economics.TheoreticalDay:
    cached, other, output = fact("inference.r1_usd_per_million_tokens").numbers
    return economics.theoretical_day(
        economics.TokenRates(
            input_usd_per_million_tokens=other,
            cached_input_usd_per_million_tokens=cached,
            output_usd_per_million_tokens=output,
        )
    )
