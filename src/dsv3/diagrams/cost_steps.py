"""From tokens to dollars, step by step: DeepSeek-V3 beside Llama 3.1 405B.

The finding: as many tokens, as fast a GPU, as dear an hour; a token takes more FLOP.
"""

from dataclasses import dataclass

from dsv3 import economics
from dsv3.facts import fact
from explorables import trimmed
from explorables.diagram import (
    Diagram,
    Layout,
    Mark,
    bar,
    diagram,
    lines,
    linked,
    text,
    wire,
)
from explorables.quantities import format_quantity, unit_of

Marks = tuple[Mark, ...]

SECONDS_PER_HOUR = 3600

CAPTION = """
Llama 3.1 405B read about as many tokens as DeepSeek-V3, on GPUs about as fast, at the
same assumed rent: its bill is {usd_ratio} times as large because a token takes
{flop_ratio} times the FLOP.
"""

NOTE = """
Lengths are to scale within a step. Hours are published, V3's for pre-training alone;
the rates in the middle follow from them and from FLOP counted here. MFU is over the
BF16 peak. Both hours are priced at the rent that V3's report assumes.
"""

DESCRIPTION = """
Four pairs of bars, DeepSeek-V3 above Llama 3.1 405B, with the step between them.
Training tokens: {v3_tokens} and {llama_tokens}. Times FLOP per token, {v3_per_token}
and {llama_per_token}, gives training FLOP: {v3_flop} and {llama_flop}. Divided by the
FLOP a GPU does in a second, {v3_rate} and {llama_rate}, and by 3,600, it gives
GPU-hours: {v3_hours} and {llama_hours}. Times {rent} it gives {v3_usd} and {llama_usd}.
Tokens, rates and rent are nearly alike, so the FLOP of a token make the difference.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A training run from its tokens to its bill."""

    tokens: float
    flop_per_token: float
    gpu_hours: float
    peak_flop_per_s: float

    @property
    def flop(self) -> float:
        """FLOP of the run, counted."""
        return self.tokens * self.flop_per_token

    @property
    def flop_per_s(self) -> float:
        """FLOP per second of a GPU, over all published hours."""
        return self.flop / self.gpu_hours / SECONDS_PER_HOUR

    @property
    def utilization(self) -> float:
        """MFU over the peak."""
        return self.flop_per_s / self.peak_flop_per_s

    @property
    def usd(self) -> float:
        """Hours at the rent that V3's report assumes."""
        return self.gpu_hours * fact("v3.usd_per_gpu_hour").number


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One quantity of both runs, and what leads to the next one."""

    name: str
    address: str
    v3: float
    llama: float
    unit: str
    factor: tuple[str, ...] = ()
    """What it is multiplied with or divided by: V3's, then Llama's, then both."""


def cost_steps() -> Diagram:
    """Draw tokens, FLOP, GPU-hours and dollars of two runs, each step to scale."""
    v3, llama = _runs()
    said = {
        f"{name}_{part}": _printed(value, unit)
        for name, run in (("v3", v3), ("llama", llama))
        for part, value, unit in (
            ("tokens", run.tokens, "tokens"),
            ("per_token", run.flop_per_token, "training_flop_per_token"),
            ("flop", run.flop, "flop"),
            ("rate", run.flop_per_s, "flop_per_s"),
            ("hours", run.gpu_hours, "gpu_hours"),
            ("usd", run.usd, "usd"),
        )
    } | {
        "rent": _rent(),
        "usd_ratio": f"{llama.usd / v3.usd:.1f}",
        "flop_ratio": f"{llama.flop_per_token / v3.flop_per_token:.1f}",
    }
    return diagram(
        _draw,
        name="cost-steps",
        page="economics/cost-narrative",
        title="From tokens to dollars for two training runs",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="DeepSeek-V3 report; Llama 3.1 model card; FLOP by dsv3.accounting",
    )


def _runs() -> tuple[Run, Run]:
    flop = economics.preset_training_flop_per_token()
    v3 = Run(
        tokens=fact("v3.tokens").number,
        flop_per_token=flop["deepseek-v3"],
        gpu_hours=fact("v3.gpu_hours.pre_training").number,
        peak_flop_per_s=_peak("H800 SXM"),
    )
    llama = Run(
        tokens=fact("llama_3_1_405b.tokens").number,
        flop_per_token=flop["llama-3.1-405b"],
        gpu_hours=fact("llama_3_1_405b.gpu_hours").number,
        peak_flop_per_s=_peak("H100 SXM"),
    )
    return v3, llama


def _peak(gpu: str) -> float:
    return float(economics.peak_flop_per_s(gpu=gpu, precision="bf16"))


def _printed(value: float, unit: str) -> str:
    return trimmed(format_quantity(value, unit_of(unit), digits=3))


def _rent() -> str:
    return f"${fact('v3.usd_per_gpu_hour').number:g} an hour"


def _steps() -> tuple[Step, ...]:
    v3, llama = _runs()
    per_token, rate = (
        tuple(_printed(value, unit) for value in values)
        for values, unit in (
            ((v3.flop_per_token, llama.flop_per_token), "training_flop_per_token"),
            ((v3.flop_per_s, llama.flop_per_s), "flop_per_s"),
        )
    )
    busy = [f"{100 * run.utilization:.0f} %" for run in (v3, llama)]
    return (
        Step(
            name="tokens",
            address="training-recipe/pre-training",
            v3=v3.tokens,
            llama=llama.tokens,
            unit="tokens",
            factor=(f"× {per_token[0]}", f"Llama × {per_token[1]}"),
        ),
        Step(
            name="training FLOP",
            address="#eleven-times-fewer-gpu-hours-in-five-factors",
            v3=v3.flop,
            llama=llama.flop,
            unit="flop",
            factor=(
                f"÷ {rate[0]} a GPU, MFU {busy[0]}",
                f"Llama ÷ {rate[1]}, MFU {busy[1]}",
                f"÷ {SECONDS_PER_HOUR:,} s an hour",
            ),
        ),
        Step(
            name="GPU-hours",
            address="economics/training-cost#the-bill-rebuilt",
            v3=v3.gpu_hours,
            llama=llama.gpu_hours,
            unit="gpu_hours",
            factor=(f"× {_rent()}, assumed for both",),
        ),
        Step(
            name="dollars",
            address="economics/training-cost#the-same-hours-at-other-rates",
            v3=v3.usd,
            llama=llama.usd,
            unit="usd",
        ),
    )


def _draw(*, wide: bool) -> Layout:
    pitch = 100 if wide else 124
    marks: list[Mark] = []
    steps = _steps()
    for index, step in enumerate(steps):
        part = _wide_step if wide else _narrow_step
        marks += part(step, index * pitch, pitch, last=step is steps[-1])
    return Layout(height=3 * pitch + (48 if wide else 68), marks=tuple(marks))


THICKNESS = 18


def _pair(step: Step, x: float, y: float, longest: float) -> Marks:
    """Draw the bars of both runs from one edge, each with its number at the end."""
    short = longest * step.v3 / step.llama
    middle = THICKNESS / 2 + 4.5
    below = y + THICKNESS + 5
    return (
        bar(x, y, short, THICKNESS),
        text(x + short + 8, y + middle, f"V3 {_printed(step.v3, step.unit)}", "bold"),
        bar(x, below, longest, THICKNESS, "tint"),
        text(
            x + longest + 8,
            below + middle,
            f"Llama {_printed(step.llama, step.unit)}",
        ),
    )


def _ratio(step: Step) -> str:
    return f"Llama {step.llama / step.v3:.3g} times"


def _named(step: Step, y: float) -> Mark:
    return linked(
        step.address,
        f"{step.name}: where it comes from",
        text(0, y, step.name, "title"),
        target=(0, y - 17, 116, 24),
    )


def _wide_step(step: Step, y: float, pitch: float, *, last: bool) -> Marks:
    between = y + 2 * THICKNESS + 5
    marks = (
        _named(step, y + 17),
        text(0, y + 37, _ratio(step), "note"),
        *_pair(step, 136, y + 1, 370),
    )
    if last:
        return marks
    return (
        *marks,
        wire((46, between + 10), (46, y + pitch - 6)),
        lines(136, between + 26, (";  ".join(step.factor),)),
    )


def _narrow_step(step: Step, y: float, pitch: float, *, last: bool) -> Marks:
    between = y + 2 * THICKNESS + 29
    marks = (
        _named(step, y + 15),
        text(350, y + 15, _ratio(step), "note", anchor="end"),
        *_pair(step, 1, y + 23, 198),
    )
    if last:
        return marks
    return (
        *marks,
        wire((12, between + 6), (12, y + pitch - 4)),
        lines(30, between + 20, step.factor),
    )
