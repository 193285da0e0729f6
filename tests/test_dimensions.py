"""Formulas run on quantities with units return what their names promise."""

from typing import Any

import pint

from dsv3 import economics, roofline, training

units: Any = pint.UnitRegistry()
units.define("GPU = [gpu]")
units.define("FLOP = [work]")
units.define("token = [text]")
units.define("USD = [money]")

PEAK = 1e15 * units.FLOP / units.second / units.GPU
HOURS = 100.0 * units.GPU * units.hour


def test_gpu_hours_are_gpus_times_time() -> None:
    found: Any = training.gpu_hours(
        training_flop=1e20 * units.FLOP, peak_flop_per_s=PEAK, utilization=0.4
    )
    assert found.check("[gpu] * [time]")


def test_days_are_time() -> None:
    found: Any = training.wall_clock_days(
        gpu_hours=HOURS / units.GPU, cluster_gpus=2048
    )
    assert found.check("[time]")


def test_a_utilisation_is_a_pure_number() -> None:
    found: Any = training.implied_utilization(
        training_flop=1e20 * units.FLOP, gpu_hours=HOURS, peak_flop_per_s=PEAK
    )
    assert found.check("[]")


def test_a_bill_is_money() -> None:
    rate = 2.0 * units.USD / units.GPU / units.hour
    found: Any = economics.rental_cost(gpu_hours=HOURS, usd_per_gpu_hour=rate)
    assert found.total_usd.check("[money]")


def test_a_ridge_is_work_over_bytes() -> None:
    found: Any = roofline.ridge_flop_per_byte(
        peak_flop_per_s=PEAK, bytes_per_s=3e12 * units.byte / units.second / units.GPU
    )
    assert found.check("[work] / byte")


def test_a_missing_unit_is_caught() -> None:
    found: Any = training.gpu_hours(
        training_flop=1e20 * units.FLOP,
        peak_flop_per_s=1e15 * units.FLOP / units.GPU,
        utilization=0.4,
    )
    assert not found.check("[gpu] * [time]")


def test_a_run_keeps_work_and_rate_apart() -> None:
    run: Any = training.run(
        tokens=1e12 * units.token,
        training_flop_per_token=1e9 * units.FLOP / units.token,
        peak_flop_per_s=PEAK,
        utilization=0.4,
        cluster_gpus=8,
    )
    assert run.training_flop.check("[work]")
    assert run.gpu_hours.check("[gpu] * [time]")
    assert run.achieved_flop_per_s.check("[work] / [time] / [gpu]")
