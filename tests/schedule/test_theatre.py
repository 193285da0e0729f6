"""What a reader sees of a performance, and what a published step implies."""

from itertools import pairwise

import pytest

from dsv3.facts import fact
from dsv3.schedule import (
    dual_pipe,
    implied_times,
    named_times,
    perform,
    published_micro_batches,
    run,
    tally,
)
from dsv3.schedule.theatre import TICK


@pytest.mark.parametrize("times", named_times())
def test_named_times_fit_the_grain_of_the_page(times: str) -> None:
    seen = perform(schedule="dualpipe", stages=8, micro_batches=20, times=times)
    for row in seen.rows:
        for block in row:
            for time in (block.start, block.duration):
                assert time / TICK == pytest.approx(round(time / TICK), abs=1e-6)


def test_blocks_of_a_row_follow_each_other() -> None:
    seen = perform(schedule="zb1p", stages=8, micro_batches=20, times="sending")
    for row in seen.rows:
        for one, other in pairwise(row):
            assert other.start >= one.start + one.duration - 1e-9
        assert row[-1].live[1] == 0


@pytest.mark.parametrize(
    ("share", "working"), [(0.0, 2), (0.4, 8), (1.0, 0), (65.5 / 66, 8)]
)
def test_ranks_at_work_are_counted_at_the_moment(share: float, working: int) -> None:
    seen = perform(
        schedule="dualpipe",
        stages="8",
        micro_batches="20",
        times="equal",
        moment_share=share,
    )
    assert seen.working_count == working


def test_a_pair_shows_both_streams() -> None:
    seen = perform(schedule="dualpipe", stages=8, micro_batches=20, times="equal")
    pairs = [block for row in seen.rows for block in row if block.kind == "F&B"]
    assert pairs
    assert all(block.second in {(True, False), (False, True)} for block in pairs)


def test_the_implied_times_give_the_published_parts_back() -> None:
    times = implied_times()
    count = tally(stages=16, micro_batches=published_micro_batches())
    lone = count.backwards * times.backward + count.input_parts * times.input_backward
    parts = {
        "forward": count.forwards * times.forward,
        "backward": lone,
        "weight_backward": count.weight_parts * times.weight_backward,
        "overlapped": count.pairs * times.pair,
    }
    for name, seconds in parts.items():
        published = fact(f"isca.training.{name}_seconds").numbers[0]
        assert seconds == pytest.approx(published, rel=1e-12)


def test_a_published_step_cannot_be_reproduced() -> None:
    timeline = run(dual_pipe(16, 120), implied_times())
    measured = fact("isca.training.bubble_seconds").numbers[0]
    assert max(timeline.bubbles) < 0.52 * measured
    assert pytest.approx(implied_times().pair, abs=5e-5) == 143.8e-3


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_moment_outside_the_step_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="moment_share is "):
        perform(
            schedule="1f1b",
            stages=4,
            micro_batches=8,
            times="equal",
            moment_share=share,
        )


@pytest.mark.parametrize("stages", [2.5, True, None, "4.0"])
def test_sizes_that_are_not_whole_are_refused(stages: object) -> None:
    with pytest.raises(ValueError, match="stages is "):
        perform(schedule="1f1b", stages=stages, micro_batches=8, times="equal")  # type: ignore[arg-type]
