"""Reading attention: its kind, and which layers have windows.

The rules hold whatever the family; :mod:`dsv3.architecture.families` brings the
family's own defaults.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsv3.architecture.cached_attention import GroupedQueryAttention, LatentAttention
from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.values import refuse

LAYER_TYPES = ("full_attention", "sliding_attention")
"""Kinds of attention layer that are counted; others would be another model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Which layers attend through a sliding window."""

    sliding_window: int | None = None
    """Positions in the window; None when no layer has one."""

    num_sliding_layers: int = 0


def latent_attention(fields: ConfigFields) -> LatentAttention:
    """Read multi-head latent attention in every layer, without windows."""
    no_windows(fields)
    return latent_sizes(fields)


def latent_sizes(fields: ConfigFields) -> LatentAttention:
    """Read the sizes of latent attention; ``layer_types`` is read elsewhere.

    ``q_lora_rank`` may be null.
    """
    heads = fields.size("num_attention_heads")
    key_heads = fields.optional_size("num_key_value_heads", default=heads)
    if key_heads not in (heads, None):
        rule = "must equal num_attention_heads: every head rebuilds its own keys"
        refuse("num_key_value_heads", key_heads, rule)
    return LatentAttention(
        num_attention_heads=heads,
        q_lora_rank=fields.size_or_null("q_lora_rank"),
        kv_lora_rank=fields.size("kv_lora_rank"),
        qk_nope_head_dim=fields.size("qk_nope_head_dim"),
        qk_rope_head_dim=fields.size("qk_rope_head_dim"),
        v_head_dim=fields.size("v_head_dim"),
        attention_bias=fields.flag("attention_bias", default=False),
        rope_interleave=fields.flag("rope_interleave", default=True),
    )


def grouped_attention(
    fields: ConfigFields,
    windows: Windows,
    *,
    default_head_dim: int | None = None,
    query_key_value_bias: bool = False,
    output_bias: bool = False,
    qk_norm: bool = False,
    qk_norm_over_heads: bool = False,
    output_gate: bool = False,
    attention_sinks: bool = False,
) -> GroupedQueryAttention:
    """Read grouped-query attention.

    A null ``num_key_value_heads`` means one for every head. Without a head size, the
    config's or the family's `default_head_dim`, ``hidden_size`` is divided among the
    heads. `windows` and the switches are what the family's layers have.
    """
    heads = fields.size("num_attention_heads")
    groups = fields.size_or_null("num_key_value_heads")
    head_dim = fields.optional_size("head_dim", default=default_head_dim)
    if head_dim is None:
        hidden = fields.size("hidden_size")
        if hidden % heads:
            rule = "must be a multiple of num_attention_heads without a head_dim"
            refuse("hidden_size", hidden, rule)
        head_dim = hidden // heads
    return GroupedQueryAttention(
        num_attention_heads=heads,
        num_key_value_heads=heads if groups is None else groups,
        head_dim=head_dim,
        query_key_value_bias=query_key_value_bias,
        output_bias=output_bias,
        qk_norm=qk_norm,
        qk_norm_over_heads=qk_norm_over_heads,
        output_gate=output_gate,
        attention_sinks=attention_sinks,
        sliding_window=windows.sliding_window,
        num_sliding_layers=windows.num_sliding_layers,
    )


def layer_counts(
    fields: ConfigFields, kinds: Sequence[str], name: str = "layer_types"
) -> Mapping[str, int] | None:
    """Count the layers of each kind that a list of layers has; None without a list.

    `name` is the list's: ``layer_types``, or ``mlp_layer_types`` of feed-forwards.

    Raises
    ------
    ConfigError
        If the list has another length or another kind of layer.

    Examples
    --------
    >>> listed = {"num_hidden_layers": 3, "layer_types": ["near", "far", "near"]}
    >>> layer_counts(ConfigFields(listed), ("near", "far"))
    {'near': 2, 'far': 1}
    """
    listed = fields.items(name)
    if listed is None:
        return None
    layers = fields.size("num_hidden_layers")
    if len(listed) != layers:
        rule = f"must have one entry for each of the {layers} layers"
        refuse(name, listed, rule)
    for layer_type in listed:
        if layer_type not in kinds:
            rule = f"must be {' or '.join(kinds)}"
            refuse(f"an entry of {name}", layer_type, rule)
    return {kind: listed.count(kind) for kind in kinds}


def listed_windows(
    fields: ConfigFields, window: int | None, *, default_layers: int
) -> Windows:
    """Read the windows that ``layer_types`` lists layer by layer.

    Without a list `default_layers` of the family's layers have the `window`.
    """
    counts = layer_counts(fields, LAYER_TYPES)
    count = default_layers if counts is None else counts["sliding_attention"]
    if count and window is None:
        rule = f"must be given, because {count} layers attend through a window"
        refuse("sliding_window", None, rule)
    if not count:
        return Windows()
    return Windows(sliding_window=window, num_sliding_layers=count)


def no_windows(fields: ConfigFields) -> Windows:
    """Return no windows; ``layer_types`` may only say so too."""
    return listed_windows(fields, None, default_layers=0)


def late_windows(fields: ConfigFields) -> Windows:
    """Read Qwen's windows: in the layers from ``max_window_layers`` on, if on.

    ``use_sliding_window`` switches them.
    """
    window = switched_window(fields)
    full = fields.size_or(28, "max_window_layers", at_least=0)
    if window is None:
        return no_windows(fields)
    late = max(0, fields.size("num_hidden_layers") - full)
    return listed_windows(fields, window, default_layers=late)


def patterned_windows(
    fields: ConfigFields, window: int | None, *, every: int
) -> Windows:
    """Read windows in all layers but the last of `every` so many.

    Examples
    --------
    >>> patterned_windows(ConfigFields({"num_hidden_layers": 7}), 512, every=3)
    Windows(sliding_window=512, num_sliding_layers=5)
    """
    layers = fields.size("num_hidden_layers")
    windowed = 0 if window is None else layers - layers // every
    return listed_windows(fields, window, default_layers=windowed)


CHUNKED_TYPES = ("full_attention", "chunked_attention")
"""Llama 4's kinds of layer."""


