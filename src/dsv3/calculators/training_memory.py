"""What training keeps in a GPU's memory, and how few GPUs hold a run."""

from dataclasses import replace
from typing import Annotated

from dsv3 import training
from dsv3.calculators.arguments import MODEL, ModelChoice, model_titles
from dsv3.calculators.defaults import assumed, derived, published
from dsv3.calculators.serving_arguments import SERVING_GPU
from dsv3.facts import fact
from explorables import Argument, Curve, Otherwise, calculator
from explorables.arithmetic import Choice, Condition, Number

RECIPES = {
    "deepseek-v3": "FP8, as DeepSeek-V3",
    "megatron": "BF16, gradients FP32",
    "zero": "BF16, gradients BF16",
    "bf16": "all BF16",
    "fp32": "all FP32",
}

TrainingGpu = Annotated[Choice, SERVING_GPU]


def _models() -> dict[str, str]:
    titles = model_titles()
    return {name: titles[name] for name in training.trained_model_names()}


TrainedModel = Annotated[ModelChoice, replace(MODEL, options=_models)]

Recipe = Annotated[
    Choice,
    Argument(
        "Precision",
        "Bytes of weights, gradients, master weights and moments, and the format of "
        "activations.",
        options=RECIPES,
    ),
]

Method = Annotated[
    Choice,
    Argument("Trained weights", "What is trained.", options=training.METHODS),
]

AdapterRank = Annotated[
    Number,
    Argument(
        "Adapter rank",
        "Rank of the adapters on all linear layers but routed experts; without effect "
        "where all weights are trained.",
        unit="count",
    ),
]

Reference = Annotated[
    Condition,
    Argument(
        "Reference model",
        "Hold frozen weights beside the trained ones, as GRPO with a KL term does.",
    ),
]

ZeroStage = Annotated[
    Choice,
    Argument(
        "ZeRO",
        "What data-parallel ranks keep once among them.",
        options=training.ZERO_STAGES,
    ),
]

Recomputed = Annotated[
    Choice,
    Argument(
        "Recompute",
        "Activations that the backward pass makes again; V3's are norms, MLA "
        "up-projections and SwiGLU.",
        options=training.RECOMPUTATIONS,
    ),
]

SequenceTokens = Annotated[
    Number,
    Argument(
        "Sequence length", "Tokens of a sequence in training.", 512, 131072, step=1
    ),
]

MicroBatchSequences = Annotated[
    Number,
    Argument(
        "Micro-batch",
        "Sequences that go through a stage together.",
        1,
        16,
        step=1,
        unit="count",
    ),
]

ReservedBytes = Annotated[
    Number,
    Argument(
        "Reserved",
        "Memory of driver, communication library and fragmentation, which no part "
        "counts.",
    ),
]

OTHER_RUN = "only DeepSeek-V3's own layout is published here"


def _replicas() -> float:
    return fact("v3.gpus").number / fact("v3.pipeline_parallel_ways").number


