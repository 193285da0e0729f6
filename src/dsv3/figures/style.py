"""The look every figure shares, and the picture a notebook shows.

Colours carry a fixed noun in the whole book (compute, memory, network, money) and
are taken from the design tokens of the page. Drawings are made in sentinel colours
and rewritten to the page's own variables, so one drawing serves both themes.
"""

import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypedDict, Unpack

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from explorables.captions import framed

NOUNS = ("compute", "memory", "network", "money")

INK = "#010203"
FAINT = "#020304"
"""Sentinels: no drawing uses these two colours for themselves."""

FAINT_ON_PAGE = "var(--ex-faint, #b5b2ab)"
"""The page's quiet grey; the second colour serves where no page gives one."""

Line = Literal["solid", "dashed", "dotted", "dash-dotted"]

LINE_STYLES: Mapping[Line, str | tuple[int, tuple[float, ...]]] = {
    "solid": "-",
    "dashed": (0, (5, 2)),
    "dotted": (0, (1, 1.6)),
    "dash-dotted": (0, (5, 2, 1, 2)),
}
"""How a line is drawn: the channel beside colour."""

Side = Literal["left", "right", "above", "below"]

SIDES: Mapping[Side, tuple[tuple[int, int], str, str]] = {
    "left": ((-8, 0), "right", "center"),
    "right": ((8, 0), "left", "center"),
    "above": ((0, 7), "center", "bottom"),
    "below": ((0, -8), "center", "top"),
}
"""For each side of a mark the offset of its words, and how they are set there."""

WIDTH_INCHES = 7.0
POINTS_PER_INCH = 72
MANY_COORDINATES = 40
LEAST_ALTERNATIVE_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An SVG drawing with its :class:`Words`."""

    svg: str
    """The drawing, an ``svg`` element with a text alternative."""

    caption: str
    alternative: str
    source: str

    def _repr_mimebundle_(self, **_options: object) -> dict[str, str]:
        return {
            "text/html": framed(
                "figure", self.svg, caption=self.caption, source=self.source
            ),
            "text/plain": f"{self.caption} {self.alternative} ({self.source})",
        }


@cache
def noun_colours() -> dict[str, str]:
    """Return the colour of each noun, as the page's design tokens give it.

    Examples
    --------
    >>> tuple(noun_colours()) == NOUNS
    True
    """
    tokens = files("explorables").joinpath("tokens.css").read_text(encoding="utf-8")
    found = {
        noun: re.search(rf"--ex-{noun}:\s*(#[0-9A-Fa-f]{{6}})", tokens)
        for noun in NOUNS
    }
    return {noun: match[1].upper() for noun, match in found.items() if match}


class Words(TypedDict):
    """What every figure is called with beside its data."""

    caption: str
    """The finding, as a sentence."""

    alternative: str
    """What the drawing shows, for a reader who does not see it."""

    source: str
    """Where the data come from."""


def picture(svg: str, **words: Unpack[Words]) -> Picture:
    """Join a drawing with its words, and refuse it without them.

    Raises
    ------
    ValueError
        If caption, source or text alternative is missing, or the alternative is
        too short to say what is seen.
    """
    for name in ("caption", "source"):
        if not words[name].strip():
            message = f"{name} is {words[name]!r}: every figure must have one"
            raise ValueError(message)
    alternative = words["alternative"]
    if len(alternative.split()) < LEAST_ALTERNATIVE_WORDS:
        message = (
            f"alternative is {alternative!r}: must say what is seen, in "
            f"{LEAST_ALTERNATIVE_WORDS} words or more"
        )
        raise ValueError(message)
    label = html.escape(alternative, quote=True)
    opening, rest = svg.split(">", 1)
    return Picture(svg=f'{opening} role="img" aria-label="{label}">{rest}', **words)


def axes(*, height_inches: float) -> tuple[Figure, Axes]:
    """Open a drawing of the book's width, without frame or backdrop."""
    figure = blank(height_inches=height_inches)
    drawn = figure.add_subplot()
    drawn.patch.set_alpha(0)
    return figure, drawn


def blank(*, height_inches: float) -> Figure:
    """Open an empty drawing in the book's style; axes added to it follow."""
    mpl.rcParams.update(
        {
            "svg.fonttype": "none",
            "font.family": "sans-serif",
            "font.size": 10.5,
            "text.color": INK,
            "axes.edgecolor": FAINT,
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.axisbelow": True,
            "grid.color": FAINT,
            "grid.linewidth": 0.6,
        }
    )
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
    figure.patch.set_alpha(0)
    return figure


def beside(
    drawn: Axes,
    text: str,
    place: tuple[float, float],
    points: tuple[float, float],
    **look: Any,
) -> None:
    """Write a text some points to the right of a place and above it."""
    drawn.annotate(text, place, xytext=points, textcoords="offset points", **look)


def chart(figure: Figure, *, name: str, **words: Unpack[Words]) -> Picture:
    """Join a finished matplotlib figure with its words; `name` as in `inline_svg`."""
    return picture(inline_svg(figure, name=name), **words)


def inline_svg(figure: Figure, *, name: str) -> str:
    """Write a matplotlib figure as inline SVG in the page's colours and font.

    `name` salts the identifiers inside, so that two figures on a page differ.
    """
    mpl.rcParams["svg.hashsalt"] = name
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    # Identifiers that nothing refers to would repeat from figure to figure.
    referred = set(re.findall(r"#([\w.-]+)", text))
    text = re.sub(
        r' id="([^"]+)"', lambda found: found[0] if found[1] in referred else "", text
    )
    # Hundredths of a point are finer than a screen; six decimals are most of a file.
    text = re.sub(r' (?:d|x|y)="[^"]+"', _rounded, text)
    text = re.sub(r' transform="rotate\(-0 [^"]*"', "", text)
    # The page's own type: matplotlib writes its font list into every text element.
    text = re.sub(r"font-family: [^;\"]*;? ?", "", text)
    return themed(text)


def _rounded(attribute: re.Match[str]) -> str:
    """Round coordinates: to hundredths, and those of a curve of many points to tenths.

    Examples
    --------
    >>> _rounded(re.fullmatch(".*", 'd="M 0.25431 -0.00431 L 10.998 7"'))
    'd="M 0.25 0 L 11 7"'
    """
    numbers = re.compile(r"-?\d+\.\d+")
    digits = 1 if len(numbers.findall(attribute[0])) >= MANY_COORDINATES else 2
    return numbers.sub(
        lambda found: f"{round(float(found[0]), digits) + 0.0:g}", attribute[0]
    )


def themed(svg: str) -> str:
    """Replace sentinel and noun colours by the page's variables."""
    replaced = svg.replace(INK, "currentColor").replace(FAINT, FAINT_ON_PAGE)
    for noun, colour in noun_colours().items():
        for spelling in (colour, colour.lower()):
            replaced = replaced.replace(spelling, f"var(--ex-{noun}, {colour})")
    return " ".join(replaced.split())
