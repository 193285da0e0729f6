"""Sizes that a family's config class gives where a file leaves them out.

They are those of ``transformers``, as its tests compare one by one. Files leave them
out where they were saved as a part of another config, such as the ``text_config`` of a
model that sees. Null stands for what is derived from other sizes, or switched off.
"""

from collections.abc import Mapping

CORE_SIZES = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads")
"""What a config of its own must give: without them it is not that of a model."""

CLASS_DEFAULTS: Mapping[str, Mapping[str, int | None]] = {
    "deepseek_v2": {
        **{"vocab_size": 102400, "hidden_size": 4096, "intermediate_size": 11008},
        **{"num_hidden_layers": 32, "num_attention_heads": 32, "q_lora_rank": 1536},
        **{"kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64},
        **{"v_head_dim": 128, "n_routed_experts": 64, "n_shared_experts": 2},
        **{"moe_intermediate_size": 1407, "first_k_dense_replace": 0},
    },
    "deepseek_v3": {
        **{"vocab_size": 129280, "hidden_size": 7168, "intermediate_size": 18432},
        **{"num_hidden_layers": 61, "num_attention_heads": 128, "q_lora_rank": 1536},
        **{"kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64},
        **{"v_head_dim": 128, "n_routed_experts": 256, "num_experts_per_tok": 8},
        **{"n_shared_experts": 1, "moe_intermediate_size": 2048},
        **{"first_k_dense_replace": 3},
    },
    "deepseek_v32": {
        **{"vocab_size": 129280, "hidden_size": 7168, "intermediate_size": 18432},
        **{"num_hidden_layers": 61, "num_attention_heads": 128, "q_lora_rank": 1536},
        **{"kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64},
        **{"v_head_dim": 128, "n_routed_experts": 256, "num_experts_per_tok": 8},
        **{"n_shared_experts": 1, "moe_intermediate_size": 2048},
        **{"first_k_dense_replace": 3, "index_n_heads": 64, "index_head_dim": 128},
        **{"index_topk": 2048},
    },
    "deepseek_v4": {
        **{"vocab_size": 129280, "hidden_size": 4096, "num_hidden_layers": 43},
        **{"num_attention_heads": 64, "num_key_value_heads": 1, "head_dim": 512},
        **{"q_lora_rank": 1024, "n_routed_experts": 256, "num_experts_per_tok": 6},
        **{"n_shared_experts": 1, "moe_intermediate_size": 2048, "hc_mult": 4},
        **{"sliding_window": 128, "o_groups": 8, "o_lora_rank": 1024},
        **{"index_n_heads": 64, "index_head_dim": 128, "index_topk": 512},
    },
    "dots1": {
        **{"vocab_size": 152064, "hidden_size": 4608, "intermediate_size": 10944},
        **{"num_hidden_layers": 62, "num_attention_heads": 32},
        **{"num_key_value_heads": 32, "moe_intermediate_size": 1408},
        **{"first_k_dense_replace": 0, "sliding_window": 4096, "max_window_layers": 62},
    },
    "ernie4_5_moe": {
        **{"vocab_size": 103424, "hidden_size": 2560, "intermediate_size": 12288},
        **{"num_hidden_layers": 28, "num_attention_heads": 20},
        **{"num_key_value_heads": 4, "moe_num_experts": 64, "moe_k": 6},
        **{"moe_num_shared_experts": 2, "moe_intermediate_size": 1536},
        **{"moe_layer_start_index": 1, "moe_layer_interval": 1},
    },
    "gemma3_text": {
        **{"vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216},
        **{"num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4},
        **{"head_dim": 256, "sliding_window": 4096},
    },
    "glm4_moe": {
        **{"vocab_size": 151552, "hidden_size": 4096, "intermediate_size": 10944},
        **{"num_hidden_layers": 46, "num_attention_heads": 96},
        **{"num_key_value_heads": 8, "n_routed_experts": 128, "num_experts_per_tok": 8},
        **{"n_shared_experts": 1, "moe_intermediate_size": 1408},
        **{"first_k_dense_replace": 1},
    },
    "glm4_moe_lite": {
        **{"vocab_size": 154880, "hidden_size": 2048, "intermediate_size": 10240},
        **{"num_hidden_layers": 47, "num_attention_heads": 20, "q_lora_rank": 768},
        **{"kv_lora_rank": 512, "qk_nope_head_dim": 192, "qk_rope_head_dim": 64},
        **{"v_head_dim": 256, "n_routed_experts": 64, "num_experts_per_tok": 4},
        **{"n_shared_experts": 1, "moe_intermediate_size": 1536},
    },
    "glm_moe_dsa": {
        **{"vocab_size": 154880, "hidden_size": 6144, "intermediate_size": 12288},
        **{"num_hidden_layers": 78, "num_attention_heads": 64, "q_lora_rank": 2048},
        **{"kv_lora_rank": 512, "qk_nope_head_dim": 192, "qk_rope_head_dim": 64},
        **{"v_head_dim": 256, "n_routed_experts": 256, "num_experts_per_tok": 8},
        **{"n_shared_experts": 1, "moe_intermediate_size": 2048},
        **{"first_k_dense_replace": 3, "index_n_heads": 32, "index_head_dim": 128},
        **{"index_topk": 2048},
    },
    "gpt_oss": {
        **{"vocab_size": 201088, "hidden_size": 2880, "intermediate_size": 2880},
        **{"num_hidden_layers": 36, "num_attention_heads": 64},
        **{"num_key_value_heads": 8, "head_dim": 64, "num_local_experts": 128},
        **{"num_experts_per_tok": 4, "sliding_window": 128},
    },
    "hunyuan_v1_moe": {
        **{"vocab_size": 290943, "hidden_size": 4096, "intermediate_size": 11008},
        **{"num_hidden_layers": 32, "num_attention_heads": 32},
        **{"num_key_value_heads": None, "num_experts": 1, "moe_topk": 1},
    },
    "kimi_linear": {
        **{"vocab_size": 163840, "hidden_size": 2304, "intermediate_size": 9216},
        **{"num_hidden_layers": 27, "num_attention_heads": 32, "q_lora_rank": None},
        **{"kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64},
        **{"v_head_dim": 128, "num_experts": 256, "num_experts_per_token": 8},
        **{"num_shared_experts": 1, "moe_intermediate_size": 1024},
        **{"linear_conv_kernel_dim": 4, "linear_head_dim": 128, "linear_num_heads": 32},
    },
    "llama": {
        **{"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008},
        **{"num_hidden_layers": 32, "num_attention_heads": 32},
        **{"num_key_value_heads": None},
    },
    "llama4_text": {
        **{"vocab_size": 202048, "hidden_size": 5120, "intermediate_size": 8192},
        **{"intermediate_size_mlp": 16384, "num_hidden_layers": 48},
        **{"num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128},
        **{"num_local_experts": 16, "num_experts_per_tok": 1},
        **{"interleave_moe_layer_step": 1, "no_rope_layer_interval": 4},
        **{"attention_chunk_size": 8192},
    },
    "longcat_flash": {
        **{"vocab_size": 131072, "hidden_size": 6144, "num_layers": 28},
        **{"num_attention_heads": 64, "q_lora_rank": 1536, "kv_lora_rank": 512},
        **{"qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128},
        **{"n_routed_experts": 512, "moe_topk": 12, "expert_ffn_hidden_size": 2048},
        **{"ffn_hidden_size": 12288, "zero_expert_num": 256},
    },
    "minimax_m2": {
        **{"vocab_size": 200064, "hidden_size": 3072, "intermediate_size": 1536},
        **{"num_hidden_layers": 62, "num_attention_heads": 48},
        **{"num_key_value_heads": 8, "head_dim": 128, "num_local_experts": 256},
        **{"num_experts_per_tok": 8},
    },
    "ministral3": {
        **{"vocab_size": 131072, "hidden_size": 4096, "intermediate_size": 14336},
        **{"num_hidden_layers": 34, "num_attention_heads": 32},
        **{"num_key_value_heads": 8, "head_dim": 128, "sliding_window": None},
    },
    "mistral": {
        **{"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 14336},
        **{"num_hidden_layers": 32, "num_attention_heads": 32},
        **{"num_key_value_heads": 8, "sliding_window": 4096},
    },
    "mixtral": {
        **{"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 14336},
        **{"num_hidden_layers": 32, "num_attention_heads": 32},
        **{"num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2},
        **{"sliding_window": None},
    },
    "nemotron_h": {
        **{"vocab_size": 131072, "hidden_size": 4096, "intermediate_size": 21504},
        **{"num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128},
        **{"n_routed_experts": 8, "num_experts_per_tok": 2, "n_shared_experts": 1},
        **{"moe_shared_expert_intermediate_size": 7688, "moe_intermediate_size": 7688},
        **{"sliding_window": None, "mamba_num_heads": 128, "mamba_head_dim": 64},
        **{"ssm_state_size": 128, "n_groups": 8, "conv_kernel": 4},
    },
    "olmo3": {
        **{"vocab_size": 50304, "hidden_size": 4096, "intermediate_size": 11008},
        **{"num_hidden_layers": 32, "num_attention_heads": 32},
        **{"num_key_value_heads": None, "sliding_window": 4096},
    },
    "phi3": {
        **{"vocab_size": 32064, "hidden_size": 3072, "intermediate_size": 8192},
        **{"num_hidden_layers": 32, "num_attention_heads": 32},
        **{"num_key_value_heads": None, "sliding_window": None},
    },
    "qwen2": {
        **{"vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016},
        **{"num_hidden_layers": 32, "num_attention_heads": 32},
        **{"num_key_value_heads": 32},
    },
    "qwen2_moe": {
        **{"vocab_size": 151936, "hidden_size": 2048, "intermediate_size": 5632},
        **{"num_hidden_layers": 24, "num_attention_heads": 16},
        **{"num_key_value_heads": 16, "num_experts": 60, "num_experts_per_tok": 4},
        **{"shared_expert_intermediate_size": 5632, "moe_intermediate_size": 1408},
    },
    "qwen3": {
        **{"vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016},
        **{"num_hidden_layers": 32, "num_attention_heads": 32},
        **{"num_key_value_heads": 32, "head_dim": 128},
    },
    "qwen3_5_moe_text": {
        **{"vocab_size": 248320, "hidden_size": 2048, "num_hidden_layers": 40},
        **{"num_attention_heads": 16, "num_key_value_heads": 2, "head_dim": 256},
        **{"num_experts": 256, "num_experts_per_tok": 8},
        **{"shared_expert_intermediate_size": 512, "moe_intermediate_size": 512},
        **{"linear_conv_kernel_dim": 4, "linear_key_head_dim": 128},
        **{"linear_value_head_dim": 128, "linear_num_key_heads": 16},
        **{"linear_num_value_heads": 32},
    },
    "qwen3_5_text": {
        **{"vocab_size": 248320, "hidden_size": 4096, "intermediate_size": 12288},
        **{"num_hidden_layers": 32, "num_attention_heads": 16},
        **{"num_key_value_heads": 4, "head_dim": 256, "linear_conv_kernel_dim": 4},
        **{"linear_key_head_dim": 128, "linear_value_head_dim": 128},
        **{"linear_num_key_heads": 16, "linear_num_value_heads": 32},
    },
    "qwen3_moe": {
        **{"vocab_size": 151936, "hidden_size": 2048, "intermediate_size": 6144},
        **{"num_hidden_layers": 24, "num_attention_heads": 32},
        **{"num_key_value_heads": 4, "num_local_experts": 128},
        **{"num_experts_per_tok": 8, "moe_intermediate_size": 768},
    },
    "qwen3_next": {
        **{"vocab_size": 151936, "hidden_size": 2048, "intermediate_size": 5632},
        **{"num_hidden_layers": 48, "num_attention_heads": 16},
        **{"num_key_value_heads": 2, "head_dim": 256, "num_experts": 512},
        **{"num_experts_per_tok": 10, "shared_expert_intermediate_size": 512},
        **{"moe_intermediate_size": 512, "linear_conv_kernel_dim": 4},
        **{"linear_key_head_dim": 128, "linear_value_head_dim": 128},
        **{"linear_num_key_heads": 16, "linear_num_value_heads": 32},
    },
    "seed_oss": {
        **{"vocab_size": 155136, "hidden_size": 4096, "intermediate_size": 27648},
        **{"num_hidden_layers": 64, "num_attention_heads": 80},
        **{"num_key_value_heads": 8, "head_dim": 128},
    },
}
"""By family, then by field."""
