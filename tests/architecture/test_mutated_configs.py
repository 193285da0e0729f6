"""Ten thousand broken configs: each is counted right or refused in one line."""

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from dsv3.accounting import (
    checkpoint_elements,
    flop_per_token,
    kv_cache_bytes,
    parameter_count,
)
from dsv3.architecture import Architecture, ConfigError, read_config
from dsv3.architecture.assembly import COUNT_CHANGING
from dsv3.architecture.families import FAMILIES

MUTATIONS_PER_FAMILY = 1_000

EXTREMES: tuple[object, ...] = (
    *(None, True, False, 0, -1, 1, 2, 3, 2**31 - 1, 2**31, 2**53 + 1, 10**40, 10**5000),
    *(0.0, -0.0, 0.5, 61.0, 1e308, float("nan"), float("inf"), -float("inf")),
    *("", "61", "null", "full_attention", "deepseek_v3", "x" * 500, "a\nb", "\0"),
    *([], [0], [None], [[[]]], [float("nan")], ["sliding_attention"] * 5),
    *({}, {"a": {"b": [1]}}, {"rope_type": "yarn", "factor": float("nan")}),
    *({"quant_method": "fp8"}, {"quant_method": "fp8", "weight_block_size": [0, 1]}),
)


def mutated(config: dict[str, object], rng: random.Random) -> dict[str, object]:
    """Delete, retype, swap or replace one to three fields."""
    result = dict(config)
    for _ in range(rng.randint(1, 3)):
        name, other = rng.choice(sorted(result)), rng.choice(sorted(result))
        value = result[name]
        match rng.randrange(6):
            case 0:
                del result[name]
            case 1:
                result[name], result[other] = result[other], result[name]
            case 2:
                result[rng.choice(COUNT_CHANGING)] = rng.choice(EXTREMES)
            case 3 if isinstance(value, int) and not isinstance(value, bool):
                result[name] = value + rng.randint(-3, 3)
            case _:
                result[name] = rng.choice(EXTREMES)
    return result


def assert_counts_hold(architecture: Architecture) -> None:
    count = parameter_count(architecture)
    for name, part in count.parts().items():
        assert type(part) is int, name
        assert part >= 0, name
    assert type(count.total) is int
    assert sum(count.parts().values()) == count.total > 0
    assert type(count.active()) is int
    assert 0 < count.active() <= count.total
    assert flop_per_token(architecture).training_flop_per_token > 0
    cached = kv_cache_bytes(architecture, 4096)
    assert type(cached) is int
    assert cached > 0


def outcome(config: dict[str, object]) -> str:
    """Return "counted" or "refused"; anything else fails."""
    try:
        architecture = read_config(config)
    except ConfigError as error:
        message = str(error)
    else:
        assert_counts_hold(architecture)
        return "counted"
    assert len(message.splitlines()) == 1
    assert len(message) < 400
    return "refused"


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_mutated_config_is_counted_or_refused(
    family: str, tiny: Callable[..., dict[str, object]]
) -> None:
    rng = random.Random(f"mutations of {family}")
    config = tiny(family)
    seen = [outcome(mutated(config, rng)) for _ in range(MUTATIONS_PER_FAMILY)]
    # Neither branch may be empty, or the test would not see it.
    assert seen.count("counted") > MUTATIONS_PER_FAMILY // 20
    assert seen.count("refused") > MUTATIONS_PER_FAMILY // 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


FIELDS = sorted({*COUNT_CHANGING, "vocab_size", "hidden_size", "rope_scaling"})


@given(
    family=st.sampled_from(sorted(FAMILIES)),
    fields=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4),
)
def test_any_json_in_any_field_is_counted_or_refused(
    family: str,
    fields: dict[str, object],
    tiny: Callable[..., dict[str, object]],
) -> None:
    assert outcome(tiny(family) | fields) in {"counted", "refused"}


@given(content=JSON)
def test_any_file_is_counted_or_refused(
    content: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-config.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ConfigError):
        read_config(path)


SMALL = st.integers(min_value=1, max_value=64)


@st.composite
def deepseek_configs(draw: st.DrawFn) -> dict[str, object]:
    """Draw a DeepSeek-V3 whose sizes fit together."""
    layers, groups, per_group = draw(SMALL), draw(SMALL), draw(SMALL)
    kept = draw(st.integers(1, groups))
    return {
        "model_type": "deepseek_v3",
        **{"vocab_size": 3, "hidden_size": 5, "intermediate_size": 7},
        **{"num_hidden_layers": layers, "num_attention_heads": 2, "q_lora_rank": None},
        **{"kv_lora_rank": 3, "qk_nope_head_dim": 1, "qk_rope_head_dim": 2},
        **{"v_head_dim": 4, "n_shared_experts": 1, "moe_intermediate_size": 6},
        "n_routed_experts": groups * per_group,
        "n_group": groups,
        "topk_group": kept,
        "num_experts_per_tok": draw(st.integers(1, kept * per_group)),
        "first_k_dense_replace": draw(st.integers(0, layers)),
    }


@given(config=deepseek_configs())
def test_a_well_formed_deepseek_v3_is_always_counted(config: dict[str, object]) -> None:
    assert outcome(config) == "counted"
    architecture = read_config(config)
    count = parameter_count(architecture)
    shipped = count.total + count.multi_token_prediction.shipped_parameters
    assert checkpoint_elements(architecture).total_elements == shipped
