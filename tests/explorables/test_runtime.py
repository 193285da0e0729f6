"""The runtime's pure part: numbers as text, stops of a slider, links."""

import itertools
import json
import math
import random
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from explorables import Explorable, Slider
from explorables.controls import trimmed, unit_specification
from explorables.quantities import NUMBER, UNITS, Unit, format_quantity, parse_number

VALUES_PER_UNIT = 2000


def values_for(unit: Unit) -> list[float]:
    source = random.Random(unit.suffix)
    made = [10 ** source.uniform(-9, 27) for _ in range(VALUES_PER_UNIT // 2)]
    made += [source.uniform(0, 2000) for _ in range(VALUES_PER_UNIT // 4)]
    made += [source.randrange(0, 10**6) / 8 for _ in range(VALUES_PER_UNIT // 8)]
    made += [round(source.uniform(0, 1100), 3) for _ in range(VALUES_PER_UNIT // 8)]
    made += [0.0, -0.0, 0.5, 1.5, 2.5, 0.125, 999.994, 999.995, 999.9949999, 9999.5]
    made += [10.0**n for n in range(-8, 28)] + [10.0**n - 0.5 for n in range(1, 15)]
    made += [99.995, 0.99995, 999950.0, 999.95, 1e21, 1e15, 1e-6, 9.9999e-7, 2.0**80]
    return made + [-value for value in made[::10]]


@pytest.mark.parametrize("unit", [*UNITS, NUMBER], ids=lambda unit: unit.suffix or "_")
def test_the_page_writes_numbers_character_for_character_like_python(
    engine: MiniRacer, unit: Unit
) -> None:
    values = values_for(unit)
    specification = json.dumps(unit_specification(unit))
    program = f"{json.dumps(values)}.map(x => explorables.format(x, {specification}))"
    texts = json.loads(str(engine.eval(f"JSON.stringify({program})")))
    wrong = [
        (value, text, expected)
        for value, text in zip(values, texts, strict=True)
        if text != (expected := format_quantity(value, unit))
    ]
    assert not wrong[:5]


def test_what_is_not_finite_is_a_dash(engine: MiniRacer) -> None:
    said = engine.eval(
        '[NaN, Infinity, -Infinity].map(x => explorables.format(x, ["", "money", 4]))'
        ".join()"
    )
    assert said == "—,—,—"


@pytest.mark.parametrize("unit", UNITS[:8], ids=lambda unit: unit.suffix)
def test_idle_zeros_are_dropped_alike(engine: MiniRacer, unit: Unit) -> None:
    texts = [format_quantity(value, unit) for value in values_for(unit)[::7]]
    program = f"JSON.stringify({json.dumps(texts)}.map(explorables.trimmed))"
    assert json.loads(str(engine.eval(program))) == [trimmed(text) for text in texts]


TYPED = [
    "14.8T", "14.8 t", "$2", " 39% ", "39 %", "1e12", "1.5e-3k", "2,048", "2_048", ".5",
    "5.", "2.664M", "7g", "7B", "3p", "-4", "+4", "0.1", "1e308",
]  # fmt: skip
NOT_NUMBERS = [
    "", " ", "abc", "1e309", "NaN", "Infinity", "-Infinity", "1..2", "1 2", "0x10",
    "1T T", "--1", "1e", "e5", "%", "$", "$$1", "1z", "__proto__", "constructor",
    "1;alert(1)",
    "<b>1</b>", "1" * 65, "1e99999999999999999999", "١٢", "2e3e",
]  # fmt: skip


@pytest.mark.parametrize("text", TYPED)
def test_the_page_reads_typed_numbers_like_python(engine: MiniRacer, text: str) -> None:
    assert engine.eval(f"explorables.parse({json.dumps(text)})") == parse_number(text)


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_the_page_refuses_what_is_not_a_number(engine: MiniRacer, text: str) -> None:
    value = engine.eval(f"explorables.parse({json.dumps(text)})")
    if len(text) < 20:
        with pytest.raises(ValueError, match="number"):
            parse_number(text)
    assert isinstance(value, float)
    assert math.isnan(value)


def test_what_an_entry_offers_for_editing_reads_back_exactly(engine: MiniRacer) -> None:
    for unit in UNITS:
        values = [value for value in values_for(unit)[::40] if value >= 0]
        written = f"explorables.editable(x, {json.dumps(unit_specification(unit))})"
        program = f"{json.dumps(values)}.every(x => explorables.parse({written}) === x)"
        assert engine.eval(program) is True, unit


SLIDERS = [
    Slider("tokens", low=1e11, high=1e14, default=14.8e12),
    Slider("utilization", low=0.05, high=1, default=0.391),
    Slider("cluster_gpus", low=8, high=200_000, default=2048),
    Slider("n_layers", low=4, high=128, default=61, step=1),
    Slider("rate_usd", low=0.5, high=15, default=2, step=0.01),
    Slider("shift", low=-3, high=7, default=0.25),
    Slider("later_gpu_hours", low=0, high=1e7, default=124e3, step=1000),
]


def stops(engine: MiniRacer, slider: Slider, start: float, count: int) -> list[float]:
    spec = json.dumps(slider.specification())
    program = f"""(() => {{ let x = {start}; const seen = [];
        for (let i = 0; i < {abs(count)}; i++)
            seen.push(x = explorables.stepped({spec}, x, Math.sign({count})));
        return JSON.stringify(seen); }})()"""
    answer: list[float] = json.loads(str(engine.eval(program)))
    return answer


@pytest.mark.parametrize("slider", SLIDERS, ids=lambda slider: slider.name)
def test_every_key_press_moves_a_slider_until_its_end(
    engine: MiniRacer, slider: Slider
) -> None:
    for direction, end in ((1, slider.high), (-1, slider.low)):
        seen = stops(engine, slider, slider.default, direction * 20_000)
        before = [slider.default, *seen]
        moves = [b - a for a, b in zip(before, seen, strict=False) if a != end]
        assert all(move * direction > 0 for move in moves)
        assert seen[-1] == end


def test_logarithmic_steps_are_a_few_percent_and_round(engine: MiniRacer) -> None:
    seen = stops(engine, SLIDERS[0], 14.8e12, 60)
    ratios = [b / a for a, b in itertools.pairwise(seen) if b < 1e14]
    assert all(1.009 < ratio < 1.03 for ratio in ratios)
    assert all(value == float(f"{value:.3g}") for value in seen)


def test_counts_stay_whole(engine: MiniRacer) -> None:
    assert all(value == int(value) for value in stops(engine, SLIDERS[2], 2048, 300))


def read(
    engine: MiniRacer, panel: Explorable, pairs: list[list[str]]
) -> dict[str, Any]:
    spec = json.dumps(panel.specification())
    program = f"JSON.stringify(explorables.readPairs({spec}, {json.dumps(pairs)}))"
    answer: dict[str, Any] = json.loads(str(engine.eval(program)))
    return answer


def test_a_link_sets_what_it_names(engine: MiniRacer, panel: Explorable) -> None:
    pairs = [
        ["rent.tokens", "20000000000000"],
        ["rent.gpu", "A100 SXM"],
        ["rent.fast", "1"],
        ["highlight", "tokens"],
        ["other.tokens", "5"],
    ]
    assert read(engine, panel, pairs) == {
        "values": [["tokens", 2e13], ["gpu", "A100 SXM"], ["fast", True]],
        "problems": [],
    }


HOSTILE = [
    ["rent.tokens", "NaN"],
    ["rent.tokens", "Infinity"],
    ["rent.tokens", "-Infinity"],
    ["rent.tokens", ""],
    ["rent.tokens", " 2e13"],
    ["rent.tokens", "1e13<script>alert(1)</script>"],
    ["rent.tokens", "1e999"],
    ["rent.tokens", "-1"],
    ["rent.tokens", "1e15"],
    ["rent.tokens", "0x1"],
    ["rent.tokens", "1" * 100_000],
    ["rent.tokens", "2e13;process.exit()"],
    ["rent.gpu", "h800 sxm"],
    ["rent.gpu", "__proto__"],
    ["rent.gpu", "constructor"],
    ["rent.gpu", "0"],
    ["rent.gpu", "<img src=x onerror=alert(1)>"],
    ["rent.fast", "true"],
    ["rent.fast", "2"],
    ["rent.__proto__", "1"],
    ["rent.constructor", "1"],
    ["rent.toString", "1"],
    ["rent.", "1"],
    ["rent.tokens.x", "2e13"],
    ["rent.nothing", "2e13"],
]


@pytest.mark.parametrize("pair", HOSTILE, ids=lambda pair: "=".join(pair)[:40])
def test_a_hostile_link_changes_nothing_and_is_mentioned_without_its_words(
    engine: MiniRacer, panel: Explorable, pair: list[str]
) -> None:
    result = read(engine, panel, [pair])
    assert result["values"] == []
    assert len(result["problems"]) == 1
    assert len(pair[1]) < 3 or pair[1] not in result["problems"][0]
    assert engine.eval("typeof {}.polluted") == "undefined"


def test_the_command_and_the_call_reproduce_every_digit(
    engine: MiniRacer, panel: Explorable
) -> None:
    spec = {**panel.specification(), "call": "dsv3.economics.cost", "fixed": ["n=1"]}
    state = [14_800_000_000_000.5, 'H"20', 1 / 3, 2, True]
    engine.eval(f"specB = {json.dumps(spec)}; stateB = {json.dumps(state)}")
    assert engine.eval("explorables.commandOf(specB, stateB)") == (
        'dsv3 cost --tokens 14800000000000.5 --gpu "H\\"20" '
        "--utilization 0.3333333333333333 --usd-per-gpu-hour 2 --fast"
    )
    assert engine.eval("explorables.callOf(specB, stateB)") == (
        'dsv3.economics.cost(tokens=14800000000000.5, gpu="H\\"20", '
        "utilization=0.3333333333333333, usd_per_gpu_hour=2, fast=True, n=1)"
    )


def test_ticks_are_round_and_few(engine: MiniRacer) -> None:
    def ticks(call: str) -> list[float]:
        found = engine.eval(f"JSON.stringify(explorables.{call})")
        return list(json.loads(str(found)))

    linear = json.loads(
        str(engine.eval("JSON.stringify(explorables.linearTicks(0, 5.3e6))"))
    )
    assert linear == [0, 2e6, 4e6]
    log = json.loads(
        str(engine.eval("JSON.stringify(explorables.logTicks(1e12, 1e14, 6))"))
    )
    assert log == [1e12, 3e12, 1e13, 3e13, 1e14]
    wide = json.loads(
        str(engine.eval("JSON.stringify(explorables.logTicks(1e3, 1e19, 6))"))
    )
    assert 3 <= len(wide) <= 6


def test_running_the_runtime_again_keeps_the_first(engine: MiniRacer) -> None:
    from explorables import runtime  # noqa: PLC0415

    engine.eval("first = explorables")
    engine.eval(runtime())
    assert engine.eval("first === explorables") is True


def test_days_are_typed_and_marked_as_days(engine: MiniRacer) -> None:
    texts = ["2023-11-17", " 1999-12-31 ", "0001-01-01", "1969-12-31"]
    program = f"JSON.stringify({json.dumps(texts)}.map(explorables.parse))"
    assert json.loads(str(engine.eval(program))) == [parse_number(t) for t in texts]
    assert engine.eval('isNaN(explorables.parse("2023-02-30"))') is True
    assert engine.eval('isNaN(explorables.parse("0000-01-01"))') is True
    low, high = (int(parse_number(day)) for day in ("2024-12-26", "2026-11-25"))
    ticks = json.loads(
        str(engine.eval(f"JSON.stringify(explorables.dateTicks({low}, {high}, 8))"))
    )
    halves = ["2025-01-01", "2025-07-01", "2026-01-01", "2026-07-01"]
    assert ticks == [parse_number(day) for day in halves]
