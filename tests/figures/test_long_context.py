"""Grids print their shares where they belong, and lines carry their names."""

import re
from typing import Any

from dsv3.figures import Grid, Turns, loss_by_place, needle_grids, pair_turns

WORDS: Any = {
    "caption": "Found everywhere.",
    "alternative": "Two grids of cells, dark where needles are found, pale elsewhere.",
    "source": "Computed.",
}


def drawn_grids() -> str:
    first = Grid(title="before", shares=[[1.0, 0.5], [0.25, 0.0]])
    second = Grid(title="after", shares=[[0.9, 0.8], [0.7, 0.6]])
    rows = {"with": [first, second], "without": [second]}
    return needle_grids(rows, lengths=[64, 512], **WORDS).svg


def test_a_cell_says_its_share_twice() -> None:
    svg = drawn_grids()
    cells = re.findall(
        r'<rect x="(\d+)" y="(\d+)"[^>]*fill-opacity="([\d.]+)"/>'
        r"<text[^>]*>(\d+)</text>",
        svg,
    )
    assert len(cells) == 12
    by_place = {(int(x), int(y)): (float(o), int(t)) for x, y, o, t in cells}
    places = sorted(by_place)
    # Lengths go across and depths down: the second cell of the first column is 50.
    assert [by_place[place][1] for place in places[:2]] == [100, 50]
    shades = sorted(by_place.values(), key=lambda cell: cell[1])
    assert [shade for shade, _ in shades] == sorted(shade for shade, _ in shades)


def test_rows_and_columns_have_their_words() -> None:
    svg = drawn_grids()
    for words in ("with", "without", "before", "after", "start", "end", "64", "512"):
        assert f">{words}</text>" in svg


def test_lines_of_turns_are_named_and_log() -> None:
    lines = [
        Turns(name="a", turns=[100, 10, 1], line="solid", noun="", label_pair=0),
        Turns(name="b", turns=[50, 5, 0.5], line="dashed", noun="", label_pair=1),
    ]
    svg = pair_turns(lines, ramp=(0.5, 1.5), **WORDS).svg
    for words in ("a", "b", "one full rotation", "the ramp", "100", "10"):
        assert f">{words}</text>" in svg


def test_losses_have_a_band_for_each_state() -> None:
    losses = {"short": [[2.0, 3.0], [2.1, 3.2]], "long": [[2.2, 2.2], [2.3, 2.2]]}
    svg = loss_by_place(
        [64, 128],
        losses,
        styles={"short": ("dashed", "memory"), "long": ("solid", "compute")},
        **WORDS,
    ).svg
    assert ">short</text>" in svg
    assert ">long</text>" in svg
    assert svg.count("fill-opacity: 0.16") == 2
