"""In how many bytes training keeps a parameter, and which parameters are trained."""

from collections.abc import Mapping
from dataclasses import dataclass

from dsv3.formats import BF16, FP32
from dsv3.training.saved_activations import ACTIVATION_FORMATS, ActivationFormats
from explorables.arithmetic import Choice, Number, lookup_record

WIDE, HALF = float(FP32.element_bytes), float(BF16.element_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryRecipe:
    """Bytes that training keeps of each parameter and of each saved number."""

    weight_bytes: Number
    """The weights that forward and backward read."""

    low_precision_copies: Number
    """FP8 copies of linear layers beside them, with a scale for each block."""

    gradient_bytes: Number

    master_bytes: Number
    """The optimizer's own weights; 0 where it updates those that forward reads."""

    moments_bytes: Number
    """Both moments of AdamW."""

    activations: ActivationFormats

    @property
    def optimizer_bytes(self) -> Number:
        """Master weights and moments of a parameter."""
        return self.master_bytes + self.moments_bytes

    @property
    def parameter_bytes(self) -> Number:
        """All that is kept of a parameter on one GPU alone, FP8 copies aside."""
        return self.weight_bytes + self.gradient_bytes + self.optimizer_bytes


MEMORY_RECIPES: Mapping[str, MemoryRecipe] = {
    "deepseek-v3": MemoryRecipe(
        weight_bytes=HALF,
        low_precision_copies=1.0,
        gradient_bytes=WIDE,
        master_bytes=WIDE,
        moments_bytes=2 * HALF,
        activations=ACTIVATION_FORMATS["fp8"],
    ),
    "megatron": MemoryRecipe(
        weight_bytes=HALF,
        low_precision_copies=0.0,
        gradient_bytes=WIDE,
        master_bytes=WIDE,
        moments_bytes=2 * WIDE,
        activations=ACTIVATION_FORMATS["bf16"],
    ),
    "zero": MemoryRecipe(
        weight_bytes=HALF,
        low_precision_copies=0.0,
        gradient_bytes=HALF,
        master_bytes=WIDE,
        moments_bytes=2 * WIDE,
        activations=ACTIVATION_FORMATS["bf16"],
    ),
    "bf16": MemoryRecipe(
        weight_bytes=HALF,
        low_precision_copies=0.0,
        gradient_bytes=HALF,
        master_bytes=0.0,
        moments_bytes=2 * HALF,
        activations=ACTIVATION_FORMATS["bf16"],
    ),
    "fp32": MemoryRecipe(
        weight_bytes=WIDE,
        low_precision_copies=0.0,
        gradient_bytes=WIDE,
        master_bytes=0.0,
        moments_bytes=2 * WIDE,
        activations=ACTIVATION_FORMATS["fp32"],
    ),
}
"""Recipes by name: the report's [deepseekai2024v3]_ (section 3.3.3), with weights in
BF16 beside their FP8 copies, which it does not say; mixed precision with gradients in
FP32, 18 bytes a parameter, as in Megatron-LM; in BF16, 16 bytes, as in the paper on
ZeRO [rajbhandari2019zero]_ (section 3.1); all in BF16; all in FP32, torch's default."""

FULL, LORA, QLORA = "full", "lora", "qlora"
METHODS: Mapping[str, str] = {
    FULL: "all weights",
    LORA: "adapters (LoRA)",
    QLORA: "adapters on four bits (QLoRA)",
}
"""What is trained."""

NF4_BLOCK, NF4_SCALE_BLOCK = 64, 256
NF4_BYTES = (4 + 8 / NF4_BLOCK + 32 / (NF4_BLOCK * NF4_SCALE_BLOCK)) / 8
"""Bytes of a weight in NF4 with scales that are quantised again: four bits, eight for
each 64 weights and 32 for each 256 of those [dettmers2023qlora]_ (section 3)."""


def memory_recipe(recipe: Choice | MemoryRecipe) -> MemoryRecipe:
    """Return a recipe by its name, or as it is.

    Examples
    --------
    >>> memory_recipe("megatron").parameter_bytes, memory_recipe("zero").parameter_bytes
    (18.0, 16.0)
    """
    if isinstance(recipe, MemoryRecipe):
        return recipe
    return lookup_record(recipe, MEMORY_RECIPES, name="recipe")
