"""Functions of arrays give in JavaScript the bits that they give on NumPy."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from py_mini_racer import MiniRacer
from tests.explorables.bits import calls, python_bits

from explorables import arrays as ar
from explorables.arithmetic import TracingError

ENTRIES = [0.0, -0.0, 1.0, -1.0, 0.1, 3.0, 3.0, -2.5, 1e-310, 5e-324, 1e300, -1e300]
NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def engine() -> MiniRacer:
    return MiniRacer()


def agree(
    engine: MiniRacer, function: Callable[..., Any], rows: list[list[Any]]
) -> None:
    """Compare a function of single numbers for several settings."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    program = ar.trace(function, dict.fromkeys(names, "number"))
    found = json.loads(str(engine.eval(calls(program, rows))))
    for row, one in zip(rows, found, strict=True):
        given_row = dict(zip(names, map(np.float64, row), strict=True))
        assert one == python_bits(function, given_row), row


def table(draw: Any, shape: tuple[int, ...]) -> Any:
    numbers = st.one_of(st.sampled_from(ENTRIES), st.floats(-9, 9, width=32))
    size = math.prod(shape)
    made = np.array(draw(st.lists(numbers, min_size=size, max_size=size)))
    return made.reshape(shape)


@st.composite
def shapes_that_fit(draw: Any) -> list[tuple[int, ...]]:
    """Draw shapes that broadcast: axes of one entry, and axes left out in front."""
    whole = draw(st.lists(st.integers(1, 4), min_size=0, max_size=3))
    made = []
    for _ in range(3):
        narrowed = [1 if draw(st.booleans()) else size for size in whole]
        made.append(tuple(narrowed[draw(st.integers(0, len(whole))) :]))
    return made


BINARY: list[Callable[[Any, Any, Any], Any]] = [
    lambda x, y, z: x + y * z - (x - y),
    lambda x, y, z: (x - (y - z)) / (abs(z) + 0.5),
    lambda x, y, z: ar.where(x < y, z, -x) * 2.0,
    lambda x, y, z: ar.where(ar.both(x <= y, ar.negated(z != y)), x, y / 3.0),
    lambda x, y, z: ar.maximum(ar.minimum(x, y), z) + ar.sign(x),
    lambda x, y, z: ar.floor(x) + ar.sqrt(ar.absolute(y)) - z / x,
    lambda x, y, z: ar.exp(-x * x) + ar.sigmoid(y) * ar.tanh(z) + ar.softplus(x - y),
    lambda x, y, z: (
        ar.log(ar.absolute(x)) + ar.where(ar.either(y == z, x == 0), 1.0, 0.0)
    ),
]

SHAPED: list[Callable[[Any], Any]] = [
    ar.total,
    lambda x: ar.mean(x, axis=0) * ar.largest(x, axis=-1).shape[0],
    lambda x: ar.total(x * 3.0 - 1.0, axis=1),
    lambda x: ar.largest(x - 1.0, axis=0),
    lambda x: ar.largest(x, axis=-1),
    lambda x: ar.softmax(x / 1e300, axis=-1),
    lambda x: ar.softmax(x / 1e299, axis=0),
    lambda x: ar.cumulative(x, axis=0),
    lambda x: ar.cumulative(x + 1.0),
    ar.ranks,
    ar.order,
    ar.sorted_down,
    lambda x: ar.top_k(x, 2)[0] + ar.top_k(x, 2)[1],
    lambda x: ar.take(x, ar.order(x[..., 0]), axis=0),
    lambda x: ar.take(x, x[0], axis=1),
    lambda x: ar.one_hot(ar.ranks(x)[..., 0], 3),
    lambda x: ar.count(x > 0, axis=0),
    lambda x: ar.transpose(x)[None, ::-1, 1:] + 1.0,
    lambda x: ar.reshape(ar.transpose(x), (-1 + 1 + x.shape[0] * x.shape[1],)),
    lambda x: ar.reshape(x[:, 1:], (x.shape[0], 1, x.shape[1] - 1)) + x[:1, None, 1:],
    lambda x: x[1] * x[-1, 0] + x[0, ::2][0],
    lambda x: ar.product(x, ar.transpose(x)),
    lambda x: ar.product(ar.transpose(x)[None], x[None] + 1.0, sparse=True),
    lambda x: ar.product(x, ar.transpose(x), rows=x[:, 0] > 0),
]


@settings(max_examples=150, deadline=None)
@given(data=st.data(), shapes=shapes_that_fit(), at=st.integers(0, len(BINARY) - 1))
def test_entrywise_steps_broadcast_alike(
    engine: MiniRacer, data: Any, shapes: list[tuple[int, ...]], at: int
) -> None:
    x, y, z = (table(data.draw, shape) for shape in shapes)
    agree(
        engine,
        lambda a, b: {"r": BINARY[at](x * a, y + b, z)},
        [[1.0, 0.0], [0.3, -7.0]],
    )


