"""Linear layers whose three matrix products work on quantised operands.

The recipe of the report [deepseekai2024v3]_ (section 3.3): the forward pass, the
gradient of the input and that of the weight in E4M3, with a scale for 1 x 128
activations and for 128 x 128 weights. Embedding, head, gate, norms and attention itself
are no such layers and stay as they are; so do weights, gradients and optimizer.

Operands are rounded and multiplied in float32, which is what promotion to float32 comes
to; a matrix unit with few bits is :mod:`dsv3.low_precision.accumulation`'s.

Twin: accounting/quantization.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dsv3.formats import E4M3, E5M6, FloatFormat
from dsv3.low_precision.quantization import (
    ACTIVATION_TILE,
    LEAST_MAXIMUM,
    WEIGHT_BLOCK,
    after_quantization,
)
from dsv3.model.experts import RoutedExperts
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require

Rounding: TypeAlias = Callable[[Tensor], Tensor]
"""What becomes of a matrix before it is multiplied."""

LEAST_GRADIENT_MAXIMUM = 2.0**-100
"""Floor on the maximum of a tile of gradients.

A gradient of a mean over thousands of tokens is far below the release's floor for
activations; the report names none for gradients.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRecipe:
    """How the operands of a linear layer's three products are rounded.

    Rows are tokens. For the weight's gradient the sum runs over tokens, so tiles
    are turned: what was 1 x 128 is 128 x 1 there.
    """

    activation: Rounding
    """Input, in the forward pass; what it leaves is kept for the backward pass."""

    weight: Rounding
    """Weight, in the forward pass and for the gradient of the input."""

    gradient: Rounding
    """Gradient of the output, for the gradient of the input."""

    turned_activation: Rounding
    """Kept input once more, for the gradient of the weight."""

    turned_gradient: Rounding
    """Gradient of the output, for the gradient of the weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecipe:
    """Which products of a model are rounded how."""

    plain: ProductRecipe
    """All linear layers that are not named below."""

    after_attention: ProductRecipe

    into_experts: ProductRecipe
    """Gate and up-projections of the routed experts, whose inputs are sent."""

    out_of_experts: ProductRecipe
    """Down-projections of the routed experts, whose gradients are sent."""


def identity(values: Tensor) -> Tensor:
    """Return a matrix as it is."""
    return values


def in_bfloat16(values: Tensor) -> Tensor:
    """Return a matrix after rounding to BF16, without scales."""
    return values.bfloat16().to(values.dtype)


def same_for_all(rounding: Rounding) -> ModelRecipe:
    """Return the recipe that rounds every operand of every product alike."""
    product = ProductRecipe(
        activation=rounding,
        weight=rounding,
        gradient=rounding,
        turned_activation=rounding,
        turned_gradient=rounding,
    )
    return ModelRecipe(
        plain=product,
        after_attention=product,
        into_experts=product,
        out_of_experts=product,
    )


def tiled_recipe(
    *,
    activation_tile: tuple[int, int] | None = ACTIVATION_TILE,
    weight_tile: tuple[int, int] | None = WEIGHT_BLOCK,
    gradient_tile: tuple[int, int] | None = ACTIVATION_TILE,
    form: FloatFormat = E4M3,
    gradient_form: FloatFormat = E4M3,
) -> ModelRecipe:
    """Return the published recipe, or one with other tiles or formats.

    The inputs of the layer after attention are in E5M6; they, what is sent to experts
    and the gradients that are sent back have scales of powers of two (section 3.3.3).
    Where a tile is given as None, one scale serves a whole tensor. Tiles of activations
    and gradients are turned for the gradient of the weight. `form` is that of
    activations and weights.
    """
    by_tile = partial(_rounding, tile=activation_tile, form=form)
    plain = ProductRecipe(
        activation=by_tile(),
        weight=_rounding(tile=weight_tile, form=form),
        gradient=_gradient_rounding(tile=gradient_tile, form=gradient_form),
        turned_activation=by_tile(tile=_turned(activation_tile)),
        turned_gradient=_gradient_rounding(
            tile=_turned(gradient_tile), form=gradient_form
        ),
    )
    exact = partial(by_tile, power_of_two=True)
    turned = _turned(activation_tile)
    sent = {"form": gradient_form, "power_of_two": True}
    return ModelRecipe(
        plain=plain,
        after_attention=replace(
            plain,
            activation=exact(form=E5M6),
            turned_activation=exact(form=E5M6, tile=turned),
        ),
        into_experts=replace(plain, activation=exact()),
        out_of_experts=replace(
            plain, gradient=_gradient_rounding(tile=gradient_tile, **sent)
        ),
    )


def _turned(tile: tuple[int, int] | None) -> tuple[int, int] | None:
    return None if tile is None else (tile[1], tile[0])


def _rounding(**how: Any) -> Rounding:
    return partial(after_quantization, **{"least_maximum": LEAST_MAXIMUM} | how)


def _gradient_rounding(**how: Any) -> Rounding:
    return _rounding(**{"least_maximum": LEAST_GRADIENT_MAXIMUM} | how)


FLOAT32 = same_for_all(identity)
"""Nothing is rounded: the layer as it is."""

BFLOAT16 = same_for_all(in_bfloat16)
"""Every operand in BF16, with which the report compares."""

PUBLISHED_FP8 = tiled_recipe()
"""The recipe of the report."""

BLOCK_GRADIENTS = tiled_recipe(gradient_tile=WEIGHT_BLOCK)
"""Gradients in blocks like weights; a model diverged with it in the report."""

TENSOR_SCALES = tiled_recipe(activation_tile=None, weight_tile=None, gradient_tile=None)
"""One scale for each tensor."""


class _QuantizedProduct(torch.autograd.Function):
    """The product of a linear layer and both products of its backward pass."""

    @staticmethod
    def forward(
        ctx: Any, rows_MX: Tensor, weight_DX: Tensor, recipe: ProductRecipe
    ) -> Tensor:
        rows_MX, weight_DX = recipe.activation(rows_MX), recipe.weight(weight_DX)
        ctx.save_for_backward(rows_MX, weight_DX)
        ctx.recipe = recipe
        return rows_MX @ weight_DX.T

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        (gradient_MD,) = gradients
        rows_MX, weight_DX = ctx.saved_tensors
        recipe: ProductRecipe = ctx.recipe
        rows_gradient_MX = recipe.gradient(gradient_MD) @ weight_DX
        turned_MD = recipe.turned_gradient(gradient_MD)
        weight_gradient_DX = turned_MD.T @ recipe.turned_activation(rows_MX)
        return rows_gradient_MX, weight_gradient_DX, None


def quantized_product(
    rows: Float[Tensor, "... X"], weight_DX: Float[Tensor, "D X"], recipe: ProductRecipe
) -> Float[Tensor, "... D"]:
    """Return rows times a weight; all three products of training are rounded.

    Rows are tokens along any number of axes; the weight has one row for each output.

    Examples
    --------
    >>> rows = torch.tensor([[448.0, 1.06]])
    >>> quantized_product(rows, torch.tensor([[0.0, 1.0]]), PUBLISHED_FP8.plain).item()
    1.0
    """
    product: Tensor = _QuantizedProduct.apply(  # type: ignore[no-untyped-call, unused-ignore]
        rows.flatten(0, -2), weight_DX, recipe
    )
    restored: Tensor = product.unflatten(0, rows.shape[:-1])  # type: ignore[no-untyped-call, unused-ignore]
    return restored


class QuantizedLinear(nn.Linear):
    """A linear layer whose products work on rounded operands, in the place of another.

    It has the other's weight.
    """

    def __init__(self, layer: nn.Linear, recipe: ProductRecipe) -> None:
        super().__init__(layer.in_features, layer.out_features, bias=False)
        require("bias", "there", layer.bias is None, "must be absent; V3 has none")
        self.weight = layer.weight
        self.recipe = recipe

    def forward(self, rows: Float[Tensor, "... X"]) -> Float[Tensor, "... D"]:
        """Return the product."""
        return quantized_product(rows, self.weight, self.recipe)


def quantize_products(model: Transformer, recipe: ModelRecipe) -> Transformer:
    """Change a model over, in place: its weights stay, its products are rounded.

    A linear layer with a bias is refused.
    """
    for block in (*model.layers, *(m.block for m in model.multi_token_prediction)):
        for name, layer in list(block.named_modules()):
            if isinstance(layer, RoutedExperts):
                layer.up_product = _product(recipe.into_experts)
                layer.down_product = _product(recipe.out_of_experts)
            elif isinstance(layer, nn.Linear):
                last = name.rpartition(".")[2]
                chosen = recipe.after_attention if last == "o_proj" else recipe.plain
                parent = block.get_submodule(name.rpartition(".")[0])
                setattr(parent, last, QuantizedLinear(layer, chosen))
    return model


def _product(recipe: ProductRecipe) -> Callable[[Tensor, Tensor], Tensor]:
    return partial(quantized_product, recipe=recipe)
