"""Quantised products: exact where nothing is rounded, by hand where it is."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from dsv3.facts import fact
from dsv3.formats import E5M6, FLOAT_FORMATS
from dsv3.low_precision import E4M3, FloatFormat, quantized
from dsv3.low_precision.quantization import after_quantization
from dsv3.low_precision.quantized_linear import (
    BFLOAT16,
    BLOCK_GRADIENTS,
    FLOAT32,
    LEAST_GRADIENT_MAXIMUM,
    PUBLISHED_FP8,
    TENSOR_SCALES,
    ModelRecipe,
    ProductRecipe,
    QuantizedLinear,
    quantize_products,
    quantized_product,
)
from dsv3.model import Transformer, tiny
from dsv3.model.multi_token_prediction import prediction_loss


def normal(*shape: int, seed: int = 0) -> Tensor:
    """Return normal numbers."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def made(values: Tensor, tile: tuple[int, int] | None, least: float = 1e-4) -> Tensor:
    """Return a matrix after quantisation in E4M3, by way of codes."""
    return quantized(values, tile=tile, least_maximum=least).dequantized()


@pytest.mark.parametrize("form", FLOAT_FORMATS.values(), ids=lambda form: form.name)
@pytest.mark.parametrize("tile", [(1, 128), (128, 1), (128, 128), (3, 50), None])
@pytest.mark.parametrize("power_of_two", [False, True])
def test_the_way_without_codes_gives_the_same_numbers(
    form: FloatFormat, tile: tuple[int, int] | None, power_of_two: bool
) -> None:
    for seed, least in ((0, 1e-4), (1, LEAST_GRADIENT_MAXIMUM)):
        sizes = torch.exp(4 * seed * normal(130, 300, seed=seed + 10))
        values = normal(130, 300, seed=seed) * sizes * 10.0 ** (-4 * seed)
        values[0, 0] = 0.0
        asked = partial(
            quantized, tile=tile, power_of_two=power_of_two, least_maximum=least
        )
        fast = after_quantization(
            values, tile=tile, form=form, power_of_two=power_of_two, least_maximum=least
        )
        assert torch.equal(fast, asked(values, form=form).dequantized())


def passes(product: Callable[[Tensor, Tensor], Tensor]) -> tuple[Tensor, ...]:
    """Return a product of fixed matrices and both gradients of a fixed output."""
    rows = normal(256, 384, seed=1).requires_grad_()
    weight = normal(200, 384, seed=2).requires_grad_()
    output = product(rows, weight)
    output.backward(1e-6 * normal(256, 200, seed=3))
    assert rows.grad is not None
    assert weight.grad is not None
    return output.detach(), rows.grad, weight.grad


