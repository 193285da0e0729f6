"""A row of data asks for a function that exists, with what it takes, in one way."""

import inspect
import tomllib
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest

import dsv3.claims
from dsv3.claims import Claim, Computation, claims, misquotes
from dsv3.claims.article import ArticleClaim, article_claims
from dsv3.claims.computation import SHORT_FORMS, number
from dsv3.claims.misquotes import Misquote
from dsv3.facts import fact, read_records

RECORDS = {"__init__", "article", "computation", "evidence_number", "misquotes"}
"""Modules of this floor that hold no formula."""

V3 = {"architecture": {"model": "deepseek-v3"}}


def _asked() -> Iterator[Computation]:
    """Yield what the rows of every file ask for."""
    yield from (one.computed_by for one in claims() if one.computed_by)
    yield from (one.computed_by for one in misquotes())
    for claim in article_claims():
        yield from (one.computed_by for one in claim.numbers if one.computed_by)


def _calls(value: object) -> Iterator[str]:
    """Yield the functions called among the arguments, however deep."""
    if isinstance(value, Mapping):
        if "call" in value:
            yield str(value["call"])
        yield from (call for part in value.values() for call in _calls(part))
    elif isinstance(value, tuple | list):
        yield from (call for part in value for call in _calls(part))


@pytest.fixture(scope="module")
def called() -> set[str]:
    """Return every function that some row calls."""
    nested = {call for one in _asked() for call in _calls(one.arguments)}
    return {one.call for one in _asked()} | nested


def test_every_formula_of_this_floor_is_called_by_a_row(called: set[str]) -> None:
    folder = Path(str(dsv3.claims.__file__)).parent
    written = {
        f"claims.{name}.{function.__name__}"
        for name in {path.stem for path in folder.glob("*.py")} - RECORDS
        for room in [import_module(f"dsv3.claims.{name}")]
        for _, function in inspect.getmembers(room, inspect.isfunction)
        if function.__module__ == room.__name__
        and not function.__name__.startswith("_")
    }
    assert written == {name for name in called if name.startswith("claims.")}


def test_rows_call_this_floor_and_those_below_and_need_no_torch(
    called: set[str], repository: Path
) -> None:
    settings = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    below = {
        room.strip()
        for layer in layers[layers.index("claims") :]
        for room in layer.split("|")
    }
    without_torch = next(
        {room.removeprefix("dsv3.") for room in one["source_modules"]}
        for one in contracts
        if "torch" in one.get("forbidden_modules", ()) and "dsv3.claims" in str(one)
    )
    assert {name.partition(".")[0] for name in called} <= below & without_torch


@pytest.mark.parametrize("kind", SHORT_FORMS)
def test_a_short_form_calls_a_function_with_that_argument(kind: str) -> None:
    call, argument, _ = SHORT_FORMS[kind]
    names = {"fact": "v3.gpus", "assumption": "server.life_years"}
    asked = {argument: names.get(kind, "deepseek-v3")}
    assert Computation(call=call, arguments=asked).result() is not None


def test_arguments_may_be_facts_lists_and_computations() -> None:
    days = {
        "call": "training.wall_clock_days",
        "with": {"gpu_hours": 48, "cluster_gpus": 2},
    }
    first = {"fact": "isca.network.usd", "field": "numbers.0"}
    asked = Computation(
        call="claims.arithmetic.total",
        arguments={"terms": (1, {"fact": "v3.gpus"}, days, first)},
    )
    usd = fact("isca.network.usd").numbers[0]
    assert number(asked, row="r") == 1 + 2048 + 1 + usd
    assert asked.text == (
        "dsv3.claims.arithmetic.total(terms=[1, fact('v3.gpus'), "
        "training.wall_clock_days(gpu_hours=48, cluster_gpus=2), "
        "fact('isca.network.usd').numbers.0])"
    )


def test_a_field_is_a_path_of_attributes_and_places() -> None:
    norms = Computation(
        call="accounting.parameter_count",
        arguments=V3,
        field="multi_token_prediction.norm_parameters",
    )
    assert norms.result() == 3 * 7168
    name = {"id": "isca.network.usd"}
    last = Computation(call="facts.fact", arguments=name, field="numbers.-1")
    assert last.result() == fact("isca.network.usd").numbers[-1]


