"""What bears on statements about running the model."""

from dsv3 import accounting, architecture, calculators, prices


def resident_fp8_bytes() -> float:
    """Bytes of all weights that a token may need, one byte each."""
    return _weight_bytes(active=False)


def active_fp8_bytes() -> float:
    """Bytes of the weights that work on one token, one byte each."""
    return _weight_bytes(active=True)


def _weight_bytes(*, active: bool) -> float:
    count = accounting.parameter_count(architecture.preset("deepseek-v3"))
    convention = accounting.ActiveConvention.WITHOUT_INPUT_EMBEDDING
    return float(count.active(convention) if active else count.total_parameters)


def h100s_in_fp8() -> float:
    """H100s that hold the released weights with a small service."""
    return _gpus("H100 SXM", "fp8")


def h200s_in_fp8() -> float:
    """H200s that hold the released weights with a small service."""
    return _gpus("H200 SXM", "fp8")


def a100s_in_bf16() -> float:
    """A100s that hold the weights in BF16, which they can multiply in."""
    return _gpus("A100 SXM", "bf16")


def a100s_in_int8() -> float:
    """A100s that hold weights converted to eight-bit integers."""
    return _gpus("A100 SXM", "int8")


def _gpus(gpu: str, precision: str) -> float:
    return float(calculators.fit(gpu=gpu, precision=precision).layout_gpus)


def h200_server_usd() -> float:
    """Price of a server of eight H200s, the dated quote on record."""
    quoted = [one for one in prices.purchase_prices("H200 SXM") if one.gpus == 8]
    return quoted[0].usd


def break_even_busy_share() -> float:
    """Share of their capacity at which eight H200s cost what DeepSeek's API asks."""
    return float(calculators.break_even().break_even_busy_share)


def break_even_tokens_per_day() -> float:
    """Tokens of a day at that share."""
    return float(calculators.break_even().break_even_tokens_per_day)
