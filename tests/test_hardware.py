import math
import re
from typing import Any

import pytest

from dsv3.facts import read_records
from dsv3.hardware import (
    Accelerator,
    accelerator,
    accelerator_names,
    accelerators,
)

# Dense BF16 peak over memory bandwidth, FLOP per byte, worked by hand.
RIDGES = {
    "H800 SXM": 295.2,  # 989 / 3.35
    "H800 PCIe": 378.0,  # 756 / 2.0
    "H100 SXM": 295.3,  # 989.4 / 3.35
    "H100 PCIe": 378.0,  # 756 / 2.0
    "H200 SXM": 206.0,  # 989 / 4.8
    "H20 SXM": 37.0,  # 148 / 4.0
    "A100 SXM": 153.0,  # 312 / 2.039
    "A100 PCIe": 160.8,  # 312 / 1.94
    "A800 SXM": 152.8,  # 311.8 / 2.04
    "A800 PCIe": 160.7,  # 311.8 / 1.94
    "B200 SXM": 281.3,  # 2250 / 8.0
    "MI300X OAM": 246.7,  # 1307.4 / 5.3
    "B300 SXM": 281.3,  # 2250 / 8.0
    "GB200 SXM": 312.5,  # 2500 / 8.0
    "GB300 SXM": 312.5,  # 2500 / 8.0
    "L40S PCIe": 419.0,  # 362.05 / 0.864
    "RTX 4090 PCIe": 163.9,  # 165.2 / 1.008
    "RTX 5090 PCIe": 116.9,  # 209.5 / 1.792
    "RTX 6000 Ada PCIe": 379.7,  # 364.5 / 0.96
    "RTX PRO 6000 PCIe": 261.0,  # 467.8 / 1.792
    "RTX A6000 PCIe": 201.6,  # 154.8 / 0.768
    "MI325X OAM": 217.9,  # 1307.4 / 6.0
    "MI355X OAM": 312.5,  # 2500 / 8.0
    "Ascend 910B3 NPU": 195.6,  # 313 / 1.6
    "Ascend 910C NPU": 235.0,  # 752 / 3.2
}

PRINTED_APART = {"L40S PCIe": 733 / (2 * 362.05)}
"""Chips whose FP8 rating NVIDIA does not print as twice the one for BF16."""

CHIP = """
- name: X1 SXM
  vendor: Someone
  variant: SXM
  architecture: None yet
  ratings:
    - {kind: matrix_peak, value: 2.0e+12, unit: flop_per_s, precision: bf16,
       sparsity: sparse, scope: gpu, direction: none, used: true, SOURCED}
    - {kind: memory, value: 8.0e+10, unit: bytes, precision: none, sparsity: none,
       scope: gpu, direction: none, used: true, SOURCED}
    - {kind: memory_bandwidth, value: 1.0e+12, unit: bytes_per_s, precision: none,
       sparsity: none, scope: gpu, direction: none, used: true, SOURCED}
    - {kind: scale_up_link, value: 9.0e+11, unit: bytes_per_s, precision: none,
       sparsity: none, scope: gpu, direction: both, used: true, SOURCED}
    - {kind: power, value: 700, unit: watts, precision: none, sparsity: none,
       scope: gpu, direction: none, used: true, SOURCED}
""".replace(
    "SOURCED",
    "source: deepseekai2024v3, locator: here, basis: vendor, status: verified",
)


def read_one(text: str) -> Accelerator:
    (chip,) = read_records("trial.yaml", Accelerator, name_field="name", text=text)
    return chip


def test_every_chip_has_the_ridge_worked_by_hand() -> None:
    ridges = {
        name: accelerator(name).peak_flop_per_s("bf16")
        / accelerator(name).hbm_bytes_per_s
        for name in accelerator_names()
    }
    assert ridges == pytest.approx(RIDGES, abs=0.06)


def test_fp8_is_twice_bf16_on_every_chip_that_has_it() -> None:
    for name in accelerator_names():
        peaks = accelerator(name).dense_peaks
        if "fp8" in peaks:
            twice = 2 * peaks["bf16"] * PRINTED_APART.get(name, 1)
            assert peaks["fp8"] == pytest.approx(twice, rel=2e-3), name


def test_the_bare_name_of_a_chip_means_its_module() -> None:
    assert accelerator("h800") is accelerator("H800 SXM")
    assert accelerator("MI300X").variant == "OAM"
    assert accelerator("h100-pcie").name == "H100 PCIe"


def test_an_unknown_chip_is_refused_with_the_nearest_ones() -> None:
    with pytest.raises(ValueError, match=r"'H801'.*nearest: H800 SXM"):
        accelerator("H801")


def test_an_unknown_precision_is_refused_with_those_the_chip_has() -> None:
    with pytest.raises(ValueError, match="'fp8': A100 SXM has bf16"):
        accelerator("A100").peak_flop_per_s("fp8")


