import pytest
import torch

from dsv3.model.normalization import RmsNorm


def test_three_and_four_become_their_shares_of_the_root_mean_square() -> None:
    norm = RmsNorm(2, 0.0)
    # sqrt((9 + 16) / 2) is 3.5355.
    expected = [3 / 3.5355339, 4 / 3.5355339]
    assert norm(torch.tensor([3.0, 4.0])).tolist() == pytest.approx(expected)


def test_eps_keeps_a_zero_vector_at_zero() -> None:
    assert RmsNorm(4, 1e-6)(torch.zeros(4)).abs().max() == 0


def test_half_precision_is_squared_in_single() -> None:
    norm = RmsNorm(2, 1e-6).to(torch.float16)
    large = torch.tensor([60000.0, 60000.0], dtype=torch.float16)
    assert norm(large).tolist() == [1.0, 1.0]
