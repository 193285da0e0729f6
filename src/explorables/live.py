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
        except (Exception, KeyboardInterrupt) as error:
            # A widget's callback has no cell in which a traceback could appear.
            shown = html.escape(reason(error))
        finally:
            button.disabled, button.description = False, "Run anew"
        place.outputs = ()
        place.append_display_data(HTML(shown))

    button.on_click(run)
    return ipywidgets.VBox([*widgets.values(), button, place])


def reason(error: BaseException) -> str:
    """Return why there is no new run, in one line.

    Examples
    --------
    >>> reason(ValueError("pace is 9: must be from 1 to 5"))
    'pace is 9: must be from 1 to 5'
    >>> reason(KeyboardInterrupt())
    'Stopped before the end.'
    >>> reason(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero'
    """
    if isinstance(error, KeyboardInterrupt):
        return "Stopped before the end."
    if isinstance(error, ValueError):
        return str(error)
    return f"{type(error).__name__}: {error}"


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
    bounds = {"value": control.default, "min": control.low, "max": control.high}
    if control.counts:
        whole = {name: int(value) for name, value in bounds.items()}
        return ipywidgets.BoundedIntText(**whole, step=int(control.step or 1), **look)
    return ipywidgets.BoundedFloatText(**bounds, step=control.step or None, **look)
