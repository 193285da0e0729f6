"""How this package arrives at the published figures of kernels."""

import math

from dsv3 import collectives
from dsv3.facts import fact
from dsv3.hardware import accelerator
from dsv3.measurements import record
from dsv3.roofline import ridge_flop_per_byte

_GIGA = 1e9


def profile_matmul_blocks() -> float:
    """Multiprocessors that the communication leaves to the matrix products."""
    total = accelerator("H800 SXM").sm_count
    assert total is not None
    (blocks,) = record("training_trace").measures["kernels"]["dispatch"]["blocks"]
    return float(total - blocks)


def flashmla_ridge_heads() -> float:
    """Heads at which the practical peak meets the memory's bandwidth."""
    chip = accelerator("H800 SXM")
    practical = next(
        one.value for one in chip.ratings if one.printed == "about 865 TFLOPS"
    )
    ridge = ridge_flop_per_byte(
        peak_flop_per_s=practical, bytes_per_s=chip.hbm_bytes_per_s
    )
    return float(ridge) / 2


def deepep_dispatch_8_feb() -> float:
    """Bandwidth of low-latency dispatch over 8 GPUs, February 2025, cut to GB/s."""
    return _low_latency("dispatch", 8, "february_2025")


def deepep_dispatch_16_feb() -> float:
    """Bandwidth of low-latency dispatch over 16 GPUs, February 2025, cut to GB/s."""
    return _low_latency("dispatch", 16, "february_2025")


def deepep_dispatch_32_feb() -> float:
    """Bandwidth of low-latency dispatch over 32 GPUs, February 2025, cut to GB/s."""
    return _low_latency("dispatch", 32, "february_2025")


def deepep_dispatch_64_feb() -> float:
    """Bandwidth of low-latency dispatch over 64 GPUs, February 2025, cut to GB/s."""
    return _low_latency("dispatch", 64, "february_2025")


def deepep_dispatch_128_feb() -> float:
    """Bandwidth of low-latency dispatch over 128 GPUs, February 2025, cut to GB/s."""
    return _low_latency("dispatch", 128, "february_2025")


def deepep_dispatch_256_feb() -> float:
    """Bandwidth of low-latency dispatch over 256 GPUs, February 2025, cut to GB/s."""
    return _low_latency("dispatch", 256, "february_2025")


def deepep_combine_8_feb() -> float:
    """Bandwidth of low-latency combine over 8 GPUs, February 2025, cut to GB/s."""
    return _low_latency("combine", 8, "february_2025")


def deepep_combine_16_feb() -> float:
    """Bandwidth of low-latency combine over 16 GPUs, February 2025, cut to GB/s."""
    return _low_latency("combine", 16, "february_2025")


def deepep_combine_32_feb() -> float:
    """Bandwidth of low-latency combine over 32 GPUs, February 2025, cut to GB/s."""
    return _low_latency("combine", 32, "february_2025")


def deepep_combine_64_feb() -> float:
    """Bandwidth of low-latency combine over 64 GPUs, February 2025, cut to GB/s."""
    return _low_latency("combine", 64, "february_2025")


def deepep_combine_128_feb() -> float:
    """Bandwidth of low-latency combine over 128 GPUs, February 2025, cut to GB/s."""
    return _low_latency("combine", 128, "february_2025")


def deepep_combine_256_feb() -> float:
    """Bandwidth of low-latency combine over 256 GPUs, February 2025, cut to GB/s."""
    return _low_latency("combine", 256, "february_2025")


def deepep_dispatch_8_jun() -> float:
    """Bandwidth of low-latency dispatch over 8 GPUs, June 2025, cut to GB/s."""
    return _low_latency("dispatch", 8, "june_2025")


def deepep_dispatch_16_jun() -> float:
    """Bandwidth of low-latency dispatch over 16 GPUs, June 2025, cut to GB/s."""
    return _low_latency("dispatch", 16, "june_2025")


def deepep_dispatch_32_jun() -> float:
    """Bandwidth of low-latency dispatch over 32 GPUs, June 2025, cut to GB/s."""
    return _low_latency("dispatch", 32, "june_2025")


def deepep_dispatch_64_jun() -> float:
    """Bandwidth of low-latency dispatch over 64 GPUs, June 2025, cut to GB/s."""
    return _low_latency("dispatch", 64, "june_2025")


def deepep_combine_8_jun() -> float:
    """Bandwidth of low-latency combine over 8 GPUs, June 2025, cut to GB/s."""
    return _low_latency("combine", 8, "june_2025")


def deepep_combine_16_jun() -> float:
    """Bandwidth of low-latency combine over 16 GPUs, June 2025, cut to GB/s."""
    return _low_latency("combine", 16, "june_2025")


def deepep_combine_32_jun() -> float:
    """Bandwidth of low-latency combine over 32 GPUs, June 2025, cut to GB/s."""
    return _low_latency("combine", 32, "june_2025")


def deepep_combine_64_jun() -> float:
    """Bandwidth of low-latency combine over 64 GPUs, June 2025, cut to GB/s."""
    return _low_latency("combine", 64, "june_2025")


def _low_latency(way: str, gpus: int, when: str) -> float:
    """Bytes of 128 tokens' eight copies over the printed time, cut to whole GB/s."""
    seconds = fact(f"deepep.low_latency.{when}.seconds_{gpus}").numbers
    wire_format = {"dispatch": "fp8", "combine": "bf16"}[way]
    size = collectives.token_bytes(
        hidden_size=fact("v3.hidden_size").number, wire_format=wire_format
    )
    tokens = fact("deepep.low_latency.tokens").number
    moved = tokens * fact("v3.num_experts_per_tok").number * float(size)
    taken = seconds[("dispatch", "combine").index(way)]
    return math.floor(moved / taken / _GIGA) * _GIGA