def test_without_rounding_it_is_the_plain_layer_exactly() -> None:
    plain = passes(nn.functional.linear)
    ours = passes(partial(quantized_product, recipe=FLOAT32.plain))
    for one, other in zip(plain, ours, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("gradient_tile", [(1, 128), (128, 128)])
def test_all_three_products_are_those_written_out_by_hand(
    gradient_tile: tuple[int, int],
) -> None:
    recipe = PUBLISHED_FP8 if gradient_tile == (1, 128) else BLOCK_GRADIENTS
    output, rows_gradient, weight_gradient = passes(
        partial(quantized_product, recipe=recipe.plain)
    )
    rows, weight = normal(256, 384, seed=1), normal(200, 384, seed=2)
    gradient = 1e-6 * normal(256, 200, seed=3)
    turned = (gradient_tile[1], gradient_tile[0])
    kept_rows, kept_weight = made(rows, (1, 128)), made(weight, (128, 128))
    sent_back = made(gradient, gradient_tile, LEAST_GRADIENT_MAXIMUM)
    along_tokens = made(gradient, turned, LEAST_GRADIENT_MAXIMUM)
    assert torch.equal(output, kept_rows @ kept_weight.T)
    assert torch.equal(rows_gradient, sent_back @ kept_weight)
    # The kept input, not the first one, is turned and rounded again.
    assert torch.equal(weight_gradient, along_tokens.T @ made(kept_rows, (128, 1)))


def test_the_recipe_is_the_published_one() -> None:
    values = normal(128, 128, seed=5)
    plain = PUBLISHED_FP8.plain
    assert fact("v3.fp8.activation_tile").value == (1, 128)
    assert torch.equal(plain.activation(values), made(values, (1, 128)))
    assert torch.equal(plain.weight(values), made(values, (128, 128)))
    after = PUBLISHED_FP8.after_attention.activation(values)
    power = quantized(values, form=E5M6, power_of_two=True).dequantized()
    assert torch.equal(after, power)
    sent = quantized(values, form=E4M3, power_of_two=True).dequantized()
    assert torch.equal(PUBLISHED_FP8.into_experts.activation(values), sent)
    tensor = TENSOR_SCALES.plain.gradient(values)
    assert torch.equal(tensor, made(values, None, LEAST_GRADIENT_MAXIMUM))


def test_small_gradients_are_not_lost_to_the_floor() -> None:
    tiny_ones = 1e-12 * normal(2, 128, seed=6)
    kept = PUBLISHED_FP8.plain.gradient(tiny_ones)
    assert float((kept - tiny_ones).norm() / tiny_ones.norm()) < 0.04
    assert PUBLISHED_FP8.plain.activation(tiny_ones).abs().max() == 0


def gradients(recipe: ModelRecipe | None) -> dict[str, Tensor]:
    """Return the tiny model's gradients, its layers changed over or left alone."""
    model = Transformer(tiny(), torch.Generator().manual_seed(0))
    if recipe is not None:
        quantize_products(model, recipe)
    tokens = torch.randint(0, 256, (2, 32), generator=torch.Generator().manual_seed(1))
    loss = prediction_loss(model(tokens).logits_BSW, tokens, 1)
    loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
    return {n: w.grad for n, w in model.named_parameters() if w.grad is not None}


def test_a_model_that_rounds_nothing_is_the_model_it_was() -> None:
    plain, ours = gradients(None), gradients(FLOAT32)
    assert plain.keys() == ours.keys()
    for name, gradient in plain.items():
        assert torch.equal(gradient, ours[name]), name


def test_every_gradient_of_a_changed_layer_feels_the_rounding() -> None:
    plain, coarse, finer = (gradients(r) for r in (None, PUBLISHED_FP8, BFLOAT16))
    for name, gradient in plain.items():
        if gradient.norm() > 0 and "experts." not in name:
            error = (coarse[name] - gradient).norm() / gradient.norm()
            assert 0.001 < error < 0.8, name
            assert (finer[name] - gradient).norm() < (coarse[name] - gradient).norm()


def test_head_embedding_gate_norms_and_join_stay_as_they_are() -> None:
    model = Transformer(tiny(), torch.Generator().manual_seed(0))
    names = set(model.state_dict())
    quantize_products(model, PUBLISHED_FP8)
    assert set(model.state_dict()) == names
    linear = {n for n, part in model.named_modules() if isinstance(part, nn.Linear)}
    changed = {
        n for n, part in model.named_modules() if isinstance(part, QuantizedLinear)
    }
    kept = linear - changed
    assert kept == {"lm_head", "multi_token_prediction.0.eh_proj"}
    recipes = {
        n: part.recipe
        for n, part in model.named_modules()
        if isinstance(part, QuantizedLinear)
    }
    after = [n for n, r in recipes.items() if r is PUBLISHED_FP8.after_attention]
    assert len(after) == 5
    assert all(n.endswith("o_proj") for n in after)


def test_experts_round_with_and_without_gradients_and_for_a_single_token() -> None:
    marks: list[str] = []

    def told(values: Tensor) -> Tensor:
        marks.append("rounded")
        return values

    product = ProductRecipe(
        activation=told,
        weight=told,
        gradient=told,
        turned_activation=told,
        turned_gradient=told,
    )
    recipe = ModelRecipe(
        plain=FLOAT32.plain,
        after_attention=FLOAT32.plain,
        into_experts=product,
        out_of_experts=product,
    )
    model = quantize_products(
        Transformer(tiny(), torch.Generator().manual_seed(0)), recipe
    )
    plain = Transformer(tiny(), torch.Generator().manual_seed(0))
    for size in (1, 7):
        tokens = torch.arange(size)[None]
        with torch.no_grad():
            marks.clear()
            assert torch.equal(model(tokens).logits_BSW, plain(tokens).logits_BSW), (
                "without gradients"
            )
            assert marks
        marks.clear()
        model(tokens)
        assert marks


def test_a_layer_with_a_bias_is_refused() -> None:
    with pytest.raises(ValueError, match="bias is 'there': must be absent"):
        QuantizedLinear(nn.Linear(2, 2), FLOAT32.plain)
