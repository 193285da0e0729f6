"""A trial that cannot be is refused before a process starts, in one line."""

import sys
from typing import Any

import pytest

from dsv3.parallel import Outcome, Trial
from dsv3.parallel.__main__ import main

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"ranks": 3}, "world_size is 3: must be a multiple of ranks_per_node, 2"),
    ({"ranks": 0}, "ranks is 0: must be at least 1"),
    ({"n_routed_experts": 30}, "n_routed_experts is 30: must be a multiple of the 4"),
    ({"node_limit": 3}, "topk_group is 3: must be"),
    ({"num_experts_per_tok": 40}, "num_experts_per_tok is 40: must be"),
    ({"tokens_per_rank": 0}, "tokens_per_rank is 0: must be at least 1"),
    ({"hidden_size": 0}, "hidden_size is 0: must be at least 1"),
    ({"rounds": -1}, "rounds is -1: must be at least 0"),
    ({"dispatched": "fp4"}, "dispatched is 'fp4': must be one of exact, bf16, fp8"),
    ({"combined": "fp4"}, "combined is 'fp4': must be one of exact, bf16, fp8"),
    ({"deduplication": "gpu"}, "deduplication is 'gpu': must be one of node"),
    ({"precision": "half"}, "precision is 'half': must be one of float64"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_what_does_not_fit_is_refused_when_it_is_asked(
    wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        Trial(**wrong)


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_and_at_the_prompt(
    wrong: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((name, value),) = wrong.items()
    option = f"--{name.replace('_', '-')}={value}"
    monkeypatch.setattr(sys, "argv", ["expert_parallel", option])
    with pytest.raises(SystemExit, match=f"^error: {said}"):
        main()


def test_a_rank_without_its_numbers_says_how_to_start_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["expert_parallel"])
    monkeypatch.setenv("WORLD_SIZE", "many")
    with pytest.raises(SystemExit, match=r"WORLD_SIZE is 'many': .*torchrun"):
        main()


def test_bytes_between_and_within_nodes_are_all_but_the_kept() -> None:
    matrix = [[10 * a + b for b in range(4)] for a in range(4)]
    outcome = Outcome(
        trial=Trial(),
        errors={},
        handed_bytes={"dispatch": matrix, "combine": matrix},
        chosen_experts=[],
        round_seconds=[],
        round_cpu_seconds=[],
    )
    assert outcome.nvlink_bytes("dispatch") == 1 + 10 + 23 + 32
    assert outcome.network_bytes("dispatch") == 2 + 3 + 12 + 13 + 20 + 21 + 30 + 31
    assert outcome.moved_bytes("dispatch", "combine")[0] == [0, 2, 4, 6]
