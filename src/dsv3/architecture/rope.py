"""Reading rotary position, which changes no count of parameters."""

from collections.abc import Mapping

from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.sizes import RopeScaling
from dsv3.architecture.values import positive, refuse, shown


def rope(fields: ConfigFields) -> tuple[float | None, RopeScaling | None]:
    """Read the base of rotary position, and how it is stretched.

    ``rope_theta`` with ``rope_scaling``, or both in ``rope_parameters``, as newer files
    have it; None for what the config leaves out.
    """
    table = fields.table("rope_scaling") or fields.table("rope_parameters")
    # Where layers with and without a window turn differently, the latter see farther.
    inner = None if table is None else table.get("full_attention")
    table = inner if isinstance(inner, Mapping) else table
    theta = fields.number("rope_theta")
    if table is None:
        return theta, None
    if theta is None and table.get("rope_theta") is not None:
        theta = positive("rope_theta", table["rope_theta"])
    method = table.get("rope_type", table.get("type", "default"))
    if not isinstance(method, str):
        refuse("rope_type", method, "must be the name of a method")
    if method == "default":
        return theta, None
    return theta, RopeScaling(rope_type=method, settings=_rope_settings(table))


def _rope_settings(table: Mapping[str, object]) -> tuple[tuple[str, float], ...]:
    """Return the numbers among the settings, sorted by name."""
    return tuple(
        sorted(
            (name, positive(f"{shown(name)} in rope_scaling", value))
            for name, value in table.items()
            if isinstance(value, int | float)
            and not isinstance(value, bool)
            and value != 0
            and name != "rope_theta"
        )
    )
