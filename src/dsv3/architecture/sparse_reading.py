"""Reading sparse and compressed attention, and which layers have which kind.

The kinds are records of :mod:`dsv3.architecture.sparse_attention`.
"""

from collections.abc import Sequence
from dataclasses import replace

from dsv3.architecture.attention import latent_sizes, layer_counts
from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.sizes import AttentionLayers
from dsv3.architecture.sparse_attention import (
    CompressedAttention,
    LightningIndexer,
    SparseLatentAttention,
)
from dsv3.architecture.values import ConfigError, refuse, whole

COMPRESS_RATES = {
    "sliding_attention": 0,
    "compressed_sparse_attention": 4,
    "heavily_compressed_attention": 128,
}
"""DeepSeek-V4's kinds of layer, and the ``compress_ratios`` by which it writes them."""


def lightning_indexer(fields: ConfigFields) -> LightningIndexer:
    """Read the sizes of the indexer that selects what attention reads.

    Examples
    --------
    >>> sizes = {"index_n_heads": 64, "index_head_dim": 128, "index_topk": 2048}
    >>> lightning_indexer(ConfigFields(sizes)).index_topk
    2048
    """
    return LightningIndexer(
        index_n_heads=fields.size("index_n_heads"),
        index_head_dim=fields.size("index_head_dim"),
        index_topk=fields.size("index_topk"),
    )


def sparse_latent_attention(fields: ConfigFields) -> SparseLatentAttention:
    """Read latent attention with an indexer in every layer.

    ``layer_types``, which newer files have, may only say so too.
    """
    layer_counts(fields, ("indexed_attention",))
    return SparseLatentAttention(
        latent=latent_sizes(fields), indexer=lightning_indexer(fields)
    )


def shared_selections(
    fields: ConfigFields, attention: SparseLatentAttention
) -> tuple[AttentionLayers, ...]:
    """Read which layers attend to the selection of an earlier layer; () where none.

    ``indexer_types`` names each layer ``full`` or ``shared``, ``index_topk_pattern``
    by its first letter. Without a list one layer in ``index_topk_freq`` has an indexer,
    and all layers before ``index_skip_topk_offset``.
    """
    layers = fields.size("num_hidden_layers")
    listed = _indexer_types(fields, layers)
    if listed and listed[0] != "full":
        refuse("indexer_types", listed, "must begin with full: nothing is selected yet")
    shared = sum(1 for kind in listed if kind == "shared")
    if not shared:
        return ()
    reader = replace(attention, shared_selection=True)
    return (
        AttentionLayers(attention=attention, layers=layers - shared),
        AttentionLayers(attention=reader, layers=shared),
    )


def _indexer_types(fields: ConfigFields, layers: int) -> Sequence[object]:
    every = fields.size_or(1, "index_topk_freq")
    offset = fields.size_or(2, "index_skip_topk_offset", at_least=0)
    letters = fields.text("index_topk_pattern", default="")
    named = fields.items("indexer_types")
    if named is None and not letters:
        ordinals = (max(layer - offset + 1, 0) for layer in range(layers))
        return ["shared" if ordinal % every else "full" for ordinal in ordinals]
    words = {"F": "full", "S": "shared"}
    listed = [words.get(one, one) for one in letters] if named is None else named
    if len(listed) != layers:
        rule = f"must have one entry for each of the {layers} layers"
        refuse("indexer_types", listed, rule)
    for kind in listed:
        if kind not in ("full", "shared"):
            refuse("an entry of indexer_types", kind, "must be full or shared")
    return listed


def compressed_attention(
    fields: ConfigFields,
) -> tuple[CompressedAttention, tuple[AttentionLayers, ...]]:
    """Read DeepSeek-V4's attention: a window alone, and the kind of every layer.

    The first is what the module after the main model has. Layers are named by
    ``layer_types``, or by ``compress_ratios``, whose entries past the last layer are
    those of modules.
    """
    groups = fields.size_or(1, "num_key_value_heads")
    if groups != 1:
        refuse("num_key_value_heads", groups, "must be 1: all heads share one key")
    window = CompressedAttention(
        num_attention_heads=fields.size("num_attention_heads"),
        head_dim=fields.size("head_dim"),
        q_lora_rank=fields.size("q_lora_rank"),
        qk_rope_head_dim=fields.size_or(64, "qk_rope_head_dim"),
        sliding_window=fields.size("sliding_window"),
        o_groups=fields.size("o_groups"),
        o_lora_rank=fields.size("o_lora_rank"),
    )
    sparse, heavy = _compress_rates(fields)
    kinds = {
        "sliding_attention": window,
        "compressed_sparse_attention": replace(
            window, compress_rate=sparse, indexer=lightning_indexer(fields)
        ),
        "heavily_compressed_attention": replace(window, compress_rate=heavy),
    }
    listed = _compressed_layers(fields)
    return window, tuple(
        AttentionLayers(attention=kind, layers=listed[name])
        for name, kind in kinds.items()
        if listed[name]
    )


def _compress_rates(fields: ConfigFields) -> tuple[int, int]:
    """Return the tokens in an entry of the two kinds that compress."""
    given = fields.table("compress_rates") or {}
    sparse, heavy = (
        whole(f"{name} in compress_rates", given.get(name, COMPRESS_RATES[name]))
        for name in ("compressed_sparse_attention", "heavily_compressed_attention")
    )
    return sparse, heavy


def _compressed_layers(fields: ConfigFields) -> dict[str, int]:
    counts = layer_counts(fields, tuple(COMPRESS_RATES))
    ratios = fields.items("compress_ratios")
    if counts is not None:
        return dict(counts)
    if ratios is None:
        message = "compress_ratios is missing: a deepseek_v4 config must give it"
        raise ConfigError(message)
    layers = fields.size("num_hidden_layers")
    if len(ratios) < layers:
        rule = f"must have one entry for each of the {layers} layers"
        refuse("compress_ratios", ratios, rule)
    main = ratios[:layers]
    for ratio in main:
        if isinstance(ratio, bool) or ratio not in COMPRESS_RATES.values():
            known = ", ".join(str(rate) for rate in COMPRESS_RATES.values())
            refuse("an entry of compress_ratios", ratio, f"must be one of {known}")
    return {name: main.count(rate) for name, rate in COMPRESS_RATES.items()}
