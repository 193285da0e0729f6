"""The controls that rerun a recording where a kernel is at hand; a page shows none."""

import html
from typing import Any

import ipywidgets
from IPython.display import HTML

from explorables.controls import Choice, Control, Slider, Toggle
from explorables.recording import Recording

NOTHING = "<!-- these controls need a live kernel -->"
"""What a page without a kernel shows of the box."""


def live_bundle(recording: Recording) -> dict[str, Any]:
    """Return the box for front ends that can show it, and nothing for a page."""
    bundle = dict(live_box(recording)._repr_mimebundle_())
    return bundle | {"text/html": NOTHING, "text/plain": ""}


def live_box(recording: Recording) -> ipywidgets.VBox:
    """Return the widgets that rerun a recording.

    Under them the panel of the last new run appears, or the reason why there is none.
    """
    options = [c for c in recording.controls if c.name != recording.step]
    widgets = {c.name: widget(c) for c in [*options, *recording.live]}
    button = ipywidgets.Button(description="Run anew", button_style="primary")
    place = ipywidgets.Output()

    def run(_button: object) -> None:
        values = {name: made.value for name, made in widgets.items()}
        given = {control.name: values.pop(control.name) for control in recording.live}
        button.disabled, button.description = True, "Running"
        try:
            shown = recording.again(values, **given).html()
        except ValueError as error:
            shown = html.escape(str(error))
        place.outputs = ()
        place.append_display_data(HTML(shown))
        button.disabled, button.description = False, "Run anew"

    button.on_click(run)
    return ipywidgets.VBox([*widgets.values(), button, place])


def widget(control: Control) -> ipywidgets.Widget:
    """Return the widget for a control."""
    look = {
        "description": control.title,
        "style": {"description_width": "14em"},
        "layout": ipywidgets.Layout(width="30em"),
    }
    if isinstance(control, Choice):
        named = [(control.shown(name), name) for name in control.argument]
        return ipywidgets.Dropdown(options=named, value=control.default, **look)
    if isinstance(control, Toggle):
        return ipywidgets.Checkbox(value=control.default, indent=False, **look)
    assert isinstance(control, Slider)
    low, high = control.low, control.high
    return ipywidgets.BoundedFloatText(
        value=control.default, min=low, max=high, step=control.step or None, **look
    )
