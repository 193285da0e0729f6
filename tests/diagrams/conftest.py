"""Pages that show one diagram the way the site and a phone do."""

import base64
from functools import cache
from pathlib import Path

import matplotlib as mpl

from explorables.diagram import Diagram, stylesheet


@cache
def widest_font() -> str:
    """Return DejaVu Sans as CSS: what fits in the widest fallback fits in all."""
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return "".join(
        "@font-face{font-family:widest;font-weight:"
        f"{weight};src:url(data:font/ttf;base64,{_encoded(folder / name)})}}"
        for weight, name in (("400", "DejaVuSans.ttf"), ("650", "DejaVuSans-Bold.ttf"))
    )


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def page_of(shown: Diagram, *, state: int | None = None, theme: str = "light") -> str:
    """Return a page with one diagram, in one of its states."""
    figure = shown.html()
    if state is not None:
        figure = figure.replace(" checked>", ">")
        figure = figure.replace(f'value="{state}">', f'value="{state}" checked>')
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><head>'
        '<meta charset="utf-8"><title>Diagram</title>'
        f"<style>{widest_font()}{stylesheet()}"
        "html{--book-sans:widest}body{margin:0 16px;background:var(--ex-ground);"
        "color:var(--ex-ink)}figure{margin:0}</style></head>"
        f"<body><main><h1>Diagram</h1>{figure}</main></body></html>"
    )
