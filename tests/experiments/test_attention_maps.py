"""The experiment on attention asks about the places it names, and draws by rule."""

from collections.abc import Callable
from types import ModuleType

import pytest
import torch

from dsv3.learning.corpus import library_corpus
from dsv3.measurements import record


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("attention_maps")


def test_every_place_is_where_its_name_says(experiment: ModuleType) -> None:
    text = 'a (b "cc'
    tokens = experiment.as_bytes(text)[None]
    seen = {
        name: "".join(text[at] for at in places[0, -1].nonzero().flatten())
        for name, places in experiment.places(tokens).items()
    }
    assert seen == {
        "the byte before": "c",
        "the start of the word": '"',
        "the last space": " ",
        "the last opening bracket": "(",
        "the last quotation mark": '"',
        "what followed the same byte": "",
    }


def test_the_head_with_the_most_beyond_its_control_is_drawn(
    experiment: ModuleType,
) -> None:
    shares = {"share": [[0.9, 0.5], [0.4, 0.1]], "by_distance": [[0.9, 0.4], [0.1, 0]]}
    found = {"the last space": shares, "the byte before": shares}
    assert experiment.chosen_head(found, "the last space") == (1, 0)
    assert experiment.chosen_head(found, "the byte before") == (0, 0)


def test_the_passage_is_short_and_was_not_learned_from(experiment: ModuleType) -> None:
    assert len(experiment.PASSAGE) <= 64
    training = library_corpus().training
    text = bytes(training[training < 256].to(torch.uint8).numpy().tobytes())
    assert experiment.PASSAGE.encode() not in text


def test_the_record_is_of_this_passage_and_draws_each_named_place(
    experiment: ModuleType,
) -> None:
    made = record("attention_maps")
    assert made.settings["passage"] == experiment.PASSAGE
    first = made.measures["runs"][0]
    assert [one["looks_at"] for one in first["maps"]] == list(experiment.DRAWN)
    for one in first["maps"]:
        chosen = experiment.chosen_head(first["places"], one["looks_at"])
        assert (one["layer"], one["head"]) == chosen
        assert len(one["percent"]) == len(experiment.PASSAGE)
