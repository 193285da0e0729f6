"""Pictures of where parameters are: one square a billion, and models side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from dsv3.figures.squares import PITCH, WIDTH, height_of, label, squares
from dsv3.figures.style import (
    FAINT,
    Picture,
    Words,
    axes,
    beside,
    chart,
    noun_colours,
    picture,
    themed,
)
from explorables.quantities import format_number, unit_of

ROW = 22
"""Height of one labelled row of lit squares."""

BILLION = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One kind of weight: how much is stored, and how much a token uses."""

    name: str
    parameters: float
    active_parameters: float

    colour: str
    """Noun or CSS colour of the squares in use."""


def waffle(parts: Sequence[Part], **words: Unpack[Words]) -> Picture:
    """Draw one square per billion parameters: those a token uses, then the rest.

    Each part's used squares stand in a row of their own with its name, so that
    colour is not the only thing that tells them apart. Squares are shared out by
    largest remainder and add up to the rounded totals.
    """
    lit = shared_squares([part.active_parameters for part in parts])
    asleep = round(sum(part.parameters for part in parts) / BILLION) - sum(lit)
    body = [
        _lit_row(part, count, top=row * ROW)
        for row, (part, count) in enumerate(zip(parts, lit, strict=True))
    ]
    top = len(parts) * ROW + 14
    body.append(label(f"asleep: {asleep} billion", x=0, y=top + 12))
    body.append(squares(asleep, top=top + ROW, fill=FAINT))
    height = top + ROW + height_of(asleep)
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {height}" class="dsv3-waffle">'
        + "".join(body)
        + "</svg>"
    )
    return picture(themed(svg), **words)


def shared_squares(parameters: Sequence[float]) -> list[int]:
    """Share whole squares among amounts so that they sum to the rounded total.

    Examples
    --------
    >>> shared_squares([1.5e9, 1.5e9, 0.1e9])
    [2, 1, 0]
    """
    exact = [amount / BILLION for amount in parameters]
    squares = [int(amount) for amount in exact]
    missing = round(sum(exact)) - sum(squares)
    by_remainder = sorted(
        range(len(exact)), key=lambda index: squares[index] - exact[index]
    )
    for index in by_remainder[:missing]:
        squares[index] += 1
    return squares


def _lit_row(part: Part, count: int, *, top: int) -> str:
    colour = noun_colours().get(part.colour, part.colour)
    used = format_number(part.active_parameters, unit_of("parameters"), digits=3)
    stored = format_number(part.parameters, unit_of("parameters"), digits=3)
    amount = used if used == stored else f"{used} of {stored}"
    words = label(f"{part.name}: {amount}", x=count * PITCH + 6, y=top + 11)
    return squares(count, top=top, fill=colour) + words


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One model: what it stores, and what a token uses."""

    name: str
    total_parameters: float
    active_parameters: float


def peers(models: Sequence[Peer], **words: Unpack[Words]) -> Picture:
    """Draw stored parameters of several models as bars, the used part hatched."""
    figure, drawn = axes(height_inches=0.42 * len(models) + 0.9)
    colours = noun_colours()
    for row, model in enumerate(reversed(models)):
        drawn.barh(row, model.total_parameters / BILLION, 0.55, color=colours["memory"])
        drawn.barh(
            row,
            model.active_parameters / BILLION,
            0.55,
            color=colours["compute"],
            hatch="////",
            edgecolor=FAINT,
        )
        share = model.active_parameters / model.total_parameters
        used, stored = (
            format_number(amount, unit_of("parameters"), digits=3)
            for amount in (model.active_parameters, model.total_parameters)
        )
        beside(
            drawn,
            f"{used} of {stored} ({share:.0%})",
            (model.total_parameters / BILLION, row),
            (6, 0),
            va="center",
        )
    drawn.set_yticks(range(len(models)), [model.name for model in reversed(models)])
    drawn.tick_params(axis="y", length=0)
    widest = max(model.total_parameters for model in models) / BILLION
    drawn.set_xlim(0, widest * 1.32)
    drawn.set_xlabel("parameters (billions): active per token, and stored")
    drawn.grid(axis="x")
    return chart(figure, name="peers", **words)