@settings(max_examples=150, deadline=None)
@given(
    data=st.data(),
    n=st.integers(2, 5),
    m=st.integers(2, 5),
    at=st.integers(0, len(SHAPED) - 1),
)
def test_steps_along_axes_agree(
    engine: MiniRacer, data: Any, n: int, m: int, at: int
) -> None:
    x = table(data.draw, (n, m))
    agree(
        engine, lambda a: {"r": SHAPED[at](x * a), "x": x + a}, [[1.0], [-0.7], [1e308]]
    )


@pytest.mark.parametrize("at", range(len(SHAPED)))
def test_every_step_takes_infinities_and_nan(engine: MiniRacer, at: int) -> None:
    x = np.array(
        [[1.0, math.inf, -0.0], [math.nan, -math.inf, 2.0], [2.0, 2.0, math.nan]]
    )
    agree(engine, lambda a: {"r": SHAPED[at](x + a)}, [[0.0], [-1.5]])


@settings(max_examples=40, deadline=None)
@given(data=st.data(), sizes=st.lists(st.integers(1, 4), min_size=5, max_size=5))
def test_products_of_stacks_agree(
    engine: MiniRacer, data: Any, sizes: list[int]
) -> None:
    e, n, k, m, _ = sizes
    one = data.draw(st.booleans())
    a, b = table(data.draw, (1 if one else e, n, k)), table(data.draw, (e, k, m))

    def function(s: Any) -> Any:
        left = a * s
        rows = ar.total(left, axis=2) + b[:, 0, :1] > 0
        return {
            "plain": ar.product(left, b),
            "rows": ar.product(left, b, rows=rows, sparse=True),
            "flipped": ar.product(
                ar.transpose(b, (0, 2, 1)), ar.transpose(left, (0, 2, 1))
            ),
        }

    agree(engine, function, [[1.0], [-0.3]])


def network(seed: Any, rate: Any, count: Any) -> ar.Run:
    """Return a small network's training: every kind of step at once."""
    weight = ar.normal(seed, 0, (3, 4), stream=1) * 0.5

    def step(state: Any, t: Any) -> Any:
        x = ar.normal(seed, t, (6, 3), stream=2)
        hidden = ar.tanh(ar.product(x, state["weight"]))
        shares = ar.softmax(hidden)
        wanted = ar.one_hot(
            ar.order(ar.total(x, axis=1) + x[:, 0])[:, None][:, 0] * 0.5, 4
        )
        error = shares - ar.where(wanted, 1.0, 0.0)
        slope = ar.product(ar.transpose(x), error * (1.0 - hidden * hidden))
        following = {
            "weight": state["weight"] - rate * slope,
            "seen": state["seen"] + 6.0,
        }
        return following, {
            "loss": ar.mean(error * error),
            "shares": ar.mean(shares, axis=0),
        }

    return ar.scan(step, {"weight": weight, "seen": 0.0}, count, bound=50)


def test_whole_runs_agree(engine: MiniRacer) -> None:
    source = np.random.default_rng(0)
    rows = [
        [float(source.integers(2**32)), float(source.uniform(0, 2)), float(n)]
        for n in (0, 1, 7, 50, 60)
    ]
    agree(engine, network, rows)


def test_a_library_exponential_would_be_noticed(engine: MiniRacer) -> None:
    program = ar.trace(network, dict.fromkeys(("seed", "rate", "count"), "number"))
    text = calls(program, [[1.0, 0.5, 50.0]])
    theirs = text.replace("const exp=", "const exp=(x)=>Math.E**x,ours=")
    assert theirs != text
    assert engine.eval(theirs) != engine.eval(text)


def test_toggles_and_choices_are_settings(engine: MiniRacer) -> None:
    def function(way: Any, fast: Any) -> Any:
        return {"r": ar.iota(3) * ar.where(way == "b", 2.0, ar.where(fast, 5.0, 7.0))}

    program = ar.trace(function, {"way": ["a", "b"], "fast": "toggle"})
    found = json.loads(
        str(engine.eval(calls(program, [[0, True], [0, False], [1, True]])))
    )
    given_rows = [
        {"way": "a", "fast": True},
        {"way": "a", "fast": False},
        {"way": "b", "fast": True},
    ]
    assert found == [python_bits(function, row) for row in given_rows]


