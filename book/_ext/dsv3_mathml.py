"""Set mathematics as MathML while the book is built.

Owns the step from the LaTeX of a formula to the MathML of a page, so that no page
needs a script to show an equation. It knows nothing of what the formulas mean.

The vocabulary is the one that ``latex2mathml`` understands. A command it does not
know would pass as visible backslash text, so such a formula is a build warning, and
warnings fail the build.
"""

import re
from html import escape
from typing import TYPE_CHECKING

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata
    from sphinx.writers.html5 import HTML5Translator

RENDERER = "dsv3_mathml"
LOGGER = logging.getLogger(__name__)

_ROWS = re.compile(r"\\(begin|end)\{(?:align|aligned|split|eqnarray)\*?\}")
_UPRIGHT_WORD = re.compile(r"\\mathrm\{([A-Za-z ]{2,})\}")
_NOT_SET = re.compile(r">\s*(\\[A-Za-z]+|&)\s*<")


def to_mathml(latex: str, *, display: bool) -> str:
    r"""Return one ``<math>`` element for a formula.

    Parameters
    ----------
    latex
        The formula, without dollar signs.
    display
        Whether the formula stands on its own line.

    Returns
    -------
    str
        MathML that carries its LaTeX in ``alttext``.

    Raises
    ------
    ValueError
        The formula cannot be read, or uses a command that has no MathML.

    Examples
    --------
    >>> "<mfrac>" in to_mathml(r"\frac{1}{2}", display=False)
    True
    """
    try:
        mathml = str(convert(_plain(latex), display="block" if display else "inline"))
    except Exception as error:
        message = f"formula {latex!r} cannot be set as MathML: {error!r}"
        raise ValueError(message) from error
    unknown = _NOT_SET.search(mathml)
    if unknown:
        message = f"formula {latex!r} uses {unknown[1]}, which has no MathML"
        raise ValueError(message)
    alttext = escape(" ".join(latex.split()), quote=True)
    # A norm's bars would stretch to the tallest neighbour, one without the other.
    mathml = mathml.replace("<mo>&#x02016;</mo>", '<mo stretchy="false">&#x02016;</mo>')
    return mathml.replace("<math ", f'<math alttext="{alttext}" ', 1)


def _plain(latex: str) -> str:
    """Return the formula in the environments and commands the converter sets well."""
    latex = _UPRIGHT_WORD.sub(r"\\text{\1}", latex.strip())
    if r"\\" in latex and r"\begin{" not in latex:
        latex = rf"\begin{{align*}}{latex}\end{{align*}}"
    return _ROWS.sub(r"\\\1{align*}", latex)


def _set(node: nodes.Element, *, display: bool) -> str:
    """Return the MathML of a node, or its LaTeX and a warning."""
    try:
        return to_mathml(node.astext(), display=display)
    except ValueError as error:
        LOGGER.warning("%s", error, location=node, type="dsv3", subtype="math")
        return f"<code>{escape(node.astext())}</code>"


def _visit_inline(writer: "HTML5Translator", node: nodes.math) -> None:
    body = _set(node, display=False)
    writer.body.append(f'<span class="math notranslate">{body}</span>')
    raise nodes.SkipNode


def _visit_block(writer: "HTML5Translator", node: nodes.math_block) -> None:
    writer.body.append(writer.starttag(node, "div", CLASS="math notranslate"))
    # The theme's script lets the keyboard reach containers of this class that scroll.
    scroll = "math-scroll pst-scrollable-table-container"
    writer.body.append(f'<div class="{scroll}">{_set(node, display=True)}</div>')
    if node["number"]:
        number = get_node_equation_number(writer, node)
        writer.body.append(f'<span class="eqno">({number})')
        writer.add_permalink_ref(node, "Link to this equation")
        writer.body.append("</span>")
    writer.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: "Sphinx") -> "ExtensionMetadata":
    """Register the renderer; ``html_math_renderer`` in the configuration names it."""
    app.add_html_math_renderer(
        RENDERER,
        inline_renderers=(_visit_inline, None),
        block_renderers=(_visit_block, None),
    )
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
