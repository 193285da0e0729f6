"""Time ways of doing one thing in turns, so that a busy machine slows all alike."""

import statistics
import time
from collections.abc import Callable, Mapping

Way = Callable[[], object]


def cpu_seconds(way: Way, calls: int = 1) -> float:
    """Return the CPU time of one call, the mean of several."""
    start = time.process_time()
    for _ in range(calls):
        way()
    return (time.process_time() - start) / calls


def medians(
    ways: Mapping[str, Way], rounds: int, *, least_seconds: float = 0.0
) -> dict[str, float]:
    """Return each way's median seconds; they take turns after a warm-up.

    A way that takes less than ``least_seconds`` is called so often in a turn that
    the clock can see it.
    """
    calls = {
        name: max(1, round(least_seconds / max(cpu_seconds(way), 1e-5)))
        for name, way in ways.items()
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(cpu_seconds(way, calls[name]))
    return {name: statistics.median(values) for name, values in times.items()}