def test_a_key_with_dots_may_stand_last() -> None:
    name = "Claude 3.5 Sonnet"
    asked = Computation(call="economics.rival_offers", field=name)
    assert getattr(asked.result(), "model", "") == name


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "{call: servng.fit}",
            "call is 'servng.fit': no such room of dsv3; nearest: serving",
        ),
        (
            "{call: training.wall_clock_day, with: {gpu_hours: 1, cluster_gpus: 1}}",
            "call is 'training.wall_clock_day': dsv3.training has no such function; "
            "nearest: wall_clock_days",
        ),
        (
            "{call: training._days}",
            "call is 'training._days': dsv3.training has no such function",
        ),
        (
            "{call: training.wall_clock_days, with: {gpu_hour: 1, cluster_gpus: 1}}",
            "with is 'gpu_hour': training.wall_clock_days has no such argument; "
            "nearest: gpu_hours",
        ),
        (
            "{call: training.wall_clock_days, with: {gpu_hours: 1}}",
            "with is ['gpu_hours']: training.wall_clock_days also needs 'cluster_gpus'",
        ),
        (
            "{call: economics.bill, with: {pretraining_gpu_hours: {fact: v3.gpu}}}",
            "with is ['pretraining_gpu_hours']: economics.bill also needs",
        ),
        (
            "{call: facts.facts, with: {prefix: {fact: v3.gpuss}}}",
            "fact is 'v3.gpuss': ",
        ),
        (
            "{call: facts.facts, with: {prefix: {model: deepseek-v33}}}",
            "deepseek-v33",
        ),
        (
            "{call: facts.facts, with: {prefix: {facts: v3.gpus}}}",
            "with is {'facts': 'v3.gpus'}: a reference is call and with, or one of "
            "fact, assumption, model, and field",
        ),
        (
            "{call: facts.facts, with: {prefix: {fact: v3.gpus, field: numbr}}}",
            "field is 'numbr': Fact has no 'numbr'; nearest: number",
        ),
        (
            "{call: economics.rental_cost, "
            "with: {gpu_hours: 1, usd_per_gpu_hour: 1}, field: total}",
            "field is 'total': RentalCost has no 'total'; nearest: total_usd",
        ),
        (
            "{call: facts.facts, wit: {}}",
            "computed_by.wit is {}: a record has no such field",
        ),
        ("training.wall_clock_days", "computed_by is 'training.wall_clock_days': "),
    ],
)
def test_a_row_that_asks_wrongly_is_refused_in_one_line(row: str, message: str) -> None:
    text = f"""
- id: a.claim
  statement: s
  published_value: 1
  last_digit: 1
  unit: count
  source: deepseekai2024v3
  locator: Table 1
  computed_by: {row}
  tolerance: 0.0
  tolerance_reason: r
  verdict: reproduced
"""
    with pytest.raises(ValueError, match=r"^claims/model.yaml: a.claim: ") as raised:
        read_records("claims/model.yaml", Claim, text=text)
    said = str(raised.value)
    assert message in said
    assert "\n" not in said


def test_misquotes_and_articles_are_refused_in_the_same_words() -> None:
    asked = "{call: claims.runs.kimi_usd}"
    message = "call is 'claims.runs.kimi_usd': dsv3.claims.runs has no such function; "
    misquote = f"""
- {{id: a.misquote, repeated: r, covers: c, holds: 'no', recomputed: r, unit: usd,
   source: deepseekai2024v3, locator: l, basis: published, status: verified,
   computed_by: {asked}}}
"""
    article = f"""
- {{id: c01, paragraph: 1, topic: the cost, statement: s, verdict: supported, page: p,
   evidence: '{{usd}}', numbers: [{{name: usd, gives: 1, computed_by: {asked}}}]}}
"""
    with pytest.raises(ValueError, match=f"a.misquote: {message}nearest: kimi_base"):
        read_records("misquotes.yaml", Misquote, text=misquote)
    with pytest.raises(ValueError, match=f"c01: {message}nearest: kimi_base"):
        read_records("article_claims.yaml", ArticleClaim, text=article)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (
            "measures.milliseconds.compute streams",
            "r: field is 'compute streams': mapping has no 'compute streams'; "
            "nearest: compute stream",
        ),
        (
            "measures.kernels.dispatch.blocks.9",
            "r: field is '9': list has no '9'; ",
        ),
        ("name", "r: field is 'name': it leads to a str, not a number"),
    ],
)
def test_a_field_that_leads_nowhere_names_the_row(field: str, message: str) -> None:
    asked = Computation(
        call="measurements.record", arguments={"name": "training_trace"}, field=field
    )
    with pytest.raises(ValueError, match=f"^{message}"):
        number(asked, row="r")


def test_what_a_function_refuses_names_the_row() -> None:
    asked = Computation(call="prices.rental_price", arguments={"id": "no_such"})
    with pytest.raises(ValueError, match=r"^a\.row: .*no_such"):
        number(asked, row="a.row")


def test_mappings_may_begin_with_the_pairs_of_another() -> None:
    """So that eleven arguments need not stand at sixteen layouts."""
    text = """
- {id: a.b, repeated: r, covers: c, holds: 'no', recomputed: r, unit: days,
   source: deepseekai2024v3, locator: l, basis: published, status: verified,
   computed_by: {call: training.wall_clock_days,
     with: &two {gpu_hours: 48, cluster_gpus: 2}}}
- {id: a.c, repeated: r, covers: c, holds: 'no', recomputed: r, unit: days,
   source: deepseekai2024v3, locator: l, basis: published, status: verified,
   computed_by: {call: training.wall_clock_days, with: {<<: *two, cluster_gpus: 1}}}
"""
    found = read_records("misquotes.yaml", Misquote, text=text)
    assert [one.value for one in found] == [1, 2]
