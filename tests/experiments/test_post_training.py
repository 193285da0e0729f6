"""The post-training experiment judges what it says, and its record holds together."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from types import ModuleType

import pytest
import torch

from dsv3.learning import additions, small_policy
from dsv3.measurements import record
from dsv3.model import Transformer

ARMS = {
    *("published", "group_4", "group_64", "no_clipping", "no_distance"),
    *("per_token", "one_update"),
}


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("post_training")


def test_each_arm_changes_one_thing(experiment: ModuleType) -> None:
    plain = experiment.PUBLISHED
    assert set(experiment.ARMS) == ARMS
    for name, how in experiment.ARMS.items():
        fields = ("group_size", "updates_per_step", "learning_rate", "answers_per_step")
        inside = ("clip_range", "kl_coefficient", "per_token")
        changed = [
            field for field in fields if getattr(how, field) != getattr(plain, field)
        ]
        changed += [
            field
            for field in inside
            if getattr(how.policy, field) != getattr(plain.policy, field)
        ]
        assert len(changed) == (name != "published"), name
    assert experiment.ARMS["no_clipping"].policy.clip_range == math.inf
    assert experiment.ARMS["no_distance"].policy.kl_coefficient == 0


def test_the_distance_from_itself_is_nothing_and_from_another_is_something(
    experiment: ModuleType,
) -> None:
    one, other = (
        Transformer(small_policy(16), torch.Generator().manual_seed(seed))
        for seed in (0, 1)
    )
    with torch.no_grad():
        for model in (one, other):
            model.lm_head.weight.mul_(5)
    assert experiment.distance_nats(one, one) == 0
    assert experiment.distance_nats(one, other) > 0.1


def test_a_careless_model_is_found_out(
    experiment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = [one for one in additions()[1] if one.carries]
    answers = [list(experiment.addition_tokens(one.careless_answer)) for one in carried]
    answers[0] = list(experiment.addition_tokens(carried[0].answer))
    monkeypatch.setattr(experiment, "generate", lambda *_args, **_words: answers)
    share = experiment.careless_share(None, carried)
    assert share == pytest.approx(1 - 1 / len(carried))


def test_a_small_run_writes_a_whole_record(
    experiment: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["--tuning-steps", "2", "--steps", "1", "--student-steps", "2"]
    experiment.main(["--seeds", "1", *few, "--every", "1", "--folder", str(tmp_path)])
    made = json.loads((tmp_path / "post_training.json").read_text(encoding="utf-8"))
    (run,) = made["measures"]["runs"]
    assert set(run["reinforcement"]) == ARMS
    assert len(run["imitation"]["loss"]) == 2
    # Before its first step a policy is its own reference.
    assert run["reinforcement"]["published"]["kl_nats"] == [0.0]
    assert "seed 0, imitation" in capsys.readouterr().err


def test_the_first_answers_are_those_of_the_recorded_run() -> None:
    kept = record("post_training_answers")
    step, groups = kept.measures["reward"], kept.measures["groups"]
    run = record("post_training").measures["runs"][kept.settings["seed"]]
    assert step == run["reinforcement"]["published"]["reward"][0]
    assert fmean(fmean(one["rewards"]) for one in groups) == pytest.approx(
        step, abs=5e-4
    )
    for one in groups:
        first, second = one["question"].rstrip("=").split("+")
        right = f"{int(first) + int(second)}."
        assert one["right_answer"] == right
        assert len(one["answers"]) == kept.settings["group_size"]
        for answer, reward in zip(one["answers"], one["rewards"], strict=True):
            assert answer.startswith(right) == bool(reward)
        assert sum(one["advantages"]) == pytest.approx(0, abs=0.1)


def test_a_small_run_writes_the_first_answers(
    experiment: ModuleType, tmp_path: Path
) -> None:
    words = ["--first-answers", "--tuning-steps", "2", "--every", "1"]
    experiment.main([*words, "--folder", str(tmp_path)])
    made = json.loads(
        (tmp_path / "post_training_answers.json").read_text(encoding="utf-8")
    )
    answers = [len(one["answers"]) for one in made["measures"]["groups"]]
    assert answers == [16] * 8


def test_the_record_has_every_arm_of_every_seed() -> None:
    kept = record("post_training")
    runs = kept.measures["runs"]
    assert [run["seed"] for run in runs] == list(range(kept.settings["seeds"]))
    assert len(runs) >= 3
    for run in runs:
        assert set(run["reinforcement"]) == ARMS
        for arm in run["reinforcement"].values():
            for curve in ("reward", "kl_nats", "telling_share", "clipped_share"):
                assert len(arm[curve]) == kept.settings["steps"]


def test_the_record_says_what_the_page_says() -> None:
    runs = record("post_training").measures["runs"]
    for run in runs:
        before, after = (
            stage["held_out"]["carried_share"]
            for stage in (run["imitation"], run["reinforcement"]["published"])
        )
        assert after > before + 0.3
        assert max(run["reinforcement"]["one_update"]["clipped_share"]) == 0
        assert run["reinforcement"]["no_clipping"]["clipped_share"][-1] == 0
        students = run["distillation"]
        checked, shown = (
            students[name]["held_out"]["sampled_share"]
            for name in ("checked_texts", "demonstrations")
        )
        assert checked > shown


def test_what_the_rule_accepts_is_as_much_as_the_teacher_gets_right() -> None:
    for run in record("post_training").measures["runs"]:
        rewards = run["reinforcement"]["published"]["reward"][-10:]
        assert run["distillation"]["kept_share"] == pytest.approx(
            fmean(rewards), abs=0.15
        )
