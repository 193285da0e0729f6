"""The KV cache of a model, beside what plain multi-head attention would keep."""

from dataclasses import dataclass

from dsv3.accounting.memory import (
    kv_cache_bytes,
    kv_cache_bytes_per_token,
    multi_head_kv_cache_bytes_per_token,
    state_bytes,
)
from dsv3.architecture import Architecture
from explorables.arithmetic import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class KVCache:
    """What attention keeps, over all layers."""

    kv_cache_bytes_per_token: Number

    multi_head_kv_cache_bytes_per_token: Number
    """Bytes of one token that multi-head attention of the same shape would keep."""

    kv_cache_bytes: Number
    """Bytes of one sequence at its full length, as an engine needs that keeps a window
    of the layers that have one, and the state of those that keep a state."""

    kv_cache_upper_bytes: Number
    """The same where an engine keeps the whole context in every layer that caches."""

    state_bytes: Number
    """What is kept of a sequence however long: a part of both."""


def kv_cache(
    model: Architecture, *, context_tokens: Number, bytes_per_element: Number
) -> KVCache:
    """Return what a model's attention keeps of a sequence.

    A windowed layer keeps at most its window where the engine lets go of what has
    left it, and the whole context where all layers share one pool of pages: the lower
    and the upper figure. vLLM reserves windows only, unless its hybrid cache manager is
    switched off; TensorRT-LLM keeps a pool to each size of window.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> v3 = preset("deepseek-v3")
    >>> kv_cache(v3, context_tokens=1000, bytes_per_element=2).kv_cache_bytes
    70272000

    Half of gpt-oss-120b's layers see 128 positions:

    >>> model = preset("gpt-oss-120b")
    >>> cache = kv_cache(model, context_tokens=8192, bytes_per_element=2)
    >>> cache.kv_cache_bytes, cache.kv_cache_upper_bytes
    (306708480, 603979776)
    """
    width = bytes_per_element
    return KVCache(
        kv_cache_bytes_per_token=kv_cache_bytes_per_token(model, width),
        multi_head_kv_cache_bytes_per_token=multi_head_kv_cache_bytes_per_token(
            model, width
        ),
        kv_cache_bytes=kv_cache_bytes(model, context_tokens, bytes_per_element=width),
        kv_cache_upper_bytes=kv_cache_bytes_per_token(model, width) * context_tokens
        + state_bytes(model, width),
        state_bytes=state_bytes(model, width),
    )
