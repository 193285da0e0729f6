"""A mixture of experts that learns, small enough to train in a page.

Tokens are about topics of unequal popularity, one of which turns hot; one expert layer
learns to answer them. The gate is that of DeepSeek-V3 [deepseekai2024v3]_ (section
2.1.2): sigmoid scores, a bias for the choice alone, groups ranked by their two best,
weights from the plain scores. The experts are single matrices. Written in the arrays of
the engine, so that the page trains the same model to the same bits.

There are places for 32 experts, four on each of eight nodes; fewer experts leave places
empty, and fewer groups join neighbouring nodes.
"""

from dataclasses import dataclass

from explorables import arrays as ar
from explorables.arrays import Array

NODES, PLACES = 8, 4
EXPERTS = NODES * PLACES
TOPICS, HIDDEN, TOKENS = 24, 16, 256
NOISE, INITIAL_SCALE = 0.5, 0.2
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
"""Adam's usual constants."""

NOWHERE = -1e30
"""Score of a place that cannot be chosen; finite, because infinities give NaN."""

STARVED_SHARE = 0.1
"""An expert with less than this share of the mean load is starved."""

GATE, WEIGHT, CENTRE, ANSWER, TOPIC, TOKEN = range(6)
"""Streams of random numbers, one for each use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRule:
    """How a token's experts are chosen; every number may be recorded."""

    experts: Array
    top_k: Array
    groups: Array

    node_limit: Array
    """Groups that a token may reach."""

    def check(self) -> None:
        """Refuse what leaves too few experts."""
        in_group = self.experts / self.groups
        names = ("experts", self.experts), ("groups", self.groups)
        for name, value in names:
            options = (8.0, 16.0, 32.0) if name == "experts" else (2.0, 4.0, 8.0)
            known = ar.either(value == options[0], value == options[1])
            known = ar.either(known, value == options[2])
            ar.require(name, value, known, f"must be one of {_words(options)}")
        rule = "must leave at least 2 experts to a group"
        ar.require("groups", self.groups, in_group >= 2.0, rule)
        for name, value in (("top_k", self.top_k), ("node_limit", self.node_limit)):
            whole = ar.both(value >= 1.0, ar.floor(value) == value)
            ar.require(name, value, whole, "must be a whole number from 1")
        rule = "must be at most the number of groups"
        ar.require("node_limit", self.node_limit, self.node_limit <= self.groups, rule)
        enough = self.top_k <= self.node_limit * in_group
        rule = "must be at most the number of experts that the node limit leaves"
        ar.require("top_k", self.top_k, enough, rule)


