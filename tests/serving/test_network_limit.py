"""The decode limit is the published one, and moves as its parts do."""

from typing import Any

import pytest

from dsv3.facts import fact
from dsv3.serving import decode_limit, published_decode_limit


@pytest.mark.parametrize(
    ("bytes_per_s", "prefix"), [(50e9, "isca.decode"), (900e9, "isca.decode_gb200")]
)
def test_the_limit_is_the_published_one(bytes_per_s: float, prefix: str) -> None:
    made = published_decode_limit(bytes_per_s)
    once = fact(f"{prefix}.communication_seconds").number
    assert float(made.communication_seconds) == pytest.approx(once, rel=1e-9)
    token = fact(f"{prefix}.seconds_per_token").number
    assert float(made.token_seconds) == pytest.approx(token, abs=5e-6)


def test_half_the_layers_take_half_the_time() -> None:
    whole, half = (
        decode_limit(bytes_per_s=50e9, hidden_size=7168, layers=n) for n in (58, 29)
    )
    assert whole.token_seconds == 2 * half.token_seconds
    assert half.tokens_per_s == 2 * whole.tokens_per_s


@pytest.mark.parametrize(("name", "value"), [("bytes_per_s", 0.0), ("layers", 0)])
def test_what_cannot_be_is_named(name: str, value: float) -> None:
    given: dict[str, Any] = {"bytes_per_s": 50e9, "hidden_size": 7168, "layers": 58}
    with pytest.raises(ValueError, match=f"{name} is {value}"):
        decode_limit(**given | {name: value})
