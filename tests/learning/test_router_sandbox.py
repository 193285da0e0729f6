import statistics
from typing import Any

import pytest

from dsv3.accounting import expected_groups
from dsv3.learning.router_sandbox import (
    CHOSEN,
    EXPERTS,
    NODE_LIMIT,
    NODES,
    TOKENS,
    router_history,
)


def test_every_token_visits_its_experts_and_at_most_two_nodes() -> None:
    for step in router_history(method="bias", strength=0.01, steps=6):
        assert sum(step.load_E) == TOKENS * CHOSEN
        assert step.nodes_per_token <= NODE_LIMIT


def test_without_the_limit_tokens_visit_about_as_many_nodes_as_a_blind_draw() -> None:
    blind = expected_groups(
        n_routed_experts=EXPERTS, num_experts_per_tok=CHOSEN, n_group=NODES
    )
    first = router_history(method="none", node_limit=False, steps=1)[0]
    assert first.nodes_per_token == pytest.approx(blind, rel=0.1)


def test_the_bias_evens_the_load_and_nothing_does_not() -> None:
    def late(method: Any, strength: float) -> float:
        history = router_history(
            method=method, strength=strength, steps=90, shock_step=90
        )
        return statistics.fmean(step.max_violation for step in history[-20:])

    assert late("bias", 0.01) < late("none", 0.0) / 2


def test_a_hot_topic_unsettles_a_balanced_router() -> None:
    history = router_history(
        method="bias", strength=0.01, steps=70, shock_step=60, hot_share=0.6
    )
    before = statistics.fmean(step.max_violation for step in history[50:60])
    assert history[60].max_violation > 2 * before


def test_the_same_settings_give_the_same_history() -> None:
    once = router_history(method="loss", strength=0.1, steps=5)
    router_history.cache_clear()
    assert router_history(method="loss", strength=0.1, steps=5) == once


def test_the_task_is_learned() -> None:
    history = router_history(method="none", steps=60, shock_step=60)
    assert history[-1].error_share < 0.2 * history[0].error_share


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"method": "luck"}, "method is 'luck': must be one of"),
        ({"strength": -1.0}, "strength is -1.0: must be from 0 to 1"),
        ({"hot_share": 2.0}, "hot_share is 2.0: must be from 0 to 1"),
        ({"steps": 0}, "steps is 0: must be at least 1"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        router_history(**wrong)
