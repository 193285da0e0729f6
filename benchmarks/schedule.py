"""How long it takes to write a plan and to run it, for every schedule.

At the published size, 16 stages and 120 micro-batches. Times are CPU time of this
process on one thread; the schedules take turns, and each figure is the median.

    python benchmarks/schedule.py [--rounds N]
"""

import argparse
import time
from collections.abc import Callable

from turns import medians

from dsv3.measurements import write_record
from dsv3.schedule import SCHEDULES, Plan, run

STAGES, MICRO_BATCHES = 16, 120


def performance(make: Callable[[int, int], Plan]) -> Callable[[], object]:
    """Return a function that writes a plan, checks it and runs it."""
    return lambda: run(make(STAGES, MICRO_BATCHES)).makespan


def main() -> None:
    """Measure, write the record and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    start = time.perf_counter()
    ways = {name: performance(made.plan) for name, made in SCHEDULES.items()}
    found = medians(ways, rounds)
    rows = {name: float(f"{1000 * seconds:.3g}") for name, seconds in found.items()}
    operations = {
        name: sum(
            len(slot)
            for slots in made.plan(STAGES, MICRO_BATCHES).ranks
            for slot in slots
        )
        for name, made in SCHEDULES.items()
    }
    file = write_record(
        "schedule_speed",
        command="python benchmarks/schedule.py",
        threads=1,
        seconds=time.perf_counter() - start,
        settings={
            "stages": STAGES,
            "micro_batches": MICRO_BATCHES,
            "rounds": rounds,
        },
        measures={"milliseconds": rows, "operations": operations},
        packages=(),
    )
    for name, milliseconds in rows.items():
        print(f"{name:<12} {milliseconds:>8} ms  {operations[name]} operations")
    print(f"written to {file.name}")


if __name__ == "__main__":
    main()
