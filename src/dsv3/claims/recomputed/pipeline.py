"""How this package arrives at the published figures of pipeline schedules."""

from dsv3 import schedule
from dsv3.facts import fact
from dsv3.measurements import record
from dsv3.schedule import Timeline


def one_way_bubble() -> float:
    """Return the simulated bubble of 1F1B at 16 equal stages, in forward times."""
    return max(_equal("1f1b").bubbles)


def zero_bubble_bubble() -> float:
    """Return the simulated bubble of ZB1P at 16 equal stages, in forward times."""
    return max(_equal("zb1p").bubbles)


def dual_pipe_bubble() -> float:
    """Return the simulated bubble of DualPipe at 16 equal stages, in forward times."""
    return max(_equal("dualpipe").bubbles)


def dual_pipe_v_bubble() -> float:
    """Return the simulated bubble of DualPipeV at 16 equal stages, in forward times."""
    return max(_equal("dualpipev").bubbles)


def one_way_peak() -> float:
    """Most chunks alive on a rank of 1F1B, simulated."""
    return float(max(_equal("1f1b").peak_chunks))


def zero_bubble_peak() -> float:
    """Most chunks alive on a rank of ZB1P, simulated."""
    return float(max(_equal("zb1p").peak_chunks))


def dual_pipe_peak() -> float:
    """Most chunks alive on a rank of DualPipe, simulated."""
    return float(max(_equal("dualpipe").peak_chunks))


def dual_pipe_v_devices() -> float:
    """Ranks that DualPipeV takes for 16 stages."""
    return float(len(_equal("dualpipev").starts))


def step_seconds() -> float:
    """Seconds of a training step: the published parts added up."""
    parts = ("forward", "backward", "weight_backward", "overlapped", "bubble")
    return sum(
        fact(f"isca.training.{part}_seconds").numbers[0]
        for part in (*parts, "optimizer")
    )


def overlapped_seconds() -> float:
    """Seconds of the first rank's pairs, if each took as long as the traced one."""
    sizes = (
        round(fact("v3.pipeline_parallel_ways").number),
        schedule.published_micro_batches(),
    )
    count = schedule.tally(stages=sizes[0], micro_batches=sizes[1])
    traced = record("training_trace").measures["milliseconds"]["span"] / 1e3
    return float(count.pairs * traced)


def bubble_seconds() -> float:
    """Seconds that a rank waits at most, with the chunk times the step implies."""
    return max(_published_timeline().bubbles)


def _published_timeline() -> Timeline:
    """Return the published step, simulated with the chunk times it implies."""
    stages = round(fact("v3.pipeline_parallel_ways").number)
    plan = schedule.dual_pipe(stages, schedule.published_micro_batches())
    return schedule.run(plan, schedule.implied_times())


def _equal(name: str) -> Timeline:
    stages = round(fact("v3.pipeline_parallel_ways").number)
    plan = schedule.schedule(name).plan(stages, schedule.published_micro_batches())
    return schedule.run(plan)
