"""A diagram: two layouts of one drawing, its states, its words, and its HTML.

The site has the sheet once, in its stylesheet; a notebook gets it with the drawing,
in a style element that the site leaves out.
"""

import html
import posixpath
import re
from dataclasses import dataclass
from typing import Protocol, TypedDict, Unpack

from explorables.diagram.marks import Mark
from explorables.diagram.sheet import file_stylesheet, stylesheet

WIDE = 720
"""Width of the layout for a page."""

NARROW = 352
"""Width of the layout for a phone."""

FEWEST_WORDS, MOST_WORDS = 40, 120
"""Length of a description: enough to stand for the drawing, and no essay."""

MOST_STATES = 3

_MARGIN = 16
"""Ground around a drawing that is a file of its own."""

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_PATTERN = re.compile(r"url\(#@((counter-)?hatched)-(\w+)\)")
_ADDRESS = re.compile(r'href="@([^"#]*)(#[^"]*)?"')
_SUBSCRIPT = re.compile(r"_\{([^}]*)\}")
_LINK = re.compile(r"<a [^>]*>|</a>")
_TARGET = re.compile(r'<rect [^>]*class="dg-target"/>')


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One composition of a drawing: its height and its marks, in order of reading."""

    height: float
    marks: tuple[Mark, ...]

    @property
    def svg(self) -> str:
        """The marks' SVG, one after the other."""
        return "".join(mark.svg for mark in self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """Two or three states of one drawing, from which the reader picks one."""

    question: str
    """What is picked: ``Form of attention``."""

    names: tuple[str, ...]
    default: int
    """The one that is true of what is drawn, counted from 0."""

    def __post_init__(self) -> None:
        if not 2 <= len(self.names) <= MOST_STATES:
            message = f"names is {self.names!r}: a drawing has two or three states"
            raise ValueError(message)
        if not 0 <= self.default < len(self.names):
            last = len(self.names) - 1
            message = f"default is {self.default}: must be from 0 to {last}"
            raise ValueError(message)


class Draw(Protocol):
    """A function that composes a drawing for a page or for a phone."""

    def __call__(self, *, wide: bool) -> Layout:
        """Return the layout of one width."""


class Words(TypedDict):
    """What every diagram says beside its drawing."""

    title: str
    """What is drawn, in a few words: the name a screen reader announces."""

    description: str
    """The parts in the order of flow, each with its number; the finding comes last."""

    caption: str
    """The finding, one sentence; ``W_{O}`` has a subscript here and in the note."""

    note: str
    """What is to scale, what is an example, what is left out."""

    source: str
    """Where the numbers come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """A drawing of a mechanism; the last line of a cell shows it."""

    name: str
    """Its id, unique in the book: ``model-map``."""

    page: str
    """The page it stands on, from the book's root: ``architecture/attention``."""

    wide: Layout
    narrow: Layout
    title: str
    description: str
    caption: str
    note: str
    source: str
    states: States | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            message = f"name is {self.name!r}: must be words in lower case with hyphens"
            raise ValueError(message)
        for field in ("title", "caption", "note", "source"):
            if not getattr(self, field).strip():
                message = f"{field} of {self.name} is empty: every diagram has one"
                raise ValueError(message)
        count = len(self.description.split())
        if not FEWEST_WORDS <= count <= MOST_WORDS:
            message = (
                f"description of {self.name} has {count} words: must have "
                f"{FEWEST_WORDS} to {MOST_WORDS}"
            )
            raise ValueError(message)

    def _repr_mimebundle_(self, **_options: object) -> dict[str, str]:
        sheet = f"<style data-diagrams>{stylesheet()}</style>"
        caption = _SUBSCRIPT.sub(r"_\1", f"{self.caption} {self.note}")
        return {
            "text/html": f"{sheet}{self.html()}",
            "text/plain": f"{caption} {self.description} ({self.source})",
        }

    def html(self) -> str:
        """Return the figure: states, drawing, caption, note and source, no sheet."""
        said = {
            "finding": self.caption,
            "note": self.note,
            "source": f"Source: {self.source}",
        }
        words = " ".join(
            f'<span class="ex-{part}">{_lowered(text)}</span>'
            for part, text in said.items()
        )
        return (
            '<figure class="ex-figure" data-kind="figure"><div class="dg-figure">'
            f'{self._choice()}<div class="dg-drawing">{self._svg()}</div></div>'
            f"<figcaption>{words}</figcaption></figure>"
        )

    def _choice(self) -> str:
        """Return the radio buttons of the states: no script, and arrow keys work."""
        if self.states is None:
            return ""
        choices = "".join(
            f'<label><input type="radio" name="dg-{self.name}" value="{index}"'
            f"{' checked' if index == self.states.default else ''}>"
            f"{html.escape(name)}</label>"
            for index, name in enumerate(self.states.names)
        )
        legend = html.escape(self.states.question)
        return (
            f'<fieldset class="dg-states"><legend>{legend}</legend>{choices}</fieldset>'
        )

    def _svg(self) -> str:
        """Return the drawing with both layouts; the sheet shows one of them."""
        wide, narrow = self.wide.height, self.narrow.height
        svg = (
            f'<svg class="dg" style="--wide:{WIDE}/{wide:g};'
            f'--narrow:{NARROW}/{narrow:g}" role="group" '
            f'aria-label="{html.escape(self.title)}" '
            f'aria-describedby="dg-{self.name}">'
            f'<desc id="dg-{self.name}">{html.escape(self.description)}</desc>'
            f"{self._patterns()}"
            f"{_nested('dg-wide', WIDE, self.wide)}"
            f"{_nested('dg-narrow', NARROW, self.narrow)}</svg>"
        )
        return self._placed(svg)

    def _patterns(self) -> str:
        """Return the hatchings that the drawing uses, each under the drawing's name."""
        used = dict.fromkeys(
            (found[1], found[3])
            for found in _PATTERN.finditer(self.wide.svg + self.narrow.svg)
        )
        patterns = "".join(
            f'<pattern id="@{texture}-{noun}" width="4" height="4" '
            'patternUnits="userSpaceOnUse" patternTransform="rotate('
            f'{45 if texture == "hatched" else -45})">'
            f'<path d="M0 0V4" class="dg-hatch dg-{noun}"/></pattern>'
            for texture, noun in used
        )
        return f"<defs>{patterns}</defs>" if patterns else ""

    def _placed(self, svg: str) -> str:
        """Resolve ids and addresses, which marks write without knowing the drawing."""
        folder = posixpath.dirname(self.page)

        def address(found: re.Match[str]) -> str:
            section = found[2] or ""
            if not found[1]:
                return f'href="{section}"'
            path = posixpath.relpath(found[1], folder or ".")
            return f'href="{path}.ipynb{section}"'

        svg = _ADDRESS.sub(address, svg)
        return svg.replace("#@", f"#dg-{self.name}-").replace(
            'id="@', f'id="dg-{self.name}-'
        )

    def file(self) -> str:
        """Return the wide layout as a file of its own: both themes, no links."""
        width, height = WIDE + 2 * _MARGIN, self.wide.height + 2 * _MARGIN
        drawn = _TARGET.sub("", _LINK.sub("", self.wide.svg))
        sheet = file_stylesheet(drawn, self.states.default if self.states else 0)
        return self._placed(
            f'<svg xmlns="http://www.w3.org/2000/svg" class="dg dg-file" role="img" '
            f'viewBox="{-_MARGIN} {-_MARGIN} {width} {height:g}" width="{width}" '
            f'height="{height:g}"><title>{html.escape(self.title)}</title>'
            f"<desc>{html.escape(self.description)}</desc>"
            f"<style>{html.escape(sheet, quote=False)}</style>"
            f"{self._patterns()}{drawn}</svg>\n"
        )


def _lowered(words: str) -> str:
    """Return words as HTML, what stands in ``_{}`` as a subscript."""
    return _SUBSCRIPT.sub(r"<sub>\1</sub>", html.escape(words))


def _nested(name: str, width: int, layout: Layout) -> str:
    """Return a layout in its own coordinates; an unnamed image it is not."""
    return (
        f'<svg class="{name}" role="presentation" width="100%" height="100%" '
        f'viewBox="0 0 {width} {layout.height:g}">{layout.svg}</svg>'
    )


def diagram(
    draw: Draw,
    *,
    name: str,
    page: str,
    states: States | None = None,
    **words: Unpack[Words],
) -> Diagram:
    """Draw both layouts with one function, and join them with their words.

    Words may run over lines, as in a text between triple quotes.
    """
    return Diagram(
        name=name,
        page=page,
        wide=draw(wide=True),
        narrow=draw(wide=False),
        states=states,
        title=_on_one_line(words["title"]),
        description=_on_one_line(words["description"]),
        caption=_on_one_line(words["caption"]),
        note=_on_one_line(words["note"]),
        source=_on_one_line(words["source"]),
    )


def _on_one_line(words: str) -> str:
    return " ".join(words.split())
