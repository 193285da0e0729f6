"""Number formats are those of torch, of chips and of what was published."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from dsv3 import formats
from dsv3.economics import PRECISIONS
from dsv3.facts import fact
from dsv3.formats import FLOAT_FORMATS, FP8, NUMBER_FORMATS, NumberFormat
from dsv3.hardware import accelerators
from dsv3.low_precision import ACTIVATION_TILE, WEIGHT_BLOCK
from dsv3.model.checkpoint import FP8_BLOCK
from dsv3.parallel import WIRE_FORMS
from dsv3.serving import BYTES_PER_ELEMENT, WEIGHT_PRECISIONS

IN_TORCH = {
    "fp32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
    "fp8": torch.float8_e4m3fn,
}
LISTS = {
    name: value
    for name, value in vars(formats).items()
    if name.endswith("_FORMATS") and isinstance(value, tuple)
}


@pytest.mark.parametrize("name", IN_TORCH)
def test_floats_are_those_of_torch(name: str) -> None:
    form, known = NUMBER_FORMATS[name], torch.finfo(IN_TORCH[name])
    assert form.layout is not None
    assert form.bits == form.layout.bits == sum(form.layout.parts) == known.bits
    assert form.layout.largest == known.max
    assert form.layout.smallest_normal == known.smallest_normal


def test_the_recipe_is_the_published_one() -> None:
    tile, block = fact("v3.fp8.activation_tile"), fact("v3.fp8.weight_block")
    assert tuple(tile.numbers) == (1, FP8.activation_tile) == ACTIVATION_TILE
    assert tuple(block.numbers) == FP8.weight_block == WEIGHT_BLOCK == FP8_BLOCK
    layout = FLOAT_FORMATS[str(fact("v3.fp8.format").value)]
    assert FP8.layout is layout
    assert layout.largest == fact("v3.fp8.largest_e4m3").number
    assert str(fact("v3.fp8.e5m6").value) in FLOAT_FORMATS
    assert FP8.dispatched_as == str(fact("v3.fp8.dispatch").value).lower()


@pytest.mark.parametrize("form", NUMBER_FORMATS.values(), ids=lambda form: form.name)
def test_a_format_is_sent_and_multiplied_as_one_there_is(form: NumberFormat) -> None:
    assert NUMBER_FORMATS[form.dispatched_as].dispatched_as == form.dispatched_as
    assert NUMBER_FORMATS[form.multiplied_as].multiplied_as == form.multiplied_as
    assert 8 * form.element_bytes == form.bits


@pytest.mark.parametrize("names", LISTS.values(), ids=list(LISTS))
def test_lists_name_formats_there_are(names: Sequence[str]) -> None:
    assert set(names) <= {*NUMBER_FORMATS, formats.RELEASED}
    assert len(set(names)) == len(names)


def test_every_table_is_made_of_the_lists() -> None:
    assert WEIGHT_PRECISIONS == formats.SERVED_FORMATS
    assert tuple(BYTES_PER_ELEMENT) == formats.CACHE_FORMATS
    assert PRECISIONS == formats.TRAINING_FORMATS
    assert {*WIRE_FORMS} - {"exact"} <= {*formats.WIRE_FORMATS}
    rated = {name for chip in accelerators().values() for name in chip.dense_peaks}
    assert rated <= {*formats.OPERAND_FORMATS}


def test_a_format_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="activation_tile is 0: must be above 0"):
        replace(FP8, activation_tile=0)