@calculator(
    command="dsv3 training memory",
    title="Memory of one GPU in training",
    summary="What fills a GPU in training, part by part, by pipeline rank.",
    finding="The published run leaves a few gigabytes; with nothing recomputed, or "
    "with activations in BF16, it would not fit.",
    outputs={
        "headroom_bytes": "Left on the GPU",
        "total_bytes": "All parts",
        "weights_bytes": "Weights",
        "fp8_copies_bytes": "FP8 copies of weights",
        "gradients_bytes": "Gradients",
        "master_weights_bytes": "Master weights",
        "moments_bytes": "AdamW moments",
        "reference_bytes": "Reference model",
        "activations_bytes": "Saved activations",
        "recomputed_bytes": "One layer, recomputed",
        "logits_bytes": "Logits",
        "communication_bytes": "Communication buffers",
        "gathered_bytes": "Gathered layers (ZeRO)",
        "in_flight_count": "Micro-batches in flight",
        "local_parameters": "Parameters on the GPU",
        "cpu_average_bytes": "EMA in CPU memory",
        "training_gpus": "GPUs of this layout",
    },
    curve=Curve(x="sequence_tokens", y="total_bytes"),
    presets={
        "Nothing recomputed": {"recomputed": "nothing"},
        "BF16, Megatron-LM": {"recipe": "megatron"},
        "1F1B": {"schedule": "1f1b"},
        "256 GPUs": {
            "gpu": "H100 SXM",
            "recipe": "zero",
            "schedule": "1f1b",
            "data_parallel_ways": 16,
            "expert_parallel_ways": 16,
            "recomputed": "whole layers",
        },
        "QLoRA, one node": {
            "gpu": "H100 SXM",
            "recipe": "zero",
            "method": "qlora",
            "schedule": "1f1b",
            "stages": 8,
            "data_parallel_ways": 1,
            "expert_parallel_ways": 1,
            "recomputed": "whole layers",
        },
        "GRPO, 256 GPUs": {
            "gpu": "H100 SXM",
            "recipe": "zero",
            "reference": True,
            "zero_stage": "3",
            "schedule": "1f1b",
            "stages": 2,
            "data_parallel_ways": 128,
            "expert_parallel_ways": 128,
            "recomputed": "whole layers",
        },
    },
    scenario_of="model",
    otherwise={
        "recipe": Otherwise(why="the usual mixed precision", value="zero"),
        "schedule": Otherwise(
            why="a pipeline of one stage needs no other", value="1f1b"
        ),
        "stages": Otherwise(why=OTHER_RUN, value=1.0),
        "rank": Otherwise(why="it is the only one", value=0.0),
        "data_parallel_ways": Otherwise(why="one node of eight GPUs", value=8.0),
        "expert_parallel_ways": Otherwise(why="each GPU has all experts", value=1.0),
        "zero_stage": Otherwise(why="the usual choice on one node", value="3"),
    },
    controls=(
        "model",
        "gpu",
        "recipe",
        "recomputed",
        "zero_stage",
        "stages",
        "data_parallel_ways",
        "expert_parallel_ways",
        "sequence_tokens",
        "micro_batch_sequences",
        "schedule",
        "rank",
        "tensor_parallel_ways",
        "sequence_parallel",
        "method",
        "reference",
    ),
)
def training_memory(
    *,
    model: TrainedModel = "deepseek-v3",
    gpu: TrainingGpu = "H800 SXM",
    recipe: Recipe = "deepseek-v3",
    method: Method = "full",
    adapter_rank: AdapterRank = 16.0,
    reference: Reference = False,
    schedule: Annotated[
        Choice,
        Argument(
            "Schedule",
            "Order of the pipeline's work; DualPipe holds each stage twice.",
            options=training.PIPELINES,
        ),
    ] = "dualpipe",
    stages: Annotated[
        Number,
        Argument(
            "Pipeline stages (PP)",
            "Parts that the layers are cut into.",
            1,
            32,
            step=1,
            unit="count",
        ),
    ] = published("v3.pipeline_parallel_ways"),
    rank: Annotated[
        Number,
        Argument(
            "Pipeline rank",
            "Which rank is looked at, from 0.",
            0,
            31,
            step=1,
            unit="count",
        ),
    ] = 1.0,
    data_parallel_ways: Annotated[
        Number,
        Argument(
            "Data parallel (DP)",
            "Copies of the pipeline that see other sequences.",
            1,
            512,
            step=1,
            scale="log",
            unit="count",
        ),
    ] = derived(_replicas(), "2,048 GPUs over 16 stages"),
    expert_parallel_ways: Annotated[
        Number,
        Argument(
            "Expert parallel (EP)",
            "GPUs over which the routed experts of a layer are placed.",
            1,
            256,
            step=1,
            scale="log",
            unit="count",
        ),
    ] = published("v3.expert_parallel_ways"),
    tensor_parallel_ways: Annotated[
        Number,
        Argument(
            "Tensor parallel (TP)",
            "GPUs that divide each matrix but those of routed experts.",
            1,
            8,
            step=1,
            unit="count",
        ),
    ] = 1.0,
    sequence_parallel: Annotated[
        Condition,
        Argument(
            "Sequence parallel",
            "Divide activations along the stream over the tensor-parallel GPUs too.",
        ),
    ] = False,
    zero_stage: ZeroStage = "1",
    recomputed: Recomputed = "selective",
    micro_batches: Annotated[
        Number,
        Argument("Micro-batches", "Micro-batches of one step.", unit="count"),
    ] = derived(120.0, "15,360 sequences over 128 copies, one in each"),
    micro_batch_sequences: MicroBatchSequences = assumed(
        "training.micro_batch_sequences"
    ),
    sequence_tokens: SequenceTokens = published("v3.sequence_tokens"),
    expert_load_ratio: Annotated[
        Number,
        Argument(
            "Expert load",
            "Tokens that a GPU's experts are sent, over the mean of all GPUs.",
        ),
    ] = 1.0,
    reserved_bytes: ReservedBytes = assumed("training.reserved_bytes"),
) -> training.TrainingMemory:
    """Count what fills one GPU in training; see `training.training_memory`.

    Examples
    --------
    >>> round(training_memory().headroom_bytes / 1e9, 1)
    4.2
    """
    return training.training_memory(
        model=model,
        gpu=gpu,
        recipe=recipe,
        method=method,
        adapter_rank=adapter_rank,
        reference=reference,
        schedule=schedule,
        stages=stages,
        rank=rank,
        data_parallel_ways=data_parallel_ways,
        expert_parallel_ways=expert_parallel_ways,
        tensor_parallel_ways=tensor_parallel_ways,
        sequence_parallel=sequence_parallel,
        zero_stage=zero_stage,
        recomputed=recomputed,
        micro_batches=micro_batches,
        micro_batch_sequences=micro_batch_sequences,
        sequence_tokens=sequence_tokens,
        expert_load_ratio=expert_load_ratio,
        reserved_bytes=reserved_bytes,
    )


