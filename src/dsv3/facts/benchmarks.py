"""The benchmark tables of the DeepSeek-V3 report, from the facts ``v3.benchmark.*``."""

import re
from dataclasses import dataclass
from typing import Literal

from dsv3.facts.schema import Fact
from dsv3.facts.shelves import facts

Stage = Literal["base", "chat"]
"""Before post-training (Table 3) or after it (Table 6)."""

OWN = "V3"
"""The model whose report it is."""

CLOSED = ("Claude-3.5-Sonnet-1022", "GPT-4o-0513")
"""Models of the tables whose weights are not published."""

LOWER_IS_BETTER = ("Pile-test BPB",)
"""Rows that count bits, not points."""

_TABLES = {"base": "Table 3", "chat": "Table 6"}
_QUANTITY = re.compile(r"(?:base|chat) (?P<name>.+) \[(?P<models>.+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One row of a table."""

    fact: Fact
    name: str

    scores: dict[str, float]
    """Score of each model; percent, or a percentile, or bits per byte."""

    @property
    def rivals(self) -> dict[str, float]:
        """Scores of all models but V3."""
        return {model: s for model, s in self.scores.items() if model != OWN}

    @property
    def best_rival(self) -> str:
        """The best of the others."""
        best = min if self.name in LOWER_IS_BETTER else max
        return best(self.rivals, key=self.rivals.__getitem__)

    @property
    def lead(self) -> float:
        """How much better V3 is than the best of the others; below 0 if it is not."""
        ahead = self.scores[OWN] - self.rivals[self.best_rival]
        return -ahead if self.name in LOWER_IS_BETTER else ahead


def benchmark_rows(stage: Stage) -> tuple[Benchmark, ...]:
    """Return the rows of the table of a stage, in the order of their ids.

    Examples
    --------
    >>> row = next(row for row in benchmark_rows("chat") if row.name == "MMLU")
    >>> row.scores["V3"], row.best_rival, round(row.lead, 1)
    (88.5, 'Llama-3.1-405B', -0.1)
    >>> len(benchmark_rows("base"))
    32
    """
    rows = []
    for one in facts():
        inside = one.id.startswith(f"v3.benchmark.{stage}.")
        if not inside or one.locator != _TABLES[stage]:
            continue
        found = _QUANTITY.fullmatch(one.quantity)
        if found is None:
            message = (
                f"quantity of {one.id} is {one.quantity!r}: must name the models "
                "in brackets"
            )
            raise ValueError(message)
        models = found["models"].split(", ")
        scores = dict(zip(models, one.numbers, strict=True))
        rows.append(Benchmark(fact=one, name=found["name"], scores=scores))
    return tuple(rows)
