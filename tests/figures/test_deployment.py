"""Pictures of deployment draw what they are handed, with their words."""

from dsv3.figures import (
    BoundedSpeed,
    MemoryBar,
    PriceLine,
    memory_plans,
    price_and_speed,
    speeds_and_bounds,
)

WORDS = {
    "caption": "A finding.",
    "alternative": "Bars with parts, beside a line that says what there is.",
    "source": "Made up.",
}


def test_every_part_of_a_plan_is_named_and_hatched_its_own_way() -> None:
    parts = {"weights": 4e10, "cache": 1e10, "activations": 5e9, "reserved": 8e9}
    bar = MemoryBar(name="8 cards", parts_bytes=parts, memory_bytes=8e10)
    svg = memory_plans([bar, bar], **WORDS).svg
    for name in (*parts, "8 cards"):
        assert f">{name}<" in svg
    assert "fill: var(--ex-memory" in svg
    assert "fill: url(#" in svg


def test_a_measured_speed_is_a_dot_on_its_span() -> None:
    speed = BoundedSpeed(name="somebody", measured=15e3, slowest=16e3, fastest=40e3)
    svg = speeds_and_bounds({"decode": [speed], "prefill": [speed]}, **WORDS).svg
    assert svg.count(">somebody<") == 2
    assert ">decode<" in svg
    assert ">prefill<" in svg
    assert "var(--ex-compute" in svg


def test_each_price_line_is_dashed_its_own_way() -> None:
    lines = [
        PriceLine(
            name=name,
            reader_tokens_per_s=[10.0, 20.0, 40.0],
            usd_per_million_tokens=[0.5, 1.0, 3.0],
        )
        for name in ("one", "two")
    ]
    svg = price_and_speed(lines, **WORDS).svg
    assert ">one<" in svg
    assert ">two<" in svg
    assert svg.count("stroke-dasharray") >= 1
    assert "stroke: var(--ex-money" in svg
