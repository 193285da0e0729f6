"""Figures draw what they are handed, follow the theme and never go wordless."""

import re
from datetime import date
from pathlib import Path

import pytest

from dsv3.economics import Gap
from dsv3.figures import bill_at_rates, cached_numbers, gap_factors, peers, waffle
from dsv3.figures.cost import Quote
from dsv3.figures.parameters import Part, Peer, shared_squares
from dsv3.figures.style import FAINT, INK, Picture, noun_colours, picture

WORDS = {
    "caption": "Most weights sleep.",
    "alternative": "Squares in a grid, a few of them lit, the rest pale grey.",
    "source": "Counted from the configuration.",
}


def parts() -> list[Part]:
    """Return two kinds of weight, twelve billion in all, three in use."""
    return [
        Part(
            name="attention",
            parameters=2e9,
            active_parameters=2e9,
            colour="compute",
        ),
        Part(
            name="experts",
            parameters=10e9,
            active_parameters=1e9,
            colour="memory",
        ),
    ]


def every_figure() -> list[Picture]:
    """Return one figure of each kind."""
    peer = Peer(name="V3", total_parameters=671e9, active_parameters=37e9)
    quote = Quote(
        day=date(2024, 12, 27), usd=5e6, kind="assumption", same_chip=True, label="here"
    )
    gap = Gap(
        gpu_hours_ratio=11.0,
        tokens_ratio=1.05,
        training_flop_per_token_ratio=10.5,
        achieved_flop_per_s_ratio=0.998,
    )
    return [
        waffle(parts(), **WORDS),
        peers([peer], **WORDS),
        bill_at_rates([quote], assumed_usd=5e6, **WORDS),
        gap_factors(gap, names=("V3", "Llama"), **WORDS),
        cached_numbers({"multi-head": 32768, "latent": 576}, ours="latent", **WORDS),
    ]


def test_one_square_is_drawn_for_each_billion() -> None:
    drawn = waffle(parts(), **WORDS).svg
    squares = [len(re.findall("M", path)) for path in re.findall(r'd="([^"]*)"', drawn)]
    assert squares == [2, 1, 9]


def test_one_square_is_drawn_for_each_sixty_four_numbers() -> None:
    kept = {"multi-head": 32768, "latent": 576}
    drawn = cached_numbers(kept, ours="latent", **WORDS).svg
    paths = re.findall(r'd="([^"]*)"', drawn)
    assert [len(re.findall("M", path)) for path in paths] == [512, 9]


@pytest.mark.parametrize(
    ("amounts", "squares"),
    [([1.4e9, 1.4e9, 1.4e9], [2, 1, 1]), ([0.2e9], [0]), ([3e9, 0.0], [3, 0])],
)
def test_squares_sum_to_the_rounded_total(
    amounts: list[float], squares: list[int]
) -> None:
    assert shared_squares(amounts) == squares


@pytest.mark.parametrize("drawn", every_figure(), ids=lambda drawn: drawn.svg[:30])
def test_a_figure_has_caption_source_and_alternative(drawn: Picture) -> None:
    text = drawn._repr_mimebundle_()["text/html"]
    assert 'role="img"' in text
    assert f'aria-label="{WORDS["alternative"]}"' in text
    assert WORDS["caption"] in text
    assert WORDS["source"] in text


@pytest.mark.parametrize("drawn", every_figure(), ids=lambda drawn: drawn.svg[:30])
def test_a_figure_takes_its_colours_from_the_page(drawn: Picture) -> None:
    assert INK not in drawn.svg
    assert FAINT not in drawn.svg
    assert "var(--ex-" in drawn.svg


def test_the_same_data_draw_the_same_bytes() -> None:
    first, second = every_figure(), every_figure()
    assert [drawn.svg for drawn in first] == [drawn.svg for drawn in second]


def test_the_four_nouns_have_their_colours() -> None:
    assert noun_colours() == {
        "compute": "#0072B2",
        "memory": "#D55E00",
        "network": "#009E73",
        "money": "#CC79A7",
    }


def test_the_logo_has_the_colours_of_the_four_nouns(repository: Path) -> None:
    logo = repository / "book" / "_static" / "logo.svg"
    fills = re.findall(r'fill="(#\w{6})"', logo.read_text(encoding="utf-8"))
    assert fills == list(noun_colours().values())


@pytest.mark.parametrize(
    "missing", [{"caption": " "}, {"source": ""}, {"alternative": "A figure."}]
)
def test_a_figure_without_its_words_is_refused(missing: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must"):
        picture("<svg></svg>", **(WORDS | missing))
