"""Draw the theme's few icons with CSS instead of a megabyte of script.

Owns the extraction of single Font Awesome icons from the copy that the installed
theme ships, and the CSS that shows them where the theme writes ``<i class="fa-…">``.
It knows nothing of pages or of Sphinx.

The icons are Font Awesome Free, CC BY 4.0; the notice travels in the CSS.
"""

import re
from collections.abc import Iterable

NOTICE = "/*! Icons: Font Awesome Free (fontawesome.com), licence CC BY 4.0 */"

_ICON_CLASS = re.compile(r"\bfa-([a-z0-9-]+)\b")
_NOT_AN_ICON = frozenset({"solid", "regular", "brands", "lg", "sm", "xs", "fw", "2x"})
_BASE = """
.fa-solid,.fas{display:inline-block;width:1em;height:1em;line-height:1;
vertical-align:-.125em;flex:none}
.fa-lg{font-size:1.2em}
.fa-solid::before,.fas::before{content:"";display:block;width:100%;height:100%;
background:currentColor;-webkit-mask:var(--fa) center/contain no-repeat;
mask:var(--fa) center/contain no-repeat}
@media (forced-colors:active){.fa-solid::before,.fas::before{background:ButtonText}}
"""


def icon_names(html: str) -> set[str]:
    """Return the icons that a page asks for.

    Examples
    --------
    >>> sorted(icon_names('<i class="fa-solid fa-sun fa-lg"></i>'))
    ['sun']
    """
    return set(_ICON_CLASS.findall(html)) - _NOT_AN_ICON


def icon_css(names: Iterable[str], library: str) -> str:
    """Return the CSS of the named icons, cut from the theme's icon script.

    Parameters
    ----------
    names
        Icon names without their ``fa-``.
    library
        The text of the theme's ``fontawesome.js``.

    Raises
    ------
    ValueError
        The script has no solid icon of that name.
    """
    rules = [f".fa-{name}{{--fa:{_data_uri(name, library)}}}" for name in sorted(names)]
    return "\n".join([NOTICE, _BASE, *rules])


def _data_uri(name: str, library: str) -> str:
    """Return one icon as a CSS ``url()``."""
    entry = re.compile(rf'[,{{]"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^\]]*\],"[0-9a-f]+","([^"]+)"')
    found = entry.findall(library)
    if not found:
        message = f"icon is {name!r}: the theme's icon script has no drawing of it"
        raise ValueError(message)
    # Brands come first in the script, then regular, then solid.
    width, height, path = found[-1]
    return (
        "url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' "
        f"viewBox='0 0 {width} {height}'%3E%3Cpath d='{path}'/%3E%3C/svg%3E\")"
    )