def chunked_windows(fields: ConfigFields) -> Windows:
    """Read Llama 4's chunks: in the layers that turn their keys, unless listed.

    ``no_rope_layers`` has a 1 for each of those; without it they are all but one in
    ``no_rope_layer_interval``.
    """
    layers = fields.size("num_hidden_layers")
    chunk = fields.optional_size("attention_chunk_size")
    interval = fields.size("no_rope_layer_interval")
    turned = fields.items("no_rope_layers") or ()
    if turned and len(turned) != layers:
        rule = f"must have one entry for each of the {layers} layers"
        refuse("no_rope_layers", turned, rule)
    counts = layer_counts(fields, CHUNKED_TYPES)
    chunked = sum(1 for one in turned if one) if turned else layers - layers // interval
    if counts is not None:
        chunked = counts["chunked_attention"]
    if chunk is None or not chunked:
        return Windows()
    return Windows(sliding_window=chunk, num_sliding_layers=chunked)


def uniform_windows(fields: ConfigFields, window: int | None) -> Windows:
    """Return a window in every layer, or in none; a list may only say the same.

    This is what ``transformers`` makes of these families' configs, whatever
    ``max_window_layers`` says.
    """
    layers = 0 if window is None else fields.size("num_hidden_layers")
    windows = listed_windows(fields, window, default_layers=layers)
    if windows.num_sliding_layers != layers:
        rule = "must name sliding_attention in every layer, as this family has it"
        refuse("layer_types", fields.items("layer_types"), rule)
    return windows


def sliding_window(fields: ConfigFields, *, default: int | None = None) -> int | None:
    """Read a window; 0 means none, as configs say that were saved again.

    Examples
    --------
    >>> sliding_window(ConfigFields({"sliding_window": 0})) is None
    True
    """
    if fields.is_zero("sliding_window"):
        return None
    return fields.optional_size("sliding_window", default=default)


def switched_window(fields: ConfigFields) -> int | None:
    """Read a window that ``use_sliding_window`` switches on."""
    window = sliding_window(fields, default=4096)
    if fields.flag("use_sliding_window", default=False):
        return window
    fields.switch_off("sliding_window", "max_window_layers")
    return None
