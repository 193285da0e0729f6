"""Every recomputation of a repeated sentence runs, and gives a figure known before."""

import pytest

from dsv3.claims import misquotes
from dsv3.facts import fact

FOUND = {one.id: one.value for one in misquotes()}

# From the compiled facts and the sources they name.
PUBLISHED = {
    "v3.paid_rate": (9.53e6, 0.005e6),
    "v3.two_months": (54.2, 0.05),
    "r1.six_million": (294_000, 500),
    "r1.whole_model": (5.87e6, 0.005e6),
    "r1.gpus": (101_400, 50),
    # 45 steps of 16,384 sequences of 4,096 tokens, over 14.8 trillion.
    "mlperf.v3.trained_in_two_minutes": (45 * 16_384 * 4_096 / 14.8e12, 1e-12),
    "kimi.disowned": (3.0e24 / 3.29e24 * 5.328e6, 0.05e6),
}


@pytest.mark.parametrize("id", PUBLISHED)
def test_a_recomputation_gives_the_compiled_figure(id: str) -> None:
    value, tolerance = PUBLISHED[id]
    assert FOUND[id] == pytest.approx(value, abs=tolerance)


def test_what_is_our_own_lies_where_the_chapter_says() -> None:
    assert FOUND["v3.whole_development"] > 3 * fact("v3.usd.total").number
    assert FOUND["v3.tenth_of_llama"] > 0.9
    assert FOUND["v3.fleet"] < fact("v3.usd.total").number


def test_six_hundred_and_forty_eight_would_not_give_the_printed_hours() -> None:
    wrong = fact("hyperai.r1_gpus").number * fact("r1.hours.r1_zero").number
    printed = fact("r1.gpu_hours.r1_zero").number
    assert FOUND["r1.gpus"] == pytest.approx(printed, rel=0.01)
    assert wrong > 1.2 * printed


def test_every_sentence_ends_in_its_number() -> None:
    for one in misquotes():
        assert one.answer.startswith(one.recomputed)
        assert one.answer[-1] not in ".,"
