"""Bad input: one clear line, and nothing lost.

Each row of the tables says how a reader goes wrong, and the name, the value and
the rule that the one-line refusal must hold. After every refusal the model, its
cache, its training and the files on disk must be what they were.
"""

import inspect
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from dsv3.architecture import Architecture, read_config
from dsv3.learning import training_state
from dsv3.learning.training_folder import training_run
from dsv3.learning.training_loop import Training
from dsv3.learning.training_settings import TrainingSettings
from dsv3.learning.training_state import CHECKSUM, STATE_NAME, checksum
from dsv3.model import (
    Gate,
    LatentCache,
    Sampling,
    Transformer,
    checkpoint,
    generate,
    load_checkpoint,
    load_model,
    save_checkpoint,
    speculate,
    stream,
    tiny,
)
from dsv3.model.configuration import config_fields
from dsv3.model.generation import choose_tokens, require_prompts

NAN, INF = float("nan"), float("inf")
WEIGHTS = "model.safetensors"
FIELDS = config_fields(tiny())
HOW = TrainingSettings(steps=4, batch=2, context=24)
TEXT = torch.arange(4000) % 251


How = Callable[["World"], object]
"""A way to go wrong."""

Row = tuple[How, tuple[str, ...]]
"""It, and what the refusal must say."""


class World:
    """All that a refusal must leave as it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.training = self.run()
        self.model = self.training.model
        self.training.advance()
        self.training.save(folder)
        self.sick = self.run()
        with torch.no_grad():
            self.sick.model.lm_head.weight[7, 3] = NAN
        self.steep = self.run()
        self.steep.model.norm.weight.register_hook(lambda gradient: gradient * INF)
        self.cache = self.model.new_cache(batch=1, capacity=8)
        with torch.inference_mode():
            self.model(torch.tensor([[1, 2, 3, 4, 5]]), self.cache)

    def run(self, text: Tensor = TEXT, **change: object) -> Training:
        """Return a run that has not begun."""
        model = Transformer(architecture(), torch.Generator().manual_seed(0))
        return Training(model, text, replace(HOW, **change))

    def dizzy(self) -> Training:
        """Return a run whose model's gates meet NaN before its loss does."""
        run = self.run()
        spoiled(run.model, NAN)
        return run

    def ill(self, value: float) -> Transformer:
        """Return a copy of the model with a weight that is not finite."""
        return spoiled(deepcopy(self.model), value)

    def after(self, mishap: Callable[[Path], object]) -> Path:
        """Return a copy of the folder to which something has happened."""
        place = self.folder.with_name("broken")
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.folder, place)
        mishap(place)
        return place

    def sight(self) -> Mapping[str, bytes]:
        """Return everything, byte by byte: NaN is not even equal to itself."""
        seen = {"entries": self.cache.entries_LBTK, "lengths": self.cache.lengths_B}
        for name in ("training", "sick", "steep"):
            run: Training = getattr(self, name)
            seen |= {f"{name}.{k}": v for k, v in run.model.state_dict().items()}
            seen[f"{name}.chance"] = run.generator.get_state()
            seen[f"{name}.step"] = torch.tensor(run.step)
            for number, kept in run.optimizer.state_dict()["state"].items():
                seen |= {f"{name}.{number}.{k}": v for k, v in kept.items()}
        files = {file.name: file.read_bytes() for file in self.folder.iterdir()}
        return files | {k: v.contiguous().numpy().tobytes() for k, v in seen.items()}


def architecture(**change: object) -> Architecture:
    return replace(tiny(), num_hidden_layers=2, **change)


def spoiled(model: Transformer, value: float) -> Transformer:
    with torch.no_grad():
        model.norm.weight[3] = value
    return model


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    torch.set_num_threads(1)
    return World(tmp_path_factory.mktemp("world") / "saved")


def cut(name: str, kept: int) -> Callable[[Path], object]:
    """Cut a file short, as a full disk or a broken download does."""
    return lambda folder: (folder / name).write_bytes(
        (folder / name).read_bytes()[:kept]
    )


