"""A run that is killed, anywhere, ends bit for bit like one that never was."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from dsv3.learning.training_folder import LOCK_NAME, training_run
from dsv3.learning.training_loop import AVERAGE_FOLDER, Progress
from dsv3.learning.training_settings import published_settings
from dsv3.learning.training_state import STATE_NAME
from dsv3.model import checkpoint_files, load_model

STEPS, SAVE_EVERY = 5, 2
HOW = replace(published_settings(steps=STEPS), batch=2, context=24, warmup_steps=2)

ALONE = f"""
import sys
from dataclasses import replace
from pathlib import Path
import torch
from dsv3.learning.training_folder import LOCK_NAME, training_run
from dsv3.learning.training_settings import published_settings
torch.set_num_threads(1)
how = replace(
    published_settings(steps={STEPS}), batch=2, context=24, warmup_steps=2
)
def report(progress):
    print(progress.step, flush=True)
training_run(Path(sys.argv[1]), how, report=report, save_every={SAVE_EVERY})
"""
"""The same run as a process of its own, which tells its steps."""


class Killed(BaseException):
    """What a killed process would not live to see."""


def ignored(_progress: Progress) -> None:
    """Say nothing of a step."""


def left(folder: Path) -> dict[str, bytes]:
    """Return all that a run leaves, byte by byte."""
    files = {
        "state": folder / STATE_NAME,
        "weights": folder / "model.safetensors",
        "average": folder / AVERAGE_FOLDER / "model.safetensors",
    }
    return {
        f"{kind}.{name}": tensor.contiguous().view(torch.uint8).numpy().tobytes()
        for kind, file in files.items()
        for name, tensor in load_file(file).items()
        if tensor.dim()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what a run that was never stopped leaves."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("whole")
    training_run(folder, HOW, save_every=SAVE_EVERY)
    found = left(folder)
    # Weights, both moments and the average of each, and the source of chance.
    assert "state.lm_head.weight.exp_avg_sq" in found
    assert "state.lm_head.weight.average" in found
    assert "state.generator" in found
    return found


def test_a_run_is_the_same_twice_and_another_seed_is_another(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    training_run(tmp_path / "again", HOW, save_every=5)
    assert left(tmp_path / "again") == whole
    training_run(tmp_path / "other", replace(HOW, seed=1))
    assert left(tmp_path / "other") != whole


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_a_run_that_dies_after_any_step_goes_on_exactly(
    step: int, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    def die(progress: Progress) -> None:
        if progress.step == step:
            raise Killed

    with pytest.raises(Killed):
        training_run(tmp_path, HOW, report=die, save_every=SAVE_EVERY)
    training_run(tmp_path, HOW, save_every=SAVE_EVERY)
    assert left(tmp_path) == whole


def writes(monkeypatch: pytest.MonkeyPatch, death: int) -> Iterator[int]:
    """Yield the number of renames so far; the one of the given number kills."""
    seen = [0]
    rename, remove = Path.replace, shutil.rmtree

    def tidy(folder: Path, **how: bool) -> None:
        if seen[0] < death:
            remove(folder, **how)

    def dying(self: Path, target: Path) -> Path:
        seen[0] += 1
        if seen[0] == death:
            raise Killed
        return rename(self, target)

    with monkeypatch.context() as patched:
        # A killed process does not tidy up either.
        patched.setattr(checkpoint_files, "rmtree", tidy)
        patched.setattr(Path, "replace", dying)
        yield seen[0]


# A save renames five files: the state, and weights and config of model and average.
@pytest.mark.parametrize("death", range(1, 11))
def test_a_run_that_dies_between_two_files_goes_on_exactly(
    death: int,
    tmp_path: Path,
    whole: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in writes(monkeypatch, death):
        with pytest.raises(Killed):
            training_run(tmp_path, HOW, save_every=SAVE_EVERY)
    assert list(tmp_path.rglob(f"*{checkpoint_files.PARTIAL_SUFFIX}"))
    training_run(tmp_path, HOW, save_every=SAVE_EVERY)
    assert left(tmp_path) == whole
    assert not list(tmp_path.rglob(f"*{checkpoint_files.PARTIAL_SUFFIX}"))


def alone(folder: Path, wait: Callable[["subprocess.Popen[str]"], object]) -> int:
    """Run the training as a process, and kill it when a wait is over."""
    command = [sys.executable, "-c", ALONE, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    with process:
        wait(process)
        process.send_signal(signal.SIGKILL)
    return process.returncode


def step_told(process: "subprocess.Popen[str]") -> int:
    """Return the next step that a process tells of; 0 if it tells no more."""
    assert process.stdout is not None
    return int(process.stdout.readline() or 0)


def test_a_process_killed_again_and_again_ends_exactly(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    told: list[int] = []
    for _ in range(3):
        doomed = chance.randint(1, 2)

        def wait(process: "subprocess.Popen[str]", steps: int = doomed) -> None:
            told.extend(step_told(process) for _ in range(steps))
            time.sleep(chance.random() * 0.1)

        assert alone(tmp_path, wait) in {-signal.SIGKILL, 0}, f"seed {seed}"
    training_run(tmp_path, HOW, save_every=SAVE_EVERY)
    assert left(tmp_path) == whole, f"seed {seed}, steps {told}"


LIMITED = (
    "import resource;"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY));"
)
"""A process that may write no file above three megabytes; the state is larger."""


def test_a_disk_that_takes_no_more_loses_nothing(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    def die(progress: Progress) -> None:
        if progress.step == 3:
            raise Killed

    with pytest.raises(Killed):
        training_run(tmp_path, HOW, report=die, save_every=SAVE_EVERY)
    before = {
        file: file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()
    }
    assert max(map(len, before.values())) > 3_000_000
    command = [sys.executable, "-c", LIMITED + ALONE, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    said = ended.stderr.splitlines()[-1]
    assert "ValueError: file is" in said
    assert "it cannot be written, and what was there is as it was" in said
    assert os.strerror(27) in said  # a file too large
    after = {
        file: file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()
    }
    assert after == before
    training_run(tmp_path, HOW, save_every=SAVE_EVERY)
    assert left(tmp_path) == whole


def test_what_is_left_can_be_loaded_and_used(tmp_path: Path) -> None:
    model = training_run(tmp_path, replace(HOW, steps=3)).model
    loaded = load_model(tmp_path)
    assert torch.equal(loaded.lm_head.weight, model.lm_head.weight)
    averaged = load_model(tmp_path / AVERAGE_FOLDER)
    assert not torch.equal(averaged.lm_head.weight, model.lm_head.weight)


def damaged(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    """Change the tensors of a saved state, and keep what it says of itself."""
    file = folder / STATE_NAME
    tensors = load_file(file)
    with safe_open(file, framework="pt") as opened:
        metadata = opened.metadata()
    change(tensors)
    save_file(tensors, file, metadata=metadata)


def flipped(tensors: dict[str, torch.Tensor]) -> None:
    """Change the last bit of one weight."""
    weight = tensors["lm_head.weight"].view(torch.int32)
    weight[0, 0] ^= 1


def disordered(tensors: dict[str, torch.Tensor]) -> None:
    """Fill the state of chance with other bytes."""
    tensors["generator"].fill_(7)


def backwards(tensors: dict[str, torch.Tensor]) -> None:
    """Claim a step before the first."""
    tensors["step"].fill_(-5)


@pytest.mark.parametrize("change", [flipped, disordered, backwards])
def test_a_damaged_state_is_refused(
    change: Callable[[dict[str, torch.Tensor]], None], tmp_path: Path
) -> None:
    training_run(tmp_path, replace(HOW, steps=1))
    damaged(tmp_path, change)
    with pytest.raises(ValueError, match="the checksum differs"):
        training_run(tmp_path, replace(HOW, steps=1))


def test_what_a_library_left_in_a_killed_save_goes(tmp_path: Path) -> None:
    room = tmp_path / f"{STATE_NAME}{checkpoint_files.PARTIAL_SUFFIX}"
    room.mkdir()
    (room / ".tmpAbC123").write_bytes(b"half a save")
    training_run(tmp_path, replace(HOW, steps=1))
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {
        STATE_NAME,
        AVERAGE_FOLDER,
        "model.safetensors",
        "config.json",
    }


def test_a_save_can_be_read_by_whom_a_new_file_can(tmp_path: Path) -> None:
    training_run(tmp_path, replace(HOW, steps=1))
    (tmp_path / "new").touch()
    modes = {file.stat().st_mode for file in tmp_path.iterdir() if file.is_file()}
    assert len(modes) == 1


def test_a_second_process_is_told_of_the_first(tmp_path: Path) -> None:
    def intrude(_progress: Progress) -> None:
        command = [sys.executable, "-c", ALONE, str(tmp_path)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 1
        assert f"process {os.getpid()} trains into it" in run.stderr

    training_run(tmp_path, replace(HOW, steps=1), report=intrude)
    assert not (tmp_path / LOCK_NAME).exists()
