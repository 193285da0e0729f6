"""Reading what surrounds the layers: rotary position and the released layout.

Neither changes a count of parameters.
"""

from collections.abc import Mapping

from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.sizes import Quantization, RopeScaling
from dsv3.architecture.values import positive, refuse, shown, whole


def rope(fields: ConfigFields) -> tuple[float | None, RopeScaling | None]:
    """Read the base of rotary position, and how it is stretched.

    ``rope_theta`` with ``rope_scaling``, or both in ``rope_parameters``, as newer files
    have it; None for what the config leaves out.
    """
    table = fields.table("rope_scaling") or fields.table("rope_parameters")
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
            and name != "rope_theta"
        )
    )


def quantization(fields: ConfigFields) -> Quantization | None:
    """Read the layout in which the weights were released; None when unquantised."""
    table = fields.table("quantization_config")
    if table is None:
        return None
    method = table.get("quant_method")
    if not isinstance(method, str) or not method:
        refuse("quant_method", method, "must be the name of a method")
    experts = table.get("expert_dtype") or fields.text("expert_dtype", default="")
    if not isinstance(experts, str):
        refuse("expert_dtype", experts, "must be the name of a format")
    dtype = experts or None
    block = table.get("weight_block_size")
    if block is None:
        return Quantization(quant_method=method, expert_dtype=dtype)
    if not isinstance(block, list | tuple) or len(block) != 2:
        refuse("weight_block_size", block, "must be two whole numbers")
    rows, columns = (whole("weight_block_size", size) for size in block)
    return Quantization(
        quant_method=method, weight_block_size=(rows, columns), expert_dtype=dtype
    )
