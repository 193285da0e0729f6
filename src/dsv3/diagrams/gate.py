"""The gate of one token: scores, bias, groups, the choice, the weights.

The finding: the highest score can lose with its group, and a bias decides a place
without entering the weight.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dsv3.diagrams.sizes import released_sizes
from explorables.diagram import (
    NARROW,
    WIDE,
    Diagram,
    Layout,
    Mark,
    Noun,
    Role,
    Texture,
    bar,
    bracket,
    diagram,
    lines,
    linked,
    rule,
    text,
    tick,
)
from explorables.quantities import MINUS

Marks = tuple[Mark, ...]

ROW, GROUP_GAP, FIRST_ROW = 22, 12, 48
"""From one expert to the next, added between groups, and where the first stands."""

CAPTION = """
Expert {highest} has the highest score and is out with its group; the bias lets expert
{lifted} in and counts nothing in its weight.
"""

NOTE = """
One token at a gate that keeps {kept} of {groups} groups and selects {wanted} of
{experts} experts. The length of a bar is a score; what a bias adds or takes away is
hatched. The token was picked because it shows both. DeepSeek-V3 keeps {v3_kept} of
{v3_groups} groups and selects {v3_wanted} of {v3_experts} experts.
"""

DESCRIPTION = """
A table with a bar for each of {experts} experts in {groups} groups. A bias is added to
each score: it takes from experts that were overloaded and gives to one that was idle. A
group is ranked by the sum of its two best; {kept} groups are kept, ranked
{kept_values}. From these the {wanted} experts with the highest sums are chosen:
{chosen}. Their weights, {weights}, come from the scores without bias, scaled to a sum
of {scaling:g}. Expert {highest}, with the highest score of all, is dropped with its
group; expert {lifted} is in by its bias alone.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedToken:
    """What a gate made of one token; experts and groups are counted from 0."""

    scores: Sequence[float]
    biases: Sequence[float]

    group_values: Sequence[float]
    """By what each group is ranked."""

    kept_groups: int

    weights: Mapping[int, float]
    """Weight of each chosen expert."""

    chosen_without_bias: Collection[int]

    @property
    def experts_per_group(self) -> int:
        """Experts in a group."""
        return len(self.scores) // len(self.group_values)

    @property
    def kept(self) -> tuple[int, ...]:
        """The groups that are kept, best first."""
        ranked = sorted(
            range(len(self.group_values)),
            key=lambda group: -self.group_values[group],
        )
        return tuple(ranked[: self.kept_groups])

    @property
    def highest(self) -> int:
        """The expert with the highest score."""
        return max(range(len(self.scores)), key=lambda expert: self.scores[expert])

    @property
    def lifted(self) -> tuple[int, ...]:
        """Experts that are in by their bias."""
        return tuple(sorted(set(self.weights) - set(self.chosen_without_bias)))

    @property
    def pushed_out(self) -> tuple[int, ...]:
        """Experts that are out by a bias."""
        return tuple(sorted(set(self.chosen_without_bias) - set(self.weights)))


def gate(token: GatedToken) -> Diagram:
    """Draw how a gate chooses experts for one token, and weighs them."""
    v3 = released_sizes()
    said = {
        "experts": len(token.scores),
        "groups": len(token.group_values),
        "kept": token.kept_groups,
        "wanted": len(token.weights),
        "highest": token.highest + 1,
        "lifted": _listed(token.lifted),
        "chosen": _listed(sorted(token.weights)),
        "weights": ", ".join(
            f"{weight:.2f}" for _, weight in sorted(token.weights.items())
        ),
        "kept_values": " and ".join(
            f"{token.group_values[group]:.2f}" for group in token.kept
        ),
        "scaling": round(sum(token.weights.values()), 6),
        "v3_experts": v3.n_routed_experts,
        "v3_wanted": v3.num_experts_per_tok,
        "v3_groups": v3.n_group,
        "v3_kept": v3.topk_group,
    }

    def draw(*, wide: bool) -> Layout:
        return _draw(token, PAGE if wide else PHONE, wide=wide)

    return diagram(
        draw,
        name="gate",
        page="architecture/routing",
        title="How the gate chooses experts for one token",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="computed by dsv3.model.Gate with random weights",
    )


