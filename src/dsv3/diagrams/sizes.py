"""What drawings take to scale: DeepSeek-V3 by block, and its training cluster."""

from dataclasses import dataclass
from functools import cache

from dsv3.accounting import parameter_count
from dsv3.architecture import Experts, LatentAttention, preset
from dsv3.facts import fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedSizes:
    """Whole numbers of the released configuration, by Hugging Face's names."""

    hidden_size: int
    num_dense_layers: int
    num_expert_layers: int
    n_routed_experts: int
    num_experts_per_tok: int
    n_group: int
    topk_group: int
    routed_scaling_factor: float
    num_attention_heads: int
    q_lora_rank: int
    kv_lora_rank: int
    qk_nope_head_dim: int
    qk_rope_head_dim: int
    v_head_dim: int

    @property
    def cached_elements(self) -> int:
        """Numbers that a block keeps of one token."""
        return self.kv_lora_rank + self.qk_rope_head_dim


@cache
def released_sizes() -> ReleasedSizes:
    """Return the sizes of DeepSeek-V3 as plain numbers, to draw with.

    Examples
    --------
    >>> released_sizes().cached_elements
    576
    """
    v3 = preset("deepseek-v3")
    experts, attention = v3.experts, v3.attention
    if not isinstance(experts, Experts) or not isinstance(attention, LatentAttention):
        message = "deepseek-v3 has no experts or no latent attention: nothing to draw"
        raise TypeError(message)
    named = {
        name: getattr(record, name)
        for record in (v3, experts, attention)
        for name in ReleasedSizes.__slots__
        if hasattr(record, name)
    }
    return ReleasedSizes(**named)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSizes:
    """Parameters of DeepSeek-V3 by block: stored, and used by one token."""

    vocabulary_parameters: float
    """The embedding, and as much again the head."""

    dense_block_parameters: float
    moe_block_parameters: float
    moe_block_active_parameters: float

    attention_parameters: float
    """Attention of one block."""

    router_parameters: float
    """Router of one block, without its biases."""

    expert_parameters: float
    multi_token_prediction_parameters: float
    total_parameters: float

    active_parameters: float
    """Without the input embedding, of which a token reads one row."""


@cache
def block_sizes() -> BlockSizes:
    """Return the parameters of every kind of block, from the count of the whole.

    Examples
    --------
    >>> one = block_sizes()
    >>> blocks = 3 * one.dense_block_parameters + 58 * one.moe_block_parameters
    >>> last_norm = 7168
    >>> blocks + 2 * one.vocabulary_parameters + last_norm == one.total_parameters
    True
    """
    v3 = preset("deepseek-v3")
    count = parameter_count(v3)
    dense, moe = v3.num_dense_layers, v3.num_expert_layers
    layers = dense + moe
    attention = count.attention_parameters / layers
    around = attention + (count.norm_parameters - v3.hidden_size) / layers
    experts = (
        count.routed_experts_parameters
        + count.shared_experts_parameters
        + count.router_parameters
        + count.routing_bias_parameters
    )
    block = around + experts / moe
    return BlockSizes(
        vocabulary_parameters=float(count.embedding_parameters),
        dense_block_parameters=float(
            around + count.dense_feed_forward_parameters / dense
        ),
        moe_block_parameters=float(block),
        moe_block_active_parameters=float(block - count.idle_experts_parameters / moe),
        attention_parameters=float(attention),
        router_parameters=float(count.router_parameters / moe),
        expert_parameters=float(count.shared_experts_parameters / moe),
        multi_token_prediction_parameters=float(
            count.multi_token_prediction.total_parameters
        ),
        total_parameters=float(count.total),
        active_parameters=float(count.active()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The GPUs of the training run and how the model lies on them."""

    gpus: int
    gpus_per_node: int
    pipeline_ranks: int

    expert_ranks: int
    """GPUs over which the experts of a layer are spread."""

    expert_nodes: int

    @property
    def groups(self) -> int:
        """Groups of expert ranks on one pipeline rank: copies of its experts."""
        return self.gpus // (self.pipeline_ranks * self.expert_ranks)

    @property
    def data_parallel_ranks(self) -> int:
        """GPUs with the same attention weights, as there is no tensor parallelism."""
        return self.gpus // self.pipeline_ranks


@cache
def cluster() -> Cluster:
    """Return the published cluster.

    Examples
    --------
    >>> cluster().groups, cluster().data_parallel_ranks
    (2, 128)
    """
    return Cluster(
        gpus=round(fact("v3.gpus").number),
        gpus_per_node=round(fact("v3.gpus_per_node").number),
        pipeline_ranks=round(fact("v3.pipeline_parallel_ways").number),
        expert_ranks=round(fact("v3.expert_parallel_ways").number),
        expert_nodes=round(fact("v3.expert_parallel_nodes").number),
    )