def _words(options: tuple[float, ...]) -> str:
    return ", ".join(f"{one:g}" for one in options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """What the gate decided for every token."""

    scores_ME: Array
    chosen_ME: Array
    """Whether a token is sent to an expert."""

    gates_ME: Array
    """Weights of the chosen experts, which add up to 1; 0 for the others."""

    normalizer_M: Array
    """What the chosen scores were divided by."""


def routed(
    hidden_MD: Array, gate_ED: Array, bias_E: Array, rule: RoutingRule
) -> Routed:
    """Send tokens to experts, as `dsv3.model.Gate` does."""
    scores_ME = ar.sigmoid(ar.product(hidden_MD, ar.transpose(gate_ED)))
    biased_ME = ar.where(places(rule.experts), scores_ME + bias_E, NOWHERE)
    kept_MN = nodes_in_reach(biased_ME, rule)
    tokens = biased_ME.shape[0]
    limited_MNX = ar.where(
        kept_MN[:, :, None], ar.reshape(biased_ME, (tokens, NODES, PLACES)), NOWHERE
    )
    limited_ME = ar.reshape(limited_MNX, (tokens, EXPERTS))
    chosen_ME = ar.ranks(limited_ME) < rule.top_k
    picked_ME = ar.where(chosen_ME, scores_ME, 0.0)
    normalizer_M = ar.total(picked_ME, axis=1) + 1e-20
    return Routed(
        scores_ME=scores_ME,
        chosen_ME=chosen_ME,
        gates_ME=picked_ME / normalizer_M[:, None],
        normalizer_M=normalizer_M,
    )


def places(experts: Array) -> Array:
    """Return which of the places have an expert: the first of each node.

    Examples
    --------
    >>> places(8.0).tolist()[:5]
    [True, False, False, False, True]
    """
    at = ar.iota(EXPERTS)
    return at - PLACES * ar.floor(at / PLACES) < experts / NODES


def nodes_in_reach(biased_ME: Array, rule: RoutingRule) -> Array:
    """Return which nodes a token may use: those in its best groups.

    A group is worth the sum of its two best scores. Groups of more than one node are
    made by joining neighbours, best two with best two.
    """
    tokens = biased_ME.shape[0]
    best_MNX = ar.sorted_down(ar.reshape(biased_ME, (tokens, NODES, PLACES)))
    first, second = best_MNX[:, :, 0], best_MNX[:, :, 1]
    kept: Array = None
    for groups in (8, 4, 2):
        inside = ar.ranks(first + second) < rule.node_limit
        nodes = ar.where(inside[:, :, None], 1.0, ar.iota(NODES // groups) * 0.0)
        reach = ar.reshape(nodes, (tokens, NODES)) > 0.0
        if kept is None:
            kept = reach
        else:
            here = rule.groups == float(groups)
            kept = ar.either(ar.both(here, reach), ar.both(ar.negated(here), kept))
        left, right = first[:, ::2], first[:, 1::2]
        second = ar.maximum(
            ar.minimum(left, right), ar.maximum(second[:, ::2], second[:, 1::2])
        )
        first = ar.maximum(left, right)
    return kept


def nodes_visited(chosen_ME: Array, groups: Array) -> Array:
    """Return how many groups each token is sent to."""
    tokens = chosen_ME.shape[0]
    picked = ar.reshape(ar.where(chosen_ME, 1.0, 0.0), (tokens, NODES, PLACES))
    used = ar.largest(picked, axis=2)
    visited = ar.total(used, axis=1)
    for joined in (4, 2):
        used = ar.maximum(used[:, ::2], used[:, 1::2])
        visited = ar.where(groups <= float(joined), ar.total(used, axis=1), visited)
    return visited


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradients:
    """Derivatives of the loss."""

    gate_ED: Array
    experts_EDX: Array


def layer_output(hidden_MD: Array, experts_EDX: Array, found: Routed) -> Array:
    """Return what every chosen expert makes of its tokens, by expert and token."""
    return ar.product(hidden_MD[None], experts_EDX, rows=ar.transpose(found.chosen_ME))


def weighted_sum(outputs_EMX: Array, found: Routed) -> Array:
    """Return the layer's output for each token."""
    return ar.total(ar.transpose(found.gates_ME)[:, :, None] * outputs_EMX, axis=0)


def gradients(
    hidden_MD: Array,
    outputs_EMX: Array,
    error_MX: Array,
    found: Routed,
    rule: RoutingRule,
    *,
    alpha: Array,
) -> Gradients:
    """Return the derivatives of mean squared error plus the auxiliary loss."""
    tokens, hidden = error_MX.shape
    slope_MX = error_MX * (2.0 / (tokens * hidden))
    gates_EM = ar.transpose(found.gates_ME)
    weighted_EMD = gates_EM[:, :, None] * hidden_MD[None]
    experts_EDX = ar.product(
        ar.transpose(weighted_EMD, (0, 2, 1)), slope_MX[None], sparse=True
    )
    gate_slope_ME = ar.transpose(ar.total(outputs_EMX * slope_MX[None], axis=2))
    mean_slope_M = ar.total(gate_slope_ME * found.gates_ME, axis=1)
    task_ME = (gate_slope_ME - mean_slope_M[:, None]) / found.normalizer_M[:, None]
    score_slope_ME = ar.where(found.chosen_ME, task_ME, 0.0) + balance_slope(
        found, rule, alpha
    )
    logit_slope_ME = score_slope_ME * found.scores_ME * (1.0 - found.scores_ME)
    gate_ED = ar.product(ar.transpose(logit_slope_ME), hidden_MD)
    return Gradients(gate_ED=gate_ED, experts_EDX=experts_EDX)


def balance_slope(found: Routed, rule: RoutingRule, alpha: Array) -> Array:
    """Return the derivative of the classic auxiliary loss by every score.

    L = alpha · sum_e f_e P_e, with f_e the experts' load over the mean and P_e the mean
    share of the scores [deepseekai2024v2]_ (equations 23 to 25).
    """
    tokens = found.scores_ME.shape[0]
    frequency_E = expert_load(found) * rule.experts / (rule.top_k * tokens)
    scores_ME = ar.where(places(rule.experts), found.scores_ME, 0.0)
    sum_M = ar.total(scores_ME, axis=1)
    pull_M = ar.total(scores_ME * frequency_E, axis=1) / sum_M
    slope_ME = (frequency_E - pull_M[:, None]) / sum_M[:, None]
    return ar.where(places(rule.experts), slope_ME * (alpha / tokens), 0.0)


def expert_load(found: Routed) -> Array:
    """Return how many tokens each expert works on."""
    return ar.count(found.chosen_ME, axis=0)


def topic_tokens(seed: Array, step: Array, hot_share: Array) -> tuple[Array, Array]:
    """Return a step's tokens and the answers wanted; a share is about the hot topic.

    Topics are as popular as Zipf's law has it, the second half as often as the first;
    the hot topic is the last.
    """
    zipf_X = 1.0 / (ar.iota(TOPICS) + 1.0)
    hot_X = ar.where(ar.iota(TOPICS) == TOPICS - 1.0, hot_share, 0.0)
    popularity_X = zipf_X / ar.total(zipf_X) * (1.0 - hot_share) + hot_X
    drawn_M = ar.uniform(seed, step, (TOKENS,), stream=TOPIC)
    topic_M = ar.count(drawn_M[:, None] > ar.cumulative(popularity_X), axis=1)
    centre_XD = ar.normal(seed, 0.0, (TOPICS, HIDDEN), stream=CENTRE)
    answer_XD = ar.normal(seed, 0.0, (TOPICS, HIDDEN), stream=ANSWER)
    noise_MD = ar.normal(seed, step, (TOKENS, HIDDEN), stream=TOKEN)
    tokens_MD = ar.take(centre_XD, topic_M) + NOISE * noise_MD
    return tokens_MD, ar.take(answer_XD, topic_M)


def adam(
    state: dict[str, Array], name: str, slope: Array, rate: Array
) -> dict[str, Array]:
    """Return a weight and its two moments after a step of Adam."""
    mean = state[f"{name}_mean"] * BETA1 + slope * (1.0 - BETA1)
    square = state[f"{name}_square"] * BETA2 + slope * slope * (1.0 - BETA2)
    deviation = ar.sqrt(square / (1.0 - state["beta2"] * BETA2)) + EPSILON
    change = mean / (1.0 - state["beta1"] * BETA1) / deviation
    weight = state[name] - rate * change
    return {name: weight, f"{name}_mean": mean, f"{name}_square": square}
