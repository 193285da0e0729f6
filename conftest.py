"""What holds for every test run: no proof may be skipped unseen."""

import os

import pytest


def _number_skipped(config: pytest.Config) -> int:
    """Return how many tests of this run were skipped."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", [])) if reporter else 0


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run of the continuous integration that skipped anything."""
    if hasattr(session.config, "workerinput") or not os.environ.get("CI"):
        return
    if _number_skipped(session.config) and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many tests were skipped, and that it matters where it does."""
    number = _number_skipped(config)
    verdict = " (CI is set: this run fails)" if number and os.environ.get("CI") else ""
    terminalreporter.write_line(f"tests skipped: {number}{verdict}")