@calculator(
    command="dsv3 training gpus",
    title="How many GPUs train a model?",
    summary="The fewest GPUs that hold a run, and their layout.",
    outputs={
        "training_gpus": "Fewest GPUs",
        "stage_count": "Pipeline stages",
        "data_parallel_count": "Data parallel",
        "expert_parallel_count": "Expert parallel",
        "total_bytes": "On the fullest rank",
        "headroom_bytes": "Left there",
    },
)
def smallest_run(
    *,
    model: TrainedModel = "deepseek-v3",
    gpu: TrainingGpu = "H100 SXM",
    recipe: Recipe = "zero",
    method: Method = "full",
    adapter_rank: AdapterRank = 16.0,
    reference: Reference = False,
    zero_stage: ZeroStage = "3",
    recomputed: Recomputed = "whole layers",
    sequence_tokens: SequenceTokens = 4096.0,
    micro_batch_sequences: MicroBatchSequences = 1.0,
    reserved_bytes: ReservedBytes = assumed("training.reserved_bytes"),
) -> training.SmallestRun:
    """Find the fewest GPUs; see `training.smallest_run`.

    Examples
    --------
    >>> smallest_run().training_gpus, smallest_run(method="qlora").training_gpus
    (256.0, 8.0)
    """
    return training.smallest_run(
        model=model,
        gpu=gpu,
        recipe=recipe,
        method=method,
        adapter_rank=adapter_rank,
        reference=reference,
        zero_stage=zero_stage,
        recomputed=recomputed,
        sequence_tokens=sequence_tokens,
        micro_batch_sequences=micro_batch_sequences,
        reserved_bytes=reserved_bytes,
    )