def _listed(experts: Sequence[int]) -> str:
    return ", ".join(f"{expert + 1}" for expert in experts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the columns stand, and how long a score of 1 is."""

    width: float
    bars: float
    score: float
    """Length of a score of 1."""
    sums: float
    """Right edge of the sums."""
    groups: float
    ticks: float


PAGE = Columns(width=WIDE, bars=68, score=330, sums=440, groups=462, ticks=586)
PHONE = Columns(width=NARROW, bars=26, score=148, sums=206, groups=216, ticks=284)


def _draw(token: GatedToken, columns: Columns, *, wide: bool) -> Layout:
    size = token.experts_per_group
    marks: list[Mark] = list(_heads(columns, wide=wide))
    top = float(FIRST_ROW)
    for group in range(len(token.group_values)):
        experts = range(group * size, (group + 1) * size)
        for row, expert in enumerate(experts):
            marks += _row(token, expert, top + row * ROW, columns, wide=wide)
        marks += _group(token, group, top, columns)
        top += size * ROW + GROUP_GAP
    marks += _legend(token, columns, top, wide=wide)
    return Layout(height=top + (62 if wide else 100), marks=tuple(marks))


def _heads(columns: Columns, *, wide: bool) -> Marks:
    """Name the columns in the order in which the gate works."""
    return (
        text(0, 20, "expert" if wide else "", "note"),
        linked(
            "#load-balancing-during-training",
            "1 score + bias: how the bias follows the load",
            text(columns.bars, 20, "1 score + bias", "bold"),
            target=(columns.bars - 2, 2, 110, 24),
        ),
        linked(
            "training-system/h800#node-limited-routing-how-many-nodes",
            "2 groups: node-limited routing",
            text(columns.groups, 20, "2 groups", "bold"),
            target=(columns.groups - 2, 2, 68, 24),
        ),
        text(columns.ticks, 20, "3 top-k, weight" if wide else "3 top-k", "bold"),
        rule(32, columns.width),
    )


def _row(
    token: GatedToken, expert: int, top: float, columns: Columns, *, wide: bool
) -> Marks:
    """Draw one expert: its score, its bias, their sum, and its weight if chosen."""
    score, bias = token.scores[expert], token.biases[expert]
    chosen = expert in token.weights
    is_kept = expert // token.experts_per_group in token.kept
    baseline = top + 10
    role: Role = "bold" if chosen else "name" if is_kept else "note"
    name_x = columns.bars - 8
    marks = [
        text(name_x, baseline, f"{expert + 1}", role, anchor="end"),
        bar(
            columns.bars,
            top,
            min(score, score + bias) * columns.score,
            12,
            "solid" if chosen else "tint" if is_kept else "outline",
        ),
    ]
    end = columns.bars + score * columns.score
    if bias:
        start = min(score, score + bias) * columns.score
        hatched = abs(bias) * columns.score
        marks.append(bar(columns.bars + start, top, hatched, 12, "hatched", noun="ink"))
        sign = MINUS if bias < 0 else "+"
        end = columns.bars + start + hatched
        words = f"{sign}{abs(bias):.2f}" if wide else sign
        marks.append(text(end + 8, baseline, words, "note"))
    total = f"{score + bias:.2f}".replace("-", MINUS)
    marks.append(text(columns.sums, baseline, total, role, anchor="end"))
    marks += _outcome(token, expert, baseline, columns, wide=wide)
    return tuple(marks)


def _outcome(
    token: GatedToken, expert: int, baseline: float, columns: Columns, *, wide: bool
) -> Marks:
    """Say what became of an expert: its weight, or why it is out."""
    if expert in token.weights:
        weight = f"{token.weights[expert]:.2f}"
        return (
            tick(columns.ticks + 6, baseline - 4),
            text(columns.width, baseline, weight, "bold", anchor="end", noun="compute"),
        )
    if expert == token.highest:
        words = "highest score, out" if wide else "highest"
    elif expert in token.pushed_out:
        words = "in, but for the bias" if wide else "lost by bias"
    else:
        return ()
    return (text(columns.ticks, baseline, words, "note"),)


def _group(token: GatedToken, group: int, top: float, columns: Columns) -> Marks:
    """Draw the bracket of a group, by what it is ranked, and whether it is kept."""
    height = (token.experts_per_group - 1) * ROW + 12
    is_kept = group in token.kept
    middle = top + height / 2
    beside = columns.groups + 16
    value = f"{token.group_values[group]:.2f}"
    return (
        bracket(columns.groups, top, top + height, absent=not is_kept),
        text(beside, middle, value, "bold" if is_kept else "note"),
        text(beside, middle + 16, "kept" if is_kept else "dropped", "note"),
    )


def _legend(token: GatedToken, columns: Columns, top: float, *, wide: bool) -> Marks:
    """Say how groups are ranked and weights made, and name the four textures."""
    scaling = f"{sum(token.weights.values()):g}"
    ranked = "A group counts its two best."
    weighed = f"Weight = {scaling} × score / sum of the selected"
    rules = [f"{ranked} {weighed} scores, without bias."]
    if not wide:
        rules = [ranked, f"{weighed}, without bias"]
    entries: tuple[tuple[Texture, Noun, str, float, float], ...] = (
        ("solid", "compute", "selected", 0, 0),
        ("tint", "compute", "in a kept group", 106, 84),
        ("outline", "soft", "dropped", 266, 218),
        ("hatched", "ink", "bias, added or taken away", 378, 0),
    )
    line = top + 14 + 15 * len(rules) + 12
    marks = [rule(top - 4, columns.width), lines(0, top + 16, rules)]
    for texture, noun, words, page_x, phone_x in entries:
        x = page_x if wide else phone_x
        y = line + (24 if not wide and texture == "hatched" else 0)
        marks += [
            bar(x + 1, y - 9, 18, 11, texture, noun=noun),
            text(x + 27, y, words, "note"),
        ]
    return tuple(marks)
