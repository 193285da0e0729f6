"""Reading the layout in which weights were released, as every common tool notes it.

What a tool leaves wide, and how its scales are stored, is in the file or in the tool's
own code; a method whose layout is not known here is kept by its name.
"""

from collections.abc import Mapping
from typing import Any

from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.sizes import Quantization
from dsv3.architecture.values import refuse, whole
from dsv3.formats import (
    FP8_BLOCKS,
    FP8_CHANNELS,
    FP8_TENSORS,
    INT8_CHANNELS,
    MXFP4_BLOCKS,
    NF4_BLOCKS,
    NF4_BLOCKS_TWICE,
    NVFP4_BLOCKS,
    StoredWeights,
    affine_groups,
    integer_groups,
)

Table = Mapping[str, Any]

WIDE_LISTS = (
    *("modules_to_not_convert", "ignored_layers", "ignore", "exclude_modules"),
    *("exclude", "llm_int8_skip_modules", "modules_not_to_convert"),
)
"""What tools call the list of modules that they leave wide."""

ALWAYS_WIDE = ("lm_head",)
"""What every tool but MLX leaves wide, whether it says so or not."""

METHODS_BY_FIELD = (
    ("quant_algo", "modelopt"),
    ("load_in_4bit", "bitsandbytes"),
    ("load_in_8bit", "bitsandbytes"),
    ("config_groups", "compressed-tensors"),
    ("weight_block_size", "fp8"),
    ("group_size", "mlx"),
)
"""Methods of files that do not name theirs, by a field that only they have."""

EXPERT_LAYOUTS: Mapping[str, StoredWeights | None] = {
    "fp8": None,
    "fp4": MXFP4_BLOCKS,
}
"""What DeepSeek-V4's ``expert_dtype`` may be; a power of two scales 32 weights."""

MODELOPT_LAYOUTS: Mapping[str, StoredWeights] = {
    "FP8_PB": FP8_BLOCKS,
    "FP8_PER_CHANNEL": FP8_CHANNELS,
    "FP8": FP8_TENSORS,
    "INT8": INT8_CHANNELS,
}
"""NVIDIA ModelOpt's algorithms by their beginnings, the longest first."""


def quantization(fields: ConfigFields) -> Quantization | None:
    """Read the layout in which the weights were released; None when unquantised."""
    table = fields.table("quantization_config") or fields.table("quantization")
    if not table:
        return None
    method = _method(table)
    return Quantization(
        quant_method=method,
        weight_block_size=_block(table),
        stored=_stored(method, table),
        wide_modules=_wide(method, table),
        embeddings_stored=method == "mlx",
        experts_only=method == "mxfp4",
        experts_stored=_experts_stored(fields, table),
    )


def _experts_stored(fields: ConfigFields, table: Table) -> StoredWeights | None:
    """Read the layout of routed experts that ``expert_dtype`` notes, if another."""
    noted = table.get("expert_dtype") or fields.text("expert_dtype", default="fp8")
    if not isinstance(noted, str) or noted not in EXPERT_LAYOUTS:
        rule = f"must be {' or '.join(EXPERT_LAYOUTS)}"
        refuse("expert_dtype", noted, rule)
    return EXPERT_LAYOUTS[noted]


def _method(table: Table) -> str:
    method = table.get("quant_method")
    if method is None:
        inner = table.get("quantization")
        if isinstance(inner, Mapping):  # ModelOpt's own file beside the config
            return "modelopt"
        found = [name for field, name in METHODS_BY_FIELD if table.get(field)]
        return found[0] if found else "unnamed"
    if not isinstance(method, str) or not method:
        refuse("quant_method", method, "must be the name of a method")
    return method.lower()


def _block(table: Table) -> tuple[int, int] | None:
    block = table.get("weight_block_size")
    if block is None:
        return None
    if not isinstance(block, list | tuple) or len(block) != 2:
        refuse("weight_block_size", block, "must be two whole numbers")
    rows, columns = (whole("weight_block_size", size) for size in block)
    return rows, columns


def _wide(method: str, table: Table) -> tuple[str, ...]:
    """Return the modules that are left wide, as names or patterns."""
    nested = table.get("quantization")
    tables = [table, nested] if isinstance(nested, Mapping) else [table]
    listed: list[str] = []
    for one in tables:
        for name in WIDE_LISTS:
            found = one.get(name)
            if isinstance(found, list | tuple):
                listed += [module for module in found if isinstance(module, str)]
    if method == "mlx":
        # MLX notes one module at a time, false where it is left wide.
        return tuple(name for name, value in table.items() if value is False)
    if method == "gptq" and table.get("lm_head") is True:
        return tuple(listed)
    return (*listed, *(name for name in ALWAYS_WIDE if name not in listed))