def edit(
    name: str, change: Callable[[dict[str, Tensor]], object], **said: str
) -> Callable[[Path], object]:
    """Change the tensors of a file, or what it says beside them.

    Its checksum follows, as if the file had been written so.
    """

    def edited(folder: Path) -> None:
        tensors = load_file(folder / name)
        with safe_open(folder / name, framework="pt") as file:
            metadata = file.metadata() | said
        change(tensors)
        if CHECKSUM in metadata:
            metadata[CHECKSUM] = checksum(tensors)
        save_file(tensors, folder / name, metadata=metadata)

    return edited


def only_a_config(folder: Path) -> None:
    """Leave what a model whose weights are of another kind would leave."""
    for name in (WEIGHTS, STATE_NAME):
        (folder / name).unlink()


def same(_tensors: dict[str, Tensor]) -> None:
    """Leave the tensors as they are."""


def resumed(change: Callable[[Path], object]) -> How:
    """Resume the run from its folder after a mishap."""
    return lambda w: w.training.resume(w.after(change))


def loaded(change: Callable[[Path], object]) -> How:
    """Load the weights from the folder after a mishap."""
    return lambda w: load_checkpoint(w.model, w.after(change))


def config(**change: object) -> How:
    """Build the model of a config with some fields changed."""
    return lambda _: Transformer(read_config(FIELDS | change))


def yarn(**change: object) -> How:
    """Build the model of a config with another stretching."""
    scaling = FIELDS["rope_scaling"]
    assert isinstance(scaling, dict)
    return config(rope_scaling=scaling | change)


def routing(**change: object) -> How:
    """Set up a gate with some fields changed."""
    experts = tiny().experts
    assert experts is not None
    return lambda _: Gate(96, replace(experts, **change))


def passed(*tokens: int, batch: int = 1, capacity: int = 8, **change: object) -> How:
    """Run tokens through the model with a cache of its own, or of another model."""
    return lambda w: w.model(
        torch.tensor([tokens]),
        LatentCache(architecture(**change), batch=batch, capacity=capacity)
        if change or batch > 1
        else w.cache,
    )


def prompted(*prompts: object, new: int = 2, **how: object) -> How:
    """Ask for the continuation of prompts."""
    return lambda w: stream(w.model, prompts, new_tokens=new, **how)


def other_attention(**change: int) -> dict[str, object]:
    return {"attention": replace(tiny().attention, **change)}


WARM = Sampling(temperature=1.0)

CONFIGS: list[Row] = [
    (config(num_key_value_heads=4), ("num_key_value_heads is 4", "must equal num_att")),
    (config(num_attention_heads=0), ("num_attention_heads is 0", "from 1")),
    (config(num_attention_heads=8.5), ("num_attention_heads is 8.5", "whole number")),
    (config(qk_rope_head_dim=13), ("qk_rope_head_dim is 13", "must be even")),
    (config(num_experts_per_tok=13), ("num_experts_per_tok is 13", "must be at most")),
    (config(topk_group=6), ("topk_group is 6", "at most n_group")),
    (config(n_group=7), ("n_routed_experts is 30", "a multiple of n_group")),
    (config(first_k_dense_replace=9), ("first_k_dense_replace is 9", "at most num_h")),
    (config(hidden_size="96"), ("hidden_size is '96'", "must be a whole number")),
    (config(kv_lora_rank=None), ("kv_lora_rank is None", "must be a whole number")),
    (config(rope_theta=1.0), ("rope_theta is 1.0", "must be above 1")),
    (config(rope_theta=NAN), ("rope_theta is nan", "must be a positive finite")),
    (config(routed_scaling_factor=INF), ("routed_scaling_factor is inf", "finite")),
    (config(rms_norm_eps=NAN), ("rms_norm_eps is nan", "above 0 and below 1")),
    (config(scoring_func="relu"), ("scoring_func is 'relu'", "sigmoid, softmax")),
    (config(topk_method=["greedy"]), ("topk_method is a list of 1", "noaux_tc")),
    (yarn(factor=0.5), ("factor is 0.5", "must be at least 1")),
    (yarn(factor=-2), ("factor", "-2", "must be a positive finite number")),
    (yarn(beta_fast=1, beta_slow=32), ("beta_fast is 1", "above beta_slow, 32")),
    (yarn(mscale=0.5), ("mscale is 0.5", "must equal mscale_all_dim, 1.0")),
    (routing(n_group=0), ("n_group is 0", "must be a whole number from 1")),
    (routing(n_group=4), ("n_routed_experts is 30", "a multiple of n_group")),
    (routing(topk_group=6), ("topk_group is 6", "at most n_group")),
    (routing(num_experts_per_tok=13), ("num_experts_per_tok is 13", "must be at most")),
    (
        routing(n_group=30, topk_group=4),
        ("n_group is 30", "leave at least 2 experts to a group"),
    ),
    (
        lambda _: replace(tiny().attention, qk_rope_head_dim=5),
        ("qk_rope_head_dim is 5", "must be even"),
    ),
    (lambda _: replace(tiny(), rms_norm_eps=2.0), ("rms_norm_eps is 2.0", "below 1")),
    (lambda _: read_config("nowhere"), ("config is 'nowhere'", "no such file")),
    (
        lambda w: load_model(w.after(cut("config.json", 40))),
        ("config is", "it is not JSON at line"),
    ),
]

