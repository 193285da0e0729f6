"""The cache of a service agrees with the count of its model, however it attends."""

import math
from typing import Any

import pytest

from dsv3 import accounting, architecture, calculators, hardware
from dsv3.serving import cache_arguments, cache_size


@pytest.mark.parametrize(
    ("name", "bytes_per_token"),
    # Insights into DeepSeek-V3, Table 1, in bytes.
    [("deepseek-v3", 70_272), ("qwen2.5-72b", 327_680), ("llama-3.1-405b", 516_096)],
)
def test_presets_give_the_published_bytes(name: str, bytes_per_token: int) -> None:
    sizes: dict[str, Any] = cache_arguments(architecture.preset(name))
    assert calculators.cache_size(**sizes).kv_cache_bytes_per_token == bytes_per_token


@pytest.mark.parametrize(
    "name", ["deepseek-v3", "deepseek-v2", "llama-3.1-70b", "qwen2.5-72b", "kimi-k2"]
)
def test_the_size_is_what_the_accounting_counts(name: str) -> None:
    sizes: dict[str, Any] = cache_arguments(architecture.preset(name))
    counted = accounting.kv_cache_bytes_per_token(architecture.preset(name))
    assert calculators.cache_size(**sizes).kv_cache_bytes_per_token == counted


def test_tokens_that_fit_fill_the_memory_exactly() -> None:
    cache = calculators.cache_size()
    filled = float(cache.fitting_tokens) * float(cache.kv_cache_bytes_per_token)
    memory = hardware.accelerator("H800 SXM").driver_memory_bytes
    assert math.isclose(filled, memory, rel_tol=1e-12)


def test_half_the_width_is_half_the_cache() -> None:
    wide, narrow = (
        calculators.cache_size(precision=precision) for precision in ("bf16", "fp8")
    )
    assert wide.kv_cache_bytes == 2 * narrow.kv_cache_bytes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_key_value_heads", 129.0),
        ("context_tokens", 0.0),
        ("sequences", 0.0),
        ("method", "sliding"),
        ("gpu", "H801"),
        ("precision", "fp4"),
    ],
)
def test_what_cannot_be_is_named(name: str, value: str | float) -> None:
    arguments: dict[str, Any] = calculators.cache_size.defaults() | {name: value}
    with pytest.raises(ValueError, match=repr(value)):
        cache_size(**arguments)
