"""The known models, each with its source."""

import pytest

from dsv3.architecture import preset, preset_names, preset_record


def test_the_models_of_the_book_are_known() -> None:
    assert preset_names() == (
        *("deepseek-v3", "deepseek-v2", "deepseek-v2-lite", "deepseek-v3.2"),
        *("deepseek-v4-pro", "deepseek-v4-flash", "llama-3.1-405b"),
        *("llama-3.1-70b", "llama-3.1-8b", "qwen2.5-72b", "mixtral-8x7b", "kimi-k2"),
        *("qwen3-235b-a22b", "gpt-oss-120b", "glm-4.5"),
    )


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_reads_and_says_where_from(name: str) -> None:
    record = preset_record(name)
    assert preset(name).model_type == record.config["model_type"]
    assert record.title
    assert record.locator
    assert record.source.url.startswith("https://")


def test_deepseek_v3_is_as_published() -> None:
    v3 = preset("deepseek-v3")
    assert (v3.num_hidden_layers, v3.hidden_size, v3.vocab_size) == (61, 7168, 129280)
    assert (v3.num_dense_layers, v3.num_expert_layers) == (3, 58)


def test_an_unknown_preset_names_the_nearest() -> None:
    message = "preset is 'deepseek-v1': there is none; nearest: deepseek-v"
    with pytest.raises(ValueError, match=message):
        preset("deepseek-v1")
