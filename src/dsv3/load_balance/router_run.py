"""Training runs of the toy mixture of experts, step by step."""

from typing import Any

from dsv3.load_balance.router_training import (
    BETA1,
    BETA2,
    EXPERTS,
    GATE,
    HIDDEN,
    INITIAL_SCALE,
    STARVED_SHARE,
    WEIGHT,
    Routed,
    RoutingRule,
    adam,
    expert_load,
    gradients,
    layer_output,
    nodes_visited,
    places,
    routed,
    topic_tokens,
    weighted_sum,
)
from explorables import arrays as ar
from explorables.arrays import Array

BALANCINGS = ("none", "loss", "bias")
"""What keeps experts busy: nothing, the classic auxiliary loss, V3's bias."""

MOST_STEPS = 400


def router_run(
    *,
    balancing: Any = "bias",
    strength: Array = 0.02,
    experts: Array = 32.0,
    top_k: Array = 4.0,
    groups: Array = 8.0,
    node_limit: Array = 2.0,
    learning_rate: Array = 0.02,
    hot_share: Array = 0.4,
    hot_step: Array = 120.0,
    seed: Array = 0.0,
    steps: Array = 240.0,
) -> ar.Run:
    """Train gate and experts together, by Adam, and tell what every step did.

    `strength` is the loss's factor, or by how much the bias moves a step. From
    `hot_step` on `hot_share` of the tokens are about a topic that was rare. Every step
    tells the load of each expert, and over the mean (-1 for an empty place); MaxVio,
    starved experts, nodes a token visits; the error as a share of doing nothing; mean
    and standard deviation of the bias.

    Examples
    --------
    >>> run = router_run(steps=2)
    >>> run.told["load"].sum(axis=1).tolist()
    [1024.0, 1024.0]
    """
    rule = RoutingRule(
        experts=experts, top_k=top_k, groups=groups, node_limit=node_limit
    )
    rule.check()
    _check(strength, learning_rate, hot_share, steps, seed)
    alpha = ar.where(balancing == "loss", strength, 0.0)
    speed = ar.where(balancing == "bias", strength, 0.0)

    def step(state: dict[str, Array], t: Array) -> tuple[dict[str, Array], Any]:
        tokens_MD, answers_MD = topic_tokens(
            seed, t, ar.where(t >= hot_step, hot_share, 0.0)
        )
        found = routed(tokens_MD, state["gate"], state["bias"], rule)
        outputs_EMX = layer_output(tokens_MD, state["experts"], found)
        error_MX = weighted_sum(outputs_EMX, found) - answers_MD
        slopes = gradients(tokens_MD, outputs_EMX, error_MX, found, rule, alpha=alpha)
        following = {
            **adam(state, "gate", slopes.gate_ED, learning_rate),
            **adam(state, "experts", slopes.experts_EDX, learning_rate),
            "bias": moved_bias(state["bias"], expert_load(found), rule, speed),
            "beta1": state["beta1"] * BETA1,
            "beta2": state["beta2"] * BETA2,
        }
        share = ar.mean(error_MX * error_MX) / ar.mean(answers_MD * answers_MD)
        return following, {**told(found, state["bias"], rule), "error_share": share}

    return ar.scan(step, initial_state(seed), steps, bound=MOST_STEPS)


def _check(
    strength: Array, learning_rate: Array, hot_share: Array, steps: Array, seed: Array
) -> None:
    def within(name: str, value: Array, low: float, high: float) -> None:
        inside = ar.both(value >= low, value <= high)
        ar.require(name, value, inside, f"must be from {low:g} to {high:g}")

    rule = "must be above 0: without it nothing learns"
    ar.require("learning_rate", learning_rate, learning_rate > 0.0, rule)
    within("strength", strength, 0.0, 1.0)
    within("hot_share", hot_share, 0.0, 1.0)
    within("steps", steps, 1.0, MOST_STEPS)
    within("seed", seed, 0.0, 2.0**32 - 1.0)


def initial_state(seed: Array) -> dict[str, Array]:
    """Return random weights, no bias, and Adam's moments at rest."""
    gate = INITIAL_SCALE * ar.normal(seed, 0.0, (EXPERTS, HIDDEN), stream=GATE)
    shape = (EXPERTS, HIDDEN, HIDDEN)
    experts = INITIAL_SCALE * ar.normal(seed, 0.0, shape, stream=WEIGHT)
    return {
        "gate": gate,
        "gate_mean": gate * 0.0,
        "gate_square": gate * 0.0,
        "experts": experts,
        "experts_mean": experts * 0.0,
        "experts_square": experts * 0.0,
        "bias": ar.iota(EXPERTS) * 0.0,
        "beta1": 1.0,
        "beta2": 1.0,
    }


def moved_bias(bias_E: Array, load_E: Array, rule: RoutingRule, speed: Array) -> Array:
    """Return the bias after a step: more for the idle, less for the busy."""
    mean = ar.total(load_E) / rule.experts
    return ar.where(places(rule.experts), bias_E + speed * ar.sign(mean - load_E), 0.0)


def told(found: Routed, bias_E: Array, rule: RoutingRule) -> dict[str, Array]:
    """Return what a page shows of a step."""
    load_E = expert_load(found)
    mean = ar.total(load_E) / rule.experts
    starved_E = ar.both(places(rule.experts), load_E < STARVED_SHARE * mean)
    bias_mean = ar.total(bias_E) / rule.experts
    away_E = ar.where(places(rule.experts), bias_E - bias_mean, 0.0)
    return {
        "max_violation": ar.largest(load_E) / mean - 1.0,
        "starved_experts": ar.count(starved_E),
        "nodes_per_token": ar.mean(nodes_visited(found.chosen_ME, rule.groups)),
        "bias_mean": bias_mean,
        "bias_spread": ar.sqrt(ar.total(away_E * away_E) / rule.experts),
        "load": load_E,
        "load_ratio": ar.where(places(rule.experts), load_E / mean, -1.0),
    }