INPUTS: list[Row] = [
    (passed(257), ("token is 257", "must be from 0 to 256")),
    (passed(4, -1), ("token is -1", "must be from 0 to 256")),
    (passed(1, 2, 3, 4), ("the sequence's length is 9", "fit in the cache's 8")),
    (
        lambda w: w.model(
            torch.tensor([[1]]), LatentCache(tiny(), batch=1, capacity=8)
        ),
        ("num_hidden_layers is 2", "the cache was made for 4"),
    ),
    (passed(1, batch=2), ("batch is 1", "the cache has 2 sequences")),
    (
        passed(1, **other_attention(kv_lora_rank=64)),
        ("the model's attention is", "kv_lora_rank=48", "kv_lora_rank=64"),
    ),
    (
        lambda w: w.model(
            torch.tensor([[1]]),
            LatentCache(architecture(), batch=1, capacity=8, dtype=torch.float64),
        ),
        ("the model's dtype is torch.float32", "the cache was made for torch.float64"),
    ),
    (
        lambda w: w.model(torch.zeros(0, 3, dtype=torch.long)),
        ("batch is 0", "must be at least 1"),
    ),
    (passed(1, rope_theta=5e3), ("rope_theta is 10000.0", "made for 5000.0")),
    (
        lambda w: w.model(torch.zeros(1, 513, dtype=torch.long)),
        ("the sequence's length is 513", "max_position_embeddings, 512"),
    ),
    (
        lambda w: w.cache.set_lengths(torch.tensor([9])),
        ("lengths is [9]", "from 0 to the cache's capacity, 8"),
    ),
    (
        lambda _: LatentCache(architecture(), batch=1, capacity=513),
        ("capacity is 513", "from 1 to max_position_embeddings, 512"),
    ),
    (prompted(), ("prompts is 0", "must be at least one")),
    (prompted([1], []), ("length of prompt 1 is 0", "must be at least 1")),
    (prompted([3, 300]), ("token of prompt 0 is 300", "must be from 0 to 256")),
    (prompted([-1]), ("token of prompt 0 is -1", "must be from 0 to 256")),
    (prompted([1] * 511), ("length of prompt 0 is 511", "must be at most 512")),
    (prompted([1], new=0), ("new_tokens is 0", "must be at least 1")),
    (prompted([1], stop_token=999), ("stop_token is 999", "must be from 0 to 256")),
    (prompted([1], sampling=WARM), ("generator is None", "needs a torch.Generator")),
    (lambda _: Sampling(temperature=NAN), ("temperature is nan", "0 or above")),
    (lambda _: Sampling(top_p=0.0), ("top_p is 0.0", "above 0 and at most 1")),
]

WEIGHT = ("weights must be finite", "not finite are model.norm.weight")
ILL: list[Row] = [
    (
        lambda w: generate(w.ill(NAN), [[1]], new_tokens=2),
        ("model is", "finite are no"),
    ),
    (
        lambda w: stream(w.ill(INF), [[1]], new_tokens=2),
        ("model is", "finite are norm"),
    ),
    (lambda w: speculate(w.ill(NAN), [1], new_tokens=2), ("model is", "not finite")),
    (lambda w: save_checkpoint(w.ill(NAN), w.folder), ("folder is", *WEIGHT)),
    (lambda w: w.sick.save(w.folder), ("training state is", "finite are lm_head")),
    (
        lambda w: w.sick.advance(),
        ("loss is nan", "step 1 was not taken", "below 0.003"),
    ),
    (lambda w: w.dizzy().advance(), ("is nan", "must be finite; step 1 was not tak")),
    (lambda w: w.steep.advance(), ("gradient's norm is", "step 1 was not taken")),
    (
        loaded(edit(WEIGHTS, lambda t: t["model.norm.weight"].fill_(-INF))),
        ("checkpoint is", "broken", *WEIGHT),
    ),
    (
        lambda _: choose_tokens(torch.tensor([[0.0, INF]]), Sampling()),
        ("logits is inf", "must be finite"),
    ),
    (
        lambda _: choose_tokens(torch.tensor([[-INF, -INF]]), Sampling()),
        ("logits is -inf", "must be finite"),
    ),
]

