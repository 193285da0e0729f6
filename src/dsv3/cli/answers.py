"""What each subcommand answers: one function of the package, its result by name."""

import argparse
import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from dsv3 import (
    accounting,
    architecture,
    economics,
    hardware,
    policy,
    roofline,
    serving,
)
from dsv3.architecture import Architecture
from dsv3.claims import check
from dsv3.claims import claims as all_claims
from dsv3.claims.article import Finding, article_claims

Result = Mapping[str, object]
"""Named values, each name ending in its unit; values may be results themselves."""


def _asked_architecture(options: argparse.Namespace) -> Architecture:
    if options.config is not None:
        return architecture.read_config(options.config)
    return architecture.preset(options.model)


def _record(value: object) -> dict[str, object]:
    assert dataclasses.is_dataclass(value)
    assert not isinstance(value, type)
    return dataclasses.asdict(value)


def params(options: argparse.Namespace) -> Result:
    """Count parameters by component."""
    count = accounting.parameter_count(_asked_architecture(options))
    active = {
        f"active_{convention.name.lower()}_parameters": count.active(convention)
        for convention in accounting.ActiveConvention
    }
    predictions = _record(count.multi_token_prediction)
    parts = {name: value for name, value in count.parts().items() if value}
    return {
        **parts,
        "total_parameters": count.total_parameters,
        **active,
        **(
            {"multi_token_prediction": predictions} if any(predictions.values()) else {}
        ),
    }


def flops(options: argparse.Namespace) -> Result:
    """Count FLOP per token by component."""
    count = accounting.flop_per_token(
        _asked_architecture(options),
        context_tokens=options.context_tokens,
        causal=not options.non_causal,
    )
    return {**_record(count), "training_flop_per_token": count.training_flop_per_token}


def cache(options: argparse.Namespace) -> Result:
    """Count bytes of key-value cache."""
    asked = _asked_architecture(options)
    width = options.bytes_per_element
    return {
        "kv_cache_bytes_per_token": accounting.kv_cache_bytes_per_token(asked, width),
        "multi_head_kv_cache_bytes_per_token": (
            accounting.multi_head_kv_cache_bytes_per_token(asked, width)
        ),
        "kv_cache_bytes": accounting.kv_cache_bytes(
            asked, options.context_tokens, bytes_per_element=width
        ),
    }


def weights(options: argparse.Namespace) -> Result:
    """Count bytes of weights."""
    weight_bytes = accounting.weight_bytes(
        _asked_architecture(options), options.precision
    )
    return {"precision": options.precision, "weight_bytes": weight_bytes}


def redesign(options: argparse.Namespace) -> Result:
    """Count DeepSeek-V3 with other sizes."""
    return _record(accounting.redesign(**_given(options, accounting.released_sizes())))


def xray(options: argparse.Namespace) -> Result:
    """Size the cache of a service."""
    given = _given(options, serving.preset_cache("deepseek-v3"))
    given["gpu"] = hardware.accelerator(options.gpu).name
    return _record(serving.cache_xray(**given))


def speculation(options: argparse.Namespace) -> Result:
    """Say what drafted tokens bring to a service."""
    given = _given(options, serving.one_module_speculation())
    return _record(serving.speculation(**given))


def cost(options: argparse.Namespace) -> Result:
    """Plan a run from model and chip to dollars."""
    given = _given(options, economics.published_run())
    given["gpu"] = hardware.accelerator(options.gpu).name
    if options.config is None:
        return _record(economics.training_cost(**given))
    for name in ("model", "active_parameters"):
        del given[name]
    flop = _flop_per_token(architecture.read_config(options.config))
    return _record(economics.planned_cost(training_flop_per_token=flop, **given))


def rent(options: argparse.Namespace) -> Result:
    """Price GPU-hours at a rate."""
    return _record(
        economics.rental_cost(
            gpu_hours=options.gpu_hours, usd_per_gpu_hour=options.usd_per_gpu_hour
        )
    )


def bill(options: argparse.Namespace) -> Result:
    """Price the three published stages."""
    return _record(economics.bill(**_given(options, economics.published_stages())))


def utilization(options: argparse.Namespace) -> Result:
    """Rate the published run under stated conventions."""
    given = _given(options, economics.closest_conventions())
    return _record(economics.stated_utilization(**given))


def api_price(options: argparse.Namespace) -> Result:
    """Price a mix of tokens at DeepSeek-V3 and at a rival."""
    given = _given(options, economics.default_comparison())
    return _record(economics.api_comparison(**given))


def api_price_day(options: argparse.Namespace) -> Result:
    """Price a mix of tokens on a day."""
    given = _given(options, economics.default_day_comparison())
    return _record(economics.ratio_on_day(**given))


def price_over_cost(options: argparse.Namespace) -> Result:
    """Set a list price beside what the nodes cost."""
    given = _given(options, economics.published_day_conditions())
    return _record(economics.price_over_cost(**given))


def export_rule(options: argparse.Namespace) -> Result:
    """Say how far a chip lies from the lines of an export rule."""
    names = (*policy.margin_inputs(), "rule")
    return _record(policy.export_margins(**_given(options, names)))


def export_day(options: argparse.Namespace) -> Result:
    """Say how near a chip lies to the lines of a day."""
    return _record(policy.export_on_day(**_given(options, policy.published_day())))


def implied(options: argparse.Namespace) -> Result:
    """Find the utilisation that GPU-hours imply."""
    gpu = hardware.accelerator(options.gpu)
    return _record(
        economics.utilization(
            tokens=options.tokens,
            training_flop_per_token=_flop_per_token(_asked_architecture(options)),
            gpu_hours=options.gpu_hours,
            peak_flop_per_s=gpu.peak_flop_per_s(options.precision),
        )
    )


def _given(options: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(options, name) for name in names}


def _flop_per_token(asked: Architecture) -> float:
    context = economics.PRETRAINING_CONTEXT_TOKENS
    return float(accounting.flop_per_token(asked, context).training_flop_per_token)


def models(_options: argparse.Namespace) -> Result:
    """List the models that come with the package."""
    return {
        name: architecture.preset_record(name).title
        for name in architecture.preset_names()
    }


def gpus(_options: argparse.Namespace) -> Result:
    """List the accelerators with their ratings."""
    return {
        name: _chip(hardware.accelerator(name)) for name in hardware.accelerator_names()
    }


def _chip(chip: hardware.Accelerator) -> Result:
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
        "hbm_bytes_per_s": chip.hbm_bytes_per_s,
        "bf16_ridge_flop_per_byte": ridge,
        "link_bytes_per_s_per_direction": chip.scale_up_bytes_per_s_per_direction,
        "tdp_watts": chip.tdp_watts,
    }


def claims(options: argparse.Namespace) -> Result:
    """Recompute every published figure."""
    checked = [check(claim) for claim in all_claims()]
    if options.verdict is not None:
        known = sorted({result.verdict for result in checked})
        if options.verdict not in known:
            message = f"verdict is {options.verdict!r}: must be one of {known}"
            raise ValueError(message)
        checked = [one for one in checked if one.verdict == options.verdict]
    return {one.claim.id: one.summary() for one in checked}


def article(options: argparse.Namespace) -> Result:
    """Say what the evidence makes of each claim of the article."""
    known = list(map(str, Finding))
    if options.verdict is not None and options.verdict not in known:
        message = f"verdict is {options.verdict!r}: must be one of {known}"
        raise ValueError(message)
    return {
        claim.id: claim.summary()
        for claim in article_claims()
        if options.verdict in (None, str(claim.verdict))
    }