def test_a_broken_rule_is_told_with_its_value(engine: MiniRacer) -> None:
    def function(k: Any) -> Any:
        ar.require("k", k, k <= 3.0, "must be at most 3")
        return {"r": k * ar.iota(2)}

    program = ar.trace(function, {"k": "number"})
    assert json.loads(str(engine.eval(calls(program, [[5.0]])))) == [{"broken": [0, 5]}]
    with pytest.raises(ValueError, match="k is 5: must be at most 3"):
        function(5.0)


def test_two_runs_have_buffers_of_their_own(engine: MiniRacer) -> None:
    program = ar.trace(network, dict.fromkeys(("seed", "rate", "count"), "number"))
    alone = f"(()=>{{const f={ar.javascript(program)},a=f(1,.5,9),b=f(2,.1,9);"
    both = "for(let t=0;t<9;t++){a.step(t);b.step(t)}"
    both += "const w=f(1,.5,9);for(let t=0;t<9;t++)w.step(t);"
    same = "return a.told.loss[0]===w.told.loss[0]&&a.told.loss[0]!==b.told.loss[0]})()"
    assert engine.eval(alone + both + same) is True


def test_the_example_of_the_readme_runs_and_agrees(engine: MiniRacer) -> None:
    readme = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    (block,) = [one for one in blocks if "import arrays" in one]
    names: dict[str, Any] = {}
    exec(block, names)
    settings = {"seed": 1.0, "rate": 0.1, "steps": 20.0}
    program = ar.trace(names["descent"], names["kinds"])
    found = json.loads(str(engine.eval(calls(program, [list(settings.values())]))))
    assert found == [python_bits(names["descent"], settings)]


X: Any = np.ones((2, 3))
REFUSED: list[tuple[Callable[[Any], Any], str]] = [
    (lambda a: a if a > 0 else -a, "use where, both, either, negated"),
    (lambda a: X @ (X * a), "use product of explorables.arrays"),
    (lambda a: (X * a) @ X.T, "use product of explorables.arrays"),
    (np.exp, "use the functions of explorables.arrays"),
    (lambda a: np.sum(X * a), "use the functions of explorables.arrays"),
    (math.exp, "use the functions of explorables.arrays"),
    (lambda a: a**2, r"write x \* x"),
    (lambda a: a % 2, r"use floor\(a / b\)"),
    (lambda a: list(range(a)), "use scan to loop"),
    (lambda a: list(X * a), "work on whole axes, or use scan"),
    (lambda a: (X * a)[ar.iota(2) * a], "use take, or where with a mask"),
    (lambda a: (X * a)[5], "an axis of .* ends at 1"),
    (lambda a: X * a + np.ones(4), "they do not fit"),
    (lambda a: ar.product(X * a, X), "the first with as many columns"),
    (lambda a: (a > 0) + 1.0, r"use where\(condition, 1, 0\)"),
    (lambda a: ar.where(a, 1.0, 2.0), "compare it, as in x > 0"),
    (lambda a: (a > 0) & (a < 1), "use where, both, either, negated"),
    (lambda a: f"{a}", "text cannot be made of it"),
    (lambda a: a + "1", "cannot be combined with a recorded array"),
    (lambda a: ar.take_along(X * a, ar.iota(2)), "rows differ"),
    (lambda a: ar.reshape(X * a, (4,)), "the sizes differ"),
    (lambda a: ar.scan(lambda s, _: (s, s), {"x": a}, a), "the most it can be"),
    (lambda a: ar.scan(lambda s, _: ({"x": X}, s), {"x": a}, 3), "must be the same"),
]  # fmt: skip


@pytest.mark.parametrize("at", range(len(REFUSED)))
def test_what_a_program_cannot_follow_says_what_to_use(at: int) -> None:
    function, said = REFUSED[at]
    with pytest.raises((TracingError, ValueError), match=said):
        ar.trace(lambda a: {"r": function(a)}, {"a": "number"})


def test_a_step_changes_no_array_in_place() -> None:
    def function(a: Any) -> Any:
        x = X * a
        x += 1.0
        return {"r": x}

    with pytest.raises(TracingError, match=r"write x = x \+ y"):
        ar.trace(function, {"a": "number"})


def test_a_result_has_a_plain_name() -> None:
    with pytest.raises(ValueError, match="a result is called 'x y': must be a plain"):
        ar.trace(lambda a: {"x y": a}, {"a": "number"})


def test_a_rule_inside_a_scan_is_refused() -> None:
    def step(state: Any, _: Any) -> Any:
        ar.require("x", state["x"], state["x"] < 1, "must stay below 1")
        return state, state

    with pytest.raises(TracingError, match="of the settings alone"):
        ar.trace(lambda a: ar.scan(step, {"x": a}, 3), {"a": "number"})
