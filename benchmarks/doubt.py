"""How many draws of the whole bill a second: a million at once, and as a page draws.

Points, values of every assumption, the formula and its quantiles are all inside the
time. CPU time of this process on one thread; the ways take turns, and each figure is
the median.

    python benchmarks/doubt.py [--rounds N]
"""

import argparse
import time
from collections.abc import Callable

from turns import medians

from dsv3 import calculators
from dsv3.economics import cost_assumptions, program_cost
from dsv3.measurements import write_record
from dsv3.uncertainty import (
    MILLION_DRAWS,
    PAGE_DRAWS,
    bill_range,
    simulate as simulate_draws,
)
from dsv3.uncertainty.simulation import Method

PROBABILITIES = (0.05, 0.5, 0.95)
PLAIN_DRAWS = 1000


def simulated(method: Method) -> Callable[[], object]:
    """Return a function that draws a million bills and reads three quantiles."""
    assumed, known = cost_assumptions(), calculators.development_cost.defaults()
    fixed = {name: value for name, value in known.items() if name not in assumed}

    def run() -> object:
        drawn = simulate_draws(program_cost, assumed, method=method, **fixed)
        return drawn.quantiles("total_usd", *PROBABILITIES)

    return run


def one_by_one() -> None:
    """Call the plain Python function as often as `PLAIN_DRAWS` says."""
    known = calculators.development_cost.defaults()
    for _ in range(PLAIN_DRAWS):
        program_cost(**known)


def main() -> None:
    """Measure, write the record and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    start = time.perf_counter()
    ways: dict[str, tuple[Callable[[], object], int]] = {
        "sobol": (simulated("sobol"), MILLION_DRAWS),
        "latin hypercube": (simulated("latin-hypercube"), MILLION_DRAWS),
        "page, in Python": (
            lambda: bill_range(**calculators.cost_range.defaults()),
            PAGE_DRAWS,
        ),
        "plain calls": (one_by_one, PLAIN_DRAWS),
    }
    calls = {name: way for name, (way, _) in ways.items()}
    found = medians(calls, rounds, least_seconds=0.05)
    per_second = {
        name: float(f"{draws / found[name]:.3g}") for name, (_, draws) in ways.items()
    }
    seconds = {name: float(f"{taken:.3g}") for name, taken in found.items()}
    file = write_record(
        "doubt_speed",
        command="python benchmarks/doubt.py",
        threads=1,
        seconds=time.perf_counter() - start,
        settings={
            "rounds": rounds,
            "draws": {name: draws for name, (_, draws) in ways.items()},
            "assumptions": len(cost_assumptions()),
        },
        measures={"cpu_seconds": seconds, "draws_per_second": per_second},
        packages=("numpy", "scipy"),
    )
    for name, speed in per_second.items():
        print(f"{name:<18} {seconds[name]:>8} s  {speed:>12,.0f} draws a second")
    print(f"written to {file.name}")


if __name__ == "__main__":
    main()
