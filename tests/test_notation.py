"""One alphabet for the whole book: no axis in the code without a letter on the page."""

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

import dsv3
from dsv3.notation import alphabet

ROOMS = ("model", "low_precision", "learning", "parallel")
FILES = [
    file for room in ROOMS for file in (Path(dsv3.__file__).parent / room).rglob("*.py")
]
KINDS = {"Bool", "Float", "Int", "Integer", "Shaped", "UInt8"}
LETTERS = {one.letter for one in alphabet()}


def _axes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple)):
            continue
        last = node.slice.elts[-1]
        named = isinstance(node.value, ast.Name) and node.value.id in KINDS
        if named and isinstance(last, ast.Constant) and isinstance(last.value, str):
            yield from last.value.split()


def test_every_axis_of_the_model_is_in_the_alphabet() -> None:
    axes = {axis.lstrip("#*") for path in FILES for axis in _axes(path)}
    single = {
        axis for axis in axes if len(axis) == 1 and axis.isalpha() and axis != "_"
    }
    assert len(single) > 15, "the annotations were not found"
    assert single <= LETTERS


def test_no_letter_is_kept_that_nobody_uses() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in FILES)
    used = {axis.lstrip("#*") for path in FILES for axis in _axes(path)}
    suffixes = {letter for letter in LETTERS if f"_{letter}" in text}
    assert used | suffixes >= LETTERS


def test_each_letter_stands_once() -> None:
    assert len(LETTERS) == len(alphabet())


@pytest.mark.parametrize(
    ("letter", "length"),
    [("D", 7168), ("H", 128), ("K", 576), ("r", 32), ("E", 256), ("W", 129280)],
)
def test_the_lengths_are_those_of_the_released_config(letter: str, length: int) -> None:
    found = {one.letter: one.length() for one in alphabet()}
    assert found[letter] == length


def test_a_model_without_experts_has_no_such_axis() -> None:
    experts = next(one for one in alphabet() if one.letter == "E")
    with pytest.raises(ValueError, match="field is 'n_routed_experts'"):
        experts.length("llama-3.1-405b")


def test_a_misspelt_field_is_named() -> None:
    wrong = dataclasses.replace(alphabet()[0], field="hidden_sice")
    with pytest.raises(ValueError, match="hidden_sice"):
        wrong.length()
