"""Weights, scales and sums of a linear layer, countable by hand."""

import pytest

from dsv3.accounting.matrices import (
    WeightMatrix,
    gated_matrices,
    parameters_of,
    require_sum,
)


def test_weights_are_rows_times_columns_times_copies() -> None:
    assert WeightMatrix(output_size=3, input_size=5, copies=7).parameters == 105


@pytest.mark.parametrize(
    ("rows", "columns", "scales"),
    [(128, 128, 1), (129, 128, 2), (129, 129, 4), (1, 1, 1), (256, 384, 6)],
)
def test_an_edge_block_has_a_scale_of_its_own(
    rows: int, columns: int, scales: int
) -> None:
    matrix = WeightMatrix(output_size=rows, input_size=columns, copies=3)
    assert matrix.scales((128, 128)) == 3 * scales


def test_a_gated_feed_forward_has_three_matrices() -> None:
    matrices = gated_matrices(hidden_size=4, inner_size=6, copies=5)
    assert [matrix.output_size for matrix in matrices] == [6, 6, 4]
    assert parameters_of(matrices) == 3 * 4 * 6 * 5


def test_no_matrices_have_no_weights() -> None:
    assert parameters_of([]) == 0


def test_parts_that_do_not_add_up_are_refused() -> None:
    require_sum("total", [1, 2], 3)
    with pytest.raises(ValueError, match="total is 4: its parts add up to 3"):
        require_sum("total", [1, 2], 4)
