"""The report's benchmark tables: whole, and counted as the report counts them."""

import pytest

from dsv3.facts import benchmark_rows, fact
from dsv3.facts.benchmarks import CLOSED, OWN, Stage


def test_rows_have_the_models_of_their_table() -> None:
    base, chat = benchmark_rows("base"), benchmark_rows("chat")
    assert {tuple(row.scores) for row in base} == {
        ("V2", "Qwen2.5-72B", "Llama-3.1-405B", "V3")
    }
    assert {len(row.scores) for row in chat} == {6}
    assert all(set(CLOSED) < set(row.scores) for row in chat)
    assert len({row.name for row in chat}) == len(chat) == 22


@pytest.mark.parametrize(("stage", "ahead"), [("base", 19), ("chat", 13)])
def test_a_table_is_whole(stage: Stage, ahead: int) -> None:
    rows = benchmark_rows(stage)
    assert len(rows) == fact(f"v3.benchmark_tables.{stage}_rows").value
    assert sum(row.lead > 0 for row in rows) == ahead


def test_scores_are_where_scores_can_be() -> None:
    for row in (*benchmark_rows("base"), *benchmark_rows("chat")):
        top = 1 if row.name == "Pile-test BPB" else 100
        assert all(0 < score < top for score in row.scores.values()), row.name
        assert OWN not in row.rivals


@pytest.mark.parametrize(
    ("name", "rival", "lead"),
    [
        # Table 6, read by eye.
        ("AIME 2024", "Qwen2.5-72B", 15.9),
        ("MATH-500", "Qwen2.5-72B", 10.2),
        ("CNMO 2024", "Qwen2.5-72B", 27.3),
        ("SWE Verified", "Claude-3.5-Sonnet-1022", -8.8),
        ("SimpleQA", "GPT-4o-0513", -13.3),
    ],
)
def test_leads_are_those_of_the_table(name: str, rival: str, lead: float) -> None:
    row = next(row for row in benchmark_rows("chat") if row.name == name)
    assert row.lead == pytest.approx(lead)
    assert row.best_rival == rival


def test_fewer_bits_are_better() -> None:
    row = next(r for r in benchmark_rows("base") if r.name == "Pile-test BPB")
    assert row.best_rival == "Llama-3.1-405B"
    assert row.lead == pytest.approx(-0.006)
