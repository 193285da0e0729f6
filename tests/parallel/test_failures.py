"""Whatever goes wrong on a rank is one line within seconds, and nobody is left over."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dsv3.parallel import join_group, run_ranks

JOBS = Path(__file__).with_name("jobs_on_ranks.py")
MOST_SECONDS = 15


@pytest.fixture(scope="module")
def found() -> Any:
    run = subprocess.run(
        [sys.executable, "-W", "error", str(JOBS)],
        capture_output=True,
        check=False,
        text=True,
        timeout=240,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize(
    ("job", "said"),
    [
        # Gone: the others notice at once.
        ("killed", "rank 1 of 2 was killed by SIGKILL"),
        ("raises", "rank 1 of 2: ValueError: token is 7: must be from 0 to 6"),
        # Silent: after the patience of the others, and 2 s of grace.
        ("silent", "rank 0 of 2: greeting straight broke off, rank 1 gone or silent"),
        ("leaves", "rank 1 of 2 exit 3"),
        ("too_few", r"rank [01] of 3: not all ranks joined within 1\.5 s: WORLD_SIZE"),
        ("endless", "rank 0, 1 of 2 did not end: must end within 1 s"),
    ],
)
def test_a_lost_rank_is_named_within_seconds(found: Any, job: str, said: str) -> None:
    took, message = found[job]
    assert re.match(said, message)
    assert "\n" not in message
    assert took < MOST_SECONDS


def test_ranks_that_stay_hear_one_another(found: Any) -> None:
    assert found["done"] == [0, 1]


def test_no_rank_is_left_over(found: Any) -> None:
    assert found["left over"] == 0


@pytest.mark.parametrize(
    ("way", "least"),
    [
        ("fp8, exact, node", 0.01),
        ("exact, bf16, node", 1e-3),
        ("exact, bf16, expert", 1e-3),
    ],
)
def test_rows_are_rounded_where_they_travel_and_nowhere_else(
    found: Any, way: str, least: float
) -> None:
    from_rounded, from_exact = found["rounding"][way]
    assert from_rounded < 1e-14
    assert least < from_exact < 0.1


def test_a_rank_that_dies_under_torchrun_ends_the_run() -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    run = subprocess.run(
        [*torchrun, "--nproc-per-node=2", str(JOBS), "killed"],
        capture_output=True,
        check=False,
        text=True,
        timeout=240,
    )
    ended = time.time()
    assert run.returncode != 0
    assert "Signal 9 (SIGKILL)" in run.stderr
    # Not from the start: to start takes as long as the machine is busy.
    killed = re.search(r"killed at ([\d.]+)", run.stderr)
    assert killed
    assert ended - float(killed[1]) < MOST_SECONDS


def test_a_process_that_is_no_rank_says_how_to_become_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RANK", raising=False)
    with (
        pytest.raises(ValueError, match=r"RANK is '': must be set .* torchrun"),
        join_group(ranks_per_node=1, n_routed_experts=1),
    ):
        pass


def test_a_rank_whose_group_does_not_come_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Port 0: whatever is free.
    given = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
    for name, value in (given | {"MASTER_PORT": "0"}).items():
        monkeypatch.setenv(name, value)
    with (
        pytest.raises(ConnectionError, match="rank 0 of 2: not all ranks joined"),
        join_group(ranks_per_node=1, n_routed_experts=2, patience_s=0.5),
    ):
        pass


def test_no_ranks_are_refused() -> None:
    with pytest.raises(ValueError, match="ranks is 0: must be at least 1"):
        run_ranks(list, ranks=0)
