"""Lists at the prompt: models, chips, published figures, an article's claims."""

from collections.abc import Iterable, Mapping
from typing import Any

from dsv3 import hardware, roofline
from dsv3.claims import Verdict, check, claims as all_claims
from dsv3.claims.article import Finding, article_claims


def gpus() -> dict[str, Any]:
    """Return the accelerators with their ratings."""
    return {
        name: _chip(hardware.accelerator(name)) for name in hardware.accelerator_names()
    }


def _chip(chip: hardware.Accelerator) -> Mapping[str, object]:
    peaks = {
        f"{precision}_dense_flop_per_s": peak
        for precision, peak in chip.dense_peaks.items()
    }
    ridge = roofline.ridge_flop_per_byte(
        peak_flop_per_s=chip.peak_flop_per_s("bf16"), bytes_per_s=chip.hbm_bytes_per_s
    )
    return {
        **peaks,
        "memory_bytes": chip.memory_bytes,
        "reported_memory_bytes": chip.reported_memory_bytes,
        "hbm_bytes_per_s": chip.hbm_bytes_per_s,
        "bf16_ridge_flop_per_byte": ridge,
        "link_bytes_per_s_per_direction": chip.scale_up_bytes_per_s_per_direction,
        "tdp_watts": chip.tdp_watts,
    }


def claims(verdict: str | None = None) -> dict[str, Any]:
    """Return every published figure, recomputed."""
    _require_known(verdict, Verdict)
    checked = [check(claim) for claim in all_claims()]
    return {
        one.claim.id: one.summary()
        for one in checked
        if verdict in (None, str(one.verdict))
    }


def article(verdict: str | None = None) -> dict[str, Any]:
    """Return what the evidence makes of each claim of the article."""
    _require_known(verdict, Finding)
    return {
        claim.id: claim.summary()
        for claim in article_claims()
        if verdict in (None, str(claim.verdict))
    }


def _require_known(verdict: str | None, known: Iterable[object]) -> None:
    names = [str(one) for one in known]
    if verdict is not None and verdict not in names:
        message = f"verdict is {verdict!r}: must be one of {', '.join(names)}"
        raise ValueError(message)