FILES: list[Row] = [
    (loaded(cut(WEIGHTS, 5000)), ("checkpoint is", WEIGHTS, "truncated or corrupt")),
    (loaded(cut(WEIGHTS, 0)), ("checkpoint is", WEIGHTS, "truncated or corrupt")),
    (loaded(lambda f: (f / WEIGHTS).unlink()), ("checkpoint is", "there is no such")),
    (
        loaded(edit(WEIGHTS, lambda t: t.pop("lm_head.weight"))),
        ("checkpoint is", "does not fit", "lm_head.weight is missing"),
    ),
    (resumed(cut(STATE_NAME, 0)), ("checkpoint is", STATE_NAME, "truncated or corr")),
    (resumed(cut(STATE_NAME, 90_000)), ("checkpoint is", STATE_NAME, "truncated")),
    (resumed(lambda f: (f / STATE_NAME).unlink()), ("checkpoint is", "no such file")),
    (
        resumed(lambda f: shutil.copy(f / WEIGHTS, f / STATE_NAME)),
        ("training state is", "does not say its settings", "another folder"),
    ),
    (
        resumed(edit(STATE_NAME, same, settings="{")),
        ("training state is", "does not say its settings", "another folder"),
    ),
    (
        resumed(edit(STATE_NAME, lambda t: t.pop("norm.weight.exp_avg"))),
        ("training state is", "norm.weight.exp_avg is missing"),
    ),
    (
        resumed(edit(STATE_NAME, lambda t: t.update(generator=torch.zeros(4)))),
        ("training state is", "generator has shape (4,), must be (5056,)", "type F32"),
    ),
    (
        resumed(edit(STATE_NAME, lambda t: t.update(surplus=torch.zeros(4)))),
        ("training state is", "surplus is extra"),
    ),
    (
        resumed(edit(STATE_NAME, lambda t: t["norm.weight"].fill_(NAN))),
        ("training state is", "weights must be finite; not finite are norm.weight"),
    ),
    (
        lambda w: w.run(batch=3).resume(w.folder),
        ("batch is 3", "has 2", "go on with that, or train into another folder"),
    ),
    (
        lambda w: w.run(learning_rate=1e-3).resume(w.folder),
        ("learning_rate is 0.001", "has 0.003", "another folder"),
    ),
    (
        lambda w: w.run(text=TEXT.flip(0)).resume(w.folder),
        ("text is", "the run in", "another folder"),
    ),
    (
        lambda w: Training(Transformer(tiny()), TEXT, HOW).resume(w.folder),
        ("num_hidden_layers is 4", "has 2", "another folder"),
    ),
    (
        resumed(edit(STATE_NAME, lambda t: t.update(step=torch.tensor(7)))),
        ("steps is 4", "has done 7 already"),
    ),
]

