"""A timeline as a trace follows the format that viewers read."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from dsv3.cli import main
from dsv3.schedule import EQUAL_TIMES, dual_pipe, run, trace_events


def test_events_are_complete_and_cover_every_operation() -> None:
    timeline = run(dual_pipe(4, 8))
    found = trace_events(timeline)
    events = [event for event in found["traceEvents"] if event["ph"] == "X"]
    operations = [op for slots in timeline.plan.ranks for slot in slots for op in slot]
    assert len(events) == len(operations)
    assert found["displayTimeUnit"] == "ms"
    for event in events:
        assert {"name", "cat", "ph", "ts", "dur", "pid", "tid"} <= set(event)
        assert event["ts"] >= 0
        assert event["dur"] > 0


def test_times_are_microseconds() -> None:
    timeline = run(dual_pipe(4, 8))
    events = trace_events(timeline, seconds_per_unit=0.05)["traceEvents"]
    ends = [event["ts"] + event["dur"] for event in events if event["ph"] == "X"]
    assert max(ends) == pytest.approx(timeline.makespan * 0.05 * 1e6, rel=1e-12)


def test_no_two_events_of_a_lane_overlap() -> None:
    events = trace_events(run(dual_pipe(8, 20)))["traceEvents"]
    lanes: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for event in events:
        if event["ph"] == "X":
            span = (event["ts"], event["ts"] + event["dur"])
            lanes.setdefault((event["pid"], event["tid"]), []).append(span)
    assert len(lanes) == 16  # a rank's second lane holds the backwards of its pairs
    for spans in lanes.values():
        spans.sort()
        for (_, end), (start, _) in pairwise(spans):
            assert start >= end - 1e-6


def test_a_unit_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"seconds_per_unit is 0.0: must be above 0"):
        trace_events(run(dual_pipe(4, 8), EQUAL_TIMES), seconds_per_unit=0.0)


def test_the_command_writes_the_file_and_prints_the_bubble(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "trace.json"
    assert main(["training", "schedule", "--trace", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["results"]["bubble_forward_times"] == 6
    read = json.loads(file.read_text(encoding="utf-8"))
    assert read == trace_events(run(dual_pipe(8, 20)))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--stages", "7"], "stages is 7: must be even"),
        (["--stages", "many"], "stages is 'many': must be a whole number"),
        (["--schedule", "dualpip"], "schedule is 'dualpip': must be one of"),
        (["--times", "late"], "times is 'late': must be one of"),
        (["--moment-share", "2"], "moment_share is 2.0: must be from 0 to 1"),
        (["--micro-batches", "1000000"], "times stages must be at most"),
        (["--forward-seconds", "1"], "it takes effect only with --trace"),
        (["--trace", "x", "--forward-seconds", "0"], "must be above 0"),
        (["--trace", "/nowhere/x.json"], "No such file"),
    ],
)
def test_the_command_refuses_in_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["training", "schedule", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
