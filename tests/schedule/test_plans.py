"""Plans hold to the released code, to published formulas, and to the law."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from dsv3.schedule import (
    EQUAL_TIMES,
    SCHEDULES,
    ChunkTimes,
    Kind,
    Operation,
    Plan,
    dual_pipe,
    dual_pipe_v,
    gpipe,
    interleaved,
    one_forward_one_backward,
    run,
    zero_bubble,
)

RELEASED: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("released_orders.yaml").read_text(encoding="utf-8")
)
SIZES = [(2, 4), (4, 8), (8, 20), (16, 40)]


def _line(plan: Plan, rank: int) -> str:
    """Return a rank's order in the words of the released code's log."""
    ranks = len(plan.ranks)
    each = plan.micro_batches // len(plan.holders)

    def word(operation: Operation) -> str:
        if len(plan.holders) == 2:
            stream = operation.direction ^ (rank >= ranks // 2)
        else:
            stream = operation.stage >= ranks
        return f"{operation.kind}{int(stream)}.{operation.micro_batch % each}"

    return " ".join("&".join(map(word, slot)) for slot in plan.ranks[rank])


@pytest.mark.parametrize("key", RELEASED)
def test_the_order_is_the_one_that_the_released_code_took(key: str) -> None:
    name, ranks, micro_batches = key.split()
    make = {"dualpipe": dual_pipe, "dualpipev": dual_pipe_v}[name]
    stages = int(ranks) * (2 if name == "dualpipev" else 1)
    plan = make(stages, int(micro_batches))
    lines = [_line(plan, rank) for rank in range(len(plan.ranks))]
    for line, released in zip(lines, RELEASED[key].get("orders", lines), strict=True):
        assert line == released
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert digest == RELEASED[key]["digest"]


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(("stages", "micro_batches"), SIZES)
def test_equal_times_give_the_published_bubble_and_peak_on_every_rank(
    name: str, stages: int, micro_batches: int
) -> None:
    if name == "interleaved" and stages == 2:
        with pytest.raises(ValueError, match="stages is 2"):
            SCHEDULES[name].plan(stages, micro_batches)
        return
    made = SCHEDULES[name]
    timeline = run(made.plan(stages, micro_batches))
    assert set(timeline.bubbles) == {made.bubble(stages, EQUAL_TIMES)}
    if made.peak_chunks is not None:
        assert max(timeline.peak_chunks) == made.peak_chunks(stages, micro_batches)


def test_the_published_example_takes_66() -> None:
    timeline = run(dual_pipe(8, 20))
    assert timeline.makespan == 66
    assert {timeline.busy(rank) for rank in range(8)} == {60}


@pytest.mark.parametrize("weight", [0.5, 1.0])
@pytest.mark.parametrize("name", ["gpipe", "1f1b", "interleaved", "zb1p"])
def test_one_way_formulas_hold_while_the_weights_part_is_no_longer_than_the_others(
    name: str, weight: float
) -> None:
    times = ChunkTimes(forward=1, input_backward=1.5, weight_backward=weight, pair=9)
    timeline = run(SCHEDULES[name].plan(8, 20), times)
    wanted = SCHEDULES[name].bubble(8, times)
    assert max(timeline.bubbles) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("name", ["dualpipe", "dualpipev"])
@pytest.mark.parametrize("pair", [1.8, 2.4, 2.8])
def test_a_shorter_pair_leaves_the_formula_as_an_upper_bound(
    name: str, pair: float
) -> None:
    times = ChunkTimes(forward=1, input_backward=1, weight_backward=0.8, pair=pair)
    timeline = run(SCHEDULES[name].plan(8, 20), times)
    assert max(timeline.bubbles) <= SCHEDULES[name].bubble(8, times) + 1e-9


@pytest.mark.parametrize("name", SCHEDULES)
def test_sending_only_lengthens_a_step(name: str) -> None:
    plan = SCHEDULES[name].plan(8, 20)
    slow = run(plan, replace(EQUAL_TIMES, between_ranks=0.25))
    assert slow.makespan > run(plan).makespan


def test_a_dependency_never_starts_before_what_it_needs_has_ended() -> None:
    timeline = run(dual_pipe(8, 20), replace(EQUAL_TIMES, between_ranks=0.5))
    ended = {
        (operation.kind == "F", operation.micro_batch, operation.stage): end
        for rank, slots in enumerate(timeline.plan.ranks)
        for slot, end in zip(slots, timeline.ends(rank), strict=True)
        for operation in slot
        if operation.kind != "W"
    }
    assert len(ended) == 2 * 20 * 8
    for (forward, m, stage), end in ended.items():
        before = (True, m, stage - 1) if forward else (False, m, stage + 1)
        if before in ended:
            assert end >= ended[before] + 0.5 + 1


@pytest.mark.parametrize(
    ("make", "sizes", "said"),
    [
        (dual_pipe, (7, 20), "stages is 7: must be even"),
        (dual_pipe, (8, 21), "micro_batches is 21: must be even"),
        (dual_pipe, (8, 14), "micro_batches is 14: must be at least two for each"),
        (dual_pipe_v, (7, 20), "stages is 7: must be even"),
        (dual_pipe_v, (8, 7), "micro_batches is 7: must be at least two for each"),
        (interleaved, (7, 20), "stages is 7: must be a multiple"),
        (interleaved, (8, 21), "micro_batches is 21: must be a multiple of the 4"),
        (gpipe, (1, 4), "stages is 1: must be a whole number, 2"),
        (zero_bubble, (4, 0), "micro_batches is 0: must be a whole number, 1"),
        (one_forward_one_backward, (4, 2.5), "micro_batches is 2.5: must be a whole"),
    ],
)
def test_sizes_that_cannot_be_are_refused(make: Any, sizes: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make(*sizes)


def _changed(plan: Plan, rank: int, slots: Any) -> Plan:
    ranks = tuple(slots if at == rank else row for at, row in enumerate(plan.ranks))
    return replace(plan, ranks=ranks)


F0 = (Operation(kind=Kind.FORWARD, micro_batch=0, stage=1),)
B0 = (Operation(kind=Kind.BACKWARD, micro_batch=0, stage=1),)
F1 = (Operation(kind=Kind.FORWARD, micro_batch=1, stage=1),)
B1 = (Operation(kind=Kind.BACKWARD, micro_batch=1, stage=1),)
W1 = (Operation(kind=Kind.WEIGHT, micro_batch=1, stage=1),)
AWAY = (Operation(kind=Kind.FORWARD, micro_batch=0, stage=0),)
NOWHERE = (Operation(kind=Kind.FORWARD, micro_batch=2, stage=1),)


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ((B0, F0, F1, B1), "rank 1, B of micro-batch 0 at stage 1: comes before its f"),
        ((F0, F1, B0), "rank 1, B of micro-batch 1 at stage 1: is missing"),
        ((F0, F0, F1, B0, B1), "rank 1, F of micro-batch 0 at stage 1: is done twice"),
        ((F0, F1, B0, B1, B1), "rank 1, B of micro-batch 1 at stage 1: is done twice"),
        ((AWAY, F0, F1, B0, B1), "rank 1, F of micro-batch 0 at stage 0: is on the wr"),
        ((F0, F1, NOWHERE, B0, B1), "F of micro-batch 2 at stage 1: no such"),
        ((F0, F1, W1, B0, B1), "W of micro-batch 1 at stage 1: comes before the back"),
        (((*F0, *F1), B0, B1), "only a forward and a whole backward may overlap"),
        ((F0, (*F1, *B1), B0), "B of micro-batch 1 at stage 1: overlaps its own"),
        ((F0, (), F1, B0, B1), "rank 1 has an empty slot"),
    ],
)
def test_an_illegal_plan_is_refused_with_rank_and_operation(
    slots: Any, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        run(_changed(one_forward_one_backward(2, 2), 1, slots))


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_single_loss_or_double_is_found(name: str) -> None:
    plan = SCHEDULES[name].plan(4, 8)
    for rank, slots in enumerate(plan.ranks):
        for at in range(0, len(slots), 5):
            for changed in (slots[:at] + slots[at + 1 :], slots[: at + 1] + slots[at:]):
                with pytest.raises(ValueError, match=r"rank \d+, "):
                    run(_changed(plan, rank, changed))


def test_ranks_that_wait_for_each_other_are_named() -> None:
    # Rank 0 wants the backward of 0 before it sends the forward of 1.
    first = tuple(
        (Operation(kind=kind, micro_batch=m, stage=0),)
        for kind, m in (("F", 0), ("B", 0), ("F", 1), ("B", 1))
        for kind in [Kind(kind)]
    )
    plan = _changed(one_forward_one_backward(2, 2), 0, first)
    plan = _changed(plan, 1, (F0, F1, B0, B1))
    with pytest.raises(ValueError, match=r"rank 0, B .* waits for ever for B of micro"):
        run(plan)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"forward": 0}, "forward is 0: must be above 0"),
        ({"pair": float("nan")}, "pair is nan: must be above 0"),
        ({"between_ranks": -1}, "between_ranks is -1: must be 0 or above"),
    ],
)
def test_times_that_cannot_be_are_refused(wrong: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(EQUAL_TIMES, **wrong)


@pytest.mark.parametrize("stages", [4, 8, 16])
@pytest.mark.parametrize("part", [0.6, 0.8, 0.95])
def test_a_middle_rank_of_dual_pipe_waits_for_what_the_page_adds_up(
    stages: int, part: float
) -> None:
    times = ChunkTimes(
        forward=1.0,
        input_backward=1.05,
        weight_backward=part,
        pair=2.7,
        between_ranks=0.0,
    )
    waits = run(dual_pipe(stages, 3 * stages), times).bubbles
    # Forwards before it begins, backwards alone, and parts put off that fill waits.
    alone = times.pair - times.backward
    last = times.input_backward - times.weight_backward
    added = (stages // 2 - 1) * (times.forward + alone + last)
    assert waits[stages // 2] == pytest.approx(added)