TRAINING: list[Row] = [
    (lambda w: w.run(steps=0), ("steps is 0", "must be at least 1")),
    (lambda w: w.run(batch=0), ("batch is 0", "must be at least 1")),
    (lambda w: w.run(learning_rate=NAN), ("learning_rate is nan", "above 0")),
    (lambda w: w.run(bias_speed=-1.0), ("bias_speed is -1.0", "0 or above")),
    (lambda w: w.run(auxiliary_alpha=INF), ("auxiliary_alpha is inf", "finite")),
    (lambda w: w.run(context=513).advance(), ("length is 513", "must be at most")),
    (lambda w: w.run(context=1).advance(), ("length is 1", "must be above")),
    (lambda w: w.run(text=TEXT[:9]).advance(), ("size is 24", "at most the text's 9")),
    (
        lambda w: w.run(text=TEXT + 99).advance(),
        ("token is 2", "must be from 0 to"),
    ),
    (
        lambda w: training_run(w.folder, HOW, save_every=0),
        ("save_every is 0", "at least 1"),
    ),
    (
        lambda w: training_run(w.folder / WEIGHTS, HOW),
        ("folder is", WEIGHTS, "it cannot be made (File exists)"),
    ),
    (
        lambda w: training_run(w.after(lambda f: (f / STATE_NAME).unlink()), HOW),
        ("folder is", "holds a model without training.safetensors", "another folder"),
    ),
    (
        lambda w: training_run(w.after(only_a_config), HOW),
        ("folder is", "holds a model without training.safetensors", "another folder"),
    ),
    (
        lambda w: training_run(w.folder, HOW),
        ("num_hidden_layers is 4", "has 2", "another folder"),
    ),
    (
        lambda w: w.run(text=TEXT[:96].reshape(4, 24), context=12).advance(),
        ("size is 12", "must be 24, as many as the rows have"),
    ),
]

TABLE = [*CONFIGS, *INPUTS, *ILL, *FILES, *TRAINING]


@pytest.mark.parametrize(
    ("how", "words"), TABLE, ids=[f"{n}: {row[1][0]}" for n, row in enumerate(TABLE)]
)
def test_bad_input_is_refused_in_one_line_and_nothing_is_lost(
    world: World, how: How, words: tuple[str, ...]
) -> None:
    before = world.sight()
    with pytest.raises(ValueError, match=r".") as caught:
        how(world)
    message = str(caught.value)
    assert [word for word in words if word not in message] == []
    assert "\n" not in message
    assert world.sight() == before


def test_a_refused_pass_leaves_a_cache_that_goes_on(world: World) -> None:
    tokens = torch.tensor([[1, 2, 3, 4, 5, 6]])
    cache = deepcopy(world.cache)
    with pytest.raises(ValueError, match="fit in the cache's 8 positions"):
        world.model(tokens, cache)
    with torch.inference_mode():
        after = world.model(tokens[:, 5:], cache).logits_BSW[:, -1]
        whole = world.model(tokens).logits_BSW[:, -1]
    torch.testing.assert_close(after, whole)


@pytest.mark.parametrize("prompt", ["abc", 3, ["a"], [1.5], [NAN]], ids=repr)
def test_prompts_that_are_no_token_ids_are_refused(
    world: World, prompt: object
) -> None:
    # Below the tests' own type checks, which would refuse them first.
    unchecked = inspect.unwrap(require_prompts)
    with pytest.raises(ValueError, match=r"prompt 0 is .*must be"):
        unchecked(world.model, [prompt], 2)


def breaking(error: BaseException) -> Callable[..., None]:
    """Return a writer that stops in the middle of its file."""

    def write(_tensors: object, file: Path, **_metadata: object) -> None:
        file.write_bytes(b"half")
        raise error

    return write


@pytest.mark.parametrize("room", [checkpoint, training_state], ids=lambda m: m.__name__)
@pytest.mark.parametrize(
    "error", [OSError("no space left"), KeyboardInterrupt("by hand")], ids=repr
)
def test_a_save_that_is_broken_off_leaves_the_one_before(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    room: object,
    error: BaseException,
) -> None:
    folder = world.after(lambda _: None)
    again = world.run()
    again.resume(folder)
    again.advance()
    weights = (folder / WEIGHTS).read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(room, "save_file", breaking(error))
        refused = ValueError if isinstance(error, OSError) else KeyboardInterrupt
        with pytest.raises(refused, match=str(error)):
            again.save(folder)
    assert (folder / WEIGHTS).read_bytes() == weights
    names = {"config.json", WEIGHTS, STATE_NAME}
    assert {file.name for file in folder.iterdir()} == names
    once_more = world.run()
    once_more.resume(folder)
    assert once_more.step == (1 if room is training_state else 2)
    load_model(folder)


def test_a_run_can_be_resumed_without_its_checkpoint(world: World) -> None:
    folder = world.after(cut(WEIGHTS, 5))
    again = world.run()
    again.resume(folder)
    pairs = zip(again.model.parameters(), world.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_the_command_line_says_it_in_one_line(world: World) -> None:
    command = [sys.executable, "-m", "dsv3.learning.train", str(world.folder)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "train into another folder" in ended.stderr
