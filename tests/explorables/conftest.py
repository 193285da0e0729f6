"""Panels to test with, a JavaScript engine, and a browser."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from py_mini_racer import MiniRacer

from explorables import Choice, Curve, Explorable, Slider, Toggle, runtime
from explorables.arithmetic import (
    Choice as ChoiceValue,
    Condition,
    Number,
    lookup,
    require,
    where,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rent:
    """Result of the function that the panels of the tests explore."""

    total_usd: Number
    gpu_hours: Number
    note: str = "left out"


def rent(
    *,
    tokens: Number,
    gpu: ChoiceValue,
    utilization: Number,
    usd_per_gpu_hour: Number,
    fast: Condition,
    flop_per_token: float = 2.5e11,
) -> Rent:
    """Turn tokens into dollars on one of three chips, one without a fast mode."""
    slow_peak = lookup(gpu, {"H800 SXM": 9.9e14, "A100 SXM": 3.1e14, 'H"20': 1.5e14})
    fast_peak = lookup(gpu, {"H800 SXM": 2e15, "A100 SXM": 0.0, 'H"20': 3e14})
    peak = where(fast, fast_peak, slow_peak)
    require("gpu", gpu, peak > 0, "has no fast mode")
    require("utilization", utilization, utilization <= 0.9, "must be at most 0.9")
    hours = tokens * flop_per_token / (peak * utilization) / 3600
    return Rent(total_usd=hours * usd_per_gpu_hour, gpu_hours=hours)


def controls() -> list[Slider | Choice | Toggle]:
    """Return one control of every kind."""
    return [
        Slider("tokens", low=1e12, high=1e14, default=14.8e12),
        Choice(
            "gpu",
            options={"H800 SXM": "H800", "A100 SXM": "A100", 'H"20': "H20 <b>"},
            default="H800 SXM",
            shared="gpu",
        ),
        Slider("utilization", low=0.05, high=1, default=0.39),
        Slider("usd_per_gpu_hour", low=0.5, high=10, default=2, label="Rate"),
        Toggle("fast", default=False, label="Fast mode"),
    ]


@pytest.fixture
def panel() -> Explorable:
    """Return a panel with a grid of controls, a curve and two scenarios."""
    return Explorable(
        id="rent",
        title="What renting costs",
        finding="At two dollars an hour the run costs $5.3M.",
        function=rent,
        controls=controls(),
        outputs={"total_usd": "Total cost", "gpu_hours": "GPU time"},
        curve=Curve(x="tokens", y="total_usd"),
        presets={"As reported": {}, "Twice the rate": {"usd_per_gpu_hour": 4}},
        command="dsv3 cost",
    )


@pytest.fixture
def sentence() -> Explorable:
    """Return a panel whose controls stand in a sentence."""
    return Explorable(
        id="opening",
        title="The sentence",
        function=rent,
        controls=controls()[:4],
        fixed={"fast": False},
        outputs={"total_usd": "Total cost", "gpu_hours": "GPU time"},
        sentence="Training on {tokens} with {gpu} cards costs {total_usd} at "
        "{usd_per_gpu_hour:number} an hour.",
    )


@pytest.fixture(scope="module")
def engine() -> MiniRacer:
    """Return a JavaScript engine that has run the runtime, without a page."""
    made = MiniRacer()
    made.eval(runtime())
    return made


def page_of(*panels: Explorable, theme: str = "light", site: bool = True) -> str:
    """Return a page that shows panels the way the built site does."""
    options = "<script>const DOCUMENTATION_OPTIONS = {};</script>" if site else ""
    body = "".join(f"<div>{panel.html()}</div>" for panel in panels)
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><head>'
        '<meta charset="utf-8"><title>Panels</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{options}<style>body{{max-width:720px;margin:0 auto;padding:1rem;"
        "background:var(--ex-ground)}</style></head>"
        f"<body><h1>Panels</h1>{body}<p id='below'>Below.</p></body></html>"
    )


@pytest.fixture
def page_file(tmp_path: Path, panel: Explorable, sentence: Explorable) -> Path:
    """Return a file on disk that shows two panels."""
    path = tmp_path / "page.html"
    path.write_text(page_of(sentence, panel), encoding="utf-8")
    return path
