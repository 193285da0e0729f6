from typing import Any

import pytest

from dsv3.low_precision.quantization_sandbox import (
    OUTLIER_TILE,
    TILES,
    TOKENS,
    quantized_outlier,
)

PLAIN: dict[str, Any] = {
    "form": "E4M3",
    "scales": "tile",
    "power_of_two": False,
    "outlier_exponent": 0.0,
}


def test_in_tiles_the_outlier_is_felt_by_its_own_tile_alone() -> None:
    calm = quantized_outlier(**PLAIN)
    struck = quantized_outlier(**PLAIN | {"outlier_exponent": 20.0})
    before, after = list(calm.error_by_tile), list(struck.error_by_tile)
    assert len(before) == TOKENS * TILES
    assert after.pop(OUTLIER_TILE) > 10 * before.pop(OUTLIER_TILE)
    assert after == before
    assert struck.other_tiles_error_share == calm.other_tiles_error_share


def test_with_one_scale_everybody_pays() -> None:
    struck = quantized_outlier(**PLAIN | {"scales": "tensor", "outlier_exponent": 20.0})
    assert min(struck.error_by_tile) > 0.5
    assert struck.lost_share > 0.5
    assert struck.outlier == 2.0**20


def test_a_format_of_more_range_bears_a_larger_outlier() -> None:
    asked = PLAIN | {"scales": "tensor", "outlier_exponent": 20.0}
    narrow, wide = (quantized_outlier(**asked | {"form": f}) for f in ("E4M3", "E5M2"))
    assert wide.error_share < narrow.error_share / 5
    calm, coarse = (quantized_outlier(**PLAIN | {"form": f}) for f in ("E4M3", "E5M2"))
    assert coarse.error_share > 1.5 * calm.error_share


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"form": "E9M9"}, "form is 'E9M9': must be one of E4M3"),
        ({"scales": "row"}, "scales is 'row': must be one of tile"),
        ({"outlier_exponent": 25.0}, "outlier_exponent is 25.0: must be from 0 to 24"),
    ],
)
def test_what_is_not_offered_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        quantized_outlier(**PLAIN | wrong)