def _stored(method: str, table: Table) -> StoredWeights | None:
    """Return how the weights of a linear layer are stored, where that is known."""
    readers = {
        "fp8": _fine_grained,
        "fbgemm_fp8": lambda _: FP8_CHANNELS,
        "mxfp4": lambda _: MXFP4_BLOCKS,
        "awq": _awq,
        "gptq": _gptq,
        "auto-round": _gptq,
        "intel/auto-round": _gptq,
        "bitsandbytes": _bitsandbytes,
        "mlx": _mlx,
        "modelopt": _modelopt,
        "modelopt_fp4": lambda _: NVFP4_BLOCKS,
        "compressed-tensors": _compressed,
        "compressed_tensors": _compressed,
    }
    reader = readers.get(method)
    return None if reader is None else reader(table)


def _size(table: Table, name: str, default: int) -> int:
    value = table.get(name)
    return default if value is None else whole(name, value, at_least=-1)


def _fine_grained(table: Table) -> StoredWeights:
    block = _block(table)
    return FP8_TENSORS if block is None else FP8_BLOCKS.in_blocks(block)


def _group(table: Table, default: int) -> int | None:
    """Return the weights of a row that share a scale; None for all of them."""
    size = _size(table, "group_size", default)
    if size == 0:
        refuse("group_size", size, "must be -1, or at least 1")
    return None if size < 0 else size


def _bits(table: Table, default: int) -> int:
    """Return the bits of a weight, 2 to 8."""
    bits = _size(table, "bits", _size(table, "w_bit", default))
    if not 2 <= bits <= 8:
        refuse("bits", bits, "must be from 2 to 8")
    return bits


def _awq(table: Table) -> StoredWeights:
    size = table.get("group_size", table.get("q_group_size"))
    zero = table.get("zero_point", True) is not False
    return integer_groups(
        _bits(table, 4), _group({"group_size": size}, 128), zero_points=zero
    )


def _gptq(table: Table) -> StoredWeights:
    # Zero points are stored whether or not the grid is symmetric; and an index of
    # the group of every column.
    return integer_groups(
        _bits(table, 4), _group(table, 128), zero_points=True, column_bytes=4
    )


def _bitsandbytes(table: Table) -> StoredWeights:
    if table.get("load_in_8bit") or table.get("_load_in_8bit"):
        return INT8_CHANNELS
    twice = table.get("bnb_4bit_use_double_quant") is True
    return NF4_BLOCKS_TWICE if twice else NF4_BLOCKS


def _mlx(table: Table) -> StoredWeights:
    mode = table.get("mode", "affine")
    if mode == "mxfp4":
        return MXFP4_BLOCKS
    if mode == "nvfp4":
        return NVFP4_BLOCKS
    return affine_groups(_bits(table, 4), _group(table, 64))


def _modelopt(table: Table) -> StoredWeights | None:
    nested = table.get("quantization")
    inner: Table = nested if isinstance(nested, Mapping) else table
    named = inner.get("quant_algo")
    algorithm = named.upper() if isinstance(named, str) else ""
    if algorithm in ("NVFP4", "W4A16_NVFP4", "NVFP4_AWQ"):
        return NVFP4_BLOCKS.in_groups(_group(inner, 16) or 16)
    if algorithm in ("INT4_AWQ", "W4A16_AWQ", "W4A8_AWQ"):
        return integer_groups(4, _group(inner, 128), zero_points=False)
    begins = (start for start in MODELOPT_LAYOUTS if algorithm.startswith(start))
    return next((MODELOPT_LAYOUTS[start] for start in begins), None)


def _compressed(table: Table) -> StoredWeights | None:
    """Read the first group's weights of the compressed-tensors format."""
    groups = table.get("config_groups")
    if not isinstance(groups, Mapping) or not groups:
        return None
    first = next(iter(groups.values()))
    weights = first.get("weights") if isinstance(first, Mapping) else None
    if not isinstance(weights, Mapping):
        return None
    bits, kind = _size(weights, "num_bits", 8), weights.get("type", "int")
    if kind == "float":
        return _compressed_floats(weights, bits, table.get("format"))
    if bits == 8 and weights.get("strategy") in ("channel", "tensor", None):
        return INT8_CHANNELS.with_scale_bytes(2)
    return integer_groups(
        _bits({"bits": bits}, 4),
        _group(weights, -1),
        zero_points=weights.get("symmetric") is False,
        # Each packed weight notes its shape in two whole numbers of eight bytes.
        tensor_bytes=16,
    )


def _compressed_floats(weights: Table, bits: int, form: object) -> StoredWeights:
    if bits == 4:
        named = form if isinstance(form, str) else ""
        if "mxfp4" in named or _size(weights, "group_size", 16) == 32:
            return MXFP4_BLOCKS
        return NVFP4_BLOCKS.in_groups(_group(weights, 16) or 16)
    block = _block({"weight_block_size": weights.get("block_structure")})
    if weights.get("strategy") == "block" and block is not None:
        return FP8_BLOCKS.in_blocks(block).with_scale_bytes(2)
    if weights.get("strategy") == "tensor":
        return FP8_TENSORS
    return FP8_CHANNELS.with_scale_bytes(2)
