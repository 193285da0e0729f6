import math

import pytest
import torch

from dsv3.learning import domain_information, shuffled_information
from dsv3.learning.specialization import starved_experts


def test_starved_are_those_below_a_tenth_of_the_mean() -> None:
    load_E = torch.tensor([100, 9, 10, 281])  # mean 100
    assert starved_experts(load_E) == 1


def test_information_is_that_of_the_joint_table() -> None:
    # Two kinds, equally common; the first calls expert 0 three times in four.
    counts_DWE = torch.tensor([[[3, 1]], [[1, 3]]])
    bits = 1 - (-0.75 * math.log2(0.75) - 0.25 * math.log2(0.25))
    assert domain_information(counts_DWE) == pytest.approx(bits)


def test_pieces_dealt_at_random_tell_less_than_true_specialists() -> None:
    generator = torch.Generator().manual_seed(0)
    own = torch.randint(20, 30, (2, 12, 3), generator=generator)
    other = torch.randint(0, 3, (2, 12, 3), generator=generator)
    counts_DWE = torch.stack(
        [torch.cat((own[0], other[0]), -1), torch.cat((other[1], own[1]), -1)]
    )
    dealt = shuffled_information(counts_DWE, 50, generator)
    assert domain_information(counts_DWE) > 2 * float(dealt.max())


def test_without_specialists_the_measure_is_one_deal_among_others() -> None:
    generator = torch.Generator().manual_seed(1)
    counts_DWE = torch.randint(0, 30, (3, 20, 6), generator=generator)
    dealt = shuffled_information(counts_DWE, 100, generator)
    assert domain_information(counts_DWE) <= float(dealt.max())
