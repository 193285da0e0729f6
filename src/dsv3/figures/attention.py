"""A picture of what is remembered: the numbers each way of attending keeps."""

from collections.abc import Mapping

from dsv3.figures.squares import PITCH, WIDTH, height_of, label, squares
from dsv3.figures.style import Picture, noun_colours, picture, themed
from dsv3.quantities import format_number, unit_of

NUMBERS_PER_SQUARE = 64
LABEL = 18
GAP = 14


def cached_numbers(
    elements_by_method: Mapping[str, float],
    *,
    ours: str,
    caption: str,
    alternative: str,
    source: str,
) -> Picture:
    """Draw the numbers kept of one token in one layer, one square for 64 of them.

    Parameters
    ----------
    elements_by_method
        Numbers kept, by name of the method.
    ours
        Name of the method drawn in the colour of compute; the rest are memory.
    caption, alternative, source
        Words of the figure.
    """
    body, top = [], 0
    for method, elements in elements_by_method.items():
        count = round(elements / NUMBERS_PER_SQUARE)
        colour = noun_colours()["compute" if method == ours else "memory"]
        number = format_number(elements, unit_of("count"))
        body.append(label(f"{method}: {number}", x=0, y=top + 13))
        body.append(squares(count, top=top + LABEL, fill=colour))
        top += LABEL + height_of(count) + GAP
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {top - GAP + PITCH}" class="dsv3-squares">'
        + "".join(body)
        + "</svg>"
    )
    return picture(themed(svg), caption=caption, alternative=alternative, source=source)
