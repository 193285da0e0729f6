"""Every published figure is recomputed and lands on the verdict we wrote down."""

import dataclasses

import pytest

from dsv3.claims import (
    Claim,
    Computation,
    Verdict,
    check,
    claims,
    counts_by_verdict,
    judge,
)


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim.id)
def test_the_verdict_is_the_one_expected(claim: Claim) -> None:
    checked = check(claim)
    assert checked.verdict == claim.verdict, (
        f"{claim.id}: computed {checked.computed_value!r}, "
        f"published {claim.published_value!r}"
    )


def test_what_does_not_reproduce_says_why() -> None:
    for claim in claims():
        if claim.verdict != Verdict.REPRODUCED:
            assert claim.note, claim.id


def test_the_figures_that_must_fail_do_fail() -> None:
    failed = {
        claim.id for claim in claims() if check(claim).verdict == "not reproduced"
    }
    assert {
        "isca.training_flop_per_token.qwen2_5_72b",
        "isca.training_flop_per_token.llama_3_1_405b",
        "isca.kv_cache_ratio.llama_3_1_405b",
    } <= failed


def test_an_estimate_of_others_comes_out_when_counted_their_way() -> None:
    # Every one of 61 layers with experts, and attention as two matrices: see its note.
    (claim,) = [one for one in claims("others") if one.id == "llm_cal.parameters"]
    hidden, latent, layers = 7168, 512, 61
    experts = (256 + 1) * 3 * hidden * 2048
    layer = experts + 256 * hidden + hidden**2 + hidden * latent + 2 * hidden
    assert layers * layer + 2 * 129_280 * hidden == claim.published_value


def test_what_holds_of_others_stands_beside_what_does_not() -> None:
    counts = counts_by_verdict("others")
    assert counts["not reproduced"] < counts["reproduced"] + counts["within tolerance"]


def test_the_counts_cover_every_claim() -> None:
    assert sum(counts_by_verdict().values()) == len(claims())


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (3.66, Verdict.REPRODUCED),
        (3.749, Verdict.REPRODUCED),
        (3.76, Verdict.WITHIN_TOLERANCE),
        (3.9, Verdict.NOT_REPRODUCED),
        (float("nan"), Verdict.NOT_REPRODUCED),
    ],
)
def test_rounding_then_tolerance_decide(value: float, verdict: Verdict) -> None:
    claim = dataclasses.replace(
        claims()[0], published_value=3.7, last_digit=0.1, tolerance=0.02
    )
    assert judge(claim, value) == verdict


def test_a_claim_nobody_can_compute_says_so() -> None:
    claim = dataclasses.replace(claims()[0], computed_by=None)
    assert check(claim).verdict == Verdict.CANNOT_BE_CHECKED


def test_a_computation_that_fails_names_the_claim() -> None:
    nowhere = Computation(call="economics.rival_offers", field="GPT-5")
    claim = dataclasses.replace(claims()[0], computed_by=nowhere)
    with pytest.raises(ValueError, match=rf"^{claim.id}: field is 'GPT-5'"):
        check(claim)
