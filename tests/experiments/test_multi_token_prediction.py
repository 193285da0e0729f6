"""The experiment with the second prediction judges what it says it judges."""

from collections.abc import Callable
from types import ModuleType

import pytest
import torch

from dsv3.measurements import record
from dsv3.model import Transformer, tiny

SOURCE = b'''def f(x):
    """Say caf\xc3\xa9.

    Twice.
    """
    return x  # done
'''


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("multi_token_prediction")


def of_kind(experiment: ModuleType, kind: int) -> bytes:
    kinds = experiment.kinds_of(SOURCE)
    assert len(kinds) == len(SOURCE)
    pairs = zip(SOURCE, kinds, strict=True)
    return bytes(byte for byte, found in pairs if found == kind)


def test_docstrings_and_comments_are_prose(experiment: ModuleType) -> None:
    prose = of_kind(experiment, experiment.PROSE).decode()
    assert prose == '"""Say café.\n\nTwice.\n"""# done'


def test_what_runs_is_code(experiment: ModuleType) -> None:
    code = of_kind(experiment, experiment.CODE)
    assert code == b"def f(x):\n\nreturn x  \n"


def test_spaces_before_a_line_are_indentation(experiment: ModuleType) -> None:
    assert of_kind(experiment, experiment.INDENTATION) == b" " * 16


def test_the_table_holds_the_usual_follower(experiment: ModuleType) -> None:
    table = experiment.usual_followers(torch.tensor([*b"abacab"]))
    assert table[ord("a")] == ord("b")
    assert table[ord("c")] == ord("a")


def test_a_text_that_loops_is_repeated(experiment: ModuleType) -> None:
    assert experiment.repeated_share([1, 2] * 50) > 0.95
    assert experiment.repeated_share(list(range(100))) == 0


def test_a_module_that_copies_the_model_always_agrees(experiment: ModuleType) -> None:
    tokens = torch.arange(200) % 251
    held_out = experiment.HeldOut(
        tokens=tokens, kinds=torch.zeros_like(tokens), usual=torch.zeros(257).long()
    )
    model = Transformer(tiny(), torch.Generator().manual_seed(0))
    before = experiment.judgement(model, held_out, 2)
    assert before["agreement_share"] < 0.5
    with torch.no_grad():
        model.lm_head.weight.zero_()  # both choose the first token, always
    after = experiment.judgement(model, held_out, 2)
    assert after["agreement_share"] == after["prose_agreement_share"] == 1
    assert after["pair_agreement_share"] == 1
    assert after["second_loss"] == pytest.approx(after["next_loss"])


def test_prompts_end_in_their_kind(experiment: ModuleType) -> None:
    tokens = torch.arange(400)
    kinds = (tokens >= 300).long()
    held_out = experiment.HeldOut(tokens=tokens, kinds=kinds, usual=tokens)
    for kind in (0, 1):
        prompts = experiment.prompts_of(held_out, kind, 5)
        assert len({tuple(prompt) for prompt in prompts}) == 5
        assert all((prompt[-1] >= 300) == bool(kind) for prompt in prompts)


def test_measures_are_rounded_and_counts_are_not(experiment: ModuleType) -> None:
    found = experiment.rounded({"loss": 1.23456, "curve": [12345.6], "steps": 12345})
    assert found == {"loss": 1.235, "curve": [12350.0], "steps": 12345}


def test_the_record_holds_both_ways_of_every_seed(experiment: ModuleType) -> None:
    kept = record("multi_token_prediction")
    arms = [kept.measures[name] for name in ("with_module", "without_module")]
    seeds = [[run["seed"] for run in arm] for arm in arms]
    assert seeds[0] == seeds[1] == list(range(kept.settings["seeds"]))
    for run in (*arms[0], *arms[1]):
        assert run["curve"]["step"][-1] == kept.settings["steps"]
        assert run["held_out"]["next_loss"] < 2
    assert kept.settings["passage"] == experiment.PASSAGE
    assert len(arms[0][0]["passage_agreed"]) == len(experiment.PASSAGE) - 2


def test_every_text_of_the_record_is_the_greedy_one() -> None:
    for run in record("multi_token_prediction").measures["with_module"]:
        for text in run["decoded"].values():
            assert text["same_texts"] == text["texts"] > 0
            # A pass yields one token, and one more where its draft was accepted.
            assert 1 < text["tokens_per_pass"] < 1 + text["acceptance_share"]
