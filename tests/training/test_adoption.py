"""The table of adoption, held against configurations and facts read elsewhere."""

import re
from pathlib import Path

import pytest
import yaml

from dsv3 import accounting, architecture
from dsv3.architecture import LatentAttention
from dsv3.facts import fact, read_records
from dsv3.training import TECHNIQUES, Adoption, adopters, adoption_records

RECORDS = {one.id: one for one in adoption_records()}

# Rows whose configuration the package holds as well.
CONFIGURED = {
    "deepseek_v2": "deepseek-v2",
    "deepseek_v3": "deepseek-v3",
    "kimi_k2": "kimi-k2",
    "qwen3_235b": "qwen3-235b-a22b",
    "gpt_oss_120b": "gpt-oss-120b",
    "glm_4_5": "glm-4.5",
}


@pytest.mark.parametrize("row", CONFIGURED)
def test_sizes_and_attention_are_those_of_the_configuration(row: str) -> None:
    record = RECORDS[row]
    read = architecture.preset(CONFIGURED[row])
    count = accounting.parameter_count(read)
    assert record.total_parameters == pytest.approx(count.total_parameters, rel=0.04)
    least, most = (
        f(count.active(one) for one in accounting.ActiveConvention) for f in (min, max)
    )
    assert record.active_parameters is not None
    assert 0.94 * least <= record.active_parameters <= 1.06 * most
    latent = isinstance(read.attention, LatentAttention)
    assert record.latent_attention == ("yes" if latent else "no")


@pytest.mark.parametrize("row", ["deepseek_v3", "kimi_k2", "glm_4_5"])
def test_a_bias_stands_in_the_configuration(row: str, repository: Path) -> None:
    path = repository / "src" / "dsv3" / "data" / "models.yaml"
    models = {m["name"]: m for m in yaml.safe_load(path.read_text(encoding="utf-8"))}
    config = models[CONFIGURED[row]]["config"]
    assert config["topk_method" if row != "glm_4_5" else "model_type"] in {
        "noaux_tc",
        "glm4_moe",
    }
    assert RECORDS[row].bias_balancing == "yes"


def test_hours_and_tokens_are_those_of_the_facts() -> None:
    pairs = {
        "deepseek_v3": ("v3.gpu_hours.total", "v3.tokens"),
        "llama_4_maverick": ("llama_4_maverick.gpu_hours", "llama_4_maverick.tokens"),
    }
    for row, (hours, tokens) in pairs.items():
        assert RECORDS[row].gpu_hours == fact(hours).number
        assert RECORDS[row].tokens == fact(tokens).number
    oss = RECORDS["gpt_oss_120b"].gpu_hours
    assert oss == fact("gpt_oss_120b.gpu_hours").number


def test_compute_is_six_times_parameters_times_tokens() -> None:
    assert RECORDS["deepseek_v3"].flop == pytest.approx(6 * 37e9 * 14.8e12)
    assert RECORDS["minimax_m2"].flop is None
    assert RECORDS["mistral_large_3"].flop is None


def test_a_technique_counts_laboratories_once_and_not_its_own() -> None:
    for technique in TECHNIQUES:
        found = adopters(technique)
        assert "DeepSeek" not in (*found.users, *found.others)
        assert not set(found.users) & set(found.others)
    # Z.ai kept grouped queries in GLM-4.5 and changed with GLM-5.
    assert "Z.ai" in adopters("latent attention").users
    assert "Meta" in adopters("bias balancing").others


def test_words_and_marks_of_a_row_agree() -> None:
    for one in RECORDS.values():
        assert (one.attention == "") == (one.latent_attention == "not read"), one.id
        assert (one.balancing == "") == (one.bias_balancing == "not read"), one.id
        assert (one.precision == "") == (one.eight_bit_training == "not read"), one.id
        assert one.attention.startswith("latent") == (one.latent_attention == "yes")
        assert ("FP8" in one.precision) == (one.eight_bit_training == "yes")


def test_hours_without_a_chip_and_unknown_sources_are_refused() -> None:
    text = """
- id: one
  model: One
  laboratory: Somebody
  from_date: '2026'
  attention: ''
  balancing: ''
  precision: ''
  latent_attention: 'not read'
  bias_balancing: 'not read'
  eight_bit_training: 'not read'
  gpu_hours: 5
  gpu: H100
  source: deepseekai2024v3
  locator: here
  basis: published
  status: verified
"""
    (one,) = read_records("trial.yaml", Adoption, text=text)
    assert one.hours_shown() == "5.000, H100"
    with pytest.raises(ValueError, match=re.escape("gpu is '': hours need the chip")):
        read_records("trial.yaml", Adoption, text=text.replace("  gpu: H100\n", ""))
    with pytest.raises(ValueError, match="nobody2024x"):
        read_records("trial.yaml", Adoption, text=text + "  sources: [nobody2024x]\n")