def test_a_peak_is_rated_or_not_a_number_where_there_is_none() -> None:
    table = {name: one.rated_flop_per_s("fp8") for name, one in accelerators().items()}
    assert tuple(table) == accelerator_names()
    assert math.isnan(table["A100 SXM"])
    assert table["H800 SXM"] == 1979e12
    with pytest.raises(ValueError, match="'fp64': must be one of bf16, fp8, fp4, int8"):
        accelerator("H800").rated_flop_per_s("fp64")


def test_no_sparse_figure_is_used_as_a_dense_one() -> None:
    for name in ("H800 SXM", "H100 SXM", "H200 SXM"):
        assert accelerator(name).peak_flop_per_s("bf16") < 1000e12
    sparse = [
        rating
        for rating in accelerator("H800 PCIe").ratings
        if rating.sparsity == "sparse"
    ]
    assert [rating.value for rating in sparse] == [3026e12]
    assert accelerator("H800 PCIe").peak_flop_per_s("fp8") == 1513e12


def test_the_links_of_the_h800_are_cut_and_those_of_the_h20_are_not() -> None:
    assert accelerator("H800").scale_up_bytes_per_s_per_direction == 200e9
    assert accelerator("H20").scale_up_bytes_per_s_per_direction == 450e9
    assert accelerator("H100").scale_up_bytes_per_s_per_direction == 450e9


def test_ratings_that_disagree_are_kept_beside_the_one_in_use() -> None:
    bf16 = [
        rating.value
        for rating in accelerator("H800").ratings
        if rating.precision == "bf16" and rating.basis != "measured"
    ]
    assert bf16 == [989e12, 990e12]


def test_every_chip_gives_memory_power_and_a_count_or_none() -> None:
    for name in accelerator_names():
        chip = accelerator(name)
        assert 24e9 <= chip.memory_bytes <= 288e9
        assert 250 <= chip.tdp_watts <= 1400
        assert chip.sm_count is None or 78 <= chip.sm_count <= 304
    assert accelerator("H800").sm_count == 132


def test_what_a_driver_reports_stands_beside_the_label() -> None:
    mebibytes = {
        name: round(accelerator(name).driver_memory_bytes / 1024**2)
        for name in ("H100", "H200", "H20", "B200", "B300", "4090", "L40S")
    }
    reported = [81559, 143771, 97871, 183359, 275040, 24564, 46068]
    assert list(mebibytes.values()) == reported
    unread = accelerator("A800")
    assert unread.reported_memory_bytes is None
    assert unread.driver_memory_bytes == unread.memory_bytes == 80e9
    for chip in accelerators().values():
        # The label counts billions, and the chips hold powers of two.
        assert 1 <= chip.driver_memory_bytes / chip.memory_bytes <= 1024**3 / 1e9


def test_the_area_of_a_die_is_known_only_where_a_source_gives_it() -> None:
    assert accelerator("H800").die_area_mm2 == accelerator("H100").die_area_mm2 == 814
    assert accelerator("A800").die_area_mm2 == 826
    assert accelerator("B200").die_area_mm2 is None


def test_every_rating_names_a_source_and_a_place_in_it() -> None:
    for name in accelerator_names():
        for rating in accelerator(name).ratings:
            assert rating.source.url
            assert rating.locator
            assert rating.scope == "gpu"
            assert rating.status == "verified" or rating.via


def test_sparse_and_two_way_figures_are_halved_in_code() -> None:
    chip = read_one(CHIP)
    assert chip.dense_peaks == {"bf16": 1e12}
    assert chip.scale_up_bytes_per_s_per_direction == 450e9
    assert chip.sm_count is None


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("8.0e+10", "8.0e10", "value is '8.0e10'"),
        ("8.0e+10", "-1.0", "value of memory is -1.0: a rating is positive"),
        ("unit: bytes,", "unit: GB,", "unit of memory is 'GB': give bytes"),
        ("       sparsity: sparse,", "       sparsity: none,", "sparsity of matrix"),
        ("       sparsity: sparse, ", "       ", "sparsity is missing"),
        ("direction: both", "direction: none", "direction of scale_up_link"),
        ("precision: bf16", "precision: none", "precision of matrix_peak"),
        ("precision: bf16", "precision: fp12", "is 'fp12': must be one of bf16, fp8"),
        ("locator: here", "locator: ' '", "locator is ' ': say where"),
        ("kind: power", "kind: heat", "kind is 'heat'"),
        ("used: true", "used: false", "missing for"),
        ("precision: bf16", "precision: fp8", "one BF16 peak"),
    ],
)
def test_a_broken_rating_is_refused_with_file_chip_field_and_rule(
    old: str, new: str, rule: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(rule)) as caught:
        read_one(CHIP.replace(old, new))
    assert str(caught.value).startswith("trial.yaml: X1 SXM: ")
    assert "\n" not in str(caught.value)


def test_a_rating_in_use_twice_is_refused() -> None:
    memory: Any = re.search(r"    - \{kind: memory,.*?\}\n", CHIP, re.DOTALL)
    with pytest.raises(ValueError, match="in use twice for"):
        read_one(CHIP + memory.group(0))
