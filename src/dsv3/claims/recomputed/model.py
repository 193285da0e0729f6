"""How this package counts a model: its parameters, its checkpoint, its cache."""

from dsv3 import accounting, architecture
from dsv3.accounting import ActiveConvention, MultiTokenPredictionCount
from dsv3.architecture import Architecture


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
    attention = _v3().latent_attention
    cached = accounting.attention_count(attention).cached_elements
    return float(cached) / (2 * float(attention.v_head_dim))


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
